/*
 * goes_on.c: ranks are killed in the middle of calls, and the pool goes on. `goes_on WHAT N_DOOMED [isolated]`: WHAT is map, imap,
 * imap_unordered, applies, large, texts, reduce, shared, poison, twice (two pools), journal and journal_poison (two pools with one journal,
 * the second of which finds all done) or communicator (a map of a pool on a communicator); the ranks 1 to N_DOOMED kill themselves at an
 * item of their own. Rank 0 checks that each result is there once, and prints one line.
 */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>

#include <dirent.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 400, LARGE = 96, POISON = 123 };
static const char *what = "map";
static const char *key; /* of calls; NULL: none */
static int n_doomed = 1, is_isolated, n_lines;
static pid_t rank_process; /* an isolated child has the rank's here too */
static atomic_int n_begun, n_run;

/* At the 5th item of its own, or the 11th, and so on. */
static void live_or_die(void)
{
    int rank = rp_rank();
    atomic_fetch_add(&n_run, 1);
    if (rank > 0 && rank <= n_doomed && atomic_fetch_add(&n_begun, 1) + 1 == 6 * rank - 1) {
        kill(rank_process, SIGKILL);
        usleep(1000 * 1000);
    }
}

static int64_t square(int64_t x)
{
    usleep(1000);
    live_or_die();
    return x * x;
}
RP_TASK(square, int64_t, int64_t)

static int64_t deadly(int64_t x)
{
    usleep(1000);
    atomic_fetch_add(&n_run, 1);
    if (x == POISON && rp_rank() == 0) usleep(200 * 1000);
    if (x == POISON && rp_rank() > 0) kill(rank_process, SIGKILL);
    return x * x;
}
RP_TASK(deadly, int64_t, int64_t)

typedef struct page {
    double numbers[8192];
} page;

static page fill(int64_t x)
{
    page made;
    usleep(2000);
    live_or_die();
    for (size_t i = 0; i < 8192; i++) made.numbers[i] = (double)x + (double)i;
    return made;
}
RP_TASK(fill, page, int64_t)

static page add_one(page before)
{
    usleep(2000);
    live_or_die();
    for (size_t i = 0; i < 8192; i++) before.numbers[i]++;
    return before;
}
RP_TASK(add_one, page, page)

static void write_text(int64_t x)
{
    static const char line[] = "all work and no play makes a dull text, and again, and once more\n";
    usleep(1000);
    live_or_die();
    for (int64_t i = 0; i < 200 * (x % 50); i++) rp_emit(line, sizeof line - 1);
}
RP_TASK_EMIT(write_text, int64_t)

static int problem(const char *text, const rp_error *error)
{
    fprintf(stderr, "%s: %s\n", text, rp_error_text(error));
    return RP_EXIT_FAILED;
}

static int check_squares(const int64_t *results, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (results[i] != i * i) return fprintf(stderr, "result %lld is wrong\n", (long long)i), RP_EXIT_FAILED;
    return 0;
}

static int map(rp_pool *pool)
{
    int64_t results[N] = {0};
    rp_error error;
    if (rp_map(pool, square_task, results, N, RP_RANGE(0, 1), &(rp_call_options){.chunk = 2, .key = key}, &error) != RP_OK)
        return problem("the map has failed", &error);
    return check_squares(results, N);
}

static int imap(rp_pool *pool, int ordered)
{
    int64_t result, results[N] = {0};
    int n_seen[N] = {0};
    rp_iter *iterator;
    rp_error error;
    rp_call_options options = {.chunk = 3};
    rp_source source = RP_ITEMS(N, RP_RANGE(0, 1));
    rp_status status = ordered ? rp_imap(pool, square_task, source, &options, &iterator, &error)
                               : rp_imap_unordered(pool, square_task, source, &options, &iterator, &error);
    if (status != RP_OK) return problem("no iterator", &error);
    for (int64_t next = 0; (status = rp_iter_next(iterator, &result, -1, &error)) == RP_OK; next++) {
        int64_t index = rp_iter_index(iterator);
        if (ordered && index != next) return problem("out of order", &error);
        if (n_seen[index]++) return problem("an item came twice", &error);
        results[index] = result;
    }
    rp_iter_free(iterator);
    return status == RP_END ? check_squares(results, N) : problem("the iterator has failed", &error);
}

