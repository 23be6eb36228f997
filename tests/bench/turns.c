/* turns.c: see turns.h. */
#include "turns.h"

#include "rounds.h"

#include <stdint.h>

enum { N_TRIES = 20, TURNS_OF_TRY = 100 * 1000 };

double bench_turns(double n_turns)
{
    uint64_t value = 1;
    for (int64_t left = (int64_t)n_turns; left > 0; left--) value = value * UINT64_C(6364136223846793005) + 1;
    return (double)(value >> 11) * 0x1p-53;
}

double bench_turns_per_us(void)
{
    double least_s = 1;
    for (int i = 0; i < N_TRIES; i++) {
        double start_s = bench_now_s();
        volatile double value = bench_turns(TURNS_OF_TRY);
        (void)value;
        double taken_s = bench_now_s() - start_s;
        if (taken_s < least_s) least_s = taken_s;
    }
    return TURNS_OF_TRY / (least_s * 1e6);
}
