/*
 * journal_command.c: see journal_command.h. How many items there are is the fact `items` of the last run; where a run has the facts
 * `batch_job` and `nodes`, its row has them.
 */
#include "journal_command.h"
#include "csv.h"
#include "output.h"
#include "program.h"

#include "journal/journal.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct journal_view {
    rpi_journal *journal;
    rpi_journal_summary summary;
    const char *path;
    uint64_t n_items; /* 0: not known */
    output out;
} journal_view;

static const char *const run_ends[] = {[RPI_RUN_DIED] = "died",
                                       [RPI_RUN_DONE] = "done",
                                       [RPI_RUN_STOPPED] = "stopped",
                                       [RPI_RUN_BROKEN] = "broken",
                                       [RPI_RUN_GOING] = "going on"};

static const char *time_text(uint64_t unix_ns, char text[32])
{
    time_t seconds = (time_t)(unix_ns / 1000000000u);
    struct tm parts;
    if (unix_ns == 0 || !gmtime_r(&seconds, &parts)) return "";
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

static const char *fact_of(const rpi_journal_run *run, const char *name)
{
    const char *value = rpi_facts_value(&run->facts, name);
    return value ? value : "";
}

/* 0: the run was too short to say. */
static double rate_of(const rpi_journal_run *run)
{
    double seconds = (double)(run->end_ns - run->begin_ns) * 1e-9;
    return run->end_ns > run->begin_ns && seconds > 0 ? (double)(run->n_done + run->n_failed) / seconds : 0;
}

static uint64_t n_to_do(const journal_view *view)
{
    uint64_t ended = view->summary.n_done + view->summary.n_failed;
    return view->n_items > ended ? view->n_items - ended : 0;
}

/* ---- text ---- */

static void print_counts(const journal_view *view)
{
    const rpi_journal_summary *s = &view->summary;
    FILE *file = view->out.file;
    char shown[256], when[32];
    (void)rp_printable(view->path, strlen(view->path), shown, sizeof shown);
    fprintf(file, "%s: %" PRIu64 " done, %" PRIu64 " failed", shown, s->n_done, s->n_failed);
    if (view->n_items > 0) fprintf(file, ", %" PRIu64 " to do, of %" PRIu64 " items", n_to_do(view), view->n_items);
    fprintf(file, "; %zu run%s, %.3g MB", s->n_runs, s->n_runs == 1 ? "" : "s", (double)s->bytes * 1e-6);
    if (s->n_done + s->n_failed > 0)
        fprintf(file, " (%" PRIu64 " bytes an item), %.3g s an item", s->bytes / (s->n_done + s->n_failed),
                s->seconds / (double)(s->n_done + s->n_failed));
    fputc('\n', file);
    if (s->last_ns > 0) fprintf(file, "as of %s, the last commit that can be seen from here\n", time_text(s->last_ns, when));
    if (s->n_lost > 0)
        fprintf(file, "damaged: %" PRIu64 " commits, %" PRIu64 " bytes; their items are run again\n", s->n_lost, s->lost_bytes);
}

static void print_runs(const journal_view *view)
{
    FILE *file = view->out.file;
    char begin[32], end[32], job[64], nodes[64];
    fprintf(file, "\n%5s  %-20s  %-20s  %-8s %10s %8s %10s  %-10s %s\n", "run", "from", "to", "end", "done", "failed", "items/s", "job",
            "nodes");
    for (size_t i = 0; i < view->summary.n_runs; i++) {
        const rpi_journal_run *run = &view->summary.runs[i];
        const char *given = fact_of(run, "batch_job"), *where = fact_of(run, "nodes");
        (void)rp_printable(given, strlen(given), job, sizeof job);
        (void)rp_printable(where, strlen(where), nodes, sizeof nodes);
        fprintf(file, "%5" PRIu64 "  %-20s  %-20s  %-8s %10" PRIu64 " %8" PRIu64 " %10.4g  %-10s %s\n", run->epoch,
                time_text(run->begin_ns, begin), time_text(run->end_ns, end), run_ends[run->end], run->n_done, run->n_failed, rate_of(run),
                job, nodes);
    }
}

static void print_slowest(const journal_view *view)
{
    FILE *file = view->out.file;
    if (view->summary.n_slow > 0) fprintf(file, "\nslowest items:\n%12s %12s %6s\n", "item", "seconds", "rank");
    for (size_t i = 0; i < view->summary.n_slow; i++) {
        const rpi_slow_item *slow = &view->summary.slow[i];
        fprintf(file, "%12" PRIu64 " %12.6g %6d\n", slow->index, slow->seconds, slow->rank);
    }
}

/* ---- csv and jsonl ---- */

static void put_object(journal_view *view, json_t *object)
{
    if (!object || json_dumpf(object, view->out.file, JSON_COMPACT | JSON_REAL_PRECISION(9)))
        view->out.out_of_memory = !ferror(view->out.file);
    putc('\n', view->out.file);
    json_decref(object);
}

static json_t *text_object(const char *text)
{
    json_t *value = json_string(text);
    return value ? value : json_null(); /* it isn't UTF-8 */
}

static void put_summary(journal_view *view)
{
    const rpi_journal_summary *s = &view->summary;
    put_object(view, json_pack("{s:s, s:I, s:I, s:o, s:I, s:I, s:I, s:f, s:f}", "kind", "summary", "done", (json_int_t)s->n_done, "failed",
                               (json_int_t)s->n_failed, "to_do", view->n_items > 0 ? json_integer((json_int_t)n_to_do(view)) : json_null(),
                               "runs", (json_int_t)s->n_runs, "bytes", (json_int_t)s->bytes, "damaged_commits", (json_int_t)s->n_lost,
                               "item_seconds", s->seconds, "seen", (double)s->last_ns * 1e-9));
    for (size_t i = 0; i < s->n_slow; i++)
        put_object(view, json_pack("{s:s, s:I, s:f, s:i}", "kind", "slow", "item", (json_int_t)s->slow[i].index, "seconds",
                                   s->slow[i].seconds, "rank", s->slow[i].rank));
}

static void put_run(journal_view *view, const rpi_journal_run *run)
{
    char begin[32], end[32];
    put_object(view,
               json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:f, s:I, s:I, s:o, s:o}", "kind", "run", "run", (json_int_t)run->epoch,
                         "from", time_text(run->begin_ns, begin), "to", time_text(run->end_ns, end), "end", run_ends[run->end], "done",
                         (json_int_t)run->n_done, "failed", (json_int_t)run->n_failed, "retries", (json_int_t)run->n_retries, "items_per_s",
                         rate_of(run), "bytes", (json_int_t)run->bytes, "damaged_commits", (json_int_t)run->n_lost, "job",
                         text_object(fact_of(run, "batch_job")), "nodes", text_object(fact_of(run, "nodes"))));
}

