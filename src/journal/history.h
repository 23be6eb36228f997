/*
 * history.h: all that the segments of a journal say, read once: its runs, where its frames are, and the index of its items.
 */
#ifndef RPI_JOURNAL_HISTORY_H
#define RPI_JOURNAL_HISTORY_H

#include "journal/folder.h"
#include "journal/holder.h"
#include "journal/index.h"
#include "journal/segment_reader.h"

/* How a run ended. What it had out counts as crashed if it died. */
typedef enum rpi_run_end {
    RPI_RUN_DIED = 0, /* it didn't come to its end */
    RPI_RUN_DONE,     /* all items have an outcome */
    RPI_RUN_STOPPED,  /* by itself, with items to do: a time limit, a signal, too many failures */
    RPI_RUN_BROKEN,   /* by itself, as its journal or a rank was lost */
    RPI_RUN_GOING,    /* it goes on, as far as can be told */
} rpi_run_end;

typedef struct rpi_journal_run {
    uint64_t epoch;
    uint64_t begin_ns, end_ns; /* of its first and last commit, since 1970; 0: there is none */
    rpi_run_end end;
    rpi_facts facts; /* without any, where they are damaged */
    char *text;      /* what it said at its end; NULL: nothing */
    uint64_t n_done, n_failed, n_retries;
    uint64_t bytes, n_frames, last_sequence;
    uint64_t n_lost, lost_bytes; /* frames that are damaged with whole ones behind them, and run again */
    uint64_t torn_bytes;         /* at its end */
    bool is_damaged;             /* its header is: nothing of it counts */
    bool is_cut;                 /* it wrote after another run had taken over; that doesn't count */
    uint64_t limit;              /* the last sequence that counts */
} rpi_journal_run;

typedef struct rpi_printed {
    uint64_t rows, bytes, sum;
} rpi_printed;

typedef struct rpi_slow_item {
    uint64_t index;
    double seconds;
    int rank;
} rpi_slow_item;

enum { RPI_SLOW_ITEMS = 10 };

typedef struct rpi_frame_place {
    uint32_t run;
    uint64_t offset;
} rpi_frame_place;

typedef struct rpi_history {
    rpi_index index;
    rpi_journal_run *runs; /* in the order of their epochs */
    size_t n_runs;
    rpi_frame_place *frames; /* what the index has is an index into them */
    size_t n_frames;
    rpi_journal_id id; /* of the first segment that has one */
    bool has_id;
    rpi_printed printed;                /* the last that is recorded */
    rpi_slow_item slow[RPI_SLOW_ITEMS]; /* the slowest first */
    size_t n_slow;
    double seconds; /* of all items that have an outcome */
} rpi_history;

/* Reads all segments of a folder. `holder`: who has or had the journal, as its lock says; NULL: not known. `life`: whether it lives; its
 * run is then going on, and its items are left as they are out. RP_UNSUPPORTED: a segment has another version. RP_USAGE: one is of another
 * journal. RP_SYSTEM, RP_NO_MEMORY. */
rp_status rpi_history_read(rpi_history *history, const rpi_folder *folder, const rpi_holder *holder, rpi_life life, rp_error *error);
void rpi_history_fini(rpi_history *history);

/* The facts of the last run that has some; NULL: there are none. */
const rpi_facts *rpi_history_facts(const rpi_history *history);

/* Whether this record, of that frame, is the one by which its item has its outcome. */
bool rpi_history_counts(const rpi_history *history, const rpi_journal_record *record, size_t frame);

#endif
