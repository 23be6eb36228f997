/*
 * batch.h: what executors see: a run of a call's items that one process has, out of which its workers claim grains (claims.h). Whoever
 * submits it is told when all that will be run of it has been, and finds results and failures in it.
 */
#ifndef RPI_TASK_BATCH_H
#define RPI_TASK_BATCH_H

#include "base/list.h"
#include "schedule/rates.h"
#include "task/work.h"

/* Which items are claimed: a team's part of a batch, while it is submitted there. */
typedef struct rpi_claims {
    unsigned char *taken; /* static schedule: which workers had their part; NULL otherwise */
    rpi_rates *rates;     /* of the workers; kept for the next use */
    bool rated;           /* grains go by them */
    bool queued;
    _Alignas(RPI_CACHE_LINE) _Atomic uint64_t next; /* offset of the first item that no grain has */
    _Atomic unsigned users;                         /* workers inside, and one for the queue */
} rpi_claims;

typedef struct rpi_batch rpi_batch;
struct rpi_batch {
    /* set by who submits it, and constant while workers are in it */
    rpi_work *work;
    uint64_t first, count;           /* items first … first + count - 1 of the call */
    rp_view views[RP_MAX_ARGUMENTS]; /* at item `first`; base NULL: made up from the range column */
    char *results;                   /* of item `first` */
    rpi_schedule schedule;           /* of the grains */
    void (*done)(rpi_batch *batch);  /* called once, by the last worker that leaves it, under no lock */
    /* Called after items failed, while others may run: nothing is written to those items' results any more. Under no lock. NULL: nobody
     * asks. */
    void (*items_failed)(rpi_batch *batch);
    void *owner;
    bool whole;         /* goes to one rank as it is, an iterator's chunk */
    bool urgent;        /* goes before batches that wait */
    int avoid_rank;     /* isn't run there while another rank has workers; -1: may run anywhere */
    unsigned attempt;   /* which try of its items this is, from 1; a further one is not started once its call is being drained */
    rpi_list_link link; /* of the queue that it is in */
    rpi_claims claims;
    /* outcome */
    /* RP_OK, or why the executor couldn't run all of it: RP_LOST, RP_NO_MEMORY, RP_USAGE. Readers take items below the work's limit to have
     * run or to be among the failures, so whoever sets it sees to that first: lowers the limit, or, for RP_LOST, adds failures. */
    rp_status status;
    _Alignas(RPI_CACHE_LINE) _Atomic(rpi_failure *) failures;
    _Atomic uint64_t n_run, busy_ns;
};

/* Prepares a batch over items first … first + count - 1 with views into the work's own columns; the caller then sets results, schedule,
 * done, owner. Batches are aligned: allocate them with rpi_batch_create. */
rpi_batch *rpi_batch_create(void);
void rpi_batch_destroy(rpi_batch *batch); /* and its failures; NULL does nothing */
/* Frees what a batch owns that is a part of something else, and was all zero at first. */
void rpi_batch_fini(rpi_batch *batch);
void rpi_batch_reset(rpi_batch *batch, rpi_work *work, uint64_t first, uint64_t count);
/* Prepares a batch over items offset … offset + count - 1 of another one: its views, its results, its try. */
void rpi_batch_reset_part(rpi_batch *part, const rpi_batch *whole, uint64_t offset, uint64_t count);
void rpi_batch_add_failure(rpi_batch *batch, rpi_failure *failure);

#endif
