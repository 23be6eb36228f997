/*
 * test_faults.c: calls, iterators and handles while memory or threads run out: each ends in bounded time, with the right results or with an
 * error that says what was lacking, and leaves nothing allocated. `test_faults EXECUTOR [PATTERN]`; see stage.h.
 */
#include "stage.h"

enum { N = 60, WORD_SIZE = 8 };

/* ---- tasks ---- */

static int64_t triple(int64_t x) { return 3 * x; }
RP_TASK(triple, int64_t, int64_t)

static bool is_unlucky(int64_t x) { return x % 7 == 3; }

static int64_t stumble(int64_t x) { return is_unlucky(x) ? rp_fail(7, "%lld is unlucky", (long long)x) : 3 * x; }
RP_TASK(stumble, int64_t, int64_t)

/* A range task. Its constant and its numbers have to be copied to arrays for it. */
static void add_all(size_t n, int64_t *sums, const int64_t *a, const int64_t *b)
{
    for (size_t i = 0; i < n; i++) sums[i] = a[i] + b[i];
}
RP_TASK_RANGE(add_all, int64_t, int64_t, int64_t)

static void frame(rp_bytes edge, rp_bytes word)
{
    rp_emit(edge.data, edge.size);
    rp_emit(word.data, word.size);
    rp_emit(edge.data, edge.size);
}
RP_TASK_EMIT(frame, rp_bytes, rp_bytes)

static int64_t nap(int64_t x)
{
    unit_sleep(0.001);
    return x;
}
RP_TASK(nap, int64_t, int64_t)

static int start(rp_bytes argument, void **state)
{
    *state = NULL;
    return argument.size == 4 ? 0 : rp_fail(1, "no argument");
}
static void finish(void *state) { (void)state; }
RP_INITIALIZER(ready, start, finish)

/* ---- items and what becomes of them ---- */

typedef struct words {
    char text[N][WORD_SIZE];
    rp_bytes words[N];
} words;

/* "" to "6666666" */
static void make_words(words *all)
{
    for (size_t i = 0; i < N; i++) {
        memset(all->text[i], (int)('0' + i % 7), WORD_SIZE);
        all->words[i] = (rp_bytes){all->text[i], i % 7};
    }
}

static bool is_framed(const rp_bytes *result, const rp_bytes *word)
{
    const char *text = result->data;
    if (result->size != word->size + 4 || memcmp(text, "<>", 2) != 0) return false;
    return memcmp(text + 2, word->data, word->size) == 0 && memcmp(text + 2 + word->size, "<>", 2) == 0;
}

static const rp_bytes edge = {"<>", 2};

typedef struct source_state {
    words all;
    size_t next;
} source_state;

static rp_status next_word(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    source_state *self = state;
    (void)may_wait;
    (void)error;
    if (self->next == N) return RP_END;
    *(rp_bytes *)arguments[0] = self->all.words[self->next++];
    return RP_OK;
}

/* ---- scenarios ---- */

static void nothing(stage *self)
{
    rp_pool_info info;
    rp_pool_get_info(self->pool, &info);
    stage_check(info.ranks == self->n_ranks);
}

static void a_pool_opens_and_closes(void **state)
{
    (void)state;
    rp_pool_options options = {.initializer = ready_initializer, .initializer_argument = {"note", 4}, .progress_name = "a name"};
    stage_run("open with an initializer", &options, nothing);
}

static void a_progress_display_comes_and_goes(void **state)
{
    (void)state;
    FILE *nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    rp_pool_options options = {.progress = RP_PROGRESS_ALWAYS, .progress_stream = nowhere, .progress_interval_s = 0.001};
    stage_run("open with a progress display", &options, nothing);
    fclose(nowhere);
}

