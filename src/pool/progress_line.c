/* progress_line.c: see progress_line.h. */
#include "pool/progress_line.h"

#include "base/c_locale.h"
#include "base/cells.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PART_SIZE = 64, TEXT_SIZE = 320, MOST_BAR = 60, MOST_NAME = 24, BAR_FRAME = 3 };

enum { NAME = 1, SHARE = 2, COUNT = 4, ELAPSED = 8, RATE = 16, LEFT = 32, FAILED = 64, ALL = 127 };

/* What is shown: the first of these that fits. A bar has so many cells at least, or there is none. */
static const struct shape {
    unsigned fields;
    int least_bar;
} with_total[] = {{ALL, 20},
                  {ALL & ~ELAPSED, 10},
                  {NAME | SHARE | RATE | LEFT | FAILED, 10},
                  {NAME | SHARE | LEFT | FAILED, 8},
                  {NAME | SHARE | LEFT | FAILED, 0},
                  {SHARE | LEFT | FAILED, 0},
                  {SHARE | FAILED, 0},
                  {SHARE, 0}},
  without_total[] = {{ALL & ~SHARE, 0}, {NAME | COUNT | RATE | FAILED, 0}, {NAME | COUNT | FAILED, 0}, {COUNT | FAILED, 0}, {COUNT, 0}};

/* ---- parts ---- */

/* "42 s", "1:05", "2:03:04", "3 d 4 h". Below a minute with tenths, where that is wanted. */
static const char *time_text(double seconds, bool tenths, char text[PART_SIZE])
{
    long whole = seconds < 1e10 ? (long)seconds : 0;
    if (!(seconds < 1e10)) snprintf(text, PART_SIZE, "years");
    else if (tenths && seconds < 59.95) rpi_snprintf(text, PART_SIZE, "%.1f s", seconds);
    else if (whole < 60) snprintf(text, PART_SIZE, "%ld s", whole);
    else if (whole < 3600) snprintf(text, PART_SIZE, "%ld:%02ld", whole / 60, whole % 60);
    else if (whole < 86400) snprintf(text, PART_SIZE, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    else snprintf(text, PART_SIZE, "%ld d %ld h", whole / 86400, whole / 3600 % 24);
    return text;
}

/* "48.8 k/s"; a slow one as "6/min" or "2.5/h". */
static const char *rate_text(double rate, char text[PART_SIZE])
{
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    size_t k = 0;
    double per_hour = 3600 * rate;
    if (rate > 0 && per_hour < 59.95) rpi_snprintf(text, PART_SIZE, "%.3g/h", per_hour);
    else if (rate > 0 && rate < 0.995) rpi_snprintf(text, PART_SIZE, "%.3g/min", 60 * rate);
    else {
        for (; rate >= 999.5 && k + 1 < sizeof units / sizeof *units; k++) rate /= 1000;
        rpi_snprintf(text, PART_SIZE, "%.3g%s/s", rate, units[k]);
    }
    return text;
}

static bool has_total(const rpi_progress *progress) { return progress->total != UINT64_MAX && progress->total > 0; }

/* 100 only at the end. */
static int percent(const rpi_progress *progress)
{
    return progress->completed < progress->total ? (int)(100.0L * progress->completed / progress->total) : 100;
}

/* ---- the line ---- */

typedef struct line_text {
    char text[TEXT_SIZE];
    size_t used;
    bool needs_comma;
} line_text;

static void add(line_text *line, const char *separator, const char *text, const char *end)
{
    int n = snprintf(line->text + line->used, TEXT_SIZE - line->used, "%s%s%s", line->needs_comma ? separator : "", text, end);
    line->used += n > 0 && (size_t)n < TEXT_SIZE - line->used ? (size_t)n : 0;
    line->needs_comma = true;
}

static void add_count(line_text *line, const rpi_progress *progress)
{
    char text[PART_SIZE];
    unsigned long long completed = progress->completed, total = progress->total;
    if (progress->total == UINT64_MAX) snprintf(text, sizeof text, "%llu", completed);
    else snprintf(text, sizeof text, "%llu of %llu", completed, total);
    add(line, ", ", text, "");
}

/* What comes behind the bar. */
static void add_numbers(line_text *line, const rpi_progress *progress, unsigned fields)
{
    char text[PART_SIZE];
    if (fields & COUNT) add_count(line, progress);
    if (fields & ELAPSED) add(line, " in ", time_text(progress->elapsed_s, true, text), "");
    if (fields & RATE) add(line, ", ", rate_text(progress->rate, text), "");
    if ((fields & LEFT) && progress->left_s >= 0) add(line, ", ", time_text(ceil(progress->left_s), false, text), " left");
    if (!(fields & FAILED)) return;
    snprintf(text, sizeof text, "%llu", (unsigned long long)progress->failed);
    if (progress->failed > 0) add(line, ", ", text, " failed");
    snprintf(text, sizeof text, "%u", progress->n_lost);
    if (progress->n_lost > 0) add(line, ", ", text, progress->n_lost == 1 ? " rank lost" : " ranks lost");
}

/* What comes before it. A long name is cut short where room is scarce. */
static void add_head(line_text *line, const rpi_progress *progress, unsigned fields, int cells)
{
    char name[PART_SIZE + 4], text[16];
    size_t fits = cells > 0 ? rpi_cells_fit(progress->name, MOST_NAME) : strlen(progress->name);
    snprintf(name, sizeof name, "%.*s%s", (int)fits, progress->name, progress->name[fits] ? ".." : "");
    if (fields & NAME) add(line, "", name, ": ");
    snprintf(text, sizeof text, "%3d %% ", percent(progress));
    if (fields & SHARE) add(line, "", text, "");
    line->needs_comma = false;
}

static void add_bar(line_text *line, const rpi_progress *progress, int cells)
{
    char bar[MOST_BAR + 1];
    double share = (double)progress->completed / (double)progress->total;
    int full = (int)((share < 1 ? share : 1) * cells + 0.5);
    for (int i = 0; i < cells; i++) bar[i] = i < full ? '#' : '.';
    bar[cells] = '\0';
    add(line, "", "[", bar);
    add(line, "", "] ", "");
    line->needs_comma = false;
}

/* Returns whether it fits. */
static bool compose(const rpi_progress *progress, const struct shape *shape, int cells, line_text *line)
{
    line_text numbers = {.used = 0};
    *line = (line_text){.used = 0};
    add_head(line, progress, shape->fields, cells);
    add_numbers(&numbers, progress, shape->fields);
    int room = cells - rpi_cells(line->text) - rpi_cells(numbers.text), bar = room - BAR_FRAME;
    bool fits = cells == 0 || (room >= 0 && (shape->least_bar == 0 || bar >= shape->least_bar));
    if (fits && cells > 0 && shape->least_bar > 0) add_bar(line, progress, bar < MOST_BAR ? bar : MOST_BAR);
    line->needs_comma = false;
    add(line, "", numbers.text, "");
    return fits;
}

void rpi_progress_line(const rpi_progress *progress, int cells, char *line, size_t size)
{
    line_text made;
    const struct shape *shapes = has_total(progress) ? with_total : without_total;
    size_t n = has_total(progress) ? sizeof with_total / sizeof *with_total : sizeof without_total / sizeof *without_total, k = 0;
    while (!compose(progress, &shapes[k], cells, &made) && k + 1 < n) k++;
    if (cells > 0) made.text[rpi_cells_fit(made.text, cells)] = '\0';
    size_t length = strlen(made.text);
    if (length > 0 && made.text[length - 1] == ' ') made.text[length - 1] = '\0';
    snprintf(line, size, "%s", made.text);
}
