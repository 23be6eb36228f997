/*
 * test_runner.c: a worker whose items run in a child process or in a second thread. Whatever children and items do, each item gets its
 * result or its failure, once.
 */
#include "unit.h"

#include "base/clock.h"
#include "isolate/runner.h"
#include "isolate/zygote.h"
#include "rank_process.h"
#include "task/claims.h"
#include "worker/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_ITEMS = 4000 };

typedef enum deed { GOOD = 0, FAILS, DIES, WAITS, FORKS } deed;

/* What items are to do and did, in memory that children share. */
typedef struct script {
    _Atomic uint8_t deeds[MOST_ITEMS];
    _Atomic uint8_t runs[MOST_ITEMS];
    _Atomic pid_t process[MOST_ITEMS];
    atomic_int n_begun, n_hanging, let_out, n_out;
    atomic_bool starts_hang;
} script;
static script *shared;

static void perform(int64_t x)
{
    atomic_fetch_add(&shared->n_begun, 1);
    atomic_fetch_add(&shared->runs[x], 1);
    atomic_store(&shared->process[x], getpid());
    switch (atomic_load(&shared->deeds[x])) {
    case FAILS: rp_fail((int)x, "item %lld", (long long)x); break;
    case DIES: (void)kill(getpid(), SIGKILL); break;
    case WAITS:
        unit_await(&shared->let_out, 1);
        atomic_fetch_add(&shared->n_out, 1);
        break;
    case FORKS: /* and both return; no sanitizer is to report the crash of the second */
        if (fork() == 0) (void)signal(SIGSEGV, SIG_DFL);
        break;
    default: break;
    }
}

static int64_t act(int64_t x)
{
    perform(x);
    return 3 * x + 1;
}
RP_TASK(act, int64_t, int64_t)

static void act_and_emit(int64_t x)
{
    perform(x);
    for (int64_t i = 0; i < x % 3; i++) rp_emit(&x, sizeof x);
}
RP_TASK_EMIT(act_and_emit, int64_t)

/* About as long as the time-out. */
static int64_t linger(int64_t x)
{
    uint64_t end = rpi_now_ns() + 800000 + (uint64_t)(x * 7919 % 400000);
    while (rpi_now_ns() < end) continue;
    return x;
}
RP_TASK(linger, int64_t, int64_t)

/* ---- a worker and one batch ---- */

typedef struct bench {
    rpi_worker worker;
    rpi_worker_config config;
    rpi_work work;
    rpi_batch *batch;
    int64_t results[MOST_ITEMS];
    rp_bytes emitted[MOST_ITEMS];
} bench;

/* Threads whose items were late may still be about. */
static void clear(void)
{
    for (int i = 0; i < MOST_ITEMS; i++) {
        atomic_store(&shared->deeds[i], GOOD);
        atomic_store(&shared->runs[i], 0);
        atomic_store(&shared->process[i], 0);
    }
    atomic_store(&shared->n_begun, 0);
    atomic_store(&shared->n_hanging, 0);
    atomic_store(&shared->let_out, 0);
    atomic_store(&shared->n_out, 0);
    atomic_store(&shared->starts_hang, false);
}

