/*
 * batch.h: what executors see: consecutive items of a call that one process has. The workers of the process claim grains of it (claims.h).
 * Its owner is told when all items that will run have run, and finds results and failures in it.
 */
#ifndef RPI_TASK_BATCH_H
#define RPI_TASK_BATCH_H

#include "base/list.h"
#include "base/waiter.h"
#include "schedule/rates.h"
#include "task/partials.h"
#include "task/work.h"

#include <assert.h>
#include <stddef.h>

enum { RPI_FEW_WORKERS = 8 };

/* Which items of a batch are claimed. Used by the team, while the batch is submitted to it. */
typedef struct rpi_claims {
    _Atomic uint64_t next;         /* offset of the first item that no grain has */
    _Atomic uint64_t n_given_back; /* the last items of the batch, which don't run here */
    _Atomic unsigned users;        /* workers that hold the batch, plus one for the queue */
    bool rated;                    /* grains are sized by the rates */
    bool queued;
    unsigned char *taken; /* static schedule: which workers had their share; NULL otherwise */
    unsigned char few_taken[RPI_FEW_WORKERS];
    rpi_rates *rates; /* of the workers; kept for the next use */
} rpi_claims;

/* In a short call most of the time goes into cache lines that move from core to core. So what a worker reads one after the other is in as
 * few lines as it goes, and what it writes, but for its results, is in one: that of the claims. */
typedef struct rpi_batch rpi_batch;
struct rpi_batch {
    /* set by its owner before it is submitted, and constant while workers are in it */
    rpi_list_link link; /* of the queue that it is in */
    rpi_work *work;
    uint64_t first, count;  /* items first … first + count - 1 of the call */
    char *results;          /* of item `first` */
    size_t result_stride;   /* bytes from one result to the next; more than a result where they are fields of structs */
    rpi_waiter *waiter;     /* of a submitter that waits for the end of the batch and calls done itself; NULL: none */
    rpi_schedule schedule;  /* of the grains */
    rpi_partials *partials; /* where its results are folded, instead of being kept; NULL: they are kept */
    unsigned attempt;       /* which try of its items this is, from 1; above 1 no item is started once the call is being drained */
    bool whole;             /* goes to one rank as a whole: a chunk of an iterator */
    bool urgent;            /* goes before batches that aren't urgent */
    /* Called after items failed, while others may still run. Nothing writes to the results of the failed items any more. Under no lock.
     * NULL: not wanted. */
    void (*items_failed)(rpi_batch *batch);
    rp_view views[RP_MAX_ARGUMENTS]; /* at item `first`; base NULL: the values come from the range column */
    void (*done)(rpi_batch *batch);  /* called once, by the last worker that leaves the batch, under no lock */
    void *owner;
    int avoid_rank;   /* isn't run on that rank while another rank has workers; -1: may run anywhere */
    unsigned n_died;  /* ranks or processes that have died with its items before it was made */
    unsigned earlier; /* tries of its items in earlier runs of the program; what is told of a try counts them */
    /* written by workers */
    _Alignas(RPI_CACHE_LINE) rpi_claims claims;
    _Atomic uint64_t n_run, busy_ns; /* outcome, as the rest; a worker adds its own when it leaves the batch */
    int ran_on;                      /* the rank that ran it last */
    /* RP_OK, or why the executor couldn't run all of it: RP_LOST, RP_NO_MEMORY, RP_USAGE. Readers assume that each item below the work's
     * cutoff has run or is among the failures. So before setting a status, lower the cutoff, or, for RP_LOST, add failures. */
    rp_status status;
    _Alignas(RPI_CACHE_LINE) _Atomic(rpi_failure *) failures;
};
static_assert(offsetof(rpi_batch, busy_ns) + sizeof(uint64_t) - offsetof(rpi_batch, claims) <= RPI_CACHE_LINE, "one line");

/* Allocates a batch, with its alignment. NULL: no memory. rpi_batch_reset prepares it. */
rpi_batch *rpi_batch_create(void);
void rpi_batch_destroy(rpi_batch *batch); /* with its failures; NULL does nothing */
/* Frees what a batch owns. For a batch that is a member of another struct, and was all zero at first. */
void rpi_batch_fini(rpi_batch *batch);
/* Frees what workers claimed by. For a batch that is over, or all zero; rpi_batch_fini does it too. */
void rpi_batch_free_claims(rpi_batch *batch);
/* Forgets which workers had their static share, and frees what tells it. */
void rpi_batch_forget_taken(rpi_batch *batch);
/* Prepares a batch over items first … first + count - 1, with views of the columns of the work. The caller then sets results or partials,
 * schedule, done and owner. Results have no gaps, unless it sets their stride. */
void rpi_batch_reset(rpi_batch *batch, rpi_work *work, uint64_t first, uint64_t count);
/* Prepares a batch over items offset … offset + count - 1 of another batch, with its views, results and attempt. */
void rpi_batch_reset_part(rpi_batch *part, const rpi_batch *whole, uint64_t offset, uint64_t count);
/* All items that will run have run: tells the batch's waiter, else calls done. The batch may be gone afterwards. Once, under no lock. */
void rpi_batch_end(rpi_batch *batch);
/* Whether there are gaps between its results. */
static inline bool rpi_batch_has_gaps(const rpi_batch *batch) { return batch->result_stride != batch->work->task->result_size; }
/* Where the result of the item at that offset goes. */
static inline char *rpi_batch_result(const rpi_batch *batch, uint64_t offset) { return batch->results + offset * batch->result_stride; }
/* Copies results that have no gaps to the places of the items from `offset` on. */
void rpi_batch_put_results(const rpi_batch *batch, uint64_t offset, const char *from, uint64_t count);
/* Which try of its items this is, as it is told to tasks and in failures: counted over runs. */
static inline unsigned rpi_batch_try(const rpi_batch *batch) { return batch->earlier + batch->attempt; }
/* Adds a failure, which the batch then owns. Any thread. */
void rpi_batch_add_failure(rpi_batch *batch, rpi_failure *failure);

#endif
