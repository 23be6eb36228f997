/* test_thread.c: stacks and cores of threads, threads that the system refuses, and user code that ends its thread. */
#include "unit.h"

#include "base/thread.h"

#include <errno.h>
#include <limits.h>
#include <sys/resource.h>
#include <threads.h>

static const uint64_t MB = 1 << 20;

static int set_up(void **state)
{
    (void)state;
    unsetenv("OMP_STACKSIZE");
    unsetenv("GOMP_STACKSIZE");
    return 0;
}

static void limit_stack(rlim_t size)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_STACK, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_STACK, &limit), 0);
}

static void the_largest_of_all_is_the_stack(void **state)
{
    (void)state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_STACK, &before), 0);
    if (before.rlim_max != RLIM_INFINITY) skip();
    limit_stack(RLIM_INFINITY);
    assert_int_equal(rpi_thread_stack_size(0), 8 * MB);
    limit_stack(1 << 20);
    assert_int_equal(rpi_thread_stack_size(0), 8 * MB);
    limit_stack(32 << 20);
    assert_int_equal(rpi_thread_stack_size(0), 32 * MB);
    setenv("OMP_STACKSIZE", "64M", 1);
    assert_int_equal(rpi_thread_stack_size(0), 64 * MB);
    setenv("OMP_STACKSIZE", "1M", 1);
    assert_int_equal(rpi_thread_stack_size(0), 32 * MB);
    assert_int_equal(rpi_thread_stack_size(MB), MB);
    assert_int_equal(rpi_thread_stack_size(MB + 1), MB + 65536);
    assert_int_equal(setrlimit(RLIMIT_STACK, &before), 0);
}

static void sizes_are_read_as_openmp_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
    } rows[] = {{"2000500B", 2000500},
                {"3000 k ", 3000 << 10},
                {"10M", 10 << 20},
                {" 10 M ", 10 << 20},
                {"1G", 1 << 30},
                {"20000", 20000 << 10},
                {"", 0},
                {"M", 0},
                {"-1M", 0},
                {"10MB", 0},
                {"10T", 0},
                {"4 4", 0},
                {"16B", 0},
                {"99999999999999999999G", 0},
                {"1e3", 0}};
    char text[256];
    for (size_t k = 0; k < N_OF(rows); k++) {
        setenv("OMP_STACKSIZE", rows[k].text, 1);
        assert_int_equal(rpi_thread_stack_of_openmp(), rows[k].size);
        assert_int_equal(rpi_thread_stack_doubt(text, sizeof text), rows[k].text[0] && !rows[k].size);
    }
    assert_contains(text, "OMP_STACKSIZE is \"1e3\" and is ignored");
    unsetenv("OMP_STACKSIZE");
    setenv("GOMP_STACKSIZE", "512", 1);
    assert_int_equal(rpi_thread_stack_of_openmp(), 512 << 10);
}

/* Writes to a stack of this size. */
static void *need(void *size)
{
    size_t n = *(size_t *)size;
    volatile char *room = __builtin_alloca(n);
    for (size_t i = 0; i < n; i += 1024) room[i] = 1;
    return rpi_thread_has_stack(n) ? size : NULL;
}

static void threads_have_the_stack_that_was_asked_for(void **state)
{
    (void)state;
    pthread_t thread;
    void *got;
    size_t most = (size_t)(rpi_thread_stack_size(0) - MB), more = 40 << 20;
    assert_int_equal(rpi_thread_create(&thread, 0, need, &most), 0);
    assert_int_equal(pthread_join(thread, &got), 0);
    assert_non_null(got);
    assert_int_equal(rpi_thread_create_here(&thread, 41 << 20, need, &more), 0);
    assert_int_equal(pthread_join(thread, &got), 0);
    assert_non_null(got);
}

static void *tell_default(void *size)
{
    pthread_attr_t attributes;
    assert_int_equal(pthread_getattr_np(pthread_self(), &attributes), 0);
    assert_int_equal(pthread_attr_getstacksize(&attributes, size), 0);
    pthread_attr_destroy(&attributes);
    return NULL;
}

static size_t default_size(void)
{
    size_t size = 0;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, tell_default, &size), 0);
    pthread_join(thread, NULL);
    return size;
}

static void the_default_of_others_is_put_back(void **state)
{
    (void)state;
    size_t before = default_size();
    rpi_thread_default_begin(24 * MB);
    assert_int_equal(default_size(), 24 * MB);
    rpi_thread_default_end();
    assert_int_equal(default_size(), before);
}

/* No address space has room for so many of them. */
static void threads_that_the_system_refuses_are_told(void **state)
{
    (void)state;
    int code = -1;
    assert_int_equal(rpi_thread_try(0, 0, &code), 0);
    assert_int_equal(code, 0);
    assert_int_equal(rpi_thread_try(8, 0, &code), 8);
    assert_int_equal(code, 0);
    assert_true(rpi_thread_try(1000, (uint64_t)1 << 40, &code) < 1000);
    assert_true(code == EAGAIN || code == ENOMEM);
}

/* ---- user code that ends its thread ---- */

static int depth;

static void note(void *argument) { *(int *)argument += 1; }

static void end_thread(void *how)
{
    pthread_cleanup_push(note, &depth);
    if (!strcmp(how, "pthread_exit")) pthread_exit(NULL);
    if (!strcmp(how, "thrd_exit")) thrd_exit(0);
    if (!strcmp(how, "cancel")) {
        pthread_cancel(pthread_self());
        pthread_testcancel();
    }
    pthread_cleanup_pop(0);
}

static void *end_again_and_again(void *result)
{
    static char ways[][16] = {"cancel", "pthread_exit", "thrd_exit", "pthread_exit", "pthread_exit", "nothing"};
    for (size_t k = 0; k < N_OF(ways); k++)
        if (rpi_thread_guard(end_thread, ways[k]) != (k + 1 == N_OF(ways))) return NULL;
    return result;
}

static void a_thread_goes_on_after_user_code_ended_it(void **state)
{
    (void)state;
    pthread_t thread;
    void *got;
    depth = 0;
    assert_int_equal(rpi_thread_create(&thread, 0, end_again_and_again, &depth), 0);
    assert_int_equal(pthread_join(thread, &got), 0);
    assert_ptr_equal(got, &depth);
    assert_int_equal(depth, 5); /* the handlers of the frames that are gone have run */
    char first[] = "pthread_exit";
    assert_false(rpi_thread_guard(end_thread, first));
}

#define WITH(function) cmocka_unit_test_setup(function, set_up)

UNIT_MAIN(WITH(the_largest_of_all_is_the_stack), WITH(sizes_are_read_as_openmp_reads_them), WITH(threads_have_the_stack_that_was_asked_for),
          WITH(the_default_of_others_is_put_back), WITH(threads_that_the_system_refuses_are_told),
          WITH(a_thread_goes_on_after_user_code_ended_it))
