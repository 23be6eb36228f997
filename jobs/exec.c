/*
 * exec.c: the job `exec`: a command for each item. command_words.c makes the command of an item, starter.c runs it, command_failure.c
 * judges how it ended, exec_output.c writes what came of it.
 */
#include "command_failure.h"
#include "command_result.h"
#include "command_words.h"
#include "exec_live.h"
#include "exec_output.h"
#include "jobs.h"
#include "starter.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is the same for all items; beside it travel the words, the names of columns, and the shell and the folder as texts. */
typedef struct exec_settings {
    double timeout_s, grace_s;
    int64_t most_output; /* bytes */
    int32_t is_dry_run, wants_line, is_live;
} exec_settings;

/* ---- one item ---- */

/* What a thread uses again from item to item. */
typedef struct exec_room {
    command_line line;
    text_buffer variables, quoted;
    starter_outcome outcome;
} exec_room;

static void free_room(exec_room *room)
{
    command_line_free(&room->line);
    text_buffer_free(&room->variables);
    text_buffer_free(&room->quoted);
    starter_outcome_free(&room->outcome);
}

static void add_variable(text_buffer *to, const char *name, int64_t value)
{
    text_buffer_print(to, "%s=%" PRId64, name, value);
    text_buffer_add_byte(to, '\0');
}

/* The variables of an item. RANKPOOL_ABOVE (main.h) came into the environment only after the starters had. */
static void add_variables(exec_room *room)
{
    const char *above = getenv("RANKPOOL_ABOVE");
    text_buffer *to = &room->variables;
    text_buffer_clear(to);
    add_variable(to, "RANKPOOL_INDEX", rp_item_index());
    add_variable(to, "RANKPOOL_RANK", rp_rank());
    add_variable(to, "RANKPOOL_LOCAL_RANK", rp_local_rank());
    add_variable(to, "RANKPOOL_WORKER", rp_worker());
    add_variable(to, "RANKPOOL_ATTEMPT", rp_attempt());
    if (above) {
        text_buffer_add_string(to, "RANKPOOL_ABOVE=");
        text_buffer_add(to, above, strlen(above) + 1);
    }
    text_buffer_add(to, room->line.variables.data, room->line.variables.size);
}

static void emit_result(const exec_settings *settings, exec_room *room)
{
    const starter_answer *answer = &room->outcome.answer;
    int ended = !answer->failed_in, has_exited = ended && WIFEXITED(answer->status);
    command_result result = {.head = {.exit = has_exited ? WEXITSTATUS(answer->status) : -1,
                                      .signal = ended && WIFSIGNALED(answer->status) ? WTERMSIG(answer->status) : 0,
                                      .begun_s = answer->begun_s,
                                      .seconds = answer->seconds,
                                      .attempt = rp_attempt(),
                                      .has_timed_out = answer->has_timed_out},
                             .out = room->outcome.out,
                             .err = room->outcome.err};
    (void)gethostname(result.head.host, sizeof(result.head.host) - 1);
    if (settings->wants_line) command_line_quote(&room->line, &room->quoted);
    result.line = (rp_bytes){room->quoted.data, room->quoted.size};
    command_result_emit(&result);
}

/* Of starter_viewer; the argument is the item's index. */
static int wants_live(void *argument, uint64_t *out_from, uint64_t *err_from)
{
    uint64_t from[EXEC_LIVE_STREAMS];
    int is_wanted = exec_live_wants(*(const int64_t *)argument, from);
    *out_from = from[EXEC_LIVE_OUT];
    *err_from = from[EXEC_LIVE_ERR];
    return is_wanted;
}

static void show_live(void *argument, rp_bytes out, rp_bytes err)
{
    exec_live_add(*(const int64_t *)argument, (rp_bytes[]){[EXEC_LIVE_OUT] = out, [EXEC_LIVE_ERR] = err});
}

