/*
 * nulls.c: every public function is called with NULL for its handle, and for what else must not be NULL, and does what rankpool.h says.
 * nulls.sh compares the functions that are named here with those of the headers.
 */
#include <rankpool/rankpool.h>
#ifdef WITH_MPI
#include <rankpool/mpi.h>
#endif

#include <stdio.h>
#include <string.h>

static int n_wrong;

static void expect(int is_right, const char *what)
{
    if (is_right) return;
    fprintf(stderr, "FAILED: %s\n", what);
    n_wrong++;
}
#define EXPECT(what) expect(!!(what), #what)

/* Returns RP_USAGE, and says so where there is an error. */
static rp_error why;
#define REFUSED(call) (memset(&why, 0, sizeof why), (call) == RP_USAGE && why.status == RP_USAGE && strlen(rp_error_text(&why)) > 8)

static int64_t same(int64_t x) { return x; }
RP_TASK(same, int64_t, int64_t)

static void shout(int64_t x)
{
    rp_emit(NULL, 0);
    if (x == 1) rp_emit(NULL, 5);
    if (x == 2) rp_fail(3, NULL);
}
RP_TASK_EMIT(shout, int64_t)

static void calls(rp_pool *pool)
{
    const rp_columns items = RP_COLUMNS(RP_RANGE(0, 1)), none = {1, NULL};
    const rp_source source = RP_ITEMS(1, RP_RANGE(0, 1)), no_columns = {{1, NULL}, 1, NULL, NULL};
    const rp_call_options bound = {.bound = {1, NULL}};
    const rp_into nowhere = RP_INTO(NULL);
    int64_t x;
    rp_result *handle = NULL;
    rp_iter *iterator = NULL;
    EXPECT(REFUSED(rp_apply(NULL, same_task, &x, items, NULL, &why)) && REFUSED(rp_apply(pool, NULL, &x, items, NULL, &why)));
    EXPECT(REFUSED(rp_map(NULL, same_task, &x, 1, RP_RANGE(0, 1), NULL, &why)));
    EXPECT(REFUSED(rp_map(pool, same_task, NULL, 1, RP_RANGE(0, 1), NULL, &why)));
    EXPECT(REFUSED(rp_starmap(pool, NULL, &x, 1, items, NULL, &why)) && REFUSED(rp_starmap(pool, same_task, &x, 1, none, NULL, &why)));
    EXPECT(REFUSED(rp_map(pool, same_task, &x, 1, RP_RANGE(0, 1), &bound, &why)));
    EXPECT(REFUSED(rp_apply_async(NULL, same_task, &x, items, NULL, &handle, &why)));
    EXPECT(REFUSED(rp_apply_async(pool, same_task, &x, items, NULL, NULL, &why)));
    EXPECT(REFUSED(rp_map_async(pool, same_task, &x, 1, RP_RANGE(0, 1), NULL, NULL, &why)));
    EXPECT(REFUSED(rp_starmap_async(pool, same_task, &x, 1, items, NULL, NULL, &why)));
    EXPECT(REFUSED(rp_apply_into(pool, same_task, nowhere, items, NULL, &why)));
    EXPECT(REFUSED(rp_map_into(pool, same_task, nowhere, 1, RP_RANGE(0, 1), NULL, &why)));
    EXPECT(REFUSED(rp_starmap_into(pool, same_task, nowhere, 1, items, NULL, &why)));
    EXPECT(REFUSED(rp_apply_async_into(pool, same_task, nowhere, items, NULL, &handle, &why)));
    EXPECT(REFUSED(rp_map_async_into(pool, same_task, nowhere, 1, RP_RANGE(0, 1), NULL, &handle, &why)));
    EXPECT(REFUSED(rp_starmap_async_into(pool, same_task, nowhere, 1, items, NULL, &handle, &why)));
    EXPECT(REFUSED(rp_imap(NULL, same_task, source, NULL, &iterator, &why)) && REFUSED(rp_imap(pool, NULL, source, NULL, &iterator, &why)));
    EXPECT(REFUSED(rp_imap_unordered(pool, same_task, source, NULL, NULL, &why)));
    EXPECT(REFUSED(rp_istarmap(pool, same_task, no_columns, NULL, &iterator, &why)));
    EXPECT(REFUSED(rp_istarmap_unordered(pool, NULL, source, NULL, &iterator, &why)));
    EXPECT(rp_map(NULL, NULL, NULL, 1, RP_RANGE(0, 1), NULL, NULL) == RP_USAGE && !handle && !iterator);
}

