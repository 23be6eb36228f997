/* ready_folds.c: see ready_folds.h. */
#include "task/ready_folds.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* ---- sums ---- */

static void fold_sum_double(void *to, int begins, const void *results, size_t n, uint64_t first)
{
    const double *result = results;
    double sum = begins ? result[0] : *(const double *)to;
    (void)first;
    for (size_t i = begins ? 1 : 0; i < n; i++) sum += result[i];
    *(double *)to = sum;
}

static double add(double a, double b) { return a + b; }

/* clang-format off */
RPI__DEFINE_TREE(tree_sum_double, add, double)
/* clang-format on */

static void merge_sum_double(void *left, const void *right) { *(double *)left += *(const double *)right; }

/* A sum of 128 bits, so that parts may be larger than the whole. */
typedef struct wide {
    uint64_t low, high;
} wide;

static void add_wide(wide *to, wide number)
{
    to->low += number.low;
    to->high += number.high + (to->low < number.low);
}

static void fold_sum_int64(void *to, int begins, const void *results, size_t n, uint64_t first)
{
    const int64_t *result = results;
    wide sum = begins ? (wide){0, 0} : *(const wide *)to;
    (void)first;
    for (size_t i = 0; i < n; i++) add_wide(&sum, (wide){(uint64_t)result[i], result[i] < 0 ? UINT64_MAX : 0});
    *(wide *)to = sum;
}

static void merge_sum_int64(void *left, const void *right) { add_wide(left, *(const wide *)right); }

static const char *end_sum_int64(const void *accumulator, void *given)
{
    const wide *sum = accumulator;
    bool is_negative = sum->low >> 63;
    if (sum->high != (is_negative ? UINT64_MAX : 0)) return "the sum doesn't fit into an int64_t";
    memcpy(given, &sum->low, sizeof sum->low);
    return NULL;
}

/* ---- extremes: `is_better` never holds for equal numbers, so the first one stays ---- */

static bool is_less(double a, double b) { return !isnan(b) && (isnan(a) || a < b); }
static bool is_more(double a, double b) { return !isnan(b) && (isnan(a) || a > b); }

/* In any order the right one may have come first. */
static void merge_extreme_double(rp_indexed_double *left, const rp_indexed_double *right, bool (*is_better)(double, double))
{
    bool is_equal = !is_better(right->value, left->value) && !is_better(left->value, right->value);
    if (is_better(right->value, left->value) || (is_equal && right->index < left->index)) *left = *right;
}

static void fold_extreme_double(rp_indexed_double *to, int begins, const double *result, size_t n, uint64_t first,
                                bool (*is_better)(double, double))
{
    rp_indexed_double best = {result[0], first};
    for (size_t i = 1; i < n; i++)
        if (is_better(result[i], best.value)) best = (rp_indexed_double){result[i], first + i};
    if (begins) *to = best;
    else merge_extreme_double(to, &best, is_better);
}

static void fold_min_double(void *to, int begins, const void *results, size_t n, uint64_t first)
{
    fold_extreme_double(to, begins, results, n, first, is_less);
}
static void merge_min_double(void *left, const void *right) { merge_extreme_double(left, right, is_less); }
static void fold_max_double(void *to, int begins, const void *results, size_t n, uint64_t first)
{
    fold_extreme_double(to, begins, results, n, first, is_more);
}
static void merge_max_double(void *left, const void *right) { merge_extreme_double(left, right, is_more); }

static void merge_extreme_int64(rp_indexed_int64 *left, const rp_indexed_int64 *right, bool wants_less)
{
    bool is_better = wants_less ? right->value < left->value : right->value > left->value;
    if (is_better || (right->value == left->value && right->index < left->index)) *left = *right;
}

static void fold_extreme_int64(rp_indexed_int64 *to, int begins, const int64_t *result, size_t n, uint64_t first, bool wants_less)
{
    rp_indexed_int64 best = {result[0], first};
    for (size_t i = 1; i < n; i++)
        if (wants_less ? result[i] < best.value : result[i] > best.value) best = (rp_indexed_int64){result[i], first + i};
    if (begins) *to = best;
    else merge_extreme_int64(to, &best, wants_less);
}

static void fold_min_int64(void *to, int begins, const void *results, size_t n, uint64_t first)
{
    fold_extreme_int64(to, begins, results, n, first, true);
}
static void merge_min_int64(void *left, const void *right) { merge_extreme_int64(left, right, true); }
static void fold_max_int64(void *to, int begins, const void *results, size_t n, uint64_t first)
{
    fold_extreme_int64(to, begins, results, n, first, false);
}
static void merge_max_int64(void *left, const void *right) { merge_extreme_int64(left, right, false); }

