/* imap.c: imap, istarmap and their unordered forms. Their call makes one batch after another, a chunk each, while the iterator is read. */
#include "pool/call_create.h"
#include "pool/window.h"
#include "task/columns.h"

#include <rankpool/imap.h>

#include <stdlib.h>

static const double chunk_s = 2e-3; /* auto: a chunk takes at least so long. For each one the reader is woken, on a core that computes */
/* Where a worker has many items at once, the time of a chunk is shared by them. It waits for its last item before it is delivered, so more
 * of a chunk costs little. */
static const double at_once_factor = 4;

/* The columns of a source that is a function: arrays without gaps, in the chunks' memory. */
static rp_status generated_columns(const rp_task *task, size_t n_bound, rp_column *columns, rp_columns *out, rp_error *error)
{
    if (n_bound >= (size_t)task->n_arguments)
        return rp_error_set(error, RP_USAGE, 0, "task %s has %d arguments, and all are bound", task->name, task->n_arguments);
    size_t n = (size_t)task->n_arguments - n_bound;
    for (size_t k = 0; k < n; k++) {
        size_t size = task->argument_sizes[n_bound + k];
        columns[k] = (rp_column){RP_COLUMN_ARRAY, task->argument_types[n_bound + k], size, size, NULL, 0, 0};
    }
    *out = (rp_columns){n, columns};
    return RP_OK;
}

static rp_status check(const rp_pool *pool, const rp_task *task, const rp_source *source, rp_iter *const *iterator, rp_error *error)
{
    if (!pool || !task || !iterator) return rp_error_set(error, RP_USAGE, 0, "the pool, the task or the iterator's place is NULL");
    bool arrays = false;
    for (size_t k = 0; source->columns.columns && k < source->columns.n; k++)
        arrays = arrays || source->columns.columns[k].kind == RP_COLUMN_ARRAY;
    if (!source->next && arrays && source->n_items == UINT64_MAX)
        return rp_error_set(error, RP_USAGE, 0, "an endless source can't have arrays");
    return RP_OK;
}

static void set_up(rp_iter *self, const rp_source *source, const rp_call_options *options, bool ordered)
{
    const rp_pool *pool = self->pool;
    self->source = *source;
    self->place = options && source->next && !self->journaled.journal ? options->place : NULL;
    self->n_died = self->place ? options->n_died : NULL;
    self->pulls = source->next != NULL;
    if (self->pulls && self->journaled.journal) {
        self->source.next = rpi_journaled_source_next;
        self->source.state = &self->journaled;
    }
    self->ordered = ordered;
    self->index = -1;
    rpi_list_init(&self->in_order);
    rpi_list_init(&self->idle);
    rpi_list_init(&self->shared.done);
    self->window = options && options->window ? options->window : pool->options.window;
    uint64_t n_certain = source->next ? UINT64_MAX : source->n_items;
    self->schedule = rpi_pool_schedule(pool, self->call, n_certain);
    self->schedule.target_s = chunk_s;
    if (pool->options.overlap > 1) self->schedule.target_s *= at_once_factor * pool->options.overlap;
    if (self->journaled.journal) self->schedule.target_s = rpi_call_journal_batch_s(self->journaled.journal, self->schedule.target_s);
    self->schedule.short_s = 0;
    bool sized_by_the_end = self->schedule.kind != RP_SCHEDULE_FIXED && self->schedule.kind != RP_SCHEDULE_AUTO;
    if (n_certain == UINT64_MAX && sized_by_the_end) self->schedule.kind = RP_SCHEDULE_AUTO;
}

/* Looks the call up in its pool's journal, if it has a key. */
static rp_status open_journal(rp_iter *self, const rp_source *source, const rp_call_options *options, rp_error *error)
{
    rpi_call *call = self->call;
    rp_status status = rpi_call_open_journal(call, options, source->next ? UINT64_MAX : source->n_items, error);
    if (status != RP_OK || !call->more->journal) return status;
    return rpi_journaled_source_init(&self->journaled, call->more->journal, &call->work, source, error);
}

