/*
 * test_types.c: strings as arguments, tasks without results or arguments, and results whose array doesn't fit the task.
 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 120, LONGEST = 3000 };

static uint64_t hash(const char *text, uint64_t from)
{
    for (; *text != '\0'; text++) from = from * 31 + (unsigned char)*text;
    return from;
}

static uint64_t join(const char *prefix, const char *text) { return hash(text, hash(prefix, 7)); }
RP_TASK(join, uint64_t, const char *, const char *)

static void join_all(size_t n, uint64_t *to, const char *const *prefix, const char *const *text)
{
    for (size_t i = 0; i < n; i++) to[i] = join(prefix[i], text[i]);
}
RP_TASK_RANGE(join_all, uint64_t, const char *, const char *)

static void join_pointers(uint64_t *to, const char *const *prefix, const char *const *text) { *to = join(*prefix, *text); }
RP_TASK_POINTER(join_pointers, uint64_t, const char *, const char *)

static void echo(const char *text) { rp_emit(text, strlen(text)); }
RP_TASK_EMIT(echo, const char *)

static void object(const char *text) { rp_fail(9, "%s", text); }
RP_TASK(object, void, const char *)

static void count_down(int32_t x)
{
    if (x == 3) rp_fail(33, "three");
}
RP_TASK(count_down, void, int32_t)

static void count_all_down(size_t n, const int32_t *x)
{
    for (size_t i = 0; i < n; i++) count_down(x[i]);
}
RP_TASK_RANGE(count_all_down, void, int32_t)

static int64_t here(void) { return rp_item_index(); }
RP_TASK(here, int64_t)

static void say_here(void)
{
    char text[32];
    rp_emit(text, (size_t)snprintf(text, sizeof(text), "%d", (int)rp_item_index()));
}
RP_TASK_EMIT(say_here)

static void rest(void) {}
RP_TASK(rest, void, void)

/* Strings of 0 to LONGEST - 1 characters. */
static const char **make_texts(suite_fixture *fixture)
{
    const char **texts = suite_room(fixture, N, sizeof(*texts));
    char *room = suite_room(fixture, (uint64_t)N * LONGEST, 1);
    for (int i = 0; i < N; i++) {
        texts[i] = room + i * LONGEST;
        memset(room + i * LONGEST, 'a' + i % 26, (size_t)(i * i * 7 % LONGEST));
    }
    return texts;
}

static void strings_are_items_in_every_form(void **state)
{
    suite_fixture *fixture = *state;
    const char **texts = make_texts(fixture);
    const rp_task *forms[] = {join_task, join_all_task, join_pointers_task};
    rp_error error = {0};
    for (size_t k = 0; k < N_OF(forms); k++) {
        uint64_t results[N] = {0};
        rp_call_options options = {.chunk = 1 + 6 * k};
        rp_columns columns = RP_COLUMNS(RP_CONSTANT("pre"), RP_COLUMN(texts));
        assert_status(RP_OK, rp_starmap(fixture->pool, forms[k], results, N, columns, &options, &error), &error);
        for (int i = 0; i < N; i++) assert_true(results[i] == join("pre", texts[i]));
    }
}

static void strings_are_bound_and_members_of_structs(void **state)
{
    struct person {
        int32_t age;
        char *name;
    } people[3] = {{1, (char[]){"ann"}}, {2, (char[]){""}}, {3, (char[]){"bob"}}};
    uint64_t results[3] = {0};
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_call_options bound = {.chunk = 1, .bound = RP_COLUMNS(RP_CONSTANT((const char *)"x"))};
    assert_status(RP_OK, rp_map(fixture->pool, join_task, results, 3, RP_FIELD(people, name), &bound, &error), &error);
    for (int i = 0; i < 3; i++) assert_true(results[i] == join("x", people[i].name));
}

static void strings_come_one_by_one(void **state)
{
    suite_fixture *fixture = *state;
    const char **texts = make_texts(fixture);
    rp_iter *iterator;
    rp_bytes echoed;
    rp_error error = {0};
    rp_call_options options = {.chunk = 5, .window = 40};
    assert_status(RP_OK, rp_imap(fixture->pool, echo_task, RP_ITEMS(N, RP_COLUMN(texts)), &options, &iterator, &error), &error);
    for (int i = 0; i < N; i++) {
        assert_status(RP_OK, rp_iter_next(iterator, &echoed, -1, &error), &error);
        assert_int_equal(echoed.size, strlen(texts[i]));
        assert_true(echoed.size == 0 || memcmp(echoed.data, texts[i], echoed.size) == 0);
    }
    assert_status(RP_END, rp_iter_next(iterator, &echoed, -1, &error), &error);
    rp_iter_free(iterator);
}

