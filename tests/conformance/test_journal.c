/*
 * test_journal.c: calls with a key in a pool that has a journal: a program that is started again finds its results. Each test opens one
 * pool after another on one folder, as programs would. Items leave a line in a file, so it can be seen which ran.
 */
#include "suite.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- tasks ---- */

static void leave_line(const char *path, int64_t x)
{
    char line[32];
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600), size = snprintf(line, sizeof line, "%lld\n", (long long)x);
    if (file < 0 || write(file, line, (size_t)size) != size) rp_fail(99, "no line could be left in %s", path);
    if (file >= 0) close(file);
}

static int64_t seen_square(const char *path, int64_t x)
{
    leave_line(path, x);
    return x * x;
}
RP_TASK(seen_square, int64_t, const char *, int64_t)

static double seen_area(const char *path, double a, int32_t b)
{
    leave_line(path, (int64_t)a);
    return a * b;
}
RP_TASK(seen_area, double, const char *, double, int32_t)

static void seen_words(const char *path, const char *word)
{
    char text[64];
    int size = snprintf(text, sizeof text, "<%s>", word);
    leave_line(path, (int64_t)strlen(word));
    rp_emit(text, strcmp(word, "empty") ? (size_t)size : 0);
}
RP_TASK_EMIT(seen_words, const char *, const char *)

/* Fails where x is a multiple of 7, but no more after so many tries. */
static int64_t seen_sevens(const char *path, int64_t n_failing, int64_t x)
{
    leave_line(path, x);
    return x % 7 == 0 && rp_attempt() <= n_failing ? rp_fail((int)x, "%lld is a seven", (long long)x) : 100 * x + rp_attempt();
}
RP_TASK(seen_sevens, int64_t, const char *, int64_t, int64_t)

static int64_t seen_slowly(const char *path, int64_t x)
{
    leave_line(path, x);
    suite_sleep(0.002);
    return -x;
}
RP_TASK(seen_slowly, int64_t, const char *, int64_t)

/* ---- folders, and what ran ---- */

enum { N = 300 };

typedef struct stage {
    suite_fixture *fixture;
    char folder[64], journal[80], log[80];
    rp_pool_options options;
    rp_error error;
} stage;

static stage *stage_of(void **state)
{
    suite_fixture *fixture = *state;
    stage *self = suite_room(fixture, 1, sizeof *self);
    self->fixture = fixture;
    snprintf(self->folder, sizeof self->folder, "/tmp/rankpool-conformance-XXXXXX");
    assert_non_null(mkdtemp(self->folder));
    snprintf(self->journal, sizeof self->journal, "%s/journal", self->folder);
    snprintf(self->log, sizeof self->log, "%s/log", self->folder);
    self->options = suite_options();
    self->options.journal = self->journal;
    suite_reopen(fixture, &self->options);
    return self;
}

static void start_again(stage *self)
{
    suite_finish(self->fixture);
    suite_reopen(self->fixture, &self->options);
}

/* How many lines items have left, and of that one; all are gone afterwards. */
static int n_ran_of(stage *self, int64_t x, int *of_x)
{
    long long seen;
    int n = 0;
    FILE *stream = fopen(self->log, "r");
    *of_x = 0;
    while (stream && fscanf(stream, "%lld", &seen) == 1) {
        n++;
        *of_x += seen == x;
    }
    if (stream) fclose(stream);
    unlink(self->log);
    return n;
}

static int n_ran(stage *self)
{
    int of_none;
    return n_ran_of(self, -1, &of_none);
}

static void empty_folder(const char *path)
{
    char name[512];
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        unlink(name);
    }
    if (folder) closedir(folder);
    rmdir(path);
}

static void leave(stage *self)
{
    rp_pool_options none = suite_options();
    suite_reopen(self->fixture, &none);
    empty_folder(self->journal);
    empty_folder(self->folder);
}

#define WITH_KEY(its_key) (&(rp_call_options){.key = (its_key), .bound = RP_COLUMNS(RP_CONSTANT(self->log))})

/* ---- results are found ---- */

static void check_squares(const int64_t *results, int64_t start, int n)
{
    for (int i = 0; i < n; i++) assert_int_equal(results[i], (start + i) * (start + i));
}

