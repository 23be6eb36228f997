/*
 * huge.c: what an int can't count, over one executor: an item and a result of 2 GiB and a byte, and more items in one call than an MPI
 * tag can number. It is a program of its own, as it needs gigabytes. Without them it says so and exits with 77.
 *
 *     huge EXECUTOR THREADS item|result|items
 */
#include <rankpool/rankpool.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SKIPPED = 77, PIECE = 64 << 20 };

static const size_t large_size = ((size_t)2 << 30) + 1;
static const uint64_t many = ((uint64_t)1 << 31) + 12345;

static void sleep_for(double seconds)
{
    struct timespec left = {.tv_nsec = (long)(seconds * 1e9)};
    while (nanosleep(&left, &left) != 0) continue;
}

static bool failed(const rp_error *error)
{
    fprintf(stderr, "%s\n", rp_error_text(error));
    return false;
}

/* ---- one item of 2 GiB and a byte; the one before it keeps rank 0 busy, so that another rank gets it ---- */

typedef struct sight {
    uint64_t size;
    int32_t rank;
    unsigned char first, middle, last;
} sight;

static sight look(rp_bytes bytes)
{
    const unsigned char *at = bytes.data;
    if (bytes.size < large_size) sleep_for(0.5);
    return (sight){bytes.size, rp_rank(), at[0], at[bytes.size / 2], at[bytes.size - 1]};
}
RP_TASK(look, sight, rp_bytes)

static bool check_sights(const sight *sights, int remote)
{
    const sight *large = &sights[1];
    fprintf(stderr, "%" PRIu64 " bytes were seen on rank %d\n", large->size, large->rank);
    if (sights[0].size != 1 || sights[0].first != 9) return false;
    return large->size == large_size && large->first == 1 && large->middle == 2 && large->last == 3 && large->rank == remote;
}

/* Where the second item runs. */
static int second_rank(rp_pool *pool)
{
    rp_pool_info info;
    rp_pool_get_info(pool, &info);
    return info.ranks > 1 ? 1 : 0;
}

static bool take_large_item(rp_pool *pool)
{
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    sight sights[2] = {{0}};
    unsigned char small = 9, *large = calloc(large_size, 1);
    if (!large) return false;
    large[0] = 1;
    large[large_size / 2] = 2;
    large[large_size - 1] = 3;
    rp_bytes items[2] = {{&small, 1}, {large, large_size}};
    bool well = rp_map(pool, look_task, sights, 2, RP_COLUMN(items), &options, &error) == RP_OK || failed(&error);
    free(large);
    return well && check_sights(sights, second_rank(pool));
}

/* The rank first, then pieces, each filled with its number. */
static void give(uint64_t size)
{
    unsigned char rank = (unsigned char)rp_rank(), *piece = malloc(PIECE);
    rp_emit(&rank, 1);
    if (!piece) rp_fail(1, "no memory for a piece");
    for (uint64_t at = 1; piece && at < size; at += PIECE) {
        size_t left = size - at < PIECE ? (size_t)(size - at) : PIECE;
        memset(piece, (int)(at / PIECE), left);
        rp_emit(piece, left);
    }
    free(piece);
    if (size == 1) sleep_for(0.5);
}
RP_TASK_EMIT(give, uint64_t)

static bool check_results(const rp_bytes *results, int remote)
{
    const unsigned char *at = results[1].data;
    if (results[0].size != 1 || results[1].size != large_size) return false;
    fprintf(stderr, "%zu bytes came from rank %d\n", results[1].size, at[0]);
    for (size_t k = 1; k < large_size; k += PIECE / 2)
        if (at[k] != (unsigned char)((k - 1) / PIECE)) return false;
    return at[0] == remote && at[large_size - 1] == (large_size - 2) / PIECE;
}

static bool bring_large_result(rp_pool *pool)
{
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    rp_bytes results[2] = {{NULL, 0}};
    uint64_t sizes[2] = {1, large_size};
    bool well = rp_map(pool, give_task, results, 2, RP_COLUMN(sizes), &options, &error) == RP_OK || failed(&error);
    well = well && check_results(results, second_rank(pool));
    rp_bytes_free(results, 2);
    return well;
}

/* ---- more items than an int counts ---- */

static uint8_t mark(int64_t x) { return (uint8_t)(x ^ (x >> 11) ^ (x >> 27)); }

static void mark_all(size_t n, uint8_t *marks, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) marks[i] = mark(x[i]);
}
RP_TASK_RANGE(mark_all, uint8_t, int64_t)

static bool run_many_items(rp_pool *pool)
{
    rp_error error = {0};
    uint64_t n_wrong = 0;
    uint8_t *marks = malloc(many);
    if (!marks) return false;
    bool well = rp_map(pool, mark_all_task, marks, many, RP_RANGE(0, 1), NULL, &error) == RP_OK || failed(&error);
    for (uint64_t i = 0; well && i < many; i++) n_wrong += marks[i] != mark((int64_t)i);
    free(marks);
    fprintf(stderr, "%" PRIu64 " items, of which %" PRIu64 " are wrong\n", many, n_wrong);
    return well && n_wrong == 0;
}

/* ---- the program ---- */

typedef struct work {
    const char *name;
    bool (*run)(rp_pool *pool);
    uint64_t needs_alone, needs_ranks; /* MiB at the peak, with a reserve */
} work;

static const work works[] = {
    {"item", take_large_item, 3000, 8000},
    {"result", bring_large_result, 5500, 8000},
    {"items", run_many_items, 3000, 4000},
};

static uint64_t available_mib(void)
{
    FILE *file = fopen("/proc/meminfo", "r");
    char line[128];
    unsigned long long kib = 0;
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1) break;
    if (file) (void)fclose(file);
    return kib >> 10;
}

static int run_work(const work *chosen, const rp_pool_options *options)
{
    uint64_t needed = rp_main_ranks() > 1 ? chosen->needs_ranks : chosen->needs_alone, there = available_mib();
    if (there < needed) {
        fprintf(stderr, "huge: skipped: needs %" PRIu64 " MiB of memory, %" PRIu64 " are available\n", needed, there);
        return SKIPPED;
    }
    rp_pool *pool = NULL;
    rp_error error = {0};
    if (rp_pool_open(options, &pool, &error) != RP_OK) return !failed(&error);
    bool well = chosen->run(pool);
    rp_pool_free(pool);
    if (!well) fprintf(stderr, "huge: %s: wrong\n", chosen->name);
    return well ? 0 : RP_EXIT_FAILED;
}

static int client(rp_pool *none, int argc, char **argv)
{
    (void)none;
    rp_pool_options options = {0};
    rp_error error = {0};
    bool well = argc == 4 && rp_pool_options_set(&options, "executor", argv[1], &error) == RP_OK &&
                rp_pool_options_set(&options, "threads", argv[2], &error) == RP_OK;
    for (size_t k = 0; well && k < sizeof works / sizeof works[0]; k++)
        if (!strcmp(works[k].name, argv[3])) return run_work(&works[k], &options);
    fprintf(stderr, "usage: %s EXECUTOR THREADS item|result|items: %s\n", argv[0], rp_error_text(&error));
    return RP_EXIT_USAGE;
}

int main(int argc, char **argv) { return rp_main_bare(argc, argv, client); }
