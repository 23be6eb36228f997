/*
 * test_timings.c: what compare and scale make of their times, as plain functions: statistics, ratings and places, what is said about them,
 * what is known of the machine, tables, bars, data, how much is left, and scripts for gnuplot.
 */
#include "countdown.h"
#include "leaderboard_data.h"
#include "leaderboard_table.h"
#include "plot_script.h"
#include "table.h"
#include "turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define N_OF(array) (sizeof(array) / sizeof *(array))

static int near(double a, double b) { return a < b + 1e-9 && a > b - 1e-9; }

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("no \"%s\" in: %s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part)) fail_msg("\"%s\" in: %s", part, text);
}

/* ---- statistics ---- */

static void means_are_those_of_a_sample(void **state)
{
    (void)state;
    const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    statistics all = statistics_of(values, 8), one = statistics_of(values, 1);
    assert_true(all.mean == 5 && all.minimum == 2);
    assert_true(all.deviation > 2.138089 && all.deviation < 2.138091);
    assert_true(one.mean == 2 && one.deviation == 0);
}

/* The coverage of (k-th smallest, k-th largest) is 1 - 2 P(fewer than k of n coins show heads). The places are those of tables of the sign
 * test at 5 % on both sides. */
static void the_interval_of_a_median_is_of_order_statistics(void **state)
{
    (void)state;
    static const size_t places[] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 8};
    for (size_t n = 1; n < N_OF(places); n++) assert_int_equal(spread_place(n), places[n]);
    assert_int_equal(spread_place(100), 40);
    assert_int_equal(spread_place(1000), 469);
    assert_int_equal(spread_place(1001), 469); /* the normal distribution from here on */
    assert_true(spread_place(1000000) > 499000 && spread_place(1000000) < 499025);
}

static void medians_and_intervals_are_values_of_the_sample(void **state)
{
    (void)state;
    double values[] = {9, 1, 8, 2, 7, 3, 6, 4, 5};
    spread_sort(values, 9);
    spread nine = spread_of(values, 9), five = spread_of(values, 5), six = spread_of(values, 6), one = spread_of(values, 1);
    assert_true(near(nine.median, 5) && near(nine.low, 2) && near(nine.high, 8) && near(nine.minimum, 1) && near(nine.maximum, 9));
    assert_true(near(five.median, 3) && near(five.low, 1) && near(five.high, 5)); /* no interval, so the range */
    assert_true(near(six.median, 3.5) && near(six.low, 1) && near(six.high, 6));
    assert_true(near(one.median, 1) && near(one.low, 1) && near(one.high, 1));
}

/* Critical values of U for two samples of n and of m, 5 % on both sides, as in tables of Mann and Whitney's test. */
static void contradictions_are_those_of_the_tables(void **state)
{
    (void)state;
    static const long same[] = {-1, -1, -1, -1, 0, 2, 5, 8, 13, 17, 23, 30, 37, 45, 55, 64, 75, 87, 99, 113, 127};
    for (size_t n = 1; n < N_OF(same); n++) assert_int_equal(spread_most_contradictions(n, n), same[n]);
    assert_int_equal(spread_most_contradictions(6, 10), 11);
    assert_int_equal(spread_most_contradictions(10, 6), 11);
    assert_int_equal(spread_most_contradictions(3, 20), 8);
    assert_in_range(spread_most_contradictions(25, 25), 210, 211); /* 211; the normal distribution gives one less */
    assert_in_range(spread_most_contradictions(100, 100), 4180, 4200);
}

static void slower_is_what_chance_does_not_explain(void **state)
{
    (void)state;
    const double fast[] = {10, 11, 12, 13, 14, 15}, slow[] = {16, 17, 18, 19, 20, 21}, mixed[] = {11.5, 12.5, 13.5, 14.5, 15.5, 16.5};
    const double one_off[] = {10, 11, 12, 13, 14, 100}; /* its disturbed run contradicts in 6 pairs: one too many for 6 runs */
    const double seven_off[] = {10, 11, 12, 13, 14, 15, 100}, slow_seven[] = {16, 17, 18, 19, 20, 21, 22};
    assert_true(spread_is_slower(slow, 6, fast, 6));
    assert_false(spread_is_slower(fast, 6, slow, 6));
    assert_false(spread_is_slower(mixed, 6, fast, 6));
    assert_false(spread_is_slower(fast, 6, fast, 6));
    assert_false(spread_is_slower(slow, 6, one_off, 6));
    assert_true(spread_is_slower(slow_seven, 7, seven_off, 7));
    assert_false(spread_is_slower(slow, 3, fast, 3)); /* no difference of so few could count */
    assert_false(spread_is_slower(slow, 0, fast, 6));
}

