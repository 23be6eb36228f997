/* call_journal.c: see call_journal.h. */
#include "pool/call_journal.h"

#include "base/error.h"
#include "pool/failure_record.h"
#include "pool/item_values.h"
#include "pool/pool_journal_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 64 };                /* records that are appended at once */
static const double careful_s = 5e-3; /* a commit takes some 50 us, 1 % of it */

struct rpi_call_journal {
    rpi_pool_journal *journal;
    const rpi_work *work;
    char *key;
    uint64_t number; /* of the key */
    rpi_journal_range range;
    rpi_item_values values;    /* what its items are known by */
    bool is_watched;           /* workers tell what they begin */
    _Atomic uint64_t position; /* of the last record */
};

/* ---- the call ---- */

/* "double, record of 24 bytes" */
static void name_types(const rp_type *types, const size_t *sizes, int n, char *text, size_t size)
{
    size_t used = 0;
    snprintf(text, size, "none");
    for (int k = 0; k < n && used < size; k++) {
        used += (size_t)snprintf(text + used, size - used, "%s%s", k ? ", " : "", rp_type_name(types[k]));
        if (types[k] == RP_TYPE_RECORD && used < size) used += (size_t)snprintf(text + used, size - used, " of %zu bytes", sizes[k]);
    }
}

static rp_status find_range(rpi_call_journal *self, uint64_t n_items, rp_error *error)
{
    const rp_task *task = self->work->task;
    char items[24] = "not known", result[64], arguments[512];
    if (n_items != UINT64_MAX) snprintf(items, sizeof items, "%" PRIu64, n_items);
    name_types(&task->result_type, &task->result_size, 1, result, sizeof result);
    name_types(task->argument_types, task->argument_sizes, task->n_arguments, arguments, sizeof arguments);
    const rpi_fact facts[] = {{RPI_FACT_NOTE, "key", self->key},
                              {RPI_FACT_MUST, "task", task->name},
                              {RPI_FACT_MUST, "items", items},
                              {RPI_FACT_MUST, "result", result},
                              {RPI_FACT_MUST, "arguments", arguments}};
    return rpi_pool_journal_find(self->journal, self->key, facts, sizeof facts / sizeof *facts, n_items, &self->range, &self->number,
                                 error);
}

rp_status rpi_call_journal_open(rpi_pool_journal *journal, const char *key, const rpi_work *work, uint64_t n_items, rpi_call_journal **out,
                                rp_error *error)
{
    if (!key[0]) return rp_error_set(error, RP_USAGE, 0, "the key of the call is empty");
    rp_status status = rpi_pool_journal_check(journal, error);
    rpi_call_journal *self = status == RP_OK ? calloc(1, sizeof *self) : NULL;
    if (status != RP_OK) return status;
    if (self) self->key = strdup(key);
    if (!self || !self->key) {
        free(self);
        return rpi_error_no_memory(error);
    }
    self->journal = journal;
    self->work = work;
    rpi_item_values_init(&self->values, work);
    status = find_range(self, n_items, error);
    atomic_store(&self->position, self->range.position);
    if (status == RP_OK) *out = self;
    else rpi_call_journal_destroy(self);
    return status;
}

/* With a time-out, or overlapping items, a worker has more than the one that it has claimed last. What is told of items says something only
 * to those who know the call's range. */
void rpi_call_journal_watch(rpi_call_journal *self, rpi_work_hooks *hooks)
{
    const rpi_pool_journal *journal = self->journal;
    const rpi_work *work = self->work;
    if (!journal->board || hooks->running || work->timeout_ns > 0 || (work->task->flags & RP_TASK_OVERLAPS)) return;
    hooks->running = journal->board;
    hooks->n_running = journal->n_board;
    hooks->running_base = self->range.base;
    self->is_watched = true;
    if (!self->range.is_known) (void)rpi_call_journal_commit(self, NULL);
}

void rpi_call_journal_destroy(rpi_call_journal *self)
{
    if (!self) return;
    free(self->key);
    free(self);
}

bool rpi_call_journal_knows(const rpi_call_journal *self) { return self->range.is_known; }

static bool is_careful(const rpi_call_journal *self) { return self->journal->is_careful && !self->is_watched; }

bool rpi_call_journal_commits(const rpi_call_journal *self) { return self->range.is_known || is_careful(self); }

