/* context_state.h: the state of a context (context.h), for the files that run kernels in it. */
#ifndef RPI_TASK_CONTEXT_STATE_H
#define RPI_TASK_CONTEXT_STATE_H

#include "task/batch.h"
#include "task/folder.h"
#include "task/log_sink.h"

typedef struct rpi_context rpi_context;
struct rpi_overlap;

/* Notices for the owner of a context; a sandbox wants none. Called in the context's thread, under no lock. */
typedef struct rpi_context_ops {
    /* An item failed, on its last try or an earlier one. */
    void (*item_failed)(rpi_context *context);
    /* This context lowered the cutoff of `work`: workers that run items of it have to look at it. Doesn't block. */
    void (*cutoff_lowered)(rpi_context *context, const rpi_work *work);
} rpi_context_ops;

struct rpi_context {
    rp_run run;                 /* first: kernels know only this field */
    const rpi_context_ops *ops; /* NULL: no notices */
    /* where it is */
    int rank;
    unsigned index;
    const char *host;               /* borrowed */
    const _Atomic uint64_t *cutoff; /* in a sandbox: of the request that runs, as its worker lowers it; NULL: that of the work counts */
    const atomic_int *ends_running; /* likewise */
    const rpi_log_sink *log;        /* borrowed; NULL: what tasks log is dropped */
    const void *pool;               /* what stands for its pool in the client's process; NULL elsewhere. Never followed */
    rpi_context *outer;             /* of the task in which a serial pool runs its items in this thread; NULL: none */
    /* the initializer */
    const rp_initializer *initializer; /* the one whose start succeeded and whose finish hasn't run; NULL: none */
    void *state;                       /* the initializer's */
    /* what runs */
    rpi_batch *batch;
    const rp_view *views; /* of the present kernel call: in own_views; NULL: there is none */
    rp_view own_views[RP_MAX_ARGUMENTS];
    uint64_t first;              /* index in the call of the item at offset 0 of the present kernel call */
    size_t n;                    /* items of the present kernel call */
    uint64_t mark_ns, mark_item; /* the time, and the first item, since the last mark */
    bool stopped;                /* the present grain was, by the cutoff */
    bool scatters;               /* the results of the present kernel call are in the folder's room, as their places have gaps */
    /* how the task failed the present item */
    bool failing;
    rp_cause fail_cause;
    int fail_code;
    char *fail_message;
    /* the items of a task that has many at once (overlap.h); NULL: none has run. Owned */
    struct rpi_overlap *overlap;
    void (*destroy_overlap)(struct rpi_overlap *overlap);
    char *emitted;
    size_t emitted_size, emitted_capacity;
    rpi_folder folder; /* of calls that reduce */
    /* room for columns that a kernel can't read directly */
    char *scratch[RP_MAX_ARGUMENTS];
    size_t scratch_size[RP_MAX_ARGUMENTS];
    size_t scratch_filled[RP_MAX_ARGUMENTS]; /* how many items have the constant of this batch already */
};

#endif