static void reductions(rp_pool *pool)
{
    const rp_columns items = RP_COLUMNS(RP_RANGE(0, 1));
    const rp_into nowhere = RP_INTO(NULL);
    int64_t x;
    rp_result *handle = NULL;
    EXPECT(REFUSED(rp_reduce(NULL, same_task, rp_sum_int64, &x, 1, items, NULL, &why)));
    EXPECT(REFUSED(rp_reduce(pool, NULL, rp_sum_int64, &x, 1, items, NULL, &why)));
    EXPECT(REFUSED((rp_reduce)(pool, same_task, NULL, &x, 1, items, NULL, &why)));
    EXPECT(REFUSED(rp_reduce_into(pool, same_task, rp_sum_int64, nowhere, 1, items, NULL, &why)));
    EXPECT(REFUSED(rp_reduce_async(pool, same_task, rp_sum_int64, &x, 1, items, NULL, NULL, &why)));
    EXPECT(REFUSED(rp_reduce_async_into(pool, same_task, rp_sum_int64, nowhere, 1, items, NULL, &handle, &why)) && !handle);
    EXPECT(rp_fold_register(NULL) == RP_USAGE && rp_fold_find(NULL) == NULL && rp_variance(NULL) != 0);
    EXPECT(rp_accumulator_data(NULL) == NULL && rp_accumulator_size(NULL) == 0 && rp_accumulator_resize(NULL, 5) == NULL);
    EXPECT(rp_grid(3, NULL) == NULL && rp_grid_size((rp_columns){3, NULL}) == 0);
}

static void completions(void)
{
    rp_completions *set = NULL;
    rp_result *result = NULL;
    size_t which;
    EXPECT(REFUSED(rp_completions_open(NULL, &why)) && rp_completions_open(&set, NULL) == RP_OK);
    EXPECT(rp_completions_add(NULL, NULL, NULL) == RP_USAGE && rp_completions_add(set, NULL, NULL) == RP_USAGE);
    EXPECT(rp_completions_next(NULL, 0, &result, NULL) == RP_USAGE && rp_completions_next(set, 0, NULL, NULL) == RP_USAGE);
    EXPECT(rp_result_wait_any(&result, 1, 0, &which) == RP_USAGE && rp_result_wait_any(NULL, 1, 0, &which) == RP_USAGE);
    EXPECT(rp_result_wait_any(&result, 1, 0, NULL) == RP_USAGE && rp_result_wait_all(&result, 1, 0) == RP_USAGE);
    EXPECT(rp_result_wait_all(NULL, 1, 0) == RP_USAGE);
    rp_completions_free(NULL);
    rp_completions_free(set);
}

static void results_and_iterators(void)
{
    int successful;
    EXPECT(rp_result_wait(NULL, 0) == RP_USAGE && REFUSED(rp_result_get(NULL, -1, &why)) && rp_result_ready(NULL) == 0);
    EXPECT(rp_result_successful(NULL, &successful) == RP_USAGE && rp_result_failures(NULL) == 0);
    EXPECT(REFUSED(rp_result_failure(NULL, 0, &why)) && rp_result_completed(NULL) == 0);
    EXPECT(rp_result_cancel(NULL) == 0 && rp_result_cancelled(NULL) == 0 && rp_result_running(NULL) == 0);
    rp_result_free(NULL);
    EXPECT(REFUSED(rp_iter_next(NULL, NULL, -1, &why)) && REFUSED((rp_iter_next)(NULL, NULL, -1, &why)));
    EXPECT(REFUSED(rp_iter_next_into(NULL, NULL, RP_TYPE_INT64, 8, 8, -1, &why)));
    EXPECT(rp_iter_index(NULL) == -1 && rp_iter_pulled(NULL) == 0 && rp_iter_seconds(NULL, NULL) == 0);
    rp_iter_cancel(NULL);
    rp_iter_free(NULL);
}

static void handles(rp_pool *pool)
{
    int64_t x = 7, y = 0;
    rp_result *handle;
    EXPECT(rp_map_async(pool, same_task, &y, 1, RP_CONSTANT(x), NULL, &handle, NULL) == RP_OK && rp_result_get(handle, -1, NULL) == RP_OK);
    EXPECT(rp_result_successful(handle, NULL) == RP_USAGE && rp_result_failure(handle, 0, NULL) == RP_USAGE && y == 7);
    rp_result_free(handle);
}

