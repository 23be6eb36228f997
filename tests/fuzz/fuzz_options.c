/* fuzz_options.c: a pool's options from text. NAME, 0, VALUE, 0, and again. */
#include "fuzz.h"

#include "base/options.h"

#include <string.h>

/* What was set from text alone is in range, and what isn't, is told. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    rp_pool_options options = {0};
    while (input.left > 0) {
        char *name = fuzz_text(&input), *value = fuzz_text(&input);
        rp_pool_options before = options, alone = {0};
        rp_error error = {0};
        rp_status status = rp_pool_options_set(&options, name, value, &error);
        if (status != RP_OK) {
            FUZZ_CHECK(status == RP_USAGE && error.status == RP_USAGE && rp_error_text(&error)[0]);
            FUZZ_CHECK(memcmp(&before, &options, sizeof options) == 0);
        } else {
            FUZZ_CHECK(rp_pool_options_set(&alone, name, value, NULL) == RP_OK);
            bool needs_more = strcmp(name, "max-tasks-per-child") == 0;
            FUZZ_CHECK(needs_more || rpi_options_check(&alone, &error) == RP_OK);
        }
        free(name);
        free(value);
    }
    rp_pool_options filled = options, workers, read;
    rpi_options_fill(&filled);
    rpi_options_for_workers(&filled, &workers);
    char *packed = malloc(rpi_options_packed_size());
    FUZZ_CHECK(packed);
    rpi_options_pack(&workers, packed);
    if (rpi_options_check(&workers, NULL) == RP_OK) {
        FUZZ_CHECK(rpi_options_unpack(packed, rpi_options_packed_size(), &read, NULL) == RP_OK);
        FUZZ_CHECK(memcmp(&read, &workers, sizeof read) == 0);
    }
    free(packed);
    return 0;
}