/* Gives the numbers 0 to 19 as text, in room that it uses again; the one numbered `null` is NULL. */
typedef struct numerals {
    int next, null;
    char room[16];
} numerals;

static rp_status next_numeral(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    (void)may_wait, (void)error;
    numerals *from = state;
    if (from->next == 20) return RP_END;
    snprintf(from->room, sizeof(from->room), "no %d", from->next);
    *(const char **)arguments[0] = from->next == from->null ? NULL : from->room;
    from->next++;
    return RP_OK;
}

/* Reads results until one isn't RP_OK, and checks how many there were. */
static rp_status read_echoes(rp_iter *iterator, int expected, rp_error *error)
{
    rp_bytes echoed;
    rp_status status;
    char text[16];
    int n = 0;
    for (; (status = rp_iter_next(iterator, &echoed, -1, error)) == RP_OK; n++) {
        snprintf(text, sizeof(text), "no %d", n);
        assert_int_equal(echoed.size, strlen(text));
        assert_memory_equal(echoed.data, text, echoed.size);
    }
    assert_int_equal(n, expected);
    return status;
}

static void a_source_gives_strings(void **state)
{
    suite_fixture *fixture = *state;
    numerals from = {.null = -1};
    rp_iter *iterator;
    rp_error error = {0};
    rp_call_options options = {.chunk = 3};
    assert_status(RP_OK, rp_imap(fixture->pool, echo_task, RP_GENERATOR(next_numeral, &from), &options, &iterator, &error), &error);
    assert_int_equal(read_echoes(iterator, 20, &error), RP_END);
    rp_iter_free(iterator);
}

static void a_failed_item_is_named_by_its_string(void **state)
{
    const char *texts[] = {"one\x01", "two"};
    suite_fixture *fixture = *state;
    rp_error error = {0};
    assert_status(RP_FAILED, rp_map(fixture->pool, object_task, NULL, 2, RP_COLUMN(texts), NULL, &error), &error);
    assert_int_equal(error.item, 0);
    assert_string_equal(error.item_text, "one\\x01");
    assert_string_equal(error.message, "one\\x01");
}

static void a_string_at_null_is_refused(void **state)
{
    const char *texts[] = {"a", "b", NULL}, *none = NULL;
    rp_bytes bytes[2] = {{"a", 1}, {NULL, 5}};
    uint64_t results[3];
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_columns item = RP_COLUMNS(RP_CONSTANT(""), RP_COLUMN(texts)), constant = RP_COLUMNS(RP_CONSTANT(none), RP_COLUMN(texts));
    assert_status(RP_USAGE, rp_starmap(fixture->pool, join_task, results, 3, item, NULL, &error), &error);
    assert_text(&error, "item 2 of argument 2");
    assert_text(&error, "NULL");
    assert_status(RP_USAGE, rp_starmap(fixture->pool, join_task, results, 2, constant, NULL, &error), &error);
    assert_text(&error, "argument 1");
    assert_status(RP_OK, rp_starmap(fixture->pool, join_task, results, 2, item, NULL, &error), &error);
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.checksum, results, 2, RP_COLUMN(bytes), NULL, &error), &error);
    assert_text(&error, "item 1 of argument 1");
}

static void results_before_a_string_at_null_are_delivered(void **state)
{
    static const char *const texts[] = {"no 0", "no 1", "no 2", NULL, "no 4"};
    suite_fixture *fixture = *state;
    numerals from = {.null = 7};
    rp_iter *iterator;
    rp_error error = {0};
    rp_call_options options = {.chunk = 2};
    assert_status(RP_OK, rp_imap(fixture->pool, echo_task, RP_ITEMS(5, RP_COLUMN(texts)), &options, &iterator, &error), &error);
    assert_status(RP_USAGE, read_echoes(iterator, 3, &error), &error);
    assert_text(&error, "item 3");
    rp_iter_free(iterator);
    assert_status(RP_OK, rp_imap(fixture->pool, echo_task, RP_GENERATOR(next_numeral, &from), &options, &iterator, &error), &error);
    assert_status(RP_USAGE, read_echoes(iterator, 7, &error), &error);
    assert_text(&error, "NULL");
    rp_iter_free(iterator);
}

/* ---- no result, no argument ---- */

