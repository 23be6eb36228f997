/* runner_state.h: a runner's state, for runner.c, which hands grains over, and take_back.c, which takes back what became of them. */
#ifndef RPI_ISOLATE_RUNNER_STATE_H
#define RPI_ISOLATE_RUNNER_STATE_H

#include "isolate/grains.h"
#include "isolate/sandbox.h"
#include "worker/runner_ops.h"

struct rpi_runner {
    rpi_worker *worker;
    rpi_sandbox sandbox;
    uint64_t n_tasks;     /* items that the present sandbox was given */
    unsigned idle_deaths; /* sandboxes in a row that died before they began an item */
    uint64_t known_call;  /* the call whose description the sandbox has, when `knows_call` */
    bool knows_call;
    bool short_of_processes; /* the last start failed in all its tries */
    rp_error broken;         /* an initializer failed in a sandbox: no other sandbox is tried */
    /* the present batch */
    rpi_batch *batch;
    uint64_t n_run, busy_ns;
    rpi_grains grains;
    rpi_grain out[RPI_REQUESTS]; /* by the request's place */
    uint64_t posted_ns[RPI_REQUESTS];
    uint64_t next; /* the next request's number */
    unsigned n_out;
    bool alone;              /* what is out is one item of a careful grain, and nothing else */
    pthread_mutex_t mutex;   /* guards what interrupt reads: */
    rpi_mailbox *mailbox;    /* the sandbox's; NULL: there is none */
    const rpi_work *running; /* the batch's */
};

/* The number of the request that was posted first, of those that are out. */
static inline uint64_t rpi_runner_head(const rpi_runner *runner) { return runner->next - runner->n_out; }

#endif
