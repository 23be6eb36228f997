/* test_member.c: a serving rank that gets one message after the other: what it answers, also to messages that make no sense. */
#include "fake_link.h"

#include "base/clock.h"
#include "base/options.h"
#include "cluster/member.h"
#include "cluster/work_messages.h"

#include <pthread.h>

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static int64_t odd_fails(int64_t x) { return x % 2 ? rp_fail(9, "%lld is odd", (long long)x) : x; }
RP_TASK(odd_fails, int64_t, int64_t)

static void say(rp_bytes text)
{
    rp_emit(text.data, text.size);
    rp_emit("!", 1);
}
RP_TASK_EMIT(say, rp_bytes)

static atomic_int n_slow;

static int64_t slow(int64_t x)
{
    atomic_fetch_add(&n_slow, 1);
    unit_sleep(0.002);
    return x;
}
RP_TASK(slow, int64_t, int64_t)

static atomic_int n_held, let_out;

static int64_t hold(int64_t x)
{
    atomic_fetch_add(&n_held, 1);
    while (!atomic_load(&let_out)) unit_sleep(0.0005);
    return x;
}
RP_TASK(hold, int64_t, int64_t)

static int start(rp_bytes argument, void **state)
{
    (void)state;
    return argument.size == 3 ? 0 : rp_fail(42, "argument of %zu bytes", argument.size);
}
RP_INITIALIZER(needs_three, start, NULL)

/* ---- rank 1 in a thread, this thread is rank 0 ---- */

typedef struct talk {
    fake_network *network;
    rpi_link *link, *rank_link;
    pthread_t thread;
    bool joined;
    rp_status status;
    rp_error error;
    rpi_work work; /* the call's, on this side */
    rpi_batch *batch;
} talk;

static void *serve(void *argument)
{
    talk *with = argument;
    with->status = rpi_member_serve(with->rank_link, NULL, &with->error);
    return NULL;
}

static talk *make_talk(void **state)
{
    talk *with = calloc(1, sizeof *with);
    with->network = fake_network_create(2, NULL);
    with->link = fake_network_link(with->network, 0);
    with->rank_link = fake_network_link(with->network, 1);
    with->batch = rpi_batch_create();
    return *state = with;
}

static int set_up(void **state)
{
    talk *with = make_talk(state);
    return pthread_create(&with->thread, NULL, serve, with);
}

static const rpi_link_ops *whole_ops;
static atomic_bool catches;

/* Once a message is caught, what is held ends before it is handed on, so its results wait for the turn that takes it in. */
static rp_status receive_late(rpi_link *link, int *peer, rpi_message **message, rp_error *error)
{
    rp_status status = whole_ops->receive(link, peer, message, error);
    if (status != RP_OK || !atomic_load(&catches)) return status;
    atomic_store(&let_out, 1);
    unit_sleep(0.05);
    return status;
}

static int set_up_late(void **state)
{
    static rpi_link_ops late_ops;
    talk *with = make_talk(state);
    whole_ops = with->rank_link->ops;
    late_ops = *whole_ops;
    late_ops.receive = receive_late;
    with->rank_link->ops = &late_ops;
    atomic_store(&catches, false);
    return pthread_create(&with->thread, NULL, serve, with);
}

static void post(talk *with, rpi_message *message)
{
    assert_non_null(message);
    assert_int_equal(with->link->ops->send(with->link, 1, message, NULL), RP_OK);
}

static rpi_message *make(rpi_message_kind kind, uint64_t pool, uint64_t call)
{
    rpi_message *message = rpi_message_create(kind, pool, 0);
    assert_non_null(message);
    message->header.fields[0] = call; /* the first field of all kinds that are about a call */
    return message;
}

/* The next message, which must be of that kind. */
static rpi_message *expect(talk *with, rpi_message_kind kind)
{
    double deadline = unit_now() + UNIT_WAIT_S;
    for (;;) {
        int peer;
        rpi_message *message;
        rp_status status = with->link->ops->receive(with->link, &peer, &message, NULL);
        if (status == RP_OK) {
            assert_int_equal(peer, 1);
            assert_int_equal(message->header.kind, kind);
            return message;
        }
        assert_int_equal(status, RP_AGAIN);
        if (unit_now() > deadline) fail_msg("no message of kind %d", (int)kind);
        unit_sleep(0.0002);
    }
}