static void map_finds_its_results(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, N, 0), *results = suite_room(self->fixture, N, sizeof *results);
    for (int run = 0; run < 3; run++) {
        memset(results, 0, N * sizeof *results);
        assert_status(RP_OK, rp_map(self->fixture->pool, seen_square_task, results, N, RP_COLUMN(x), WITH_KEY("squares"), &self->error),
                      &self->error);
        check_squares(results, 0, N);
        assert_int_equal(n_ran(self), run == 0 ? N : 0);
        start_again(self);
    }
    leave(self);
}

static void starmap_async_finds_its_results(void **state)
{
    stage *self = stage_of(state);
    double *a = suite_room(self->fixture, N, sizeof *a), *results = suite_room(self->fixture, N, sizeof *results);
    for (int i = 0; i < N; i++) a[i] = i;
    for (int run = 0; run < 2; run++) {
        rp_result *handle;
        memset(results, 0, N * sizeof *results);
        assert_status(RP_OK,
                      rp_starmap_async(self->fixture->pool, seen_area_task, results, N, RP_COLUMNS(RP_COLUMN(a), RP_RANGE(3, 2)),
                                       WITH_KEY("areas"), &handle, &self->error),
                      &self->error);
        assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &self->error), &self->error);
        assert_int_equal(rp_result_completed(handle), N);
        rp_result_free(handle);
        for (int i = 0; i < N; i++) assert_true(results[i] == (double)i * (3 + 2 * i));
        assert_int_equal(n_ran(self), run == 0 ? N : 0);
        start_again(self);
    }
    leave(self);
}

static void apply_finds_its_result(void **state)
{
    stage *self = stage_of(state);
    for (int run = 0; run < 2; run++) {
        for (int64_t x = 5; x < 8; x++) { /* calls of one key, told apart by their number */
            int64_t result = 0;
            assert_status(
                RP_OK, rp_apply(self->fixture->pool, seen_square_task, &result, RP_COLUMNS(RP_CONSTANT(x)), WITH_KEY("one"), &self->error),
                &self->error);
            assert_int_equal(result, x * x);
        }
        assert_int_equal(n_ran(self), run == 0 ? 3 : 0);
        start_again(self);
    }
    leave(self);
}

static void read_all(stage *self, rp_iter *iterator, int n, bool ordered)
{
    int64_t result, sum = 0;
    for (int i = 0; i < n; i++) {
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &self->error), &self->error);
        int64_t index = rp_iter_index(iterator);
        if (ordered) assert_int_equal(index, i);
        assert_int_equal(result, index * index);
        sum += index;
    }
    assert_int_equal(sum, (int64_t)n * (n - 1) / 2);
    assert_status(RP_END, rp_iter_next(iterator, &result, SUITE_WAIT_S, &self->error), &self->error);
    rp_iter_free(iterator);
}

static void imap_finds_its_results(void **state)
{
    stage *self = stage_of(state);
    for (int run = 0; run < 2; run++) {
        rp_iter *iterator;
        rp_source source = RP_ITEMS(N, RP_RANGE(0, 1));
        assert_status(RP_OK, rp_imap(self->fixture->pool, seen_square_task, source, WITH_KEY("in order"), &iterator, &self->error),
                      &self->error);
        read_all(self, iterator, N, true);
        assert_status(RP_OK,
                      rp_imap_unordered(self->fixture->pool, seen_square_task, source, WITH_KEY("as they come"), &iterator, &self->error),
                      &self->error);
        read_all(self, iterator, N, false);
        assert_int_equal(n_ran(self), run == 0 ? 2 * N : 0);
        start_again(self);
    }
    leave(self);
}

typedef struct counter {
    int64_t next, end, other_at;
} counter;

static rp_status count_up(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    counter *self = state;
    (void)may_wait;
    (void)error;
    if (self->next == self->end) return RP_END;
    *(int64_t *)arguments[0] = self->next == self->other_at ? -1 : self->next;
    self->next++;
    return RP_OK;
}

