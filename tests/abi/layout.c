/*
 * layout.c: prints where the fields of public structs are. It is compiled with the headers of 0.1.0 that are kept here, and with those of
 * today, and must print the same. Sizes are printed of structs that can't grow: they stand in arrays, travel by value, or lie in programs
 * without a flag that says what they have.
 */
#include <rankpool/job.h>
#include <rankpool/rankpool.h>

#include <stdio.h>

#define AT(type, field) printf(#type "." #field " %zu\n", offsetof(type, field));
#define SIZE(type)      printf(#type " %zu\n", sizeof(type));

/* clang-format off */
#define POOL_OPTIONS(X) \
    X(executor) \
    X(ranks) \
    X(threads) X(stack_size) X(nested_threads) X(wait_policy) X(schedule) X(chunk) X(window) X(overlap) X(on_error) X(max_failures) \
    X(max_failures_percent) X(retries) X(retry_pause_s) X(timeout_s) X(isolation) X(max_tasks_per_child) X(record) X(max_records) \
    X(initializer) X(initializer_argument) X(progress) X(progress_stream) X(progress_name) X(progress_interval_s)
#define CALL_OPTIONS(X) \
    X(schedule) \
    X(chunk) \
    X(window) X(on_error) X(max_failures) X(max_failures_percent) X(retries) X(timeout_s) X(bound) X(statuses) X(callback) \
    X(error_callback) X(callback_argument) X(reduce_order) X(initial) X(reduced)
#define ERROR(X)         X(status) X(cause) X(code) X(item) X(rank) X(worker) X(attempt) X(seconds) X(host) X(item_text) X(message) X(text)
#define OPTION_INFO(X)   X(name) X(value) X(help) X(enumeration) X(environment) X(commands)
#define POOL_INFO(X)     X(executor) X(ranks) X(threads) X(workers) X(window) X(threads_from)
#define RANK_INFO(X)     X(host) X(threads) X(cores) X(host_cores) X(affinity) X(shares_memory)
#define LAUNCH_INFO(X)   X(ranks) X(rank) X(speaks) X(text)
#define GRAIN(X)         X(call) X(first) X(count) X(begin_s) X(end_s) X(attempt) X(failed)
#define WORKER_REPORT(X) X(items) X(failed) X(repeated) X(chunks) X(n_grains) X(n_recorded) X(grains) X(waits) X(busy_s) X(begin_s) X(end_s)
#define RANK_REPORT(X) \
    X(rank) \
    X(n_workers) \
    X(workers) X(bytes_sent) X(bytes_received) X(messages_sent) X(messages_received) X(n_chunks) X(n_chunks_recorded) X(chunks) \
    X(clock_error_s)
#define SUMMARY(X) \
    X(workers) \
    X(items) \
    X(failed) X(repeated) X(n_grains) X(n_recorded) X(begin_s) X(end_s) X(makespan_s) X(busy_s) X(ideal_s) X(efficiency) X(imbalance) \
    X(bytes_sent) X(bytes_received) X(messages_sent) X(messages_received)
#define TASK(X)        X(name) X(kernel) X(result_type) X(result_size) X(flags) X(n_arguments) X(argument_types) X(argument_sizes)
#define FOLD(X)        X(name) X(result_type) X(type) X(result_size) X(size) X(accumulator_size) X(flags) X(fold) X(merge) X(end)
#define ITEM(X)        X(index) X(attempt) X(result) X(arguments)
#define COLUMN(X)      X(kind) X(type) X(size) X(stride_bytes) X(data) X(start) X(step)
#define INTO(X)        X(data) X(type) X(size) X(stride_bytes) X(room)
#define SOURCE(X)      X(columns) X(n_items) X(next) X(state)
#define INITIALIZER(X) X(name) X(start) X(finish)
#define JOB(X) \
    X(name) \
    X(help) \
    X(item_help) X(task) X(params) X(fields) X(initializer) X(bind) X(unbind) X(skips_blanks) X(skips_comments) X(is_header) X(defaults) \
    X(takes_words) X(words) X(resolve) X(may_crash) X(items_are_texts) X(ends_items) X(items_are_addresses) X(n_items) \
    X(overlap_param) X(opened) X(start_helpers) X(read) X(arrive) X(write) X(finish)
