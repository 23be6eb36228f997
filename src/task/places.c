/* places.c: see places.h. */
#include "task/places.h"

#include "base/size.h"
#include "task/columns.h"
#include "task/pack.h"

#include <string.h>

/* Bytes from the first of `count` items to the end of the last. SIZE_MAX: more than there can be. */
static size_t extent(uint64_t count, size_t stride_bytes, size_t size)
{
    return rpi_size_sum(rpi_size_product(count - 1, stride_bytes), size);
}

/* ---- sending ---- */

static void add(rpi_places *places, unsigned bit, const rpi_namer *namer, rp_view at, size_t size, uint64_t count)
{
    rpi_place *place = &places->at[places->n];
    if (!namer->name(namer->argument, at.base, extent(count, at.stride_bytes, size), &place->region, &place->offset)) return;
    place->stride_bytes = at.stride_bytes;
    places->mask |= bit;
    places->n++;
}

void rpi_places_find(const rpi_batch *batch, uint64_t first, uint64_t count, const rpi_namer *namer, bool with_results, rpi_places *places)
{
    const rp_task *task = batch->work->task;
    places->mask = places->n = 0;
    if (!namer || count == 0) return;
    for (int k = 0; k < task->n_arguments; k++) {
        rp_view at = batch->views[k];
        if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY || rpi_type_points(task->argument_types[k])) continue;
        at.base += first * at.stride_bytes;
        add(places, 1u << k, namer, at, task->argument_sizes[k], count);
    }
    rp_view results = {rpi_batch_result(batch, first), task->result_size};
    if (with_results && task->result_size > 0 && task->result_type != RP_TYPE_BYTES && !rpi_batch_has_gaps(batch))
        add(places, RPI_RESULTS_PLACED, namer, results, task->result_size, count);
}

size_t rpi_places_packed_size(const rpi_places *places, const rpi_batch *batch, uint64_t first, uint64_t count)
{
    return rpi_size_sum(places->n * sizeof(rpi_place), rpi_pack_items_size(batch, first, count, places->mask));
}

void rpi_places_pack(char *to, const rpi_places *places, const rpi_batch *batch, uint64_t first, uint64_t count)
{
    size_t size = places->n * sizeof(rpi_place);
    memcpy(to, places->at, size);
    rpi_pack_items(to + size, batch, first, count, places->mask);
}

/* ---- receiving ---- */

/* Attaches the place's region, and finds `count` items of `size` bytes in it. */
static rp_status take_place(const rpi_place *place, uint64_t count, size_t size, bool may_write, rpi_held *held, char **at)
{
    const rpi_region *region;
    size_t needed = extent(count, (size_t)place->stride_bytes, size);
    rp_status status = rpi_regions_attach(&place->region, may_write, &region, NULL);
    if (status != RP_OK) return status;
    held->regions[held->n++] = region;
    if (place->offset > region->name.size || needed > region->name.size - place->offset) return RP_USAGE;
    *at = region->base + place->offset;
    return RP_OK;
}

static rp_status take_column(const rpi_place *place, int k, uint64_t count, rpi_batch *batch, bool may_write, rpi_held *held)
{
    const rpi_work *work = batch->work;
    bool fits =
        k < work->task->n_arguments && work->arguments[k].kind == RP_COLUMN_ARRAY && !rpi_type_points(work->task->argument_types[k]);
    char *at;
    rp_status status = fits ? take_place(place, count, work->task->argument_sizes[k], may_write, held, &at) : RP_USAGE;
    if (status == RP_OK) batch->views[k] = (rp_view){at, (size_t)place->stride_bytes};
    return status;
}

static rp_status take_results(const rpi_place *place, uint64_t count, rpi_batch *batch, bool may_write, rpi_held *held)
{
    const rp_task *task = batch->work->task;
    bool fits = may_write && task->result_size > 0 && task->result_type != RP_TYPE_BYTES && place->stride_bytes == task->result_size;
    char *at;
    rp_status status = fits ? take_place(place, count, task->result_size, true, held, &at) : RP_USAGE;
    if (status == RP_OK && held->regions[held->n - 1]->is_read_only) return RP_USAGE;
    if (status == RP_OK) batch->results = at;
    return status;
}

static rp_status take_places(const char *from, unsigned mask, uint64_t count, rpi_batch *batch, bool may_write, rpi_held *held)
{
    rp_status status = count > 0 ? RP_OK : RP_USAGE;
    for (int k = 0; k < RPI_PLACES && status == RP_OK; k++) {
        rpi_place place;
        if (!(mask & 1u << k)) continue;
        memcpy(&place, from, sizeof place);
        from += sizeof place;
        bool is_results = k == RP_MAX_ARGUMENTS;
        status = is_results ? take_results(&place, count, batch, may_write, held) : take_column(&place, k, count, batch, may_write, held);
    }
    return status;
}

rp_status rpi_places_unpack(char *from, size_t size, unsigned mask, uint64_t count, rpi_batch *batch, void *tables, bool may_write,
                            rpi_held *held)
{
    size_t places_size = (size_t)__builtin_popcount(mask) * sizeof(rpi_place);
    held->n = 0;
    if (mask >= 1u << RPI_PLACES || places_size > size) return RP_USAGE;
    rp_status status = mask ? take_places(from, mask, count, batch, may_write, held) : RP_OK;
    if (status == RP_OK && !rpi_unpack_items(from + places_size, size - places_size, count, batch, tables, mask)) status = RP_USAGE;
    if (status != RP_OK) rpi_held_release(held);
    return status;
}

void rpi_held_release(rpi_held *held)
{
    for (unsigned i = 0; i < held->n; i++) rpi_regions_release(held->regions[i]);
    held->n = 0;
}
