/*
 * writer.c: see writer.h. There are two buffers, which change places at a commit. Records are put behind room for their frame's header, so
 * all is written by one call. While the disk is slow, a buffer gets several frames: readers need memory for one. The mutex guards all
 * fields but those of the thread.
 */
#include "journal/writer.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/error.h"
#include "base/thread.h"
#include "journal/frame_buffer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A frame's size is a number of 32 bits. */
#define MOST_BUFFER (UINT64_C(1) << 31)

struct rpi_writer {
    rpi_writer_options options;
    rpi_segment_head head;
    uint32_t seed;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t work;     /* for the thread */
    pthread_cond_t progress; /* room in the buffer, something written or synced, or an error */
    rpi_frame_buffer filling;
    rpi_writer_state state;
    uint64_t wanted_written, wanted_synced; /* positions that somebody waits for */
    bool is_closing;
    /* of the thread */
    int file;
    rpi_lock *lock;
    rpi_frame_buffer writing;
    uint64_t sequence, offset;
    uint64_t unsynced_ns; /* since when something is written and not synced; RPI_NEVER: all is */
    uint64_t beat_ns;     /* when the next beat is due */
};

/* ---- the buffer ---- */

static bool is_full(const rpi_writer *self, size_t n)
{
    return self->filling.size > 0 && self->filling.size + n > self->options.buffer_bytes;
}

/* ---- the thread: nothing here is done with the mutex, unless it says so ---- */

/* With the mutex. The first error is the one that is kept. */
static void fail(rpi_writer *self, const rp_error *error)
{
    if (self->state.error.status == RP_OK) self->state.error = *error;
    self->filling.size = 0;
    pthread_cond_broadcast(&self->progress);
}

/* "writing items.2 of the journal j: No space left on device" */
static rp_status say(const rpi_writer *self, int code, const char *doing, rp_error *error)
{
    char what[64];
    if (!self->options.folder) return rp_error_set(error, RP_SYSTEM, code, "%s the journal: %s", doing, strerror(code));
    snprintf(what, sizeof what, "%s items.%" PRIu64, doing, self->head.epoch);
    return rpi_folder_error(self->options.folder, code, what, error);
}

static rp_status write_all(rpi_writer *self, const uint8_t *bytes, size_t size, rp_error *error)
{
    int code = rpi_descriptor_write_at(self->file, bytes, size, (off_t)self->offset);
    if (code) return say(self, code, "writing", error);
    self->offset += size;
    return RP_OK;
}

static uint64_t unix_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static rp_status write_frames(rpi_writer *self, rp_error *error)
{
    rp_status status = self->lock ? rpi_lock_check(self->lock, error) : RP_OK;
    if (status != RP_OK) return status;
    rpi_frame_buffer_seal(&self->writing, self->head.epoch, self->seed, unix_ns(), &self->sequence);
    return write_all(self, self->writing.bytes, self->writing.size, error);
}

static double longer(double before, uint64_t begin_ns)
{
    double now = rpi_seconds(rpi_now_ns() - begin_ns);
    return now > before ? now : before;
}

/* Takes what there is, and writes it. With the mutex, which is free meanwhile. */
static void commit(rpi_writer *self)
{
    rp_error error = {0};
    rpi_frame_buffer free_one = self->writing;
    self->writing = self->filling;
    self->filling = (rpi_frame_buffer){.bytes = free_one.bytes, .room = free_one.room};
    uint64_t upto = self->state.n_appended, begin_ns = rpi_now_ns();
    if (self->state.is_waiting) pthread_cond_broadcast(&self->progress);
    pthread_mutex_unlock(&self->mutex);
    rp_status status = write_frames(self, &error);
    if (self->unsynced_ns == RPI_NEVER) self->unsynced_ns = begin_ns;
    pthread_mutex_lock(&self->mutex);
    self->state.longest_write_s = longer(self->state.longest_write_s, begin_ns);
    self->state.bytes = self->offset;
    if (status != RP_OK) fail(self, &error);
    else self->state.n_written = upto;
    pthread_cond_broadcast(&self->progress);
}