static void say_stop(talk *with)
{
    post(with, make(RPI_STOP, 0, 0));
    rpi_message_free(expect(with, RPI_BYE));
}

static void wait_for_end(talk *with)
{
    if (!with->joined) pthread_join(with->thread, NULL);
    with->joined = true;
}

static int tear_down(void **state)
{
    talk *with = *state;
    wait_for_end(with);
    with->link->ops->destroy(with->link, 1);
    fake_network_destroy(with->network);
    rpi_batch_destroy(with->batch);
    rpi_work_fini(&with->work);
    free(with);
    return 0;
}

static rpi_message *open_pool(talk *with, uint64_t pool, const char *initializer, const char *argument)
{
    size_t options_size = rpi_options_packed_size(), name_size = strlen(initializer) + 1;
    rpi_message *open = rpi_message_create(RPI_OPEN, pool, options_size + name_size + strlen(argument));
    rpi_options_pack(&(rp_pool_options){0}, open->data);
    memcpy(open->data + options_size, initializer, name_size);
    memcpy(open->data + options_size + name_size, argument, strlen(argument));
    open->header.open.n_threads = 2;
    post(with, open);
    rpi_message *opened = expect(with, RPI_OPENED);
    assert_int_equal(opened->header.pool, pool);
    return opened;
}

static void open_call(talk *with, uint64_t pool, uint64_t call, const rp_task *task, rp_columns columns, uint64_t n)
{
    rpi_work_fini(&with->work);
    assert_int_equal(rpi_work_init(&with->work, task, (rp_columns){0, NULL}, columns, NULL), RP_OK);
    with->work.id = call;
    with->work.on_error = RP_ON_ERROR_COLLECT;
    rpi_batch_reset(with->batch, &with->work, 0, n);
    rpi_message *about = rpi_call_message_pack(pool, &with->work, NULL);
    post(with, about);
}

static rpi_message *make_work(talk *with, uint64_t pool, uint64_t first, uint64_t count, uint64_t chunk)
{
    rpi_message *work = rpi_work_message_pack(pool, with->batch, first, count, NULL);
    work->header.work.call = with->work.id;
    work->header.work.chunk = chunk;
    work->header.work.schedule = RP_SCHEDULE_FIXED;
    work->header.work.grain_size = 2;
    return work;
}

/* ---- tests ---- */

static void stop_is_answered_with_bye(void **state)
{
    talk *with = *state;
    say_stop(with);
    wait_for_end(with);
    assert_int_equal(with->status, RP_OK);
}

static void opened_tells_the_rank(void **state)
{
    talk *with = *state;
    rpi_message *opened = open_pool(with, 5, "", "");
    rp_rank_info info;
    assert_int_equal(opened->header.opened.status, RP_OK);
    assert_int_equal(opened->header.size, sizeof info);
    memcpy(&info, opened->data, sizeof info);
    assert_int_equal(info.threads, 2);
    assert_true(strlen(info.host) > 0 && info.cores > 0);
    rpi_message_free(opened);
    post(with, make(RPI_CLOSE, 5, 0));
    rpi_message *closed = expect(with, RPI_CLOSED);
    assert_int_equal(closed->header.pool, 5);
    rpi_message_free(closed);
    say_stop(with);
}

static void open_is_refused_with_the_reason(void **state)
{
    talk *with = *state;
    rpi_message *opened = open_pool(with, 1, "needs_three", "four");
    assert_int_equal(opened->header.opened.status, RP_FAILED);
    assert_int_equal(opened->header.opened.code, 42);
    assert_contains(rpi_message_text(opened, 0), "initializer needs_three failed on rank 1");
    assert_contains(rpi_message_text(opened, 0), "argument of 4 bytes");
    rpi_message_free(opened);
    opened = open_pool(with, 2, "no_such", "");
    assert_int_equal(opened->header.opened.status, RP_USAGE);
    assert_contains(rpi_message_text(opened, 0), "no_such");
    rpi_message_free(opened);
    opened = open_pool(with, 3, "needs_three", "abc");
    assert_int_equal(opened->header.opened.status, RP_OK);
    rpi_message_free(opened);
    for (uint64_t pool = 1; pool <= 3; pool++) { /* those that failed are closed too */
        post(with, make(RPI_CLOSE, pool, 0));
        rpi_message_free(expect(with, RPI_CLOSED));
    }
    say_stop(with);
}