/* The first run reads a part, and is cut off. */
static void a_generator_goes_on_where_it_was(void **state)
{
    stage *self = stage_of(state);
    counter numbers = {0, N, -1};
    rp_call_options options = *WITH_KEY("pulled");
    options.window = 40;
    for (int run = 0; run < 3; run++) {
        rp_iter *iterator;
        int64_t result;
        numbers.next = 0;
        assert_status(RP_OK,
                      rp_imap(self->fixture->pool, seen_square_task, RP_GENERATOR(count_up, &numbers), &options, &iterator, &self->error),
                      &self->error);
        if (run > 0) {
            read_all(self, iterator, N, true);
            int n = n_ran(self);
            if (run == 1) assert_in_range(n, 0, N - 60);
            else assert_int_equal(n, 0);
        } else {
            for (int i = 0; i < 100; i++) assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &self->error), &self->error);
            rp_iter_free(iterator);
            assert_in_range(n_ran(self), 100, 140);
        }
        start_again(self);
    }
    leave(self);
}

static void words_are_kept_with_what_they_emit(void **state)
{
    static const char *const words[] = {"a", "", "empty", "longer words too", "b"};
    enum { N_WORDS = sizeof words / sizeof *words };
    stage *self = stage_of(state);
    rp_bytes *results = suite_room(self->fixture, N_WORDS, sizeof *results);
    for (int run = 0; run < 2; run++) {
        assert_status(
            RP_OK,
            rp_map(self->fixture->pool, seen_words_task, results, N_WORDS, RP_STRINGS(words, N_WORDS), WITH_KEY("words"), &self->error),
            &self->error);
        for (int i = 0; i < N_WORDS; i++) {
            char expected[64];
            int size = i == 2 ? 0 : snprintf(expected, sizeof expected, "<%s>", words[i]);
            assert_int_equal(results[i].size, size);
            if (size > 0) assert_memory_equal(results[i].data, expected, (size_t)size);
        }
        rp_bytes_free(results, N_WORDS);
        assert_int_equal(n_ran(self), run == 0 ? N_WORDS : 0);
        start_again(self);
    }
    leave(self);
}

static void a_call_without_a_key_is_run_again(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, 10, 0), results[10];
    for (int run = 0; run < 2; run++) {
        assert_status(RP_OK, rp_map(self->fixture->pool, seen_square_task, results, 10, RP_COLUMN(x), WITH_KEY(NULL), &self->error),
                      &self->error);
        assert_int_equal(n_ran(self), 10);
        start_again(self);
    }
    leave(self);
}

static void a_key_means_nothing_without_a_journal(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, 10, 0), results[10];
    rp_pool_options none = suite_options();
    suite_reopen(self->fixture, &none);
    for (int run = 0; run < 2; run++) {
        assert_status(RP_OK, rp_map(self->fixture->pool, seen_square_task, results, 10, RP_COLUMN(x), WITH_KEY("k"), &self->error),
                      &self->error);
        assert_int_equal(n_ran(self), 10);
    }
    assert_status(RP_OK, rp_pool_sync_journal(self->fixture->pool, 1, &self->error), &self->error);
    leave(self);
}

static void a_call_of_no_items_ends_well(void **state)
{
    stage *self = stage_of(state);
    int64_t x = 0, result = 0;
    rp_iter *iterator;
    for (int run = 0; run < 2; run++) {
        assert_status(RP_OK, rp_map(self->fixture->pool, seen_square_task, &result, 0, RP_COLUMN(&x), WITH_KEY("none"), &self->error),
                      &self->error);
        assert_status(
            RP_OK,
            rp_imap(self->fixture->pool, seen_square_task, RP_ITEMS(0, RP_RANGE(0, 1)), WITH_KEY("none read"), &iterator, &self->error),
            &self->error);
        read_all(self, iterator, 0, true);
        start_again(self);
    }
    leave(self);
}

/* ---- a run that was ended ---- */