static void less_than_one_percent_is_noise(void **state)
{
    (void)state;
    const double fast[] = {1, 1, 1, 1, 1, 1}, hardly[] = {1.009, 1.009, 1.009, 1.009, 1.009, 1.009},
                 slower[] = {1.01, 1.01, 1.01, 1.01, 1.01, 1.01};
    assert_false(spread_is_slower(hardly, 6, fast, 6));
    assert_true(spread_is_slower(slower, 6, fast, 6)); /* all runs equal: no spread, and still a verdict */
}

static void times_of_zero_break_nothing(void **state)
{
    (void)state;
    const double none[] = {0, 0, 0, 0, 0, 0}, some[] = {1, 1, 1, 1, 1, 1};
    double farthest = -1;
    assert_false(spread_is_slower(none, 6, none, 6));
    assert_true(spread_is_slower(some, 6, none, 6));
    assert_int_equal(spread_outliers(none, 6, &farthest), 0);
}

static void outliers_are_beyond_the_spread_and_two_percent(void **state)
{
    (void)state;
    const double one[] = {10, 10.1, 10.2, 10.3, 10.4, 10.5, 15}, near_by[] = {10, 10, 10, 10, 10, 10, 10.19},
                 beyond[] = {10, 10, 10, 10, 10, 10, 10.21}, both[] = {2, 10, 10.1, 10.2, 10.3, 10.4, 15}, wide[] = {1, 2, 3, 4, 5, 6, 7};
    double farthest = -1;
    assert_int_equal(spread_outliers(near_by, 7, &farthest), 0);
    assert_int_equal(spread_outliers(wide, 7, &farthest), 0);
    assert_true(near(farthest, -1));
    assert_int_equal(spread_outliers(one, 7, &farthest), 1);
    assert_true(near(farthest, 15));
    assert_int_equal(spread_outliers(beyond, 7, &farthest), 1);
    assert_int_equal(spread_outliers(both, 7, &farthest), 2);
    assert_true(near(farthest, 2)); /* five times shorter is further than one and a half times longer */
}

static void what_is_as_fast_shares_a_place(void **state)
{
    (void)state;
    const double best[] = {10, 11, 12, 13, 14, 15}, as_fast[] = {11, 12, 13, 14, 15, 16}, slow[] = {20, 21, 22, 23, 24, 25},
                 slowest[] = {30, 31, 32, 33, 34, 35}, wide[] = {14.5, 18, 22.2, 23, 40, 60};
    const spread_series series[] = {{slowest, 6}, {as_fast, 6}, {NULL, 0}, {best, 6}, {slow, 6}, {wide, 6}};
    int places[6];
    spread_places(series, 6, places);
    assert_int_equal(places[3], 1);
    assert_int_equal(places[1], 1);
    assert_int_equal(places[2], 0); /* it failed */
    assert_int_equal(places[4], 3);
    assert_int_equal(places[5], 3); /* slower than the best, and not than the next */
    assert_int_equal(places[0], 5);
}

static void under_six_runs_there_are_no_places(void **state)
{
    (void)state;
    const double five[] = {10, 11, 12, 13, 14}, slow[] = {20, 21, 22, 23, 24};
    const spread_series series[] = {{five, 5}, {slow, 5}, {NULL, 0}};
    int places[3] = {7, 7, 7};
    spread_places(series, 3, places);
    for (int i = 0; i < 3; i++) assert_int_equal(places[i], 0);
}

/* ---- leaderboards ---- */

enum { RUNS = 7 };

typedef struct board_room {
    leaderboard_row rows[20];
    double seconds[20][RUNS];
    leaderboard board;
} board_room;

