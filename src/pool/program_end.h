/*
 * program_end.h: a program of rp_main that ends by exit() (or quick_exit()) instead of returning from its client.
 *
 *     who calls exit                              what follows
 *     the client, in any of its threads, or a     rank 0 ends the other ranks as if the client had returned; the exit status stays
 *     callback
 *     a task or an initializer on rank 0          one line that names it, and RP_EXIT_LOST at once: its item has no result
 *     anything on another rank                    one line; the rank ends, and rank 0 finds it lost
 *     a process that was forked                   nothing
 *
 * Items that still run aren't waited for on rank 0. The other ranks finish theirs, as at any end.
 */
#ifndef RPI_POOL_PROGRAM_END_H
#define RPI_POOL_PROGRAM_END_H

#include <stdbool.h>

/* From here on an exit is an end. `stop` ends the other ranks; NULL: there are none, or this isn't rank 0. Once in a process, from the main
 * thread. */
void rpi_program_end_begin(int rank, void (*stop)(void));

/* The client has returned, or this rank has served. From here on an exit is the program's own affair. Doesn't return when another thread is
 * in exit() already: that one ends the process. */
void rpi_program_end_claim(void);

#endif