static int applies(rp_pool *pool)
{
    int64_t results[N];
    rp_result *handles[N];
    rp_error error;
    for (int64_t i = 0; i < N; i++)
        if (rp_apply_async(pool, square_task, &results[i], RP_COLUMNS(RP_CONSTANT(i)), NULL, &handles[i], &error) != RP_OK)
            return problem("no handle", &error);
    for (int i = 0; i < N; i++) {
        if (rp_result_get(handles[i], -1, &error) != RP_OK) return problem("an apply has failed", &error);
        rp_result_free(handles[i]);
    }
    return check_squares(results, N);
}

/* Chunks of 512 KiB, which are sent and received in place where that can be. */
static int large(rp_pool *pool)
{
    static page first[LARGE], second[LARGE];
    rp_error error;
    rp_call_options options = {.chunk = 8};
    if (rp_map(pool, fill_task, first, LARGE, RP_RANGE(0, 1), &options, &error) != RP_OK) return problem("the map has failed", &error);
    if (rp_map(pool, add_one_task, second, LARGE, RP_COLUMN(first), &options, &error) != RP_OK)
        return problem("the second map has failed", &error);
    for (int i = 0; i < LARGE; i++)
        for (int k = 0; k < 8192; k++)
            if (first[i].numbers[k] != i + k || second[i].numbers[k] != i + k + 1) return problem("a page is wrong", &error);
    return 0;
}

static int texts(rp_pool *pool)
{
    static rp_bytes made[N];
    rp_error error;
    if (rp_map(pool, write_text_task, made, N, RP_RANGE(0, 1), &(rp_call_options){.chunk = 4}, &error) != RP_OK)
        return problem("the map has failed", &error);
    for (size_t i = 0; i < N; i++)
        if (made[i].size != 65 * 200 * (i % 50)) return problem("a text is wrong", &error);
    rp_bytes_free(made, N);
    return 0;
}

static int reduce(rp_pool *pool)
{
    int64_t sum;
    rp_error error;
    if (rp_reduce(pool, square_task, rp_sum_int64, &sum, N, RP_COLUMNS(RP_RANGE(0, 1)), &(rp_call_options){.chunk = 7}, &error) != RP_OK)
        return problem("the reduction has failed", &error);
    return sum == (int64_t)(N - 1) * N * (2 * N - 1) / 6 ? 0 : problem("the sum is wrong", &error);
}

static int shared(rp_pool *pool)
{
    rp_error error = {0};
    int64_t *items = rp_alloc(pool, N * sizeof *items, &error), *results = rp_alloc(pool, N * sizeof *results, &error);
    if (!items || !results) return problem("no memory", &error);
    for (int64_t i = 0; i < N; i++) items[i] = i;
    if (rp_map(pool, square_task, results, N, RP_COLUMN(items), &(rp_call_options){.chunk = 3}, &error) != RP_OK)
        return problem("the map has failed", &error);
    int status = check_squares(results, N);
    rp_free(items);
    rp_free(results);
    return status;
}

/* Another rank than 0 has the item, as rank 0 waits at it until that is so, or nobody else is left. */
static int poison(rp_pool *pool)
{
    int64_t results[N];
    rp_status statuses[N];
    rp_error error;
    rp_call_options options = {.chunk = 2, .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses, .key = key};
    rp_status status = rp_map(pool, deadly_task, results, N, RP_RANGE(0, 1), &options, &error);
    int n_right = 0;
    for (int64_t i = 0; i < N; i++) n_right += statuses[i] == RP_OK && results[i] == i * i;
    if (status == RP_OK && n_right == N) return 0; /* rank 0 had it */
    if (status != RP_FAILED || error.cause != RP_CAUSE_CRASH || error.item != POISON) return problem("no crash", &error);
    return n_right == N - 1 ? 0 : problem("others have failed too", &error);
}

/* A run with a journal, and the next one. Rank 0 has run items of the first, and would run some of those that were done again. */
static int with_journal(rp_pool *pool, int (*run)(rp_pool *pool))
{
    static int n_run_before;
    int status = run(pool), n = atomic_load(&n_run);
    if (status != 0) return status;
    if (n == 0 || (n_run_before > 0 && n > n_run_before)) return problem("what was done has run again, or rank 0 had nothing", NULL);
    n_run_before = n;
    return 0;
}