/* ---- moments: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979). The sums of
 * squares themselves would cancel where the mean is far from 0. ---- */

static void merge_moments(void *left, const void *right)
{
    rp_moments *to = left;
    const rp_moments *from = right;
    if (from->count == 0) return;
    double n = (double)to->count, m = (double)from->count, distance = from->mean - to->mean;
    to->count += from->count;
    to->mean += distance * (m / (n + m));
    to->m2 += from->m2 + distance * distance * (n * m / (n + m));
}

static void fold_moments(void *to, int begins, const void *results, size_t n, uint64_t first)
{
    const double *result = results;
    (void)first;
    if (begins) *(rp_moments *)to = (rp_moments){0, 0, 0};
    for (size_t i = 0; i < n; i++) merge_moments(to, &(rp_moments){1, result[i], 0});
}

double rp_variance(const rp_moments *moments) { return moments && moments->count > 1 ? moments->m2 / (double)(moments->count - 1) : NAN; }

static void fold_count(void *to, int begins, const void *results, size_t n, uint64_t first)
{
    (void)results, (void)first;
    *(uint64_t *)to = (begins ? 0 : *(const uint64_t *)to) + n;
}

static void merge_count(void *left, const void *right) { *(uint64_t *)left += *(const uint64_t *)right; }

/* ---- the table ---- */

#define READY(name, result_type, T, type, given, accumulator, flags, fold, merge, end, tree)                                               \
    const rp_fold name[1] = {{#name, result_type, type, sizeof(T), sizeof(given), sizeof(accumulator), flags, fold, merge, end, tree}}

READY(rp_sum_double, RP_TYPE_DOUBLE, double, RP_TYPE_DOUBLE, double, double, RP_FOLD_HAS_TREE, fold_sum_double, merge_sum_double, NULL,
      tree_sum_double);
READY(rp_sum_int64, RP_TYPE_INT64, int64_t, RP_TYPE_INT64, int64_t, wide, 0, fold_sum_int64, merge_sum_int64, end_sum_int64, NULL);
READY(rp_min_double, RP_TYPE_DOUBLE, double, RP_TYPE_RECORD, rp_indexed_double, rp_indexed_double, 0, fold_min_double, merge_min_double,
      NULL, NULL);
READY(rp_max_double, RP_TYPE_DOUBLE, double, RP_TYPE_RECORD, rp_indexed_double, rp_indexed_double, 0, fold_max_double, merge_max_double,
      NULL, NULL);
READY(rp_min_int64, RP_TYPE_INT64, int64_t, RP_TYPE_RECORD, rp_indexed_int64, rp_indexed_int64, 0, fold_min_int64, merge_min_int64, NULL,
      NULL);
READY(rp_max_int64, RP_TYPE_INT64, int64_t, RP_TYPE_RECORD, rp_indexed_int64, rp_indexed_int64, 0, fold_max_int64, merge_max_int64, NULL,
      NULL);
READY(rp_moments_double, RP_TYPE_DOUBLE, double, RP_TYPE_RECORD, rp_moments, rp_moments, 0, fold_moments, merge_moments, NULL, NULL);
READY(rp_count, RP_TYPE_VOID, char, RP_TYPE_UINT64, uint64_t, uint64_t, 0, fold_count, merge_count, NULL, NULL);

/* Linkers may give a program copies of the arrays above, and in the library too their names then mean these. This one is never copied. */
static const rp_fold own_sum_double = {.name = "rp_sum_double",
                                       .result_type = RP_TYPE_DOUBLE,
                                       .type = RP_TYPE_DOUBLE,
                                       .result_size = sizeof(double),
                                       .size = sizeof(double),
                                       .accumulator_size = sizeof(double),
                                       .flags = RP_FOLD_HAS_TREE,
                                       .fold = fold_sum_double,
                                       .merge = merge_sum_double,
                                       .fold_tree = tree_sum_double};

const rp_fold *rpi_ready_fold_whole(const rp_fold *fold) { return fold && fold->fold == fold_sum_double ? &own_sum_double : fold; }

const rp_fold *rpi_ready_fold(const char *name)
{
    static const rp_fold *const ready[] = {rp_sum_double, rp_sum_int64, rp_min_double,     rp_max_double,
                                           rp_min_int64,  rp_max_int64, rp_moments_double, rp_count};
    for (size_t k = 0; k < sizeof ready / sizeof ready[0]; k++)
        if (!strcmp(ready[k]->name, name)) return ready[k];
    return NULL;
}