static void tasks_may_have_no_result(void **state)
{
    suite_fixture *fixture = *state;
    const rp_task *forms[] = {count_down_task, count_all_down_task};
    rp_error error = {0};
    for (size_t k = 0; k < N_OF(forms); k++) {
        int32_t x[] = {0, 1, 2, 3, 4, 5};
        rp_status statuses[6];
        rp_call_options options = {.chunk = 1, .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses};
        assert_status(RP_FAILED, rp_map(fixture->pool, forms[k], NULL, 6, RP_COLUMN(x), &options, &error), &error);
        assert_int_equal(error.item, 3);
        assert_int_equal(error.code, 33);
        for (int i = 0; i < 6; i++) assert_int_equal(statuses[i], i == 3 ? RP_FAILED : RP_OK);
        x[3] = 0;
        assert_status(RP_OK, rp_map(fixture->pool, forms[k], NULL, 6, RP_COLUMN(x), NULL, &error), &error);
        assert_status(RP_OK, rp_apply(fixture->pool, forms[k], NULL, RP_COLUMNS(RP_CONSTANT((int32_t)5)), NULL, &error), &error);
    }
    assert_status(RP_OK, rp_starmap(fixture->pool, rest_task, NULL, 100, RP_NO_COLUMNS, NULL, &error), &error);
}

static void iterators_of_tasks_without_results_count(void **state)
{
    suite_fixture *fixture = *state;
    int32_t x[40];
    rp_iter *iterator;
    rp_error error = {0};
    int n = 0;
    for (int i = 0; i < 40; i++) x[i] = 10 + i;
    assert_status(RP_OK, rp_imap_unordered(fixture->pool, count_down_task, RP_ITEMS(40, RP_COLUMN(x)), NULL, &iterator, &error), &error);
    while (rp_iter_next(iterator, NULL, -1, &error) == RP_OK) n++;
    assert_int_equal(n, 40);
    rp_iter_free(iterator);
}

static void tasks_may_have_no_arguments(void **state)
{
    suite_fixture *fixture = *state;
    int64_t results[N], one = -1;
    rp_bytes texts[N];
    rp_iter *iterator;
    rp_error error = {0};
    rp_call_options options = {.chunk = 7};
    assert_status(RP_OK, rp_starmap(fixture->pool, here_task, results, N, RP_NO_COLUMNS, &options, &error), &error);
    for (int i = 0; i < N; i++) assert_int_equal(results[i], i);
    assert_status(RP_OK, rp_apply(fixture->pool, here_task, &one, RP_NO_COLUMNS, NULL, &error), &error);
    assert_int_equal(one, 0);
    assert_status(RP_OK, rp_starmap(fixture->pool, say_here_task, texts, N, RP_COLUMNS(), &options, &error), &error);
    assert_int_equal(texts[N - 1].size, 3);
    rp_bytes_free(texts, N);
    assert_status(RP_OK, rp_istarmap(fixture->pool, here_task, RP_ITEMS_OF_NOTHING(N), &options, &iterator, &error), &error);
    for (int i = 0; i < N; i++) {
        assert_status(RP_OK, rp_iter_next(iterator, &one, -1, &error), &error);
        assert_int_equal(one, i);
    }
    assert_status(RP_END, rp_iter_next(iterator, &one, -1, &error), &error);
    rp_iter_free(iterator);
    assert_status(RP_USAGE, rp_map(fixture->pool, here_task, results, N, RP_RANGE(0, 1), NULL, &error), &error);
    assert_text(&error, "0 arguments");
}

/* ---- where results go ---- */

static void the_type_of_results_must_fit(void **state)
{
    suite_fixture *fixture = *state;
    double x[10] = {0};
    float r[10] = {0};
    unsigned counts[3];
    int64_t numbers[3];
    point points[3] = {{0, 0, 0}};
    particle particles[3];
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_columns mirrored = RP_COLUMNS(RP_COLUMN(points), RP_CONSTANT(5.0));
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.wave, r, 10, RP_COLUMN(x), NULL, &error), &error);
    assert_text(&error, "wave");
    assert_text(&error, "double (8 bytes)");
    assert_text(&error, "float (4 bytes)");
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.wave, RP_INTO(r), 10, RP_COLUMN(x), NULL, &error), &error);
    assert_status(RP_USAGE, rp_map_async(fixture->pool, tasks.wave, r, 10, RP_COLUMN(x), NULL, &handle, &error), &error);
    assert_status(RP_USAGE, rp_apply(fixture->pool, tasks.wave, &r[0], RP_COLUMNS(RP_CONSTANT(1.0)), NULL, &error), &error);
    assert_status(RP_USAGE, rp_apply_async(fixture->pool, tasks.wave, numbers, RP_COLUMNS(RP_CONSTANT(1.0)), NULL, &handle, &error),
                  &error);
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, counts, 3, RP_RANGE(0, 1), NULL, &error), &error);
    assert_status(RP_USAGE, rp_map(fixture->pool, rest_task, counts, 3, RP_RANGE(0, 1), NULL, &error), &error);
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.mirror, particles, 3, mirrored, NULL, &error), &error);
    assert_status(RP_USAGE, rp_starmap_async(fixture->pool, tasks.mirror, particles, 3, mirrored, NULL, &handle, &error), &error);
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.mirror, RP_INTO(points), 3, mirrored, NULL, &error), &error);
    assert_null(handle);
    for (int i = 0; i < 10; i++) assert_true(r[i] == 0);
}

