/* message_count.h: how many messages this process has sent and received so far, by MPI's profiling interface. */
#ifndef BENCH_MESSAGE_COUNT_H
#define BENCH_MESSAGE_COUNT_H

#include <stdint.h>

/* Any thread. */
uint64_t bench_message_count(void);

#endif
