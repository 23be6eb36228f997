/*
 * sizes.c: callers whose structs are smaller or larger than those of the library: what they don't know isn't read and isn't written, and
 * what the library doesn't know is refused.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 100, GUARD = 0x5a };

static int n_wrong;

static void expect(int is_right, const char *what)
{
    if (is_right) return;
    fprintf(stderr, "FAILED: %s\n", what);
    n_wrong++;
}
#define EXPECT(what)           expect(!!(what), #what)
#define UP_TO(type, last)      (offsetof(type, last) + sizeof(((type *)0)->last))
#define REFUSED(status, error) ((status) == RP_USAGE && strstr((error)->text, "doesn't have"))

/* Of another version: with fields behind those of today. */
typedef struct newer_pool_options {
    rp_pool_options known;
    uint64_t more[2];
} newer_pool_options;
typedef struct newer_call_options {
    rp_call_options known;
    uint64_t more[2];
} newer_call_options;

static double half(int64_t x) { return (double)x / 2; }
RP_TASK(half, double, int64_t)

/* ---- options ---- */

/* The rest isn't 0, and no valid option. */
static void older_pool_options_are_read_up_to_their_end(void)
{
    rp_pool *pool = NULL;
    rp_error error;
    rp_pool_options options;
    size_t size = UP_TO(rp_pool_options, retries);
    memset(&options, 0xff, sizeof options);
    memset(&options, 0, size);
    options.executor = RP_EXECUTOR_PTHREAD;
    options.threads = 2;
    EXPECT(rp_pool_open_sized(&options, size, &pool, &error) == RP_OK);
    rp_pool_free(pool);
}

static void newer_pool_options_are_refused_when_set(void)
{
    rp_pool *pool = NULL;
    rp_error error;
    newer_pool_options options = {.known = {.executor = RP_EXECUTOR_SERIAL}};
    EXPECT(rp_pool_open_sized(&options.known, sizeof options, &pool, &error) == RP_OK);
    rp_pool_free(pool);
    options.more[1] = 1;
    EXPECT(REFUSED(rp_pool_open_sized(&options.known, sizeof options, &pool, &error), &error));
}

static void options_are_set_within_the_caller_s_size(void)
{
    rp_error error;
    rp_pool_options options;
    size_t size = UP_TO(rp_pool_options, max_failures_percent);
    memset(&options, 0, size);
    memset((char *)&options + size, GUARD, sizeof options - size);
    EXPECT(rp_pool_options_set_sized(&options, size, "threads", "3", &error) == RP_OK && options.threads == 3);
    EXPECT(rp_pool_options_set_sized(&options, size, "retries", "3", &error) == RP_USAGE);
    EXPECT(strstr(error.text, "unknown option"));
    for (size_t i = size; i < sizeof options; i++) EXPECT(((char *)&options)[i] == GUARD);
}

typedef rp_status one_call(rp_pool *pool, const rp_call_options *options, size_t size, rp_error *error);
static double results[N];

static rp_columns numbers(void)
{
    static const rp_column range = {RP_COLUMN_RANGE, RP_TYPE_INT64, sizeof(int64_t), 0, NULL, 0, 1};
    return (rp_columns){1, &range};
}

static rp_status starmap(rp_pool *pool, const rp_call_options *options, size_t size, rp_error *error)
{
    return rp_starmap_sized(pool, half_task, RP_INTO(results), N, numbers(), options, size, error);
}

static rp_status starmap_async(rp_pool *pool, const rp_call_options *options, size_t size, rp_error *error)
{
    rp_result *result = NULL;
    rp_status status = rp_starmap_async_sized(pool, half_task, RP_INTO(results), N, numbers(), options, size, &result, error);
    if (status == RP_OK) status = rp_result_get(result, -1, error);
    rp_result_free(result);
    return status;
}

static rp_status reduce(rp_pool *pool, const rp_call_options *options, size_t size, rp_error *error)
{
    return rp_reduce_sized(pool, half_task, rp_sum_double, RP_INTO(results), N, numbers(), options, size, error);
}

static rp_status reduce_async(rp_pool *pool, const rp_call_options *options, size_t size, rp_error *error)
{
    rp_result *result = NULL;
    rp_status status = rp_reduce_async_sized(pool, half_task, rp_sum_double, RP_INTO(results), N, numbers(), options, size, &result, error);
    if (status == RP_OK) status = rp_result_get(result, -1, error);
    rp_result_free(result);
    return status;
}

static rp_status imap(rp_pool *pool, const rp_call_options *options, size_t size, rp_error *error)
{
    rp_iter *iterator = NULL;
    rp_source source = {numbers(), N, NULL, NULL};
    rp_status status = rp_imap_sized(pool, half_task, source, RPI__SINGLE, options, size, &iterator, error);
    for (int i = 0; status == RP_OK && i < N; i++) status = rp_iter_next(iterator, &results[i], -1, error);
    rp_iter_free(iterator);
    return status;
}

