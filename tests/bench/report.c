/* report.c: see report.h. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

enum { N_COLUMNS = 12, CELL_SIZE = 64 };

static const char *const headings[N_COLUMNS] = {"what", "contestant", "unit",  "runs",  "median",  "min",
                                                "max",  "against",    "ratio", "limit", "verdict", "difference"};

typedef struct line {
    char cells[N_COLUMNS][CELL_SIZE];
} line;

/* ---- judging ---- */

static bool larger_is_better(bench_measure measure) { return measure == BENCH_RATE || measure == BENCH_RATE_RATIO; }

static bool is_at_least(bench_measure measure) { return measure == BENCH_SPEEDUP || larger_is_better(measure); }

static bench_difference compare(const bench_row *row, const bench_series *own, const bench_series *other)
{
    bench_summary ours = bench_summarize(own), theirs = bench_summarize(other);
    bool below = ours.maximum<theirs.minimum, above = ours.minimum> theirs.maximum;
    if (own->n < BENCH_FEWEST_RUNS || other->n < BENCH_FEWEST_RUNS) return BENCH_TOO_FEW_RUNS;
    if (!below && !above) return BENCH_WITHIN_SPREAD;
    return below != larger_is_better(row->measure) ? BENCH_FASTER : BENCH_SLOWER;
}

static bool meets(const bench_row *row, const bench_outcome *outcome)
{
    double judged = outcome->against ? outcome->ratio : outcome->own.median;
    if (row->limit <= 0) return true;
    return is_at_least(row->measure) ? judged >= row->limit : judged <= row->limit;
}

static double relate(bench_measure measure, double own, double other)
{
    if (measure == BENCH_EXCESS) return own - other;
    return measure == BENCH_SPEEDUP ? other / own : own / other;
}

static bool is_pattern(const char *name) { return *name && name[strlen(name) - 1] == '*'; }

/* Whether the series is of that part and fits the name: it is the name, or begins like a name that ends in '*'. */
static bool fits(const bench_series *series, const char *part, const char *name)
{
    size_t length = strlen(name);
    if (strcmp(series->part, part) != 0) return false;
    return is_pattern(name) ? !strncmp(series->contestant, name, length - 1) : !strcmp(series->contestant, name);
}

/* The best of the others that fit `against`. */
static const bench_series *find_best(const bench_row *row, const bench_samples *samples)
{
    const bench_series *best = NULL;
    double best_median = 0;
    for (size_t i = 0; i < samples->n; i++) {
        const bench_series *series = &samples->series[i];
        if (!fits(series, row->part, row->against) || !strcmp(series->contestant, row->contestant)) continue;
        double median = bench_summarize(series).median;
        if (best && (median < best_median) == larger_is_better(row->measure)) continue;
        best = series;
        best_median = median;
    }
    return best;
}

static const bench_series *find_against(const bench_row *row, const bench_samples *samples)
{
    if (!row->against) return NULL;
    if (is_pattern(row->against)) return find_best(row, samples);
    return bench_samples_find(samples, row->part, row->against);
}

bool bench_judge(const bench_row *row, const bench_samples *samples, bench_outcome *outcome)
{
    const bench_series *series = bench_samples_find(samples, row->part, row->contestant);
    const bench_series *against = find_against(row, samples);
    if (!series || (row->against && !against)) return false;
    *outcome = (bench_outcome){.own = bench_summarize(series), .n_runs = series->n};
    if (against) {
        outcome->against = against->contestant;
        outcome->ratio = relate(row->measure, outcome->own.median, bench_summarize(against).median);
        outcome->difference = compare(row, series, against);
    }
    outcome->meets_limit = meets(row, outcome);
    return true;
}

/* ---- printing ---- */

static void put_number(char cell[CELL_SIZE], double value)
{
    (void)snprintf(cell, CELL_SIZE, "%.*f", value < 10 ? 3 : value < 1000 ? 2 : 0, value);
}

static void put_ratio(char cell[CELL_SIZE], const bench_row *row, double ratio)
{
    if (row->measure == BENCH_EXCESS) (void)snprintf(cell, CELL_SIZE, "%+.3f", ratio);
    else put_number(cell, ratio);
}

static void put_limit(char cell[CELL_SIZE], const bench_row *row)
{
    const char *sign = is_at_least(row->measure) ? ">=" : "<=";
    if (row->limit > 0) (void)snprintf(cell, CELL_SIZE, row->measure == BENCH_EXCESS ? "%s %+g" : "%s %g", sign, row->limit);
}

static void put_text(char cell[CELL_SIZE], const char *text) { (void)snprintf(cell, CELL_SIZE, "%s", text); }

