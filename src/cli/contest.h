/*
 * contest.h: what compare and scale share: contestants, each a method on a pool, that run the same items again and again, and the times
 * that they take. All pools are open all the time; idle ones sleep. One thread.
 */
#ifndef RANKPOOL_CLI_CONTEST_H
#define RANKPOOL_CLI_CONTEST_H

#include "countdown.h"
#include "gather.h"
#include "setup.h"

typedef struct contestant {
    const char *label; /* the method, or "serial loop" */
    const method *method;
    rp_pool *pool;            /* of the contest */
    int progress;             /* its pool draws a display */
    double warm_up_s, last_s; /* last: its last run */
    double *seconds;          /* of each run, in the order of the rounds; as many as there are rounds */
    double *sorted;           /* the same, once the contest is over */
    int failed;               /* an item failed, or results are others than the serial loop's: it has been told, and there are no times */
} contestant;

typedef struct contest {
    setup setup;
    output out;
    rp_pool **pools;
    size_t n_pools;
    contestant *contestants; /* the first is the serial loop, which the others' results are compared with */
    size_t n_contestants, n_failed;
    double *times;  /* of all contestants */
    double *last_s; /* in it, a place for each contestant */
    FILE *display;  /* where pools with a progress display draw; NULL: there are none */
    countdown shown;
    gather reference, results;
} contest;

/* Parses the command line, loads the items and opens the output. Give `*made` to contest_fini, whatever this returns: as setup_init,
 * items_load and output_open. */
rp_status contest_init(contest *made, unsigned command, int argc, char **argv, rp_error *error);

/* Ends the pools; the output is the caller's to close before. */
void contest_fini(contest *made);

/* Opens a pool, which the contest closes. As rp_pool_open. */
rp_status contest_open_pool(contest *made, const rp_pool_options *options, rp_pool **pool, rp_error *error);

/* Adds a contestant, of which label, method, pool and progress count. RP_OK, RP_NO_MEMORY. */
rp_status contest_add(contest *made, contestant added, rp_error *error);

/* Adds map, or starmap where an item has several values, on a serial pool: the serial loop, which has to come first. */
rp_status contest_add_loop(contest *made, rp_error *error);

/* That method: the plainest one that takes the items. */
const method *contest_plain_method(const contest *made);

/* Runs each contestant once to warm up, and then in each round each contestant once, in the order of turns.h. Meanwhile standard error
 * shows how much is left. A contestant that fails is told of at once and takes no part any more. Returns RP_OK; what the serial loop fails
 * with; RP_LOST and other errors that end the pools. */
rp_status contest_run(contest *made, rp_error *error);

#endif
