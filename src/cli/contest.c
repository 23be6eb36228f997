/* contest.c: see contest.h. */
#include "contest.h"
#include "program.h"
#include "statistics.h"
#include "turns.h"

#include <stdlib.h>
#include <string.h>

/* ---- before ---- */

rp_status contest_init(contest *made, unsigned command, int argc, char **argv, rp_error *error)
{
    memset(made, 0, sizeof *made);
    rp_status status = setup_init(&made->setup, command, argc, argv, error);
    const program_options *options = &made->setup.options;
    for (size_t i = 0; i < options->n_methods && status == RP_OK; i++)
        status = setup_check_method(&made->setup, options->methods[i], error);
    if (status == RP_OK) status = items_load(made->setup.items, error);
    if (status == RP_OK) status = setup_open_output(&made->setup, &made->out, 0, 0, error);
    if (status != RP_OK) return status;
    uint64_t n_items = items_count(made->setup.items);
    status = gather_init(&made->reference, options->job->task, n_items, error);
    return status == RP_OK ? gather_init(&made->results, options->job->task, n_items, error) : status;
}

void contest_fini(contest *made)
{
    while (made->n_pools > 0) rp_pool_free(made->pools[--made->n_pools]);
    if (made->display) fclose(made->display);
    gather_fini(&made->reference);
    gather_fini(&made->results);
    free(made->times);
    free(made->contestants);
    free(made->pools);
    setup_fini(&made->setup);
}

static rp_status no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the contestants"); }

rp_status contest_open_pool(contest *made, const rp_pool_options *options, rp_pool **pool, rp_error *error)
{
    rp_pool **grown = realloc(made->pools, (made->n_pools + 1) * sizeof(rp_pool *));
    if (!grown) return no_memory(error);
    made->pools = grown;
    rp_status status = rp_pool_open(options, pool, error);
    if (status == RP_OK) made->pools[made->n_pools++] = *pool;
    return status;
}

rp_status contest_add(contest *made, contestant added, rp_error *error)
{
    contestant *grown = realloc(made->contestants, (made->n_contestants + 1) * sizeof *grown);
    if (!grown) return no_memory(error);
    made->contestants = grown;
    grown[made->n_contestants++] = added;
    return RP_OK;
}

const method *contest_plain_method(const contest *made) { return method_find(items_width(made->setup.items) == 1 ? "map" : "starmap"); }

rp_status contest_add_loop(contest *made, rp_error *error)
{
    rp_pool_options options = made->setup.options.pool;
    contestant loop = {.label = "serial loop", .method = contest_plain_method(made)};
    options.executor = RP_EXECUTOR_SERIAL;
    options.progress = RP_PROGRESS_NEVER;
    rp_status status = contest_open_pool(made, &options, &loop.pool, error);
    return status == RP_OK ? contest_add(made, loop, error) : status;
}

/* ---- the runs ---- */

static rp_status say_different(const contest *made, const contestant *one, int64_t index, rp_error *error)
{
    char room[VALUE_TEXT_SIZE], shown[VALUE_SHOWN_SIZE];
    rp_pool_info info;
    rp_pool_get_info(one->pool, &info);
    value_shown(items_text(made->setup.items, index, room), shown);
    return rp_error_set(error, RP_FAILED, 0, "WRONG RESULT: %s on %s differs from the serial loop at item %lld (%s)", one->label,
                        rp_executor_name(info.executor), (long long)index, shown);
}

/* RP_FAILED: an item failed, or a result is wrong; `*error` says it. */
static rp_status run_once(contest *made, const contestant *one, gather *results, double *seconds, rp_error *error)
{
    gather_reset(results);
    method_call call = setup_call(&made->setup, one->pool, gather_sink(results));
    rp_status status = setup_opened(&made->setup, one->pool, error);
    if (status != RP_OK) return status;
    double start = program_now_s();
    status = one->method->run(&call, error);
    *seconds = program_now_s() - start;
    if (results->failed >= 0) {
        char text[FAILURES_LINE_SIZE];
        setup_failure(&made->setup, results->failed, &results->failure, text);
        return rp_error_set(error, results->failure.status == RP_LOST ? RP_LOST : RP_FAILED, 0, "%s", text);
    }
    if (status != RP_OK || results == &made->reference) return status;
    int64_t different = gather_difference(&made->results, &made->reference, made->setup.options.job);
    return different < 0 ? RP_OK : say_different(made, one, different, error);
}

/* One of the others: what it fails with is told here, and costs only its own row. */
static rp_status run_other(contest *made, contestant *one, double *seconds, rp_error *error)
{
    if (one->failed) return RP_OK;
    rp_status status = run_once(made, one, &made->results, seconds, error);
    if (status != RP_FAILED) return status;
    countdown_end(&made->shown);
    program_say("%s", rp_error_text(error));
    one->failed = 1;
    made->n_failed++;
    return RP_OK;
}

static int is_loop(const contest *made, const contestant *one) { return one == made->contestants; }

static rp_status run_next(contest *made, size_t k, rp_error *error)
{
    size_t round;
    contestant *one = &made->contestants[turns_whose(k, made->n_contestants, &round)];
    rp_status status = is_loop(made, one) ? run_once(made, one, round == 0 ? &made->reference : &made->results, &one->last_s, error)
                                          : run_other(made, one, &one->last_s, error);
    if (round == 0) one->warm_up_s = one->last_s;
    else one->seconds[round - 1] = one->last_s;
    return status;
}

static rp_status make_room(contest *made, rp_error *error)
{
    size_t runs = (size_t)made->setup.options.runs;
    made->times = calloc((2 * runs + 1) * made->n_contestants, sizeof *made->times);
    if (!made->times) return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for %zu runs", runs);
    for (size_t i = 0; i < made->n_contestants; i++) {
        made->contestants[i].seconds = made->times + 2 * i * runs;
        made->contestants[i].sorted = made->times + (2 * i + 1) * runs;
    }
    made->last_s = made->times + 2 * runs * made->n_contestants;
    return RP_OK;
}

static void show_left(contest *made, size_t k, size_t all, double begun_s)
{
    double now_s = program_now_s();
    if (k == 0) return;
    for (size_t i = 0; i < made->n_contestants; i++) made->last_s[i] = made->contestants[i].failed ? 0 : made->contestants[i].last_s;
    countdown_show(&made->shown, k, all, turns_left_s(k, made->n_contestants, all, made->last_s, now_s - begun_s), now_s);
}

/* Medians need them in order. */
static void sort_times(contest *made, size_t runs)
{
    for (size_t i = 0; i < made->n_contestants; i++) {
        memcpy(made->contestants[i].sorted, made->contestants[i].seconds, runs * sizeof(double));
        spread_sort(made->contestants[i].sorted, runs);
    }
}

rp_status contest_run(contest *made, rp_error *error)
{
    const program_options *options = &made->setup.options;
    size_t runs = (size_t)options->runs, all = made->n_contestants * (runs + 1);
    rp_status status = make_room(made, error);
    int is_wanted = !options->progress_is_given || options->pool.progress != RP_PROGRESS_NEVER;
    countdown_begin(&made->shown, is_wanted, options->command == OPTIONS_SCALE ? "scale" : "compare", options->job->name);
    double begun_s = program_now_s();
    for (size_t k = 0; k < all && status == RP_OK; k++) {
        show_left(made, k, all, begun_s);
        status = run_next(made, k, error);
    }
    countdown_end(&made->shown);
    if (status == RP_OK) sort_times(made, runs);
    return status;
}
