/* journal.c: see journal.h. */
#include "journal/journal.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

struct rpi_journal {
    rpi_folder folder;
    rpi_journal_options options;
    rpi_lock lock;
    rpi_history history;
    rpi_writer *writer; /* NULL: no run has begun */
    rpi_begun_board begun;
    /* of rpi_journal_read: the segment of a run that is open, and the frame that was read last */
    rpi_segment_reader reader;
    rpi_frame frame;
    size_t frame_number, reader_run; /* SIZE_MAX: none */
    const uint8_t *at;               /* in the frame: behind the record that was given last */
    size_t left;
};

/* ---- opening ---- */

static double or_else(double value, double otherwise) { return value > 0 ? value : otherwise; }

static rpi_journal_options filled(const rpi_journal_options *options)
{
    rpi_journal_options all = options ? *options : (rpi_journal_options){0};
    all.watch_s = or_else(all.watch_s, 6);
    all.commit_s = or_else(all.commit_s, 0.2);
    all.sync_s = or_else(all.sync_s, 2);
    all.beat_s = or_else(all.beat_s, 2);
    if (all.commit_bytes == 0) all.commit_bytes = UINT64_C(1) << 20;
    if (all.buffer_bytes == 0) all.buffer_bytes = UINT64_C(64) << 20;
    if (all.buffer_bytes < 2 * all.commit_bytes) all.buffer_bytes = 2 * all.commit_bytes;
    return all;
}

static rpi_journal *create(const rpi_journal_options *options)
{
    rpi_journal *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->options = filled(options);
    self->folder.file = self->lock.file = -1;
    self->reader_run = self->frame_number = SIZE_MAX;
    return self;
}

static void destroy(rpi_journal *self, bool remove)
{
    if (self->reader_run != SIZE_MAX) {
        close(self->reader.file);
        rpi_segment_reader_fini(&self->reader);
    }
    rpi_history_fini(&self->history);
    rpi_lock_release(&self->lock);
    rpi_folder_close(&self->folder, remove);
    free(self);
}

/* Who had the journal before is asked before the lock is taken, which makes it ours. */
static rp_status lock_and_read(rpi_journal *self, rp_error *error)
{
    rpi_holder before, me;
    bool had_one;
    rp_status status = rpi_lock_holder(&self->folder, &before, &had_one, error);
    if (status != RP_OK) return status;
    rpi_holder_self(&me, self->options.job, self->options.restart);
    me.epoch = rpi_folder_last(&self->folder) + 1;
    rpi_lock_options options = {.take_over = self->options.take_over, .watch_s = self->options.watch_s};
    status = rpi_lock_take(&self->lock, &self->folder, &me, &options, error);
    if (status == RP_OK) status = rpi_folder_list(&self->folder, error);
    if (status == RP_OK && rpi_folder_last(&self->folder) >= self->lock.self.epoch)
        status = rp_error_set(error, RP_USAGE, 0, "another run has begun with the journal %s at the same moment", self->folder.path);
    if (status == RP_OK) status = rpi_history_read(&self->history, &self->folder, had_one ? &before : NULL, RPI_LIFE_DEAD, error);
    return status;
}

rp_status rpi_journal_open(const char *path, const rpi_journal_options *options, rpi_journal **journal, rp_error *error)
{
    rpi_journal *self = create(options);
    if (!self) return rpi_error_no_memory(error);
    rp_status status = rpi_folder_open(&self->folder, path, true, error);
    if (status == RP_OK) status = lock_and_read(self, error);
    if (status == RP_OK) *journal = self;
    else destroy(self, true);
    return status;
}

/* Of a holder on another host, a lock that isn't free is all that is known. */
static rp_status read_only(rpi_journal *self, rp_error *error)
{
    rpi_holder holder, me;
    bool has_one;
    rp_status status = rpi_lock_holder(&self->folder, &holder, &has_one, error);
    if (status != RP_OK) return status;
    rpi_holder_self(&me, NULL, 0);
    rpi_life life = has_one && !holder.is_free ? rpi_holder_life(&holder, &me) : RPI_LIFE_DEAD;
    if (life == RPI_LIFE_UNKNOWN) life = RPI_LIFE_ALIVE;
    return rpi_history_read(&self->history, &self->folder, has_one ? &holder : NULL, life, error);
}