static void map_numbers(stage *self)
{
    static const rp_schedule schedules[] = {RP_SCHEDULE_AUTO, RP_SCHEDULE_STATIC, RP_SCHEDULE_FIXED, RP_SCHEDULE_AF};
    for (size_t k = 0; k < N_OF(schedules); k++) {
        int64_t results[N] = {0};
        rp_error error = {0};
        rp_call_options options = {.schedule = schedules[k], .chunk = schedules[k] == RP_SCHEDULE_FIXED ? 7 : 0};
        if (!stage_well(RP_OK, rp_map(self->pool, triple_task, results, N, RP_RANGE(5, 2), &options, &error), &error)) continue;
        for (int64_t i = 0; i < N; i++) stage_check(results[i] == 3 * (5 + 2 * i));
    }
}

static void map_gives_all_or_says_why(void **state)
{
    (void)state;
    stage_run("map", NULL, map_numbers);
}

/* Results and numbers in memory that ranks share, and a constant that they have once. */
static void map_shared(stage *self)
{
    rp_error error = {0};
    int64_t *x = rp_alloc(self->pool, N * sizeof *x, &error), *results = NULL;
    const int64_t *shared = NULL;
    if (x) results = rp_alloc(self->pool, N * sizeof *x, &error);
    for (int i = 0; i < N && results; i++) x[i] = i;
    if (results) shared = rp_share(self->pool, x + 50, sizeof *x, &error);
    if (!shared) (void)stage_well(RP_OK, error.status, &error);
    else if (stage_well(RP_OK,
                        rp_starmap(self->pool, add_all_task, results, N, RP_COLUMNS(RP_CONSTANT_AT(shared), RP_COLUMN(x)), NULL, &error),
                        &error))
        for (int64_t i = 0; i < N; i++) stage_check(results[i] == 50 + i);
    rp_free(x);
    rp_free(results);
    rp_free(shared);
}

static void shared_memory_is_there_or_not(void **state)
{
    (void)state;
    stage_run("shared memory", NULL, map_shared);
}

static void add_numbers(stage *self)
{
    int64_t results[N] = {0};
    rp_error error = {0};
    if (!stage_well(RP_OK,
                    rp_starmap(self->pool, add_all_task, results, N, RP_COLUMNS(RP_CONSTANT((int64_t)100), RP_RANGE(0, 1)), NULL, &error),
                    &error))
        return;
    for (int64_t i = 0; i < N; i++) stage_check(results[i] == 100 + i);
}

static void range_tasks_get_their_columns_or_say_why(void **state)
{
    (void)state;
    stage_run("a range task", NULL, add_numbers);
}

static void frame_words(stage *self)
{
    words all;
    make_words(&all);
    rp_bytes results[N] = {{NULL, 0}};
    rp_error error = {0};
    rp_status status = rp_starmap(self->pool, frame_task, results, N, RP_COLUMNS(RP_CONSTANT(edge), RP_COLUMN(all.words)), NULL, &error);
    bool well = stage_well(RP_OK, status, &error);
    for (size_t i = 0; well && i < N; i++) stage_check(is_framed(&results[i], &all.words[i]));
    rp_bytes_free(results, N);
}

static void emitted_bytes_come_back_or_say_why(void **state)
{
    (void)state;
    stage_run("starmap of bytes", NULL, frame_words);
}

/* Results are right. The iterator ends with all items or with an error that says why. */
static void read_words(stage *self, bool ordered)
{
    source_state source = {.next = 0};
    make_words(&source.all);
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 4, .window = 16, .bound = RP_COLUMNS(RP_CONSTANT(edge))};
    rp_source from = RP_GENERATOR(next_word, &source);
    rp_status status = ordered ? rp_imap(self->pool, frame_task, from, &options, &iterator, &error)
                               : rp_imap_unordered(self->pool, frame_task, from, &options, &iterator, &error);
    if (!stage_well(RP_OK, status, &error)) return;
    bool seen[N] = {false};
    int64_t n = 0;
    rp_bytes result;
    for (; (status = rp_iter_next(iterator, &result, -1, &error)) == RP_OK; n++) {
        int64_t item = rp_iter_index(iterator);
        stage_check(ordered ? item == n : item >= 0 && item < N && !seen[item]);
        stage_check(is_framed(&result, &source.all.words[item]));
        seen[item] = true;
    }
    if (stage_well(RP_END, status, &error)) stage_check(n == N);
    rp_iter_free(iterator);
}

