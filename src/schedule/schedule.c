/* schedule.c: see schedule.h, which has the formulas and where they come from. */
#include "schedule/schedule.h"

#include <math.h>

static uint64_t ceil_div(uint64_t a, uint64_t b) { return a / b + (a % b != 0); }

/* Chunk k starts at about k f - d k (k - 1) / 2; solved for k at this position. */
static uint64_t trapezoid_size(uint64_t n_items, uint64_t n_workers, uint64_t position)
{
    double first = (double)ceil_div(n_items, 2 * n_workers);
    double n_chunks = ceil(2 * (double)n_items / (first + 1));
    if (n_chunks < 2) return (uint64_t)first;
    double decrement = (first - 1) / (n_chunks - 1);
    if (decrement <= 0) return 1;
    double b = first + decrement / 2;
    double discriminant = b * b - 2 * decrement * (double)position;
    if (discriminant <= 0) return 1;
    double k = floor((b - sqrt(discriminant)) / decrement + 0.5);
    double size = floor(first - k * decrement);
    return size < 1 ? 1 : (uint64_t)size;
}

static uint64_t factoring_size(uint64_t n_items, uint64_t n_workers, uint64_t position)
{
    uint64_t begin = 0, left = n_items;
    for (;;) {
        uint64_t chunk = ceil_div(left, 2 * n_workers);
        uint64_t round = chunk > left / n_workers ? left : chunk * n_workers;
        if (position < begin + round) return chunk;
        begin += round;
        left -= round;
    }
}

static uint64_t mfsc_size(uint64_t n_items, uint64_t n_workers)
{
    double share = (double)ceil_div(n_items, n_workers);
    return share < 2 ? 1 : (uint64_t)(share / log2(share) + 0.5);
}

static uint64_t auto_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    uint64_t reach = position / schedule->n_workers;
    uint64_t left = schedule->n_items - position,
             taper = schedule->n_workers > 1 ? ceil_div(left, 2 * (uint64_t)schedule->n_workers) : left;
    uint64_t most = reach < taper ? reach : taper;
    if (item_s <= 0 || most <= 1) return 1;
    double wanted = schedule->target_s / item_s, plenty = (double)left / (8.0 * schedule->n_workers);
    if (schedule->short_s > 0 && schedule->n_workers > 1 && wanted > plenty) wanted = fmax(plenty, schedule->short_s / item_s);
    return wanted >= (double)most ? most : (wanted < 1 ? 1 : (uint64_t)wanted);
}

uint64_t rpi_schedule_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    uint64_t n = schedule->n_items, workers = schedule->n_workers, size = 1;
    if (position >= n) return 0;
    switch (schedule->kind) {
    case RP_SCHEDULE_STATIC: size = ceil_div(n, workers); break;
    case RP_SCHEDULE_FIXED: size = schedule->chunk; break;
    case RP_SCHEDULE_GUIDED: size = ceil_div(n - position, workers); break;
    case RP_SCHEDULE_TRAPEZOID: size = trapezoid_size(n, workers, position); break;
    case RP_SCHEDULE_MFSC: size = mfsc_size(n, workers); break;
    case RP_SCHEDULE_AWF_B:
    case RP_SCHEDULE_AWF_C:
    case RP_SCHEDULE_AWF_D:
    case RP_SCHEDULE_AWF_E:
    case RP_SCHEDULE_AF:
    case RP_SCHEDULE_FACTORING: size = factoring_size(n, workers, position); break;
    case RP_SCHEDULE_AUTO: size = auto_size(schedule, position, item_s); break;
    }
    if (size < 1) size = 1;
    return size < n - position ? size : n - position;
}

uint64_t rpi_schedule_split(uint64_t n_items, uint64_t index, uint64_t count)
{
    uint64_t each = n_items / count, rest = n_items % count;
    return index * each + (index < rest ? index : rest);
}

void rpi_schedule_choose(rp_schedule kind, uint64_t chunk, rp_schedule *kind_out, uint64_t *chunk_out)
{
    *kind_out = kind == RP_SCHEDULE_AUTO && chunk > 0 ? RP_SCHEDULE_FIXED : kind;
    *chunk_out = chunk > 0 ? chunk : 1;
}
