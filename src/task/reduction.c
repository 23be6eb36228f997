/* reduction.c: see reduction.h. */
#include "task/reduction.h"

#include "task/ready_folds.h"

enum { MOST_IN_BLOCK = 64, BLOCKS = 65536 };

rp_status rpi_fold_check(const rp_fold *fold, rp_error *error)
{
    if (!fold) return rp_error_set(error, RP_USAGE, 0, "the fold is NULL");
    fold = rpi_ready_fold_whole(fold);
    bool lacks_tree = (fold->flags & RP_FOLD_HAS_TREE) && !fold->fold_tree;
    if (!fold->name || !fold->fold || !fold->merge || lacks_tree)
        return rp_error_set(error, RP_USAGE, 0, "a fold has no name, or lacks one of its functions");
    bool of_bytes = fold->flags & RP_FOLD_OF_BYTES;
    bool sound = of_bytes ? fold->type == RP_TYPE_BYTES && fold->size == sizeof(rp_bytes) && !fold->end
                          : fold->size > 0 && fold->accumulator_size > 0 && fold->type != RP_TYPE_BYTES && fold->type != RP_TYPE_STRING;
    if (sound && (fold->end || of_bytes || fold->size == fold->accumulator_size)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "fold %s can't give %s of %zu bytes", fold->name, rp_type_name(fold->type), fold->size);
}

bool rpi_fold_takes(const rp_fold *fold, const rp_task *task)
{
    bool any = fold->result_type == RP_TYPE_VOID;
    return any || (fold->result_type == task->result_type && fold->result_size == task->result_size);
}

static rp_status check_results(const rp_fold *fold, const rp_task *task, rp_error *error)
{
    if (rpi_fold_takes(fold, task)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "fold %s takes results that are %s (%zu bytes), the result of task %s is %s (%zu bytes)",
                        fold->name, rp_type_name(fold->result_type), fold->result_size, task->name, rp_type_name(task->result_type),
                        task->result_size);
}

rp_status rpi_reduction_check(const rp_fold *fold, const rp_task *task, const rp_into *into, rp_error *error)
{
    rp_status status = rpi_fold_check(fold, error);
    if (status == RP_OK) status = check_results(fold, task, error);
    if (status != RP_OK) return status;
    if (!into->data) return rp_error_set(error, RP_USAGE, 0, "what fold %s gives has no place", fold->name);
    if (into->size > 0 && (into->type != fold->type || into->size != fold->size))
        return rp_error_set(error, RP_USAGE, 0, "fold %s gives %s (%zu bytes), its place is for %s (%zu bytes)", fold->name,
                            rp_type_name(fold->type), fold->size, rp_type_name(into->type), into->size);
    if (into->room >= fold->size) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "fold %s gives %zu bytes, its place has %zu", fold->name, fold->size, into->room);
}

/* Large calls get blocks, as a merge for each item would show. In small ones a block would make items wait for each other. */
static uint64_t block_of(uint64_t n_items)
{
    uint64_t block = 1;
    while (block < MOST_IN_BLOCK && 2 * block <= n_items / BLOCKS) block *= 2;
    return block;
}

rpi_reduction rpi_reduction_make(const rp_fold *fold, const rp_task *task, uint64_t n_items, bool in_any_order)
{
    return (rpi_reduction){rpi_ready_fold_whole(fold), task->result_type, task->result_size, n_items, block_of(n_items), in_any_order};
}