static void run_line(const exec_settings *settings, const char *folder, exec_room *room)
{
    add_variables(room);
    texts words = {room->line.words.data, room->line.words.size};
    int64_t index = rp_item_index();
    starter_viewer viewer = {wants_live, show_live, &index};
    starter_request request = {.words = words,
                               .variables = {room->variables.data, room->variables.size},
                               .folder = folder,
                               .timeout_s = settings->timeout_s,
                               .grace_s = settings->grace_s,
                               .most_output = (uint64_t)settings->most_output,
                               .viewer = settings->is_live && rp_rank() == 0 ? &viewer : NULL};
    if (room->variables.failed) {
        rp_fail_as(RP_CAUSE_SYSTEM, ENOMEM, "out of memory for the command");
    } else if (!starter_run(&request, rp_cancelled, &room->outcome)) {
        char reason[128];
        int code = errno;
        const char *why = code == ECHILD ? "it was killed" : strerror_r(code, reason, sizeof(reason));
        rp_fail_as(RP_CAUSE_SYSTEM, code, "the process that starts commands isn't there: %s", why);
    } else {
        emit_result(settings, room);
        command_failure_judge(&room->outcome.answer, settings->timeout_s, words, folder);
    }
}

static void show_line(exec_room *room)
{
    command_line_quote(&room->line, &room->quoted);
    text_buffer_add_byte(&room->quoted, '\n');
    command_result result = {.head = {.attempt = rp_attempt()}, .out = {room->quoted.data, room->quoted.size}};
    command_result_emit(&result);
}

/* The number of this worker among those of all ranks. `slots`: of each rank the number of its first one, an int32_t each. */
static int slot(rp_bytes slots)
{
    size_t rank = (size_t)rp_rank();
    int32_t first = 0;
    if (slots.size / sizeof(first) > rank) memcpy(&first, (const char *)slots.data + rank * sizeof(first), sizeof(first));
    return first + rp_worker();
}

/* `places`: the shell ("": none) and the folder. */
static void exec_command(exec_settings settings, rp_bytes words, rp_bytes columns, rp_bytes places, rp_bytes slots, rp_bytes item)
{
    exec_room room = {0};
    int missing;
    const char *shell = texts_at(places, 0), *folder = texts_at(places, 1);
    command_words command = {words, columns, *shell ? shell : NULL};
    command_values values = {item, rp_item_index(), slot(slots)};
    int is_there = command_words_expand(&command, &values, &room.line, &missing);
    if (missing) rp_fail(EINVAL, "there is no text {%d}: the item has %zu", missing, texts_count(item));
    else if (!is_there) rp_fail_as(RP_CAUSE_SYSTEM, ENOMEM, "out of memory for the command");
    else if (settings.is_dry_run) show_line(&room);
    else run_line(&settings, folder, &room);
    free_room(&room);
}
RP_TASK_EMIT(exec_command, exec_settings, rp_bytes, rp_bytes, rp_bytes, rp_bytes, rp_bytes)

/* The same task, but a command that failed keeps its output, and commands end when the run is to. */
static rp_task exec_task;

__attribute__((__constructor__)) static void register_exec(void)
{
    exec_task = *exec_command_task;
    exec_task.name = "exec";
    exec_task.flags |= RP_TASK_KEEPS_EMITTED | RP_TASK_ENDS_ITEMS;
    (void)rp_task_register(&exec_task);
}

/* ---- the job ---- */

enum { PARAM_SHELL, PARAM_GRACE, PARAM_MAX_OUTPUT, PARAM_RESULTS, PARAM_TAG, PARAM_JOBLOG, PARAM_DRY_RUN, PARAM_LIVE };

