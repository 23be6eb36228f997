/* closing.c: see closing.h. */
#include "closing.h"

#include <inttypes.h>
#include <stdio.h>

/* Without and with a journal. */
static const char *const ways[][2] = {
    [CLOSING_OUTSIDE] = {"with --journal DIR the same command would go on", "the same command goes on"},
    [CLOSING_FIRST_FAILURE] = {"the same command begins anew, with --journal DIR one could go on",
                               "the same command with --retry-failed or --on-error collect goes on"},
    [CLOSING_MAX_FAILURES] = {"the same command begins anew, with --journal DIR one could go on",
                              "the same command with --retry-failed or a higher --max-failures goes on"},
    [CLOSING_HALT_FAILURES] = {"the same command begins anew, with --journal DIR one could go on",
                               "the same command with --retry-failed or another --halt goes on"},
    [CLOSING_HALT_SUCCESSES] = {"the same command begins anew, with --journal DIR one could go on",
                                "the same command with another --halt goes on"},
};

const char *closing_text(const closing *end, char text[CLOSING_SIZE])
{
    char of_all[32] = "", failed[48] = "", left[64] = ", how many are to do isn't known";
    if (end->all > 0) {
        snprintf(of_all, sizeof of_all, " of %" PRIu64, end->all);
        snprintf(left, sizeof left, ", %" PRIu64 " to do", end->all > end->done ? end->all - end->done : 0);
    }
    if (end->failed > 0) snprintf(failed, sizeof failed, ", of which %" PRIu64 " failed", end->failed);
    snprintf(text, CLOSING_SIZE, "%s: %" PRIu64 "%s items done%s%s%s%s; %s", end->why, end->done, of_all, failed, left,
             end->also ? "; " : "", end->also ? end->also : "", ways[end->cause][end->has_journal != 0]);
    return text;
}
