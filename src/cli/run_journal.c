/* run_journal.c: see run_journal.h. */
#include "run_journal.h"
#include "journal_notes.h"
#include "journal_print.h"
#include "program.h"
#include "run_facts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_EACH = 64 }; /* results, after which it is looked how far the journal is */

/* ---- opening ---- */

/* Any thread that appends. */
static void say_slow(void *argument)
{
    run_journal *self = argument;
    if (!atomic_exchange(&self->has_said_slow, true)) journal_notes_slow(&self->setup->options);
}

static rpi_journal_options journal_options(run_journal *self)
{
    const program_options *options = &self->setup->options;
    const char *restart = getenv("SLURM_RESTART_COUNT");
    return (rpi_journal_options){.job = getenv("SLURM_JOB_ID"),
                                 .restart = restart ? (unsigned)strtoul(restart, NULL, 10) : 0,
                                 .take_over = options->resume.take_over,
                                 .sync_s = options->resume.sync_s,
                                 .waits = say_slow,
                                 .waits_argument = self};
}

static rp_status compare_facts(run_journal *self, rp_error *error)
{
    char what[256];
    const char *path = self->setup->options.resume.path;
    const rpi_facts *before = rpi_journal_facts(self->journal);
    rpi_fact_kind kind = before ? rpi_facts_compare(before, &self->facts, what, sizeof what) : RPI_FACT_NOTE;
    if (kind == RPI_FACT_MUST && !self->setup->options.resume.force)
        return rp_error_set(error, RP_USAGE, 0, "the journal %s is of another run: %s; give another folder, or --resume force", path, what);
    if (kind != RPI_FACT_NOTE) program_say("warning: %s: %s", path, what);
    return RP_OK;
}

static void set_rules(run_journal *self)
{
    const program_options *options = &self->setup->options;
    self->items = (resume_items){.items = self->setup->items,
                                 .journal = self->journal,
                                 .rules = {.retry_failed = options->resume.retry_failed,
                                           .run_changed = options->resume.changed,
                                           .take_all = options->resume.force,
                                           .crashes = options->resume.crashes},
                                 .ends_at_failure = options->pool.on_error != RP_ON_ERROR_COLLECT,
                                 .argument = self,
                                 .sizes = self->job->task->argument_sizes + self->setup->bound.n};
}

static rp_status open_journal(run_journal *self, rp_error *error)
{
    const program_options *options = &self->setup->options;
    rpi_journal_options wanted = journal_options(self);
    rp_status status = run_facts_make(self->setup, &self->facts, error);
    if (status == RP_OK) status = rpi_journal_open(options->resume.path, &wanted, &self->journal, error);
    if (status != RP_OK) return journal_notes_refused(status, options, error);
    status = compare_facts(self, error);
    if (status == RP_OK) status = row_text_init(&self->rows, self->job, options->format, error);
    if (status != RP_OK) return status;
    set_rules(self);
    journal_notes_opened(self->journal, options, items_total(self->setup->items));
    return RP_OK;
}

rp_status run_journal_open(const setup *made, int is_ordered, run_journal **journal, rp_error *error)
{
    run_journal *self = calloc(1, sizeof *self);
    const rp_job *job = made->options.job;
    if (!self) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the journal");
    self->setup = made;
    self->job = job;
    self->is_ordered = is_ordered;
    self->prints_itself = job->write && made->options.format == OUTPUT_TEXT;
    self->keeps_results = self->prints_itself || job->arrive;
    held_rows_init(&self->held);
    rp_status status = open_journal(self, error);
    if (status == RP_OK) *journal = self;
    else (void)run_journal_close(self, 0, NULL);
    return status;
}

/* ---- the output ---- */

/* Rows that are printed already may change when what has failed is run again, or what has changed. */
static bool may_keep(const run_journal *self)
{
    const rpi_resume_rules *rules = &self->items.rules;
    const rpi_index *index = rpi_journal_index(self->journal);
    return self->is_ordered && !rules->run_changed && !(rules->retry_failed && index->n_failed > 0);
}