static void check_call(rp_pool *pool, one_call *call)
{
    rp_error error;
    rp_call_options old;
    newer_call_options newer = {.known = {.chunk = 7}};
    size_t size = UP_TO(rp_call_options, bound);
    memset(&old, 0xff, sizeof old);
    memset(&old, 0, size);
    EXPECT(call(pool, &old, size, &error) == RP_OK);
    EXPECT(call(pool, &newer.known, sizeof newer, &error) == RP_OK);
    newer.more[0] = 1;
    EXPECT(REFUSED(call(pool, &newer.known, sizeof newer, &error), &error));
    EXPECT(call(pool, NULL, 0, &error) == RP_OK);
}

/* ---- what the library writes ---- */

static void infos_are_written_within_the_caller_s_size(rp_pool *pool)
{
    rp_pool_info info;
    rp_rank_info rank;
    rp_option_info option;
    rp_launch_info launch;
    memset(&info, GUARD, sizeof info), memset(&rank, GUARD, sizeof rank);
    memset(&option, GUARD, sizeof option), memset(&launch, GUARD, sizeof launch);
    rp_pool_get_info_sized(pool, &info, UP_TO(rp_pool_info, threads));
    EXPECT(info.ranks == 1 && info.threads == 2 && *(char *)&info.workers == GUARD);
    EXPECT(rp_pool_get_rank_info_sized(pool, 0, &rank, UP_TO(rp_rank_info, threads)) == RP_OK);
    EXPECT(rank.threads == 2 && *(char *)&rank.cores == GUARD);
    EXPECT(rp_pool_option_sized(0, &option, UP_TO(rp_option_info, name)) == 1);
    EXPECT(!strcmp(option.name, "executor") && *(char *)&option.value == GUARD);
    rp_main_launch_sized(&launch, UP_TO(rp_launch_info, rank));
    EXPECT(launch.rank == 0 && *(char *)&launch.speaks == GUARD);
}

/* What a newer caller has more is 0. */
static void newer_infos_end_in_zeros(rp_pool *pool)
{
    struct {
        rp_pool_info known;
        uint64_t more;
    } info = {.more = 7};
    rp_pool_get_info_sized(pool, &info.known, sizeof info);
    EXPECT(info.known.workers == 2 && info.more == 0);
}

/* The workers of a report lie as far apart as the caller's are long. */
static void reports_have_workers_of_the_caller_s_size(rp_pool *pool)
{
    const size_t sizes[] = {UP_TO(rp_worker_report, end_s), UP_TO(rp_worker_report, end_s) + 16};
    rp_summary own, summary;
    rp_rank_report *plain = NULL;
    EXPECT(rp_pool_report(pool, 0, &plain, NULL) == RP_OK);
    rp_reports_summarise((const rp_rank_report *const *)&plain, 1, &own);
    EXPECT(own.items > N && own.workers == 2);
    for (int k = 0; k < 2; k++) {
        rp_rank_report *report = NULL;
        EXPECT(rp_pool_report_sized(pool, 0, &report, sizes[k], NULL) == RP_OK);
        for (int i = 0; report && i < 2; i++) {
            const rp_worker_report *worker = (const void *)((const char *)report->workers + (size_t)i * sizes[k]);
            EXPECT(worker->items == plain->workers[i].items && worker->n_recorded == plain->workers[i].n_recorded);
            EXPECT(!memcmp(worker->grains, plain->workers[i].grains, worker->n_recorded * sizeof(rp_grain)));
        }
        rp_reports_summarise_sized((const rp_rank_report *const *)&report, 1, sizes[k], &summary, sizeof summary);
        EXPECT(!memcmp(&summary, &own, sizeof own));
        rp_rank_report_free(report);
    }
    memset(&summary, GUARD, sizeof summary);
    rp_reports_summarise_sized((const rp_rank_report *const *)&plain, 1, sizeof(rp_worker_report), &summary, UP_TO(rp_summary, items));
    EXPECT(summary.items == own.items && *(char *)&summary.failed == GUARD);
    rp_rank_report_free(plain);
}

int main(void)
{
    rp_pool *pool = NULL;
    const rp_pool_options options = {.executor = RP_EXECUTOR_PTHREAD, .threads = 2, .record = RP_RECORD_GRAINS};
    older_pool_options_are_read_up_to_their_end();
    newer_pool_options_are_refused_when_set();
    options_are_set_within_the_caller_s_size();
    if (rp_pool_open(&options, &pool, NULL) != RP_OK) return 2;
    check_call(pool, starmap);
    check_call(pool, starmap_async);
    check_call(pool, reduce);
    check_call(pool, reduce_async);
    check_call(pool, imap);
    infos_are_written_within_the_caller_s_size(pool);
    newer_infos_end_in_zeros(pool);
    reports_have_workers_of_the_caller_s_size(pool);
    rp_pool_free(pool);
    return n_wrong != 0;
}