/* With the mutex, which is free meanwhile. */
static void sync_file(rpi_writer *self)
{
    uint64_t upto = self->state.n_written, begin_ns = rpi_now_ns();
    pthread_mutex_unlock(&self->mutex);
    rp_error error = {0};
    int code = fdatasync(self->file) == 0 ? 0 : errno;
    if (code) (void)say(self, code, "syncing", &error);
    self->unsynced_ns = RPI_NEVER;
    pthread_mutex_lock(&self->mutex);
    self->state.longest_sync_s = longer(self->state.longest_sync_s, begin_ns);
    if (code) fail(self, &error);
    else self->state.n_synced = upto;
    pthread_cond_broadcast(&self->progress);
}

static void beat(rpi_writer *self)
{
    pthread_mutex_unlock(&self->mutex);
    if (self->lock) rpi_lock_beat(self->lock);
    self->beat_ns = rpi_deadline_ns(self->options.beat_s);
    pthread_mutex_lock(&self->mutex);
}

/* With the mutex. When there is something to do; 0: now. */
static uint64_t commit_due(const rpi_writer *self)
{
    const rpi_frame_buffer *on = &self->filling;
    if (on->size == 0) return RPI_NEVER;
    bool is_now = on->size >= self->options.commit_bytes || self->is_closing || self->state.is_waiting ||
                  (self->wanted_written > self->state.n_written && self->state.n_appended > self->state.n_written);
    return is_now ? 0 : on->since_ns + rpi_nanoseconds(self->options.commit_s);
}

static uint64_t sync_due(const rpi_writer *self)
{
    if (self->unsynced_ns == RPI_NEVER) return RPI_NEVER;
    bool is_now = self->wanted_synced > self->state.n_synced && self->state.n_written >= self->wanted_synced;
    return is_now ? 0 : self->unsynced_ns + rpi_nanoseconds(self->options.sync_s);
}

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* With the mutex. Does what is due, one thing at a time; false: nothing is. What comes seldom goes first: while much is appended, a commit
 * is always due. */
static bool do_next(rpi_writer *self, uint64_t *next_ns)
{
    uint64_t now = rpi_now_ns(), to_commit = commit_due(self), to_sync = sync_due(self);
    *next_ns = least(least(to_commit, to_sync), self->beat_ns);
    if (*next_ns > now) return false;
    if (self->beat_ns <= now) beat(self);
    else if (to_sync <= now) sync_file(self);
    else commit(self);
    return true;
}