static void what_was_stopped_goes_on(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, N, 1), *results = suite_room(self->fixture, N, sizeof *results);
    rp_status *statuses = suite_room(self->fixture, N, sizeof *statuses);
    rp_call_options options = *WITH_KEY("slow");
    rp_result *handle;
    options.statuses = statuses;
    assert_status(RP_OK, rp_map_async(self->fixture->pool, seen_slowly_task, results, N, RP_COLUMN(x), &options, &handle, &self->error),
                  &self->error);
    for (double end = suite_now() + SUITE_WAIT_S; rp_result_completed(handle) < N / 6 && suite_now() < end;) suite_sleep(0.001);
    rp_pool_stop(self->fixture->pool);
    rp_status status = rp_result_get(handle, SUITE_WAIT_S, &self->error);
    assert_true(status == RP_CANCELLED || status == RP_OK);
    rp_result_free(handle);
    int n_ok = 0, n_first = n_ran(self);
    for (int i = 0; i < N; i++) n_ok += statuses[i] == RP_OK;
    start_again(self);
    memset(results, 0, N * sizeof *results);
    assert_status(RP_OK, rp_map(self->fixture->pool, seen_slowly_task, results, N, RP_COLUMN(x), &options, &self->error), &self->error);
    for (int i = 0; i < N; i++) {
        assert_int_equal(results[i], -x[i]);
        assert_int_equal(statuses[i], RP_OK);
    }
    assert_int_equal(n_ran(self), N - n_ok);
    assert_true(n_ok >= N / 6 && n_ok <= n_first);
    leave(self);
}

static void what_was_terminated_goes_on(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, N, 1), *results = suite_room(self->fixture, N, sizeof *results);
    rp_result *handle;
    assert_status(RP_OK,
                  rp_map_async(self->fixture->pool, seen_slowly_task, results, N, RP_COLUMN(x), WITH_KEY("slow"), &handle, &self->error),
                  &self->error);
    for (double end = suite_now() + SUITE_WAIT_S; rp_result_completed(handle) < N / 2 && suite_now() < end;) suite_sleep(0.001);
    rp_pool_terminate(self->fixture->pool);
    rp_result_free(handle);
    (void)n_ran(self);
    suite_reopen(self->fixture, &self->options);
    assert_status(RP_OK, rp_map(self->fixture->pool, seen_slowly_task, results, N, RP_COLUMN(x), WITH_KEY("slow"), &self->error),
                  &self->error);
    for (int i = 0; i < N; i++) assert_int_equal(results[i], -x[i]);
    assert_in_range(n_ran(self), 1, N - 1);
    leave(self);
}

/* ---- failures ---- */

static rp_call_options sevens(stage *self, int64_t n_failing)
{
    static const char *log;
    static int64_t failing;
    static rp_column columns[2];
    log = self->log;
    failing = n_failing;
    columns[0] = (rp_column){RP_COLUMN_CONSTANT, RP_TYPE_STRING, sizeof log, 0, &log, 0, 0};
    columns[1] = (rp_column){RP_COLUMN_CONSTANT, RP_TYPE_INT64, sizeof failing, 0, &failing, 0, 0};
    return (rp_call_options){.key = "sevens", .on_error = RP_ON_ERROR_COLLECT, .bound = {2, columns}};
}

static void check_failure(rp_result *handle, int k, int run)
{
    rp_error failure;
    assert_int_equal(rp_result_failure(handle, (uint64_t)k, &failure), RP_OK);
    assert_int_equal(failure.status, RP_FAILED);
    assert_int_equal(failure.cause, RP_CAUSE_TASK);
    assert_int_equal(failure.item, 7 * k);
    assert_int_equal(failure.code, 7 * k);
    assert_int_equal(failure.attempt, 1);
    assert_true(failure.rank >= 0 && failure.worker >= 0 && failure.host[0] && run >= 0);
    assert_text(&failure, "is a seven");
}

