/* setup.c: from the command line to a bound job, open items and a writable output. */
#include "setup.h"

#include "options_parse.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* mpirun passes a terminal on as a pipe. It is the parent of rank 0, where no shell is between them. */
static int launcher_reads_terminal(void)
{
    char name[64], target[64] = "";
    rp_launch_info launch;
    rp_main_launch(&launch);
    snprintf(name, sizeof name, "/proc/%ld/fd/%d", (long)getppid(), STDIN_FILENO);
    if (launch.ranks == 1 || readlink(name, target, sizeof target - 1) < 0) return 0;
    return strncmp(target, "/dev/pts/", strlen("/dev/pts/")) == 0 || strncmp(target, "/dev/tty", strlen("/dev/tty")) == 0;
}

/* Whether standard input is a pipe or a file. What else it may be, as a terminal, would be waited for in vain. */
static int can_be_items(void)
{
    struct stat input;
    if (fstat(STDIN_FILENO, &input) != 0 || (fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY) return 0;
    return S_ISREG(input.st_mode) || ((S_ISFIFO(input.st_mode) || S_ISSOCK(input.st_mode)) && !launcher_reads_terminal());
}

static rp_status choose_input(program_options *options, rp_error *error)
{
    if (options->items.kind != ITEMS_NONE) return RP_OK;
    if (!can_be_items())
        return rp_error_set(
            error, RP_USAGE, 0,
            "run %s: no items; give --items N, --input FILE, --csv FILE, --grid NAME=VALUES, a pipe or ITEM… (an item is %s)",
            options->job->name, options->job->item_help);
    options->items.kind = ITEMS_LINES;
    options->items.path = "-";
    return RP_OK;
}

static void take_overlap(program_options *options)
{
    const rp_job *job = options->job;
    for (size_t i = 0; job->overlap_param && job->params[i].name; i++)
        if (strcmp(job->params[i].name, job->overlap_param) == 0) options->pool.overlap = (unsigned)options->values[i].integer;
}

static rp_status bind(setup *made, unsigned command, rp_error *error)
{
    const rp_job *job = made->options.job;
    rp_job_request request = {.values = made->options.values,
                              .words = made->options.parts.words,
                              .repeats = (command & (OPTIONS_COMPARE | OPTIONS_SCALE)) != 0,
                              .timeout_s = made->options.pool.timeout_s};
    if (job->ends_items) made->options.pool.timeout_s = 0;
    request.columns = job->items_are_texts ? items_names(made->items, &request.n_columns) : NULL;
    rp_status status = job->bind ? job->bind(&request, &made->bound, &made->bound_state, error) : RP_OK;
    if (status != RP_OK) return status;
    made->is_bound = 1;
    take_overlap(&made->options);
    made->options.pool.initializer = job->initializer;
    return RP_OK;
}

rp_status setup_init(setup *made, unsigned command, int argc, char **argv, rp_error *error)
{
    memset(made, 0, sizeof *made);
    rp_status status = options_parse(command, argc - 1, argv + 1, &made->options, error);
    if (status == RP_OK) status = choose_input(&made->options, error);
    if (status == RP_OK) status = items_open(&made->options.items, made->options.job, &made->items, error);
    if (status == RP_OK) status = bind(made, command, error);
    return status == RP_OK ? items_expect(made->items, made->bound.n, error) : status;
}

rp_status setup_opened(const setup *made, rp_pool *pool, rp_error *error)
{
    return made->options.job->opened ? made->options.job->opened(made->bound_state, pool, error) : RP_OK;
}

void setup_fini(setup *made)
{
    items_close(made->items);
    if (made->is_bound && made->options.job->unbind) made->options.job->unbind(made->bound_state);
    options_fini(&made->options);
}

rp_status setup_check_method(const setup *made, const method *chosen, rp_error *error)
{
    size_t width = items_width(made->items);
    if (chosen->is_starred || width == 1) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--method %s takes items of one value, an item of %s has %zu: use its starred form",
                        chosen->name, made->options.job->name, width);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* An rp_source_next: gives an item no sooner than the delay after the one before. */
static rp_status next_delayed(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    setup *made = state;
    double left = made->next_at_s - now_s();
    if (left > 0 && !may_wait) return RP_AGAIN;
    if (left > 0) (void)nanosleep(&(struct timespec){(time_t)left, (long)((left - (double)(time_t)left) * 1e9)}, NULL);
    rp_status status = made->inner.next(made->inner.state, arguments, may_wait, error);
    if (status == RP_OK) made->next_at_s = now_s() + made->options.delay_s;
    return status;
}

void setup_delay(setup *made, rp_source *source)
{
    made->inner = *source;
    if (made->options.delay_s > 0) source->next = next_delayed, source->state = made;
}

method_call setup_call(setup *made, rp_pool *pool, method_sink sink)
{
    int are_loaded = items_are_loaded(made->items);
    rp_source source = {.n_items = items_total(made->items), .next = items_next, .state = made->items};
    setup_delay(made, &source);
    return (method_call){.pool = pool,
                         .task = made->options.job->task,
                         .bound = made->bound,
                         .items = items_columns(made->items),
                         .are_loaded = are_loaded,
                         .n_items = are_loaded ? items_count(made->items) : 0,
                         .stream = source,
                         .collect = made->options.pool.on_error == RP_ON_ERROR_COLLECT,
                         .sink = sink};
}

rp_status setup_open_output(const setup *made, output *out, uint64_t end, uint32_t sum, rp_error *error)
{
    const char *path = made->options.output;
    if (path && items_come_from(made->items, path))
        return rp_error_set(error, RP_USAGE, 0, "--output: '%s' is where the items come from; give another file", path);
    return output_go_on(out, path, made->options.format, end, sum, error);
}

const char *setup_failure(const setup *made, int64_t index, const rp_error *failure, char text[FAILURES_LINE_SIZE])
{
    char room[VALUE_TEXT_SIZE], shown[VALUE_SHOWN_SIZE];
    return failures_line(index, value_shown(items_text(made->items, index, room), shown), failure, text);
}
