/* team_state.c: see team_state.h. */
#include "worker/team_state.h"

void rpi_team_report_ready(rpi_team *team, unsigned n, const rp_error *error)
{
    pthread_mutex_lock(&team->mutex);
    if (error && team->start_error.status == RP_OK) team->start_error = *error;
    team->n_ready += n;
    if (team->n_ready == team->n_workers) pthread_cond_broadcast(&team->ready);
    pthread_mutex_unlock(&team->mutex);
}
