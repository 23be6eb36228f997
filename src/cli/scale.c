/*
 * scale.c: the command `scale`: which numbers of workers take part. The number of ranks of a process group can't change, so pools of fewer
 * ranks have the first ones of those that the launcher started. Started alone there is one rank, and the curves are those of threads: who
 * starts ranks, where, and bound to which cores, is up to the user's launcher.
 */
#include "scale.h"
#include "measure.h"
#include "program.h"

#include <string.h>

enum { MOST_WAITING = 64 }; /* threads of a job that mostly waits, unless --threads says more */

size_t scale_counts(int limit, int each, int counts[SCALE_MOST_COUNTS])
{
    size_t n = 0;
    for (int at = 1; at < limit && n + 1 < SCALE_MOST_COUNTS; at = each ? at + 1 : 2 * at) counts[n++] = at;
    counts[n++] = limit;
    return n;
}

static rp_status add_point(contest *made, rp_executor executor, int ranks, int threads, rp_error *error)
{
    const program_options *options = &made->setup.options;
    rp_pool_options wanted = options->pool;
    contestant one = {.method = options->n_methods ? options->methods[0] : contest_plain_method(made)};
    one.label = one.method->name;
    wanted.executor = executor;
    wanted.ranks = ranks;
    wanted.threads = threads;
    wanted.progress = RP_PROGRESS_NEVER;
    rp_status status = contest_open_pool(made, &wanted, &one.pool, error);
    return status == RP_OK ? contest_add(made, one, error) : status;
}

/* ---- how many ---- */

/* What a pool of threads would have without being told. */
static rp_status usual_threads(const contest *made, rp_pool_info *info, rp_error *error)
{
    rp_pool_options options = made->setup.options.pool;
    rp_pool *pool;
    options.executor = RP_EXECUTOR_PTHREAD;
    options.progress = RP_PROGRESS_NEVER;
    rp_status status = rp_pool_open(&options, &pool, error);
    if (status != RP_OK) return status;
    rp_pool_get_info(pool, info);
    rp_pool_free(pool);
    return RP_OK;
}

/* --threads and RANKPOOL_THREADS are a limit. Without one it is the cores; but where items mostly wait, cores say nothing. */
static rp_status most_threads(const contest *made, int *most, rp_error *error)
{
    const program_options *options = &made->setup.options;
    uint64_t n_items = items_count(made->setup.items);
    rp_pool_info info;
    rp_status status = usual_threads(made, &info, error);
    if (status != RP_OK) return status;
    int is_told = options->pool.threads > 0 || strcmp(info.threads_from, "RANKPOOL_THREADS") == 0;
    *most = info.threads;
    if (options->job->defaults.mostly_waits && !is_told) *most = n_items < 1 ? 1 : n_items < MOST_WAITING ? (int)n_items : MOST_WAITING;
    return RP_OK;
}

static int spans_ranks(rp_executor executor) { return executor == RP_EXECUTOR_MPI || executor == RP_EXECUTOR_HYBRID; }

static rp_status add_curve(contest *made, rp_executor executor, rp_error *error)
{
    const program_options *options = &made->setup.options;
    int counts[SCALE_MOST_COUNTS], of_ranks = spans_ranks(executor), most = rp_main_ranks();
    int threads = executor == RP_EXECUTOR_HYBRID ? options->pool.threads : 0;
    rp_status status = of_ranks ? RP_OK : most_threads(made, &most, error);
    size_t n = status == RP_OK ? scale_counts(most, options->all, counts) : 0;
    for (size_t i = 0; i < n && status == RP_OK; i++)
        status = add_point(made, executor, of_ranks ? counts[i] : 0, of_ranks ? threads : counts[i], error);
    return status;
}

/* ---- which ---- */

/* Threads of each rank; where it is one, hybrid is the same as mpi. */
static rp_status count_threads(contest *made, int *threads, rp_error *error)
{
    rp_pool_options options = made->setup.options.pool;
    rp_pool *pool;
    rp_pool_info info;
    options.executor = RP_EXECUTOR_HYBRID;
    options.progress = RP_PROGRESS_NEVER;
    rp_status status = rp_pool_open(&options, &pool, error);
    if (status != RP_OK) return status;
    program_say_warnings(pool);
    rp_pool_get_info(pool, &info);
    rp_pool_free(pool);
    *threads = info.threads;
    return RP_OK;
}

/* Ranks with threads in each are for processors: where items mostly wait, they would soon be more workers than items. */
static rp_status add_usual(contest *made, rp_error *error)
{
    int threads = 1;
    rp_status status = add_curve(made, RP_EXECUTOR_OPENMP, error);
    if (status == RP_UNSUPPORTED) status = add_curve(made, RP_EXECUTOR_PTHREAD, error);
    if (status == RP_OK && rp_main_ranks() > 1) status = add_curve(made, RP_EXECUTOR_MPI, error);
    if (status != RP_OK || made->setup.options.job->defaults.mostly_waits) return status;
    if (rp_main_ranks() == 1) program_say_warnings(made->pools[made->n_pools - 1]);
    if (rp_main_ranks() == 1) return RP_OK;
    status = count_threads(made, &threads, error);
    return status == RP_OK && threads > 1 ? add_curve(made, RP_EXECUTOR_HYBRID, error) : status;
}

static rp_status add_chosen(contest *made, rp_error *error)
{
    const program_options *options = &made->setup.options;
    rp_status status = RP_OK;
    for (size_t i = 0; i < options->n_backends && status == RP_OK; i++) {
        rp_executor executor = options->backends[i];
        if (executor == RP_EXECUTOR_AUTO) executor = rp_main_ranks() > 1 ? RP_EXECUTOR_HYBRID : RP_EXECUTOR_OPENMP;
        if (executor != RP_EXECUTOR_SERIAL) status = add_curve(made, executor, error); /* the loop is there anyway */
    }
    return status;
}

/* To those who may not know. */
static int wants_hint(const contest *made)
{
    int has_mpi = strstr(rp_version_details(), "no MPI") == NULL;
    return has_mpi && rp_main_ranks() == 1 && made->setup.options.n_backends == 0;
}

static rp_status add_contestants(contest *made, rp_error *error)
{
    rp_status status = contest_add_loop(made, error);
    if (status != RP_OK) return status;
    status = made->setup.options.n_backends ? add_chosen(made, error) : add_usual(made, error);
    if (status == RP_OK && wants_hint(made))
        program_say("these are threads of one process; mpirun -n R rankpool scale … measures 1 to R ranks too");
    return status;
}

static void name(const leaderboard_row *row, char text[LEADERBOARD_NAME_SIZE])
{
    const char *threads = row->threads == 1 ? "thread" : "threads", *ranks = row->ranks == 1 ? "rank" : "ranks";
    if (row->ranks == 1 && strcmp(row->backend, "mpi") != 0 && strcmp(row->backend, "hybrid") != 0)
        snprintf(text, LEADERBOARD_NAME_SIZE, "%d %s (%s)", row->threads, threads, row->backend);
    else if (strcmp(row->backend, "mpi") == 0) snprintf(text, LEADERBOARD_NAME_SIZE, "%d %s", row->ranks, ranks);
    else snprintf(text, LEADERBOARD_NAME_SIZE, "%d %s × %d %s", row->ranks, ranks, row->threads, threads);
}

int scale_client(rp_pool *pool, int argc, char **argv)
{
    static const measure_kind kind = {OPTIONS_SCALE, LEADERBOARD_CURVES, plot_script_curves, 0, 0, add_contestants, name};
    (void)pool;
    return measure(&kind, argc, argv);
}
