/* into.c: see into.h. */
#include "task/into.h"

#include "base/size.h"

#include <stdbool.h>

/* Whether results of that type are those of the task. One that is a fixed array may also go to an array of its elements, where it is known
 * to be long enough. */
static bool is_type_of(const rp_into *into, const rp_task *task, size_t needed)
{
    bool has_gaps = into->stride_bytes != into->size;
    if (into->type == task->result_type && into->size == task->result_size) return into->stride_bytes >= into->size;
    bool is_known = into->room < SIZE_MAX && into->room >= needed && !has_gaps;
    return task->result_type == RP_TYPE_RECORD && is_known && into->size < task->result_size && task->result_size % into->size == 0;
}

/* Bytes from the first result to the end of the last. */
static size_t needed_for(const rp_into *into, const rp_task *task, uint64_t n)
{
    bool has_gaps = into->size > 0 && into->stride_bytes > task->result_size;
    if (n == 0 || task->result_size == 0 || !has_gaps) return rpi_size_product(n, task->result_size);
    return rpi_size_sum(rpi_size_product(n - 1, into->stride_bytes), task->result_size);
}

rp_status rpi_into_check(const rp_into *into, const rp_task *task, uint64_t n, rp_error *error)
{
    size_t needed = needed_for(into, task, n);
    if (into->size > 0 && !is_type_of(into, task, needed))
        return rp_error_set(error, RP_USAGE, 0, "the result of task %s is %s (%zu bytes), its array holds %s (%zu bytes)", task->name,
                            rp_type_name(task->result_type), task->result_size, rp_type_name(into->type), into->size);
    if (needed > 0 && !into->data) return rp_error_set(error, RP_USAGE, 0, "the results of task %s have no array", task->name);
    if (needed > SIZE_MAX / 2) return rp_error_set(error, RP_USAGE, 0, "%llu items are more than memory can hold", (unsigned long long)n);
    if (needed > into->room)
        return rp_error_set(error, RP_USAGE, 0, "the array for the results of task %s has %zu bytes, %llu results need %zu", task->name,
                            into->room, (unsigned long long)n, needed);
    return RP_OK;
}