static const rp_param exec_params[] = {
    [PARAM_SHELL] = {"shell", RP_PARAM_TEXT, "false", "true: the words make a line for sh; or a shell's name; values stand in it quoted", 0,
                     0},
    [PARAM_GRACE] = {"grace", RP_PARAM_NUMBER, "0.5", "seconds from TERM to KILL, when a command has to end", 0, 1e6},
    [PARAM_MAX_OUTPUT] = {"max_output", RP_PARAM_INTEGER, "268435456", "bytes that an item may print; of one with more the output is lost",
                          0, 1e15},
    [PARAM_RESULTS] = {"results", RP_PARAM_TEXT, "", "directory that gets files of each item's output, in place of standard output", 0, 0},
    [PARAM_TAG] = {"tag", RP_PARAM_INTEGER, "0", "1: the item and a tab before each line of output (--tag)", 0, 1},
    [PARAM_JOBLOG] = {"joblog", RP_PARAM_TEXT, "", "file that gets a row as each item ends, as of GNU parallel (--joblog)", 0, 0},
    [PARAM_DRY_RUN] = {"dry_run", RP_PARAM_INTEGER, "0", "1: print commands as lines for a shell, and run none (--dry-run)", 0, 1},
    [PARAM_LIVE] = {"live", RP_PARAM_INTEGER, "0", "1: lines of the first item that isn't finished as they come, if it runs on rank 0", 0,
                    1},
    {NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0},
};

typedef struct exec_record {
    int64_t exit, signal;
    double seconds;
    rp_bytes out, err;
} exec_record;

static const rp_field exec_fields[] = {
    {"exit", RP_TYPE_INT64, offsetof(exec_record, exit)},        {"signal", RP_TYPE_INT64, offsetof(exec_record, signal)},
    {"seconds", RP_TYPE_DOUBLE, offsetof(exec_record, seconds)}, {"stdout", RP_TYPE_BYTES, offsetof(exec_record, out)},
    {"stderr", RP_TYPE_BYTES, offsetof(exec_record, err)},       {NULL, RP_TYPE_RECORD, 0},
};

static int exec_read(rp_bytes emitted, void *record)
{
    command_result result;
    if (!command_result_read(emitted, &result)) return 0;
    *(exec_record *)record = (exec_record){result.head.exit, result.head.signal, result.head.seconds, result.out, result.err};
    return 1;
}

enum { N_BOUND = 5 };

typedef struct exec_bound {
    exec_settings settings;
    text_buffer words, names, places, slots;
    rp_bytes word_bytes, name_bytes, place_bytes, slot_bytes;
    rp_column columns[N_BOUND];
    exec_output *output;
} exec_bound;

static void exec_unbind(void *state)
{
    exec_bound *made = state;
    if (!made) return;
    exec_output_close(made->output);
    text_buffer_free(&made->words);
    text_buffer_free(&made->names);
    text_buffer_free(&made->places);
    text_buffer_free(&made->slots);
    free(made);
}

static void add_text(text_buffer *to, const char *text) { text_buffer_add(to, text ? text : "", text ? strlen(text) + 1 : 1); }

static const char *shell_of(const char *given)
{
    if (strcmp(given, "false") == 0 || strcmp(given, "0") == 0) return "";
    return strcmp(given, "true") == 0 || strcmp(given, "1") == 0 ? "sh" : given;
}

/* Where no column has a name, nothing in braces can be meant as one: the ${HOME} of a shell stays. */
static int has_names(const rp_job_request *request)
{
    for (size_t k = 0; k < request->n_columns; k++)
        if (request->columns[k]) return 1;
    return 0;
}

static void fill(exec_bound *made, const rp_job_request *request)
{
    char folder[PATH_MAX];
    const rp_value *values = request->values;
    made->settings = (exec_settings){.timeout_s = request->timeout_s,
                                     .grace_s = values[PARAM_GRACE].number,
                                     .most_output = values[PARAM_MAX_OUTPUT].integer,
                                     .is_dry_run = (int32_t)values[PARAM_DRY_RUN].integer,
                                     .wants_line = *values[PARAM_JOBLOG].text != '\0',
                                     .is_live = (int32_t)values[PARAM_LIVE].integer};
    for (char *const *word = request->words; *word; word++) add_text(&made->words, *word);
    for (size_t k = 0; has_names(request) && k < request->n_columns; k++) add_text(&made->names, request->columns[k]);
    add_text(&made->places, shell_of(values[PARAM_SHELL].text));
    add_text(&made->places, getcwd(folder, sizeof(folder)));
    made->word_bytes = (rp_bytes){made->words.data, made->words.size};
    made->name_bytes = (rp_bytes){made->names.data, made->names.size};
    made->place_bytes = (rp_bytes){made->places.data, made->places.size};
    made->columns[0] = RP_CONSTANT_AT(&made->settings);
    made->columns[1] = RP_CONSTANT_AT(&made->word_bytes);
    made->columns[2] = RP_CONSTANT_AT(&made->name_bytes);
    made->columns[3] = RP_CONSTANT_AT(&made->place_bytes);
    made->columns[4] = RP_CONSTANT_AT(&made->slot_bytes);
}

