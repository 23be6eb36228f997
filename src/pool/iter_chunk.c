/* iter_chunk.c: see iter_chunk.h. */
#include "pool/iter_chunk.h"

#include "base/huge_pages.h"
#include "base/size.h"
#include "task/columns.h"

#include <stdlib.h>
#include <string.h>

rpi_iter_chunk *rpi_iter_chunk_create(void)
{
    rpi_iter_chunk *chunk = calloc(1, sizeof *chunk);
    if (!chunk) return NULL;
    chunk->tries = rpi_tries_create();
    if (!chunk->tries) {
        free(chunk);
        return NULL;
    }
    chunk->batch = &chunk->tries->batch;
    return chunk;
}

void rpi_iter_chunk_clear_results(rpi_iter_chunk *chunk)
{
    const rpi_work *work = chunk->batch->work;
    if (work && chunk->results && work->task->result_type == RP_TYPE_BYTES)
        rp_bytes_free((rp_bytes *)(void *)chunk->results, (size_t)chunk->batch->count);
}

void rpi_iter_chunk_destroy(rpi_iter_chunk *chunk)
{
    if (!chunk) return;
    rpi_iter_chunk_clear_results(chunk);
    rpi_failure_free_list(chunk->failures);
    for (int k = 0; k < RP_MAX_ARGUMENTS; k++) free(chunk->values[k]);
    free(chunk->arena);
    free(chunk->results);
    rpi_tries_destroy(chunk->tries);
    free(chunk);
}

static bool reserve(char **memory, size_t *size, uint64_t n, size_t each)
{
    if (each && n > SIZE_MAX / each) return false;
    size_t needed = (size_t)n * each;
    if (needed <= *size && *memory) return true;
    char *grown = realloc(*memory, needed ? needed : 1);
    if (!grown) return false;
    *memory = grown;
    *size = needed;
    return true;
}

void rpi_iter_chunk_prepare(rpi_iter_chunk *chunk, rpi_work *work, uint64_t first)
{
    rpi_iter_chunk_clear_results(chunk);
    rpi_failure_free_list(chunk->failures);
    chunk->failures = chunk->next_failure = NULL;
    chunk->n_delivered = 0;
    chunk->done = false;
    chunk->arena_used = 0;
    rpi_batch_reset(chunk->batch, work, first, 0);
    chunk->keeps = false;
    for (int a = 0; a < work->task->n_arguments; a++)
        chunk->keeps |= work->arguments[a].kind == RP_COLUMN_ARRAY && rpi_type_points(work->task->argument_types[a]);
}

/* Makes room for item k in each array. */
static bool reserve_item(rpi_iter_chunk *chunk, uint64_t k)
{
    const rpi_work *work = chunk->batch->work;
    for (int a = 0; a < work->task->n_arguments; a++) {
        size_t each = work->task->argument_sizes[a];
        if (work->arguments[a].kind != RP_COLUMN_ARRAY || chunk->values_size[a] / each > k) continue;
        if (!reserve(&chunk->values[a], &chunk->values_size[a], k < 8 ? 16 : 2 * k, each)) return false;
    }
    return true;
}

/* Copies what the value points to into the arena. As the arena may move, the value becomes an offset. */
static bool keep(rpi_iter_chunk *chunk, rp_type type, void *value)
{
    rp_bytes bytes = rpi_value_bytes(type, value);
    size_t needed = rpi_size_sum(chunk->arena_used, bytes.size);
    if (needed > chunk->arena_size) {
        size_t size = needed / 2 < chunk->arena_size ? 2 * chunk->arena_size : needed;
        char *grown = realloc(chunk->arena, size);
        if (!grown) return false;
        chunk->arena = rpi_huge_pages_for(grown, size);
        chunk->arena_size = size;
    }
    if (bytes.size) memcpy(chunk->arena + chunk->arena_used, bytes.data, bytes.size);
    rpi_value_point(type, value, (rp_bytes){(const void *)(uintptr_t)chunk->arena_used, bytes.size});
    chunk->arena_used = needed;
    return true;
}

