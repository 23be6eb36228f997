/*
 * communicator.c: a program that uses MPI itself opens pools on communicators of its choosing, any rank as root. The argument is the thread
 * level that it asks MPI for: none (MPI isn't initialised), single, serialized, multiple.
 */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures;

#define CHECK(condition)                                                                                                                   \
    do {                                                                                                                                   \
        if (!(condition)) {                                                                                                                \
            failures++;                                                                                                                    \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                                                      \
        }                                                                                                                                  \
    } while (0)

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

/* The process that runs it, so that the root can count them. */
static int32_t process(int64_t x)
{
    (void)x;
    usleep(20000);
    return (int32_t)getpid();
}
RP_TASK(process, int32_t, int64_t)

static int count_different(const int32_t *numbers, int n)
{
    int different = 0;
    for (int i = 0; i < n; i++) {
        int k = 0;
        while (numbers[k] != numbers[i]) k++;
        different += k == i;
    }
    return different;
}

/* What the root does with its pool of so many ranks. */
static void use_pool(rp_pool *pool, int n_ranks, int may_call_mpi)
{
    int64_t results[200];
    int32_t processes[64];
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_pool_info info;
    rp_pool_get_info(pool, &info);
    CHECK(info.ranks == n_ranks);
    CHECK(getenv("RANKPOOL_ABOVE")); /* so that programs below this rank aren't taken for it */
    CHECK(rp_map_async(pool, square_task, results, 200, RP_RANGE(-100, 1), NULL, &handle, &error) == RP_OK);
    if (may_call_mpi) {
        int sent = 17, received = 0;
        MPI_Sendrecv(&sent, 1, MPI_INT, 0, 5, &received, 1, MPI_INT, 0, 5, MPI_COMM_SELF, MPI_STATUS_IGNORE);
        CHECK(received == 17);
    }
    CHECK(rp_result_get(handle, 20.0, &error) == RP_OK);
    rp_result_free(handle);
    for (int64_t i = 0; i < 200; i++) CHECK(results[i] == square(i - 100));

    rp_call_options options = {.chunk = 1};
    CHECK(rp_map(pool, process_task, processes, (uint64_t)(16 * n_ranks), RP_RANGE(0, 1), &options, &error) == RP_OK);
    CHECK(count_different(processes, 16 * n_ranks) == n_ranks);
}

static void open_and_use(MPI_Comm communicator, int root, int may_call_mpi)
{
    int rank, size;
    rp_pool *pool = NULL;
    rp_error error = {0};
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = 2};
    MPI_Comm_rank(communicator, &rank);
    MPI_Comm_size(communicator, &size);
    rp_status status = rp_pool_open_mpi(communicator, root, &options, &pool, &error);
    CHECK(status == RP_OK);
    CHECK((pool != NULL) == (rank == root));
    if (status != RP_OK) fprintf(stderr, "rank %d: %s\n", rank, rp_error_text(&error));
    if (pool != NULL) {
        use_pool(pool, size, may_call_mpi);
        rp_pool_close(pool);
        CHECK(rp_pool_join(pool, &error) == RP_OK);
        rp_pool_free(pool);
    }
}

/* A receive of the program's own, on the same communicator and for any message, sees nothing of the pool's. */
static void keep_messages_apart(MPI_Comm communicator, int may_call_mpi)
{
    int rank, size, received = -1;
    MPI_Request request;
    MPI_Comm_rank(communicator, &rank);
    MPI_Comm_size(communicator, &size);
    MPI_Irecv(&received, 1, MPI_INT, MPI_ANY_SOURCE, MPI_ANY_TAG, communicator, &request);
    open_and_use(communicator, 0, may_call_mpi);
    MPI_Send(&rank, 1, MPI_INT, (rank + 1) % size, 3, communicator);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    CHECK(received == (rank + size - 1) % size);
}

