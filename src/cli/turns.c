/* turns.c: see turns.h. */
#include "turns.h"

size_t turns_whose(size_t k, size_t n, size_t *round)
{
    *round = k / n;
    return *round == 0 ? k : (k % n + *round - 1) % n;
}

/* While some haven't had a run yet, each is taken to last as long as the mean. */
double turns_left_s(size_t k, size_t n, size_t all, const double *last_s, double elapsed_s)
{
    double round_s = 0, part_s = 0;
    size_t left = all - k, round;
    if (k < n) return elapsed_s / (double)k * (double)left;
    for (size_t i = 0; i < n; i++) round_s += last_s[i];
    for (size_t i = 0; i < left % n; i++) part_s += last_s[turns_whose(k + i, n, &round)];
    return (double)(left / n) * round_s + part_s;
}
