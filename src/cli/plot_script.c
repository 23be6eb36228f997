/* plot_script.c: see plot_script.h. */
#include "plot_script.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WIDTH = 800, CURVES_HEIGHT = 520, BARS_HEIGHT = 165, BAR_HEIGHT = 30, MOST_HEIGHT = 4000, FONT = 13 };

plot_kind plot_kind_of(const char *path)
{
    size_t length = strlen(path);
    if (length > 4 && strcasecmp(path + length - 4, ".svg") == 0) return PLOT_SVG;
    return length > 4 && strcasecmp(path + length - 4, ".png") == 0 ? PLOT_PNG : PLOT_NONE;
}

/* ---- what all pictures have ---- */

/* Between quotes in which only quotes mean something. Control characters would end the line. */
static void write_quoted(const char *text, FILE *file)
{
    putc('\'', file);
    for (; *text; text++) {
        if (*text == '\'') putc('\'', file);
        putc((unsigned char)*text < ' ' || *text == 0x7F ? '?' : *text, file);
    }
    putc('\'', file);
}

static void write_head(plot_kind kind, int height, FILE *file)
{
    fputs("set encoding utf8\nset decimalsign '.'\n", file);
    if (kind == PLOT_SVG)
        fprintf(file, "set terminal svg noenhanced size %d,%d background '#ffffff' font 'sans-serif,%d'\n", WIDTH, height, FONT);
    else
        fprintf(
            file,
            "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) set terminal pngcairo noenhanced size %d,%d background '#ffffff' font 'sans,%d'; "
            "else set terminal png noenhanced size %d,%d background '#ffffff'\n",
            WIDTH, height, FONT - 2, WIDTH, height);
    fputs("set border 3 linecolor '#444444'\nset tics nomirror out\nset grid linecolor '#dddddd' linetype 1 linewidth 1\n", file);
}

/* In the middle of the picture, not of the axes, where a long one has no room. */
static void write_title(const leaderboard *board, FILE *file)
{
    char what[160], how[240];
    snprintf(what, sizeof what, "%s: time of %llu item%s", board->job, (unsigned long long)board->items, board->items == 1 ? "" : "s");
    snprintf(how, sizeof how, "medians of %d run%s%s; host %s, %d core%s", board->runs, board->runs == 1 ? "" : "s",
             board->runs >= STATISTICS_LEAST_RUNS ? " with 95 % intervals" : " with their range", board->host, board->cores,
             board->cores == 1 ? "" : "s");
    fputs("set tmargin 4.5\nset label 1 ", file);
    write_quoted(what, file);
    fprintf(file, " at screen 0.5, screen 1 center offset 0,-1.3 font ',%d'\nset label 2 ", FONT + 2);
    write_quoted(how, file);
    fputs(" at screen 0.5, screen 1 center offset 0,-2.7 textcolor '#444444'\n", file);
}

/* Of all intervals, and of `floor` if it is above 0. */
static void find_range(const leaderboard *board, double floor, double *least, double *most)
{
    *least = floor > 0 ? floor : HUGE_VAL;
    *most = 0;
    for (size_t i = 0; i < board->n_rows; i++) {
        if (board->rows[i].n_runs == 0) continue;
        *least = fmin(*least, board->rows[i].times.low);
        *most = fmax(*most, board->rows[i].times.high);
    }
}

/* ---- ticks ---- */

static size_t add_ticks(double least, double most, const double *steps, size_t n_steps, double ticks[PLOT_MOST_TICKS])
{
    size_t n = 0;
    for (int power = (int)floor(log10(least)); power <= (int)ceil(log10(most)); power++) {
        for (size_t k = 0; k < n_steps; k++) {
            double tick = steps[k] * pow(10, power);
            if (tick >= least && tick <= most && n < PLOT_MOST_TICKS) ticks[n++] = tick;
        }
    }
    return n;
}

size_t plot_ticks(double least, double most, double ticks[PLOT_MOST_TICKS])
{
    static const double coarse[] = {1, 2, 5}, fine[] = {1, 1.5, 2, 3, 4, 5, 6, 8};
    static const double finest[] = {1,   1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2,   2.2, 2.5, 2.8, 3,  3.3,
                                    3.6, 4,   4.5, 5,   5.5, 6,   6.5, 7,   7.5, 8,   8.5, 9,   9.5};
    size_t n = add_ticks(least, most, coarse, sizeof coarse / sizeof *coarse, ticks);
    if (n < 3) n = add_ticks(least, most, fine, sizeof fine / sizeof *fine, ticks);
    return n < 3 ? add_ticks(least, most, finest, sizeof finest / sizeof *finest, ticks) : n;
}