static void read_in_order(stage *self) { read_words(self, true); }
static void read_as_they_come(stage *self) { read_words(self, false); }

static void imap_delivers_and_then_says_why(void **state)
{
    (void)state;
    stage_run("imap", NULL, read_in_order);
}

static void imap_unordered_delivers_and_then_says_why(void **state)
{
    (void)state;
    stage_run("imap_unordered", NULL, read_as_they_come);
}

/* The reader stops half way through a source without an end. */
static void drop_iterator(stage *self)
{
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 2};
    rp_status status = rp_imap(self->pool, triple_task, RP_ITEMS(UINT64_MAX, RP_RANGE(0, 1)), &options, &iterator, &error);
    if (!stage_well(RP_OK, status, &error)) return;
    for (int64_t i = 0, result; i < 5; i++) {
        if (!stage_well(RP_OK, rp_iter_next(iterator, &result, -1, &error), &error)) break;
        stage_check(result == 3 * i);
    }
    rp_iter_free(iterator);
}

static void a_dropped_iterator_leaves_nothing(void **state)
{
    (void)state;
    stage_run("an iterator that is dropped", NULL, drop_iterator);
}

/* An item that is said to have succeeded did; one that is said to have failed had a reason. */
static void check_statuses(const rp_status *statuses, const int64_t *results)
{
    for (int64_t i = 0; i < N; i++) {
        if (statuses[i] == RP_OK) stage_check(!is_unlucky(i) && results[i] == 3 * i);
        else stage_check(faults_fired() || (statuses[i] == RP_FAILED && is_unlucky(i)));
    }
}

static bool is_stumble(const rp_error *error)
{
    return error->status == RP_FAILED && error->cause == RP_CAUSE_TASK && error->code == 7 && is_unlucky(error->item);
}

static void collect_failures(stage *self)
{
    int64_t results[N];
    rp_status statuses[N];
    rp_error error = {0};
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .chunk = 5, .statuses = statuses};
    for (int64_t i = 0; i < N; i++) {
        results[i] = -1;
        statuses[i] = RP_AGAIN;
    }
    rp_status status = rp_map(self->pool, stumble_task, results, N, RP_RANGE(0, 1), &options, &error);
    if (status == RP_FAILED && is_stumble(&error)) check_statuses(statuses, results);
    else if (!stage_well(RP_FAILED, status, &error) && statuses[0] != RP_AGAIN) check_statuses(statuses, results);
}

static void collected_failures_are_all_told_or_say_why(void **state)
{
    (void)state;
    stage_run("map, collect", NULL, collect_failures);
}

static void stop_at_failure(stage *self)
{
    int64_t results[N];
    rp_error error = {0};
    rp_status status = rp_map(self->pool, stumble_task, results, N, RP_RANGE(0, 1), NULL, &error);
    if (status == RP_FAILED && is_stumble(&error)) stage_check(error.item == 3);
    else (void)stage_well(RP_FAILED, status, &error);
}

static void the_first_failure_is_told_or_why_not(void **state)
{
    (void)state;
    stage_run("map, stop", NULL, stop_at_failure);
}

static void iterate_over_failures(stage *self)
{
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .chunk = 4};
    rp_status status = rp_imap(self->pool, stumble_task, RP_ITEMS(N, RP_RANGE(0, 1)), &options, &iterator, &error);
    if (!stage_well(RP_OK, status, &error)) return;
    int64_t n = 0, result;
    for (;; n++) {
        status = rp_iter_next(iterator, &result, -1, &error);
        int64_t item = rp_iter_index(iterator);
        bool failed = status == RP_FAILED && is_stumble(&error);
        if (!failed && status != RP_OK) break;
        stage_check(item == n && failed == is_unlucky(item));
        stage_check(failed || result == 3 * item);
    }
    if (stage_well(RP_END, status, &error)) stage_check(n == N);
    rp_iter_free(iterator);
}

static void an_iterator_tells_each_failure_or_ends(void **state)
{
    (void)state;
    stage_run("imap, collect", NULL, iterate_over_failures);
}

/* ---- folds ---- */