static void work_is_done_and_sent_back(void **state)
{
    talk *with = *state;
    enum { COUNT = 20, CHUNKS = 5 };
    int64_t results[COUNT * CHUNKS] = {0};
    rpi_message_free(open_pool(with, 1, "", ""));
    open_call(with, 1, 7, odd_fails_task, RP_COLUMNS(RP_RANGE(0, 1)), COUNT * CHUNKS);
    with->batch->results = (char *)results;
    for (uint64_t k = 0; k < CHUNKS; k++) post(with, make_work(with, 1, k * COUNT, COUNT, 100 + k));
    for (uint64_t k = 0; k < CHUNKS; k++) {
        rpi_message *done = expect(with, RPI_DONE);
        const rpi_done *header = &done->header.done;
        uint64_t first = (header->chunk - 100) * COUNT;
        assert_true(done->header.pool == 1 && header->call == 7 && header->status == RP_OK && header->n_run == COUNT);
        assert_int_equal(header->n_failures, COUNT / 2);
        assert_true(rpi_done_message_unpack(done, with->batch, first, false));
        rpi_message_free(done);
    }
    for (int i = 0; i < COUNT * CHUNKS; i += 2) assert_int_equal(results[i], i);
    uint64_t item = 1;
    rpi_failure *failures = rpi_failure_sort(atomic_exchange(&with->batch->failures, NULL));
    for (const rpi_failure *at = failures; at; at = at->next, item += 2) {
        assert_int_equal(at->facts.item, item);
        assert_int_equal(at->facts.rank, 1);
        assert_int_equal(at->facts.code, 9);
    }
    assert_int_equal(item, COUNT * CHUNKS + 1);
    rpi_failure_free_list(failures);
    post(with, make(RPI_FORGET, 1, 7));
    say_stop(with);
}

/* Runs items 0 to 9, and returns the status. */
static uint64_t run_like(talk *with, uint64_t call, uint64_t like, uint64_t chunk)
{
    rpi_message *work = make_work(with, 1, 0, 10, chunk);
    work->header.work.call = call;
    work->header.work.like = like;
    post(with, work);
    rpi_message *done = expect(with, RPI_DONE);
    uint64_t status = done->header.done.status;
    assert_int_equal(done->header.done.chunk, chunk);
    assert_true(status != RP_OK || done->header.done.n_run == 10);
    rpi_message_free(done);
    return status;
}

static void a_call_that_is_over_becomes_one_like_it(void **state)
{
    talk *with = *state;
    int64_t results[10] = {0};
    rpi_message_free(open_pool(with, 1, "", ""));
    open_call(with, 1, 1, square_task, RP_COLUMNS(RP_RANGE(0, 1)), 10);
    with->batch->results = (char *)results;
    assert_int_equal(run_like(with, 1, 0, 1), RP_OK);
    post(with, make(RPI_CUTOFF, 1, 1));                                                                      /* 0 */
    for (uint64_t call = 2; call < 6; call++) assert_int_equal(run_like(with, call, call - 1, call), RP_OK); /* its cutoff is new */
    assert_int_equal(run_like(with, 5, 4, 6), RP_OK);     /* a second chunk: it is there */
    assert_int_not_equal(run_like(with, 1, 0, 7), RP_OK); /* what became another isn't there any more */
    assert_int_not_equal(run_like(with, 7, 1, 8), RP_OK);
    post(with, make(RPI_FORGET, 1, 5));
    assert_int_not_equal(run_like(with, 8, 5, 9), RP_OK);
    say_stop(with);
}

static void emitted_results_come_back(void **state)
{
    talk *with = *state;
    rp_bytes texts[3] = {{"one", 3}, {NULL, 0}, {"three", 5}}, results[3] = {{NULL, 0}};
    rpi_message_free(open_pool(with, 1, "", ""));
    open_call(with, 1, 1, say_task, RP_COLUMNS(RP_COLUMN(texts)), 3);
    with->batch->results = (char *)results;
    post(with, make_work(with, 1, 0, 3, 1));
    rpi_message *done = expect(with, RPI_DONE);
    assert_true(rpi_done_message_unpack(done, with->batch, 0, false));
    assert_true(results[0].size == 4 && !memcmp(results[0].data, "one!", 4));
    assert_true(results[1].size == 1 && results[2].size == 6);
    rp_bytes_free(results, 3);
    rpi_message_free(done);
    say_stop(with);
}