static void the_array_of_results_must_be_long_enough(void **state)
{
    suite_fixture *fixture = *state;
    double x[10] = {0}, r[9];
    char bytes[72];
    rp_bytes emitted[2];
    rp_error error = {0};
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.wave, r, 10, RP_COLUMN(x), NULL, &error), &error);
    assert_text(&error, "72 bytes");
    assert_text(&error, "80");
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.wave, (void *)bytes, 10, RP_COLUMN(x), NULL, &error), &error);
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.wave, &r[1], 9, RP_COLUMN(x), NULL, &error), &error);
    assert_status(RP_USAGE, rp_starmap(fixture->pool, say_here_task, emitted, 3, RP_NO_COLUMNS, NULL, &error), &error);
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, r, 9, RP_COLUMN(x), NULL, &error), &error);
}

static void the_arrays_of_items_must_be_long_enough(void **state)
{
    suite_fixture *fixture = *state;
    double x[9] = {0}, r[10];
    particle particles[3];
    rp_iter *iterator = NULL;
    rp_error error = {0};
    memset(particles, 0, sizeof(particles));
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.wave, r, 10, RP_COLUMN(x), NULL, &error), &error);
    assert_text(&error, "argument 1");
    assert_text(&error, "72 bytes");
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.wave, r, 4, RP_FIELD(particles, mass), NULL, &error), &error);
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, r, 3, RP_FIELD(particles, mass), NULL, &error), &error);
    assert_status(RP_USAGE, rp_imap(fixture->pool, tasks.wave, RP_ITEMS(10, RP_COLUMN(x)), NULL, &iterator, &error), &error);
    assert_null(iterator);
}

static void a_fixed_array_may_go_to_its_elements(void **state)
{
    suite_fixture *fixture = *state;
    matrix matrices[4];
    double flat[36], *volatile unknown = suite_room(fixture, 36, sizeof(double));
    rp_error error = {0};
    memset(matrices, 0, sizeof(matrices));
    rp_columns columns = RP_COLUMNS(RP_COLUMN(matrices), RP_CONSTANT(2.0));
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.turn, flat, 4, columns, NULL, &error), &error);
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.turn, flat, 5, columns, NULL, &error), &error);
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.turn, unknown, 4, columns, NULL, &error), &error);
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.turn, (void *)unknown, 4, columns, NULL, &error), &error);
}

static void the_result_of_an_iterator_must_fit(void **state)
{
    suite_fixture *fixture = *state;
    double x[3] = {0, 1, 2}, r;
    float wrong = 0;
    rp_iter *iterator;
    rp_error error = {0};
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.wave, RP_ITEMS(3, RP_COLUMN(x)), NULL, &iterator, &error), &error);
    assert_status(RP_USAGE, rp_iter_next(iterator, &wrong, -1, &error), &error);
    assert_text(&error, "float (4 bytes)");
    for (int i = 0; i < 3; i++) {
        assert_status(RP_OK, rp_iter_next(iterator, &r, -1, &error), &error);
        assert_true(r == wave(i));
    }
    assert_status(RP_END, rp_iter_next(iterator, NULL, -1, &error), &error);
    rp_iter_free(iterator);
}

int suite_run_types(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(strings_are_items_in_every_form),
        SUITE_CASE(strings_are_bound_and_members_of_structs),
        SUITE_CASE(strings_come_one_by_one),
        SUITE_CASE(a_source_gives_strings),
        SUITE_CASE(a_failed_item_is_named_by_its_string),
        SUITE_CASE(a_string_at_null_is_refused),
        SUITE_CASE(results_before_a_string_at_null_are_delivered),
        SUITE_CASE(tasks_may_have_no_result),
        SUITE_CASE(iterators_of_tasks_without_results_count),
        SUITE_CASE(tasks_may_have_no_arguments),
        SUITE_CASE(the_type_of_results_must_fit),
        SUITE_CASE(the_array_of_results_must_be_long_enough),
        SUITE_CASE(the_arrays_of_items_must_be_long_enough),
        SUITE_CASE(a_fixed_array_may_go_to_its_elements),
        SUITE_CASE(the_result_of_an_iterator_must_fit),
    };
    return cmocka_run_group_tests_name("types", cases, NULL, NULL);
}
