/* countdown.c: see countdown.h. */
#include "countdown.h"
#include "streams.h"

#include <rankpool/rankpool.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double line_interval_s = 10, redraw_interval_s = 0.1; /* each draw is between two runs */
static const char erase[] = "\r\033[K";

/* "40 s", "2 min", "1.5 h": it is no more than an estimate. */
static void write_time(double seconds, char text[16])
{
    if (seconds < 99.5) snprintf(text, 16, "%.0f s", ceil(seconds));
    else if (seconds < 99.5 * 60) snprintf(text, 16, "%.0f min", seconds / 60);
    else snprintf(text, 16, "%.1f h", fmin(seconds / 3600, 99999));
}

const char *countdown_text(const countdown *shown, size_t done, size_t all, double left_s, int columns, char text[COUNTDOWN_SIZE])
{
    char left[16], job[41], counts[72];
    write_time(left_s, left);
    (void)rp_printable(shown->job, strlen(shown->job), job, sizeof job);
    snprintf(counts, sizeof counts, "%zu of %zu", done, all);
    int n = snprintf(text, COUNTDOWN_SIZE, "%s %s: %s runs, about %s left", shown->command, job, counts, left);
    if (columns > 0 && n >= columns) n = snprintf(text, COUNTDOWN_SIZE, "%s, about %s", counts, left);
    if (columns > 0 && n >= columns) n = snprintf(text, COUNTDOWN_SIZE, "%s", counts);
    if (columns > 0 && n >= columns) text[columns - 1] = '\0';
    return text;
}

void countdown_begin(countdown *shown, int is_wanted, const char *command, const char *job)
{
    const char *kind = getenv("TERM");
    int is_plain = !kind || !*kind || strcmp(kind, "dumb") == 0;
    *shown = (countdown){.command = command, .job = job, .is_wanted = is_wanted, .is_terminal = isatty(STDERR_FILENO) && !is_plain};
}

static int columns_now(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void countdown_show(countdown *shown, size_t done, size_t all, double left_s, double now_s)
{
    char text[COUNTDOWN_SIZE], line[COUNTDOWN_SIZE + 32];
    if (shown->next_s <= 0) shown->next_s = shown->is_terminal ? now_s : now_s + line_interval_s;
    if (!shown->is_wanted || now_s < shown->next_s) return;
    shown->next_s = now_s + (shown->is_terminal ? redraw_interval_s : line_interval_s);
    countdown_text(shown, done, all, left_s, shown->is_terminal ? columns_now() : 0, text);
    if (shown->is_terminal) snprintf(line, sizeof line, "%s%s", erase, text);
    else snprintf(line, sizeof line, "rankpool: %s\n", text);
    streams_say(line, strlen(line));
    shown->is_shown = shown->is_terminal;
}

void countdown_end(countdown *shown)
{
    if (shown->is_shown) streams_say(erase, sizeof erase - 1);
    shown->is_shown = 0;
}