/* A pool that can't be opened ends its ranks at once, while they still introduce themselves. The next pool sees nothing of that. */
static void fail_and_open(MPI_Comm communicator, int may_call_mpi)
{
    int rank;
    rp_pool *pool = NULL;
    rp_error error = {0};
    rp_pool_options options = {.executor = RP_EXECUTOR_SERIAL};
    MPI_Comm_rank(communicator, &rank);
    for (int round = 0; round < 200; round++) {
        rp_status status = rp_pool_open_mpi(communicator, 0, &options, &pool, &error);
        if (rank == 0) CHECK(status == RP_USAGE);
        if (round % 50 == 49) open_and_use(communicator, 0, may_call_mpi);
    }
}

static void refuse_wrong_arguments(MPI_Comm communicator)
{
    int rank, size;
    rp_pool *pool = NULL;
    rp_error error = {0};
    rp_pool_options options = {.executor = RP_EXECUTOR_SERIAL};
    MPI_Comm_rank(communicator, &rank);
    MPI_Comm_size(communicator, &size);
    CHECK(rp_pool_open_mpi(communicator, size, NULL, &pool, &error) == RP_USAGE);
    CHECK(rp_pool_open_mpi(communicator, -1, NULL, &pool, &error) == RP_USAGE);
    rp_status status = rp_pool_open_mpi(communicator, 0, &options, &pool, &error);
    if (rank == 0) CHECK(status == RP_USAGE);
    options = (rp_pool_options){.threads = -3};
    status = rp_pool_open_mpi(communicator, 0, &options, &pool, &error);
    if (rank == 0) CHECK(status == RP_USAGE);
    CHECK(pool == NULL);
}

static void use_communicators(int may_call_mpi)
{
    int rank, size, part_size;
    MPI_Comm part;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    open_and_use(MPI_COMM_WORLD, size - 1, may_call_mpi);
    for (int round = 0; round < 3; round++) open_and_use(MPI_COMM_WORLD, round % size, may_call_mpi);

    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, -rank, &part);
    MPI_Comm_size(part, &part_size);
    open_and_use(part, part_size - 1, may_call_mpi);
    open_and_use(part, 0, may_call_mpi);
    keep_messages_apart(part, may_call_mpi);
    MPI_Comm_free(&part);

    open_and_use(MPI_COMM_SELF, 0, may_call_mpi);
    keep_messages_apart(MPI_COMM_WORLD, may_call_mpi);
    refuse_wrong_arguments(MPI_COMM_WORLD);
    fail_and_open(MPI_COMM_WORLD, may_call_mpi);
    open_and_use(MPI_COMM_WORLD, 0, may_call_mpi);
}

static void expect_unsupported(const char *part)
{
    rp_pool *pool = NULL;
    rp_error error = {0};
    CHECK(rp_pool_open_mpi(MPI_COMM_WORLD, 0, NULL, &pool, &error) == RP_UNSUPPORTED);
    CHECK(pool == NULL);
    CHECK(strstr(rp_error_text(&error), part) != NULL);
    fprintf(stderr, "said: %s\n", rp_error_text(&error));
}

int main(int argc, char **argv)
{
    const char *level = argc > 1 ? argv[1] : "serialized";
    int required = strcmp(level, "single") == 0       ? MPI_THREAD_SINGLE
                   : strcmp(level, "serialized") == 0 ? MPI_THREAD_SERIALIZED
                                                      : MPI_THREAD_MULTIPLE;
    int provided, all_failures = 0;
    if (strcmp(level, "none") == 0) {
        expect_unsupported("MPI_Init");
        return failures > 0;
    }
    MPI_Init_thread(&argc, &argv, required, &provided);
    CHECK(provided == required);
    if (required == MPI_THREAD_SINGLE) {
        expect_unsupported("MPI_THREAD_SERIALIZED");
    } else {
        use_communicators(required == MPI_THREAD_MULTIPLE);
    }
    MPI_Allreduce(&failures, &all_failures, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Finalize();
    return all_failures > 0;
}