static void text_begin(rp_accumulator *text) { (void)text; }
static void text_append(rp_accumulator *text, const void *data, size_t size)
{
    size_t before = rp_accumulator_size(text);
    char *to = size > 0 ? rp_accumulator_resize(text, before + size) : NULL;
    if (to) memcpy(to + before, data, size);
}
static void text_add(rp_accumulator *text, const rp_bytes *word) { text_append(text, word->data, word->size); }
static void text_merge(rp_accumulator *left, const rp_accumulator *right)
{
    text_append(left, rp_accumulator_data(right), rp_accumulator_size(right));
}
RP_FOLD_BYTES(text, rp_bytes)

static void fold_numbers(stage *self)
{
    for (int any = 0; any < 2; any++) {
        int64_t sum = -1, initial = 5;
        uint64_t reduced = 99;
        rp_error error = {0};
        rp_call_options options = {
            .chunk = 7, .reduce_order = any ? RP_ORDER_ANY : RP_ORDER_FIXED, .initial = &initial, .reduced = &reduced};
        rp_status status = rp_reduce(self->pool, triple_task, rp_sum_int64, &sum, N, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error);
        if (stage_well(RP_OK, status, &error)) stage_check(sum == 5 + 3 * N * (N - 1) / 2 && reduced == N);
        else stage_check(sum == -1 && reduced == 99);
    }
}

static void folded_numbers_are_whole_or_left_alone(void **state)
{
    (void)state;
    stage_run("reduce", NULL, fold_numbers);
}

static void fold_words(stage *self)
{
    words all;
    make_words(&all);
    rp_bytes text = {NULL, 0};
    rp_error error = {0};
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(edge)), .chunk = 5};
    rp_status status = rp_reduce(self->pool, frame_task, text_fold, &text, N, RP_COLUMNS(RP_COLUMN(all.words)), &options, &error);
    if (stage_well(RP_OK, status, &error)) {
        size_t at = 0;
        for (size_t i = 0; i < N; i++) {
            rp_bytes part = {(const char *)text.data + at, all.words[i].size + 4};
            stage_check(at + part.size <= text.size && is_framed(&part, &all.words[i]));
            at += part.size;
        }
        stage_check(at == text.size);
    } else {
        stage_check(text.size == 0);
    }
    rp_bytes_free(&text, 1);
}

static void folded_bytes_are_whole_or_left_alone(void **state)
{
    (void)state;
    stage_run("reduce to bytes", NULL, fold_words);
}

/* ---- what options ask for ---- */

static int watch(const rp_progress_info *info, void *n_over)
{
    stage_check(info->completed <= N && info->total == N);
    if (info->is_over) atomic_fetch_add((atomic_int *)n_over, 1);
    return 0;
}

static void ask_for_all(stage *self)
{
    typedef struct row {
        double before;
        int64_t value;
    } row;
    row rows[N];
    rp_error error = {0}, failures[4] = {{0}};
    uint64_t n_failures = 0;
    static atomic_int n_over;
    atomic_store(&n_over, 0);
    memset(rows, 0, sizeof rows);
    rp_call_options options = {.chunk = 6,
                               .on_error = RP_ON_ERROR_COLLECT,
                               .failures = failures,
                               .failures_room = 4,
                               .n_failures = &n_failures,
                               .progress_callback = watch,
                               .progress_argument = &n_over,
                               .progress_callback_s = 0.001};
    rp_status status = rp_map(self->pool, stumble_task, RP_INTO_FIELD(rows, value), N, RP_RANGE(0, 1), &options, &error);
    if (stage_well(RP_FAILED, status, &error) && n_failures == (N + 3) / 7) { /* else memory ran out for some items */
        for (int k = 0; k < 4; k++) stage_check(failures[k].status == RP_FAILED && failures[k].item == 7 * k + 3);
        for (int64_t i = 0; i < N; i++) stage_check(is_unlucky(i) || rows[i].value == 3 * i);
    }
    for (int i = 0; i < N; i++) stage_check(rows[i].before == 0);
    stage_check(status == RP_FAILED ? atomic_load(&n_over) == 1 : atomic_load(&n_over) <= 1);
}

