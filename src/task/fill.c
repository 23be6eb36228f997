/*
 * fill.c: see fill.h. A loop over single numbers has a conversion or a product for each of them, and takes as long as a short kernel. So
 * these have four vectors, which don't wait for each other, and one addition for each. The vectors are explicit: at -O2 compilers make none
 * of such loops, and gcc 12 made wrong ones of eight integers that are counted up side by side.
 */
#include "task/fill.h"

#include <float.h>
#include <stdbool.h>
#include <string.h>

static const uint64_t most_exact = UINT64_C(1) << DBL_MANT_DIG;

static inline int64_t number_at(int64_t first, int64_t step, uint64_t k) { return (int64_t)((uint64_t)first + k * (uint64_t)step); }

/* In float and double all additions whose sums are written are exact: a whole round of steps is at most the distance of the two ends then.
 */
#define DEFINE_FILL(name, T)                                                                                                               \
    static void name(int64_t first, int64_t step, size_t n, void *to)                                                                      \
    {                                                                                                                                      \
        typedef T packed __attribute__((vector_size(16)));                                                                                 \
        enum { EACH = sizeof(packed) / sizeof(T), ROUND = 4 * EACH };                                                                      \
        T lanes[ROUND], *at = (T *)to, stride = (T)number_at(0, step, ROUND);                                                              \
        packed a, b, c, d;                                                                                                                 \
        for (size_t k = 0; k < ROUND; k++) lanes[k] = (T)number_at(first, step, k);                                                        \
        memcpy(&a, lanes, sizeof a), memcpy(&b, lanes + EACH, sizeof b);                                                                   \
        memcpy(&c, lanes + 2 * EACH, sizeof c), memcpy(&d, lanes + 3 * EACH, sizeof d);                                                    \
        for (; n >= ROUND; n -= ROUND, at += ROUND) {                                                                                      \
            memcpy(at, &a, sizeof a), memcpy(at + EACH, &b, sizeof b);                                                                     \
            memcpy(at + 2 * EACH, &c, sizeof c), memcpy(at + 3 * EACH, &d, sizeof d);                                                      \
            a += stride, b += stride, c += stride, d += stride;                                                                            \
        }                                                                                                                                  \
        memcpy(lanes, &a, sizeof a), memcpy(lanes + EACH, &b, sizeof b);                                                                   \
        memcpy(lanes + 2 * EACH, &c, sizeof c), memcpy(lanes + 3 * EACH, &d, sizeof d);                                                    \
        memcpy(at, lanes, n * sizeof(T));                                                                                                  \
    }

DEFINE_FILL(fill_8, uint8_t)
DEFINE_FILL(fill_16, uint16_t)
DEFINE_FILL(fill_32, uint32_t)
DEFINE_FILL(fill_64, uint64_t)
DEFINE_FILL(fill_float, float)
DEFINE_FILL(fill_double, double)

static void fill_bool(int64_t first, int64_t step, size_t n, void *to)
{
    for (size_t k = 0; k < n; k++) ((bool *)to)[k] = number_at(first, step, k) != 0;
}

void rpi_fill_integers(rp_type type, int64_t first, int64_t step, size_t n, void *to)
{
    static void (*const fills[])(int64_t, int64_t, size_t, void *) = {
        [RP_TYPE_BOOL] = fill_bool, [RP_TYPE_INT8] = fill_8,      [RP_TYPE_INT16] = fill_16,     [RP_TYPE_INT32] = fill_32,
        [RP_TYPE_INT64] = fill_64,  [RP_TYPE_UINT8] = fill_8,     [RP_TYPE_UINT16] = fill_16,    [RP_TYPE_UINT32] = fill_32,
        [RP_TYPE_UINT64] = fill_64, [RP_TYPE_FLOAT] = fill_float, [RP_TYPE_DOUBLE] = fill_double};
    fills[type](first, step, n, to);
}

/* Whether vectors give the same bits: the numbers k are exact, and a product isn't kept with more digits than a double has. */
static bool has_same_bits(uint64_t first, size_t n) { return FLT_EVAL_METHOD == 0 && first < most_exact && n < most_exact - first; }

void rpi_fill_spaced(double start, double step, uint64_t first, size_t n, double *to)
{
    typedef double packed __attribute__((vector_size(16)));
    double k = (double)first;
    packed a = {k, k + 1}, b = a + 2, c = a + 4, d = a + 6;
    size_t i = 0, end = has_same_bits(first, n) ? n : 0;
    for (; end - i >= 8; i += 8) {
        packed at[] = {start + a * step, start + b * step, start + c * step, start + d * step};
        memcpy(to + i, at, sizeof at);
        a += 8, b += 8, c += 8, d += 8;
    }
    for (; i < n; i++) to[i] = start + (double)(first + i) * step;
}
