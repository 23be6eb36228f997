/* spin.c: see spin.h. */
#include "base/spin.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/names.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/resource.h>

/* As long as libgomp spins by default, some 0.3 ms. On virtual machines a wake takes 20 to 40 us, and one over ranks is two. With 0.1 ms a
 * wait that was long for once made the others' waits long: 200 of 1,200 steps of 1 ms slept, and 30 with this. */
static const uint64_t usual_ns = 300 * 1000, active_ns = 10 * 1000 * 1000;
static const uint64_t disturbance_ns = 50 * 1000; /* a gap between two looks that a running thread doesn't have */
static const uint64_t first_pause_ns = 1000 * 1000, longest_pause_ns = 1280ull * 1000 * 1000;
enum { MOST_VAIN = 2, VAIN_A_TRY = 8, MOST_DISTURBED = 2, WAITS_COUNTED = 16 };

/* ---- how long ---- */

/* OMP_WAIT_POLICY has the same two words. Empty is as if not set. */
static const rp_name *find_policy(const char *text)
{
    for (size_t k = 0; k < rpi_wait_policy_names.n; k++)
        if (!strcasecmp(rpi_names_row(&rpi_wait_policy_names, k)->name, text)) return rpi_names_row(&rpi_wait_policy_names, k);
    return NULL;
}

static rp_wait_policy read_policy(const char *variable)
{
    const char *text = getenv(variable);
    const rp_name *found = text ? find_policy(text) : NULL;
    return found ? (rp_wait_policy)found->value : RP_WAIT_AUTO;
}

rp_status rpi_spin_check(rp_error *error)
{
    const char *text = getenv("RANKPOOL_WAIT_POLICY");
    if (!text || !*text || find_policy(text)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "RANKPOOL_WAIT_POLICY is \"%.80s\"; it must be active, passive or auto", text);
}

uint64_t rpi_spin_most_ns(rp_wait_policy policy, unsigned n_threads, int local_ranks)
{
    if (policy == RP_WAIT_AUTO) policy = read_policy("RANKPOOL_WAIT_POLICY");
    if (policy == RP_WAIT_AUTO) policy = read_policy("OMP_WAIT_POLICY");
    if (policy == RP_WAIT_PASSIVE || n_threads > (unsigned)rpi_affinity_cores_of_rank(local_ranks)) return 0;
    return policy == RP_WAIT_ACTIVE ? active_ns : usual_ns;
}

rpi_spin *rpi_spin_of_client(uint64_t most_ns)
{
    static _Thread_local rpi_spin learnt;
    learnt.most_ns = most_ns;
    return &learnt;
}

/* ---- one wait ---- */

static bool is_paused(rpi_spin *self, uint64_t now_ns)
{
    if (self->paused_to_ns && now_ns >= self->paused_to_ns) self->paused_to_ns = 0;
    return self->paused_to_ns;
}

/* Now and then it spins all the same. Threads of two ranks that all sleep would else make each other's waits long for ever. */
static bool is_in_vain(const rpi_spin *self) { return self->n_vain >= MOST_VAIN && self->n_vain % VAIN_A_TRY; }

/* A wait that doesn't spin is timed from its beginning, so as to see when waits are short again. */
rpi_spin_wait rpi_spin_begin(rpi_spin *self)
{
    rpi_spin_wait wait = {.sleeps = self->most_ns == 0};
    if (wait.sleeps || (!is_in_vain(self) && !self->paused_to_ns)) return wait;
    wait.began_ns = rpi_now_ns();
    wait.sleeps = is_paused(self, wait.began_ns) || is_in_vain(self);
    return wait;
}

static void count_disturbance(rpi_spin *self, uint64_t now_ns)
{
    if (++self->n_disturbed < MOST_DISTURBED) return;
    uint64_t longer_ns = self->pause_ns ? 2 * self->pause_ns : first_pause_ns;
    self->pause_ns = longer_ns < longest_pause_ns ? longer_ns : longest_pause_ns;
    self->paused_to_ns = now_ns + self->pause_ns;
    self->n_disturbed = 0;
}

/* Whether the kernel has given the core to another thread since this was last asked. A gap alone may be the interrupt of a timer, which
 * takes 50 us on some virtual machines, a thousand times a second. */
static bool was_taken_off(rpi_spin *self)
{
    struct rusage used;
    if (getrusage(RUSAGE_THREAD, &used)) return true;
    bool was = used.ru_nivcsw != self->n_taken_off;
    self->n_taken_off = used.ru_nivcsw;
    return was;
}

bool rpi_spin_look(rpi_spin *self, rpi_spin_wait *wait)
{
    uint64_t now_ns = rpi_now_ns(), before_ns = wait->last_ns;
    wait->last_ns = now_ns;
    if (!wait->began_ns) wait->began_ns = now_ns;
    bool is_disturbed = before_ns && now_ns - before_ns > disturbance_ns && was_taken_off(self);
    if (is_disturbed) count_disturbance(self, now_ns);
    wait->sleeps = is_disturbed || now_ns - wait->began_ns >= self->most_ns;
    return !wait->sleeps;
}

/* After as many waits without two disturbances, earlier ones are forgotten. */
static void count_wait(rpi_spin *self)
{
    if (++self->n_waits < WAITS_COUNTED) return;
    if (self->n_disturbed == 0) self->pause_ns /= 2;
    self->n_waits = self->n_disturbed = 0;
}

/* Being woken takes a part of a wait in which the thread slept. So a somewhat longer one counts as short again. */
void rpi_spin_end(rpi_spin *self, const rpi_spin_wait *wait)
{
    if (self->most_ns == 0) return;
    uint64_t lasted_ns = wait->began_ns ? rpi_now_ns() - wait->began_ns : 0;
    if (lasted_ns > self->most_ns * (wait->sleeps ? 2 : 1)) self->n_vain++;
    else self->n_vain = 0;
    count_wait(self);
}
