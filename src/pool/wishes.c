/* wishes.c: see wishes.h. */
#include "pool/wishes.h"

#include "base/clock.h"
#include "base/error.h"

#include <stdlib.h>

static const double usual_interval_s = 0.1, longest_interval_s = 1e9;

static bool has_any(const rp_call_options *options)
{
    return options && (options->statuses || options->failures || options->n_failures || options->callback || options->error_callback ||
                       options->progress_callback);
}

static rp_status check(const rp_call_options *options, rp_error *error)
{
    double interval_s = options ? options->progress_callback_s : 0;
    if (!(interval_s >= 0 && interval_s <= longest_interval_s))
        return rp_error_set(error, RP_USAGE, 0, "progress_callback_s is %g; it must be from 0 to %g", interval_s, longest_interval_s);
    if (options && options->failures_room > 0 && !options->failures)
        return rp_error_set(error, RP_USAGE, 0, "failures has room for %llu at NULL", (unsigned long long)options->failures_room);
    return RP_OK;
}

rp_status rpi_wishes_make(rp_result *call, const rp_call_options *options, rpi_wishes **wishes, rp_error *error)
{
    rp_status status = check(options, error);
    *wishes = NULL;
    if (status != RP_OK || !has_any(options)) return status;
    rpi_wishes *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    *self = (rpi_wishes){.call = call,
                         .statuses = options->statuses,
                         .failures = options->failures,
                         .failures_room = options->failures_room,
                         .n_failures = options->n_failures,
                         .callback = options->callback,
                         .error_callback = options->error_callback,
                         .callback_argument = options->callback_argument,
                         .callbacks_apart = options->callbacks_apart != 0,
                         .progress = options->progress_callback,
                         .progress_argument = options->progress_argument};
    self->interval_ns = rpi_nanoseconds(options->progress_callback_s > 0 ? options->progress_callback_s : usual_interval_s);
    *wishes = self;
    return RP_OK;
}

void rpi_wishes_drop_callbacks(rpi_wishes *self)
{
    if (self) self->callback = self->error_callback = NULL;
}

void rpi_wishes_drop_lists(rpi_wishes *self)
{
    if (!self) return;
    self->statuses = NULL;
    self->failures = NULL;
    self->failures_room = 0;
    self->n_failures = NULL;
}

/* ---- lists ---- */

static void fill_statuses(rp_status *statuses, const rpi_wishes_outcome *outcome)
{
    for (uint64_t i = 0; i < outcome->n_items; i++) statuses[i] = i < outcome->cutoff ? RP_OK : RP_CANCELLED;
    for (const rpi_failure *failure = outcome->failures; failure && !outcome->is_cancelled; failure = failure->next)
        statuses[failure->facts.item] = rpi_failure_to_error(failure, NULL);
    for (const rpi_failure *failure = outcome->not_begun; failure; failure = failure->next) statuses[failure->facts.item] = RP_CANCELLED;
}

void rpi_wishes_fill(const rpi_wishes *self, const rpi_wishes_outcome *outcome)
{
    if (!self) return;
    uint64_t n = 0;
    if (self->statuses) fill_statuses(self->statuses, outcome);
    for (const rpi_failure *failure = outcome->failures; failure; failure = failure->next, n++)
        if (n < self->failures_room) (void)rpi_failure_to_error(failure, &self->failures[n]);
    if (self->n_failures) *self->n_failures = n;
}
