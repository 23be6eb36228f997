/* fuzz_command_line.c: command lines, as words with a 0 behind each. The first byte says the command. */
#include "fuzz.h"

#include "options_parse.h"

#include <string.h>

enum { MOST_WORDS = 40 };

/* Parsing again gives the same, as each rank parses for itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned commands[] = {OPTIONS_RUN, OPTIONS_COMPARE, OPTIONS_JOBS, OPTIONS_INFO, OPTIONS_SIMULATE, OPTIONS_SCALE};
    fuzz_input input = {data, size};
    unsigned command = commands[fuzz_number(&input, 1) % (sizeof commands / sizeof *commands)];
    char name[] = "command", *words[MOST_WORDS + 2] = {name};
    int n = 1;
    while (input.left > 0 && n <= MOST_WORDS) words[n++] = fuzz_text(&input);
    char *own[MOST_WORDS + 2];
    memcpy(own, words, sizeof own);
    program_options first, second;
    rp_error error = {0}, again = {0};
    rp_status status = options_parse(command, n, words, &first, &error);
    FUZZ_CHECK(status == options_parse(command, n, words, &second, &again));
    FUZZ_CHECK(status == RP_OK || status == RP_USAGE || status == RP_UNSUPPORTED);
    FUZZ_CHECK(strcmp(rp_error_text(&error), rp_error_text(&again)) == 0);
    FUZZ_CHECK(status == RP_OK || rp_error_text(&error)[0]);
    if (status == RP_OK) {
        FUZZ_CHECK(!first.job == !second.job && (!first.job || first.job->task == second.job->task));
        FUZZ_CHECK(first.items.kind == second.items.kind && first.items.n == second.items.n);
        FUZZ_CHECK(memcmp(&first.pool, &second.pool, sizeof first.pool) == 0);
    }
    options_fini(&first);
    options_fini(&second);
    for (int i = 1; i < n; i++) free(own[i]);
    return 0;
}
