/* handshake.c: see handshake.h. */
#include "cluster/handshake.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cluster/build.h"
#include "task/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double handshake_timeout_s = 120;
enum { TEXT_SIZE = 512 };

/* ---- what a rank knows, as text: a line for each task, fold and initializer, sorted ---- */

static int compare_lines(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static char *describe_task(const rp_task *task)
{
    char *line;
    char arguments[400] = "";
    for (int k = 0; k < task->n_arguments; k++) {
        size_t used = strlen(arguments);
        snprintf(arguments + used, sizeof arguments - used, "%s%s %zu", k ? ", " : "", rp_type_name(task->argument_types[k]),
                 task->argument_sizes[k]);
    }
    int length = asprintf(&line, "%s\t%s %zu (%s)\n", task->name, rp_type_name(task->result_type), task->result_size, arguments);
    return length < 0 ? NULL : line;
}

static char *describe_initializer(const rp_initializer *initializer)
{
    char *line;
    return asprintf(&line, "%s\tinitializer\n", initializer->name) < 0 ? NULL : line;
}

static char *describe_fold(const rp_fold *fold)
{
    char *line;
    int length = asprintf(&line, "%s\tfold %s %zu: %s %zu, %zu\n", fold->name, rp_type_name(fold->result_type), fold->result_size,
                          rp_type_name(fold->type), fold->size, fold->accumulator_size);
    return length < 0 ? NULL : line;
}

/* Line k of what this rank knows: first the tasks, then the folds and the initializers. */
static char *describe(size_t k)
{
    size_t n_tasks = rpi_registry_n_tasks(), n_folds = rpi_registry_n_folds();
    if (k < n_tasks) return describe_task(rpi_registry_task(k));
    if (k - n_tasks < n_folds) return describe_fold(rpi_registry_fold(k - n_tasks));
    return describe_initializer(rpi_registry_initializer(k - n_tasks - n_folds));
}

static char *join_lines(char **lines, size_t n)
{
    size_t size = 1;
    for (size_t i = 0; i < n; i++) size += strlen(lines[i]);
    char *text = malloc(size), *at = text;
    for (size_t i = 0; text && i < n; i++) at = stpcpy(at, lines[i]);
    if (text) *at = '\0';
    return text;
}

static char *describe_all(void)
{
    size_t n = rpi_registry_n_tasks() + rpi_registry_n_folds() + rpi_registry_n_initializers(), made = 0;
    char **lines = calloc(n + 1, sizeof *lines);
    if (!lines) return NULL;
    for (; made < n; made++) {
        lines[made] = describe(made);
        if (!lines[made]) break;
    }
    char *text = NULL;
    if (made == n) {
        qsort(lines, n, sizeof *lines, compare_lines);
        text = join_lines(lines, n);
    }
    for (size_t i = 0; i < made; i++) free(lines[i]);
    free(lines);
    return text;
}

/* Finds the first line of `a` that isn't in `b`, and copies it up to its tab. False: there is none. */
static bool first_missing(const char *a, const char *b, char *name, size_t size)
{
    for (const char *end; (end = strchr(a, '\n')); a = end + 1) {
        size_t length = (size_t)(end + 1 - a);
        bool found = false;
        for (const char *at = b, *stop; !found && (stop = strchr(at, '\n')); at = stop + 1)
            found = (size_t)(stop + 1 - at) == length && !memcmp(at, a, length);
        if (found) continue;
        snprintf(name, size, "%.*s", (int)strcspn(a, "\t"), a);
        return true;
    }
    return false;
}

static bool knows_name(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = text, *end; (end = strchr(at, '\n')); at = end + 1)
        if (!strncmp(at, name, length) && at[length] == '\t') return true;
    return false;
}

static bool compare(const char *mine, const char *theirs, int rank, const char *host, char *text, size_t size)
{
    char name[256];
    if (first_missing(mine, theirs, name, sizeof name)) {
        bool named = knows_name(theirs, name);
        snprintf(text, size, "ranks must run the same program: rank %d, host %s, %s task %s%s", rank, host,
                 named ? "has another" : "doesn't know", name, named ? " than rank 0" : ", which rank 0 knows");
        return false;
    }
    if (first_missing(theirs, mine, name, sizeof name)) {
        snprintf(text, size, "ranks must run the same program: rank 0 doesn't know task %s, which rank %d, host %s, knows", name, rank,
                 host);
        return false;
    }
    return true;
}

/* ---- messages ---- */

/* What a rank says of itself. */
typedef struct introduction {
    char build[RPI_BUILD_SIZE];
    char *tasks;
    const char *problem; /* why it can't take part; "": it can */
} introduction;

/* Frees what isn't a message of the handshake. RP_OK, RP_SYSTEM. */
static rp_status check_kind(const rpi_link *link, int rank, rpi_message *message, rp_error *error)
{
    bool is_member = link->rank != 0;
    uint64_t kind = message->header.kind;
    bool fits = is_member ? kind == RPI_WELCOME || kind == RPI_REFUSE : kind == RPI_HELLO;
    rp_status status = rpi_message_check(message, is_member, error);
    if (status == RP_OK && !fits)
        status = rp_error_set(error, RP_SYSTEM, 0, "rank %d began with a message %s", rank, rpi_message_name(kind));
    if (status != RP_OK) rpi_message_free(message);
    return status;
}

