/* work.c: see work.h. */
#include "task/work.h"

#include "base/error.h"
#include "task/columns.h"
#include "task/registry.h"

#include <stdlib.h>
#include <string.h>

rp_status rpi_work_init_at(rpi_work *work, rp_column *room, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error)
{
    memset(work, 0, sizeof *work);
    rp_status status = rpi_task_check(task, error);
    if (status == RP_OK) status = rpi_columns_fill(room, task, bound, items, error);
    if (status != RP_OK) return status;
    work->task = task;
    work->arguments = room;
    work->n_bound = (unsigned char)bound.n;
    work->max_attempts = 1;
    atomic_init(&work->cutoff, RPI_NO_CUTOFF);
    return RP_OK;
}

rp_status rpi_work_init(rpi_work *work, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error)
{
    rp_column *room = calloc(RP_MAX_ARGUMENTS, sizeof *room);
    if (!room) return rpi_error_no_memory(error);
    rp_status status = rpi_work_init_at(work, room, task, bound, items, error);
    if (status == RP_OK) work->owns_arguments = true;
    else free(room);
    return status;
}

void rpi_work_fini(rpi_work *work)
{
    if (work->arguments) rpi_columns_free(work->arguments, work->task);
    if (work->owns_arguments) free(work->arguments);
    work->arguments = NULL;
    work->owns_arguments = false;
    free(work->reduction);
    work->reduction = NULL;
    rpi_failure_free_list(atomic_exchange(&work->losses, NULL));
}

bool rpi_work_reduce(rpi_work *work, const rp_fold *fold, uint64_t n_items, bool in_any_order)
{
    work->reduction = malloc(sizeof *work->reduction);
    if (work->reduction) *work->reduction = rpi_reduction_make(fold, work->task, n_items, in_any_order);
    return work->reduction;
}

void rpi_work_renew(rpi_work *work, uint64_t id, uint64_t seed)
{
    rpi_failure_free_list(atomic_exchange(&work->losses, NULL));
    *work = (rpi_work){.task = work->task,
                       .arguments = work->arguments,
                       .owns_arguments = work->owns_arguments,
                       .n_bound = work->n_bound,
                       .on_error = work->on_error,
                       .max_attempts = work->max_attempts,
                       .timeout_ns = work->timeout_ns,
                       .reduction = work->reduction,
                       .id = id,
                       .seed = seed,
                       .cutoff = RPI_NO_CUTOFF};
}

void rpi_work_lower_cutoff(rpi_work *work, uint64_t item)
{
    uint64_t cutoff = atomic_load(&work->cutoff);
    while (item < cutoff && !atomic_compare_exchange_weak(&work->cutoff, &cutoff, item)) continue;
}

void rpi_work_drain(rpi_work *work, uint64_t item)
{
    if (item < atomic_load(&work->cutoff)) atomic_store(&work->drained, true);
    rpi_work_lower_cutoff(work, item);
}

void rpi_work_begin_none(rpi_work *work)
{
    atomic_store(&work->draining, true);
    atomic_store(&work->begins_none, true);
}

void rpi_work_end_running(rpi_work *work, int how)
{
    int before = atomic_load(&work->ends_running);
    while (how > before && !atomic_compare_exchange_weak(&work->ends_running, &before, how)) continue;
    rpi_work_begin_none(work);
}

void rpi_work_note_longest(rpi_work *work, uint64_t ns)
{
    uint64_t longest = atomic_load_explicit(&work->longest_ns, memory_order_relaxed);
    while (ns > longest && !atomic_compare_exchange_weak(&work->longest_ns, &longest, ns)) continue;
}

/* Read in this order, no item is counted twice. */
uint64_t rpi_work_n_finished(const rpi_work *work)
{
    uint64_t n_finished = atomic_load(&work->n_finished), n_repeated = atomic_load(&work->n_repeated);
    return n_finished > n_repeated ? n_finished - n_repeated : 0;
}

/* Without memory the call still ends as lost, but without this reason. */
void rpi_work_add_loss(rpi_work *work, const rp_error *loss)
{
    rpi_failure *line = rpi_failure_create(loss->message, strlen(loss->message));
    if (!line) return;
    line->facts.cause = RP_CAUSE_LOST;
    line->facts.rank = loss->rank;
    memcpy(line->facts.host, loss->host, sizeof line->facts.host);
    rpi_failure_push(&work->losses, line);
}
