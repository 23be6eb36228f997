/* progress_rate.c: exponential averages. One that started from 0 is too small at first by the factor 1 - exp(-elapsed / span). */
#include "pool/progress_rate.h"

#include <math.h>

enum { SPAN_S = 15, LONGER = 4, CHANGES_IN_A_SPAN = 4, LEAST_S = 3 };

static double span_s(int k) { return SPAN_S * pow(LONGER, k); }

void rpi_progress_rate_add(rpi_progress_rate *self, double elapsed_s, uint64_t n_done)
{
    double passed_s = elapsed_s - self->at_s;
    if (!(passed_s > 0)) return;
    uint64_t n_new = n_done > self->n_done ? n_done - self->n_done : 0;
    for (int k = 0; k < RPI_PROGRESS_SPANS; k++) {
        double kept = exp(-passed_s / span_s(k));
        self->average[k] = self->average[k] * kept + (double)n_new / passed_s * (1 - kept);
    }
    self->at_s = elapsed_s;
    self->n_changes += n_new > 0;
    if (n_new > 0) self->n_done = n_done;
}

/* The shortest span in which items end a few times. */
static int choose_span(const rpi_progress_rate *self)
{
    double between_s = self->n_changes > 0 ? self->at_s / (double)self->n_changes : self->at_s;
    int k = 0;
    while (k + 1 < RPI_PROGRESS_SPANS && span_s(k) < CHANGES_IN_A_SPAN * between_s) k++;
    return k;
}

double rpi_progress_rate_now(const rpi_progress_rate *self)
{
    int k = choose_span(self);
    return self->at_s > 0 ? self->average[k] / (1 - exp(-self->at_s / span_s(k))) : 0;
}

double rpi_progress_rate_left_s(const rpi_progress_rate *self, uint64_t n_left)
{
    double rate = rpi_progress_rate_now(self);
    return self->at_s >= LEAST_S && rate > 0 ? (double)n_left / rate : -1;
}