static void what_options_ask_for_is_there_or_refused(void **state)
{
    (void)state;
    stage_run("fields, failures and progress", NULL, ask_for_all);
}

static void join_a_set(stage *self)
{
    rp_completions *set;
    int64_t results[8] = {0};
    rp_result *handle;
    rp_error error = {0};
    int n = 0, n_made = 0;
    if (!stage_well(RP_OK, rp_completions_open(&set, &error), &error)) return;
    for (int64_t i = 0; i < 8; i++) {
        const rp_call_options options = {.completions = set, .tag = &results[i]};
        rp_status status = rp_apply_async(self->pool, triple_task, &results[i], RP_COLUMNS(RP_CONSTANT(i)), &options, &handle, &error);
        if (stage_well(RP_OK, status, &error)) n_made++;
    }
    for (void *tag; rp_completions_next(set, -1, &handle, &tag) == RP_OK; n++) {
        rp_status status = rp_result_get(handle, -1, &error);
        int64_t i = (int64_t *)tag - results;
        if (stage_well(RP_OK, status, &error)) stage_check(results[i] == 3 * i);
        rp_result_free(handle);
    }
    stage_check(n == n_made);
    rp_completions_free(set);
}

static void a_set_has_the_calls_that_were_made(void **state)
{
    (void)state;
    stage_run("completions", NULL, join_a_set);
}

static int64_t tell(int64_t x)
{
    rp_log("%lld", (long long)x);
    return 3 * x;
}
RP_TASK(tell, int64_t, int64_t)

static void log_lines(stage *self)
{
    int64_t results[8] = {0};
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    if (!stage_well(RP_OK, rp_map(self->pool, tell_task, results, 8, RP_RANGE(0, 1), &options, &error), &error)) return;
    for (int64_t i = 0; i < 8; i++) stage_check(results[i] == 3 * i);
}

static void a_log_does_no_harm(void **state)
{
    (void)state;
    stage_run("log", NULL, log_lines);
}

/* ---- handles ---- */

typedef struct calls_back {
    atomic_int well, ill;
    rp_status said;
} calls_back;

static int note_success(rp_result *result, const rp_error *error, void *argument)
{
    calls_back *calls = argument;
    stage_check(error == NULL && rp_result_ready(result));
    atomic_fetch_add(&calls->well, 1);
    return 0;
}

static int note_failure(rp_result *result, const rp_error *error, void *argument)
{
    calls_back *calls = argument;
    stage_check(error != NULL && rp_result_ready(result));
    calls->said = error->status;
    atomic_fetch_add(&calls->ill, 1);
    return 0;
}

static void call_back(stage *self)
{
    static calls_back calls;
    memset(&calls, 0, sizeof calls);
    int64_t results[N] = {0};
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.callback = note_success, .error_callback = note_failure, .callback_argument = &calls};
    rp_status status = rp_map_async(self->pool, triple_task, results, N, RP_RANGE(0, 1), &options, &handle, &error);
    if (!stage_well(RP_OK, status, &error)) return;
    status = rp_result_get(handle, -1, &error);
    if (stage_well(RP_OK, status, &error))
        for (int64_t i = 0; i < N; i++) stage_check(results[i] == 3 * i);
    rp_pool_close(self->pool);
    (void)rp_pool_join(self->pool, NULL); /* waits for the callback */
    stage_check(atomic_load(&calls.well) == (status == RP_OK) && atomic_load(&calls.ill) == (status != RP_OK));
    stage_check(status == RP_OK || calls.said == status);
    rp_result_free(handle);
}

static void callbacks_come_exactly_once(void **state)
{
    (void)state;
    stage_run("async with callbacks", NULL, call_back);
}

/* Without a thread to run in, an async call runs in the caller's, and is over before it can be cancelled. */
static bool ran_at_once(rp_status status, const int64_t *results)
{
    if (status != RP_OK || !faults_fired()) return false;
    for (int64_t i = 0; i < N; i++) stage_check(results[i] == i);
    return true;
}

