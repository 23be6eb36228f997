/*
 * test_jobs.c: jobs that the program's tests need and that users don't: the program's own sources are linked with them, in place of
 * jobs/, as `rankpool_cli_program`.
 */
#include <rankpool/rankpool.h>

#include <rankpool/job.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- its item, but the negative of it in another thread than the program's first; 13 fails there ---- */

static int64_t at_home(int64_t item)
{
    int is_home = gettid() == getpid();
    if (item == 13 && !is_home) return rp_fail(3, "far from home");
    return is_home ? item : -item;
}
RP_TASK(at_home, int64_t, int64_t)

/* ---- bytes in, the same bytes out; an item "fail" fails ---- */

static void echo(rp_bytes text)
{
    if (text.size == 4 && __builtin_memcmp(text.data, "fail", 4) == 0) rp_fail(7, "asked to, \"quoted\"");
    else rp_emit(text.data, text.size);
}
RP_TASK_EMIT(echo, rp_bytes)

/* ---- several values an item, some parameters ---- */

static double scale(double factor, int32_t offset, double x, int8_t y) { return factor * (x + y) + offset; }
RP_TASK(scale, double, double, int32_t, double, int8_t)

/* ---- a small integer type; odd items fail ---- */

static int32_t half(int8_t x) { return x % 2 ? (int32_t)rp_fail(22, "odd") : x / 2; }
RP_TASK(half, int32_t, int8_t)

/* ---- several fields ---- */

typedef struct parts {
    double root;
    int64_t square;
    _Bool is_even;
} parts;

static parts split(int64_t x) { return (parts){__builtin_sqrt((double)x), x * x, x % 2 == 0}; }
RP_TASK(split, parts, int64_t)

/* ---- takes its item's number of milliseconds; fails after them when it is below 0; each begin adds a byte to the file $BEGUN ---- */

static void note_begin(void)
{
    const char *path = getenv("BEGUN");
    int file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644) : -1;
    if (file < 0) return;
    if (write(file, ".", 1) != 1) abort();
    close(file);
}

static double nap(double item)
{
    double milliseconds = item < 0 ? -item : item;
    note_begin();
    struct timespec pause = {(time_t)(milliseconds / 1e3), (long)((milliseconds - 1e3 * (double)(time_t)(milliseconds / 1e3)) * 1e6)};
    if (nanosleep(&pause, NULL)) return rp_fail(0, "was woken");
    return item < 0 ? rp_fail(0, "had a bad dream") : item;
}
RP_TASK(nap, double, double)

/* ---- the same text out, but for some that end or hold the process ---- */

static int is(rp_bytes text, const char *word) { return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0; }

static void end(rp_bytes text)
{
    if (is(text, "kill")) raise(SIGKILL);
    if (is(text, "abort")) abort();
    if (is(text, "exit")) exit(3);
    while (is(text, "hang")) nap(1000);
    rp_emit(text.data, text.size);
}
RP_TASK_EMIT(end, rp_bytes)

/* ---- the exit status of a command, 128 and more after a signal ---- */