rp_status rpi_journal_look(const char *path, rpi_journal **journal, rp_error *error)
{
    rpi_journal *self = create(NULL);
    if (!self) return rpi_error_no_memory(error);
    rp_status status = rpi_folder_open(&self->folder, path, false, error);
    if (status == RP_OK) status = read_only(self, error);
    if (status == RP_OK) *journal = self;
    else destroy(self, false);
    return status;
}

/* ---- earlier runs ---- */

const rpi_facts *rpi_journal_facts(const rpi_journal *self) { return rpi_history_facts(&self->history); }

const rpi_index *rpi_journal_index(const rpi_journal *self) { return &self->history.index; }

bool rpi_journal_find(const rpi_journal *self, uint64_t item, rpi_journal_entry *entry)
{
    return rpi_index_find(&self->history.index, item, entry);
}

bool rpi_journal_has(const rpi_journal *self, uint64_t item, rpi_item_hash hash)
{
    rpi_journal_entry entry;
    return rpi_journal_find(self, item, &entry) && entry.outcome == RPI_OUTCOME_DONE && entry.hash == hash.words[0];
}

static void close_segment(rpi_journal *self)
{
    if (self->reader_run == SIZE_MAX) return;
    close(self->reader.file);
    rpi_segment_reader_fini(&self->reader);
    self->reader_run = self->frame_number = SIZE_MAX;
}

/* Says of which segment an error of reading is. */
static rp_status name_segment(const rpi_journal *self, rp_status status, uint64_t epoch, rp_error *error)
{
    return status == RP_SYSTEM ? rpi_folder_segment_error(&self->folder, error ? error->code : EIO, epoch, error) : status;
}

static rp_status open_segment(rpi_journal *self, size_t run, rp_error *error)
{
    int file;
    uint64_t epoch = self->history.runs[run].epoch;
    if (self->reader_run == run) return RP_OK;
    close_segment(self);
    rp_status status = rpi_folder_open_segment(&self->folder, epoch, &file, error);
    if (status != RP_OK) return status;
    status = rpi_segment_reader_init(&self->reader, file, error);
    if (status == RP_OK) self->reader_run = run;
    else close(file);
    return name_segment(self, status, epoch, error);
}

static void rewind_frame(rpi_journal *self)
{
    self->at = self->frame.records;
    self->left = self->frame.head.size;
}

static rp_status read_frame(rpi_journal *self, size_t number, rp_error *error)
{
    const rpi_frame_place *place = &self->history.frames[number];
    if (self->frame_number == number) return RP_OK;
    rp_status status = open_segment(self, place->run, error);
    if (status != RP_OK) return status;
    self->frame_number = SIZE_MAX;
    rpi_segment_reader_seek(&self->reader, place->offset);
    status = rpi_segment_reader_next(&self->reader, &self->frame, error);
    if (status == RP_END || (status == RP_OK && self->frame.offset != place->offset))
        return rp_error_set(error, RP_SYSTEM, EIO, "the journal %s has changed since it was read", self->folder.path);
    if (status != RP_OK) return name_segment(self, status, self->history.runs[place->run].epoch, error);
    self->frame_number = number;
    rewind_frame(self);
    return RP_OK;
}

/* Goes on behind the record that was given last, and then from the beginning of the frame. */
static bool find_record(rpi_journal *self, uint64_t item, rpi_journal_record *record)
{
    for (int round = 0; round < 2; round++) {
        while (rpi_record_read(&self->at, &self->left, record))
            if (record->index == item && rpi_history_counts(&self->history, record, self->frame_number)) return true;
        rewind_frame(self);
    }
    return false;
}

rp_status rpi_journal_read(rpi_journal *self, uint64_t item, rpi_journal_record *record, rp_error *error)
{
    rpi_journal_entry entry;
    if (!rpi_journal_find(self, item, &entry) || entry.outcome == RPI_OUTCOME_NONE)
        return rp_error_set(error, RP_USAGE, 0, "the journal %s has no outcome of item %" PRIu64, self->folder.path, item);
    rp_status status = read_frame(self, entry.frame, error);
    if (status != RP_OK || find_record(self, item, record)) return status;
    return rp_error_set(error, RP_SYSTEM, EIO, "the journal %s has changed since it was read", self->folder.path);
}