/* Turns the offset of a kept value into a pointer. */
static void find_kept(const rpi_iter_chunk *chunk, rp_type type, void *value)
{
    if (type == RP_TYPE_STRING) *(const char **)value = chunk->arena + *(uintptr_t *)value;
    else ((rp_bytes *)value)->data = chunk->arena ? chunk->arena + (uintptr_t)((rp_bytes *)value)->data : NULL;
}

/* Keeps what the arguments of the pulled item point to. */
static rp_status keep_all(rpi_iter_chunk *chunk, void *const *arguments, rp_error *error)
{
    const rpi_work *work = chunk->batch->work;
    const rp_task *task = work->task;
    for (int a = 0, n = 0; a < task->n_arguments; a++) {
        if (work->arguments[a].kind != RP_COLUMN_ARRAY) continue;
        void *value = arguments[n++];
        if (!rpi_type_points(task->argument_types[a])) continue;
        if (!rpi_value_is_sound(task->argument_types[a], value))
            return rp_error_set(error, RP_USAGE, 0, "the source gave a %s at NULL for argument %d of task %s",
                                rp_type_name(task->argument_types[a]), a + 1, task->name);
        if (!keep(chunk, task->argument_types[a], value)) return rpi_error_no_memory(error);
    }
    return RP_OK;
}

rp_status rpi_iter_chunk_pull(rpi_iter_chunk *chunk, const rp_source *source, uint64_t k, bool may_wait, rp_error *error)
{
    const rpi_work *work = chunk->batch->work;
    const rp_task *task = work->task;
    void *arguments[RP_MAX_ARGUMENTS];
    int n = 0;
    if (!reserve_item(chunk, k)) return rpi_error_no_memory(error);
    for (int a = 0; a < task->n_arguments; a++) {
        if (work->arguments[a].kind != RP_COLUMN_ARRAY) continue;
        arguments[n] = chunk->values[a] + (size_t)k * task->argument_sizes[a];
        memset(arguments[n++], 0, task->argument_sizes[a]);
    }
    rp_status status = source->next(source->state, arguments, may_wait, error);
    return status == RP_OK && chunk->keeps ? keep_all(chunk, arguments, error) : status;
}

bool rpi_iter_chunk_move(const rpi_iter_chunk *from, uint64_t k, rpi_iter_chunk *to)
{
    const rpi_work *work = from->batch->work;
    const rp_task *task = work->task;
    if (!reserve_item(to, 0)) return false;
    for (int a = 0; a < task->n_arguments; a++) {
        if (work->arguments[a].kind != RP_COLUMN_ARRAY) continue;
        size_t size = task->argument_sizes[a];
        memcpy(to->values[a], from->values[a] + (size_t)k * size, size);
        if (!rpi_type_points(task->argument_types[a])) continue;
        find_kept(from, task->argument_types[a], to->values[a]);
        if (!keep(to, task->argument_types[a], to->values[a])) return false;
    }
    return true;
}

bool rpi_iter_chunk_fill(rpi_iter_chunk *chunk, uint64_t n, bool pulls)
{
    rpi_batch *batch = chunk->batch;
    const rp_task *task = batch->work->task;
    if (!reserve(&chunk->results, &chunk->results_size, n, task->result_size)) return false;
    if (task->result_type == RP_TYPE_BYTES) memset(chunk->results, 0, (size_t)n * task->result_size);
    batch->results = chunk->results;
    batch->count = n;
    for (int k = 0; pulls && k < task->n_arguments; k++) {
        if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY) continue;
        batch->views[k] = (rp_view){chunk->values[k], task->argument_sizes[k]};
        bool points = rpi_type_points(task->argument_types[k]);
        for (uint64_t i = 0; points && i < n; i++)
            find_kept(chunk, task->argument_types[k], chunk->values[k] + i * task->argument_sizes[k]);
    }
    return true;
}
