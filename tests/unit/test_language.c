/* Tasks from the address of a function: registered once under a name, called with as many pointers as they have arguments. */
#include "unit.h"

#include <rankpool/rankpool.h>

#include <string.h>

static void none(size_t n, int64_t *results)
{
    for (size_t i = 0; i < n; i++) results[i] = 7;
}

static int n_calls;
static void only_effect(size_t n, const int32_t *x) { n_calls += (int)n * (x[0] > 0); }

static void eight(size_t n, double *results, const double *a, const double *b, const double *c, const double *d, const double *e,
                  const double *f, const double *g, const double *h)
{
    for (size_t i = 0; i < n; i++) results[i] = a[i] + 2 * b[i] + 3 * c[i] + 4 * d[i] + 5 * e[i] + 6 * f[i] + 7 * g[i] + 8 * h[i];
}

static void fails(size_t n, int64_t *results, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) results[i] = x[i] == 3 ? rp_fail_text(33, "three is 100 % wrong, %s and all") : x[i];
}

static const rp_type doubles[] = {RP_TYPE_DOUBLE, RP_TYPE_DOUBLE, RP_TYPE_DOUBLE, RP_TYPE_DOUBLE,
                                  RP_TYPE_DOUBLE, RP_TYPE_DOUBLE, RP_TYPE_DOUBLE, RP_TYPE_DOUBLE};
static const rp_type int64[] = {RP_TYPE_INT64}, int32[] = {RP_TYPE_INT32}, string[] = {RP_TYPE_STRING};

#define REGISTER(name, result, n, types) rp_task_register_range(#name, (rp_range_function *)name, result, n, types)

static void the_same_again_is_no_error(void **state)
{
    (void)state;
    assert_int_equal(REGISTER(none, RP_TYPE_INT64, 0, NULL), RP_OK);
    const rp_task *task = rp_task_find("none");
    assert_int_equal(REGISTER(none, RP_TYPE_INT64, 0, NULL), RP_OK);
    assert_ptr_equal(rp_task_find("none"), task);
    assert_true(task->flags & RP_TASK_CONTIGUOUS && task->result_size == 8);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    assert_int_equal(REGISTER(fails, RP_TYPE_INT64, 1, string), RP_USAGE);
    assert_int_equal(REGISTER(fails, RP_TYPE_BYTES, 1, int64), RP_USAGE);
    assert_int_equal(REGISTER(fails, RP_TYPE_RECORD, 1, int64), RP_USAGE);
    assert_int_equal(REGISTER(fails, RP_TYPE_INT64, -1, int64), RP_USAGE);
    assert_int_equal(REGISTER(fails, RP_TYPE_INT64, 9, doubles), RP_USAGE);
    assert_null(rp_task_find("fails"));
}

static rp_pool *open_serial(void)
{
    rp_pool *pool;
    rp_error error;
    rp_pool_options options = {.executor = RP_EXECUTOR_SERIAL};
    assert_int_equal(rp_pool_open(&options, &pool, &error), RP_OK);
    return pool;
}

static void functions_get_their_arguments(void **state)
{
    (void)state;
    double sum, x[] = {1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7};
    int64_t sevens[3];
    rp_column columns[8];
    for (int k = 0; k < 8; k++) columns[k] = RP_CONSTANT_AT(&x[k]);
    assert_int_equal(REGISTER(none, RP_TYPE_INT64, 0, NULL), RP_OK);
    assert_int_equal(REGISTER(eight, RP_TYPE_DOUBLE, 8, doubles), RP_OK);
    assert_int_equal(REGISTER(only_effect, RP_TYPE_VOID, 1, int32), RP_OK);
    rp_pool *pool = open_serial();
    assert_int_equal(rp_apply(pool, rp_task_find("eight"), &sum, ((rp_columns){8, columns}), NULL, NULL), RP_OK);
    assert_true(sum == 87654321);
    assert_int_equal(rp_starmap(pool, rp_task_find("none"), sevens, 3, RP_NO_COLUMNS, NULL, NULL), RP_OK);
    assert_true(sevens[0] == 7 && sevens[2] == 7);
    assert_int_equal(rp_map(pool, rp_task_find("only_effect"), NULL, 5, RP_CONSTANT(1), NULL, NULL), RP_OK);
    assert_int_equal(n_calls, 5);
    rp_pool_free(pool);
}

static void a_text_is_taken_as_it_is(void **state)
{
    (void)state;
    int64_t results[5];
    rp_error error;
    assert_int_equal(REGISTER(fails, RP_TYPE_INT64, 1, int64), RP_OK);
    rp_pool *pool = open_serial();
    rp_call_options options = {.chunk = 1};
    assert_int_equal(rp_map(pool, rp_task_find("fails"), results, 5, RP_RANGE(0, 1), &options, &error), RP_FAILED);
    assert_true(error.item == 3 && error.code == 33);
    assert_string_equal(error.message, "three is 100 % wrong, %s and all");
    rp_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_again_is_no_error),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(functions_get_their_arguments),
        cmocka_unit_test(a_text_is_taken_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
