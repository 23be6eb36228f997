/*
 * statistics.c: folds results without keeping them: a mean, the largest with its index, and a histogram, over ten million samples.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

static const uint64_t n_samples = 10000000;

/* A number from 0 to below 1 for each index. */
static void sample(size_t n, double *result, const int64_t *index)
{
    for (size_t i = 0; i < n; i++) result[i] = (double)((uint64_t)index[i] * 0x9e3779b97f4a7c15u >> 11) * 0x1p-53;
}
RP_TASK_RANGE(sample, double, int64_t)

/* An accumulator of a fixed size: how it begins, takes a result in, and takes in what was gathered of later items. */
typedef struct histogram {
    uint64_t count[4];
} histogram;

static void quarters_begin(histogram *all) { *all = (histogram){{0}}; }
static void quarters_add(histogram *all, const double *result) { all->count[(int)(*result * 4)]++; }
static void quarters_merge(histogram *left, const histogram *right)
{
    for (int i = 0; i < 4; i++) left->count[i] += right->count[i];
}
RP_FOLD(quarters, histogram, double)

/* An associative function of two. */
static double smaller(double a, double b) { return a < b ? a : b; }
RP_COMBINE(smaller, double)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    rp_columns items = RP_COLUMNS(RP_RANGE(0, 1));
    rp_moments moments;
    rp_indexed_double largest;
    double smallest;
    histogram all;
    rp_error error;
    if (rp_reduce(pool, sample_task, rp_moments_double, &moments, n_samples, items, NULL, &error) != RP_OK ||
        rp_reduce(pool, sample_task, rp_max_double, &largest, n_samples, items, NULL, &error) != RP_OK ||
        rp_reduce(pool, sample_task, smaller_fold, &smallest, n_samples, items, NULL, &error) != RP_OK ||
        rp_reduce(pool, sample_task, quarters_fold, &all, n_samples, items, NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    printf("mean %.6f, variance %.6f\n", moments.mean, rp_variance(&moments));
    printf("from %.9f to %.9f at %llu\n", smallest, largest.value, (unsigned long long)largest.index);
    for (int i = 0; i < 4; i++) printf("quarter %d: %llu\n", i + 1, (unsigned long long)all.count[i]);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
