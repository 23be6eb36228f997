/*
 * lost.c: rank 1 dies in the middle of a call. `lost WHAT HOW`: WHAT is map, reduce, imap, imap_unordered, apply (one that is waited for),
 * applies (many at once), open (it dies in an initializer) or communicator (a map of a pool on a communicator), HOW is kill or abort; `lost
 * coordinator kill`: rank 0 dies; `lost coordinator_busy kill`: while the others have items that take longer than mpirun leaves them. Rank
 * 0 looks at what it gets, and prints one line.
 */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many that the others aren't done before the death is seen. That may take long, as an abort writes its stack first. */
enum { N = 3000, SAFE = 30 };
static const char *what = "map";
static int busy;
static int signal_number = SIGKILL, dying_rank = 1;

static void die(void)
{
    if (signal_number == SIGABRT) abort();
    kill(getpid(), SIGKILL);
}

static int64_t square(int64_t x)
{
    if (rp_rank() == dying_rank && x >= SAFE) die();
    usleep(busy && x >= SAFE ? 5000 * 1000 : 5000);
    return x * x;
}
RP_TASK(square, int64_t, int64_t)

static int64_t hold(int64_t x)
{
    usleep(1000 * 1000);
    return x + 1;
}
RP_TASK(hold, int64_t, int64_t)

static int start(rp_bytes argument, void **state)
{
    (void)argument, (void)state;
    if (rp_rank() == dying_rank) die();
    usleep(rp_rank() == 2 ? 1500 * 1000 : 0);
    return 0;
}
RP_INITIALIZER(fatal, start, NULL)

static int problem(const char *text, const rp_error *error)
{
    fprintf(stderr, "%s: %s\n", text, rp_error_text(error));
    return RP_EXIT_FAILED;
}

/* Some are right, some lost, some weren't begun. */
static int check(const rp_status *statuses, const int64_t *results)
{
    int n_right = 0, n_lost = 0;
    for (int64_t i = 0; i < N; i++) {
        n_lost += statuses[i] == RP_LOST;
        if (statuses[i] != RP_OK) continue;
        if (results[i] != i * i) return 0;
        n_right++;
    }
    return n_right >= SAFE - 4 && n_lost > 0 && n_right + n_lost < N;
}

static int map(rp_pool *pool, rp_error *error)
{
    int64_t results[N];
    rp_status statuses[N];
    rp_call_options options = {.chunk = 2, .statuses = statuses};
    if (rp_map(pool, square_task, results, N, RP_RANGE(0, 1), &options, error) != RP_LOST) return problem("the map isn't lost", error);
    return check(statuses, results) ? 0 : problem("the results aren't right", error);
}

/* Nothing is given, in either order, and nothing is written. */
static int reduce(rp_pool *pool, rp_error *error)
{
    for (int any = 0; any < 2; any++) {
        int64_t sum = -5;
        uint64_t reduced = 7;
        rp_error later, *why = any ? &later : error;
        rp_call_options options = {.chunk = 2, .reduce_order = any ? RP_ORDER_ANY : RP_ORDER_FIXED, .reduced = &reduced};
        if (rp_reduce(pool, square_task, rp_sum_int64, &sum, N, RP_COLUMNS(RP_RANGE(0, 1)), &options, why) != RP_LOST)
            return problem("the reduction isn't lost", why);
        if (sum != -5 || reduced != 7) return problem("a part was given for the whole", why);
    }
    return 0;
}

static int imap(rp_pool *pool, int ordered, rp_error *error)
{
    int64_t results[N], result;
    rp_status statuses[N], status;
    rp_iter *iterator;
    rp_source source = RP_ITEMS(N, RP_RANGE(0, 1));
    rp_call_options options = {.chunk = 2};
    for (int i = 0; i < N; i++) statuses[i] = RP_CANCELLED;
    status = ordered ? rp_imap(pool, square_task, source, &options, &iterator, error)
                     : rp_imap_unordered(pool, square_task, source, &options, &iterator, error);
    if (status != RP_OK) return problem("no iterator", error);
    while ((status = rp_iter_next(iterator, &result, -1, error)) == RP_OK || (status == RP_LOST && error->item >= 0)) {
        statuses[rp_iter_index(iterator)] = status;
        results[rp_iter_index(iterator)] = result;
    }
    rp_iter_free(iterator);
    if (status != RP_LOST) return problem("the iterator isn't lost", error);
    return check(statuses, results) ? 0 : problem("the results aren't right", error);
}

