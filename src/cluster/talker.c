/* talker.c: see talker.h. */
#include "cluster/talker.h"

#include "base/clock.h"

void rpi_talker_init(rpi_talker *talker)
{
    *talker = (rpi_talker){.last_event_ns = rpi_now_ns()};
    pthread_mutex_init(&talker->mutex, NULL);
    rpi_cond_init(&talker->woken);
}

void rpi_talker_fini(rpi_talker *talker)
{
    pthread_cond_destroy(&talker->woken);
    pthread_mutex_destroy(&talker->mutex);
}

void rpi_talker_wake(rpi_talker *talker)
{
    talker->signalled = true;
    if (talker->sleeping) pthread_cond_signal(&talker->woken);
}

void rpi_talker_event(rpi_talker *talker) { talker->last_event_ns = rpi_now_ns(); }

void rpi_talker_rest(rpi_talker *talker, rpi_quiet *quiet, bool for_ever)
{
    uint64_t now = rpi_now_ns();
    quiet->quiet_ns = now - talker->last_event_ns;
    uint64_t nap = for_ever ? RPI_NEVER : rpi_backoff_ns(quiet);
    if (nap == 0) return;
    pthread_mutex_lock(&talker->mutex);
    if (!talker->signalled) {
        talker->sleeping = true;
        (void)rpi_cond_wait_until(&talker->woken, &talker->mutex, for_ever ? RPI_NEVER : now + nap);
        talker->sleeping = false;
    }
    talker->signalled = false;
    pthread_mutex_unlock(&talker->mutex);
}
