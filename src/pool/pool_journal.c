/* pool_journal.c: see pool_journal.h and pool_journal_state.h. */
#include "pool/pool_journal.h"

#include "base/clock.h"
#include "base/error.h"
#include "pool/pool_journal_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first indices have the calls, the others their items. */
#define FIRST_BASE (UINT64_C(1) << 32)

static const char kind_name[] = "kind", kind_value[] = "calls of a program";

static rpi_pool_journal *create(const rp_pool_options *options)
{
    rpi_pool_journal *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->path = strdup(options->journal);
    self->calls = rpi_journal_calls_create();
    self->rules = (rpi_resume_rules){.retry_failed = options->retry_failed != 0,
                                     .run_changed = options->resume == RP_RESUME_CHANGED,
                                     .take_all = options->resume == RP_RESUME_FORCE};
    if (self->path && self->calls && rpi_mutex_init(&self->mutex) == 0) return self;
    rpi_journal_calls_destroy(self->calls);
    free(self->path);
    free(self);
    return NULL;
}

/* Reads which calls there are. */
static rp_status read_calls(rpi_pool_journal *self, rp_error *error)
{
    const rpi_index *index = rpi_journal_index(self->journal);
    rp_status status = RP_OK;
    for (uint64_t k = rpi_index_next(index, 0); k < FIRST_BASE && status == RP_OK; k = rpi_index_next(index, k + 1)) {
        rpi_journal_record record;
        status = rpi_journal_read(self->journal, k, &record, error);
        if (status == RP_OK) status = rpi_journal_calls_add(self->calls, &record, error);
    }
    rpi_journal_calls_set_end(self->calls, index->end > FIRST_BASE ? index->end : FIRST_BASE);
    return status;
}

static rp_status begin(rpi_pool_journal *self, rp_error *error)
{
    char what[256];
    const rpi_fact facts[] = {{RPI_FACT_MUST, kind_name, kind_value}};
    const rpi_facts *before = rpi_journal_facts(self->journal);
    const char *kind = before ? rpi_facts_value(before, kind_name) : kind_value;
    rpi_journal_summary summary;
    if (!kind || strcmp(kind, kind_value) != 0) {
        snprintf(what, sizeof what, "%s", kind ? kind : "a run of rankpool");
        return rp_error_set(error, RP_USAGE, 0, "the journal %s has %s in it, and not %s", self->path, what, kind_value);
    }
    rpi_journal_summarize(self->journal, &summary);
    self->is_careful = summary.n_runs > 0 && summary.runs[summary.n_runs - 1].end == RPI_RUN_DIED;
    rp_status status = read_calls(self, error);
    return status == RP_OK ? rpi_journal_begin(self->journal, facts, sizeof facts / sizeof *facts, error) : status;
}

static void destroy(rpi_pool_journal *self)
{
    rpi_journal_calls_destroy(self->calls);
    pthread_mutex_destroy(&self->mutex);
    free(self->path);
    free(self);
}

rp_status rpi_pool_journal_open(const rp_pool_options *options, rpi_pool_journal **journal, rp_error *error)
{
    if (!options->journal[0]) return rp_error_set(error, RP_USAGE, 0, "the journal has no name");
    rpi_pool_journal *self = create(options);
    if (!self) return rpi_error_no_memory(error);
    rp_status status = rpi_journal_open(self->path, NULL, &self->journal, error);
    if (status == RP_OK) {
        status = begin(self, error);
        if (status != RP_OK) (void)rpi_journal_close(self->journal, RPI_RUN_STOPPED, NULL, NULL, NULL);
    }
    if (status == RP_OK) *journal = self;
    else destroy(self);
    return status;
}

void rpi_pool_journal_watch(rpi_pool_journal *self, unsigned n_workers)
{
    if (n_workers > RPI_BEGUN_MOST) return;
    self->board = rpi_journal_begun(self->journal, n_workers);
    self->n_board = n_workers;
}

rp_status rpi_pool_journal_close(rpi_pool_journal *self, rpi_pool_journal_end end, rp_error *error)
{
    static const rpi_run_end ends[] = {
        [RPI_POOL_JOURNAL_DONE] = RPI_RUN_DONE, [RPI_POOL_JOURNAL_STOPPED] = RPI_RUN_STOPPED, [RPI_POOL_JOURNAL_BROKEN] = RPI_RUN_BROKEN};
    if (!self) return RP_OK;
    rp_status status = rpi_journal_close(self->journal, ends[end], NULL, NULL, error);
    destroy(self);
    return status;
}