static void what_has_failed_stays_so(void **state)
{
    stage *self = stage_of(state);
    enum { N_SEVENS = (N + 6) / 7 };
    int64_t *x = suite_numbers(self->fixture, N, 0), *results = suite_room(self->fixture, N, sizeof *results);
    rp_call_options options = sevens(self, 2);
    for (int run = 0; run < 4; run++) {
        rp_result *handle;
        assert_status(RP_OK, rp_map_async(self->fixture->pool, seen_sevens_task, results, N, RP_COLUMN(x), &options, &handle, &self->error),
                      &self->error);
        rp_status expected = run < 3 ? RP_FAILED : RP_OK;
        assert_status(expected, rp_result_get(handle, SUITE_WAIT_S, &self->error), &self->error);
        if (run < 3) assert_int_equal(rp_result_failures(handle), N_SEVENS);
        for (int k = 0; k < N_SEVENS && run < 2; k++) check_failure(handle, k, run);
        if (run == 2) assert_int_equal(self->error.attempt, 2);
        for (int i = 0; i < N; i++)
            if (i % 7 || run == 3) assert_int_equal(results[i], 100 * i + (i % 7 ? 1 : 3));
        assert_int_equal(rp_result_completed(handle), N);
        rp_result_free(handle);
        assert_int_equal(n_ran(self), run == 0 ? N : run == 1 ? 0 : N_SEVENS);
        self->options.retry_failed = run > 0; /* tries count over runs, and the third one goes well */
        start_again(self);
    }
    leave(self);
}

static void the_first_failure_stops_again(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, N, 1), *results = suite_room(self->fixture, N, sizeof *results);
    rp_call_options options = sevens(self, 2);
    options.on_error = RP_ON_ERROR_STOP;
    for (int run = 0; run < 2; run++) {
        assert_status(RP_FAILED, rp_map(self->fixture->pool, seen_sevens_task, results, N, RP_COLUMN(x), &options, &self->error),
                      &self->error);
        assert_int_equal(self->error.item, 6);
        assert_text(&self->error, "7 is a seven");
        int of_seven;
        (void)n_ran_of(self, 7, &of_seven);
        assert_int_equal(of_seven, run == 0);
        start_again(self);
    }
    leave(self);
}

static void an_iterator_tells_failures_again(void **state)
{
    stage *self = stage_of(state);
    rp_call_options options = sevens(self, 2);
    for (int run = 0; run < 2; run++) {
        rp_iter *iterator;
        int64_t result;
        assert_status(RP_OK,
                      rp_imap(self->fixture->pool, seen_sevens_task, RP_ITEMS(60, RP_RANGE(0, 1)), &options, &iterator, &self->error),
                      &self->error);
        for (int i = 0; i < 60; i++) {
            assert_status(i % 7 ? RP_OK : RP_FAILED, rp_iter_next(iterator, &result, SUITE_WAIT_S, &self->error), &self->error);
            assert_int_equal(rp_iter_index(iterator), i);
            if (i % 7 == 0) assert_text(&self->error, "is a seven");
        }
        assert_status(RP_END, rp_iter_next(iterator, &result, SUITE_WAIT_S, &self->error), &self->error);
        rp_iter_free(iterator);
        assert_int_equal(n_ran(self), run == 0 ? 60 : 0);
        start_again(self);
    }
    leave(self);
}

static void retries_go_on_in_a_call_with_a_key(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, N, 0), *results = suite_room(self->fixture, N, sizeof *results);
    rp_call_options options = sevens(self, 2);
    options.retries = 3;
    self->options.retry_pause_s = 0.001;
    start_again(self);
    for (int run = 0; run < 2; run++) {
        assert_status(RP_OK, rp_map(self->fixture->pool, seen_sevens_task, results, N, RP_COLUMN(x), &options, &self->error), &self->error);
        for (int i = 0; i < N; i++) assert_int_equal(results[i], 100 * i + (i % 7 ? 1 : 3));
        assert_int_equal(n_ran(self), run == 0 ? N + 2 * ((N + 6) / 7) : 0);
        start_again(self);
    }
    leave(self);
}

/* ---- what differs ---- */