static void emitting(rp_pool *pool)
{
    rp_bytes results[3];
    rp_status statuses[3];
    const rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .statuses = statuses};
    EXPECT(rp_map(pool, shout_task, results, 3, RP_RANGE(0, 1), &options, &why) == RP_FAILED && strstr(why.message, "NULL"));
    EXPECT(statuses[0] == RP_OK && statuses[1] == RP_FAILED && statuses[2] == RP_FAILED);
    rp_bytes_free(results, 3);
    rp_bytes_free(NULL, 3);
    rp_emit(NULL, 5);
    rp_log(NULL);
    EXPECT(rp_gpus_prepare(0, NULL) == RP_USAGE);
    rp_fail(1, NULL);
    rp_fail_as(RP_CAUSE_SYSTEM, 1, NULL);
    rp_run_take(NULL, NULL);
    rp_item_end(NULL);
    rp_run_overlap(NULL, 1, NULL);
    EXPECT(!rp_item_take() && rp_item_fail(NULL, 1, NULL) == 0 && rp_item_fail_as(NULL, RP_CAUSE_TASK, 1, NULL) == 0);
    EXPECT(rp_item_emit(NULL, "", 1) == 0 && rp_item_is_dropped(NULL) == 1);
    EXPECT(rp_run_next(NULL) == 0 && rp_item_index() == -1 && rp_rank() == -1 && rp_worker() == -1 && rp_attempt() == 0);
    EXPECT(rp_cancelled() == 0 && rp_local_rank() == -1 && rp_local_ranks() == 0 && rp_item_seed() == 0 && rp_item_seed_of(3) == 0);
    EXPECT(rp_worker_state() == NULL);
}

static void pools(rp_pool *pool)
{
    rp_pool_info info = {.ranks = 5};
    rp_rank_info rank_info;
    rp_rank_report *report = NULL;
    rp_summary summary = {.workers = 5};
    EXPECT(REFUSED(rp_pool_open(NULL, NULL, &why)) && REFUSED(rp_pool_join(NULL, &why)) && REFUSED(rp_pool_check(NULL, &why)));
    rp_pool_close(NULL);
    rp_pool_stop(NULL);
    rp_pool_finish_running(NULL);
    rp_pool_end_running(NULL, 1);
    rp_pool_time time = {1, 1, 1, 1};
    rp_pool_get_time(NULL, &time);
    EXPECT(time.left_s == 0 && !time.is_over && REFUSED(rp_pool_set_time_left(NULL, 1, 0, &why)));
    rp_pool_terminate(NULL);
    rp_pool_free(NULL);
    EXPECT(REFUSED(rp_pool_sync_journal(NULL, 0, &why)));
    rp_pool_progress_hide(NULL);
    rp_pool_progress_show(NULL);
    rp_pool_get_info(NULL, &info);
    rp_pool_get_info(pool, NULL);
    EXPECT(info.ranks == 0 && rp_pool_get_rank_info(NULL, 0, &rank_info) == RP_USAGE && rp_pool_get_rank_info(pool, 0, NULL) == RP_USAGE);
    EXPECT(rp_pool_failures(NULL) == 0 && rp_pool_callback_failures(NULL) == 0 && rp_pool_warning(NULL, 0) == NULL);
    rp_pool_progress_hide(NULL);
    rp_pool_progress_show(NULL);
    EXPECT(REFUSED(rp_pool_report(NULL, 0, &report, &why)) && REFUSED(rp_pool_report(pool, 0, NULL, &why)));
    EXPECT(!rp_alloc(NULL, 1, &why) && why.status == RP_USAGE && !rp_share(NULL, "", 1, &why) && why.status == RP_USAGE);
    EXPECT(!rp_share(pool, NULL, 1, &why) && why.status == RP_USAGE && !rp_alloc(NULL, 1, NULL) && !rp_share(NULL, NULL, 0, NULL));
    rp_free(NULL);
    rp_rank_report_free(NULL);
    rp_reports_summarise(NULL, 3, &summary);
    rp_reports_summarise(NULL, 3, NULL);
    EXPECT(summary.workers == 0);
}