/* ---- calls ---- */

/* With the mutex. The call is new: it gets a range behind all others. */
static rp_status add_call(rpi_pool_journal *self, rpi_journal_call *call, const rpi_fact *facts, size_t n_facts, uint64_t *position,
                          rp_error *error)
{
    rpi_facts all = {0};
    rp_status status = rpi_facts_copy(&all, facts, n_facts, error);
    if (status != RP_OK) return status;
    rpi_journal_record record = {
        .kind = RPI_RECORD_DONE, .index = call->slot, .hash = call->id, .rank = -1, .data = all.texts, .size = all.texts_size};
    status = rpi_journal_append(self->journal, &record, 1, position, error);
    rpi_facts_fini(&all);
    return status;
}

static rp_status compare(const rpi_pool_journal *self, const char *key, const rpi_journal_call *call, const rpi_fact *facts, size_t n,
                         rp_error *error)
{
    char what[256];
    rpi_facts now = {0};
    rp_status status = rpi_facts_copy(&now, facts, n, error);
    if (status != RP_OK) return status;
    bool differs = rpi_facts_compare(&call->facts, &now, what, sizeof what) == RPI_FACT_MUST;
    rpi_facts_fini(&now);
    if (!differs) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "call %" PRIu64 " of the key \"%s\" isn't the one in the journal %s: %s", call->number, key,
                        self->path, what);
}

rp_status rpi_pool_journal_find(rpi_pool_journal *self, const char *key, const rpi_fact *facts, size_t n_facts, uint64_t n_items,
                                rpi_journal_range *range, uint64_t *number, rp_error *error)
{
    char base[24];
    rpi_fact all[8];
    memcpy(all, facts, n_facts * sizeof *facts);
    pthread_mutex_lock(&self->mutex);
    rpi_journal_call *call;
    rp_status status = rpi_journal_calls_next(self->calls, key, n_items, &call, error);
    if (status == RP_OK) {
        snprintf(base, sizeof base, "%" PRIu64, call->base);
        all[n_facts] = (rpi_fact){RPI_FACT_NOTE, "base", base};
        *range = (rpi_journal_range){call->base, call->facts.n > 0, 0};
        *number = call->number;
        if (range->is_known) status = compare(self, key, call, facts, n_facts, error);
        else status = add_call(self, call, all, n_facts + 1, &range->position, error);
    }
    pthread_mutex_unlock(&self->mutex);
    return status;
}

/* ---- writing ---- */

/* The first failure is the one that is kept. A record that is too large fails too: nothing is left out in silence. */
static rp_status keep(rpi_pool_journal *self, const rp_error *why, rp_error *error)
{
    pthread_mutex_lock(&self->mutex);
    if (!atomic_load(&self->has_failed)) {
        self->why = *why;
        atomic_store(&self->has_failed, true);
    }
    if (error) *error = self->why;
    rp_status status = self->why.status;
    pthread_mutex_unlock(&self->mutex);
    return status;
}

rp_status rpi_pool_journal_check(rpi_pool_journal *self, rp_error *error)
{
    if (!atomic_load(&self->has_failed)) return RP_OK;
    if (error) *error = self->why;
    return self->why.status;
}

/* Says of which journal it is. */
static rp_status fail(rpi_pool_journal *self, const rp_error *cause, rp_error *error)
{
    rp_error why;
    rp_error_set(&why, cause->status, cause->code, "the journal %s can't be written any more: %s", self->path, cause->message);
    return keep(self, &why, error);
}

rp_status rpi_pool_journal_append(rpi_pool_journal *self, const rpi_journal_record *records, size_t n, uint64_t *position, rp_error *error)
{
    rp_error why = {0};
    rp_status status = rpi_pool_journal_check(self, error);
    if (status != RP_OK) return status;
    status = rpi_journal_append(self->journal, records, n, position, &why);
    return status == RP_OK ? RP_OK : fail(self, &why, error);
}

rp_status rpi_pool_journal_commit(rpi_pool_journal *self, uint64_t position, bool sync, rp_error *error)
{
    rp_error why = {0};
    rp_status status = rpi_pool_journal_check(self, error);
    if (status != RP_OK) return status;
    status = rpi_journal_commit(self->journal, position, sync, &why);
    return status == RP_OK ? RP_OK : fail(self, &why, error);
}