static void a_changed_item_is_refused_run_or_taken(void **state)
{
    static const struct {
        rp_resume resume;
        rp_status status;
        int n_ran, result;
    } rows[] = {{RP_RESUME_SAME, RP_USAGE, 0, 0},
                {RP_RESUME_FORCE, RP_OK, 0, 17 * 17},
                {RP_RESUME_CHANGED, RP_OK, 1, 1000 * 1000},
                {RP_RESUME_SAME, RP_OK, 0, 1000 * 1000}};
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, N, 0), *results = suite_room(self->fixture, N, sizeof *results);
    assert_status(RP_OK, rp_map(self->fixture->pool, seen_square_task, results, N, RP_COLUMN(x), WITH_KEY("k"), &self->error),
                  &self->error);
    (void)n_ran(self);
    x[17] = 1000;
    for (size_t row = 0; row < N_OF(rows); row++) {
        self->options.resume = rows[row].resume;
        start_again(self);
        results[17] = 0;
        assert_status(rows[row].status,
                      rp_map(self->fixture->pool, seen_square_task, results, N, RP_COLUMN(x), WITH_KEY("k"), &self->error), &self->error);
        if (rows[row].status != RP_OK) assert_text(&self->error, "item 17 of call 1 of the key \"k\"");
        assert_int_equal(n_ran(self), rows[row].n_ran);
        assert_int_equal(results[17], rows[row].result);
    }
    leave(self);
}

static void a_changed_constant_is_a_changed_item(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, 20, 0), results[20];
    rp_call_options options = sevens(self, 0);
    assert_status(RP_OK, rp_map(self->fixture->pool, seen_sevens_task, results, 20, RP_COLUMN(x), &options, &self->error), &self->error);
    start_again(self);
    options = sevens(self, 1);
    assert_status(RP_USAGE, rp_map(self->fixture->pool, seen_sevens_task, results, 20, RP_COLUMN(x), &options, &self->error), &self->error);
    assert_text(&self->error, "item 0 of call 1");
    leave(self);
}

static void another_call_of_the_key_is_refused(void **state)
{
    stage *self = stage_of(state);
    int64_t *x = suite_numbers(self->fixture, 20, 0), results[20];
    double areas[20], *sides = suite_room(self->fixture, 20, sizeof *sides);
    rp_pool_options options = self->options;
    assert_status(RP_OK, rp_map(self->fixture->pool, seen_square_task, results, 20, RP_COLUMN(x), WITH_KEY("k"), &self->error),
                  &self->error);
    for (int forced = 0; forced < 2; forced++) { /* the layout of results can't be forced */
        self->options = options;
        self->options.resume = forced ? RP_RESUME_FORCE : RP_RESUME_SAME;
        start_again(self);
        assert_status(RP_USAGE, rp_map(self->fixture->pool, seen_square_task, results, 19, RP_COLUMN(x), WITH_KEY("k"), &self->error),
                      &self->error);
        assert_text(&self->error, "call 1 of the key \"k\" isn't the one in the journal");
        assert_text(&self->error, "items: 20 before, 19 now");
        start_again(self);
        assert_status(RP_USAGE,
                      rp_starmap(self->fixture->pool, seen_area_task, areas, 20, RP_COLUMNS(RP_COLUMN(sides), RP_RANGE(0, 1)),
                                 WITH_KEY("k"), &self->error),
                      &self->error);
        assert_text(&self->error, "task: seen_square before, seen_area now");
    }
    leave(self);
}

static void a_source_that_gives_less_or_other_items_is_refused(void **state)
{
    stage *self = stage_of(state);
    counter numbers = {0, 50, -1};
    rp_iter *iterator;
    int64_t result;
    assert_status(RP_OK,
                  rp_imap(self->fixture->pool, seen_square_task, RP_GENERATOR(count_up, &numbers), WITH_KEY("g"), &iterator, &self->error),
                  &self->error);
    read_all(self, iterator, 50, true);
    for (int other = 0; other < 2; other++) {
        rp_status status = RP_OK;
        numbers = other ? (counter){0, 50, 33} : (counter){0, 33, -1};
        start_again(self);
        assert_status(
            RP_OK, rp_imap(self->fixture->pool, seen_square_task, RP_GENERATOR(count_up, &numbers), WITH_KEY("g"), &iterator, &self->error),
            &self->error);
        for (int i = 0; i < 33; i++) assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &self->error), &self->error);
        status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &self->error);
        assert_status(RP_USAGE, status, &self->error);
        assert_text(&self->error, other ? "item 33 of call 1" : "the source has given 33 items");
        rp_iter_free(iterator);
    }
    start_again(self);
    numbers = (counter){0, 60, -1}; /* items may be added */
    (void)n_ran(self);
    assert_status(RP_OK,
                  rp_imap(self->fixture->pool, seen_square_task, RP_GENERATOR(count_up, &numbers), WITH_KEY("g"), &iterator, &self->error),
                  &self->error);
    read_all(self, iterator, 60, true);
    assert_int_equal(n_ran(self), 10);
    leave(self);
}