double rpi_call_journal_batch_s(const rpi_call_journal *self, double usual_s)
{
    return is_careful(self) && usual_s < careful_s ? careful_s : usual_s;
}

uint64_t rpi_call_journal_missing(const rpi_call_journal *self, uint64_t item)
{
    const rpi_resume_rules *rules = &self->journal->rules;
    if (!self->range.is_known || rules->run_changed || rules->take_all) return UINT64_MAX;
    uint64_t index = rpi_index_next(rpi_journal_index(self->journal->journal), self->range.base + item);
    return index - self->range.base < RPI_JOURNAL_MOST_ITEMS ? index - self->range.base : UINT64_MAX;
}

/* ---- what is known ---- */

static rp_status say_changed(const rpi_call_journal *self, uint64_t item, rp_error *error)
{
    return rp_error_set(error, RP_USAGE, 0,
                        "item %" PRIu64 " of call %" PRIu64 " of the key \"%s\" has other arguments than in the journal %s (the option "
                        "resume, set to changed, runs it again)",
                        item, self->number, self->key, self->journal->path);
}

static rp_status look_up(const rpi_call_journal *self, uint64_t item, rpi_item_hash hash, rpi_stretch *out, rp_error *error)
{
    rpi_journal_entry entry;
    *out = (rpi_stretch){RPI_FATE_RUN, 1, 0, 0};
    if (!rpi_journal_find(self->journal->journal, self->range.base + item, &entry)) return RP_OK;
    switch (rpi_resume_item(&entry, hash, &self->journal->rules)) {
    case RPI_RESUME_RUN: break;
    case RPI_RESUME_CHANGED: return say_changed(self, item, error);
    default: out->fate = RPI_FATE_KNOWN; return RP_OK;
    }
    bool is_same = !entry.has_hash || entry.hash == hash.words[0];
    if (is_same && (entry.n_tries > 0 || entry.n_crashes > 0)) {
        out->fate = RPI_FATE_ALONE;
        out->earlier = entry.n_tries;
        out->n_died = entry.n_crashes;
    }
    return RP_OK;
}

rp_status rpi_call_journal_fate(rpi_call_journal *self, uint64_t item, const void *const *arguments, rpi_stretch *fate, rp_error *error)
{
    *fate = (rpi_stretch){RPI_FATE_RUN, 1, 0, 0};
    return self->range.is_known ? look_up(self, item, rpi_item_values_hash(&self->values, arguments), fate, error) : RP_OK;
}

/* An item that is refused ends the stretch before it. */
rp_status rpi_call_journal_stretch(rpi_call_journal *self, const rpi_batch *batch, uint64_t most, uint64_t most_known, rpi_stretch *stretch,
                                   rp_error *error)
{
    *stretch = (rpi_stretch){RPI_FATE_RUN, most, 0, 0};
    if (!self->range.is_known || most == 0) return RP_OK;
    rp_status status = look_up(self, batch->first, rpi_item_values_hash_at(&self->values, batch, 0), stretch, error);
    uint64_t n = 1;
    if (stretch->fate == RPI_FATE_KNOWN) most = most_known;
    for (rpi_stretch next; status == RP_OK && stretch->fate != RPI_FATE_ALONE && n < most; n++) {
        if (look_up(self, batch->first + n, rpi_item_values_hash_at(&self->values, batch, n), &next, NULL) != RP_OK ||
            next.fate != stretch->fate)
            break;
    }
    stretch->n = n;
    return status;
}

/* What the tries of an item have made of it that died with its runs. */
static rpi_failure *crash_of(uint64_t item, const rpi_journal_entry *entry)
{
    char text[96];
    int size = snprintf(text, sizeof text, "its process died %u times while it ran, as the journal says", entry->n_crashes);
    rpi_failure *failure = rpi_failure_create(text, (size_t)size);
    if (!failure) return NULL;
    failure->facts = (rpi_failure_facts){.item = item, .cause = RP_CAUSE_CRASH, .rank = -1, .worker = -1, .attempt = (int)entry->n_tries};
    return failure;
}

static rp_status copy_emitted(rp_bytes from, char *at)
{
    rp_bytes copy = {NULL, from.size};
    if (from.size > 0 && !(copy.data = malloc(from.size))) return RP_NO_MEMORY;
    if (from.size > 0) memcpy((void *)(uintptr_t)copy.data, from.data, from.size);
    memcpy(at, &copy, sizeof copy);
    return RP_OK;
}

