/* progress_thread.c: see progress_thread.h. */
#include "cluster/progress_thread.h"

#include "base/clock.h"
#include "base/pause.h"

/* The least nap of the progress thread while other threads take turns. Each wake takes some 10 us from whoever computes. */
static const uint64_t driven_nap_ns = 1000 * 1000;

void rpi_progress_thread_init(rpi_progress_thread *progress_thread, rpi_event bell, _Atomic uint32_t *answered)
{
    *progress_thread = (rpi_progress_thread){.last_event_ns = rpi_now_ns(), .bell = bell, .answered = answered};
    rpi_mutex_init(&progress_thread->baton);
    rpi_mutex_init(&progress_thread->mutex);
}

void rpi_progress_thread_fini(rpi_progress_thread *progress_thread)
{
    pthread_mutex_destroy(&progress_thread->mutex);
    pthread_mutex_destroy(&progress_thread->baton);
}

void rpi_progress_thread_wake(rpi_progress_thread *progress_thread)
{
    rpi_progress_thread_leave_work(progress_thread);
    if (progress_thread->n_drivers > 0) return;
    atomic_fetch_add(progress_thread->answered, 1);
    rpi_event_signal(progress_thread->bell);
}

void rpi_progress_thread_call(rpi_progress_thread *progress_thread)
{
    pthread_mutex_lock(&progress_thread->mutex);
    progress_thread->called = true;
    atomic_fetch_add(progress_thread->answered, 1);
    rpi_event_wake(progress_thread->bell);
    pthread_mutex_unlock(&progress_thread->mutex);
}

/* What comes from here on, this turn may miss. The exchange comes before all that the turn looks for. */
bool rpi_progress_thread_begin(rpi_progress_thread *progress_thread, bool receives)
{
    progress_thread->n_cut_short = 0;
    bool is_told = rpi_progress_thread_is_told(progress_thread) && atomic_exchange(&progress_thread->signalled, false);
    if (receives) atomic_store_explicit(&progress_thread->seen, rpi_event_count(progress_thread->bell), memory_order_release);
    return is_told;
}

/* Whether a ring wakes the progress thread. With the mutex held. */
static void set_bell(rpi_progress_thread *progress_thread)
{
    bool wakes = progress_thread->sleeping && progress_thread->n_drivers == 0;
    atomic_store(progress_thread->bell.sleeping, !wakes ? RPI_EVENT_AWAKE : progress_thread->n_out > 0 ? RPI_EVENT_OUT : RPI_EVENT_ASLEEP);
}

/* ---- in the progress thread ---- */

bool rpi_progress_thread_begin_turn(rpi_progress_thread *progress_thread)
{
    pthread_mutex_lock(&progress_thread->baton);
    return rpi_progress_thread_begin(progress_thread, true);
}

void rpi_progress_thread_end_turn(rpi_progress_thread *progress_thread, bool any)
{
    if (any) progress_thread->last_event_ns = rpi_now_ns();
    pthread_mutex_unlock(&progress_thread->baton);
}

static uint64_t nap_ns(rpi_progress_thread *progress_thread, rpi_poll_state *poll, uint64_t now)
{
    pthread_mutex_lock(&progress_thread->baton);
    poll->idle_ns = now > progress_thread->last_event_ns ? now - progress_thread->last_event_ns : 0;
    pthread_mutex_unlock(&progress_thread->baton);
    uint64_t nap = rpi_backoff_ns(poll), driven_ns = atomic_load(&progress_thread->driven_ns);
    bool is_driven = driven_ns && now < driven_ns + driven_nap_ns && !poll->moving;
    return is_driven && nap < driven_nap_ns ? driven_nap_ns : nap;
}

static void set_sleeping(rpi_progress_thread *progress_thread, bool sleeping)
{
    pthread_mutex_lock(&progress_thread->mutex);
    progress_thread->sleeping = sleeping;
    if (!sleeping) progress_thread->called = false;
    set_bell(progress_thread);
    pthread_mutex_unlock(&progress_thread->mutex);
}

static bool is_wanted(rpi_progress_thread *progress_thread)
{
    pthread_mutex_lock(&progress_thread->mutex);
    bool is_wanted = progress_thread->called || (rpi_progress_thread_is_told(progress_thread) && progress_thread->n_drivers == 0);
    pthread_mutex_unlock(&progress_thread->mutex);
    return is_wanted;
}

void rpi_progress_thread_rest(rpi_progress_thread *progress_thread, rpi_poll_state *poll, bool for_ever)
{
    (void)rpi_pause_look();
    uint32_t seen = atomic_load(&progress_thread->seen);
    uint64_t now = rpi_now_ns(), nap = for_ever ? RPI_NEVER : nap_ns(progress_thread, poll, now);
    if (nap == 0) return;
    set_sleeping(progress_thread, true);
    if (!is_wanted(progress_thread)) rpi_event_sleep(progress_thread->bell, seen, for_ever ? RPI_NEVER : now + nap);
    set_sleeping(progress_thread, false);
}

/* ---- in other threads ---- */

static void tell(rpi_progress_thread *progress_thread)
{
    pthread_mutex_lock(&progress_thread->mutex);
    rpi_progress_thread_wake(progress_thread);
    pthread_mutex_unlock(&progress_thread->mutex);
}

bool rpi_progress_thread_try_turn(rpi_progress_thread *progress_thread, bool spins)
{
    bool has_baton = pthread_mutex_trylock(&progress_thread->baton) == 0;
    if (!has_baton && !spins) tell(progress_thread);
    return has_baton;
}

bool rpi_progress_thread_may_cut_short(rpi_progress_thread *progress_thread)
{
    return !rpi_progress_thread_is_told(progress_thread) && ++progress_thread->n_cut_short < RPI_TURNS_CUT_SHORT;
}

void rpi_progress_thread_end_own_turn(rpi_progress_thread *progress_thread, bool any)
{
    if (any) {
        progress_thread->last_event_ns = rpi_now_ns();
        atomic_store(&progress_thread->driven_ns, progress_thread->last_event_ns);
    }
    pthread_mutex_unlock(&progress_thread->baton);
}

bool rpi_progress_thread_is_rung_for(const rpi_progress_thread *progress_thread)
{
    return (int32_t)(rpi_event_count(progress_thread->bell) - atomic_load(progress_thread->answered)) > 0;
}

static void change_drivers(rpi_progress_thread *progress_thread, int change, int change_out)
{
    pthread_mutex_lock(&progress_thread->mutex);
    progress_thread->n_drivers += (unsigned)change;
    progress_thread->n_out += (unsigned)change_out;
    set_bell(progress_thread);
    bool leaves = change < 0;
    if (leaves && (rpi_progress_thread_is_rung_for(progress_thread) || rpi_progress_thread_is_told(progress_thread)))
        rpi_progress_thread_wake(progress_thread);
    pthread_mutex_unlock(&progress_thread->mutex);
}

void rpi_progress_thread_join_in(rpi_progress_thread *progress_thread) { change_drivers(progress_thread, 1, 0); }
void rpi_progress_thread_leave(rpi_progress_thread *progress_thread) { change_drivers(progress_thread, -1, 0); }
void rpi_progress_thread_go_out(rpi_progress_thread *progress_thread) { change_drivers(progress_thread, -1, 1); }
void rpi_progress_thread_come_back(rpi_progress_thread *progress_thread) { change_drivers(progress_thread, 1, -1); }
