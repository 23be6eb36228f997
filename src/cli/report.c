/* report.c: see report.h. */
#include "report.h"
#include "csv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_ROOM = 4096, ENDS_SHOWN = 8 };

uint64_t report_room(uint64_t n_workers)
{
    uint64_t each = REPORT_MOST_GRAINS / (n_workers ? n_workers : 1);
    return each > LEAST_ROOM ? each : LEAST_ROOM;
}

/* ---- gathering ---- */

static int by_items(const void *a, const void *b)
{
    const rp_grain *one = &((const report_grain *)a)->what, *other = &((const report_grain *)b)->what;
    if (one->call != other->call) return one->call < other->call ? -1 : 1;
    if (one->first != other->first) return one->first < other->first ? -1 : 1;
    return (one->attempt > other->attempt) - (one->attempt < other->attempt);
}

static void append(report_list *list, const rp_grain *grains, uint64_t n, int rank, int worker)
{
    for (uint64_t i = 0; i < n; i++) list->grains[list->n++] = (report_grain){grains[i], rank, worker};
}

static uint64_t n_chunks(const report *made)
{
    uint64_t n = 0;
    for (int r = 0; r < made->n_ranks; r++) n += made->ranks[r] ? made->ranks[r]->n_chunks_recorded : 0;
    return n;
}

static int list_grains(report *made)
{
    uint64_t chunks = n_chunks(made), grains = made->summary.n_recorded;
    made->grains.grains = malloc((size_t)(grains + 1) * sizeof *made->grains.grains);
    made->chunks.grains = malloc((size_t)(chunks + 1) * sizeof *made->chunks.grains);
    if (!made->grains.grains || !made->chunks.grains) return 0;
    for (int r = 0; r < made->n_ranks; r++) {
        const rp_rank_report *rank = made->ranks[r];
        if (!rank) continue;
        append(&made->chunks, rank->chunks, rank->n_chunks_recorded, r, -1);
        made->chunks.n_more += rank->n_chunks - rank->n_chunks_recorded;
        for (int w = 0; w < rank->n_workers; w++) append(&made->grains, rank->workers[w].grains, rank->workers[w].n_recorded, r, w);
    }
    made->grains.n_more = made->summary.n_grains - made->summary.n_recorded;
    qsort(made->grains.grains, made->grains.n, sizeof *made->grains.grains, by_items);
    qsort(made->chunks.grains, made->chunks.n, sizeof *made->chunks.grains, by_items);
    return 1;
}

rp_status report_gather(rp_pool *pool, report *made, rp_error *error)
{
    rp_pool_info info;
    rp_pool_get_info(pool, &info);
    *made = (report){.n_ranks = info.ranks};
    made->ranks = calloc((size_t)info.ranks, sizeof *made->ranks);
    made->infos = calloc((size_t)info.ranks, sizeof *made->infos);
    int complete = made->ranks && made->infos;
    for (int r = 0; r < info.ranks && complete; r++) {
        (void)rp_pool_get_rank_info(pool, r, &made->infos[r]);
        rp_status status = rp_pool_report(pool, r, &made->ranks[r], error);
        complete = status == RP_OK || status == RP_LOST; /* a line tells of a lost rank already */
    }
    if (complete) {
        rp_reports_summarise((const rp_rank_report *const *)made->ranks, made->n_ranks, &made->summary);
        complete = list_grains(made);
    }
    return complete ? RP_OK : rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the report");
}

void report_fini(report *made)
{
    for (int r = 0; made->ranks && r < made->n_ranks; r++) rp_rank_report_free(made->ranks[r]);
    free(made->ranks);
    free(made->infos);
    free(made->grains.grains);
    free(made->chunks.grains);
    *made = (report){0};
}

/* ---- sizes ---- */

static int by_size(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
    return (one > other) - (one < other);
}

static size_t put(char *text, size_t used, const char *format, ...) RP_PRINTF(3, 4);

