/* schedule.c: see schedule.h, which has the formulas and where they come from. */
#include "schedule/schedule.h"

#include <math.h>

static uint64_t ceil_div(uint64_t a, uint64_t b) { return a / b + (a % b != 0); }

static uint64_t one(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    (void)schedule, (void)position, (void)item_s;
    return 1;
}

static uint64_t static_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    (void)position, (void)item_s;
    return ceil_div(schedule->n_items, schedule->n_workers);
}

static uint64_t fixed_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    (void)position, (void)item_s;
    return schedule->chunk;
}

static uint64_t guided_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    (void)item_s;
    return ceil_div(schedule->n_items - position, schedule->n_workers);
}

/* Chunk k starts at about k f - d k (k - 1) / 2; this is solved for k at this position. */
static uint64_t trapezoid_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    (void)item_s;
    double first = (double)ceil_div(schedule->n_items, 2 * (uint64_t)schedule->n_workers);
    double n_chunks = ceil(2 * (double)schedule->n_items / (first + 1));
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

static uint64_t factoring_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    (void)item_s;
    uint64_t begin = 0, left = schedule->n_items, n_workers = schedule->n_workers;
    for (;;) {
        uint64_t chunk = ceil_div(left, 2 * n_workers);
        uint64_t round = chunk > left / n_workers ? left : chunk * n_workers;
        if (position < begin + round) return chunk;
        begin += round;
        left -= round;
    }
}

static uint64_t mfsc_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    (void)position, (void)item_s;
    double share = (double)ceil_div(schedule->n_items, schedule->n_workers);
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

static const rpi_schedule_kind rows[] = {
    {{RP_SCHEDULE_AUTO, "auto", "so many that a chunk takes much longer than handing it out, fewer towards the end"},
     auto_size,
     RPI_BY_TIME},
    {{RP_SCHEDULE_STATIC, "static", "an even share for each worker, once"}, static_size, RPI_EVEN_SHARES},
    {{RP_SCHEDULE_FIXED, "fixed", "as many as the chunk size says"}, fixed_size, RPI_GIVEN_SIZE},
    {{RP_SCHEDULE_GUIDED, "guided", "each time a worker's share of what is left"}, guided_size, 0},
    {{RP_SCHEDULE_TRAPEZOID, "trapezoid", "from half a worker's share down to 1 in equal steps"}, trapezoid_size, 0},
    {{RP_SCHEDULE_FACTORING, "factoring", "half of what is left as one chunk for each worker, then again"}, factoring_size, 0},
    {{RP_SCHEDULE_MFSC, "mfsc", "as many chunks as factoring makes, all of one size"}, mfsc_size, 0},
    {{RP_SCHEDULE_AWF_B, "awf-b", "factoring, weighted by each worker's speed as of the last batch"},
     factoring_size,
     RPI_BY_RATES | RPI_BY_BATCH},
    {{RP_SCHEDULE_AWF_C, "awf-c", "factoring, weighted by each worker's speed as of each chunk"}, factoring_size, RPI_BY_RATES},
    {{RP_SCHEDULE_AWF_D, "awf-d", "as awf-b, but messages count in the speed"},
     factoring_size,
     RPI_BY_RATES | RPI_BY_BATCH | RPI_COUNTS_OVERHEAD},
    {{RP_SCHEDULE_AWF_E, "awf-e", "as awf-c, but messages count in the speed"}, factoring_size, RPI_BY_RATES | RPI_COUNTS_OVERHEAD},
    {{RP_SCHEDULE_AF, "af", "from the mean and the variance of each worker's items"}, factoring_size, RPI_BY_RATES | RPI_BY_VARIANCE},
};

const rpi_names rpi_schedule_names = RPI_NAMES("rp_schedule", rows);

const rpi_schedule_kind *rpi_schedule_find(rp_schedule kind)
{
    static const rpi_schedule_kind unknown = {{-1, "unknown", ""}, one, 0};
    const rp_name *row = rpi_names_of_value(&rpi_schedule_names, (int)kind);
    return row ? (const rpi_schedule_kind *)(const void *)row : &unknown;
}

const char *rp_schedule_name(rp_schedule schedule) { return rpi_schedule_find(schedule)->is.name; }

uint64_t rpi_schedule_size(const rpi_schedule *schedule, uint64_t position, double item_s)
{
    uint64_t n = schedule->n_items;
    if (position >= n) return 0;
    uint64_t size = rpi_schedule_find(schedule->kind)->size(schedule, position, item_s);
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