static void begin_board(board_room *made)
{
    memset(made, 0, sizeof *made);
    made->board = (leaderboard){.job = "job", .host = "h", .cores = 4, .load = -1, .items = 100, .runs = RUNS, .rows = made->rows};
}

/* Its runs are 0.97 to 1.03 times the median. */
static leaderboard_row *add_row(board_room *made, const char *method, const char *backend, int workers, double median)
{
    size_t i = made->board.n_rows++;
    for (int k = 0; k < RUNS; k++) made->seconds[i][k] = median * (0.97 + 0.01 * k);
    made->rows[i] = (leaderboard_row){.method = method,
                                      .backend = backend,
                                      .is_loop = strcmp(method, "serial loop") == 0,
                                      .ranks = 1,
                                      .threads = workers,
                                      .workers = workers,
                                      .seconds = made->seconds[i],
                                      .sorted = made->seconds[i],
                                      .n_runs = RUNS};
    snprintf(made->rows[i].name, sizeof made->rows[i].name, "%s on %s", method, backend);
    return &made->rows[i];
}

static void ratings_compare_with_the_loop_and_the_baseline(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    add_row(&made, "serial loop", "serial", 1, 8);
    add_row(&made, "map", "pthread", 4, 5);
    add_row(&made, "imap", "pthread", 4, 4);
    add_row(&made, "imap", "openmp", 4, 2);
    add_row(&made, "apply", "openmp", 4, 10);
    leaderboard_rate(&made.board);
    assert_true(leaderboard_place(&made.board));
    leaderboard_sort(&made.board);
    assert_string_equal(made.rows[0].method, "imap");
    assert_true(near(made.rows[0].speedup, 4) && near(made.rows[0].efficiency, 1) && near(made.rows[0].to_pthread, 0.5));
    assert_string_equal(made.rows[4].method, "apply");
    assert_true(near(made.rows[4].to_pthread, 2)); /* there is no apply on pthread, so its map counts */
    assert_string_equal(made.rows[3].method, "serial loop");
    assert_true(near(made.rows[3].speedup, 1));
    for (int i = 0; i < 5; i++) assert_int_equal(made.rows[i].place, i + 1);
}

static void no_speedup_is_above_the_number_of_workers(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    add_row(&made, "serial loop", "serial", 1, 8.4);
    leaderboard_row *row = add_row(&made, "map", "openmp", 2, 4);
    leaderboard_rate(&made.board);
    assert_true(near(row->speedup, 2) && near(row->efficiency, 1) && row->is_capped);
    assert_false(made.rows[0].is_capped);
}

static void failed_rows_have_no_place_and_come_last(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    leaderboard_row *failed = add_row(&made, "map", "openmp", 2, 1);
    failed->n_runs = 0;
    add_row(&made, "serial loop", "serial", 1, 8);
    leaderboard_rate(&made.board);
    assert_true(leaderboard_place(&made.board));
    leaderboard_sort(&made.board);
    assert_true(made.rows[0].is_loop && made.rows[0].place == 1);
    assert_true(made.rows[1].n_runs == 0 && made.rows[1].place == 0);
    leaderboard_keep_best(&made.board);
    assert_int_equal(made.board.n_rows, 1);
}

static void the_best_of_each_back_end_are_kept(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    add_row(&made, "serial loop", "serial", 1, 8);
    add_row(&made, "map", "serial", 1, 9);
    add_row(&made, "imap", "serial", 1, 8.5);
    add_row(&made, "map", "openmp", 2, 4);
    add_row(&made, "map", "openmp", 2, 3)->progress = 1;
    add_row(&made, "imap", "openmp", 2, 4);
    leaderboard_rate(&made.board);
    leaderboard_keep_best(&made.board);
    assert_int_equal(made.board.n_rows, 3);
    assert_string_equal(made.rows[0].method, "serial loop");
    assert_string_equal(made.rows[1].method, "imap");
    assert_string_equal(made.rows[2].method, "map"); /* the first of two that are the same */
}