static void write_time_axis(char axis, double least, double most, const leaderboard_unit *unit, FILE *file)
{
    double ticks[PLOT_MOST_TICKS];
    size_t n = plot_ticks(least * unit->scale, most * unit->scale, ticks);
    fprintf(file, "set logscale %c 2\nset %crange [%.9g:%.9g]\nset %ctics (", axis, axis, least * unit->scale, most * unit->scale, axis);
    for (size_t i = 0; i < n; i++) fprintf(file, "%s'%.6g' %.9g", i ? ", " : "", ticks[i], ticks[i]);
    fprintf(file, ")\nset %clabel 'time (%s)'\n", axis, unit->name);
}

/* ---- curves ---- */

/* Of Okabe and Ito's palette, which people with any colour vision tell apart; marks and dashes differ too. */
static const struct look {
    const char *colour, *dash;
    int mark;
} looks[] = {{"#0072B2", "solid", 7}, {"#D55E00", "'-'", 5}, {"#009E73", "'-.'", 9}, {"#CC79A7", "'.'", 11}};

static int by_number(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* The measured numbers of workers, sorted, each once. */
static size_t collect_workers(const leaderboard *board, int *workers)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < board->n_rows; i++)
        if (board->rows[i].n_runs > 0) workers[n++] = board->rows[i].workers;
    qsort(workers, n, sizeof *workers, by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || workers[kept - 1] != workers[i]) workers[kept++] = workers[i];
    return kept;
}

static int is_power_of_two(int n) { return (n & (n - 1)) == 0; }

/* Whether the label of number i would touch none of those that are there. */
static int has_room(const int *workers, size_t n, const unsigned char *is_labelled, size_t i)
{
    static const double least_gap = 0.045; /* of the axis */
    double octaves = log2((double)workers[n - 1] / workers[0]) + 0.5;
    for (size_t k = 0; k < n; k++)
        if (is_labelled[k] && fabs(log2((double)workers[i] / workers[k])) < least_gap * octaves) return 0;
    return 1;
}

/* The last number comes first, then powers of two, then the others as there is room. */
static void choose_labels(const int *workers, size_t n, unsigned char *is_labelled)
{
    is_labelled[n - 1] = 1;
    for (size_t i = 0; i < n; i++) is_labelled[i] |= is_power_of_two(workers[i]) && has_room(workers, n, is_labelled, i);
    for (size_t i = 0; i < n; i++) is_labelled[i] |= (unsigned char)has_room(workers, n, is_labelled, i);
}

/* Numbers without a label have a small tick, and no line of the grid. */
static void write_workers_axis(const int *workers, size_t n, FILE *file)
{
    unsigned char *is_labelled = calloc(n, 1);
    if (!is_labelled) return;
    choose_labels(workers, n, is_labelled);
    fprintf(file, "set logscale x 2\nset xrange [%.6g:%.6g]\nset xtics (", workers[0] / exp2(0.25), workers[n - 1] * exp2(0.25));
    for (size_t i = 0; i < n; i++) {
        if (is_labelled[i]) fprintf(file, "%s'%d' %d", i ? ", " : "", workers[i], workers[i]);
        else fprintf(file, "%s'' %d 1", i ? ", " : "", workers[i]);
    }
    fputs(")\nset xlabel 'workers'\n", file);
    free(is_labelled);
}

static int is_first_of_backend(const leaderboard *board, size_t i)
{
    const leaderboard_row *row = &board->rows[i];
    if (row->n_runs == 0 || row->is_loop) return 0;
    for (size_t k = 0; k < i; k++)
        if (board->rows[k].n_runs > 0 && !board->rows[k].is_loop && strcmp(board->rows[k].backend, row->backend) == 0) return 0;
    return 1;
}

static void write_points(const leaderboard *board, const char *backend, const leaderboard_unit *unit, FILE *file)
{
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        if (row->n_runs == 0 || row->is_loop || strcmp(row->backend, backend) != 0) continue;
        fprintf(file, "%d %.9g %.9g %.9g\n", row->workers, row->times.median * unit->scale, row->times.low * unit->scale,
                row->times.high * unit->scale);
    }
}

static void write_curve_name(const leaderboard_row *row, FILE *file)
{
    char workers[LEADERBOARD_WORKERS_SIZE], text[LEADERBOARD_WORKERS_SIZE + 20];
    snprintf(text, sizeof text, "%s (%s)", leaderboard_workers(row, workers), row->backend);
    write_quoted(text, file);
}

static const leaderboard_row *loop_of(const leaderboard *board)
{
    for (size_t i = 0; i < board->n_rows; i++)
        if (board->rows[i].is_loop && board->rows[i].n_runs > 0) return &board->rows[i];
    return NULL;
}