/* Lets the pool know the call. It is freed when that fails. */
static rp_status begin(rp_iter *self, const rp_source *source, const rp_call_options *options, rp_error *error)
{
    rpi_call *call = self->call;
    rp_status status = source->next ? RP_OK : rpi_columns_check_length(call->work.arguments, call->work.task, source->n_items, error);
    if (status == RP_OK) status = open_journal(self, source, options, error);
    rpi_wishes_drop_lists(call->wishes);
    rpi_wishes_drop_callbacks(call->wishes);
    call->n_items = source->next && source->n_items == 0 ? UINT64_MAX : source->n_items;
    call->n_outstanding = 1; /* so that a join doesn't finish it before it is set up */
    bool is_out;
    rpi_waiting_go_all(&self->pool->waiting);
    if (status == RP_OK) status = rpi_pool_begin(self->pool, call, &is_out, error);
    if (status == RP_OK) return RP_OK;
    rpi_journaled_source_fini(&self->journaled);
    rpi_call_unref(call);
    return status;
}

static rp_status open_iterator(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, bool ordered,
                               rp_iter **iterator, rp_error *error)
{
    rp_column generated[RP_MAX_ARGUMENTS];
    rp_columns columns = source.columns;
    rp_status status = check(pool, task, &source, iterator, error);
    if (status == RP_OK && source.next) status = generated_columns(task, options ? options->bound.n : 0, generated, &columns, error);
    if (status == RP_OK) status = rpi_pool_check_caller(pool, error);
    if (status != RP_OK) return status;
    rp_iter *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->pool = pool;
    status = rpi_call_create(&pool->for_calls, task, columns, options, (rpi_call_shape){sizeof(rpi_call), false}, &self->call, error);
    if (status == RP_OK) status = begin(self, &source, options, error);
    if (status != RP_OK) {
        free(self);
        return status;
    }
    set_up(self, &source, options, ordered);
    if (!self->pulls && source.n_items == 0) self->source_status = RP_END;
    rpi_iter_fill_window(self, false);
    rpi_call_release(self->call);
    *iterator = self;
    return RP_OK;
}

static rp_status open_single(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, bool ordered,
                             rp_iter **iterator, rp_error *error)
{
    size_t n_bound = options ? options->bound.n : 0;
    if (task && (size_t)task->n_arguments != n_bound + 1)
        return rp_error_set(error, RP_USAGE, 0, "imap needs a task of one argument that isn't bound; %s has %d, %zu bound (see istarmap)",
                            task->name, task->n_arguments, n_bound);
    return open_iterator(pool, task, source, options, ordered, iterator, error);
}

rp_status rp_imap_sized(rp_pool *pool, const rp_task *task, rp_source source, int form, const rp_call_options *options, size_t options_size,
                        rp_iter **iterator, rp_error *error)
{
    rp_call_options own;
    const rp_call_options *known = rpi_sized_read(options, options_size, &own, sizeof own);
    if (options && !known) return rpi_sized_refuse("the call's options", error);
    bool ordered = !(form & RPI__UNORDERED);
    if (form & RPI__SINGLE) return open_single(pool, task, source, known, ordered, iterator, error);
    return open_iterator(pool, task, source, known, ordered, iterator, error);
}

/* ---- callers that don't say how large their options are ---- */

rp_status rp_imap(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator, rp_error *error)
{
    return rp_imap_sized(pool, task, source, RPI__SINGLE, options, RPI_FIRST_CALL_OPTIONS, iterator, error);
}

rp_status rp_imap_unordered(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                            rp_error *error)
{
    return rp_imap_sized(pool, task, source, RPI__SINGLE + RPI__UNORDERED, options, RPI_FIRST_CALL_OPTIONS, iterator, error);
}

rp_status rp_istarmap(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                      rp_error *error)
{
    return rp_imap_sized(pool, task, source, 0, options, RPI_FIRST_CALL_OPTIONS, iterator, error);
}

rp_status rp_istarmap_unordered(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                                rp_error *error)
{
    return rp_imap_sized(pool, task, source, RPI__UNORDERED, options, RPI_FIRST_CALL_OPTIONS, iterator, error);
}