rp_status run_journal_open_output(run_journal *self, output *out, rp_error *error)
{
    rpi_journal_summary summary;
    const program_options *options = &self->setup->options;
    rpi_journal_summarize(self->journal, &summary);
    self->out = out;
    if (options->output && may_keep(self) && journal_notes_output_is(options->output, &summary.printed)) self->kept = summary.printed;
    journal_notes_output(&summary, options, self->kept.bytes);
    return setup_open_output(self->setup, out, self->kept.bytes, (uint32_t)self->kept.sum, error);
}

static rp_status write_header(run_journal *self, rp_error *error)
{
    rp_bytes text;
    self->out->job = self->job;
    if (self->kept.bytes > 0) return RP_OK;
    rp_status status = row_text_header(&self->rows, &text, error);
    return status == RP_OK && text.size > 0 ? output_row(self->out, text, error) : status;
}

/* What the output had before isn't what it has now. */
static rp_status forget_printed(run_journal *self, rp_error *error)
{
    rpi_journal_summary summary;
    const rpi_printed none = {0, 0, 0};
    rpi_journal_summarize(self->journal, &summary);
    return self->kept.bytes == 0 && summary.printed.bytes > 0 ? rpi_journal_printed(self->journal, &none, error) : RP_OK;
}

rp_status run_journal_begin(run_journal *self, journal_sink sink, rp_error *error)
{
    self->sink = sink;
    rp_status status = rpi_journal_begin(self->journal, self->facts.facts, self->facts.n, error);
    atomic_store(&self->has_begun, status == RP_OK);
    if (status == RP_OK) status = forget_printed(self, error);
    self->marked_s = program_now_s();
    return status == RP_OK ? write_header(self, error) : status;
}

/* ---- what has ended ---- */

static rp_status no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the journal"); }

/* The bytes of the record are kept until they are printed, with the index before them where the number is another. */
static rp_status hold(run_journal *self, uint64_t index, rp_error *error)
{
    rp_bytes bytes = {self->packed.data, self->packed.size};
    uint64_t number = self->is_ordered ? index : self->n_taken;
    char *copy = NULL;
    if (!self->is_ordered) {
        copy = malloc(bytes.size + sizeof index);
        if (!copy) return no_memory(error);
        memcpy(copy, &index, sizeof index);
        memcpy(copy + sizeof index, bytes.data, bytes.size);
        bytes = (rp_bytes){copy, bytes.size + sizeof index};
    }
    bool is_held = held_rows_keep(&self->held, number, bytes, self->position);
    free(copy);
    self->n_taken++;
    return is_held ? RP_OK : no_memory(error);
}

static rp_status record(run_journal *self, const rp_job_outcome *outcome, double seconds, int rank, rp_error *error)
{
    const rp_error *failure = outcome->failure;
    rpi_journal_record made = {.kind = failure ? RPI_RECORD_FAILED : RPI_RECORD_DONE,
                               .index = (uint64_t)outcome->index,
                               .hash = items_hash(self->setup->items, outcome->index),
                               .cause = failure ? (unsigned)failure->cause : 0,
                               .attempt = failure && failure->attempt > 0 ? (unsigned)failure->attempt : 0,
                               .seconds = failure ? failure->seconds : seconds,
                               .rank = failure ? failure->rank : rank,
                               .data = self->packed.data,
                               .size = self->packed.size};
    return rpi_journal_append(self->journal, &made, 1, &self->position, error);
}

/* A rank died with the item: it has no outcome, and is run again. */
static rp_status record_loss(run_journal *self, const rp_job_outcome *outcome, rp_error *error)
{
    rpi_journal_record lost = {.kind = RPI_RECORD_CRASHED,
                               .index = (uint64_t)outcome->index,
                               .hash = items_hash(self->setup->items, outcome->index),
                               .rank = outcome->failure->rank};
    kept_outcome kept = {.has_failure = true, .failure = *outcome->failure, .item = outcome->item};
    rp_status status = rpi_journal_append(self->journal, &lost, 1, &self->position, error);
    if (status != RP_OK) return status;
    journal_row row = {.outcome = *outcome, .text = kept.row, .is_printed = 1};
    return self->sink.settle(self->sink.argument, &row);
}