static void write_curves(const leaderboard *board, const leaderboard_unit *unit, FILE *file)
{
    size_t n = 0;
    for (size_t i = 0; i < board->n_rows; i++) {
        if (!is_first_of_backend(board, i)) continue;
        fprintf(file, "$curve%zu << EOD\n", n++);
        write_points(board, board->rows[i].backend, unit, file);
        fputs("EOD\n", file);
    }
    const leaderboard_row *loop = loop_of(board);
    const char *separator = "plot ";
    n = 0;
    if (loop) {
        fprintf(file, "plot %.9g/x with lines linewidth 1.5 linecolor '#999999' dashtype '_' title 'ideal: the serial loop / workers'",
                loop->times.median * unit->scale);
        separator = ", \\\n  ";
    }
    for (size_t i = 0; i < board->n_rows; i++) {
        if (!is_first_of_backend(board, i)) continue;
        const struct look *look = &looks[n % (sizeof looks / sizeof *looks)];
        fprintf(file, "%s$curve%zu using 1:2:3:4 with yerrorbars linewidth 1.5 linecolor '%s' dashtype solid pointtype 0 notitle, \\\n",
                separator, n, look->colour);
        fprintf(file, "  $curve%zu using 1:2 with linespoints linewidth 2 linecolor '%s' dashtype %s pointtype %d pointsize 1.2 title ",
                n++, look->colour, look->dash, look->mark);
        write_curve_name(&board->rows[i], file);
        separator = ", \\\n  ";
    }
    putc('\n', file);
}

void plot_script_curves(const leaderboard *board, plot_kind kind, FILE *file)
{
    leaderboard_unit unit = leaderboard_unit_of(board);
    int *workers = calloc(board->n_rows + 1, sizeof *workers);
    size_t n = workers ? collect_workers(board, workers) : 0;
    const leaderboard_row *loop = loop_of(board);
    double least, most;
    find_range(board, loop && n > 0 ? loop->times.median / workers[n - 1] : 0, &least, &most);
    write_head(kind, CURVES_HEIGHT, file);
    write_title(board, file);
    if (n > 0 && least > 0) {
        write_workers_axis(workers, n, file);
        write_time_axis('y', least / 1.15, most * 1.15, &unit, file);
        fputs("set key top right reverse Left samplen 4\n", file);
        write_curves(board, &unit, file);
    }
    free(workers);
}

/* ---- bars ---- */

enum { BEST = 0x0072B2, SLOWER = 0x9AA5AE, EACH = 0x56B4E9 }; /* colours */

static int has_places(const leaderboard *board)
{
    for (size_t i = 0; i < board->n_rows; i++)
        if (board->rows[i].place > 0) return 1;
    return 0;
}

static void write_bar_rows(const leaderboard *board, const leaderboard_unit *unit, FILE *file)
{
    size_t n = 0;
    fputs("$bars << EOD\n", file);
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        if (row->n_runs == 0) continue;
        fprintf(file, "%.9g %zu %.9g %.9g %d \"%.*f\"\n", row->times.median * unit->scale, n++, row->times.low * unit->scale,
                row->times.high * unit->scale, row->place == 1, unit->decimals, row->times.median * unit->scale);
    }
    fputs("EOD\nset ytics (", file);
    n = 0;
    for (size_t i = 0; i < board->n_rows; i++) {
        if (board->rows[i].n_runs == 0) continue;
        if (n) fputs(", ", file);
        write_quoted(board->rows[i].name, file);
        fprintf(file, " %zu", n++);
    }
    fprintf(file, ") scale 0\nset yrange [%zu.6:-0.6]\n", n ? n - 1 : 0);
}

void plot_script_bars(const leaderboard *board, plot_kind kind, FILE *file)
{
    leaderboard_unit unit = leaderboard_unit_of(board);
    double least, most;
    int height = BARS_HEIGHT + BAR_HEIGHT * (int)board->n_rows;
    find_range(board, 0, &least, &most);
    write_head(kind, height < MOST_HEIGHT ? height : MOST_HEIGHT, file);
    write_title(board, file);
    if (most <= 0) return;
    write_bar_rows(board, &unit, file);
    fprintf(file, "set xrange [0:%.9g]\nset xlabel 'time (%s)'\nset grid noytics\nset border 1\n", 1.18 * most * unit.scale, unit.name);
    fputs("set style fill solid 1.0 noborder\nset bmargin 6\nset key horizontal center bottom at screen 0.5, character 0.3 reverse Left "
          "samplen 1.5 width 2\n",
          file);
    fprintf(
        file,
        "plot $bars using (0):2:(0):1:($2-0.35):($2+0.35):($5 == 1 ? 0x%06X : 0x%06X) with boxxyerror linecolor rgb variable notitle, \\\n",
        has_places(board) ? BEST : EACH, has_places(board) ? SLOWER : EACH);
    fputs("  $bars using 1:2:3:4 with xerrorbars linecolor '#000000' linewidth 1.2 pointtype 0 notitle, \\\n"
          "  $bars using 4:2:6 with labels left offset 0.8,0 notitle",
          file);
    if (has_places(board))
        fprintf(file,
                ", \\\n  keyentry with boxes fillstyle solid linecolor '#%06X' title 'fastest, or as fast', \\\n"
                "  keyentry with boxes fillstyle solid linecolor '#%06X' title 'slower'",
                BEST, SLOWER);
    putc('\n', file);
}