static void texts(void)
{
    char shown[4] = "old";
    EXPECT(rp_printable("text", 4, NULL, 4) == 0 && rp_printable("text", 4, shown, 0) == 0 && shown[0] == 'o');
    EXPECT(rp_printable(NULL, 4, shown, sizeof shown) == 0 && shown[0] == '\0');
    EXPECT(rp_without_user("text", 4, NULL) == 0 && rp_without_user(NULL, 4, shown) == 0);
    EXPECT(rp_escape(NULL, 4, shown, sizeof shown) == 0 && rp_escape("text", 4, NULL, 4) == 0);
    rp_main_launch(NULL);
}

static void names(void)
{
    const rp_task nameless = {.name = NULL}, empty = {.name = "empty"};
    const rp_initializer no_start = {"no start", NULL, NULL};
    rp_pool_options options = {.threads = 1}, odd = {.initializer = &no_start}, argument = {.initializer_argument = {NULL, 5}};
    rp_option_info option;
    rp_name name;
    rp_pool *pool = NULL;
    rp_error error;
    EXPECT(rp_task_register(NULL) == RP_USAGE && rp_task_register(&nameless) == RP_USAGE && rp_task_register(&empty) == RP_USAGE);
    EXPECT(rp_initializer_register(NULL) == RP_USAGE && rp_initializer_register(&no_start) == RP_USAGE);
    EXPECT(rp_task_register_range(NULL, (rp_range_function *)names, RP_TYPE_DOUBLE, 0, NULL) == RP_USAGE);
    EXPECT(rp_task_register_range("none", NULL, RP_TYPE_DOUBLE, 0, NULL) == RP_USAGE);
    EXPECT(rp_task_register_range("none", (rp_range_function *)names, RP_TYPE_DOUBLE, 1, NULL) == RP_USAGE && !rp_fail_text(1, NULL));
    EXPECT(rp_task_find(NULL) == NULL && rp_initializer_find(NULL) == NULL);
    EXPECT(REFUSED(rp_pool_options_set(NULL, "threads", "1", &why)) && REFUSED(rp_pool_options_set(&options, NULL, "1", &why)));
    EXPECT(REFUSED(rp_pool_options_set(&options, "threads", NULL, &why)) && options.threads == 1);
    EXPECT(REFUSED(rp_pool_open(&odd, &pool, &why)) && REFUSED(rp_pool_open(&argument, &pool, &why)) && !pool);
    EXPECT(rp_pool_option(0, NULL) == 0 && rp_pool_option(0, &option) == 1);
    EXPECT(rp_enumeration(NULL, 0, &name) == 0 && rp_enumeration("rp_status", 0, NULL) == 0);
    EXPECT(rp_error_set(NULL, RP_SYSTEM, 0, NULL) == RP_SYSTEM && rp_error_set(&error, RP_SYSTEM, 0, NULL) == RP_SYSTEM);
    EXPECT(!strcmp(rp_error_text(NULL), "no error") && !strcmp(rp_error_text(&error), rp_status_text(RP_SYSTEM)));
    EXPECT(rp_cause_text(RP_CAUSE_NONE) && rp_type_name(RP_TYPE_VOID) && rp_executor_name(RP_EXECUTOR_AUTO));
    EXPECT(rp_schedule_name(RP_SCHEDULE_AUTO) && rp_version() && rp_version_details() && rp_main_ranks() == 1);
    rp_main_refuse(NULL);
}

int main(void)
{
    rp_pool_options options = {.executor = RP_EXECUTOR_SERIAL, .record = RP_RECORD_TOTALS};
    rp_pool *pool;
    texts();
    names();
    EXPECT(rp_isolation_prepare(NULL) == RP_OK);
    EXPECT(rp_main(0, NULL, NULL, NULL) == RP_EXIT_USAGE && rp_main_bare(0, NULL, NULL) == RP_EXIT_USAGE);
    if (rp_pool_open(&options, &pool, &why) != RP_OK) return 2;
    calls(pool);
    reductions(pool);
    completions();
    results_and_iterators();
    handles(pool);
    emitting(pool);
    pools(pool);
    rp_pool_free(pool);
#ifdef WITH_MPI
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &(int){0});
    EXPECT(REFUSED(rp_pool_open_mpi(MPI_COMM_SELF, 0, NULL, NULL, &why)));
    MPI_Finalize();
#endif
    printf("%d wrong\n", n_wrong);
    return n_wrong > 0;
}
