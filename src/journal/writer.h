/*
 * writer.h: writes a run's segment, in a thread of its own. Others put records into a buffer, which costs them a copy. The thread makes a
 * frame of what is there each commit_s, or when commit_bytes are there, and syncs the file each sync_s.
 *
 * Whatever fails is final: a write that was cut short may have left half a frame, and after a failed sync the kernel may have dropped what
 * it couldn't write, and say nothing the next time. What was synced before is safe. The next run has a segment of its own.
 */
#ifndef RPI_JOURNAL_WRITER_H
#define RPI_JOURNAL_WRITER_H

#include "journal/format.h"
#include "journal/lock.h"

typedef struct rpi_writer_options {
    double commit_s, sync_s, beat_s;
    void (*waits)(void *argument); /* records wait for room, as the disk is slow: told by the thread that waits, under no lock, when it
                                      begins to; NULL: not wanted */
    void *waits_argument;
    const rpi_folder *folder;            /* for the texts of errors; NULL: they name no file. It lives longer than the writer */
    uint64_t commit_bytes, buffer_bytes; /* a record that is larger than the buffer still has its place in it, alone */
} rpi_writer_options;

typedef struct rpi_writer rpi_writer;

/* Positions count the records of this run, from 1. */
typedef struct rpi_writer_state {
    uint64_t n_appended, n_written, n_synced; /* n_written: in the file; n_synced: on the disk */
    uint64_t bytes;                           /* of the segment */
    uint64_t n_waits;                         /* how often records had to wait for room, as the disk was slow */
    double longest_sync_s, longest_write_s;
    bool is_waiting; /* records wait for room now */
    rp_error error;  /* why nothing is written any more; its status is RP_OK as long as something is */
} rpi_writer_state;

/*
 * Starts writing to a new, empty file, which belongs to the writer from then on; it is closed when this fails too. `lock`: checked before
 * each commit; NULL: there is none. It is used by the writer's thread alone until rpi_writer_close. The segment's header is written at
 * once. RP_SYSTEM, RP_NO_MEMORY.
 */
rp_status rpi_writer_create(rpi_writer **writer, int file, const rpi_segment_head *head, rpi_lock *lock, const rpi_writer_options *options,
                            rp_error *error);

/* Appends n records, all in one frame if they fit. Blocks only while the buffer is full. `*position`, NULL: not wanted, is that of the
 * last. RP_USAGE: a record is too large. Otherwise the error that ended writing: RP_SYSTEM, RP_LOST, RP_NO_MEMORY. Any thread. */
rp_status rpi_writer_append(rpi_writer *writer, const rpi_journal_record *records, size_t n, uint64_t *position, rp_error *error);

/* Makes the records up to a position be written, or written and synced, without waiting for the next time, and waits for it. Any thread. */
rp_status rpi_writer_commit(rpi_writer *writer, uint64_t position, bool sync, rp_error *error);

/* Has what is there written now, and doesn't wait for it. Any thread. */
void rpi_writer_hurry(rpi_writer *writer);

/* What has been written so far. Any thread. */
void rpi_writer_look(rpi_writer *writer, rpi_writer_state *state);

/* Writes and syncs what is there, closes the file and frees the writer. Returns the first error; that of closing counts as that of a sync.
 * `*state`, NULL: not wanted, is what there was in the end. NULL does nothing. No other thread may use the writer any more. */
rp_status rpi_writer_close(rpi_writer *writer, rpi_writer_state *state, rp_error *error);

#endif