static rp_bytes result_bytes(const run_journal *self, const void *result)
{
    const rp_task *task = self->job->task;
    if (!result) return (rp_bytes){NULL, 0};
    return task->result_type == RP_TYPE_BYTES ? *(const rp_bytes *)result : (rp_bytes){result, task->result_size};
}

static rp_status pack(run_journal *self, const rp_job_outcome *outcome, rp_error *error)
{
    kept_outcome kept = {.has_failure = outcome->failure != NULL, .has_result = self->keeps_results && outcome->result};
    rp_status status = self->prints_itself ? RP_OK : row_text_make(&self->rows, outcome, self->setup->bound_state, &kept.row, error);
    if (status != RP_OK) return status;
    if (outcome->failure) kept.failure = *outcome->failure;
    if (outcome->failure || self->prints_itself) kept.item = outcome->item;
    if (kept.has_result) kept.result = result_bytes(self, outcome->result);
    return kept_outcome_write(&kept, &self->packed) ? RP_OK : no_memory(error);
}

static rp_status take(run_journal *self, const rp_job_outcome *outcome, double seconds, int rank, rp_error *error)
{
    rp_status status = pack(self, outcome, error);
    if (status == RP_OK) status = record(self, outcome, seconds, rank, error);
    if (status == RP_OK) status = hold(self, (uint64_t)outcome->index, error);
    if (status != RP_OK) return status;
    if (outcome->failure) self->n_new_failed++;
    else self->n_new_done++;
    return self->n_taken % LOOK_EACH == 0 ? run_journal_settle(self, error) : RP_OK;
}

rp_status run_journal_take(run_journal *self, const rp_job_outcome *outcome, double seconds, int rank, rp_error *error)
{
    if (self->ended != RP_OK) return self->ended;
    self->items.n_out--;
    if (outcome->failure && outcome->failure->status == RP_LOST) return record_loss(self, outcome, error);
    return take(self, outcome, seconds, rank, error);
}

/* ---- items ---- */

/* What the job makes of results, it makes of old ones too. */
static rp_status arrive_old(run_journal *self, uint64_t index, rp_error *error)
{
    kept_outcome kept;
    char room[VALUE_TEXT_SIZE];
    if (!self->job->arrive) return RP_OK;
    rp_status status = journal_print_read(self, index, &kept, error);
    if (status != RP_OK) return status;
    rp_job_outcome outcome = {(int64_t)index, items_text(self->setup->items, (int64_t)index, room), journal_print_result(self, &kept),
                              kept.has_failure ? &kept.failure : NULL};
    return self->job->arrive(self->setup->bound_state, &outcome, error);
}

/* So many runs died with it that it isn't run any more. */
static rp_status fail_crashed(run_journal *self, uint64_t index, const rpi_journal_entry *entry, rp_error *error)
{
    char room[VALUE_TEXT_SIZE];
    rp_error failure = {0};
    rp_error_set(&failure, RP_FAILED, 0, "%u run%s died with it; --retry-failed runs it again", entry->n_crashes,
                 entry->n_crashes == 1 ? " or rank" : "s or ranks");
    failure.cause = RP_CAUSE_CRASH;
    failure.item = (int64_t)index;
    failure.rank = failure.worker = -1;
    failure.attempt = (int)(entry->n_tries + entry->n_crashes);
    rp_job_outcome outcome = {(int64_t)index, items_text(self->setup->items, (int64_t)index, room), NULL, &failure};
    rp_status status = self->job->arrive ? self->job->arrive(self->setup->bound_state, &outcome, error) : RP_OK;
    return status == RP_OK ? take(self, &outcome, 0, -1, error) : status;
}

