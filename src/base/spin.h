/*
 * spin.h: whether a thread that waits spins or sleeps. To spin finds what is awaited within 0.1 us; to be woken takes 5 to 50 us. But a
 * thread that spins takes a core, and helps nobody when what it waits for can't run meanwhile.
 *
 *     rpi_spin_wait wait = rpi_spin_begin(&spin);
 *     while (!is_there() && rpi_spin_turn(&spin, &wait)) {}
 *     if (!is_there()) sleep until it is;
 *     rpi_spin_end(&spin, &wait);
 *
 * A thread spins for a bounded time, and only while the waits are mostly shorter than that. It never yields: on a machine that others use,
 * a thread that yields gives away a whole slice. A thread whose core went to another one while it spun learns that the cores are wanted,
 * and sleeps at once for a while (1 ms, doubled up to about 1 s while it goes on).
 */
#ifndef RPI_BASE_SPIN_H
#define RPI_BASE_SPIN_H

#include <rankpool/pool.h>

#include <stdbool.h>
#include <stdint.h>

/* What one waiting thread has learnt. All zero: it never spins. One thread at a time uses it. */
typedef struct rpi_spin {
    uint64_t most_ns;                /* of one wait; 0: never */
    unsigned n_vain;                 /* waits in a row that lasted longer than that */
    unsigned n_waits, n_disturbed;   /* of late: waits, and those in which the thread was taken off its core */
    long n_taken_off;                /* how often the kernel had given its core to another thread, when it last looked */
    uint64_t pause_ns, paused_to_ns; /* it doesn't spin until then; 0: it may */
} rpi_spin;

typedef struct rpi_spin_wait {
    unsigned n_turns;
    bool sleeps;                /* spinning doesn't pay */
    uint64_t began_ns, last_ns; /* 0: not looked at the clock yet */
} rpi_spin_wait;

/* How long threads may spin: `n_threads` that wait for each other in this process, of `local_ranks` such processes on this host. 0 where
 * there are more of them than cores. The policy of the environment counts where the option names none. */
uint64_t rpi_spin_most_ns(rp_wait_policy policy, unsigned n_threads, int local_ranks);

/* RP_OK; RP_USAGE: RANKPOOL_WAIT_POLICY is none of the policies' names. */
rp_status rpi_spin_check(rp_error *error);

/* What the calling thread has learnt as a client, which waits for one call at a time. */
rpi_spin *rpi_spin_of_client(uint64_t most_ns);

/* One moment of spinning, some 20 ns. */
static inline void rpi_spin_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ volatile("yield");
#endif
}

rpi_spin_wait rpi_spin_begin(rpi_spin *self);

/* Looks at the clock. True: go on spinning. */
bool rpi_spin_look(rpi_spin *self, rpi_spin_wait *wait);

enum { RPI_SPIN_TURNS = 32 }; /* from one look at the clock to the next */

/* Spins for a moment. False: it doesn't pay, or not any longer. */
static inline bool rpi_spin_turn(rpi_spin *self, rpi_spin_wait *wait)
{
    if (wait->sleeps) return false;
    rpi_spin_relax();
    return ++wait->n_turns % RPI_SPIN_TURNS || rpi_spin_look(self, wait);
}

/* Whether the last turn looked at the clock: the time for what else costs something. */
static inline bool rpi_spin_has_looked(const rpi_spin_wait *wait) { return wait->n_turns % RPI_SPIN_TURNS == 0; }

/* The thread has what it waited for, after spinning or sleeping. */
void rpi_spin_end(rpi_spin *self, const rpi_spin_wait *wait);

#endif
