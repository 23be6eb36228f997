/* leaderboard.c: the ranking and its three formats. */
#include "leaderboard.h"
#include "csv.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static int is_baseline(const leaderboard_row *row, const char *method, int progress)
{
    return strcmp(row->backend, "pthread") == 0 && strcmp(row->method, method) == 0 && row->progress == progress;
}

static const leaderboard_row *baseline_of(const leaderboard *board, const leaderboard_row *row)
{
    const leaderboard_row *map = NULL;
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *other = &board->rows[i];
        if (is_baseline(other, row->method, row->progress)) return other;
        if (is_baseline(other, "map", 0)) map = other;
    }
    return map;
}

static int by_mean(const void *a, const void *b)
{
    double first = ((const leaderboard_row *)a)->seconds.mean, second = ((const leaderboard_row *)b)->seconds.mean;
    return (first > second) - (first < second);
}

void leaderboard_rank(leaderboard *board)
{
    double loop = board->rows[board->serial_loop].seconds.mean;
    for (size_t i = 0; i < board->n_rows; i++) {
        leaderboard_row *row = &board->rows[i];
        const leaderboard_row *baseline = baseline_of(board, row);
        row->speedup = loop / row->seconds.mean;
        row->efficiency = row->speedup / row->workers;
        row->to_pthread = baseline ? row->seconds.mean / baseline->seconds.mean : 0.0;
    }
    qsort(board->rows, board->n_rows, sizeof *board->rows, by_mean);
}

static const char *plural(int n) { return n == 1 ? "" : "s"; }

/* The whole table has one unit, so that its times are easy to compare. */
static void write_table(const leaderboard *board, FILE *file)
{
    int in_seconds = board->n_rows && board->rows[board->n_rows - 1].seconds.mean >= 10.0;
    double scale = in_seconds ? 1.0 : 1e3;
    int ranks = 1, threads = 1;
    for (size_t i = 0; i < board->n_rows; i++) {
        ranks = board->rows[i].ranks > ranks ? board->rows[i].ranks : ranks;
        threads = board->rows[i].threads > threads ? board->rows[i].threads : threads;
    }
    fprintf(file, "%s: %llu item%s, %d run%s of each after a warm-up; host %s, %d core%s, up to %d rank%s × %d thread%s\n\n", board->job,
            (unsigned long long)board->items, board->items == 1 ? "" : "s", board->runs, plural(board->runs), board->host, board->cores,
            plural(board->cores), ranks, plural(ranks), threads, plural(threads));
    fprintf(file, "%-29s %-8s %15s %12s ± %-10s %8s %13s %10s\n", "method", "back end", "ranks × threads ",
            in_seconds ? "mean (s)" : "mean (ms)", "deviation", "speed-up", "time/pthread", "efficiency");
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        char name[40];
        snprintf(name, sizeof name, "%s%s", row->method, row->progress ? " + progress" : "");
        fprintf(file, "%-29s %-8s %6d × %-6d %12.3f ± %-10.3f %8.2f %13.3f %9.0f%%\n", name, row->backend, row->ranks, row->threads,
                row->seconds.mean * scale, row->seconds.deviation * scale, row->speedup, row->to_pthread, 100.0 * row->efficiency);
    }
}

static void write_csv(const leaderboard *board, FILE *file)
{
    fputs("job,host,cores,items,runs,method,backend,progress,ranks,threads,workers,mean_s,deviation_s,minimum_s,speedup,time_to_pthread,"
          "efficiency\n",
          file);
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        csv_write(file, (rp_bytes){board->job, strlen(board->job)});
        fprintf(file, ",%s,%d,%llu,%d,%s,%s,%s,%d,%d,%d,%.9g,%.9g,%.9g,%.6g,%.6g,%.6g\n", board->host, board->cores,
                (unsigned long long)board->items, board->runs, row->method, row->backend, row->progress ? "yes" : "no", row->ranks,
                row->threads, row->workers, row->seconds.mean, row->seconds.deviation, row->seconds.minimum, row->speedup, row->to_pthread,
                row->efficiency);
    }
}

static json_t *row_object(const leaderboard *board, const leaderboard_row *row)
{
    return json_pack("{s:s, s:s, s:i, s:I, s:i, s:s, s:s, s:b, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f}", "job", board->job, "host",
                     board->host, "cores", board->cores, "items", (json_int_t)board->items, "runs", board->runs, "method", row->method,
                     "backend", row->backend, "progress", row->progress, "ranks", row->ranks, "threads", row->threads, "workers",
                     row->workers, "mean_s", row->seconds.mean, "deviation_s", row->seconds.deviation, "minimum_s", row->seconds.minimum,
                     "speedup", row->speedup, "time_to_pthread", row->to_pthread, "efficiency", row->efficiency);
}

static void write_jsonl(const leaderboard *board, output *out)
{
    for (size_t i = 0; i < board->n_rows; i++) {
        json_t *object = row_object(board, &board->rows[i]);
        if (!object || json_dumpf(object, out->file, JSON_COMPACT | JSON_REAL_PRECISION(9))) out->out_of_memory = !ferror(out->file);
        putc('\n', out->file);
        json_decref(object);
    }
}

void leaderboard_write(const leaderboard *board, output *out)
{
    if (out->format == OUTPUT_CSV) write_csv(board, out->file);
    if (out->format == OUTPUT_JSONL) write_jsonl(board, out);
    if (out->format == OUTPUT_TEXT) write_table(board, out->file);
}
