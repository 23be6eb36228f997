/*
 * history.c: see history.h. The first frame of each segment is read first, the last segment's before the others: it says how much of the
 * segments before it counts. Then all frames are, in order.
 */
#include "journal/history.h"

#include "base/error.h"
#include "journal/begun.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef rp_status take_frame(rpi_history *history, rpi_journal_run *run, const rpi_frame *frame, rp_error *error);

/* ---- one segment ---- */

static rp_status check_head(rpi_history *history, const rpi_folder *folder, rpi_journal_run *run, const rpi_segment_reader *reader,
                            rp_error *error)
{
    const rpi_segment_head *head = &reader->head;
    if (reader->state == RPI_HEAD_OTHER_VERSION)
        return rp_error_set(error, RP_UNSUPPORTED, 0, "the journal %s has the format %u, and this build reads the format %d alone",
                            folder->path, head->version, RPI_JOURNAL_VERSION);
    run->is_damaged = reader->state == RPI_HEAD_DAMAGED || head->epoch != run->epoch;
    if (run->is_damaged) return RP_OK;
    if (!history->has_id) history->id = head->id;
    history->has_id = true;
    if (!memcmp(&head->id, &history->id, sizeof head->id)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "items.%" PRIu64 " in the folder %s is of another journal", run->epoch, folder->path);
}

static void keep_counts(rpi_journal_run *run, const rpi_segment_reader *reader)
{
    run->bytes = reader->offset + (reader->to - reader->from);
    run->n_frames = reader->n_frames;
    run->last_sequence = reader->last_sequence;
    run->n_lost = reader->n_lost;
    run->lost_bytes = reader->lost_bytes;
    run->torn_bytes = reader->torn_bytes;
    run->is_cut = reader->n_ignored > 0;
}

static rp_status take_all(rpi_history *history, rpi_journal_run *run, rpi_segment_reader *reader, take_frame *take, rp_error *error)
{
    rpi_frame frame;
    rp_status status;
    while ((status = rpi_segment_reader_next(reader, &frame, error)) == RP_OK) {
        status = take(history, run, &frame, error);
        if (status != RP_OK) break;
    }
    keep_counts(run, reader);
    return status == RP_END ? RP_OK : status;
}

static rp_status read_segment(rpi_history *history, const rpi_folder *folder, rpi_journal_run *run, take_frame *take, rp_error *error)
{
    int file;
    rpi_segment_reader reader;
    rp_status status = rpi_folder_open_segment(folder, run->epoch, &file, error);
    if (status != RP_OK) return status;
    status = rpi_segment_reader_init(&reader, file, error);
    if (status == RP_OK) {
        reader.limit = run->limit;
        status = check_head(history, folder, run, &reader, error);
        if (status == RP_OK && !run->is_damaged) status = take_all(history, run, &reader, take, error);
        rpi_segment_reader_fini(&reader);
    }
    close(file);
    return status == RP_SYSTEM ? rpi_folder_segment_error(folder, error ? error->code : EIO, run->epoch, error) : status;
}

/* ---- the first frames ---- */

static rpi_journal_run *run_of(const rpi_history *history, uint64_t epoch)
{
    size_t from = 0, to = history->n_runs;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (history->runs[middle].epoch < epoch) from = middle + 1;
        else to = middle;
    }
    return from < history->n_runs && history->runs[from].epoch == epoch ? &history->runs[from] : NULL;
}

/* Of several runs that have read a segment, the first one's word counts; it is taken last. */
static void take_seen(rpi_history *history, const rpi_journal_run *by, const rpi_journal_record *record)
{
    rpi_journal_run *run = run_of(history, record->index);
    if (!run || run->epoch >= by->epoch) return;
    run->limit = record->hash.words[0];
    if (record->cause < RPI_RUN_GOING) run->end = (rpi_run_end)record->cause;
}