static void a_table_has_one_unit(void **state)
{
    (void)state;
    static const struct {
        double least, most;
        const char *name;
        int decimals;
    } units[] = {{0.5, 20, "s", 3}, {12, 20, "s", 2}, {0.0523, 9.9, "ms", 2}, {0.2, 0.3, "ms", 1}, {2, 3, "ms", 0}, {5e-6, 9e-5, "us", 3}};
    for (size_t i = 0; i < N_OF(units); i++) {
        board_room made;
        begin_board(&made);
        add_row(&made, "serial loop", "serial", 1, units[i].most);
        add_row(&made, "map", "openmp", 1, units[i].least);
        leaderboard_rate(&made.board);
        leaderboard_unit unit = leaderboard_unit_of(&made.board);
        assert_string_equal(unit.name, units[i].name);
        assert_int_equal(unit.decimals, units[i].decimals);
    }
}

/* ---- what is said ---- */

static const char *say(board_room *made, int fewest, size_t n_hidden)
{
    static char all[4 * VERDICT_SIZE];
    const machine_state before = {.load = 0, .cores = 4}, after = {.load = 3, .cores = 4};
    verdict about = {.board = &made->board, .before = &before, .after = &after, .wants_fewest = fewest, .n_hidden = n_hidden};
    char text[VERDICT_SIZE];
    int is_doubt;
    all[0] = '\0';
    for (int k = 0; verdict_sentence(&about, k, &is_doubt, text); k++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s\n", is_doubt ? "? " : "", text);
    return all;
}

static void the_fastest_and_all_as_fast_are_named(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    add_row(&made, "serial loop", "serial", 1, 8);
    add_row(&made, "map", "openmp", 4, 2.02);
    add_row(&made, "map", "pthread", 2, 2.03)->workers = 8;
    add_row(&made, "map", "hybrid", 8, 2);
    leaderboard_rate(&made.board);
    assert_true(leaderboard_place(&made.board));
    assert_string_equal(say(&made, 0, 0),
                        "Fastest: map on hybrid. As fast as the best, within the spread: map on openmp, map on pthread.\n");
    assert_string_equal(
        say(&made, 1, 30),
        "Fastest: map on hybrid. As fast as the best, within the spread: map on openmp, map on pthread. The fewest workers of "
        "these: map on openmp.\nThese are the best method of each back end; --all shows 30 more rows.\n");
    made.seconds[0][0] = made.seconds[0][1] = 1.9; /* two of the loop's runs are as short, so it isn't slower for sure */
    assert_true(leaderboard_place(&made.board));
    assert_has(say(&made, 0, 0), "serial loop on serial, map on openmp, map on pthread. More runs (--runs) may tell these apart.\n");
    made.board.runs = 5;
    for (size_t i = 0; i < made.board.n_rows; i++) made.rows[i].n_runs = 5;
    assert_true(leaderboard_place(&made.board));
    assert_string_equal(say(&made, 1, 0), "Too few runs to say what is faster: 5 of each; it takes 6 (--runs).\n");
}

static void doubts_are_told(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    add_row(&made, "serial loop", "serial", 1, 8)->warm_up_s = 11;
    add_row(&made, "map", "openmp", 2, 3)->warm_up_s = 6;
    made.seconds[1][RUNS - 1] = 4.5;
    leaderboard_rate(&made.board);
    assert_true(leaderboard_place(&made.board));
    const char *all = say(&made, 0, 0);
    assert_has(all, "≈: ");
    assert_has(
        all,
        "\n? Outliers: 1 of 14 runs, the farthest of map on openmp: 4500 ms, where the median is 3000. They count as the others do.\n");
    assert_has(all, "\n? First runs were slower, and don't count: that of map on openmp took 2.0 times its median.\n");
}

/* ---- the machine ---- */

static void put(const char *root, const char *path, const char *text)
{
    char whole[300];
    snprintf(whole, sizeof whole, "%s%s", root, path);
    for (char *at = whole + strlen(root) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        mkdir(whole, 0755);
        *at = '/';
    }
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void a_noisy_machine_is_told(void **state)
{
    (void)state;
    char root[] = "/tmp/rankpool-machine-XXXXXX", text[MACHINE_TEXT_SIZE], command[80];
    machine_state before, after, nothing;
    assert_non_null(mkdtemp(root));
    machine_look(root, &nothing);
    assert_true(nothing.load < 0 && nothing.cores == 0 && nothing.governor[0] == '\0');
    assert_null(machine_doubt(&nothing, &nothing, 0, text));
    put(root, "/proc/loadavg", "1.07 0.50 0.20 1/100 4242\n");
    put(root, "/proc/stat", "cpu  100 0 100 700 0 0 0 100 0 0\ncpu0 1 2 3\ncpu1 1 2 3\nintr 5\n");
    put(root, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
    put(root, "/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "4\n");
    put(root, "/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "6\n");
    machine_look(root, &before);
    put(root, "/proc/stat", "cpu  200 0 200 1450 0 0 0 150 0 0\ncpu0 1 2 3\ncpu1 1 2 3\nintr 5\n");
    put(root, "/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "9\n");
    machine_look(root, &after);
    assert_has(machine_doubt(&before, &after, 0, text), "busy before the first run: load 1.1 on 2 cores");
    assert_has(machine_doubt(&before, &after, 1, text), "governor powersave");
    assert_has(machine_doubt(&before, &after, 2, text), "throttled 3 times");
    assert_has(machine_doubt(&before, &after, 3, text), "gave 5 % of the cores' time");
    assert_null(machine_doubt(&before, &after, 4, text));
    put(root, "/proc/loadavg", "0.99 0.50 0.20 1/100 4242\n");
    put(root, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    machine_look(root, &before);
    assert_null(machine_doubt(&before, &before, 0, text));
    snprintf(command, sizeof command, "rm -r %s", root);
    assert_int_equal(system(command), 0);
}

/* ---- tables, bars, data ---- */

/* What a writer wrote. */
static char written[20000];
static FILE *begin_writing(void)
{
    written[0] = '\0';
    FILE *file = fmemopen(written, sizeof written, "w");
    assert_non_null(file);
    return file;
}

static void tables_are_aligned_by_characters(void **state)
{
    (void)state;
    static const table_column columns[] = {{"number", 0}, {"text", 1}, {"last", 1}};
    table made;
    FILE *file = begin_writing();
    table_init(&made, columns, 3);
    table_add(&made, "%d", 1);
    table_add(&made, "2 × 8");
    table_add(&made, "a|b");
    table_add(&made, "≈20000.00");
    table_add(&made, "x");
    table_add(&made, "y");
    table_write_text(&made, 0, file);
    table_write_markdown(&made, file);
    fclose(file);
    table_fini(&made);
    assert_string_equal(written, "   number  text   last\n"
                                 "        1  2 × 8  a|b\n"
                                 "≈20000.00  x      y\n"
                                 "| number | text | last |\n|---:|---|---|\n| 1 | 2 × 8 | a\\|b |\n| ≈20000.00 | x | y |\n");
}

static void a_table_leaves_out_what_a_terminal_has_no_room_for(void **state)
{
    (void)state;
    static const table_column columns[] = {{"one", 1}, {"two", 0}, {"three", 1}};
    static const char *const narrow[] = {"one\na\n", "one  two\na      b\n", "one  two  three\na      b  c\n"};
    for (size_t width = 1; width < 30; width++) {
        table made;
        FILE *file = begin_writing();
        table_init(&made, columns, 3);
        table_add(&made, "a");
        table_add(&made, "b");
        table_add(&made, "c");
        table_write_text(&made, width, file);
        fclose(file);
        table_fini(&made);
        assert_string_equal(written, narrow[width < 9 ? 0 : width < 16 ? 1 : 2]);
    }
}

static const char *bars(const board_room *made, int columns, int has_blocks)
{
    FILE *file = begin_writing();
    leaderboard_bars_write(&made->board, columns, has_blocks, file);
    fclose(file);
    return written;
}

static void bars_begin_at_zero_and_fit(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    add_row(&made, "serial loop", "serial", 1, 0.040);
    add_row(&made, "map", "openmp", 2, 0.021);
    leaderboard_rate(&made.board);
    assert_string_equal(bars(&made, 50, 1), "\nserial loop on serial  █████████████████ 40.00 ms\n"
                                            "map on openmp          ████████▉ 21.00 ms\n");
    assert_string_equal(bars(&made, 50, 0), "\nserial loop on serial  ################# 40.00 ms\n"
                                            "map on openmp          ######## 21.00 ms\n");
    assert_string_equal(bars(&made, 40, 1), ""); /* no room */
    for (int columns = 42; columns < 200; columns++) {
        char *line, *rest = (char *)(uintptr_t)bars(&made, columns, 1);
        while ((line = strsep(&rest, "\n"))) assert_true(table_width(line) < (size_t)columns);
    }
}

static const char *data(board_room *made, output_format format)
{
    output out = {.file = begin_writing(), .format = format};
    leaderboard_data_write(&made->board, &out);
    fclose(out.file);
    assert_false(out.out_of_memory);
    return written;
}

static void data_has_each_run_in_seconds(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    made.board.runs = 2;
    static const double ordered[] = {0.5, 0.25}, sorted[] = {0.25, 0.5};
    leaderboard_row *row = add_row(&made, "serial loop", "serial", 1, 1);
    row->seconds = ordered, row->sorted = sorted, row->n_runs = 2, row->warm_up_s = 0.75;
    add_row(&made, "map", "openmp", 2, 1)->n_runs = 0;
    leaderboard_rate(&made.board);
    assert_string_equal(
        data(&made, OUTPUT_CSV),
        "job,host,cores,items,runs,method,backend,progress,ranks,threads,workers,outcome,place,median_s,low_s,high_s,minimum_s,"
        "maximum_s,speedup,time_to_pthread,efficiency,warm_up_s,run_1_s,run_2_s\n"
        "job,h,4,100,2,serial loop,serial,no,1,1,1,ok,,0.375,0.25,0.5,0.25,0.5,1,,1,0.75,0.5,0.25\n"
        "job,h,4,100,2,map,openmp,no,1,2,2,failed,,,,,,,,,,,,\n");
    data(&made, OUTPUT_JSONL);
    assert_has(written, "\"outcome\":\"ok\",\"place\":null,\"median_s\":0.375,");
    assert_has(written, "\"time_to_pthread\":null,\"efficiency\":1.0,\"warm_up_s\":0.75,\"times_s\":[0.5,0.25]}\n");
    assert_has(written, "\"outcome\":\"failed\",\"place\":null,\"median_s\":null,");
    assert_has(written, "\"times_s\":[]}\n");
}

/* ---- the order of runs, and how much is left ---- */

static void each_round_begins_with_another(void **state)
{
    (void)state;
    static const size_t order[] = {0, 1, 2, 0, 1, 2, 1, 2, 0, 2, 0, 1, 0, 1, 2};
    size_t round;
    for (size_t k = 0; k < N_OF(order); k++) {
        assert_int_equal(turns_whose(k, 3, &round), order[k]);
        assert_int_equal(round, k / 3);
    }
}

/* The real rest, when each run of a contestant takes the same time. */
static void what_is_left_is_known_after_a_round(void **state)
{
    (void)state;
    enum { N = 3, ALL = 3 * 8 };
    const double takes_s[N] = {1, 2, 4};
    size_t round;
    assert_true(near(turns_left_s(1, N, ALL, takes_s, 1), 23));
    for (size_t k = N; k <= ALL; k++) {
        double rest_s = 0;
        for (size_t i = k; i < ALL; i++) rest_s += takes_s[turns_whose(i, N, &round)];
        assert_true(near(turns_left_s(k, N, ALL, takes_s, 99), rest_s));
    }
}

static void what_is_left_fits_the_terminal(void **state)
{
    (void)state;
    char text[COUNTDOWN_SIZE];
    const countdown shown = {.command = "compare", .job = "fetch"};
    assert_string_equal(countdown_text(&shown, 12, 180, 39.2, 0, text), "compare fetch: 12 of 180 runs, about 40 s left");
    assert_string_equal(countdown_text(&shown, 12, 180, 39.2, 80, text), "compare fetch: 12 of 180 runs, about 40 s left");
    assert_string_equal(countdown_text(&shown, 12, 180, 130, 40, text), "12 of 180, about 2 min");
    assert_string_equal(countdown_text(&shown, 12, 180, 9000, 20, text), "12 of 180");
    assert_string_equal(countdown_text(&shown, 12, 180, 9000, 0, text), "compare fetch: 12 of 180 runs, about 2.5 h left");
    for (int columns = 1; columns < 100; columns++)
        assert_true(strlen(countdown_text(&shown, 123456, 999999, 1e30, columns, text)) < (size_t)columns);
    const countdown odd = {.command = "scale", .job = "a\033[2J\nb"};
    assert_lacks(countdown_text(&odd, 1, 2, 1, 0, text), "\033");
}

/* ---- pictures ---- */

static const char *script(const board_room *made, void (*write)(const leaderboard *, plot_kind, FILE *), plot_kind kind)
{
    FILE *file = begin_writing();
    write(&made->board, kind, file);
    fclose(file);
    return written;
}

static void ticks_are_round_and_enough(void **state)
{
    (void)state;
    double ticks[PLOT_MOST_TICKS];
    assert_int_equal(plot_ticks(0.9, 110, ticks), 7);
    assert_true(near(ticks[0], 1) && near(ticks[1], 2) && near(ticks[2], 5) && near(ticks[6], 100));
    assert_int_equal(plot_ticks(45, 110, ticks), 4);
    assert_true(near(ticks[0], 50) && near(ticks[2], 80) && near(ticks[3], 100));
    for (double least = 1e-6; least < 1e6; least *= 1.37)
        for (double most = 1.4 * least; most < 1e5 * least; most *= 1.9) {
            size_t n = plot_ticks(least, most, ticks);
            assert_true(n >= 3 && n < PLOT_MOST_TICKS);
            for (size_t i = 0; i < n; i++) assert_true(ticks[i] >= least && ticks[i] <= most && (i == 0 || ticks[i] > ticks[i - 1]));
        }
}

static void curves_have_ticks_at_the_measured_counts(void **state)
{
    (void)state;
    board_room made;
    begin_board(&made);
    made.board.job = "it's_a\nlong $job";
    add_row(&made, "serial loop", "serial", 1, 8);
    add_row(&made, "map", "openmp", 1, 8);
    add_row(&made, "map", "openmp", 2, 4);
    add_row(&made, "map", "openmp", 6, 2);
    add_row(&made, "map", "mpi", 1, 8.5);
    add_row(&made, "map", "mpi", 2, 4.5)->n_runs = 0;
    leaderboard_rate(&made.board);
    script(&made, plot_script_curves, PLOT_SVG);
    assert_has(written, "set terminal svg noenhanced size 800,520 background '#ffffff' font 'sans-serif,13'\n");
    assert_has(written, "set decimalsign '.'\n");
    assert_has(written, "'it''s_a?long $job: time of 100 items'");
    assert_has(written, "set logscale x 2\n");
    assert_has(written, "set logscale y 2\n");
    assert_has(written, "set xtics ('1' 1, '2' 2, '6' 6)\n");
    assert_has(written, "$curve0 << EOD\n1 8000 7760 8240\n2 4000 3880 4120\n6 2000 1940 2060\nEOD\n");
    assert_has(written, "$curve1 << EOD\n1 8500 8245 8755\nEOD\n");
    assert_has(written, "plot 8000/x ");
    assert_has(written, "dashtype solid pointtype 7 ");
    assert_has(written, "dashtype '-' pointtype 5 ");
    assert_has(written, "title 'threads (openmp)'");
    assert_has(written, "title 'ranks (mpi)'");
    assert_has(script(&made, plot_script_curves, PLOT_PNG), "set terminal pngcairo noenhanced size 800,520 background '#ffffff'");
}

static void labels_of_counts_do_not_touch(void **state)
{
    (void)state;
    static board_room made;
    static leaderboard_row rows[65];
    begin_board(&made);
    for (int n = 1; n <= 64; n++) {
        made.board.n_rows = 0;
        rows[n - 1] = *add_row(&made, "map", "openmp", n, 1.0);
        rows[n - 1].seconds = rows[n - 1].sorted = made.seconds[0];
    }
    made.board.rows = rows;
    made.board.n_rows = 64;
    leaderboard_rate(&made.board);
    script(&made, plot_script_curves, PLOT_SVG);
    for (int n = 1; n <= 64; n *= 2) {
        char label[20];
        snprintf(label, sizeof label, "'%d' %d", n, n);
        assert_has(written, label);
    }
    assert_has(written, "'' 63 1, '64' 64)");
    assert_has(written, "'' 33 1, ");
}

static void bars_lie_flat_and_the_picture_grows(void **state)
{
    (void)state;
    static board_room made;
    begin_board(&made);
    add_row(&made, "serial loop", "serial", 1, 8);
    add_row(&made, "map_async", "openmp", 2, 4);
    leaderboard_rate(&made.board);
    script(&made, plot_script_bars, PLOT_SVG);
    assert_has(written, " size 800,225 ");
    assert_has(written, "set xrange [0:");
    assert_has(written, "set ytics ('serial loop on serial' 0, 'map_async on openmp' 1)");
    assert_lacks(written, "slower"); /* without places nothing is said */
    assert_true(leaderboard_place(&made.board));
    assert_has(script(&made, plot_script_bars, PLOT_SVG), "'slower'");
    for (int i = 0; i < 15; i++) add_row(&made, "imap", "openmp", 2, 4 + i);
    leaderboard_rate(&made.board);
    assert_has(script(&made, plot_script_bars, PLOT_SVG), " size 800,675 ");
}

static void names_of_pictures_end_in_svg_or_png(void **state)
{
    (void)state;
    assert_int_equal(plot_kind_of("a.svg"), PLOT_SVG);
    assert_int_equal(plot_kind_of("a/b.c/d.PNG"), PLOT_PNG);
    static const char *const others[] = {"", "svg", ".svg", "a.pdf", "a.svg.gz", "a.svg/"};
    for (size_t i = 0; i < N_OF(others); i++) assert_int_equal(plot_kind_of(others[i]), PLOT_NONE);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(means_are_those_of_a_sample),
        cmocka_unit_test(the_interval_of_a_median_is_of_order_statistics),
        cmocka_unit_test(medians_and_intervals_are_values_of_the_sample),
        cmocka_unit_test(contradictions_are_those_of_the_tables),
        cmocka_unit_test(slower_is_what_chance_does_not_explain),
        cmocka_unit_test(less_than_one_percent_is_noise),
        cmocka_unit_test(times_of_zero_break_nothing),
        cmocka_unit_test(outliers_are_beyond_the_spread_and_two_percent),
        cmocka_unit_test(what_is_as_fast_shares_a_place),
        cmocka_unit_test(under_six_runs_there_are_no_places),
        cmocka_unit_test(ratings_compare_with_the_loop_and_the_baseline),
        cmocka_unit_test(no_speedup_is_above_the_number_of_workers),
        cmocka_unit_test(failed_rows_have_no_place_and_come_last),
        cmocka_unit_test(the_best_of_each_back_end_are_kept),
        cmocka_unit_test(a_table_has_one_unit),
        cmocka_unit_test(the_fastest_and_all_as_fast_are_named),
        cmocka_unit_test(doubts_are_told),
        cmocka_unit_test(a_noisy_machine_is_told),
        cmocka_unit_test(tables_are_aligned_by_characters),
        cmocka_unit_test(a_table_leaves_out_what_a_terminal_has_no_room_for),
        cmocka_unit_test(bars_begin_at_zero_and_fit),
        cmocka_unit_test(data_has_each_run_in_seconds),
        cmocka_unit_test(each_round_begins_with_another),
        cmocka_unit_test(what_is_left_is_known_after_a_round),
        cmocka_unit_test(what_is_left_fits_the_terminal),
        cmocka_unit_test(ticks_are_round_and_enough),
        cmocka_unit_test(curves_have_ticks_at_the_measured_counts),
        cmocka_unit_test(labels_of_counts_do_not_touch),
        cmocka_unit_test(bars_lie_flat_and_the_picture_grows),
        cmocka_unit_test(names_of_pictures_end_in_svg_or_png),
    };
    return cmocka_run_group_tests(cases, NULL, NULL);
}