static rp_status wait_for(rpi_link *link, int *rank, rpi_message **message, rp_error *error)
{
    uint64_t deadline = rpi_deadline_ns(handshake_timeout_s);
    for (;;) {
        rp_status status = link->ops->receive(link, rank, message, error);
        if (status == RP_OK) return check_kind(link, *rank, *message, error);
        if (status != RP_AGAIN) return status;
        if (rpi_now_ns() > deadline)
            return rp_error_set(error, RP_LOST, 0, "ranks said nothing for %g s at the start", handshake_timeout_s);
        nanosleep(&(struct timespec){0, 50000}, NULL);
    }
}

static rp_status send_text(rpi_link *link, int rank, rpi_message_kind kind, const char *text, rp_error *error)
{
    rpi_message *message = rpi_message_create(kind, 0, *text ? strlen(text) + 1 : 0);
    if (!message) return rpi_error_no_memory(error);
    if (kind == RPI_REFUSE) message->header.refuse.protocol = RPI_PROTOCOL;
    strcpy(message->data, text); /* without data there is room for its NUL */
    return link->ops->send(link, rank, message, error);
}

static rp_status check_hello(rpi_message *hello, int rank, const introduction *mine, char *why, size_t size)
{
    const char *host = rpi_message_text(hello, 0);
    if (hello->header.hello.protocol != RPI_PROTOCOL) {
        snprintf(why, size, "ranks must run the same program: rank %d, host %s, speaks protocol %llu, rank 0 %d", rank, host,
                 (unsigned long long)hello->header.hello.protocol, RPI_PROTOCOL);
        return RP_USAGE;
    }
    const char *build = rpi_message_text(hello, strlen(host) + 1);
    size_t before_tasks = strlen(host) + 1 + strlen(build) + 1;
    const char *tasks = rpi_message_text(hello, before_tasks), *problem = rpi_message_text(hello, before_tasks + strlen(tasks) + 1);
    if (*problem) {
        snprintf(why, size, "rank %d, host %s, can't take part: %s", rank, host, problem);
        return RP_USAGE;
    }
    if (!compare(mine->tasks, tasks, rank, host, why, size)) return RP_USAGE;
    char difference[300];
    if (rpi_build_compare(mine->build, build, difference, sizeof difference)) return RP_OK;
    snprintf(why, size, "ranks must run the same program: rank %d, host %s, %s", rank, host, difference);
    return RP_USAGE;
}

static rp_status greet_members(rpi_link *link, const introduction *mine, rp_error *error)
{
    char why[TEXT_SIZE];
    snprintf(why, sizeof why, "%s", mine->problem);
    for (int heard = 1; heard < link->n_ranks; heard++) {
        int rank;
        rpi_message *hello;
        rp_status status = wait_for(link, &rank, &hello, error);
        if (status != RP_OK) return status;
        if (!*why) (void)check_hello(hello, rank, mine, why, sizeof why);
        rpi_message_free(hello);
    }
    for (int rank = 1; rank < link->n_ranks; rank++) {
        rp_status status = send_text(link, rank, *why ? RPI_REFUSE : RPI_WELCOME, why, error);
        if (status != RP_OK) return status;
    }
    if (rpi_link_flush(link, error) != RP_OK) return RP_SYSTEM;
    return *why ? rp_error_set(error, RP_USAGE, 0, "%s", why) : RP_OK;
}

static rp_status greet_coordinator(rpi_link *link, const introduction *mine, rp_error *error)
{
    char host[RP_ERROR_HOST_SIZE] = "";
    rpi_host_name(host, sizeof host);
    size_t host_size = strlen(host) + 1, build_size = strlen(mine->build) + 1, tasks_size = strlen(mine->tasks) + 1;
    rpi_message *hello = rpi_message_create(RPI_HELLO, 0, host_size + build_size + tasks_size + strlen(mine->problem) + 1), *answer;
    if (!hello) return rpi_error_no_memory(error);
    hello->header.hello.protocol = RPI_PROTOCOL;
    strcpy(hello->data, host);
    strcpy(hello->data + host_size, mine->build);
    strcpy(hello->data + host_size + build_size, mine->tasks);
    strcpy(hello->data + host_size + build_size + tasks_size, mine->problem);
    int rank;
    rp_status status = link->ops->send(link, 0, hello, error);
    if (status == RP_OK) status = wait_for(link, &rank, &answer, error);
    if (status != RP_OK) return status;
    if (answer->header.kind != RPI_WELCOME) status = rp_error_set(error, RP_USAGE, 0, "%s", rpi_message_text(answer, 0));
    rpi_message_free(answer);
    return status;
}

bool rpi_handshake_dismiss(rpi_link *link)
{
    bool all = true;
    for (int rank = 1; rank < link->n_ranks; rank++) {
        rpi_message *stop = rpi_message_create(RPI_STOP, 0, 0);
        all = stop && link->ops->send(link, rank, stop, NULL) == RP_OK && all;
    }
    link->ops->destroy(link, 5);
    return all;
}

rp_status rpi_handshake(rpi_link *link, const char *problem, rp_error *error)
{
    introduction mine = {.tasks = describe_all(), .problem = problem};
    if (!mine.tasks) return rpi_error_no_memory(error);
    rpi_build_describe(mine.build, sizeof mine.build);
    rp_status status = link->rank == 0 ? greet_members(link, &mine, error) : greet_coordinator(link, &mine, error);
    free(mine.tasks);
    return status;
}