static void begin_with(bench *on, rp_isolation isolation, uint64_t max_tasks, const rp_initializer *initializer)
{
    rp_error error;
    clear();
    memset(on, 0, sizeof *on);
    on->config = (rpi_worker_config){
        .options = {.isolation = isolation, .max_tasks_per_child = max_tasks}, .initializer = initializer, .runner = &rpi_runner_sandboxes};
    on->batch = rpi_batch_create();
    rpi_worker_init(&on->worker, NULL, 3, 2, "somewhere");
    on->worker.config = &on->config;
    rpi_context_enter(&on->worker.context);
    if (rpi_worker_open(&on->worker, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
}

static void begin(bench *on, rp_isolation isolation, uint64_t max_tasks) { begin_with(on, isolation, max_tasks, NULL); }

static void end(bench *on)
{
    rpi_worker_close(&on->worker);
    rpi_context_enter(NULL);
    rpi_worker_fini(&on->worker);
    rpi_batch_destroy(on->batch);
    rpi_work_fini(&on->work);
}

static void prepare(bench *on, const rp_task *task, rp_on_error on_error, uint64_t n, uint64_t chunk)
{
    static uint64_t id;
    bool emits = task->result_type == RP_TYPE_BYTES;
    rpi_work_fini(&on->work);
    assert_int_equal(rpi_work_init(&on->work, task, (rp_columns){0, NULL}, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    on->work.on_error = on_error;
    on->work.id = ++id;
    on->work.timeout_ns = on->config.options.isolation ? 0 : (uint64_t)(2e9 * UNIT_WAIT_S);
    rpi_batch_reset(on->batch, &on->work, 0, n);
    on->batch->schedule = (rpi_schedule){RP_SCHEDULE_FIXED, n, chunk, 1, 0, 0};
    on->batch->results = emits ? (char *)on->emitted : (char *)on->results;
}

static void run(bench *on, const rp_task *task, rp_on_error on_error, uint64_t n, uint64_t chunk)
{
    prepare(on, task, on_error, n, chunk);
    rpi_worker_run_batch(&on->worker, on->batch);
}

static const rpi_failure *sorted_failures(bench *on)
{
    rpi_failure *sorted = rpi_failure_sort(atomic_load(&on->batch->failures));
    atomic_store(&on->batch->failures, sorted);
    return sorted;
}

static void check_result(const bench *on, uint64_t i)
{
    if (on->work.task == act_task) {
        assert_int_equal(on->results[i], 3 * i + 1);
        return;
    }
    assert_int_equal(on->emitted[i].size, i % 3 * sizeof(int64_t));
    if (i % 3) assert_int_equal(*(const int64_t *)on->emitted[i].data, i);
}

/* Each item ran once, and its outcome is that of what it did. */
static void check_all(bench *on, uint64_t n)
{
    const rpi_failure *failure = sorted_failures(on);
    assert_int_equal(atomic_load(&on->batch->n_run), n);
    for (uint64_t i = 0; i < n; i++) {
        assert_int_equal(atomic_load(&shared->runs[i]), 1);
        deed done = shared->deeds[i];
        if (done != FAILS && done != DIES) {
            check_result(on, i);
            continue;
        }
        assert_non_null(failure);
        assert_int_equal(failure->facts.item, i);
        assert_int_equal(failure->facts.cause, done == FAILS ? RP_CAUSE_TASK : RP_CAUSE_SIGNAL);
        assert_int_equal(failure->facts.code, done == FAILS ? (int)i : SIGKILL);
        assert_true(failure->facts.rank == 3 && failure->facts.worker == 2);
        failure = failure->next;
    }
    assert_null(failure);
    rp_bytes_free(on->emitted, MOST_ITEMS);
    memset(on->emitted, 0, sizeof on->emitted);
}

static bench *the_bench(void)
{
    static bench on; /* too large for a stack */
    return &on;
}

/* ---- whatever items do ---- */

static void a_death_at_any_item_costs_that_item_alone(void **state)
{
    (void)state;
    enum { N = 12 };
    bench *on = the_bench();
    begin(on, RP_ISOLATION_PROCESS, 0);
    for (uint64_t chunk = 1; chunk <= N; chunk += 5)
        for (int deadly = 0; deadly < N; deadly++) {
            clear();
            shared->deeds[deadly] = DIES;
            run(on, act_task, RP_ON_ERROR_COLLECT, N, chunk);
            check_all(on, N);
        }
    end(on);
}

static void play_at_random(rp_isolation isolation, int n_rounds)
{
    static const uint64_t most_tasks[] = {0, 0, 1, 2, 5, 13, 100};
    bench *on = the_bench();
    unit_seed();
    for (int round = 0; round < n_rounds; round++) {
        begin(on, isolation, isolation ? most_tasks[unit_random(N_OF(most_tasks))] : 0);
        for (int call = 0; call < 2; call++) {
            uint64_t n = 1 + unit_random(isolation ? 80 : 300), one_in = 2 + unit_random(40);
            clear();
            for (uint64_t i = 0; i < n; i++)
                if (unit_random(one_in) == 0) shared->deeds[i] = isolation && unit_random(4) == 0 ? DIES : FAILS;
            run(on, unit_random(3) ? act_task : act_and_emit_task, RP_ON_ERROR_COLLECT, n, 1 + unit_random(2 * n));
            check_all(on, n);
        }
        end(on);
    }
}

static void items_in_children_have_a_result_or_a_failure_once(void **state)
{
    (void)state;
    play_at_random(RP_ISOLATION_PROCESS, 10);
}

static void items_in_threads_have_a_result_or_a_failure_once(void **state)
{
    (void)state;
    play_at_random(RP_ISOLATION_NONE, 100);
}

static void many_short_items_run_once_with_two_requests_out(void **state)
{
    (void)state;
    bench *on = the_bench();
    for (int isolation = 0; isolation < 2; isolation++) {
        begin(on, isolation ? RP_ISOLATION_PROCESS : RP_ISOLATION_NONE, 0);
        for (int i = 50; i < MOST_ITEMS; i += 100) shared->deeds[i] = FAILS;
        run(on, act_task, RP_ON_ERROR_COLLECT, MOST_ITEMS, 1);
        check_all(on, MOST_ITEMS);
        end(on);
    }
}

static void late_items_fail_and_the_others_run(void **state)
{
    (void)state;
    enum { N = 40 };
    bench *on = the_bench();
    begin(on, RP_ISOLATION_NONE, 0);
    for (uint64_t chunk = 1; chunk <= N; chunk += 26) {
        clear();
        shared->deeds[0] = shared->deeds[17] = shared->deeds[39] = WAITS;
        prepare(on, act_task, RP_ON_ERROR_COLLECT, N, chunk);
        on->work.timeout_ns = 500000000; /* no other item takes so long on a busy machine */
        rpi_worker_run_batch(&on->worker, on->batch);
        const rpi_failure *failure = sorted_failures(on);
        for (uint64_t i = 0; i < N; i++) {
            assert_int_equal(atomic_load(&shared->runs[i]), 1);
            if (shared->deeds[i] == GOOD) assert_int_equal(on->results[i], 3 * i + 1);
            if (shared->deeds[i] == GOOD) continue;
            assert_true(failure && failure->facts.item == i && failure->facts.cause == RP_CAUSE_TIMEOUT);
            failure = failure->next;
        }
        assert_null(failure);
        assert_int_equal(atomic_load(&on->batch->n_run), N);
        atomic_store(&shared->let_out, 1);
        unit_await(&shared->n_out, 3);
    }
    end(on);
}

/* An item that ends at the last moment isn't late. Nor is the one after it. */
static void only_items_that_took_too_long_are_late(void **state)
{
    (void)state;
    enum { N = 400 };
    bench *on = the_bench();
    begin(on, RP_ISOLATION_NONE, 0);
    prepare(on, linger_task, RP_ON_ERROR_COLLECT, N, 1);
    on->work.timeout_ns = 1000000;
    rpi_worker_run_batch(&on->worker, on->batch);
    int64_t next = 0;
    for (const rpi_failure *failure = sorted_failures(on); failure; failure = failure->next) {
        assert_int_equal(failure->facts.cause, RP_CAUSE_TIMEOUT);
        assert_true(failure->facts.seconds >= 0.001);
        for (; next < (int64_t)failure->facts.item; next++) assert_int_equal(on->results[next], next);
        next++;
    }
    assert_int_equal(atomic_load(&on->batch->n_run), N);
    end(on);
    unit_sleep(0.1);
}

/* ---- ends ---- */

static void stop_runs_what_is_before_the_first_failure(void **state)
{
    (void)state;
    enum { N = 200 };
    bench *on = the_bench();
    for (int isolation = 0; isolation < 2; isolation++) {
        begin(on, isolation ? RP_ISOLATION_PROCESS : RP_ISOLATION_NONE, 0);
        for (int bad = 0; bad < N; bad += 37) {
            clear();
            shared->deeds[bad] = isolation ? DIES : FAILS;
            shared->deeds[N - 1] = FAILS;
            run(on, act_task, RP_ON_ERROR_STOP, N, 10);
            for (int i = 0; i < bad; i++) assert_int_equal(on->results[i], 3 * i + 1);
            assert_int_equal(sorted_failures(on)->facts.item, bad);
            assert_true(rpi_claims_exhausted(on->batch));
        }
        end(on);
    }
}

static void *lower_the_cutoff(void *argument)
{
    bench *on = argument;
    unit_await(&shared->n_begun, 20);
    rpi_work_lower_cutoff(&on->work, 0);
    rpi_worker_interrupt(&on->worker, &on->work);
    atomic_store(&shared->let_out, 1);
    return NULL;
}

static void a_cutoff_that_is_lowered_ends_what_runs(void **state)
{
    (void)state;
    bench *on = the_bench();
    for (int isolation = 0; isolation < 2; isolation++) {
        begin(on, isolation ? RP_ISOLATION_PROCESS : RP_ISOLATION_NONE, 0);
        memset(shared->deeds + 19, WAITS, sizeof shared->deeds - 19); /* item 19 is the last to begin before the cutoff */
        pthread_t thread;
        prepare(on, act_task, RP_ON_ERROR_COLLECT, MOST_ITEMS, MOST_ITEMS);
        assert_int_equal(pthread_create(&thread, NULL, lower_the_cutoff, on), 0);
        rpi_worker_run_batch(&on->worker, on->batch);
        assert_int_equal(pthread_join(thread, NULL), 0);
        int n_begun = atomic_load(&shared->n_begun);
        assert_in_range(n_begun, 20, MOST_ITEMS / 2);
        assert_in_range(atomic_load(&on->batch->n_run), n_begun - isolation, n_begun); /* a child is killed with the item that it runs */
        end(on);
    }
}

/* ---- a call that nobody wants any more ---- */

/* Once it is told to, an initializer doesn't return. */
static int start_or_not(rp_bytes argument, void **state)
{
    (void)argument, (void)state;
    if (!atomic_load(&shared->starts_hang)) return 0;
    atomic_fetch_add(&shared->n_hanging, 1);
    for (;;) pause();
}
RP_INITIALIZER(start_or_not, start_or_not, NULL)

static void *drop_while_it_starts(void *argument)
{
    bench *on = argument;
    unit_await(&shared->n_hanging, 1);
    rpi_work_lower_cutoff(&on->work, 0);
    rpi_worker_interrupt(&on->worker, &on->work);
    return NULL;
}

/* The child of the first item dies. The next one doesn't become ready. */
static void a_child_that_never_becomes_ready_is_dropped_too(void **state)
{
    (void)state;
    bench *on = the_bench();
    pthread_t thread;
    begin_with(on, RP_ISOLATION_PROCESS, 0, start_or_not_initializer);
    atomic_store(&shared->starts_hang, true);
    shared->deeds[0] = DIES;
    prepare(on, act_task, RP_ON_ERROR_COLLECT, 10, 1);
    assert_int_equal(pthread_create(&thread, NULL, drop_while_it_starts, on), 0);
    rpi_worker_run_batch(&on->worker, on->batch);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(atomic_load(&on->batch->n_run), 1);
    assert_int_equal(sorted_failures(on)->facts.cause, RP_CAUSE_SIGNAL);
    assert_null(sorted_failures(on)->next);
    atomic_store(&shared->starts_hang, false);
    run(on, act_task, RP_ON_ERROR_COLLECT, 5, 1);
    end(on);
}

/* ---- children ---- */

static void no_child_has_more_than_its_number_of_tasks(void **state)
{
    (void)state;
    enum { N = 150, MOST = 13 };
    bench *on = the_bench();
    begin(on, RP_ISOLATION_PROCESS, MOST);
    for (uint64_t chunk = 1; chunk <= N; chunk += 74) {
        clear();
        for (int i = 0; i < N; i += 3) shared->deeds[i] = FAILS;
        run(on, act_task, RP_ON_ERROR_COLLECT, N, chunk);
        check_all(on, N);
        for (int i = 0; i < N; i++) {
            int same = 0;
            for (int k = 0; k < N; k++) same += shared->process[k] == shared->process[i];
            assert_in_range(same, 1, MOST);
        }
    }
    end(on);
}

/* A process that an item forks mustn't go on as if it were the child. */
static void a_task_that_forks_and_comes_back_twice_does_no_harm(void **state)
{
    (void)state;
    enum { N = 60 };
    bench *on = the_bench();
    begin(on, RP_ISOLATION_PROCESS, 0);
    shared->deeds[10] = shared->deeds[30] = FORKS;
    run(on, act_task, RP_ON_ERROR_COLLECT, N, 20);
    unit_sleep(0.05);
    check_all(on, N);
    end(on);
}

static void a_task_that_children_dont_know_is_said_to_be_unknown(void **state)
{
    (void)state;
    static rp_task late; /* registered after the helper began */
    late = *act_task;
    late.name = "registered_late";
    assert_int_equal(rp_task_register(&late), RP_OK);
    bench *on = the_bench();
    begin(on, RP_ISOLATION_PROCESS, 0);
    run(on, &late, RP_ON_ERROR_COLLECT, 5, 1);
    int n = 0;
    for (const rpi_failure *failure = sorted_failures(on); failure; failure = failure->next, n++) {
        assert_int_equal(failure->facts.cause, RP_CAUSE_SYSTEM);
        assert_contains(failure->message, "registered_late");
    }
    assert_int_equal(n, 5);
    run(on, act_task, RP_ON_ERROR_COLLECT, 5, 1);
    check_all(on, 5);
    end(on);
}

/* ---- when the system, or the helper, fails ---- */

static bench *rank_begins(void)
{
    bench *on = the_bench();
    rp_error error;
    RANK_CHECK(rpi_zygote_start(&error) == RP_OK);
    begin(on, RP_ISOLATION_PROCESS, 0);
    run(on, act_task, RP_ON_ERROR_COLLECT, 1, 1);
    return on;
}

static pid_t child_of_rank(void) { return atomic_load(&shared->process[0]); }

static void check_failures(bench *on, int n, int code, const char *part)
{
    int seen = 0;
    for (const rpi_failure *failure = sorted_failures(on); failure; failure = failure->next, seen++) {
        RANK_CHECK(failure->facts.cause == RP_CAUSE_SYSTEM && failure->facts.code == code);
        RANK_CHECK(strstr(failure->message, part));
    }
    RANK_CHECK(seen == n);
}

static void run_without_helper(void)
{
    bench *on = rank_begins();
    double start = unit_now();
    note_process(child_of_rank());
    RANK_CHECK(kill(parent_of(child_of_rank()), SIGKILL) == 0);
    RANK_CHECK(process_ends(child_of_rank(), UNIT_WAIT_S));
    for (int call = 0; call < 2; call++) {
        run(on, act_task, RP_ON_ERROR_COLLECT, 300, 1);
        check_failures(on, 300, 0, "helper");
    }
    end(on);
    RANK_CHECK(unit_now() - start < UNIT_WAIT_S); /* a wait for each item would take longer */
}

static void items_fail_at_once_when_the_helper_is_lost(void **state)
{
    (void)state;
    assert_int_equal(play_rank(run_without_helper), 0);
    assert_noted_end(UNIT_WAIT_S);
}

static void run_without_processes(void)
{
    enum { NOBODY = 65534 }; /* root is above the limit */
    if (getuid() == 0) RANK_CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
    bench *on = rank_begins();
    struct rlimit before, none;
    pid_t helper = parent_of(child_of_rank());
    RANK_CHECK(getrlimit(RLIMIT_NPROC, &before) == 0);
    none = (struct rlimit){0, before.rlim_max};
    RANK_CHECK(prlimit(helper, RLIMIT_NPROC, &none, NULL) == 0);
    RANK_CHECK(kill(child_of_rank(), SIGKILL) == 0);
    double start = unit_now();
    run(on, act_task, RP_ON_ERROR_COLLECT, 300, 1);
    RANK_CHECK(unit_now() - start < UNIT_WAIT_S); /* a wait for each item would take longer */
    check_failures(on, 300, EAGAIN, "fork");
    RANK_CHECK(prlimit(helper, RLIMIT_NPROC, &before, NULL) == 0);
    run(on, act_task, RP_ON_ERROR_COLLECT, 20, 1);
    check_failures(on, 0, 0, "");
    end(on);
}

static void a_lack_of_processes_is_waited_for_once(void **state)
{
    (void)state;
    assert_int_equal(play_rank(run_without_processes), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest with_threads[] = {
        UNIT(items_in_threads_have_a_result_or_a_failure_once),
        UNIT(late_items_fail_and_the_others_run),
        UNIT(only_items_that_took_too_long_are_late),
    };
    const struct CMUnitTest with_ranks[] = {
        UNIT(items_fail_at_once_when_the_helper_is_lost),
        UNIT(a_lack_of_processes_is_waited_for_once),
    };
    const struct CMUnitTest with_children[] = {
        UNIT(a_death_at_any_item_costs_that_item_alone),
        UNIT(items_in_children_have_a_result_or_a_failure_once),
        UNIT(many_short_items_run_once_with_two_requests_out),
        UNIT(stop_runs_what_is_before_the_first_failure),
        UNIT(a_cutoff_that_is_lowered_ends_what_runs),
        UNIT(a_child_that_never_becomes_ready_is_dropped_too),
        UNIT(no_child_has_more_than_its_number_of_tasks),
        UNIT(a_task_that_forks_and_comes_back_twice_does_no_harm),
        UNIT(a_task_that_children_dont_know_is_said_to_be_unknown),
    };
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return EXIT_FAILURE;
    int failed = 0;
    if (rank_can_have_helper()) {
        failed += unit_main(argc, argv, __FILE__, with_ranks, N_OF(with_ranks));
        if (rpi_zygote_start(NULL) != RP_OK) return EXIT_FAILURE;
        failed += unit_main(argc, argv, __FILE__, with_children, N_OF(with_children));
    }
    return failed + unit_main(argc, argv, __FILE__, with_threads, N_OF(with_threads));
}
