/* run_state.h: the state of a run, for run.c (what happens as items end) and run_end.c (how it ended). */
#ifndef RANKPOOL_CLI_RUN_STATE_H
#define RANKPOOL_CLI_RUN_STATE_H

#include "in_order.h"
#include "recording.h"
#include "run_journal.h"
#include "run_limits.h"
#include "setup.h"
#include "time_watch.h"
#include "tries.h"

#include <stdatomic.h>

typedef struct run_state {
    setup setup;
    const method *method;
    run_journal *journal; /* NULL: there is none */
    method_place place;   /* of the item that was delivered last, for the journal */
    in_order *waiting;    /* results come as items end, and wait for their turn here; NULL: they come in the order they are written in */
    int looks;            /* the job shows what the next item prints while it runs */
    tries *tries;         /* that failed, and that the job hasn't been told of; NULL: it doesn't ask for them */
    rp_pool *pool;
    output out;
    recording recording;
    end_of_job end;
    time_watch *time_watch;
    int time_is_over;                    /* nothing new began any more */
    uint64_t done;                       /* items that ran, with a result or a failure */
    atomic_ullong n_told, n_told_failed; /* the same without lost ones, for the signal thread */
    atomic_ullong done_before;           /* in earlier runs, as a journal says */
    run_limits limits;
    int ends_here;    /* an item failed, and what comes behind it isn't wanted, although some of it may have run */
    uint64_t n_ended; /* items that were ended before they were done, by the run or a signal to the whole job; they count as not run */
    uint64_t n_interrupted; /* of them, those that a signal ended; the pool counts them as failed */
    unsigned n_waits;       /* for interrupted_is */
    failures failures;
    double begun_s, idled_s; /* when the run began, and when there was nothing to write last */
    int shares_terminal;     /* results go where the progress bar is */
    rp_error error;          /* why the sink ended the call */
} run_state;

#endif