static rp_status fill_result(const rpi_call_journal *self, const rpi_journal_record *record, char *at, rp_error *error)
{
    const rp_task *task = self->work->task;
    rp_bytes bytes = {record->data, record->size};
    if (task->result_type == RP_TYPE_BYTES) return copy_emitted(bytes, at) == RP_OK ? RP_OK : rpi_error_no_memory(error);
    if (bytes.size != task->result_size)
        return rp_error_set(error, RP_SYSTEM, 0, "the journal %s has a result of %zu bytes for task %s, which makes %zu",
                            self->journal->path, bytes.size, task->name, task->result_size);
    if (bytes.size > 0) memcpy(at, bytes.data, bytes.size);
    return RP_OK;
}

static rp_status add_failure(const rpi_call_journal *self, rpi_batch *batch, rpi_failure *failure, rp_bytes emitted, char *at,
                             rp_error *error)
{
    if (!failure) return rpi_error_no_memory(error);
    rpi_batch_add_failure(batch, failure);
    if (!(self->work->task->flags & RP_TASK_KEEPS_EMITTED)) return RP_OK;
    return copy_emitted(emitted, at) == RP_OK ? RP_OK : rpi_error_no_memory(error);
}

/* With the journal's mutex. */
static rp_status fill_one(const rpi_call_journal *self, rpi_batch *batch, uint64_t k, rp_error *error)
{
    rpi_journal *journal = self->journal->journal;
    uint64_t item = batch->first + k, index = self->range.base + item;
    char *at = batch->results + (size_t)k * self->work->task->result_size;
    rpi_journal_entry entry;
    rpi_journal_record record;
    rp_bytes emitted = {NULL, 0};
    (void)rpi_journal_find(journal, index, &entry);
    if (entry.outcome == RPI_OUTCOME_NONE) return add_failure(self, batch, crash_of(item, &entry), emitted, at, error);
    rp_status status = rpi_journal_read(journal, index, &record, error);
    if (status != RP_OK) return status;
    if (record.kind == RPI_RECORD_DONE) return fill_result(self, &record, at, error);
    rpi_failure *failure = rpi_failure_record_read(&record, item, &emitted);
    return add_failure(self, batch, failure, emitted, at, error);
}

rp_status rpi_call_journal_fill(rpi_call_journal *self, rpi_batch *batch, rp_error *error)
{
    rp_status status = RP_OK;
    pthread_mutex_lock(&self->journal->mutex);
    for (uint64_t k = 0; k < batch->count && status == RP_OK; k++) status = fill_one(self, batch, k, error);
    pthread_mutex_unlock(&self->journal->mutex);
    if (status == RP_OK) atomic_fetch_add(&batch->work->n_finished, batch->count);
    return status;
}

/* ---- what is recorded ---- */

/* Errors stay in the pool's journal, where the client's next step finds them. */
static void append(rpi_call_journal *self, const rpi_journal_record *records, size_t n)
{
    uint64_t position = 0, before = atomic_load(&self->position);
    if (n == 0 || rpi_pool_journal_append(self->journal, records, n, &position, NULL) != RP_OK) return;
    while (before < position && !atomic_compare_exchange_weak(&self->position, &before, position)) continue;
}

void rpi_call_journal_begins(rpi_call_journal *self, const rpi_batch *batch, bool is_alone)
{
    rpi_journal_record record = {
        .kind = RPI_RECORD_BEGUN, .index = self->range.base + batch->first, .hash = {{batch->count, 0}}, .rank = -1};
    if (self->is_watched) return;
    append(self, &record, 1);
    if (is_alone || self->journal->is_careful) (void)rpi_call_journal_commit(self, NULL);
}

void rpi_call_journal_loses(rpi_call_journal *self, uint64_t first, uint64_t count, int rank)
{
    for (uint64_t k = 0; k < count; k++) {
        rpi_journal_record record = {.kind = RPI_RECORD_CRASHED, .index = self->range.base + first + k, .rank = rank};
        append(self, &record, 1);
    }
    (void)rpi_call_journal_commit(self, NULL);
}

static rpi_journal_record record_of(const rpi_call_journal *self, rpi_record_kind kind, const rpi_failure *failure)
{
    const rpi_failure_facts *facts = &failure->facts;
    return (rpi_journal_record){.kind = kind,
                                .index = self->range.base + facts->item,
                                .cause = (unsigned)facts->cause,
                                .attempt = (unsigned)facts->attempt,
                                .seconds = facts->seconds,
                                .rank = facts->rank};
}