rp_status rpi_journal_each(rpi_journal *self, rp_status (*visit)(void *argument, const rpi_journal_record *record), void *argument,
                           rp_error *error)
{
    rp_status status = RP_OK;
    rpi_journal_record record;
    rpi_index_unvisit(&self->history.index);
    for (size_t number = 0; number < self->history.n_frames && status == RP_OK; number++) {
        status = read_frame(self, number, error);
        if (status != RP_OK) break;
        rewind_frame(self);
        while (status == RP_OK && rpi_record_read(&self->at, &self->left, &record))
            if (rpi_history_counts(&self->history, &record, number) && rpi_index_visit(&self->history.index, record.index))
                status = visit(argument, &record);
    }
    return status;
}

void rpi_journal_summarize(const rpi_journal *self, rpi_journal_summary *summary)
{
    const rpi_history *history = &self->history;
    *summary = (rpi_journal_summary){.n_done = history->index.n_done,
                                     .n_failed = history->index.n_failed,
                                     .runs = history->runs,
                                     .n_runs = history->n_runs,
                                     .slow = history->slow,
                                     .n_slow = history->n_slow,
                                     .seconds = history->seconds,
                                     .printed = history->printed,
                                     .disk = rpi_folder_disk(&self->folder),
                                     .has_no_locks = self->lock.has_no_flock,
                                     .is_new = history->n_runs == 0};
    for (size_t i = 0; i < history->n_runs; i++) {
        summary->bytes += history->runs[i].bytes;
        summary->n_lost += history->runs[i].n_lost;
        summary->lost_bytes += history->runs[i].lost_bytes;
        summary->torn_bytes += history->runs[i].torn_bytes;
        if (history->runs[i].end_ns > summary->last_ns) summary->last_ns = history->runs[i].end_ns;
    }
}

/* ---- this run ---- */

