/*
 * journal.h: the front of this folder. A journal keeps what became of the items of a run, so that a later run goes on where that one ended,
 * however it ended. It is a folder with one writer. It knows nothing of jobs, ranks and output but what its caller tells it.
 *
 *     rpi_journal_open      locks the folder, and reads what earlier runs have left
 *     rpi_journal_facts     the caller compares (rpi_facts_compare), and decides with rpi_resume_item what is to be run
 *     rpi_journal_begin     begins a run: from now on records are taken
 *     rpi_journal_append    for each item that has ended, before anybody is told of it
 *     rpi_journal_close     ends the run, whatever happened
 *
 * What append has taken is written within commit_s, and on the disk within commit_s + sync_s; rpi_journal_commit waits for it. A process
 * that is killed loses what isn't written; a machine that loses power, what isn't on its disk. Both lose whole commits, from the last one
 * on.
 *
 * Errors of writing are final for the run: the caller lets what runs end, starts nothing new, and closes. They are RP_SYSTEM, with the
 * errno as its code (ENOSPC, EDQUOT, EIO), and RP_LOST, where another run has taken over.
 * Where the size of files is limited (ulimit -f), the process has to ignore SIGXFSZ, or it is ended instead.
 */
#ifndef RPI_JOURNAL_JOURNAL_H
#define RPI_JOURNAL_JOURNAL_H

#include "journal/begun.h"
#include "journal/facts.h"
#include "journal/history.h"
#include "journal/resume.h"
#include "journal/writer.h"

typedef struct rpi_journal rpi_journal;

/* Zeroed: the defaults. */
typedef struct rpi_journal_options {
    const char *job;       /* id in the batch system; NULL: none */
    unsigned restart;      /* how often the job was started again: a later start takes the journal from an earlier one */
    bool take_over;        /* the caller knows that the run that has the journal has ended */
    double watch_s;        /* how long a run on another host is watched for life; 0: 6 s */
    double commit_s;       /* 0: 0.2 s */
    double sync_s;         /* 0: 2 s */
    double beat_s;         /* how often the lock shows that this run lives; 0: 2 s */
    uint64_t commit_bytes; /* 0: 1 MiB */
    uint64_t buffer_bytes; /* what may wait for a slow disk; 0: 64 MiB; 2 * commit_bytes at least */
    void (*waits)(
        void *argument); /* called each time that records begin to wait for a slow disk, by the thread that appends; NULL: nobody */
    void *waits_argument;
} rpi_journal_options;

typedef struct rpi_journal_summary {
    uint64_t n_done, n_failed;
    uint64_t bytes;              /* of all segments, but that of this run */
    uint64_t n_lost, lost_bytes; /* damaged frames of all runs, and bytes of them */
    uint64_t torn_bytes;         /* at the ends of runs that were killed */
    const rpi_journal_run *runs; /* earlier ones, or all when it was only looked at; until the journal is closed */
    size_t n_runs;
    const rpi_slow_item *slow; /* the slowest first */
    size_t n_slow;
    double seconds;      /* that items took, together */
    uint64_t last_ns;    /* of the last commit that is seen, since 1970: how old this view may be; 0: there is none */
    rpi_printed printed; /* what the output is known to have */
    rpi_disk_kind disk;  /* what it lies on */
    bool has_no_locks;   /* its file system has none: two runs that begin at the same moment are found out late */
    bool is_new;         /* there was no run before */
} rpi_journal_summary;

/*
 * Opens a journal to be written; a folder that isn't there is made. It is locked until rpi_journal_close. `options` may be NULL. Blocks
 * while it reads, and where a run on another host has it, for options->watch_s. Errors: RP_USAGE: another run has it, or the folder is
 * something else; the text says so. RP_UNSUPPORTED: it has another version. RP_SYSTEM, RP_NO_MEMORY.
 */
rp_status rpi_journal_open(const char *path, const rpi_journal_options *options, rpi_journal **journal, rp_error *error);

/* Reads a journal as it is now, also while a run goes on, and changes nothing in it. Each look opens its files anew. It can't begin a run.
 * Errors as of rpi_journal_open. */
rp_status rpi_journal_look(const char *path, rpi_journal **journal, rp_error *error);

/* ---- of earlier runs; by one thread at a time ---- */

/* The facts of the last run; NULL: there is none. They live as long as the journal. */
const rpi_facts *rpi_journal_facts(const rpi_journal *journal);

/* Whether an item has succeeded: its index and its bytes' hash are recorded. Of the hash, the first 64 bits are in memory and are compared.
 */
bool rpi_journal_has(const rpi_journal *journal, uint64_t item, rpi_item_hash hash);

/* What is known of an item, for rpi_resume_item. False: nothing; then *entry is zeroed. */
bool rpi_journal_find(const rpi_journal *journal, uint64_t item, rpi_journal_entry *entry);

/* The index, for rpi_resume_missing. */
const rpi_index *rpi_journal_index(const rpi_journal *journal);

/* Reads the record by which an item has its outcome. Fast where items follow each other as they were written. The record's data are valid
 * until the next call. RP_USAGE: the item has no outcome. RP_SYSTEM: it can't be read any more. RP_NO_MEMORY. */
rp_status rpi_journal_read(rpi_journal *journal, uint64_t item, rpi_journal_record *record, rp_error *error);

/* Calls `visit` with the record of each item that has an outcome, once, in the order in which they were written. Ends when it doesn't
 * return RP_OK, and returns that. */
rp_status rpi_journal_each(rpi_journal *journal, rp_status (*visit)(void *argument, const rpi_journal_record *record), void *argument,
                           rp_error *error);

void rpi_journal_summarize(const rpi_journal *journal, rpi_journal_summary *summary);

/* ---- this run ---- */

/* Begins a run of these facts, in a segment of its own. When it returns, all that later runs need to know of it is on the disk. Nothing may
 * run before. RP_LOST: another run has taken the journal. RP_SYSTEM, RP_NO_MEMORY. */
rp_status rpi_journal_begin(rpi_journal *journal, const rpi_fact *facts, size_t n, rp_error *error);

/* Room for each of n workers of this process, which write there what they begin (rp_call_options.begun), so that the next run knows what
 * this one died with. After rpi_journal_begin, once; valid until the journal is closed. NULL: the folder can't have it. */
rp_begun *rpi_journal_begun(rpi_journal *journal, unsigned n);

/* These four may be called from any thread after rpi_journal_begin. See writer.h. */
rp_status rpi_journal_append(rpi_journal *journal, const rpi_journal_record *records, size_t n, uint64_t *position, rp_error *error);
rp_status rpi_journal_commit(rpi_journal *journal, uint64_t position, bool sync, rp_error *error);
void rpi_journal_hurry(rpi_journal *journal);
void rpi_journal_look_at_writer(rpi_journal *journal, rpi_writer_state *state);

/* Records what the output has. The caller has synced the output before. Goes on with it if the output is cut to that many bytes, and its
 * sum is still that. */
rp_status rpi_journal_printed(rpi_journal *journal, const rpi_printed *printed, rp_error *error);

/* Ends the run, if one has begun, as `end` says, with a text for people (NULL: none); gives the lock back, and frees the journal. A folder
 * that rpi_journal_open made for a run that never began is removed. Returns the first error of writing; RP_OK: all is on the disk. `state`
 * (NULL: not wanted): what was written in the end. NULL does nothing. */
rp_status rpi_journal_close(rpi_journal *journal, rpi_run_end end, const char *text, rpi_writer_state *state, rp_error *error);

#endif