static void put_run_csv(journal_view *view, const rpi_journal_run *run)
{
    char begin[32], end[32];
    FILE *file = view->out.file;
    const char *job = fact_of(run, "batch_job"), *nodes = fact_of(run, "nodes");
    fprintf(file, "%" PRIu64 ",%s,%s,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.9g,%" PRIu64 ",%" PRIu64 ",", run->epoch,
            time_text(run->begin_ns, begin), time_text(run->end_ns, end), run_ends[run->end], run->n_done, run->n_failed, run->n_retries,
            rate_of(run), run->bytes, run->n_lost);
    csv_write(file, (rp_bytes){job, strlen(job)});
    fputc(',', file);
    csv_write(file, (rp_bytes){nodes, strlen(nodes)});
    fputc('\n', file);
}

static void write_overview(journal_view *view)
{
    if (view->out.format == OUTPUT_TEXT) {
        print_counts(view);
        print_runs(view);
        print_slowest(view);
        return;
    }
    if (view->out.format == OUTPUT_CSV)
        fputs("run,from,to,end,done,failed,retries,items_per_s,bytes,damaged_commits,job,nodes\n", view->out.file);
    else put_summary(view);
    for (size_t i = 0; i < view->summary.n_runs; i++)
        if (view->out.format == OUTPUT_CSV) put_run_csv(view, &view->summary.runs[i]);
        else put_run(view, &view->summary.runs[i]);
}

/* ---- --failed, --todo ---- */

static void write_item(journal_view *view, uint64_t item, const rpi_journal_entry *entry)
{
    FILE *file = view->out.file;
    if (view->out.format == OUTPUT_TEXT) fprintf(file, "%" PRIu64 "\n", item);
    if (view->out.format == OUTPUT_CSV) fprintf(file, "%" PRIu64 ",%u,%u\n", item, entry->n_tries, entry->n_crashes);
    if (view->out.format == OUTPUT_JSONL)
        fprintf(file, "{\"index\":%" PRIu64 ",\"tries\":%u,\"crashes\":%u}\n", item, entry->n_tries, entry->n_crashes);
}

static void write_items(journal_view *view, rpi_outcome wanted)
{
    uint64_t end = rpi_journal_index(view->journal)->end;
    rpi_journal_entry entry;
    if (wanted == RPI_OUTCOME_NONE && view->n_items > end) end = view->n_items;
    if (view->out.format == OUTPUT_CSV) fputs("index,tries,crashes\n", view->out.file);
    for (uint64_t item = 0; item < end; item++) {
        (void)rpi_journal_find(view->journal, item, &entry);
        if (entry.outcome == wanted) write_item(view, item, &entry);
    }
}

/* ---- the command ---- */

static int write_view(journal_view *view, const program_options *options)
{
    rp_error error;
    const rpi_facts *facts = rpi_journal_facts(view->journal);
    const char *n_items = facts ? rpi_facts_value(facts, "items") : NULL;
    rpi_journal_summarize(view->journal, &view->summary);
    view->n_items = n_items ? strtoull(n_items, NULL, 10) : 0;
    if (output_open(&view->out, options->output, options->format, &error) != RP_OK) return program_fail(&error);
    if (options->journal.failed) write_items(view, RPI_OUTCOME_FAILED);
    else if (options->journal.todo) write_items(view, RPI_OUTCOME_NONE);
    else write_overview(view);
    rp_status status = output_close(&view->out, &error);
    return status == RP_OK ? PROGRAM_OK : program_fail(&error);
}

int journal_command(const program_options *options)
{
    rp_error error;
    journal_view view = {.path = options->journal.path};
    if (rpi_journal_look(view.path, &view.journal, &error) != RP_OK) return program_fail(&error);
    int status = write_view(&view, options);
    (void)rpi_journal_close(view.journal, RPI_RUN_DONE, NULL, NULL, NULL);
    return status;
}