/* Ends the reading of the segment with RP_END. */
static rp_status take_first(rpi_history *history, rpi_journal_run *run, const rpi_frame *frame, rp_error *error)
{
    const uint8_t *at = frame->records;
    size_t left = frame->head.size;
    rpi_journal_record record;
    (void)error;
    while (rpi_record_read(&at, &left, &record))
        if (record.kind == RPI_RECORD_SEEN) take_seen(history, run, &record);
    return RP_END;
}

/* ---- all frames ---- */

static void take_time(rpi_history *history, const rpi_journal_record *record)
{
    size_t at = history->n_slow < RPI_SLOW_ITEMS ? history->n_slow : RPI_SLOW_ITEMS;
    history->seconds += record->seconds;
    while (at > 0 && history->slow[at - 1].seconds < record->seconds) at--;
    if (at == RPI_SLOW_ITEMS) return;
    size_t n_after = (history->n_slow < RPI_SLOW_ITEMS ? history->n_slow : RPI_SLOW_ITEMS - 1) - at;
    memmove(&history->slow[at + 1], &history->slow[at], n_after * sizeof history->slow[0]);
    history->slow[at] = (rpi_slow_item){record->index, record->seconds, record->rank};
    history->n_slow = at + n_after + 1;
}

static rp_status take_end(rpi_journal_run *run, const rpi_journal_record *record, rp_error *error)
{
    char *text = strndup(record->data, record->size);
    if (!text) return rpi_error_no_memory(error);
    free(run->text);
    run->text = text;
    if (record->cause < RPI_RUN_GOING) run->end = (rpi_run_end)record->cause;
    return RP_OK;
}

static rp_status take_record(rpi_history *history, rpi_journal_run *run, const rpi_journal_record *record, rp_error *error)
{
    run->n_done += record->kind == RPI_RECORD_DONE;
    run->n_failed += record->kind == RPI_RECORD_FAILED;
    run->n_retries += record->kind == RPI_RECORD_RETRY;
    if (record->kind <= RPI_RECORD_FAILED) take_time(history, record);
    switch (record->kind) {
    case RPI_RECORD_RUN:
        return rpi_facts_read(&run->facts, record->data, record->size, NULL) == RP_NO_MEMORY ? rpi_error_no_memory(error) : RP_OK;
    case RPI_RECORD_END: return take_end(run, record, error);
    case RPI_RECORD_PRINTED: history->printed = (rpi_printed){record->index, record->hash.words[0], record->hash.words[1]}; return RP_OK;
    default: return rpi_index_apply(&history->index, record, (uint32_t)(history->n_frames - 1), error);
    }
}

static rp_status add_place(rpi_history *history, rpi_frame_place place, rp_error *error)
{
    size_t n = history->n_frames;
    if (n >= UINT32_MAX) return rp_error_set(error, RP_UNSUPPORTED, 0, "the journal has too many commits");
    if ((n & (n - 1)) == 0) {
        rpi_frame_place *frames = realloc(history->frames, (n > 0 ? 2 * n : 1) * sizeof *frames);
        if (!frames) return rpi_error_no_memory(error);
        history->frames = frames;
    }
    history->frames[history->n_frames++] = place;
    return RP_OK;
}

static rp_status take_whole(rpi_history *history, rpi_journal_run *run, const rpi_frame *frame, rp_error *error)
{
    const uint8_t *at = frame->records;
    size_t left = frame->head.size;
    rpi_journal_record record;
    rp_status status = add_place(history, (rpi_frame_place){(uint32_t)(run - history->runs), frame->offset}, error);
    if (run->begin_ns == 0) run->begin_ns = frame->head.time_ns;
    run->end_ns = frame->head.time_ns;
    while (status == RP_OK && rpi_record_read(&at, &left, &record)) status = take_record(history, run, &record, error);
    return status;
}

/* ---- all segments ---- */