static int32_t shell(rp_bytes command)
{
    char *text = strndup(command.data, command.size); /* an item has no 0 at its end */
    int status = text ? system(text) : -1;
    free(text);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
RP_TASK(shell, int32_t, rp_bytes)

/* ---- item N succeeds at the N-th attempt ---- */

static int64_t flaky(int64_t n) { return rp_attempt() < n ? rp_fail(5, "not yet") : n; }
RP_TASK(flaky, int64_t, int64_t)

/* ---- takes its item's number of milliseconds; an odd one kills rank 1 ---- */

static double mortal(double milliseconds)
{
    if (rp_rank() == 1 && (int)milliseconds % 2) raise(SIGKILL);
    return nap(milliseconds);
}
RP_TASK(mortal, double, double)

/* ---- the same text out; "kill" ends its process, rank 0 only after another one has died with it: until then it fails there. Who dies
 * leaves the file $DIED ---- */

static void deadly(rp_bytes text)
{
    const char *path = getenv("DIED");
    if (path && is(text, "kill")) {
        if (rp_rank() == 0 && access(path, F_OK) != 0) {
            rp_fail(1, "not here");
            return;
        }
        int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        if (file >= 0) raise(SIGKILL);
    }
    rp_emit(text.data, text.size);
}
RP_TASK_EMIT(deadly, rp_bytes)

/* ---- its item is a command, which is run; the last line that it prints, after its exit status ---- */

static void call(rp_bytes text)
{
    char command[1024], line[256] = "", result[280];
    snprintf(command, sizeof command, "%.*s", (int)text.size, (const char *)text.data);
    FILE *output = popen(command, "r");
    if (!output) {
        rp_fail(1, "popen failed");
        return;
    }
    while (fgets(line, sizeof line, output)) continue;
    line[strcspn(line, "\n")] = '\0';
    int status = pclose(output);
    int length = snprintf(result, sizeof result, "%d:%s", WIFEXITED(status) ? WEXITSTATUS(status) : -1, line);
    rp_emit(result, (size_t)length);
}
RP_TASK_EMIT(call, rp_bytes)

/* ---- never gives the same result twice, as a job that is broken would ---- */

static int64_t wander(int64_t x)
{
    static int64_t calls;
    return x + __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
}
RP_TASK(wander, int64_t, int64_t)

/* ---- a time, which may differ, beside an integer, which may not, and does for item 13 ---- */

typedef struct timed {
    double seconds;
    int64_t value;
} timed;

static timed measure(int64_t x)
{
    int64_t different = wander(x);
    return (timed){(double)different, x == 13 ? different : x};
}
RP_TASK(measure, timed, int64_t)

/* ---- a command and texts: their words, each in brackets ---- */

static void show(rp_bytes words, rp_bytes texts)
{
    const rp_bytes both[] = {words, texts};
    for (int i = 0; i < 2; i++) {
        const char *end = (const char *)both[i].data + both[i].size;
        for (const char *word = both[i].data; word < end; word += strlen(word) + 1) {
            rp_emit("[", 1);
            rp_emit(word, strlen(word));
            rp_emit("]", 1);
        }
    }
}
RP_TASK_EMIT(show, rp_bytes, rp_bytes)

/* ---- texts with the names of their columns ---- */

static void columns(rp_bytes names, rp_bytes texts)
{
    const char *name = names.data, *text = texts.data, *end = text + texts.size;
    for (; text < end; text += strlen(text) + 1, name += strlen(name) + 1) {
        if (text != texts.data) rp_emit(" ", 1);
        rp_emit(name, strlen(name));
        rp_emit("=", 1);
        rp_emit(text, strlen(text));
    }
}
RP_TASK_EMIT(columns, rp_bytes, rp_bytes)

/* ---- binding ---- */

typedef struct show_bound {
    rp_bytes words;
    rp_column column;
    char text[1000];
} show_bound;

static rp_status bind_show(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    show_bound *made = calloc(1, sizeof *made);
    if (!made) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    size_t size = 0;
    for (char *const *word = request->words; *word; word++) size += (size_t)sprintf(made->text + size, "%s", *word) + 1;
    made->words = (rp_bytes){made->text, size};
    made->column = RP_CONSTANT_AT(&made->words);
    *bound = (rp_columns){1, &made->column};
    *state = made;
    return RP_OK;
}

static rp_status bind_columns(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    show_bound *made = calloc(1, sizeof *made);
    if (!made) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    size_t size = 0;
    for (size_t k = 0; k < request->n_columns; k++) {
        const char *name = request->columns && request->columns[k] ? request->columns[k] : "-";
        size += (size_t)sprintf(made->text + size, "%s", name) + 1;
    }
    made->words = (rp_bytes){made->text, size};
    made->column = RP_CONSTANT_AT(&made->words);
    *bound = (rp_columns){1, &made->column};
    *state = made;
    return RP_OK;
}

typedef struct scale_bound {
    double factor;
    int32_t offset;
    rp_column columns[2];
} scale_bound;

static rp_status bind_scale(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    scale_bound *made = malloc(sizeof *made);
    if (!made) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    made->factor = request->values[0].number;
    made->offset = (int32_t)request->values[1].integer;
    made->columns[0] = RP_CONSTANT_AT(&made->factor);
    made->columns[1] = RP_CONSTANT_AT(&made->offset);
    *bound = (rp_columns){2, made->columns};
    *state = made;
    return RP_OK;
}

static rp_status bind_none(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    (void)request, (void)error;
    *bound = (rp_columns){0, NULL};
    *state = NULL;
    return RP_OK;
}

static const rp_param no_params[] = {{NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0}};
static const rp_param scale_params[] = {
    {"factor", RP_PARAM_NUMBER, NULL, "what is multiplied with", -10, 10},
    {"offset", RP_PARAM_INTEGER, "0", "what is added", 0, 100},
    {NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0},
};

#define FIELD_END                                                                                                                          \
    {                                                                                                                                      \
        NULL, RP_TYPE_RECORD, 0                                                                                                            \
    }
static const rp_field text_field[] = {{"text", RP_TYPE_BYTES, 0}, FIELD_END};
static const rp_field double_field[] = {{"value", RP_TYPE_DOUBLE, 0}, FIELD_END};
static const rp_field int32_field[] = {{"value", RP_TYPE_INT32, 0}, FIELD_END};
static const rp_field int64_field[] = {{"value", RP_TYPE_INT64, 0}, FIELD_END};
static const rp_field parts_fields[] = {{"root", RP_TYPE_DOUBLE, offsetof(parts, root)},
                                        {"square", RP_TYPE_INT64, offsetof(parts, square)},
                                        {"is_even", RP_TYPE_BOOL, offsetof(parts, is_even)},
                                        FIELD_END};

static const rp_field timed_fields[] = {
    {"seconds", RP_TYPE_DOUBLE, offsetof(timed, seconds)}, {"value", RP_TYPE_INT64, offsetof(timed, value)}, FIELD_END};

/* These jobs say no more than their tests need. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const rp_job echo_job = {"echo", "its item", "a text", echo_task, no_params, text_field, NULL, bind_none, NULL};
static const rp_job visit_job = {
    "visit", "its item", "an address", echo_task, no_params, text_field, NULL, bind_none, .items_are_addresses = 1};
static const rp_job scale_job = {"scale", "factor (x + y) + offset", "x,y", scale_task, scale_params, double_field, NULL, bind_scale, free};
static const rp_job half_job = {"half", "half of its item", "an even number", half_task, no_params, int32_field, NULL, bind_none, NULL};
static const rp_job split_job = {"split", "three results", "an integer", split_task, no_params, parts_fields, NULL, bind_none, NULL};
static const rp_job nap_job = {"nap", "sleeps", "milliseconds", nap_task, no_params, double_field, NULL, bind_none, NULL};
static const rp_job idle_job = {.name = "idle",
                                .help = "mostly waits",
                                .item_help = "milliseconds",
                                .task = nap_task,
                                .params = no_params,
                                .fields = double_field,
                                .bind = bind_none,
                                .defaults = {.mostly_waits = 1}};
static const rp_job at_home_job = {"at_home", "fails elsewhere", "an integer", at_home_task, no_params, int64_field, NULL, bind_none, NULL};
static const rp_job mortal_job = {"mortal", "sleeps, or dies", "milliseconds", mortal_task, no_params, double_field, NULL, bind_none, NULL};
static const rp_job wander_job = {"wander", "is broken", "an integer", wander_task, no_params, int64_field, NULL, bind_none, NULL};
static const rp_job measure_job = {"measure", "takes time", "an integer", measure_task, no_params, timed_fields, NULL, bind_none, NULL};
static const rp_job shell_job = {"shell", "its status", "a command", shell_task, no_params, int32_field, NULL, bind_none, NULL};
static const rp_job end_job = {"end", "its item, or none", "a text", end_task, no_params, text_field, NULL, bind_none, NULL};
static const rp_job deadly_job = {"deadly", "its item, or none", "a text", deadly_task, no_params, text_field, NULL, bind_none, NULL};
static const rp_job call_job = {"call", "status:last line", "a command", call_task, no_params, text_field, NULL, bind_none, NULL};
static const rp_job flaky_job = {"flaky", "its item, in the end", "attempts", flaky_task, no_params, int64_field, NULL, bind_none, NULL};
static const rp_job show_job = {"show", "words and texts", "texts", show_task,        no_params,           text_field,
                                NULL,   bind_show,         free,    .takes_words = 1, .items_are_texts = 1};
static const char *const say_words[] = {"FIRST", "SECOND", NULL};
static const rp_job say_job = {
    "say", "the same", "texts", show_task, NULL, NULL, NULL, bind_show, free, .words = say_words, .items_are_texts = 1};
static const rp_job columns_job = {"columns", "texts and names", "texts", columns_task,        no_params, text_field,
                                   NULL,      bind_columns,      free,    .items_are_texts = 1};

static int is_url(rp_bytes text) { return text.size == 3 && memcmp(text.data, "url", 3) == 0; }

static const rp_job listed_job = {
    "listed", "texts and names", "an address",        columns_task,        no_params,           text_field, NULL, bind_columns,
    free,     .skips_blanks = 1, .skips_comments = 1, .is_header = is_url, .items_are_texts = 1};

const rp_job *const *rp_jobs(void)
{
    static const rp_job *const jobs[] = {&echo_job,    &scale_job,   &half_job,   &split_job, &nap_job,     &end_job,    &flaky_job,
                                         &wander_job,  &measure_job, &mortal_job, &call_job,  &shell_job,   &visit_job,  &show_job,
                                         &columns_job, &listed_job,  &say_job,    &idle_job,  &at_home_job, &deadly_job, NULL};
    return jobs;
}

const char *rp_jobs_versions(void);
const char *rp_jobs_versions(void) { return "test jobs"; }
