/* talker.c: see talker.h. */
#include "talker.h"

#include "clock.h"

/* A probe of MPI takes in what has come when it has found nothing, so it may be the next one that finds it. */
enum { LOOKS = 2 };

void rpi_talker_init(rpi_talker *talker, rpi_doorbell *doorbell)
{
    *talker = (rpi_talker){.last_event_ns = rpi_now_ns(), .doorbell = doorbell ? doorbell : &talker->own};
    pthread_mutex_init(&talker->mutex, NULL);
    talker->n_rung = rpi_bell_count(&talker->doorbell->bell);
}

void rpi_talker_fini(rpi_talker *talker) { pthread_mutex_destroy(&talker->mutex); }

void rpi_talker_wake(rpi_talker *talker) { rpi_bell_ring(&talker->doorbell->bell); }

static void listen(rpi_talker *talker, bool listening)
{
    if (listening == talker->listening) return;
    rpi_doorbell_listen(talker->doorbell, listening);
    talker->listening = listening;
    talker->n_looks = LOOKS;
}

/* For what came before it listened, nobody rang. */
static bool shall_look_again(rpi_talker *talker, const rpi_quiet *quiet, uint64_t nap_ns)
{
    if (!rpi_backoff_may_be_rung(quiet, nap_ns)) return false;
    listen(talker, true);
    if (talker->n_looks == 0) return false;
    talker->n_looks--;
    return true;
}

void rpi_talker_event(rpi_talker *talker)
{
    listen(talker, false);
    talker->last_event_ns = rpi_now_ns();
    talker->n_rung = rpi_bell_count(&talker->doorbell->bell);
}

void rpi_talker_rest(rpi_talker *talker, rpi_quiet *quiet, bool for_ever)
{
    rpi_bell *bell = &talker->doorbell->bell;
    uint64_t now = rpi_now_ns();
    quiet->quiet_ns = now - talker->last_event_ns;
    uint64_t nap = for_ever ? RPI_NEVER : rpi_backoff_ns(quiet);
    if (nap == 0) return;
    if (!for_ever && shall_look_again(talker, quiet, nap)) return;
    rpi_bell_wait(bell, talker->n_rung, for_ever ? RPI_NEVER : now + nap);
    uint32_t n_rung = rpi_bell_count(bell);
    if (n_rung == talker->n_rung) return;
    talker->n_rung = n_rung;
    talker->last_event_ns = rpi_now_ns(); /* what it rang for may take a moment more to be seen */
    talker->n_looks = LOOKS;
}
