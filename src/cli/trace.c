/*
 * trace.c: see trace.h. The format: "Trace Event Format" (Chromium project). Times are in microseconds; events may come in any order.
 * jansson writes texts from outside; everything else is numbers, written as they come. A tree of a million events would take a gigabyte.
 *
 * Perfetto takes a thread 0 for the one that has the number of its process, and takes thread numbers for those of a machine, which two
 * processes don't share. Older versions took "displayTimeUnit" for the unit of the times, and stopped reading after a member that they
 * didn't know. So numbers are from 1 and unique, events come first, and the unit of the display has its default, ms.
 */
#include "trace.h"

#include <jansson.h>
#include <string.h>

typedef unsigned long long number;

enum { TEXT_SIZE = RP_ERROR_HOST_SIZE + 32 };

/* Writes a comma before each event but the first. */
static void separate(FILE *file, int *n_events) { fputs((*n_events)++ ? ",\n" : "\n", file); }

static int write_text(const char *text, FILE *file)
{
    char shown[TEXT_SIZE];
    json_t *string = json_stringn(shown, rp_printable(text, strlen(text), shown, sizeof shown));
    int written = string && json_dumpf(string, file, JSON_ENCODE_ANY) == 0;
    json_decref(string);
    return written || ferror(file);
}

/* ---- processes and threads ---- */

enum { CHUNKS = -1 }; /* instead of a worker: the track of the chunks of a rank */

static int pid_of(int rank) { return rank + 1; }
static int tid_of(const report *made, int rank, int worker) { return made->n_ranks * (worker - CHUNKS + 1) + rank + 1; }

/* `what`: process or thread. */
static int write_name(const char *what, int pid, int tid, const char *name, FILE *file)
{
    fprintf(file, "{\"ph\":\"M\",\"name\":\"%s_name\",\"pid\":%d,\"tid\":%d,\"args\":{\"name\":", what, pid, tid);
    int written = write_text(name, file);
    fputs("}}", file);
    return written;
}

static void write_sort_index(const char *what, int pid, int tid, int position, FILE *file)
{
    fprintf(file, ",\n{\"ph\":\"M\",\"name\":\"%s_sort_index\",\"pid\":%d,\"tid\":%d,\"args\":{\"sort_index\":%d}}", what, pid, tid,
            position);
}

static int write_thread(const report *made, int rank, int worker, int *n_events, FILE *file)
{
    char name[TEXT_SIZE] = "chunks";
    int pid = pid_of(rank), tid = tid_of(made, rank, worker);
    if (worker != CHUNKS) snprintf(name, sizeof name, "worker %d", worker);
    separate(file, n_events);
    int written = write_name("thread", pid, tid, name, file);
    write_sort_index("thread", pid, tid, worker - CHUNKS, file);
    return written;
}

static int write_rank(const report *made, int rank, int *n_events, FILE *file)
{
    const rp_rank_report *here = made->ranks[rank];
    char name[TEXT_SIZE];
    snprintf(name, sizeof name, "rank %d, host %s%s", rank, made->infos[rank].host, here ? "" : ", lost");
    separate(file, n_events);
    int written = write_name("process", pid_of(rank), tid_of(made, rank, 0), name, file);
    write_sort_index("process", pid_of(rank), tid_of(made, rank, 0), rank, file);
    if (here && here->n_chunks_recorded > 0) written = written && write_thread(made, rank, CHUNKS, n_events, file);
    for (int worker = 0; here && worker < here->n_workers && written; worker++) written = write_thread(made, rank, worker, n_events, file);
    return written;
}

/* ---- events ---- */

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

static void write_grain(const report *made, const report_grain *grain, FILE *file)
{
    const rp_grain *what = &grain->what;
    write_label(what, file);
    fprintf(file, ",\"cat\":\"grain\",\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"ts\":%.3f,\"dur\":%.3f", pid_of(grain->rank),
            tid_of(made, grain->rank, grain->worker), 1e6 * what->begin_s, 1e6 * (what->end_s - what->begin_s));
    write_arguments(what, file);
}

static void write_end_of_chunk(const report *made, const report_grain *chunk, size_t id, char phase, double s, FILE *file)
{
    fprintf(file, "{\"name\":\"chunk\",\"cat\":\"chunk\",\"ph\":\"%c\",\"id\":%zu,\"pid\":%d,\"tid\":%d,\"ts\":%.3f", phase, id,
            pid_of(chunk->rank), tid_of(made, chunk->rank, CHUNKS), 1e6 * s);
}

/* All chunks have the same name: Perfetto puts events of the same name into one row. */
static void write_chunk(const report *made, size_t i, int *n_events, FILE *file)
{
    const report_grain *chunk = &made->chunks.grains[i];
    separate(file, n_events);
    write_end_of_chunk(made, chunk, i + 1, 'b', chunk->what.begin_s, file);
    write_arguments(&chunk->what, file);
    separate(file, n_events);
    write_end_of_chunk(made, chunk, i + 1, 'e', chunk->what.end_s, file);
    fputs("}", file);
}

/* Writes what a reader of the numbers must know: how many grains found no room, and how exact the clocks are. */
static int write_notes(const report *made, const char *title, FILE *file)
{
    fprintf(file, "\"otherData\":{\"program\":\"rankpool %s\",\"run\":", rp_version());
    int written = write_text(title, file);
    fprintf(file, ",\"grains_dropped\":%llu,\"chunks_dropped\":%llu,\"clock_error_us\":[", (number)made->grains.n_more,
            (number)made->chunks.n_more);
    for (int r = 0; r < made->n_ranks; r++) fprintf(file, "%s%.3f", r ? "," : "", made->ranks[r] ? 1e6 * made->ranks[r]->clock_error_s : 0);
    fputs("]}", file);
    return written;
}

int trace_write(const report *made, const char *title, FILE *file)
{
    int n_events = 0, written = 1;
    fputs("{\"traceEvents\":[", file);
    for (int rank = 0; rank < made->n_ranks && written; rank++) written = write_rank(made, rank, &n_events, file);
    for (size_t i = 0; i < made->grains.n; i++) {
        separate(file, &n_events);
        write_grain(made, &made->grains.grains[i], file);
    }
    for (size_t i = 0; i < made->chunks.n; i++) write_chunk(made, i, &n_events, file);
    fputs("\n],\n", file);
    written = written && write_notes(made, title, file);
    fputs("}\n", file);
    return written;
}
