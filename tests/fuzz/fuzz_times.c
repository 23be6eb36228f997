/* fuzz_times.c: distributions of durations, as `simulate --times` has them. */
#include "fuzz.h"

#include "simulate/times.h"

#include <math.h>

/* What is accepted gives durations that a simulation can add up. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    rpi_sim_times times = {.n_items = 1 + fuzz_number(&input, 1), .seed = fuzz_number(&input, 1)};
    char *text = fuzz_text(&input);
    if (rpi_sim_times_parse(text, &times)) {
        double sum_s = 0, longest_s;
        for (uint64_t i = 0; i < times.n_items; i++) {
            double item_s = rpi_sim_times_item(&times, i);
            FUZZ_CHECK(isfinite(item_s) && item_s >= 0);
            FUZZ_CHECK(fabs(item_s - rpi_sim_times_item(&times, i)) <= 0);
            sum_s += item_s;
        }
        FUZZ_CHECK(isfinite(sum_s) && isfinite(rpi_sim_times_sum(&times, &longest_s)) && longest_s <= sum_s * (1 + 1e-9));
        FUZZ_CHECK(rpi_sim_times_ideal(&times, 3, NULL) <= sum_s * (1 + 1e-9));
    }
    free(text);
    return 0;
}