static void a_reduction_can_have_no_key(void **state)
{
    stage *self = stage_of(state);
    int64_t sum = 5;
    rp_result *handle = NULL;
    assert_status(
        RP_USAGE,
        rp_reduce(self->fixture->pool, seen_square_task, rp_sum_int64, &sum, 10, RP_COLUMNS(RP_RANGE(0, 1)), WITH_KEY("sum"), &self->error),
        &self->error);
    assert_text(&self->error, "can't have a key");
    assert_status(RP_USAGE,
                  rp_reduce_async(self->fixture->pool, seen_square_task, rp_sum_int64, &sum, 10, RP_COLUMNS(RP_RANGE(0, 1)),
                                  WITH_KEY("sum"), &handle, &self->error),
                  &self->error);
    assert_int_equal(sum, 5);
    leave(self);
}

/* ---- the folder ---- */

static void one_pool_at_a_time_has_a_journal(void **state)
{
    stage *self = stage_of(state);
    rp_pool_options serial = {.executor = RP_EXECUTOR_SERIAL, .journal = self->journal};
    rp_pool *second = NULL;
    assert_status(RP_USAGE, rp_pool_open(&serial, &second, &self->error), &self->error);
    assert_null(second);
    serial.journal = "/dev/null/journal";
    assert_true(rp_pool_open(&serial, &second, &self->error) != RP_OK);
    serial.journal = "";
    assert_status(RP_USAGE, rp_pool_open(&serial, &second, &self->error), &self->error);
    leave(self);
}

static void options_of_the_journal_are_set_from_text(void **state)
{
    rp_pool_options options = {0};
    rp_error error;
    (void)state;
    assert_status(RP_OK, rp_pool_options_set(&options, "journal", "sweep.rpj", &error), &error);
    assert_status(RP_OK, rp_pool_options_set(&options, "resume", "changed", &error), &error);
    assert_status(RP_OK, rp_pool_options_set(&options, "retry-failed", "1", &error), &error);
    assert_string_equal(options.journal, "sweep.rpj");
    assert_int_equal(options.resume, RP_RESUME_CHANGED);
    assert_int_equal(options.retry_failed, 1);
    assert_status(RP_USAGE, rp_pool_options_set(&options, "resume", "perhaps", &error), &error);
    assert_text(&error, "same, changed, force");
    options.resume = (rp_resume)17;
    rp_pool *pool;
    assert_status(RP_USAGE, rp_pool_open(&options, &pool, &error), &error);
}

/* A file may not be longer than that: the journal of this process is cut short, as on a full disk. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_journal_that_cannot_be_written_ends_the_call(void **state)
{
    enum { MANY = 20000 };
    stage *self = stage_of(state);
    if (self->fixture->info.ranks > 1 || suite_options().isolation) { /* others would be limited too, in more than this */
        leave(self);
        skip();
    }
    int64_t *results = suite_room(self->fixture, MANY, sizeof *results);
    rp_call_options options = {.key = "many"};
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    limit_files(1 << 16);
    rp_status status = rp_map(self->fixture->pool, tasks.square, results, MANY, RP_RANGE(0, 1), &options, &self->error);
    rp_pool_close(self->fixture->pool);
    rp_status joined = rp_pool_join(self->fixture->pool, NULL);
    limit_files(RLIM_INFINITY);
    signal(SIGXFSZ, before);
    assert_status(RP_SYSTEM, status, &self->error);
    assert_int_equal(self->error.item, -1);
    assert_text(&self->error, "can't be written any more");
    assert_text(&self->error, self->journal);
    assert_int_equal(joined, RP_SYSTEM);
    suite_reopen(self->fixture, &self->options);
    assert_status(RP_OK, rp_map(self->fixture->pool, tasks.square, results, MANY, RP_RANGE(0, 1), &options, &self->error), &self->error);
    check_squares(results, 0, MANY);
    leave(self);
}