static void fill_line(line *out, const bench_row *row, const bench_outcome *outcome)
{
    static const char *const differences[] = {"", "too few runs", "within spread", "faster", "slower"};
    put_text(out->cells[0], row->what);
    put_text(out->cells[1], row->contestant);
    put_text(out->cells[2], row->unit);
    (void)snprintf(out->cells[3], CELL_SIZE, "%zu", outcome->n_runs);
    put_number(out->cells[4], outcome->own.median);
    put_number(out->cells[5], outcome->own.minimum);
    put_number(out->cells[6], outcome->own.maximum);
    if (outcome->against) {
        put_text(out->cells[7], outcome->against);
        put_ratio(out->cells[8], row, outcome->ratio);
    }
    put_limit(out->cells[9], row);
    if (row->limit > 0) put_text(out->cells[10], outcome->meets_limit ? "ok" : "short");
    put_text(out->cells[11], differences[outcome->difference]);
}

static void print_csv(FILE *stream, const line *row)
{
    for (int c = 0; c < N_COLUMNS; c++) {
        const char *quote = strchr(row->cells[c], ',') ? "\"" : "";
        fprintf(stream, "%s%s%s%s", c ? "," : "", quote, row->cells[c], quote);
    }
    fputc('\n', stream);
}

/* Numbers to the right, words to the left. */
static bool is_number_column(int column) { return (column >= 3 && column <= 6) || column == 8 || column == 9; }

static int last_filled(const line *row)
{
    int last = N_COLUMNS - 1;
    while (last > 0 && !row->cells[last][0]) last--;
    return last;
}

static void print_table(FILE *stream, const line *lines, size_t n)
{
    int widths[N_COLUMNS] = {0};
    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < N_COLUMNS; c++)
            if (widths[c] < (int)strlen(lines[i].cells[c])) widths[c] = (int)strlen(lines[i].cells[c]);
    for (size_t i = 0; i < n; i++) {
        int last = last_filled(&lines[i]);
        for (int c = 0; c <= last; c++) {
            int width = is_number_column(c) ? widths[c] : c < last ? -widths[c] : 0;
            fprintf(stream, "%s%*s", c ? "  " : "", width, lines[i].cells[c]);
        }
        fputc('\n', stream);
    }
}

/* ---- the lines ---- */

typedef struct line_list {
    line *lines;
    size_t n, room;
    bool no_memory;
} line_list;

/* An empty line at the end; NULL: no memory. */
static line *append(line_list *list)
{
    if (list->n == list->room) {
        size_t room = 2 * list->room + 16;
        line *grown = realloc(list->lines, room * sizeof *grown);
        list->no_memory = list->no_memory || !grown;
        if (!grown) return NULL;
        list->lines = grown;
        list->room = room;
    }
    memset(&list->lines[list->n], 0, sizeof(line));
    return &list->lines[list->n++];
}

static void add_heading(line_list *list)
{
    line *heading = append(list);
    for (int c = 0; heading && c < N_COLUMNS; c++) put_text(heading->cells[c], headings[c]);
}

static void add_row(line_list *list, const bench_row *row, const bench_samples *samples)
{
    bench_outcome outcome;
    if (!bench_judge(row, samples, &outcome)) return;
    line *added = append(list);
    if (added) fill_line(added, row, &outcome);
}

static bool has_own_row(const bench_series *series, const bench_row *rows, size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++)
        if (!is_pattern(rows[i].contestant) && fits(series, rows[i].part, rows[i].contestant)) return true;
    return false;
}

/* For a row whose contestant is a pattern. */
static void add_each(line_list *list, const bench_row *row, const bench_row *rows, size_t n_rows, const bench_samples *samples)
{
    for (size_t i = 0; i < samples->n; i++) {
        const bench_series *series = &samples->series[i];
        bench_row one = *row;
        one.contestant = series->contestant;
        if (fits(series, row->part, row->contestant) && !has_own_row(series, rows, n_rows)) add_row(list, &one, samples);
    }
}

void bench_report(FILE *stream, bench_format format, const bench_row *rows, size_t n_rows, const bench_samples *samples)
{
    line_list list = {0};
    add_heading(&list);
    for (size_t i = 0; i < n_rows; i++) {
        if (is_pattern(rows[i].contestant)) add_each(&list, &rows[i], rows, n_rows, samples);
        else add_row(&list, &rows[i], samples);
    }
    size_t n = list.no_memory ? 0 : list.n;
    if (format == BENCH_TABLE) print_table(stream, list.lines, n);
    for (size_t i = 0; format == BENCH_CSV && i < n; i++) print_csv(stream, &list.lines[i]);
    free(list.lines);
}
