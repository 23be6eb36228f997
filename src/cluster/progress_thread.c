/* progress_thread.c: see progress_thread.h. */
#include "cluster/progress_thread.h"

#include "base/clock.h"

void rpi_progress_thread_init(rpi_progress_thread *progress_thread)
{
    *progress_thread = (rpi_progress_thread){.last_event_ns = rpi_now_ns()};
    rpi_mutex_init(&progress_thread->mutex);
    rpi_cond_init(&progress_thread->woken);
}

void rpi_progress_thread_fini(rpi_progress_thread *progress_thread)
{
    pthread_cond_destroy(&progress_thread->woken);
    pthread_mutex_destroy(&progress_thread->mutex);
}

void rpi_progress_thread_wake(rpi_progress_thread *progress_thread)
{
    progress_thread->signalled = true;
    if (progress_thread->sleeping) pthread_cond_signal(&progress_thread->woken);
}

void rpi_progress_thread_event(rpi_progress_thread *progress_thread) { progress_thread->last_event_ns = rpi_now_ns(); }

void rpi_progress_thread_rest(rpi_progress_thread *progress_thread, rpi_poll_state *poll, bool for_ever)
{
    uint64_t now = rpi_now_ns();
    poll->idle_ns = now - progress_thread->last_event_ns;
    uint64_t nap = for_ever ? RPI_NEVER : rpi_backoff_ns(poll);
    if (nap == 0) return;
    pthread_mutex_lock(&progress_thread->mutex);
    if (!progress_thread->signalled) {
        progress_thread->sleeping = true;
        (void)rpi_cond_wait_until(&progress_thread->woken, &progress_thread->mutex, for_ever ? RPI_NEVER : now + nap);
        progress_thread->sleeping = false;
    }
    progress_thread->signalled = false;
    pthread_mutex_unlock(&progress_thread->mutex);
}
