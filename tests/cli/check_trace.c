/*
 * check_trace.c: reads a file in the trace-event format and counts: "processes P", "threads T", "grains G items N", "chunks C items N",
 * "dropped D", a line each. Fails when it isn't JSON, when an event lacks what viewers need, when two grains of a worker overlap, or when a
 * chunk doesn't end where it begins.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct slice {
    double begin, end;
    int pid, tid;
} slice;

static struct {
    size_t processes, threads, grains, chunks, ends;
    json_int_t grain_items, chunk_items;
    slice *slices;
} found;

static int take_slice(json_t *event, const char *phase)
{
    json_int_t items = json_integer_value(json_object_get(json_object_get(event, "args"), "items"));
    json_t *ts = json_object_get(event, "ts"), *duration = json_object_get(event, "dur");
    int pid = (int)json_integer_value(json_object_get(event, "pid")), tid = (int)json_integer_value(json_object_get(event, "tid"));
    if (!json_is_number(ts)) return 0;
    if (strcmp(phase, "b") == 0) {
        found.chunks++;
        found.chunk_items += items;
    } else if (strcmp(phase, "e") == 0) {
        found.ends++;
    } else if (strcmp(phase, "X") == 0 && json_is_number(duration) && items > 0) {
        double begin = json_number_value(ts);
        found.slices[found.grains++] = (slice){begin, begin + json_number_value(duration), pid, tid};
        found.grain_items += items;
    } else {
        return 0;
    }
    return json_is_string(json_object_get(event, "name"));
}

static int take_event(json_t *event)
{
    const char *phase = json_string_value(json_object_get(event, "ph")), *name = json_string_value(json_object_get(event, "name"));
    if (!phase || !name || !json_is_integer(json_object_get(event, "pid"))) return 0;
    if (strcmp(phase, "M") != 0) return take_slice(event, phase);
    found.processes += strcmp(name, "process_name") == 0;
    found.threads += strcmp(name, "thread_name") == 0;
    return 1;
}

static int by_track(const void *a, const void *b)
{
    const slice *one = a, *other = b;
    if (one->pid != other->pid) return one->pid - other->pid;
    if (one->tid != other->tid) return one->tid - other->tid;
    return (one->begin > other->begin) - (one->begin < other->begin);
}

static int overlap(void)
{
    qsort(found.slices, found.grains, sizeof *found.slices, by_track);
    for (size_t i = 1; i < found.grains; i++) {
        const slice *last = &found.slices[i - 1], *next = &found.slices[i];
        if (last->pid == next->pid && last->tid == next->tid && next->begin < last->end - 0.01)
            return 1; /* a hundredth of a us: rounding */
    }
    return 0;
}

static const char *check(json_t *root)
{
    json_t *events = json_object_get(root, "traceEvents"), *event;
    size_t i;
    if (!json_is_array(events)) return "no traceEvents";
    found.slices = calloc(json_array_size(events) + 1, sizeof *found.slices);
    if (!found.slices) return "no memory";
    json_array_foreach(events, i, event)
    {
        if (!take_event(event)) return "an event lacks something";
    }
    if (found.chunks != found.ends) return "a chunk doesn't end";
    return overlap() ? "grains overlap" : NULL;
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
    json_t *dropped = json_object_get(json_object_get(root, "otherData"), "grains_dropped");
    if (problem) printf("%s\n", problem);
    printf("processes %zu\nthreads %zu\ngrains %zu items %lld\nchunks %zu items %lld\ndropped %lld\n", found.processes, found.threads,
           found.grains, (long long)found.grain_items, found.chunks, (long long)found.chunk_items, (long long)json_integer_value(dropped));
    free(found.slices);
    json_decref(root);
    return problem ? EXIT_FAILURE : EXIT_SUCCESS;
}