static size_t put(char *text, size_t used, const char *format, ...)
{
    va_list arguments;
    if (used >= REPORT_SIZES_SIZE) return used;
    va_start(arguments, format);
    int n = vsnprintf(text + used, REPORT_SIZES_SIZE - used, format, arguments);
    va_end(arguments);
    return n > 0 ? used + (size_t)n : used;
}

static size_t put_sizes(const report_list *list, size_t from, size_t to, char *text, size_t used)
{
    for (size_t i = from; i < to; i++) used = put(text, used, " %llu", (unsigned long long)list->grains[i].what.count);
    return used;
}

/* The sizes from small to large, freed by the caller; NULL: no memory. */
static uint64_t *sorted_sizes(const report_list *list)
{
    uint64_t *sizes = malloc((list->n + 1) * sizeof *sizes);
    for (size_t i = 0; sizes && i < list->n; i++) sizes[i] = list->grains[i].what.count;
    if (sizes) qsort(sizes, list->n, sizeof *sizes, by_size);
    return sizes;
}

const char *report_sizes(const report_list *list, char text[REPORT_SIZES_SIZE])
{
    size_t n = list->n, used = put(text, 0, "%llu", (unsigned long long)(n + list->n_more));
    uint64_t *sizes = sorted_sizes(list);
    if (list->n_more) used = put(text, used, ", of the first %zu", n);
    if (n > 0 && sizes && sizes[0] == sizes[n - 1]) {
        (void)put(text, used, ": %llu item%s each", (unsigned long long)sizes[0], sizes[0] == 1 ? "" : "s");
    } else if (n > 0 && sizes) {
        used = put(text, used, ": %llu to %llu items, median %llu;", (unsigned long long)sizes[0], (unsigned long long)sizes[n - 1],
                   (unsigned long long)sizes[n / 2]);
        size_t head = n <= 2 * ENDS_SHOWN ? n : ENDS_SHOWN;
        used = put_sizes(list, 0, head, text, used);
        if (head < n) (void)put_sizes(list, n - ENDS_SHOWN, n, text, put(text, used, " …"));
    }
    free(sizes);
    return text;
}

/* ---- the table ---- */

static double share(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

/* The whole table has one unit, so that its times are easy to compare. */
static int in_seconds(const report *made) { return made->summary.makespan_s >= 10; }
static const char *unit(const report *made) { return in_seconds(made) ? "s" : "ms"; }
static double scaled(const report *made, double seconds) { return in_seconds(made) ? seconds : 1e3 * seconds; }

static int host_width(const report *made)
{
    size_t most = 4;
    for (int r = 0; r < made->n_ranks; r++)
        if (strlen(made->infos[r].host) > most) most = strlen(made->infos[r].host);
    return (int)most;
}

/* Writes a worker: when in the makespan it wasn't busy: before its first item, between items, after its last one. A worker that ran nothing
 * waited for its first item all the time. */
static void write_worker(const report *made, int rank, int worker, FILE *file)
{
    const rp_worker_report *what = &made->ranks[rank]->workers[worker];
    const rp_summary *all = &made->summary;
    double before = all->makespan_s, between = 0, after = 0;
    if (what->n_grains > 0) {
        before = what->begin_s - all->begin_s;
        between = what->end_s - what->begin_s - what->busy_s;
        after = all->end_s - what->end_s;
    }
    if (between < 0) between = 0; /* rounding */
    fprintf(file, "%4d %6d  %-*s %9llu %6llu %6llu %7llu %6llu %11.3f %4.0f%% %9.3f %9.3f %9.3f\n", rank, worker, host_width(made),
            made->infos[rank].host, (unsigned long long)what->items, (unsigned long long)what->failed, (unsigned long long)what->chunks,
            (unsigned long long)what->n_grains, (unsigned long long)what->waits, scaled(made, what->busy_s),
            share(what->busy_s, all->makespan_s), scaled(made, before), scaled(made, between), scaled(made, after));
}

static void write_workers(const report *made, FILE *file)
{
    int width = host_width(made);
    fprintf(file, "%*s idle, %s\n", 69 + width, "", unit(made));
    fprintf(file, "%4s %6s  %-*s %9s %6s %6s %7s %6s %9s%2s %5s %9s %9s %9s\n", "rank", "worker", width, "host", "items", "failed",
            "chunks", "grains", "waits", "busy, ", unit(made), "busy", "before", "between", "after");
    for (int r = 0; r < made->n_ranks; r++) {
        if (!made->ranks[r]) fprintf(file, "%4d %6s  %-*s      lost\n", r, "", width, made->infos[r].host);
        for (int w = 0; made->ranks[r] && w < made->ranks[r]->n_workers; w++) write_worker(made, r, w, file);
    }
}

static const char *bytes_text(uint64_t bytes, char text[32])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1000 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1000;
        unit++;
    }
    snprintf(text, 32, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
    return text;
}

