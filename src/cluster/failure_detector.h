/*
 * failure_detector.h: a link around another link that detects lost peers. It numbers messages, and hands each on once and in order, in
 * whatever order they come in. It sends HEARTBEAT to peers that were sent nothing else for a while. A peer is lost when its process is
 * gone, when one of its messages doesn't come, or when it is silent (see peer.h). Rank 0 monitors all others, and each of them monitors
 * rank 0. The silence or end of a rank after its BYE is no loss, nor is that of rank 0 after its STOP.
 *
 * The end of a process of this host shows on a pidfd, and that of one elsewhere on a connection over TCP (heartbeats.h). The first
 * HEARTBEAT of each side says which process it is. Where there can be no pidfd, the second one of rank 0 says where to connect. Where that
 * fails too, a loss is noticed by silence alone.
 *
 * A rank that is given up may still live: it was stopped, or is held up. Where its user asks for that (rpi_link.ends_lost), and it can be
 * done, its process is ended before it counts as lost. So it writes nothing any more to memory that it shares with this host's ranks.
 *
 * All this happens within receive, so the owner of a detector must call receive many times a second.
 */
#ifndef RPI_CLUSTER_FAILURE_DETECTOR_H
#define RPI_CLUSTER_FAILURE_DETECTOR_H

#include "cluster/detector_options.h"
#include "cluster/link.h"

/* Makes a detector around a link, and takes the link over, also on failure. All ranks of the link need a detector. `options` may be NULL.
 * RP_OK, RP_NO_MEMORY. */
rp_status rpi_failure_detector_create(rpi_link *link, const rpi_failure_detector_options *options, rpi_link **detector, rp_error *error);

#endif
