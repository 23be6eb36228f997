/*
 * direct_link.h: a link around another link that has large data read by its receiver, straight from the sender's memory, where both are on
 * one host: one copy in place of two. The sender lends the data until the receiver returns it.
 *
 *     sender                               receiver
 *     LENT: where the data is --------->   reads it, in pieces, to where it belongs
 *     <------------------------ RETURNED   taken: the message is complete
 *                                          not taken (it may not read there, or this is another host): the sender sends the message as it
 *                                          is, and lends this receiver nothing any more
 *
 * What the sender sends meanwhile waits at the receiver, so the order stays. The other users of the link see nothing of this.
 */
#ifndef RPI_CLUSTER_DIRECT_LINK_H
#define RPI_CLUSTER_DIRECT_LINK_H

#include "cluster/link.h"

#include <sys/types.h>

/* Reads `size` bytes at `address` of a process, and 16 bytes at `token_address`. Returns whether all were read. */
typedef bool rpi_read_memory(pid_t process, uint64_t address, char *to, size_t size, uint64_t token_address, uint64_t token[2]);

/* Makes a direct link around a link, and takes the link over, also on failure. All ranks of the link need one. `reads` NULL: the system's
 * process_vm_readv. RP_OK, RP_NO_MEMORY. */
rp_status rpi_direct_link_create(rpi_link *link, rpi_read_memory *reads, rpi_link **made, rp_error *error);

#endif