static double clock_error_s(const report *made)
{
    double most = 0;
    for (int r = 0; r < made->n_ranks; r++)
        if (made->ranks[r] && made->ranks[r]->clock_error_s > most) most = made->ranks[r]->clock_error_s;
    return most;
}

static void write_traffic(const report *made, FILE *file)
{
    const rp_summary *all = &made->summary;
    char sent[32], received[32], sizes[REPORT_SIZES_SIZE];
    if (made->n_ranks == 1) return;
    fprintf(file, "chunks      %s\n", report_sizes(&made->chunks, sizes));
    fprintf(file, "rank 0      sent %s in %llu messages, received %s in %llu\n", bytes_text(all->bytes_sent, sent),
            (unsigned long long)all->messages_sent, bytes_text(all->bytes_received, received), (unsigned long long)all->messages_received);
    if (clock_error_s(made) > 0) fprintf(file, "clocks      those of other hosts are known to within %.0f us\n", 1e6 * clock_error_s(made));
}

void report_write_table(const report *made, FILE *file)
{
    const rp_summary *all = &made->summary;
    char sizes[REPORT_SIZES_SIZE];
    write_workers(made, file);
    fprintf(file, "\nmakespan    %.3f %s, from the begin of the first item to the end of the last\n", scaled(made, all->makespan_s),
            unit(made));
    fprintf(file, "ideal       %.3f %s, the busy time of all, %.3f %s, shared out evenly over %llu worker%s\n", scaled(made, all->ideal_s),
            unit(made), scaled(made, all->busy_s), unit(made), (unsigned long long)all->workers, all->workers == 1 ? "" : "s");
    fprintf(file, "efficiency  %.1f%%, ideal over makespan\n", 100 * all->efficiency);
    fprintf(file, "imbalance   %.3f, the longest busy time over the mean\n", all->imbalance);
    if (all->repeated > 0) fprintf(file, "retries     %llu of the items were further tries\n", (unsigned long long)all->repeated);
    fprintf(file, "grains      %s\n", report_sizes(&made->grains, sizes));
    write_traffic(made, file);
}

/* ---- csv ---- */

void report_write_csv(const report *made, FILE *file)
{
    fputs("call,first,items,attempt,failed,rank,host,worker,begin_s,end_s,seconds\n", file);
    for (size_t i = 0; i < made->grains.n; i++) {
        const report_grain *at = &made->grains.grains[i];
        const rp_grain *what = &at->what;
        const char *host = made->infos[at->rank].host;
        fprintf(file, "%llu,%llu,%llu,%u,%u,%d,", (unsigned long long)what->call, (unsigned long long)what->first,
                (unsigned long long)what->count, what->attempt, what->failed, at->rank);
        csv_write(file, (rp_bytes){host, strlen(host)});
        fprintf(file, ",%d,%.9f,%.9f,%.9g\n", at->worker, what->begin_s, what->end_s, (what->end_s - what->begin_s) / (double)what->count);
    }
}