static void cancel_call(stage *self)
{
    int64_t results[N], more[N];
    rp_result *cancelled = NULL, *other = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    rp_status status = rp_map_async(self->pool, nap_task, results, N, RP_RANGE(0, 1), &options, &cancelled, &error);
    if (!stage_well(RP_OK, status, &error)) return;
    bool has_other = stage_well(RP_OK, rp_map_async(self->pool, triple_task, more, N, RP_RANGE(0, 1), NULL, &other, &error), &error);
    rp_result_cancel(cancelled);
    status = rp_result_get(cancelled, -1, &error);
    if (!ran_at_once(status, results)) (void)stage_well(RP_CANCELLED, status, &error);
    stage_check(rp_result_wait(cancelled, 5) == RP_OK);
    rp_result_free(cancelled);
    if (!has_other) return;
    if (stage_well(RP_OK, rp_result_get(other, -1, &error), &error))
        for (int64_t i = 0; i < N; i++) stage_check(more[i] == 3 * i);
    rp_result_free(other);
}

static void a_cancelled_call_ends(void **state)
{
    (void)state;
    stage_run("cancel", NULL, cancel_call);
}

static void terminate_pool(stage *self)
{
    int64_t results[N];
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    rp_status status = rp_map_async(self->pool, nap_task, results, N, RP_RANGE(0, 1), &options, &handle, &error);
    rp_pool_terminate(self->pool);
    if (!stage_well(RP_OK, status, &error)) return;
    status = rp_result_get(handle, -1, &error);
    if (!ran_at_once(status, results)) (void)stage_well(RP_CANCELLED, status, &error);
    rp_result_free(handle);
}

static void a_terminated_pool_ends(void **state)
{
    (void)state;
    stage_run("terminate", NULL, terminate_pool);
}

static void fetch_reports(stage *self)
{
    int64_t results[N];
    rp_error error;
    if (!stage_well(RP_OK, rp_map(self->pool, triple_task, results, N, RP_RANGE(0, 1), NULL, &error), &error)) return;
    for (int rank = 0; rank < self->n_ranks; rank++) {
        rp_rank_report *report;
        if (!stage_well(RP_OK, rp_pool_report(self->pool, rank, &report, &error), &error)) continue;
        for (int w = 0; w < report->n_workers; w++) stage_check(report->workers[w].n_recorded == report->workers[w].n_grains);
        rp_rank_report_free(report);
    }
}

static void reports_come_whole_or_say_why(void **state)
{
    (void)state;
    stage_run("report", &(rp_pool_options){.record = RP_RECORD_GRAINS, .max_records = 2 * N}, fetch_reports);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_pool_opens_and_closes),
        UNIT(a_progress_display_comes_and_goes),
        UNIT(map_gives_all_or_says_why),
        UNIT(shared_memory_is_there_or_not),
        UNIT(range_tasks_get_their_columns_or_say_why),
        UNIT(emitted_bytes_come_back_or_say_why),
        UNIT(imap_delivers_and_then_says_why),
        UNIT(imap_unordered_delivers_and_then_says_why),
        UNIT(a_dropped_iterator_leaves_nothing),
        UNIT(collected_failures_are_all_told_or_say_why),
        UNIT(the_first_failure_is_told_or_why_not),
        UNIT(an_iterator_tells_each_failure_or_ends),
        UNIT(folded_numbers_are_whole_or_left_alone),
        UNIT(folded_bytes_are_whole_or_left_alone),
        UNIT(what_options_ask_for_is_there_or_refused),
        UNIT(a_set_has_the_calls_that_were_made),
        UNIT(a_log_does_no_harm),
        UNIT(callbacks_come_exactly_once),
        UNIT(a_cancelled_call_ends),
        UNIT(a_terminated_pool_ends),
        UNIT(reports_come_whole_or_say_why),
    };
    if (argc < 2 || !stage_choose(argv[1])) {
        fprintf(stderr, "usage: %s serial|pthread|openmp|ranks[,timed|,isolated] [PATTERN]\n", argv[0]);
        return 2;
    }
    if (argc > 2) cmocka_set_test_filter(argv[2]);
    return cmocka_run_group_tests_name(argv[1], tests, NULL, NULL);
}
