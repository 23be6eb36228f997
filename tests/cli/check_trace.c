/*
 * check_trace.c: reads a file in the trace-event format and counts: "processes P", "threads T" (workers), "grains G items N", "chunks C
 * items N", "dropped D", a line each. Fails when it isn't JSON, when an event lacks what viewers need or begins before the run, when two
 * grains of a worker overlap, when a chunk doesn't end, or when a grain is before its chunk was sent, or after it came back.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 0.01 us: times are rounded to 0.001 us and read as double. */
static const double rounding_us = 0.01;

/* A grain or a chunk. */
typedef struct slice {
    double begin, end;
    json_int_t pid, tid, id, call, first, items, attempt;
} slice;

typedef struct track {
    json_int_t pid, tid;
} track;

static struct {
    size_t n_processes, n_tracks, n_grains, n_chunks, n_ends;
    track *tracks; /* those with a name */
    slice *grains, *chunks;
} found;

static json_int_t integer(json_t *object, const char *name, json_int_t missing)
{
    json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : missing;
}

static slice make_slice(json_t *event, double begin, double duration)
{
    json_t *arguments = json_object_get(event, "args");
    return (slice){.begin = begin,
                   .end = begin + duration,
                   .pid = integer(event, "pid", 0),
                   .tid = integer(event, "tid", 0),
                   .id = integer(event, "id", 0),
                   .call = integer(arguments, "call", 0),
                   .first = integer(arguments, "first", -1),
                   .items = integer(arguments, "items", 0),
                   .attempt = integer(arguments, "attempt", 1)};
}

static int is_named(const slice *what)
{
    for (size_t i = 0; i < found.n_tracks; i++)
        if (found.tracks[i].pid == what->pid && found.tracks[i].tid == what->tid) return 1;
    return 0;
}

static const char *take_chunk(json_t *event, int begins, double ts)
{
    slice taken = make_slice(event, ts, 0);
    if (begins) {
        found.chunks[found.n_chunks++] = taken;
        return taken.id > 0 && taken.items > 0 && taken.first >= 0 ? NULL : "a chunk says too little";
    }
    for (size_t i = found.n_chunks; i-- > 0;) {
        slice *chunk = &found.chunks[i];
        if (chunk->id != taken.id) continue;
        found.n_ends++;
        chunk->end = ts;
        return chunk->pid == taken.pid && ts >= chunk->begin ? NULL : "a chunk ends elsewhere";
    }
    return "a chunk ends that didn't begin";
}

static const char *take_slice(json_t *event, char phase)
{
    json_t *ts = json_object_get(event, "ts"), *duration = json_object_get(event, "dur");
    slice taken = make_slice(event, json_number_value(ts), json_number_value(duration));
    if (!json_is_number(ts) || !json_is_string(json_object_get(event, "cat"))) return "an event has no time or no category";
    if (taken.begin < 0) return "an event is before the run";
    if (!is_named(&taken)) return "an event is of no known thread";
    if (phase == 'b' || phase == 'e') return take_chunk(event, phase == 'b', taken.begin);
    if (phase != 'X' || !json_is_number(duration) || json_number_value(duration) < 0) return "an event has no duration";
    found.grains[found.n_grains++] = taken;
    return taken.items > 0 && taken.first >= 0 && taken.call > 0 ? NULL : "a grain says too little";
}

static const char *take_name(json_t *event, const char *name)
{
    track named = {integer(event, "pid", 0), integer(event, "tid", 0)};
    const char *text = json_string_value(json_object_get(json_object_get(event, "args"), "name"));
    found.n_processes += strcmp(name, "process_name") == 0;
    if (strstr(name, "_name") && !text) return "a name is missing";
    if (strcmp(name, "thread_name") != 0) return NULL;
    for (size_t i = 0; i < found.n_tracks; i++)
        if (found.tracks[i].tid == named.tid) return "two threads have one number";
    found.tracks[found.n_tracks++] = named;
    return NULL;
}