static void *run(void *argument)
{
    rpi_writer *self = argument;
    uint64_t next_ns;
    pthread_mutex_lock(&self->mutex);
    while (self->state.error.status == RP_OK) {
        if (do_next(self, &next_ns)) continue;
        if (self->is_closing && self->filling.size == 0) break;
        rpi_cond_wait_until(&self->work, &self->mutex, next_ns);
    }
    if (self->unsynced_ns != RPI_NEVER) sync_file(self); /* also after a failed write: what was whole before it is safe then */
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

/* ---- the others ---- */

static void destroy(rpi_writer *self)
{
    pthread_cond_destroy(&self->progress);
    pthread_cond_destroy(&self->work);
    pthread_mutex_destroy(&self->mutex);
    free(self->filling.bytes);
    free(self->writing.bytes);
    free(self);
}

static int init_locks(rpi_writer *self)
{
    int code = rpi_mutex_init(&self->mutex);
    if (code) return code;
    code = rpi_cond_init(&self->work);
    if (code == 0) {
        code = rpi_cond_init(&self->progress);
        if (code) pthread_cond_destroy(&self->work);
    }
    if (code) pthread_mutex_destroy(&self->mutex);
    return code;
}

static rp_status start(rpi_writer *self, rp_error *error)
{
    uint8_t bytes[RPI_SEGMENT_HEAD];
    rpi_segment_head_write(&self->head, bytes);
    self->seed = rpi_format_seed(&self->head.id);
    rp_status status = write_all(self, bytes, sizeof bytes, error);
    if (status != RP_OK) return status;
    self->state.bytes = self->offset;
    self->beat_ns = rpi_deadline_ns(self->options.beat_s);
    self->unsynced_ns = RPI_NEVER;
    int code = rpi_thread_create(&self->thread, 0, run, self);
    return code ? rpi_error_system(error, code, "starting the journal's thread") : RP_OK;
}

rp_status rpi_writer_create(rpi_writer **writer, int file, const rpi_segment_head *head, rpi_lock *lock, const rpi_writer_options *options,
                            rp_error *error)
{
    rpi_writer *self = calloc(1, sizeof *self);
    int code = self ? init_locks(self) : 0;
    if (!self || code) {
        free(self);
        close(file);
        return code ? rpi_error_system(error, code, "starting the journal") : rpi_error_no_memory(error);
    }
    self->options = *options;
    if (self->options.buffer_bytes > MOST_BUFFER) self->options.buffer_bytes = MOST_BUFFER;
    self->head = *head;
    self->file = file;
    self->lock = lock;
    rp_status status = start(self, error);
    if (status == RP_OK) {
        *writer = self;
        return RP_OK;
    }
    close(file);
    destroy(self);
    return status;
}

/* With the mutex. Waits until n more bytes fit, or nothing will be written any more. */
static void wait_for_room(rpi_writer *self, size_t n)
{
    if (!is_full(self, n)) return;
    self->state.n_waits++;
    if (self->options.waits) {
        pthread_mutex_unlock(&self->mutex);
        self->options.waits(self->options.waits_argument);
        pthread_mutex_lock(&self->mutex);
    }
    while (is_full(self, n) && self->state.error.status == RP_OK) {
        self->state.is_waiting = true;
        pthread_cond_signal(&self->work);
        pthread_cond_wait(&self->progress, &self->mutex);
    }
    self->state.is_waiting = false;
}

/* With the mutex. */
static rp_status append_one(rpi_writer *self, const rpi_journal_record *record, rp_error *error)
{
    if (record->size > RPI_RECORD_MOST)
        return rp_error_set(error, RP_USAGE, 0, "a result of %zu bytes is too large for the journal", record->size);
    wait_for_room(self, rpi_record_bytes(record));
    if (self->state.error.status != RP_OK) {
        if (error) *error = self->state.error;
        return self->state.error.status;
    }
    if (!rpi_frame_buffer_put(&self->filling, record, self->options.commit_bytes)) return rpi_error_no_memory(error);
    self->state.n_appended++;
    return RP_OK;
}

/* The thread is woken when it has something to wait for, and when it need not wait any more. */
rp_status rpi_writer_append(rpi_writer *self, const rpi_journal_record *records, size_t n, uint64_t *position, rp_error *error)
{
    rp_status status = RP_OK;
    pthread_mutex_lock(&self->mutex);
    bool was_empty = self->filling.size == 0, was_due = self->filling.size >= self->options.commit_bytes;
    for (size_t i = 0; i < n && status == RP_OK; i++) status = append_one(self, &records[i], error);
    bool is_due = self->filling.size >= self->options.commit_bytes;
    if (position) *position = self->state.n_appended;
    pthread_mutex_unlock(&self->mutex);
    if (was_empty || (is_due && !was_due)) pthread_cond_signal(&self->work);
    return status;
}

rp_status rpi_writer_commit(rpi_writer *self, uint64_t position, bool sync, rp_error *error)
{
    pthread_mutex_lock(&self->mutex);
    if (position > self->state.n_appended) position = self->state.n_appended;
    if (position > self->wanted_written) self->wanted_written = position;
    if (sync && position > self->wanted_synced) self->wanted_synced = position;
    pthread_cond_signal(&self->work);
    const uint64_t *reached = sync ? &self->state.n_synced : &self->state.n_written;
    while (*reached < position && self->state.error.status == RP_OK) pthread_cond_wait(&self->progress, &self->mutex);
    rp_status status = *reached >= position ? RP_OK : self->state.error.status;
    if (status != RP_OK && error) *error = self->state.error;
    pthread_mutex_unlock(&self->mutex);
    return status;
}

void rpi_writer_hurry(rpi_writer *self)
{
    pthread_mutex_lock(&self->mutex);
    self->wanted_written = self->state.n_appended;
    pthread_cond_signal(&self->work);
    pthread_mutex_unlock(&self->mutex);
}

void rpi_writer_look(rpi_writer *self, rpi_writer_state *state)
{
    pthread_mutex_lock(&self->mutex);
    *state = self->state;
    pthread_mutex_unlock(&self->mutex);
}

rp_status rpi_writer_close(rpi_writer *self, rpi_writer_state *state, rp_error *error)
{
    if (!self) return RP_OK;
    rp_error why = {0};
    pthread_mutex_lock(&self->mutex);
    self->is_closing = true;
    pthread_cond_signal(&self->work);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    if (close(self->file) != 0 && errno != EINTR) {
        (void)say(self, errno, "closing", &why);
        fail(self, &why);
    }
    rp_status status = self->state.error.status;
    if (status != RP_OK && error) *error = self->state.error;
    if (state) *state = self->state;
    destroy(self);
    return status;
}