#define JOB_REQUEST(X) X(values) X(words) X(columns) X(n_columns) X(repeats) X(timeout_s)
#define JOB_OUTCOME(X) X(index) X(item) X(result) X(failure)
#define JOB_LIBRARY(X) X(built_with) X(version) X(job_size) X(job) X(fail)
/* clang-format on */

#define FIELDS_OF(name, type)                                                                                                              \
    static void print_##type(void) { name(AT_OF_##type) }
#define AT_OF_rp_pool_options(field)  AT(rp_pool_options, field)
#define AT_OF_rp_call_options(field)  AT(rp_call_options, field)
#define AT_OF_rp_error(field)         AT(rp_error, field)
#define AT_OF_rp_option_info(field)   AT(rp_option_info, field)
#define AT_OF_rp_pool_info(field)     AT(rp_pool_info, field)
#define AT_OF_rp_rank_info(field)     AT(rp_rank_info, field)
#define AT_OF_rp_launch_info(field)   AT(rp_launch_info, field)
#define AT_OF_rp_grain(field)         AT(rp_grain, field)
#define AT_OF_rp_worker_report(field) AT(rp_worker_report, field)
#define AT_OF_rp_rank_report(field)   AT(rp_rank_report, field)
#define AT_OF_rp_summary(field)       AT(rp_summary, field)
#define AT_OF_rp_task(field)          AT(rp_task, field)
#define AT_OF_rp_fold(field)          AT(rp_fold, field)
#define AT_OF_rp_item(field)          AT(rp_item, field)
#define AT_OF_rp_column(field)        AT(rp_column, field)
#define AT_OF_rp_into(field)          AT(rp_into, field)
#define AT_OF_rp_source(field)        AT(rp_source, field)
#define AT_OF_rp_initializer(field)   AT(rp_initializer, field)
#define AT_OF_rp_job(field)           AT(rp_job, field)
#define AT_OF_rp_job_request(field)   AT(rp_job_request, field)
#define AT_OF_rp_job_outcome(field)   AT(rp_job_outcome, field)
#define AT_OF_rp_job_library(field)   AT(rp_job_library, field)

#define ALL(X)                                                                                                                             \
    X(POOL_OPTIONS, rp_pool_options)                                                                                                       \
    X(CALL_OPTIONS, rp_call_options)                                                                                                       \
    X(ERROR, rp_error)                                                                                                                     \
    X(OPTION_INFO, rp_option_info)                                                                                                         \
    X(POOL_INFO, rp_pool_info)                                                                                                             \
    X(RANK_INFO, rp_rank_info)                                                                                                             \
    X(LAUNCH_INFO, rp_launch_info)                                                                                                         \
    X(GRAIN, rp_grain)                                                                                                                     \
    X(WORKER_REPORT, rp_worker_report)                                                                                                     \
    X(RANK_REPORT, rp_rank_report)                                                                                                         \
    X(SUMMARY, rp_summary)                                                                                                                 \
    X(TASK, rp_task)                                                                                                                       \
    X(FOLD, rp_fold)                                                                                                                       \
    X(ITEM, rp_item)                                                                                                                       \
    X(COLUMN, rp_column)                                                                                                                   \
    X(INTO, rp_into)                                                                                                                       \
    X(SOURCE, rp_source)                                                                                                                   \
    X(INITIALIZER, rp_initializer)                                                                                                         \
    X(JOB, rp_job)                                                                                                                         \
    X(JOB_REQUEST, rp_job_request)                                                                                                         \
    X(JOB_OUTCOME, rp_job_outcome)                                                                                                         \
    X(JOB_LIBRARY, rp_job_library)
ALL(FIELDS_OF)
#define PRINT(name, type) print_##type();

int main(void)
{
    ALL(PRINT)
    SIZE(rp_error)
    SIZE(rp_grain)
    SIZE(rp_task)
    SIZE(rp_run)
    SIZE(rp_view)
    SIZE(rp_bytes)
    SIZE(rp_column)
    SIZE(rp_columns)
    SIZE(rp_into)
    SIZE(rp_source)
    SIZE(rp_initializer)
    SIZE(rp_name)
    SIZE(rp_param)
    SIZE(rp_value)
    SIZE(rp_field)
    SIZE(rp_job_defaults)
    SIZE(rp_indexed_double)
    SIZE(rp_indexed_int64)
    SIZE(rp_moments)
    return 0;
}
