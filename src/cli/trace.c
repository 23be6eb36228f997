/*
 * trace.c: see trace.h. The format: "Trace Event Format" (Chromium project). Times are in microseconds; events may come in any order. Texts
 * that come from elsewhere are written by jansson, everything else is numbers, written as they come: a tree of a million events would
 * take a gigabyte.
 */
#include "trace.h"

#include <jansson.h>
#include <string.h>

typedef unsigned long long number;

/* The comma before each event but the first. */
static void separate(FILE *file, int *n_events) { fputs((*n_events)++ ? ",\n" : "\n", file); }

static int write_text(const char *text, FILE *file)
{
    json_t *string = json_string(text);
    if (!string) string = json_string("?"); /* no UTF-8 */
    int written = string && json_dumpf(string, file, JSON_ENCODE_ANY) == 0;
    json_decref(string);
    return written || ferror(file);
}

static int write_name(const char *what, int rank, int worker, const char *name, FILE *file)
{
    fprintf(file, "{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%d,\"tid\":%d,\"args\":{\"name\":", what, rank, worker);
    int written = write_text(name, file);
    fputs("}}", file);
    return written;
}

static int write_names(const report *made, int *n_events, FILE *file)
{
    int written = 1;
    for (int r = 0; r < made->n_ranks && written; r++) {
        char name[RP_ERROR_HOST_SIZE + 32];
        snprintf(name, sizeof name, "rank %d, host %s", r, made->places[r].host);
        separate(file, n_events);
        written = write_name("process_name", r, 0, name, file);
        separate(file, n_events);
        fprintf(file, "{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":%d,\"args\":{\"sort_index\":%d}}", r, r);
        for (int w = 0; made->ranks[r] && w < made->ranks[r]->n_workers && written; w++) {
            snprintf(name, sizeof name, "worker %d", w);
            separate(file, n_events);
            written = write_name("thread_name", r, w, name, file);
        }
    }
    return written;
}

static void write_label(const rp_grain *what, FILE *file)
{
    if (what->count == 1) fprintf(file, "{\"name\":\"%llu\"", (number)what->first);
    else fprintf(file, "{\"name\":\"%llu to %llu\"", (number)what->first, (number)(what->first + what->count - 1));
}

static void write_arguments(const rp_grain *what, FILE *file)
{
    fprintf(file, ",\"args\":{\"call\":%llu,\"first\":%llu,\"items\":%llu", (number)what->call, (number)what->first, (number)what->count);
    if (what->attempt > 1) fprintf(file, ",\"attempt\":%u", what->attempt);
    if (what->failed > 0) fprintf(file, ",\"failed\":%u", what->failed);
    fputs("}}", file);
}

static void write_grain(const report_grain *grain, FILE *file)
{
    const rp_grain *what = &grain->what;
    write_label(what, file);
    fprintf(file, ",\"cat\":\"grain\",\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"ts\":%.3f,\"dur\":%.3f", grain->rank, grain->worker,
            1e6 * what->begin_s, 1e6 * (what->end_s - what->begin_s));
    write_arguments(what, file);
}

static void write_chunk(const report_grain *chunk, size_t id, int *n_events, FILE *file)
{
    const rp_grain *what = &chunk->what;
    separate(file, n_events);
    write_label(what, file);
    fprintf(file, ",\"cat\":\"chunk\",\"ph\":\"b\",\"id\":%zu,\"pid\":%d,\"tid\":0,\"ts\":%.3f", id, chunk->rank, 1e6 * what->begin_s);
    write_arguments(what, file);
    separate(file, n_events);
    write_label(what, file);
    fprintf(file, ",\"cat\":\"chunk\",\"ph\":\"e\",\"id\":%zu,\"pid\":%d,\"tid\":0,\"ts\":%.3f}", id, chunk->rank, 1e6 * what->end_s);
}

/* What a reader must know who counts: what found no room, and how well clocks are known. */
static int write_notes(const report *made, const char *title, FILE *file)
{
    fputs("\"displayTimeUnit\":\"ms\",\"otherData\":{\"program\":\"rankpool ", file);
    fprintf(file, "%s\",\"run\":", rp_version());
    int written = write_text(title, file);
    fprintf(file, ",\"grains_dropped\":%llu,\"chunks_dropped\":%llu,\"clock_error_us\":[", (number)made->grains.n_more,
            (number)made->chunks.n_more);
    for (int r = 0; r < made->n_ranks; r++) fprintf(file, "%s%.3f", r ? "," : "", made->ranks[r] ? 1e6 * made->ranks[r]->clock_error_s : 0);
    fputs("]},\n", file);
    return written;
}

int trace_write(const report *made, const char *title, FILE *file)
{
    int n_events = 0;
    fputs("{", file);
    int written = write_notes(made, title, file);
    fputs("\"traceEvents\":[", file);
    written = written && write_names(made, &n_events, file);
    for (size_t i = 0; i < made->grains.n; i++) {
        separate(file, &n_events);
        write_grain(&made->grains.grains[i], file);
    }
    for (size_t i = 0; i < made->chunks.n; i++) write_chunk(&made->chunks.grains[i], i, &n_events, file);
    fputs("\n]}\n", file);
    return written;
}