void rpi_call_journal_retries(rpi_call_journal *self, const rpi_failure *failure)
{
    rpi_journal_record record = record_of(self, RPI_RECORD_RETRY, failure);
    append(self, &record, 1);
}

/* A failure is recorded as one when no run would try it again. The tries that a stop has cut off are recorded already. */
static void record_failure(rpi_call_journal *self, const rpi_batch *batch, const rpi_failure *failure)
{
    const rpi_work *work = self->work;
    const rpi_failure_facts *facts = &failure->facts;
    rpi_journal_record record = record_of(self, RPI_RECORD_FAILED, failure);
    void *data = NULL;
    if (facts->cause == RP_CAUSE_LOST) {
        record.kind = RPI_RECORD_CRASHED;
        append(self, &record, 1);
        return;
    }
    uint64_t offset = facts->item - batch->first;
    bool is_cut_off = (unsigned)facts->attempt - batch->earlier < work->max_attempts && atomic_load(&work->draining);
    if (is_cut_off || facts->cause == RP_CAUSE_SYSTEM || facts->cause == RP_CAUSE_ENDED) return;
    rp_bytes emitted = {NULL, 0};
    if (work->task->flags & RP_TASK_KEEPS_EMITTED) memcpy(&emitted, batch->results + offset * sizeof emitted, sizeof emitted);
    record.hash = rpi_item_values_hash_at(&self->values, batch, offset);
    if (!rpi_failure_record_write(failure, emitted, &data, &record.size)) return;
    record.data = data;
    append(self, &record, 1);
    free(data);
}

static rp_bytes result_at(const rpi_batch *batch, uint64_t offset)
{
    const rp_task *task = batch->work->task;
    const char *at = batch->results + offset * task->result_size;
    rp_bytes bytes = {at, task->result_size};
    if (task->result_type == RP_TYPE_BYTES) memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

/* Offsets begin … end - 1 have succeeded. */
static void record_results(rpi_call_journal *self, const rpi_batch *batch, uint64_t begin, uint64_t end, double seconds)
{
    rpi_journal_record records[AT_ONCE];
    size_t n = 0;
    for (uint64_t k = begin; k < end; k++) {
        rp_bytes result = result_at(batch, k);
        records[n++] = (rpi_journal_record){.kind = RPI_RECORD_DONE,
                                            .index = self->range.base + batch->first + k,
                                            .hash = rpi_item_values_hash_at(&self->values, batch, k),
                                            .attempt = rpi_batch_try(batch),
                                            .seconds = seconds,
                                            .rank = -1,
                                            .data = result.data,
                                            .size = result.size};
        if (n < AT_ONCE) continue;
        append(self, records, n);
        n = 0;
    }
    append(self, records, n);
}

/* Items from the cutoff on may have run or not: they are run again. */
void rpi_call_journal_record(rpi_call_journal *self, rpi_batch *batch)
{
    uint64_t cutoff = atomic_load(&self->work->cutoff), n_run = atomic_load(&batch->n_run), at = 0;
    uint64_t end = cutoff <= batch->first ? 0 : cutoff - batch->first < batch->count ? cutoff - batch->first : batch->count;
    double busy_s = (double)atomic_load(&batch->busy_ns) * 1e-9; /* not known of other ranks */
    double seconds = busy_s > 0 && n_run > 0 ? busy_s / (double)n_run : rpi_work_item_s(self->work);
    rpi_failure *failures = rpi_failure_sort(atomic_exchange(&batch->failures, NULL));
    if (batch->status != RP_OK && batch->status != RP_LOST) end = 0;
    for (const rpi_failure *failure = failures; failure; failure = failure->next) {
        uint64_t offset = failure->facts.item - batch->first;
        if (offset > at) record_results(self, batch, at, offset < end ? offset : end, seconds);
        record_failure(self, batch, failure);
        at = offset + 1;
    }
    record_results(self, batch, at, end, seconds);
    atomic_store(&batch->failures, failures);
}

rp_status rpi_call_journal_commit(rpi_call_journal *self, rp_error *error)
{
    return rpi_pool_journal_commit(self->journal, atomic_load(&self->position), false, error);
}

rp_status rpi_call_journal_check(const rpi_call_journal *self, rp_error *error) { return rpi_pool_journal_check(self->journal, error); }
