/* statistics.c: see statistics.h. Sums are computed in two passes, so that nearly equal times lose no digits. */
#include "statistics.h"

#include <math.h>
#include <stdlib.h>

/* Exact distributions up to here, the normal one beyond. */
enum { MOST_EXACT = 1000, MOST_EXACT_PAIRS = 400 };

static const double one_tail = 0.025, normal_quantile = 1.959963984540054; /* of two tails of 2.5 % each */
static const double noise = 0.01, near_median = 0.02, fence = 1.5;

statistics statistics_of(const double *values, int n)
{
    double sum = 0.0, squares = 0.0, minimum = values[0];
    for (int i = 0; i < n; i++) {
        sum += values[i];
        minimum = fmin(minimum, values[i]);
    }
    double mean = sum / n;
    for (int i = 0; i < n; i++) squares += (values[i] - mean) * (values[i] - mean);
    return (statistics){mean, n > 1 ? sqrt(squares / (n - 1)) : 0.0, minimum};
}

/* ---- one sample ---- */

static int by_value(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

void spread_sort(double *values, size_t n) { qsort(values, n, sizeof *values, by_value); }

static double median_of(const double *sorted, size_t n) { return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2; }

/* Of n throws of a coin, up to k heads come with less than 2.5 %: so many values may lie beyond each end. */
size_t spread_place(size_t n)
{
    double probability = 0.0, total = (double)n;
    if (n > MOST_EXACT) return (size_t)floor(total / 2 - normal_quantile * sqrt(total) / 2);
    for (size_t k = 0;; k++) {
        double heads = (double)k;
        probability += exp(lgamma(total + 1) - lgamma(heads + 1) - lgamma(total - heads + 1) - total * log(2.0));
        if (probability > one_tail) return k;
    }
}

spread spread_of(const double *sorted, size_t n)
{
    size_t place = spread_place(n), first = place > 0 ? place - 1 : 0;
    return (spread){median_of(sorted, n), sorted[first], sorted[n - 1 - first], sorted[0], sorted[n - 1]};
}

/* Between two values in proportion, as most programs define quartiles. */
static double quantile(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t below = (size_t)at, above = below + 1 < n ? below + 1 : below;
    return sorted[below] + (at - (double)below) * (sorted[above] - sorted[below]);
}

static double ratio_to(double value, double median) { return value > median ? value / median : median / value; }

size_t spread_outliers(const double *sorted, size_t n, double *farthest)
{
    size_t found = 0;
    double low = quantile(sorted, n, 0.25), high = quantile(sorted, n, 0.75), median = median_of(sorted, n);
    double reach = fence * (high - low), worst = 1.0;
    for (size_t i = 0; i < n; i++) {
        int is_beyond = sorted[i] < low - reach || sorted[i] > high + reach;
        if (!is_beyond || fabs(sorted[i] - median) <= near_median * median) continue;
        found++;
        if (ratio_to(sorted[i], median) <= worst) continue;
        worst = ratio_to(sorted[i], median);
        *farthest = sorted[i];
    }
    return found;
}

/* ---- two samples ---- */

/* The number of orders of two samples in which u pairs contradict has this generating function: the product over i of
 * (1 - q^(m+i)) / (1 - q^i). All counts are exact in a double. Returns the number of all orders. */
static double count_orders(size_t n, size_t m, double counts[MOST_EXACT_PAIRS + 1])
{
    size_t most = n * m;
    double all = 0.0;
    for (size_t u = 0; u <= most; u++) counts[u] = u == 0;
    for (size_t i = 1; i <= n; i++) {
        for (size_t u = most; u >= m + i; u--) counts[u] -= counts[u - m - i];
        for (size_t u = i; u <= most; u++) counts[u] += counts[u - i];
    }
    for (size_t u = 0; u <= most; u++) all += counts[u];
    return all;
}

long spread_most_contradictions(size_t n, size_t m)
{
    double counts[MOST_EXACT_PAIRS + 1], sum = 0.0, pairs = (double)n * (double)m;
    if (pairs > MOST_EXACT_PAIRS) return (long)floor(pairs / 2 - 0.5 - normal_quantile * sqrt(pairs * ((double)n + (double)m + 1) / 12));
    double all = count_orders(n, m, counts);
    for (size_t u = 0;; u++) {
        sum += counts[u];
        if (sum > one_tail * all) return (long)u - 1;
    }
}

int spread_is_slower(const double *slow, size_t n_slow, const double *fast, size_t n_fast)
{
    double contradictions = 0.0;
    if (n_slow == 0 || n_fast == 0 || median_of(slow, n_slow) < (1 + noise) * median_of(fast, n_fast)) return 0;
    for (size_t i = 0, k = 0; i < n_slow; i++) { /* k: how many of `fast` are below slow[i] */
        while (k < n_fast && fast[k] < slow[i]) k++;
        contradictions += (double)(n_fast - k);
    }
    return contradictions <= (double)spread_most_contradictions(n_slow, n_fast);
}

/* ---- many samples ---- */

/* The one of least median that has no place yet; n: there is none. */
static size_t find_best(const spread_series *series, size_t n, const int *places)
{
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
        if (places[i] || series[i].n == 0) continue;
        if (best == n || median_of(series[i].sorted, series[i].n) < median_of(series[best].sorted, series[best].n)) best = i;
    }
    return best;
}

void spread_places(const spread_series *series, size_t n, int *places)
{
    size_t best;
    for (size_t i = 0; i < n; i++) places[i] = 0;
    for (size_t i = 0; i < n; i++)
        if (series[i].n > 0 && series[i].n < STATISTICS_LEAST_RUNS) return;
    for (int placed = 0, place; (best = find_best(series, n, places)) < n;) {
        place = placed + 1;
        for (size_t i = 0; i < n; i++) {
            if (places[i] || series[i].n == 0) continue;
            if (spread_is_slower(series[i].sorted, series[i].n, series[best].sorted, series[best].n)) continue;
            places[i] = place;
            placed++;
        }
    }
}
