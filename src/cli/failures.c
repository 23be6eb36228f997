/* failures.c: see failures.h. */
#include "failures.h"
#include "record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double noticed_s = 0.1;

static int is_known(rp_cause cause)
{
    rp_name row;
    for (size_t k = 0; rp_enumeration("rp_cause", k, &row); k++)
        if (row.value == (int)cause) return *row.name && row.value >= 0 && row.value < FAILURES_CAUSES;
    return 0;
}

failures_say failures_add(failures *all, const rp_error *failure, int has_rows)
{
    if (failure->status == RP_LOST || failure->cause == RP_CAUSE_LOST) {
        all->lost++;
        return FAILURES_SAY_NOTHING;
    }
    all->failed++;
    all->by_cause[is_known(failure->cause) ? failure->cause : RP_CAUSE_TASK]++;
    if (!has_rows || all->failed <= FAILURES_MOST_SHOWN) return FAILURES_SAY_LINE;
    return all->failed == FAILURES_MOST_SHOWN + 1 ? FAILURES_SAY_MORE : FAILURES_SAY_NOTHING;
}

/* ---- texts ---- */

static void append(char *text, size_t size, const char *format, ...) RP_PRINTF(3, 4);

static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static void append_seconds(char *text, size_t size, const char *before, double seconds)
{
    append(text, size, "%s %.*f s", before, seconds < 1 ? 3 : seconds < 100 ? 2 : 0, seconds);
}

static void append_place(char *text, size_t size, const rp_error *failure)
{
    if (failure->rank >= 0) append(text, size, " on rank %d, host %s, worker %d", failure->rank, failure->host, failure->worker);
    if (failure->attempt > 1) append(text, size, ", attempt %d", failure->attempt);
    if (failure->seconds >= noticed_s) append_seconds(text, size, ", after", failure->seconds);
}

/* Appends the code, unless the message has it: signals, exit statuses and time-outs. */
static void append_code(char *text, size_t size, const rp_error *failure)
{
    char digits[16];
    int is_errno = failure->cause == RP_CAUSE_SYSTEM;
    if (failure->code == 0 || (failure->cause != RP_CAUSE_TASK && !is_errno)) return;
    snprintf(digits, sizeof digits, "%d", failure->code);
    if (!strstr(failure->message, digits)) append(text, size, " (%s %s)", is_errno ? "errno" : "code", digits);
}

const char *failures_line(int64_t index, const char *item, const rp_error *failure, char text[FAILURES_LINE_SIZE])
{
    snprintf(text, FAILURES_LINE_SIZE, "item %lld (%s) %s", (long long)index, item, failure->status == RP_LOST ? "was lost" : "failed");
    append_place(text, FAILURES_LINE_SIZE, failure);
    append(text, FAILURES_LINE_SIZE, ": %s", failure->message);
    append_code(text, FAILURES_LINE_SIZE, failure);
    return text;
}

const char *failures_more(void) { return "further failed items have no line here; each is a row of the output"; }

static void append_causes(char *text, size_t size, const failures *all)
{
    const char *separator = " (";
    if (all->by_cause[RP_CAUSE_TASK] == all->failed) return;
    for (int cause = 0; cause < FAILURES_CAUSES; cause++) {
        if (all->by_cause[cause] == 0) continue;
        append(text, size, "%s%llu %s", separator, (unsigned long long)all->by_cause[cause], rp_cause_text((rp_cause)cause));
        separator = ", ";
    }
    append(text, size, ")");
}

const char *failures_summary(const failures *all, uint64_t n_ran, double seconds, char text[FAILURES_SUMMARY_SIZE])
{
    int only_lost = all->failed + all->unread == 0;
    uint64_t first = only_lost ? all->lost : all->failed;
    snprintf(text, FAILURES_SUMMARY_SIZE, "%llu of %llu items %s", (unsigned long long)first, (unsigned long long)n_ran,
             only_lost ? "lost with a rank" : "failed");
    append_causes(text, FAILURES_SUMMARY_SIZE, all);
    if (!only_lost && all->lost > 0) append(text, FAILURES_SUMMARY_SIZE, ", %llu lost with a rank", (unsigned long long)all->lost);
    if (all->unread > 0) append(text, FAILURES_SUMMARY_SIZE, ", and %llu more before the run had ended,", (unsigned long long)all->unread);
    append_seconds(text, FAILURES_SUMMARY_SIZE, " in", seconds);
    return text;
}
