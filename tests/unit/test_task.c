/* test_task.c: the table of tasks and initializers, names of types, the freeing of emitted results. */
#include "unit.h"

#include "task/registry.h"

typedef struct pair {
    double a, b;
} pair;

static double scale(double x, int32_t by) { return x * by; }
RP_TASK(scale, double, double, int32_t)

static void swap(pair *result, const pair *from) { *result = (pair){from->b, from->a}; }
RP_TASK_POINTER(swap, pair, pair)

static void twice(size_t n, float *result, const float *x)
{
    for (size_t i = 0; i < n; i++) result[i] = 2 * x[i];
}
RP_TASK_RANGE(twice, float, float)

static void say(rp_bytes text) { rp_emit(text.data, text.size); }
RP_TASK_EMIT(say, rp_bytes)

static int start(rp_bytes argument, void **state)
{
    (void)argument;
    (void)state;
    return 0;
}
RP_INITIALIZER(nothing, start, NULL)

static void declared_tasks_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(rp_task_find("scale"), scale_task);
    assert_ptr_equal(rp_task_find("swap"), swap_task);
    assert_ptr_equal(rp_task_find("twice"), twice_task);
    assert_ptr_equal(rp_task_find("say"), say_task);
    assert_null(rp_task_find("scal"));
    assert_null(rp_task_find(""));
    assert_ptr_equal(rp_initializer_find("nothing"), nothing_initializer);
    assert_null(rp_initializer_find("scale"));
}

static void declarations_carry_types_and_sizes(void **state)
{
    (void)state;
    assert_int_equal(scale_task->n_arguments, 2);
    assert_int_equal(scale_task->result_type, RP_TYPE_DOUBLE);
    assert_int_equal(scale_task->argument_types[1], RP_TYPE_INT32);
    assert_int_equal(scale_task->argument_sizes[1], 4);
    assert_int_equal(swap_task->result_type, RP_TYPE_RECORD);
    assert_int_equal(swap_task->result_size, sizeof(pair));
    assert_int_equal(twice_task->flags, RP_TASK_CONTIGUOUS);
    assert_int_equal(say_task->result_type, RP_TYPE_BYTES);
    assert_int_equal(say_task->result_size, sizeof(rp_bytes));
}

static void registering_again_is_harmless(void **state)
{
    (void)state;
    size_t n = rpi_registry_n_tasks();
    assert_int_equal(rp_task_register(scale_task), RP_OK);
    assert_int_equal(rpi_registry_n_tasks(), n);
    assert_int_equal(n, 4);
    assert_int_equal(rpi_registry_n_initializers(), 1);
    assert_ptr_equal(rpi_registry_initializer(0), nothing_initializer);
    assert_null(rpi_registry_clash());
}

static void many_tasks_are_all_kept(void **state)
{
    (void)state;
    enum { N = 200 };
    static rp_task many[N];
    static char names[N][16];
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "many %d", i);
        many[i] = *scale_task;
        many[i].name = names[i];
        assert_int_equal(rp_task_register(&many[i]), RP_OK);
    }
    for (int i = 0; i < N; i++) assert_ptr_equal(rp_task_find(names[i]), &many[i]);
    assert_ptr_equal(rp_task_find("scale"), scale_task);
    assert_ptr_equal(rpi_registry_task(rpi_registry_n_tasks() - 1), &many[N - 1]);
}

/* Last but one: the clash stays. */
static void two_tasks_of_one_name_clash(void **state)
{
    (void)state;
    static rp_task other;
    other = *scale_task;
    assert_int_equal(rp_task_register(&other), RP_USAGE);
    assert_ptr_equal(rp_task_find("scale"), scale_task);
    assert_string_equal(rpi_registry_clash(), "scale");
}

static void a_clash_refuses_pools(void **state)
{
    (void)state;
    rp_pool *pool = NULL;
    rp_error error;
    assert_refused(rp_pool_open(NULL, &pool, &error), error, "scale");
    assert_null(pool);
}

static void types_have_names(void **state)
{
    (void)state;
    assert_string_equal(rp_type_name(RP_TYPE_RECORD), "a record");
    assert_string_equal(rp_type_name(RP_TYPE_DOUBLE), "double");
    assert_string_equal(rp_type_name(RP_TYPE_UINT8), "uint8");
    assert_string_equal(rp_type_name(RP_TYPE_BYTES), "bytes");
    assert_string_equal(rp_type_name(RP_TYPE_STRING), "string");
    assert_string_equal(rp_type_name((rp_type)(RP_TYPE_VOID + 1)), "unknown type");
    assert_string_equal(rp_type_name((rp_type)-1), "unknown type");
}

static void bytes_are_freed_and_cleared(void **state)
{
    (void)state;
    rp_bytes results[3] = {{malloc(5), 5}, {NULL, 0}, {malloc(1), 1}};
    rp_bytes_free(results, 3);
    for (int i = 0; i < 3; i++) assert_true(results[i].data == NULL && results[i].size == 0);
    rp_bytes_free(results, 3);
    rp_bytes_free(NULL, 7);
}

UNIT_MAIN(UNIT(declared_tasks_are_found_by_name), UNIT(declarations_carry_types_and_sizes), UNIT(registering_again_is_harmless),
          UNIT(many_tasks_are_all_kept), UNIT(types_have_names), UNIT(bytes_are_freed_and_cleared), UNIT(two_tasks_of_one_name_clash),
          UNIT(a_clash_refuses_pools))