static rp_status open_output(exec_bound *made, const rp_job_request *request, rp_error *error)
{
    exec_output_request wanted = {.is_tagged = (int)request->values[PARAM_TAG].integer,
                                  .is_live = (int)request->values[PARAM_LIVE].integer,
                                  .results = request->values[PARAM_RESULTS].text,
                                  .joblog = request->values[PARAM_JOBLOG].text};
    return exec_output_open(&wanted, &made->output, error);
}

static rp_status exec_bind(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    if (!request->words || !request->words[0] || !*request->words[0])
        return rp_error_set(error, RP_USAGE, 0, "exec needs a command: rankpool run exec [options] -- COMMAND…");
    exec_bound *made = calloc(1, sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory");
    fill(made, request);
    int failed = made->words.failed || made->names.failed || made->places.failed;
    rp_status status = failed ? rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory") : RP_OK;
    const char *shell = made->places.data;
    command_words command = {made->word_bytes, made->name_bytes, shell && *shell ? shell : NULL};
    if (status == RP_OK) status = command_words_check(&command, request->n_columns, error);
    if (status == RP_OK) status = open_output(made, request, error);
    if (status != RP_OK) {
        exec_unbind(made);
        return status;
    }
    *bound = (rp_columns){N_BOUND, made->columns};
    *state = made;
    return RP_OK;
}

/* Workers are numbered through all ranks. */
static rp_status exec_opened(void *state, rp_pool *pool, rp_error *error)
{
    exec_bound *made = state;
    rp_rank_info rank;
    int32_t first = 0;
    text_buffer_clear(&made->slots);
    for (int k = 0; rp_pool_get_rank_info(pool, k, &rank) == RP_OK; k++, first += (int32_t)rank.threads)
        text_buffer_add(&made->slots, &first, sizeof(first));
    made->slot_bytes = (rp_bytes){made->slots.data, made->slots.size};
    return made->slots.failed ? rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory") : RP_OK;
}

static rp_status exec_arrive(void *state, const rp_job_outcome *outcome, rp_error *error)
{
    return exec_output_arrive(((exec_bound *)state)->output, outcome, error);
}

static rp_status exec_retried(void *state, const rp_error *failure, double ended_s, rp_error *error)
{
    return exec_output_retried(((exec_bound *)state)->output, failure, ended_s, error);
}

static rp_status exec_write(void *state, const rp_job_outcome *outcome, FILE *out, rp_error *error)
{
    return exec_output_write(((exec_bound *)state)->output, outcome, out, error);
}

static rp_status exec_look(void *state, const rp_job_outcome *next, FILE *out, rp_error *error)
{
    return exec_output_look(((exec_bound *)state)->output, next, out, error);
}

static const char *const exec_free_params[] = {"grace", "joblog", NULL};

const rp_job rp_job_exec = {
    .name = "exec",
    .help = "runs a command for each item: run exec [options] -- COMMAND…, with {} for the item",
    .item_help = "a text for the command",
    .task = &exec_task,
    .params = exec_params,
    .fields = exec_fields,
    .bind = exec_bind,
    .unbind = exec_unbind,
    .opened = exec_opened,
    .defaults = {.on_error = RP_ON_ERROR_COLLECT, .chunk = 1},
    .takes_words = 1,
    .items_are_texts = 1,
    .ends_items = 1,
    .start_helpers = starter_prepare,
    .read = exec_read,
    .retried = exec_retried,
    .arrive = exec_arrive,
    .write = exec_write,
    .free_params = exec_free_params,
    .look = exec_look,
    .live_param = "live",
};