static void expect_refusal(talk *with, uint64_t chunk)
{
    rpi_message *done = expect(with, RPI_DONE);
    assert_int_equal(done->header.done.chunk, chunk);
    assert_int_not_equal(done->header.done.status, RP_OK);
    rpi_message_free(done);
}

static void what_makes_no_sense_is_refused_or_passed_over(void **state)
{
    talk *with = *state;
    int64_t numbers[10] = {0};
    rpi_message_free(open_pool(with, 1, "", ""));
    open_call(with, 1, 1, square_task, RP_COLUMNS(RP_COLUMN(numbers)), 10);
    post(with, make_work(with, 99, 0, 10, 1)); /* no such pool */
    expect_refusal(with, 1);
    rpi_message *work = make_work(with, 1, 0, 10, 2);
    work->header.work.call = 99; /* no such call */
    post(with, work);
    expect_refusal(with, 2);
    work = make_work(with, 1, 0, 10, 3);
    work->header.size -= 8; /* too short */
    post(with, work);
    expect_refusal(with, 3);
    rpi_message *about = rpi_call_message_pack(1, &with->work, NULL);
    about->header.call.call = 2;
    about->data[0] = 'Q'; /* no such task */
    post(with, about);
    work = make_work(with, 1, 0, 10, 4);
    work->header.work.call = 2;
    post(with, work);
    expect_refusal(with, 4);
    post(with, make(RPI_FORGET, 1, 99));
    post(with, make(RPI_FORGET, 99, 1));
    post(with, make(RPI_CUTOFF, 99, 1));
    post(with, make((rpi_message_kind)77, 1, 1));
    post(with, make(RPI_CLOSE, 99, 0));
    rpi_message_free(expect(with, RPI_CLOSED));
    post(with, make_work(with, 1, 0, 10, 5)); /* and it still works */
    rpi_message *done = expect(with, RPI_DONE);
    assert_int_equal(done->header.done.status, RP_OK);
    rpi_message_free(done);
    work = make_work(with, 1, 0, 10, 6);
    work->header.size -= 8; /* too short again, and the last that is heard before the end */
    post(with, work);
    expect_refusal(with, 6);
    say_stop(with);
}

static void a_cutoff_stops_what_runs_and_what_waits(void **state)
{
    talk *with = *state;
    atomic_store(&n_slow, 0);
    rpi_message_free(open_pool(with, 1, "", ""));
    open_call(with, 1, 1, slow_task, RP_COLUMNS(RP_RANGE(0, 1)), 20000);
    for (uint64_t k = 0; k < 2; k++) {
        rpi_message *work = make_work(with, 1, k * 10000, 10000, k);
        work->header.work.grain_size = 5000;
        post(with, work);
    }
    unit_await(&n_slow, 2);
    rpi_message *cutoff = make(RPI_CUTOFF, 1, 1);
    cutoff->header.cutoff.cutoff = 0;
    post(with, cutoff);
    uint64_t n_run = 0;
    for (int k = 0; k < 2; k++) {
        rpi_message *done = expect(with, RPI_DONE);
        assert_int_equal(done->header.done.status, RP_OK);
        n_run += done->header.done.n_run;
        rpi_message_free(done);
    }
    assert_in_range(n_run, 1, 3000);
    say_stop(with);
}

static uint64_t recall(talk *with, uint64_t chunk, uint64_t from)
{
    rpi_message *message = make(RPI_RECALL, 1, 1);
    message->header.recall = (rpi_recall){1, chunk, from};
    post(with, message);
    rpi_message *answer = expect(with, RPI_RECALLED);
    assert_int_equal(answer->header.recalled.call, 1);
    assert_int_equal(answer->header.recalled.chunk, chunk);
    uint64_t kept = answer->header.recalled.kept;
    rpi_message_free(answer);
    return kept;
}

/* A chunk with the number k had ten items from 10 (k - 1) on, and has kept `count`. Returns k. */
static uint64_t expect_done(talk *with, uint64_t count)
{
    rpi_message *done = expect(with, RPI_DONE);
    const rpi_done *fields = &done->header.done;
    uint64_t chunk = fields->chunk;
    assert_int_equal(fields->status, RP_OK);
    assert_int_equal(fields->count, count);
    assert_int_equal(fields->n_run, count);
    assert_int_equal(done->header.size, count * sizeof(int64_t));
    for (uint64_t k = 0; k < count; k++) {
        int64_t result;
        memcpy(&result, done->data + k * sizeof result, sizeof result);
        assert_int_equal(result, 10 * (chunk - 1) + k);
    }
    rpi_message_free(done);
    return chunk;
}

