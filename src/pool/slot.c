/* slot.c: see slot.h. */
#include "pool/slot.h"

#include <stdlib.h>
#include <string.h>

rpi_slot *rpi_slot_create(void)
{
    rpi_slot *slot = calloc(1, sizeof *slot);
    if (!slot) return NULL;
    slot->batch = rpi_batch_create();
    if (slot->batch) return slot;
    free(slot);
    return NULL;
}

void rpi_slot_clear_results(rpi_slot *slot)
{
    const rpi_work *work = slot->batch->work;
    if (work && slot->results && work->task->result_type == RP_TYPE_BYTES)
        rp_bytes_free((rp_bytes *)(void *)slot->results, (size_t)slot->batch->count);
}

void rpi_slot_destroy(rpi_slot *slot)
{
    if (!slot) return;
    rpi_slot_clear_results(slot);
    rpi_failure_free_list(slot->failures);
    for (int k = 0; k < RP_MAX_ARGUMENTS; k++) free(slot->values[k]);
    free(slot->arena);
    free(slot->results);
    rpi_batch_destroy(slot->batch);
    free(slot);
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

void rpi_slot_prepare(rpi_slot *slot, rpi_work *work, uint64_t first)
{
    rpi_slot_clear_results(slot);
    rpi_failure_free_list(slot->failures);
    slot->failures = slot->next_failure = NULL;
    slot->n_delivered = 0;
    slot->done = false;
    slot->arena_used = 0;
    slot->next_in_order = slot->next_done = NULL;
    rpi_batch_reset(slot->batch, work, first, 0);
}

/* Room for item k in each array. */
static bool reserve_item(rpi_slot *slot, uint64_t k)
{
    const rpi_work *work = slot->batch->work;
    for (int a = 0; a < work->task->n_arguments; a++) {
        size_t each = work->task->argument_sizes[a];
        if (work->arguments[a].kind != RP_COLUMN_ARRAY || slot->values_size[a] / each > k) continue;
        if (!reserve(&slot->values[a], &slot->values_size[a], k < 8 ? 16 : 2 * k, each)) return false;
    }
    return true;
}

static bool keep_bytes(rpi_slot *slot, rp_bytes *value)
{
    size_t needed = slot->arena_used + value->size;
    if (needed > slot->arena_size) {
        size_t size = needed < 2 * slot->arena_size ? 2 * slot->arena_size : needed;
        char *grown = realloc(slot->arena, size);
        if (!grown) return false;
        slot->arena = grown;
        slot->arena_size = size;
    }
    if (value->size) memcpy(slot->arena + slot->arena_used, value->data, value->size);
    value->data = (const void *)(uintptr_t)slot->arena_used;
    slot->arena_used = needed;
    return true;
}

rp_status rpi_slot_pull(rpi_slot *slot, const rp_source *source, uint64_t k, bool may_wait, rp_error *error)
{
    const rpi_work *work = slot->batch->work;
    const rp_task *task = work->task;
    void *arguments[RP_MAX_ARGUMENTS];
    int n = 0;
    if (!reserve_item(slot, k)) return rpi_error_no_memory(error);
    for (int a = 0; a < task->n_arguments; a++) {
        if (work->arguments[a].kind != RP_COLUMN_ARRAY) continue;
        arguments[n] = slot->values[a] + (size_t)k * task->argument_sizes[a];
        memset(arguments[n++], 0, task->argument_sizes[a]);
    }
    rp_status status = source->next(source->state, arguments, may_wait, error);
    if (status != RP_OK) return status;
    n = 0;
    for (int a = 0; a < task->n_arguments; a++) {
        if (work->arguments[a].kind != RP_COLUMN_ARRAY) continue;
        if (task->argument_types[a] == RP_TYPE_BYTES && !keep_bytes(slot, arguments[n])) return rpi_error_no_memory(error);
        n++;
    }
    return RP_OK;
}

bool rpi_slot_fill(rpi_slot *slot, uint64_t n, bool pulls)
{
    rpi_batch *batch = slot->batch;
    const rp_task *task = batch->work->task;
    if (!reserve(&slot->results, &slot->results_size, n, task->result_size)) return false;
    if (task->result_type == RP_TYPE_BYTES) memset(slot->results, 0, (size_t)n * task->result_size);
    batch->results = slot->results;
    batch->count = n;
    for (int k = 0; pulls && k < task->n_arguments; k++) {
        if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY) continue;
        batch->views[k] = (rp_view){slot->values[k], task->argument_sizes[k]};
        rp_bytes *bytes = (rp_bytes *)(void *)slot->values[k];
        for (uint64_t i = 0; task->argument_types[k] == RP_TYPE_BYTES && i < n; i++)
            bytes[i].data = slot->arena ? slot->arena + (uintptr_t)bytes[i].data : NULL;
    }
    return true;
}
