/*
 * fake_link.h: links between threads of one process, behind the same operations as the one over MPI. Messages of one pair stay in order;
 * those of different pairs overtake each other, as `fake_weather` says. One send or delivery can be made to fail: then the link fails, and
 * its user sees it. Or messages are lost, doubled or delayed without an error; a failure detector (failure_detector.h) has to notice that.
 */
#ifndef FAKE_LINK_H
#define FAKE_LINK_H

#include "unit.h"

#include "cluster/link.h"

typedef struct fake_network fake_network;

typedef enum fake_fault {
    FAKE_NO_FAULT,
    FAKE_DROP,
    FAKE_DUPLICATE, /* arrives twice, the second time perhaps after later ones */
    FAKE_DELAY,     /* later ones overtake it */
    FAKE_KILL       /* nothing more arrives from its sender, whose link fails */
} fake_fault;

typedef struct fake_weather {
    unsigned most_delay_us; /* a message takes 0 to so many */
    uint64_t seed;
    int failing_rank;          /* whose link fails … */
    unsigned failing_send;     /* … at its n-th send, from 1; 0: at none */
    unsigned failing_receive;  /* … where its n-th message would be delivered */
    bool for_good;             /* from then on all links fail; otherwise once */
    fake_fault fault;          /* at the n-th send of failing_rank, n being … */
    unsigned faulty_send;      /* … this; 0: at none */
    unsigned faults_per_mille; /* and at so many of all sends, by the seed */
    unsigned fault_us;         /* a delay takes up to so many */
} fake_weather;

fake_network *fake_network_create(int n_ranks, const fake_weather *weather);

/* The link of one rank, once each. */
rpi_link *fake_network_link(fake_network *network, int rank);

/* From here on what this link sends waits for its flush, receive or destroy. Before it is used. */
void fake_link_keep(rpi_link *link);

/* How many messages of that kind were sent. */
unsigned fake_network_sent(fake_network *network, rpi_message_kind kind);
/* The same of those that rank 0 didn't send. */
unsigned fake_network_sent_by_members(fake_network *network, rpi_message_kind kind);

/* Whether the failure has happened. */
bool fake_network_failed(fake_network *network);

/* The process of that rank ends, as far as the network can tell. */
void fake_network_kill(fake_network *network, int rank);

/* rpi_failure_detector_options.is_gone, with the network as its argument: it was killed, or destroyed its link. */
bool fake_network_is_gone(void *network, int rank);

/* From here on no link says that messages have come in (rpi_link_ops.has_news); they are there all the same. */
void fake_network_hide_news(fake_network *network);

/* From here on all links fail. */
void fake_network_break(fake_network *network);

/* After all links are destroyed; frees what nobody received. */
void fake_network_destroy(fake_network *network);

#endif