static rp_status make_runs(rpi_history *history, const rpi_folder *folder, rp_error *error)
{
    history->runs = calloc(folder->n_epochs + 1, sizeof *history->runs);
    if (!history->runs) return rpi_error_no_memory(error);
    history->n_runs = folder->n_epochs;
    for (size_t i = 0; i < history->n_runs; i++) history->runs[i] = (rpi_journal_run){.epoch = folder->epochs[i], .limit = UINT64_MAX};
    return RP_OK;
}

/* What the workers of a run that died had, besides what its records say. */
static rp_status take_begun(rpi_history *history, const rpi_folder *folder, const rpi_journal_run *run, rp_error *error)
{
    unsigned n = RPI_BEGUN_MOST;
    rp_begun *places = malloc(RPI_BEGUN_MOST * sizeof *places);
    if (!places) return rpi_error_no_memory(error);
    rp_status status = rpi_begun_read(folder, run->epoch, places, &n, error);
    for (unsigned k = 0; k < n && status == RP_OK; k++) {
        rpi_journal_record record = {.kind = RPI_RECORD_BEGUN, .index = places[k].first, .hash = {{places[k].count, 0}}};
        if (places[k].count > 0) status = rpi_index_apply(&history->index, &record, 0, error);
    }
    free(places);
    return status;
}

/* A run that couldn't write its last record may still have left its lock in order. */
static rp_status end_run(rpi_history *history, const rpi_folder *folder, rpi_journal_run *run, const rpi_holder *holder, rpi_life life,
                         rp_error *error)
{
    bool is_holder = holder && holder->epoch == run->epoch;
    if (run->end == RPI_RUN_DIED && is_holder && holder->is_free) run->end = RPI_RUN_BROKEN;
    if (run->end == RPI_RUN_DIED && is_holder && life == RPI_LIFE_ALIVE) run->end = RPI_RUN_GOING;
    rp_status status = run->end == RPI_RUN_DIED && !run->is_damaged ? take_begun(history, folder, run, error) : RP_OK;
    if (status == RP_OK && run->end != RPI_RUN_GOING) rpi_index_end_run(&history->index, run->end == RPI_RUN_DIED);
    return status;
}

rp_status rpi_history_read(rpi_history *history, const rpi_folder *folder, const rpi_holder *holder, rpi_life life, rp_error *error)
{
    *history = (rpi_history){.n_runs = 0};
    rpi_index_init(&history->index);
    rp_status status = make_runs(history, folder, error);
    for (size_t i = history->n_runs; i > 0 && status == RP_OK; i--)
        status = read_segment(history, folder, &history->runs[i - 1], take_first, error);
    for (size_t i = 0; i < history->n_runs && status == RP_OK; i++) {
        status = read_segment(history, folder, &history->runs[i], take_whole, error);
        if (status == RP_OK) status = end_run(history, folder, &history->runs[i], holder, life, error);
    }
    if (status != RP_OK) rpi_history_fini(history);
    return status;
}

void rpi_history_fini(rpi_history *history)
{
    for (size_t i = 0; i < history->n_runs; i++) {
        rpi_facts_fini(&history->runs[i].facts);
        free(history->runs[i].text);
    }
    free(history->runs);
    free(history->frames);
    rpi_index_fini(&history->index);
    *history = (rpi_history){.n_runs = 0};
}

const rpi_facts *rpi_history_facts(const rpi_history *history)
{
    for (size_t i = history->n_runs; i > 0; i--)
        if (history->runs[i - 1].facts.n > 0) return &history->runs[i - 1].facts;
    return NULL;
}

bool rpi_history_counts(const rpi_history *history, const rpi_journal_record *record, size_t frame)
{
    rpi_journal_entry entry;
    if (record->kind > RPI_RECORD_FAILED || !rpi_index_find(&history->index, record->index, &entry)) return false;
    rpi_outcome outcome = record->kind == RPI_RECORD_DONE ? RPI_OUTCOME_DONE : RPI_OUTCOME_FAILED;
    return entry.frame == frame && entry.outcome == outcome && entry.hash == record->hash.words[0];
}