static void note(const rpi_journal *self, const char *event, const char *text)
{
    char line[640], name[160], shown[256];
    size_t n = 0;
    for (const char *at = text; *at && n + 1 < sizeof shown; at++)
        if ((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f && *at != '"' && *at != '\\') shown[n++] = *at;
    shown[n] = '\0';
    snprintf(line, sizeof line,
             "{\"time\": %lld, \"event\": \"%s\", \"run\": %" PRIu64 ", \"who\": \"%s\", \"restart\": %u, \"text\": \"%s\"}\n",
             (long long)time(NULL), event, self->lock.self.epoch, rpi_holder_name(&self->lock.self, name, sizeof name),
             self->lock.self.restart, shown);
    rpi_folder_note(&self->folder, line);
}

static rp_status make_id(rpi_history *history, rp_error *error)
{
    if (history->has_id) return RP_OK;
    if (getrandom(history->id.bytes, sizeof history->id.bytes, 0) != (ssize_t)sizeof history->id.bytes)
        return rpi_error_system(error, errno, "getrandom");
    history->has_id = true;
    return RP_OK;
}

static rp_status start_writer(rpi_journal *self, rp_error *error)
{
    int file;
    rpi_segment_head head = {RPI_JOURNAL_VERSION, self->lock.self.epoch, self->history.id};
    rpi_writer_options options = {.folder = &self->folder,
                                  .waits = self->options.waits,
                                  .waits_argument = self->options.waits_argument,
                                  .commit_s = self->options.commit_s,
                                  .sync_s = self->options.sync_s,
                                  .beat_s = self->options.beat_s,
                                  .commit_bytes = self->options.commit_bytes,
                                  .buffer_bytes = self->options.buffer_bytes};
    rp_status status = rpi_folder_make_segment(&self->folder, head.epoch, &file, error);
    return status == RP_OK ? rpi_writer_create(&self->writer, file, &head, &self->lock, &options, error) : status;
}

/* How much of an earlier segment was read, where no run has said so before. What its run still writes doesn't count. */
static size_t add_seen(const rpi_history *history, rpi_journal_record *records, size_t n)
{
    for (size_t i = 0; i < history->n_runs; i++) {
        const rpi_journal_run *run = &history->runs[i];
        if (run->limit != UINT64_MAX) continue;
        records[n++] = (rpi_journal_record){
            .kind = RPI_RECORD_SEEN, .index = run->epoch, .hash = {{run->last_sequence, 0}}, .cause = (unsigned)run->end};
    }
    return n;
}

static rp_status write_first(rpi_journal *self, const rpi_facts *facts, rp_error *error)
{
    uint64_t position = 0;
    rpi_journal_record *records = calloc(1 + self->history.n_runs, sizeof *records);
    if (!records) return rpi_error_no_memory(error);
    records[0] = (rpi_journal_record){.kind = RPI_RECORD_RUN, .data = facts->texts, .size = facts->texts_size};
    rp_status status = rpi_writer_append(self->writer, records, add_seen(&self->history, records, 1), &position, error);
    free(records);
    return status == RP_OK ? rpi_writer_commit(self->writer, position, true, error) : status;
}

rp_status rpi_journal_begin(rpi_journal *self, const rpi_fact *facts, size_t n, rp_error *error)
{
    rpi_facts all = {0};
    rp_status status = rpi_facts_copy(&all, facts, n, error);
    if (status == RP_OK) status = make_id(&self->history, error);
    if (status == RP_OK) status = rpi_folder_write_head(&self->folder, &self->history.id, &all, error);
    if (status == RP_OK) status = start_writer(self, error);
    if (status == RP_OK) status = write_first(self, &all, error);
    if (status == RP_OK) status = rpi_folder_sync(&self->folder, error);
    if (status == RP_OK) status = rpi_folder_sync_parent(&self->folder, error);
    if (status == RP_OK) note(self, "begin", "");
    rpi_facts_fini(&all);
    return status;
}

rp_begun *rpi_journal_begun(rpi_journal *self, unsigned n)
{
    rpi_begun_open(&self->begun, &self->folder, self->lock.self.epoch, n);
    return self->begun.places;
}

rp_status rpi_journal_append(rpi_journal *self, const rpi_journal_record *records, size_t n, uint64_t *position, rp_error *error)
{
    return rpi_writer_append(self->writer, records, n, position, error);
}

rp_status rpi_journal_commit(rpi_journal *self, uint64_t position, bool sync, rp_error *error)
{
    return rpi_writer_commit(self->writer, position, sync, error);
}

void rpi_journal_hurry(rpi_journal *self) { rpi_writer_hurry(self->writer); }

void rpi_journal_look_at_writer(rpi_journal *self, rpi_writer_state *state) { rpi_writer_look(self->writer, state); }

rp_status rpi_journal_printed(rpi_journal *self, const rpi_printed *printed, rp_error *error)
{
    rpi_journal_record record = {.kind = RPI_RECORD_PRINTED, .index = printed->rows, .hash = {{printed->bytes, printed->sum}}};
    return rpi_writer_append(self->writer, &record, 1, NULL, error);
}

rp_status rpi_journal_close(rpi_journal *self, rpi_run_end end, const char *text, rpi_writer_state *state, rp_error *error)
{
    if (!self) return RP_OK;
    rp_status status = RP_OK;
    bool has_begun = self->writer;
    if (state) *state = (rpi_writer_state){0};
    if (has_begun) {
        rpi_journal_record record = {.kind = RPI_RECORD_END, .cause = end, .data = text, .size = text ? strlen(text) : 0};
        (void)rpi_writer_append(self->writer, &record, 1, NULL, NULL);
        status = rpi_writer_close(self->writer, state, error);
        if (status != RP_LOST) note(self, "end", text ? text : "");
        rpi_begun_close(&self->begun, &self->folder, self->lock.self.epoch, true);
    }
    if (!has_begun && self->lock.file >= 0 && self->folder.is_new) (void)unlinkat(self->folder.file, "lock", 0);
    destroy(self, !has_begun);
    return status;
}