/* ---- many ---- */

static void many_items_and_calls_are_found(void **state)
{
    enum { MANY = 50000, CALLS = 40 };
    stage *self = stage_of(state);
    int64_t *results = suite_room(self->fixture, MANY, sizeof *results);
    for (int run = 0; run < 2; run++) {
        rp_call_options options = {.key = "many"};
        assert_status(RP_OK, rp_map(self->fixture->pool, tasks.square, results, MANY, RP_RANGE(0, 1), &options, &self->error),
                      &self->error);
        check_squares(results, 0, MANY);
        for (int64_t k = 0; k < CALLS; k++) {
            options.key = k % 2 ? "odd" : "even";
            assert_status(RP_OK, rp_map(self->fixture->pool, tasks.square, results, 10, RP_RANGE(k, 1), &options, &self->error),
                          &self->error);
            check_squares(results, k, 10);
        }
        assert_status(RP_OK, rp_pool_sync_journal(self->fixture->pool, run, &self->error), &self->error);
        start_again(self);
    }
    leave(self);
}

static void calls_at_once_have_what_is_theirs(void **state)
{
    enum { CALLS = 6, EACH = 400 };
    stage *self = stage_of(state);
    int64_t *results = suite_room(self->fixture, CALLS * EACH, sizeof *results);
    for (int run = 0; run < 2; run++) {
        rp_result *handles[CALLS];
        memset(results, 0, CALLS * EACH * sizeof *results);
        for (int k = 0; k < CALLS; k++)
            assert_status(RP_OK,
                          rp_map_async(self->fixture->pool, seen_square_task, results + k * EACH, EACH, RP_RANGE(10 * k, 1),
                                       WITH_KEY(k % 2 ? "odd" : "even"), &handles[k], &self->error),
                          &self->error);
        for (int k = 0; k < CALLS; k++) {
            assert_status(RP_OK, rp_result_get(handles[k], SUITE_WAIT_S, &self->error), &self->error);
            rp_result_free(handles[k]);
            check_squares(results + k * EACH, 10 * k, EACH);
        }
        assert_int_equal(n_ran(self), run == 0 ? CALLS * EACH : 0);
        start_again(self);
    }
    leave(self);
}

int suite_run_journal(void)
{
    const struct CMUnitTest tests[] = {
        SUITE_CASE(map_finds_its_results),
        SUITE_CASE(starmap_async_finds_its_results),
        SUITE_CASE(apply_finds_its_result),
        SUITE_CASE(imap_finds_its_results),
        SUITE_CASE(a_generator_goes_on_where_it_was),
        SUITE_CASE(words_are_kept_with_what_they_emit),
        SUITE_CASE(a_call_without_a_key_is_run_again),
        SUITE_CASE(a_key_means_nothing_without_a_journal),
        SUITE_CASE(a_call_of_no_items_ends_well),
        SUITE_CASE(what_was_stopped_goes_on),
        SUITE_CASE(what_was_terminated_goes_on),
        SUITE_CASE(what_has_failed_stays_so),
        SUITE_CASE(the_first_failure_stops_again),
        SUITE_CASE(an_iterator_tells_failures_again),
        SUITE_CASE(retries_go_on_in_a_call_with_a_key),
        SUITE_CASE(a_changed_item_is_refused_run_or_taken),
        SUITE_CASE(a_changed_constant_is_a_changed_item),
        SUITE_CASE(another_call_of_the_key_is_refused),
        SUITE_CASE(a_source_that_gives_less_or_other_items_is_refused),
        SUITE_CASE(a_reduction_can_have_no_key),
        SUITE_CASE(one_pool_at_a_time_has_a_journal),
        SUITE_CASE(options_of_the_journal_are_set_from_text),
        SUITE_CASE(a_journal_that_cannot_be_written_ends_the_call),
        SUITE_CASE(many_items_and_calls_are_found),
        SUITE_CASE(calls_at_once_have_what_is_theirs),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
