/* halt.c: see halt.h. */
#include "halt.h"
#include "values.h"

#include <stdio.h>
#include <string.h>

/* Takes the word from the front of the text. */
static int begins(const char **text, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(*text, word, size) != 0) return 0;
    *text += size;
    return 1;
}

static int parse_number(const char *text, halt *made)
{
    char digits[32];
    size_t size = strlen(text);
    int is_percent = size > 1 && text[size - 1] == '%';
    if (size == 0 || size >= sizeof digits) return 0;
    snprintf(digits, sizeof digits, "%.*s", (int)size - is_percent, text);
    double number;
    if (!value_number(digits, &number) || !(number > 0) || number > 1e15) return 0;
    if (is_percent && number > 100) return 0;
    if (!is_percent && number < 1) return 0;
    made->count = is_percent ? 0 : number;
    made->percent = is_percent ? number : 0;
    return 1;
}

rp_status halt_parse(const char *text, halt *wanted, rp_error *error)
{
    halt made = {HALT_NEVER, 0, 0, 0};
    const char *at = text;
    if (strcmp(text, "never") != 0) {
        made.how = begins(&at, "now,") ? HALT_NOW : begins(&at, "soon,") ? HALT_SOON : HALT_NEVER;
        made.counts_successes = begins(&at, "success=");
        int is_right = made.how != HALT_NEVER && (made.counts_successes || begins(&at, "fail=")) && parse_number(at, &made);
        if (!is_right)
            return rp_error_set(error, RP_USAGE, 0, "--halt %s: must be now or soon, a comma, and fail=N, fail=P%% or success=N; or never",
                                text);
    }
    *wanted = made;
    return RP_OK;
}

int halt_is_reached(const halt *wanted, uint64_t n_failed, uint64_t n_succeeded, uint64_t n_all)
{
    uint64_t n = wanted->counts_successes ? n_succeeded : n_failed, ended = n_failed + n_succeeded;
    if (wanted->how == HALT_NEVER) return 0;
    if (wanted->count > 0) return (double)n >= wanted->count;
    double of = n_all > 0 ? (double)n_all : ended > 100 ? (double)ended : 100;
    return (double)n * 100 >= wanted->percent * of;
}
