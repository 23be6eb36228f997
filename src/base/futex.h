/* futex.h: sleeping on a word of this process. */
#ifndef RPI_BASE_FUTEX_H
#define RPI_BASE_FUTEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Sleeps while the word is `value`, until it is woken or the deadline (clock.h). It may return for no reason. False: the deadline. */
bool rpi_futex_wait(_Atomic uint32_t *word, uint32_t value, uint64_t deadline_ns);

/* Wakes up to n threads that sleep on the word. The memory may be another thing by then: whoever sleeps on that looks again. */
void rpi_futex_wake(_Atomic uint32_t *word, int n);

#endif