/* Rank 0 is busy, so that it goes to rank 1. */
static int apply(rp_pool *pool, rp_error *error)
{
    int64_t held, result;
    rp_result *handle;
    rp_error later;
    rp_columns fatal = RP_COLUMNS(RP_CONSTANT((int64_t)SAFE));
    if (rp_apply_async(pool, hold_task, &held, fatal, NULL, &handle, error) != RP_OK) return problem("no handle", error);
    if (rp_apply(pool, square_task, &result, fatal, NULL, error) != RP_LOST) return problem("the apply isn't lost", error);
    if (rp_apply(pool, square_task, &result, fatal, NULL, &later) != RP_LOST) return problem("a later apply isn't lost", &later);
    if (rp_result_get(handle, -1, &later) != RP_OK || held != SAFE + 1) return problem("what rank 0 had isn't right", &later);
    rp_result_free(handle);
    return 0;
}

static int applies(rp_pool *pool, rp_error *error)
{
    int64_t results[N];
    rp_status statuses[N];
    rp_result *handles[N];
    rp_error first = {.status = RP_OK};
    for (int64_t i = 0; i < N; i++)
        if (rp_apply_async(pool, square_task, &results[i], RP_COLUMNS(RP_CONSTANT(i)), NULL, &handles[i], error) != RP_OK)
            return problem("no handle", error);
    for (int i = 0; i < N; i++) {
        statuses[i] = rp_result_get(handles[i], -1, error);
        if (statuses[i] == RP_LOST && first.status == RP_OK) first = *error;
        if (statuses[i] == RP_LOST && rp_result_failures(handles[i]) == 0) statuses[i] = RP_CANCELLED;
        rp_result_free(handles[i]);
    }
    *error = first;
    return check(statuses, results) ? 0 : problem("the results aren't right", error);
}

static int use(rp_pool *pool, rp_error *error)
{
    rp_error end;
    int status = strcmp(what, "imap") == 0             ? imap(pool, 1, error)
                 : strcmp(what, "imap_unordered") == 0 ? imap(pool, 0, error)
                 : strcmp(what, "reduce") == 0         ? reduce(pool, error)
                 : strcmp(what, "apply") == 0          ? apply(pool, error)
                 : strcmp(what, "applies") == 0        ? applies(pool, error)
                                                       : map(pool, error);
    if (status == 0 && rp_pool_check(pool, &end) != RP_LOST) status = problem("the pool says that it is well", &end);
    rp_pool_close(pool);
    if (status == 0 && rp_pool_join(pool, &end) != RP_LOST) status = problem("the pool's end isn't lost", &end);
    return status;
}

static int tell(int status, const rp_error *error)
{
    if (status != 0) return status;
    printf("lost as it should be: %s\n", rp_error_text(error));
    fflush(stdout);
    return RP_EXIT_LOST;
}

static int client(rp_pool *unopened, int argc, char **argv)
{
    (void)unopened, (void)argc, (void)argv;
    rp_pool *pool;
    rp_error error = {0};
    rp_pool_options options = {.executor = RP_EXECUTOR_MPI};
    int opens = strcmp(what, "open") == 0;
    if (opens) options.initializer = fatal_initializer;
    rp_status opened = rp_pool_open(&options, &pool, &error);
    if (opens) return opened == RP_LOST ? tell(0, &error) : problem("the opening isn't lost", &error);
    if (opened != RP_OK) return problem("no pool", &error);
    int status = use(pool, &error);
    rp_pool_free(pool);
    return tell(status, &error);
}

static int run_on_communicator(int argc, char **argv)
{
    int provided, rank;
    rp_pool *pool;
    rp_error error = {0};
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    rp_status status = rp_pool_open_mpi(MPI_COMM_WORLD, 0, NULL, &pool, &error);
    if (rank > 0) return status == RP_LOST ? RP_EXIT_LOST : problem("a rank isn't told", &error);
    if (status != RP_OK) return problem("no pool", &error);
    int used = use(pool, &error);
    rp_pool_free(pool);
    return tell(used, &error);
}

int main(int argc, char **argv)
{
    if (argc > 1) what = argv[1];
    if (argc > 2 && strcmp(argv[2], "abort") == 0) signal_number = SIGABRT;
    busy = strcmp(what, "coordinator_busy") == 0;
    if (busy || strcmp(what, "coordinator") == 0) dying_rank = 0;
    return strcmp(what, "communicator") == 0 ? run_on_communicator(argc, argv) : rp_main_bare(argc, argv, client);
}