/* Each of two workers has two items of the first chunk, until they are let out. */
static void what_has_not_begun_is_given_back(void **state)
{
    talk *with = *state;
    atomic_store(&n_held, 0);
    atomic_store(&let_out, 0);
    rpi_message_free(open_pool(with, 1, "", ""));
    open_call(with, 1, 1, hold_task, RP_COLUMNS(RP_RANGE(0, 1)), 100);
    post(with, make_work(with, 1, 0, 10, 1));
    post(with, make_work(with, 1, 10, 10, 2));
    post(with, make_work(with, 1, 20, 10, 3));
    unit_await(&n_held, 2);
    assert_int_equal(recall(with, 3, 0), 0);
    assert_int_equal(expect_done(with, 0), 3); /* at once, as nobody is in it */
    assert_int_equal(recall(with, 2, 4), 4);
    assert_int_equal(recall(with, 1, 1), 4);
    assert_int_equal(recall(with, 1, 0), 4);
    atomic_store(&let_out, 1);
    assert_int_equal(expect_done(with, 4) + expect_done(with, 4), 3); /* in any order */
    rpi_message *late = make(RPI_RECALL, 1, 1);
    late->header.recall = (rpi_recall){1, 2, 0};
    post(with, late); /* no answer: its results are there */
    say_stop(with);
}

/* Items are given back, the others end, and a message about the same chunk comes before the turn that sends them. */
static void what_was_given_back_is_not_taken_off_twice(void **state)
{
    talk *with = *state;
    atomic_store(&n_held, 0);
    atomic_store(&let_out, 0);
    rpi_message_free(open_pool(with, 1, "", ""));
    open_call(with, 1, 1, hold_task, RP_COLUMNS(RP_RANGE(0, 1)), 100);
    post(with, make_work(with, 1, 0, 10, 1));
    unit_await(&n_held, 2);
    assert_int_equal(recall(with, 1, 1), 4);
    atomic_store(&catches, true);
    assert_int_equal(recall(with, 1, 0), 4);
    assert_int_equal(expect_done(with, 4), 1);
    atomic_store(&catches, false);
    say_stop(with);
}

static void a_rank_whose_link_fails_ends(void **state)
{
    talk *with = *state;
    rpi_message_free(open_pool(with, 1, "", ""));
    open_call(with, 1, 1, slow_task, RP_COLUMNS(RP_RANGE(0, 1)), 40);
    post(with, make_work(with, 1, 0, 20, 1));
    post(with, make_work(with, 1, 20, 20, 2));
    unit_sleep(0.01);
    fake_network_break(with->network);
    wait_for_end(with);
    assert_int_equal(with->status, RP_LOST);
    assert_contains(rp_error_text(&with->error), "rank 1");
}

static double linger_s(int rank, int lost)
{
    double before = unit_now();
    rpi_member_linger(rank, &(rp_error){.status = RP_LOST, .rank = lost});
    return unit_now() - before;
}

/* Of several times, so that a pause of the machine isn't taken for one of the rank. */
static double shortest_linger_s(int rank, int lost)
{
    double shortest = linger_s(rank, lost);
    for (int k = 0; k < 4; k++) {
        double again = linger_s(rank, lost);
        if (again < shortest) shortest = again;
    }
    return shortest;
}

static void only_a_member_that_reports_a_loss_leaves_at_once(void **state)
{
    (void)state;
    assert_true(shortest_linger_s(1, 0) < 0.5);
    assert_true(linger_s(2, 0) >= 1);
    assert_true(linger_s(1, -1) >= 1); /* rank 0 ended the job: it tells */
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(WITH(stop_is_answered_with_bye), WITH(opened_tells_the_rank), WITH(open_is_refused_with_the_reason),
          WITH(work_is_done_and_sent_back), WITH(a_call_that_is_over_becomes_one_like_it), WITH(emitted_results_come_back),
          WITH(what_makes_no_sense_is_refused_or_passed_over), WITH(a_cutoff_stops_what_runs_and_what_waits),
          WITH(what_has_not_begun_is_given_back),
          cmocka_unit_test_setup_teardown(what_was_given_back_is_not_taken_off_twice, set_up_late, tear_down),
          WITH(a_rank_whose_link_fails_ends), UNIT(only_a_member_that_reports_a_loss_leaves_at_once))