static rp_status known(void *argument, uint64_t index, rpi_resume what, const rpi_journal_entry *entry, rp_error *error)
{
    run_journal *self = argument;
    if (what == RPI_RESUME_CRASHED) return fail_crashed(self, index, entry, error);
    rp_status status = arrive_old(self, index, error);
    return status == RP_OK && !self->is_ordered ? journal_print_old(self, index, error) : status;
}

static rp_status given(void *argument, uint64_t index, rpi_item_hash hash, const rpi_journal_entry *entry, rp_error *error)
{
    run_journal *self = argument;
    (void)hash;
    if (entry->outcome != RPI_OUTCOME_NONE) self->n_replaced++;
    return !self->is_ordered || held_rows_add(&self->held, index) ? RP_OK : no_memory(error);
}

void run_journal_give_nothing(run_journal *self) { self->items.gives_nothing = true; }

const rp_source_place *run_journal_place(const run_journal *self) { return &self->items.place; }

rp_source run_journal_source(run_journal *self)
{
    const rpi_index *index = rpi_journal_index(self->journal);
    self->items.known = known;
    self->items.given = given;
    rp_source source = resume_items_source(&self->items);
    uint64_t n_known = index->n_done + (self->items.rules.retry_failed ? 0 : index->n_failed);
    source.n_items = source.n_items > n_known ? source.n_items - n_known : 0;
    return source;
}

rp_status run_journal_settle(run_journal *self, rp_error *error) { return journal_print_settle(self, error); }

double run_journal_wait_s(const run_journal *self) { return journal_print_wait_s(self); }

void run_journal_count(const run_journal *self, journal_counts *counts)
{
    const rpi_index *index = rpi_journal_index(self->journal);
    bool retries = self->items.rules.retry_failed;
    *counts = (journal_counts){.n_done = index->n_done + self->n_new_done,
                               .n_failed = (retries ? 0 : index->n_failed) + self->n_new_failed,
                               .n_old_failed = retries ? 0 : index->n_failed};
}

/* ---- the end ---- */

rp_status run_journal_finish(run_journal *self, rp_error *error)
{
    if (!atomic_load(&self->has_begun)) return RP_OK;
    rp_status status = rpi_journal_commit(self->journal, self->position, false, error);
    if (status == RP_OK && self->ended == RP_OK) status = run_journal_settle(self, error);
    if (status != RP_OK && self->ended == RP_OK) return status;
    return journal_print_mark_end(self, error);
}

void run_journal_leave_output(run_journal *self)
{
    output_marks_destroy(self->marks);
    self->marks = NULL;
}

static rpi_run_end end_of(const run_journal *self, int is_broken)
{
    uint64_t total = items_total(self->setup->items);
    journal_counts counts;
    run_journal_count(self, &counts);
    if (is_broken) return RPI_RUN_BROKEN;
    return total > 0 && counts.n_done + counts.n_failed >= total ? RPI_RUN_DONE : RPI_RUN_STOPPED;
}

double run_journal_sync_s(const run_journal *self)
{
    rpi_writer_state state = {0};
    if (atomic_load(&self->has_begun)) rpi_journal_look_at_writer(self->journal, &state);
    return state.longest_sync_s;
}

rp_status run_journal_close(run_journal *self, int is_broken, rp_error *error)
{
    rpi_writer_state state = {0};
    rp_status status = RP_OK;
    if (!self) return RP_OK;
    if (self->journal) {
        status = rpi_journal_close(self->journal, end_of(self, is_broken), NULL, &state, error);
    }
    if (status != RP_OK && atomic_load(&self->has_begun)) journal_notes_broken(&self->setup->options, &state);
    row_text_fini(&self->rows);
    kept_bytes_fini(&self->packed);
    held_rows_fini(&self->held);
    rpi_facts_fini(&self->facts);
    free(self->result);
    free(self);
    return status;
}