static int use(rp_pool *pool)
{
    rp_error error;
    int status = strcmp(what, "imap") == 0             ? imap(pool, 1)
                 : strcmp(what, "imap_unordered") == 0 ? imap(pool, 0)
                 : strcmp(what, "applies") == 0        ? applies(pool)
                 : strcmp(what, "large") == 0          ? large(pool)
                 : strcmp(what, "texts") == 0          ? texts(pool)
                 : strcmp(what, "reduce") == 0         ? reduce(pool)
                 : strcmp(what, "shared") == 0         ? shared(pool)
                 : strcmp(what, "poison") == 0         ? poison(pool)
                 : strcmp(what, "journal") == 0        ? with_journal(pool, map)
                 : strcmp(what, "journal_poison") == 0 ? with_journal(pool, poison)
                                                       : map(pool);
    if (status == 0 && rp_pool_check(pool, &error) != RP_OK) status = problem("the pool doesn't say that it is well", &error);
    return status;
}

static void take_line(void *argument, const char *line)
{
    (void)argument;
    n_lines++;
    fprintf(stderr, "%s\n", line);
}

static rp_pool_options options_of(void)
{
    return (rp_pool_options){.executor = RP_EXECUTOR_HYBRID,
                             .threads = 1,
                             .on_lost = RP_ON_LOST_GO_ON,
                             .isolation = is_isolated ? RP_ISOLATION_PROCESS : RP_ISOLATION_NONE,
                             .lost = take_line};
}

static int tell(int status)
{
    if (status == 0) printf("went on as it should: %d ranks lost\n", n_lines);
    fflush(stdout);
    return status;
}

/* ---- the journal ---- */

static int has_journal(void) { return strncmp(what, "journal", 7) == 0; }

static const char *make_folder(void)
{
    static char folder[] = "goes_on.XXXXXX";
    return mkdtemp(folder);
}

static void remove_folder(const char *folder)
{
    char path[512];
    DIR *files = opendir(folder);
    for (const struct dirent *file; files && (file = readdir(files));) {
        snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
        (void)unlink(path);
    }
    if (files) closedir(files);
    (void)rmdir(folder);
}

static int client(rp_pool *unopened, int argc, char **argv)
{
    (void)unopened, (void)argc, (void)argv;
    rp_pool *pool;
    rp_error error;
    rp_pool_options options = options_of();
    int status = 0, n_pools = has_journal() || strcmp(what, "twice") == 0 ? 2 : 1;
    if (has_journal()) {
        key = "squares";
        options.journal = make_folder();
        if (!options.journal) return problem("no folder", NULL);
    }
    for (int k = 0; k < n_pools && status == 0; k++) {
        if (rp_pool_open(&options, &pool, &error) != RP_OK) return problem("no pool", &error);
        status = use(pool);
        rp_pool_close(pool);
        if (rp_pool_join(pool, &error) != RP_OK && status == 0) status = problem("the pool's end isn't well", &error);
        rp_pool_free(pool);
    }
    if (has_journal()) remove_folder(options.journal);
    return tell(status);
}

static int run_on_communicator(int argc, char **argv)
{
    int provided, rank;
    rp_pool *pool;
    rp_error error = {0};
    rp_pool_options options = options_of();
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    rp_status status = rp_pool_open_mpi(MPI_COMM_WORLD, 0, &options, &pool, &error);
    if (rank > 0) return status == RP_LOST ? 0 : problem("a rank isn't told", &error);
    if (status != RP_OK) return problem("no pool", &error);
    int used = use(pool);
    rp_pool_close(pool);
    if (rp_pool_join(pool, &error) != RP_LOST && used == 0) used = problem("the program isn't told that a rank is gone", &error);
    rp_pool_free(pool);
    return tell(used);
}

int main(int argc, char **argv)
{
    rp_error error;
    rank_process = getpid();
    if (argc > 1) what = argv[1];
    if (argc > 2) n_doomed = atoi(argv[2]);
    is_isolated = argc > 3;
    if (is_isolated && rp_isolation_prepare(&error) != RP_OK) return problem("no isolation", &error);
    return strcmp(what, "communicator") == 0 ? run_on_communicator(argc, argv) : rp_main_bare(argc, argv, client);
}