static const char *take_event(json_t *event)
{
    const char *phase = json_string_value(json_object_get(event, "ph")), *name = json_string_value(json_object_get(event, "name"));
    if (!phase || !name || strlen(phase) != 1) return "an event has no phase or no name";
    if (integer(event, "pid", 0) < 1 || integer(event, "tid", 0) < 1) return "a process or thread isn't numbered from 1";
    return *phase == 'M' ? take_name(event, name) : take_slice(event, *phase);
}

static int by_track(const void *a, const void *b)
{
    const slice *one = a, *other = b;
    if (one->tid != other->tid) return one->tid < other->tid ? -1 : 1;
    return (one->begin > other->begin) - (one->begin < other->begin);
}

static int overlap(void)
{
    qsort(found.grains, found.n_grains, sizeof *found.grains, by_track);
    for (size_t i = 1; i < found.n_grains; i++) {
        const slice *last = &found.grains[i - 1], *next = &found.grains[i];
        if (last->tid == next->tid && next->begin < last->end - rounding_us) return 1;
    }
    return 0;
}

static int is_part(const slice *grain, const slice *chunk)
{
    return chunk->pid == grain->pid && chunk->call == grain->call && chunk->attempt == grain->attempt && chunk->first <= grain->first &&
           chunk->first + chunk->items >= grain->first + grain->items;
}

static int is_within(const slice *grain, const slice *chunk)
{
    return chunk->begin <= grain->begin + rounding_us && chunk->end >= grain->end - rounding_us;
}

/* False when its chunk never came back, as when the run was given up. */
static int is_outside(const slice *grain)
{
    for (size_t i = 0; i < found.n_chunks; i++)
        if (is_part(grain, &found.chunks[i])) return !is_within(grain, &found.chunks[i]);
    return 0;
}

static const char *check(json_t *root)
{
    json_t *events = json_object_get(root, "traceEvents"), *event;
    const char *problem = NULL;
    size_t i, n = json_array_size(events) + 1;
    if (!json_is_array(events)) return "no traceEvents";
    found.grains = calloc(n, sizeof *found.grains);
    found.chunks = calloc(n, sizeof *found.chunks);
    found.tracks = calloc(n, sizeof *found.tracks);
    if (!found.grains || !found.chunks || !found.tracks) return "no memory";
    json_array_foreach(events, i, event)
    {
        if ((problem = take_event(event))) return problem;
    }
    if (found.n_chunks != found.n_ends) return "a chunk doesn't end";
    for (i = 0; i < found.n_grains; i++)
        if (is_outside(&found.grains[i])) return "a grain isn't between the ends of its chunk";
    return overlap() ? "grains overlap" : NULL;
}

static long long n_items(const slice *slices, size_t n)
{
    long long sum = 0;
    for (size_t i = 0; i < n; i++) sum += slices[i].items;
    return sum;
}

static size_t n_workers(json_t *events)
{
    json_t *event;
    size_t i, n = 0;
    json_array_foreach(events, i, event)
    {
        const char *name = json_string_value(json_object_get(json_object_get(event, "args"), "name"));
        n += name && strncmp(name, "worker ", 7) == 0;
    }
    return n;
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *root = argc == 2 ? json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!root) {
        printf("not JSON: line %d: %s\n", error.line, error.text);
        return EXIT_FAILURE;
    }
    const char *problem = check(root);
    if (problem) printf("%s\n", problem);
    printf("processes %zu\nthreads %zu\n", found.n_processes, n_workers(json_object_get(root, "traceEvents")));
    printf("grains %zu items %lld\n", found.n_grains, n_items(found.grains, found.n_grains));
    printf("chunks %zu items %lld\n", found.n_chunks, n_items(found.chunks, found.n_chunks));
    printf("dropped %lld\n", (long long)integer(json_object_get(root, "otherData"), "grains_dropped", -1));
    free(found.grains);
    free(found.chunks);
    free(found.tracks);
    json_decref(root);
    return problem ? EXIT_FAILURE : EXIT_SUCCESS;
}
