/*
 * test_work_messages.c: payloads there and back: all kinds of columns, results and failures. Payloads that are cut off or altered are
 * refused, or give data that lies within them. AddressSanitizer shows that nothing behind them is read.
 */
#include "delivered.h"
#include "unit.h"

#include "cluster/work_messages.h"

static rpi_held held; /* of messages without places: nothing */

typedef struct point {
    char tag;
    double x, y;
} point;

static double mix(double a, int32_t b, point p, int64_t i, rp_bytes text) { return a + b + p.x + (double)i + (double)text.size; }
RP_TASK(mix, double, double, int32_t, point, int64_t, rp_bytes)

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static void say(rp_bytes text) { rp_emit(text.data, text.size); }
RP_TASK_EMIT(say, rp_bytes)

static const rp_columns none = {0, NULL};

/* ---- making works and messages ---- */

enum { N = 12 };

typedef struct rows {
    struct {
        double a;
        point p;
        char more[3];
    } records[N];
    rp_bytes texts[N];
    char bytes[N * N];
} rows;

static void fill_rows(rows *made)
{
    for (int i = 0; i < N * N; i++) made->bytes[i] = (char)('a' + i % 26);
    for (int i = 0; i < N; i++) {
        made->records[i].a = i / 8.0;
        made->records[i].p = (point){(char)('A' + i), i, -i};
        made->texts[i] = (rp_bytes){i % 3 ? made->bytes + i : NULL, i % 3 ? (size_t)i : 0};
    }
}

static void init_mix(rpi_work *work, const rows *from)
{
    rp_columns columns =
        RP_COLUMNS(RP_FIELD(from->records, a), RP_CONSTANT(-3), RP_FIELD(from->records, p), RP_RANGE(5, 2), RP_COLUMN(from->texts));
    assert_int_equal(rpi_work_init(work, mix_task, none, columns, NULL), RP_OK);
}

/* The other side's work: made from the CALL, and a batch from the WORK. */
typedef struct other_side {
    rpi_work work;
    rpi_batch *batch;
} other_side;

static other_side open_other(const rpi_work *work)
{
    other_side other = {.batch = rpi_batch_create()};
    rpi_message *call = rpi_call_message_pack(1, work, NULL), *there = deliver(call, call->header.size);
    assert_int_equal(rpi_call_message_unpack(there, &other.work, NULL), RP_OK);
    rpi_message_free(call);
    rpi_message_free(there);
    return other;
}

static void close_other(other_side *other)
{
    rpi_batch_destroy(other->batch);
    rpi_work_fini(&other->work);
}

/* ---- there and back ---- */

static void a_call_takes_constants_along(void **state)
{
    (void)state;
    rpi_work work, other;
    double a[1] = {0};
    char text[] = "sixteen or more bytes of text";
    rp_columns columns = RP_COLUMNS(RP_COLUMN(a), RP_CONSTANT(-3), RP_CONSTANT(((point){'p', 1, 2})), RP_RANGE(-5, 7),
                                    RP_CONSTANT(((rp_bytes){text, sizeof text})));
    assert_int_equal(rpi_work_init(&work, mix_task, none, columns, NULL), RP_OK);
    work.id = UINT64_C(1) << 40;
    work.on_error = RP_ON_ERROR_COLLECT;
    rpi_message *call = rpi_call_message_pack(1, &work, NULL), *there = deliver(call, call->header.size);
    rpi_work_fini(&work);
    rpi_message_free(call);
    assert_int_equal(there->header.kind, RPI_CALL);
    assert_int_equal(rpi_call_message_unpack(there, &other, NULL), RP_OK);
    rpi_message_free(there);
    assert_ptr_equal(other.task, mix_task);
    assert_true(other.id == UINT64_C(1) << 40 && other.on_error == RP_ON_ERROR_COLLECT);
    assert_int_equal(other.arguments[0].kind, RP_COLUMN_ARRAY);
    assert_int_equal(*(const int *)other.arguments[1].data, -3);
    const point *kept = other.arguments[2].data;
    assert_true(kept->tag == 'p' && kept->x == 1 && kept->y == 2);
    assert_true(other.arguments[3].kind == RP_COLUMN_RANGE && other.arguments[3].start == -5 && other.arguments[3].step == 7);
    const rp_bytes *bytes = other.arguments[4].data;
    assert_int_equal(bytes->size, sizeof text);
    assert_memory_equal(bytes->data, text, sizeof text);
    rpi_work_fini(&other);
}

static void constant_bytes_may_be_empty(void **state)
{
    (void)state;
    rpi_work work;
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(((rp_bytes){NULL, 0})));
    assert_int_equal(rpi_work_init(&work, say_task, none, columns, NULL), RP_OK);
    other_side other = open_other(&work);
    assert_int_equal(((const rp_bytes *)other.work.arguments[0].data)->size, 0);
    close_other(&other);
    rpi_work_fini(&work);
}

static void unknown_tasks_are_named(void **state)
{
    (void)state;
    rpi_work work, other;
    rp_error error;
    assert_int_equal(rpi_work_init(&work, square_task, none, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    rpi_message *call = rpi_call_message_pack(1, &work, NULL);
    char *name = memmem(call->data, call->header.size, "square", 6);
    assert_non_null(name);
    *name = 'S';
    assert_refused(rpi_call_message_unpack(call, &other, &error), error, "task Square");
    rpi_message_free(call);
    rpi_work_fini(&work);
}

static const char *item_at(const rp_view *view, uint64_t i) { return view->base + i * view->stride_bytes; }

static void check_mix_items(const rpi_batch *batch, const rows *from, uint64_t first, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        double a;
        point p;
        rp_bytes text;
        memcpy(&a, item_at(&batch->views[0], i), sizeof a);
        memcpy(&p, item_at(&batch->views[2], i), sizeof p);
        memcpy(&text, item_at(&batch->views[4], i), sizeof text);
        assert_true(a == from->records[first + i].a);
        assert_true(p.tag == from->records[first + i].p.tag && p.x == from->records[first + i].p.x && p.y == from->records[first + i].p.y);
        assert_int_equal(text.size, from->texts[first + i].size);
        if (text.size) assert_memory_equal(text.data, from->texts[first + i].data, text.size);
    }
}

static void work_takes_every_kind_of_column(void **state)
{
    (void)state;
    rows from;
    rpi_work work;
    fill_rows(&from);
    init_mix(&work, &from);
    rpi_batch *batch = rpi_batch_create();
    other_side other = open_other(&work);
    for (uint64_t base = 0; base < N; base += 5)
        for (uint64_t first = 0; base + first < N; first++)
            for (uint64_t n = 1; base + first + n <= N; n++) {
                rpi_batch_reset(batch, &work, base, N - base);
                rpi_message *sent = rpi_work_message_pack(1, batch, first, n, NULL), *there = deliver(sent, sent->header.size);
                assert_int_equal(there->header.kind, RPI_WORK);
                assert_int_equal(there->header.work.first, base + first);
                assert_int_equal(there->header.work.count, n);
                rpi_batch_reset(other.batch, &other.work, 0, n);
                assert_int_equal(rpi_work_message_unpack(there, other.batch, &held), RP_OK);
                check_mix_items(other.batch, &from, base + first, n);
                assert_null(other.batch->views[3].base);
                assert_int_equal(*(const int *)(const void *)other.batch->views[1].base, -3);
                rpi_message_free(sent);
                rpi_message_free(there);
            }
    rpi_batch_destroy(batch);
    close_other(&other);
    rpi_work_fini(&work);
}

static void columns_without_arrays_take_no_room(void **state)
{
    (void)state;
    rpi_work work;
    assert_int_equal(rpi_work_init(&work, square_task, none, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    rpi_batch *batch = rpi_batch_create();
    rpi_batch_reset(batch, &work, 0, UINT64_C(1) << 40);
    rpi_message *sent = rpi_work_message_pack(1, batch, UINT64_C(1) << 35, UINT64_C(1) << 33, NULL);
    assert_int_equal(sent->header.size, 0);
    assert_true(sent->header.work.first == UINT64_C(1) << 35 && sent->header.work.count == UINT64_C(1) << 33);
    assert_int_equal(rpi_work_message_unpack(sent, batch, &held), RP_OK);
    rpi_message_free(sent);
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
}

static void a_column_of_empty_bytes_arrives(void **state)
{
    (void)state;
    rpi_work work;
    rp_bytes texts[3] = {{NULL, 0}, {"", 0}, {NULL, 0}};
    assert_int_equal(rpi_work_init(&work, say_task, none, RP_COLUMNS(RP_COLUMN(texts)), NULL), RP_OK);
    rpi_batch *batch = rpi_batch_create();
    other_side other = open_other(&work);
    rpi_batch_reset(batch, &work, 0, 3);
    rpi_message *sent = rpi_work_message_pack(1, batch, 0, 3, NULL);
    rpi_batch_reset(other.batch, &other.work, 0, 3);
    assert_int_equal(rpi_work_message_unpack(sent, other.batch, &held), RP_OK);
    for (uint64_t i = 0; i < 3; i++) assert_int_equal(((const rp_bytes *)(const void *)item_at(&other.batch->views[0], i))->size, 0);
    rpi_message_free(sent);
    rpi_batch_destroy(batch);
    close_other(&other);
    rpi_work_fini(&work);
}

/* ---- DONE ---- */

static void add_failure(rpi_batch *batch, uint64_t item, const char *message)
{
    rpi_failure *failure = rpi_failure_create(message, strlen(message));
    assert_non_null(failure);
    failure->facts.item = item;
    failure->facts.code = -7;
    failure->facts.rank = 3;
    failure->facts.worker = 2;
    failure->facts.attempt = 1;
    failure->facts.seconds = 0.5;
    strcpy(failure->facts.host, "node-3");
    rpi_batch_add_failure(batch, failure);
}

static void check_failure(const rpi_failure *failure, uint64_t item, const char *message)
{
    assert_non_null(failure);
    assert_int_equal(failure->facts.item, item);
    assert_true(failure->facts.code == -7 && failure->facts.rank == 3 && failure->facts.worker == 2 && failure->facts.attempt == 1 &&
                failure->facts.seconds == 0.5);
    assert_string_equal(failure->facts.host, "node-3");
    assert_int_equal(failure->message_size, strlen(message));
    assert_string_equal(failure->message, message);
}

/* A DONE for items 10 … 10 + n - 1 of a call, with results and so many failures. */
static rpi_message *make_done(other_side *there, uint64_t n, int n_failures)
{
    rpi_batch_reset(there->batch, &there->work, 10, n);
    rpi_message *message = rpi_done_message_create(1, &there->work, n, false, &there->batch->results);
    assert_non_null(message);
    for (uint64_t i = 0; i < n; i++) {
        if (there->work.task->result_type == RP_TYPE_BYTES) {
            rp_bytes *result = (rp_bytes *)(void *)there->batch->results + i;
            if (i % 3) *result = (rp_bytes){memset(malloc(i), (int)('a' + i), i), i};
        } else {
            ((int64_t *)(void *)there->batch->results)[i] = (int64_t)(10 + i) * 100;
        }
    }
    for (int k = 0; k < n_failures; k++) add_failure(there->batch, 10 + (uint64_t)k, k % 2 ? "" : "a message of some length");
    message = rpi_done_message_finish(message, there->batch);
    assert_non_null(message);
    rpi_done_message_drop_results(there->batch);
    assert_int_equal(message->header.kind, RPI_DONE);
    assert_int_equal(message->header.done.count, n);
    assert_int_equal(message->header.done.n_failures, n_failures);
    return message;
}

static void done_brings_results_and_failures(void **state)
{
    (void)state;
    rpi_work work;
    assert_int_equal(rpi_work_init(&work, square_task, none, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    other_side other = open_other(&work);
    rpi_batch *batch = rpi_batch_create();
    for (uint64_t n = 0; n < 20; n++)
        for (int n_failures = 0; n_failures <= (int)n && n_failures < 5; n_failures++) {
            int64_t results[40];
            for (int i = 0; i < 40; i++) results[i] = -1;
            rpi_message *done = make_done(&other, n, n_failures), *back = deliver(done, done->header.size);
            rpi_batch_reset(batch, &work, 0, 40);
            batch->results = (char *)results;
            assert_true(rpi_done_message_unpack(back, batch, 10, false));
            for (uint64_t i = 0; i < 40; i++) assert_int_equal(results[i], i >= 10 && i < 10 + n ? (int64_t)i * 100 : -1);
            rpi_failure *failures = rpi_failure_sort(atomic_exchange(&batch->failures, NULL)), *at = failures;
            for (int k = 0; k < n_failures; k++, at = at->next)
                check_failure(at, 10 + (uint64_t)k, k % 2 ? "" : "a message of some length");
            assert_null(at);
            rpi_failure_free_list(failures);
            rpi_message_free(done);
            rpi_message_free(back);
        }
    rpi_batch_destroy(batch);
    close_other(&other);
    rpi_work_fini(&work);
}

static void done_brings_emitted_results(void **state)
{
    (void)state;
    rpi_work work;
    rp_bytes text = {"x", 1};
    assert_int_equal(rpi_work_init(&work, say_task, none, RP_COLUMNS(RP_CONSTANT(text)), NULL), RP_OK);
    other_side other = open_other(&work);
    rpi_batch *batch = rpi_batch_create();
    for (uint64_t n = 0; n < 30; n += 7)
        for (int n_failures = 0; n_failures <= (int)n && n_failures < 4; n_failures++) {
            rp_bytes results[50] = {{NULL, 0}};
            rpi_message *done = make_done(&other, n, n_failures), *back = deliver(done, done->header.size);
            rpi_batch_reset(batch, &work, 0, 50);
            batch->results = (char *)results;
            assert_true(rpi_done_message_unpack(back, batch, 10, false));
            for (uint64_t i = 0; i < 50; i++) {
                size_t size = i >= 10 && i < 10 + n && (i - 10) % 3 ? i - 10 : 0;
                assert_int_equal(results[i].size, size);
                for (size_t k = 0; k < size; k++) assert_int_equal(((const char *)results[i].data)[k], (char)('a' + i - 10));
            }
            rp_bytes_free(results, 50);
            rpi_message_free(done);
            rpi_message_free(back);
        }
    rpi_batch_destroy(batch);
    close_other(&other);
    rpi_work_fini(&work);
}

static void long_failure_messages_arrive_whole(void **state)
{
    (void)state;
    rpi_work work;
    size_t size = 3 << 20;
    char *text = malloc(size + 1);
    memset(text, 'm', size);
    text[size] = '\0';
    assert_int_equal(rpi_work_init(&work, square_task, none, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    rpi_batch *batch = rpi_batch_create();
    rpi_batch_reset(batch, &work, 0, 1);
    rpi_message *done = rpi_done_message_create(1, &work, 1, false, &batch->results);
    add_failure(batch, 0, text);
    done = rpi_done_message_finish(done, batch);
    rpi_batch_reset(batch, &work, 0, 1);
    int64_t result;
    batch->results = (char *)&result;
    assert_true(rpi_done_message_unpack(done, batch, 0, false));
    check_failure(atomic_load(&batch->failures), 0, text);
    rpi_message_free(done);
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
    free(text);
}

/* ---- cut off and altered ---- */

/* A work over N rows, and the message that all of them make. */
typedef struct packed_rows {
    rows from;
    rpi_work work;
    rpi_batch *batch;
    rpi_message *sent;
} packed_rows;

static void pack_rows(packed_rows *made)
{
    fill_rows(&made->from);
    init_mix(&made->work, &made->from);
    made->batch = rpi_batch_create();
    rpi_batch_reset(made->batch, &made->work, 0, N);
    made->sent = rpi_work_message_pack(1, made->batch, 0, N, NULL);
}

static void free_packed(packed_rows *made)
{
    rpi_message_free(made->sent);
    rpi_batch_destroy(made->batch);
    rpi_work_fini(&made->work);
}

static void work_that_is_cut_off_is_refused(void **state)
{
    (void)state;
    packed_rows made;
    pack_rows(&made);
    for (size_t size = 0; size < made.sent->header.size; size++) {
        rpi_message *cut = deliver(made.sent, size);
        rpi_batch_reset(made.batch, &made.work, 0, N);
        assert_int_not_equal(rpi_work_message_unpack(cut, made.batch, &held), RP_OK);
        rpi_message_free(cut);
    }
    made.sent->header.work.count = UINT64_MAX / 2;
    assert_int_not_equal(rpi_work_message_unpack(made.sent, made.batch, &held), RP_OK);
    free_packed(&made);
}

static void a_call_that_is_cut_off_is_refused(void **state)
{
    (void)state;
    rows from;
    rpi_work work;
    fill_rows(&from);
    init_mix(&work, &from);
    rpi_message *sent = rpi_call_message_pack(1, &work, NULL);
    for (size_t size = 0; size + 15 < sent->header.size; size++) {
        rpi_work other;
        rpi_message *cut = deliver(sent, size);
        assert_int_equal(rpi_call_message_unpack(cut, &other, NULL), RP_USAGE);
        rpi_message_free(cut);
    }
    rpi_message_free(sent);
    rpi_work_fini(&work);
}

static void check_cut_done(other_side *other, rpi_work *work, uint64_t n, int n_failures)
{
    rpi_message *done = make_done(other, n, n_failures);
    rpi_batch *batch = rpi_batch_create();
    char room[40 * sizeof(rp_bytes)];
    for (size_t size = 0; size + (n_failures ? 15 : 0) < done->header.size; size++) {
        rpi_message *cut = deliver(done, size);
        memset(room, 0, sizeof room);
        rpi_batch_reset(batch, work, 0, 40);
        batch->results = room;
        assert_false(rpi_done_message_unpack(cut, batch, 10, false));
        if (work->task->result_type == RP_TYPE_BYTES) rp_bytes_free((rp_bytes *)(void *)room, 40);
        rpi_message_free(cut);
    }
    rpi_message_free(done);
    rpi_batch_destroy(batch);
}

static void done_that_is_cut_off_is_refused(void **state)
{
    (void)state;
    rpi_work numbers, texts;
    rp_bytes text = {"x", 1};
    assert_int_equal(rpi_work_init(&numbers, square_task, none, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    assert_int_equal(rpi_work_init(&texts, say_task, none, RP_COLUMNS(RP_CONSTANT(text)), NULL), RP_OK);
    other_side numbers_there = open_other(&numbers), texts_there = open_other(&texts);
    for (int n_failures = 0; n_failures < 4; n_failures++) {
        check_cut_done(&numbers_there, &numbers, 20, n_failures);
        check_cut_done(&texts_there, &texts, 20, n_failures);
    }
    close_other(&numbers_there);
    close_other(&texts_there);
    rpi_work_fini(&numbers);
    rpi_work_fini(&texts);
}

static rpi_message *deliver_altered(const rpi_message *message)
{
    static const char values[] = {0, 1, 7, 127, -128, -1};
    rpi_message *copy = deliver(message, message->header.size);
    for (uint64_t k = 1 + unit_random(4); k > 0; k--) copy->data[unit_random(copy->header.size)] = values[unit_random(sizeof values)];
    return copy;
}

static unsigned touch(const char *data, size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++) sum += (unsigned char)data[i];
    return sum;
}

static void altered_work_points_into_its_payload(void **state)
{
    (void)state;
    packed_rows made;
    pack_rows(&made);
    unsigned sum = 0;
    unit_seed();
    for (int round = 0; round < 20000; round++) {
        rpi_message *altered = deliver_altered(made.sent);
        rpi_batch_reset(made.batch, &made.work, 0, N);
        if (rpi_work_message_unpack(altered, made.batch, &held) == RP_OK)
            for (uint64_t i = 0; i < N; i++) {
                const rp_bytes *text = (const rp_bytes *)(const void *)item_at(&made.batch->views[4], i);
                const char *data = text->data, *end = altered->data + altered->header.size;
                assert_true(data >= altered->data && data <= end && text->size <= (size_t)(end - data));
                sum += touch(data, text->size) + touch(item_at(&made.batch->views[2], i), sizeof(point));
            }
        rpi_message_free(altered);
    }
    print_message("%u\n", sum);
    free_packed(&made);
}

/* What comes out has the task's types, so that no worker reads or writes behind its memory. */
static void altered_calls_are_refused_or_sound(void **state)
{
    (void)state;
    rpi_work work;
    char text[] = "some text";
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(1.5), RP_CONSTANT(-3), RP_CONSTANT(((point){'p', 1, 2})), RP_RANGE(-5, 7),
                                    RP_CONSTANT(((rp_bytes){text, sizeof text})));
    assert_int_equal(rpi_work_init(&work, mix_task, none, columns, NULL), RP_OK);
    rpi_message *sent = rpi_call_message_pack(1, &work, NULL);
    unit_seed();
    for (int round = 0; round < 20000; round++) {
        rpi_work other;
        rpi_message *altered = deliver_altered(sent);
        rp_status status = rpi_call_message_unpack(altered, &other, NULL);
        rpi_message_free(altered);
        if (status != RP_OK) continue;
        for (int k = 0; k < other.task->n_arguments; k++) {
            const rp_column *column = &other.arguments[k];
            assert_in_range(column->kind, RP_COLUMN_ARRAY, RP_COLUMN_GRID);
            assert_int_equal(column->size, other.task->argument_sizes[k]);
            assert_int_equal(column->type, other.task->argument_types[k]);
            if (column->kind == RP_COLUMN_CONSTANT) (void)touch(column->data, column->size);
        }
        rpi_work_fini(&other);
    }
    rpi_message_free(sent);
    rpi_work_fini(&work);
}

static void check_altered_done(const rpi_message *done, rpi_work *work)
{
    rpi_batch *batch = rpi_batch_create();
    char room[40 * sizeof(rp_bytes)];
    for (int round = 0; round < 10000; round++) {
        rpi_message *altered = deliver_altered(done);
        memset(room, 0, sizeof room);
        rpi_batch_reset(batch, work, 0, 40);
        batch->results = room;
        bool taken = rpi_done_message_unpack(altered, batch, 10, false);
        rpi_message_free(altered);
        for (const rpi_failure *failure = atomic_load(&batch->failures); failure; failure = failure->next) {
            assert_true(memchr(failure->facts.host, '\0', sizeof failure->facts.host));
            if (taken) assert_in_range(failure->facts.item, 0, 39);
        }
        if (work->task->result_type == RP_TYPE_BYTES) rp_bytes_free((rp_bytes *)(void *)room, 40);
    }
    rpi_batch_destroy(batch);
}

static void altered_done_is_refused_or_sound(void **state)
{
    (void)state;
    rpi_work numbers, texts;
    rp_bytes text = {"x", 1};
    unit_seed();
    assert_int_equal(rpi_work_init(&numbers, square_task, none, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    assert_int_equal(rpi_work_init(&texts, say_task, none, RP_COLUMNS(RP_CONSTANT(text)), NULL), RP_OK);
    other_side numbers_there = open_other(&numbers), texts_there = open_other(&texts);
    rpi_message *of_numbers = make_done(&numbers_there, 20, 3), *of_texts = make_done(&texts_there, 20, 3);
    check_altered_done(of_numbers, &numbers);
    check_altered_done(of_texts, &texts);
    rpi_message_free(of_numbers);
    rpi_message_free(of_texts);
    close_other(&numbers_there);
    close_other(&texts_there);
    rpi_work_fini(&numbers);
    rpi_work_fini(&texts);
}

static void more_failures_than_there_are_is_refused(void **state)
{
    (void)state;
    rpi_work work;
    assert_int_equal(rpi_work_init(&work, square_task, none, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    other_side other = open_other(&work);
    static const uint64_t offsets[] = {UINT64_MAX, UINT64_MAX - 15, 1 << 20, 163};
    rpi_batch *batch = rpi_batch_create();
    int64_t results[40];
    for (size_t k = 0; k <= N_OF(offsets); k++) {
        rpi_message *done = make_done(&other, 20, 2);
        if (k < N_OF(offsets)) done->header.done.failures_at = offsets[k];
        else done->header.done.n_failures = UINT64_MAX;
        rpi_batch_reset(batch, &work, 0, 40);
        batch->results = (char *)results;
        assert_false(rpi_done_message_unpack(done, batch, 10, false));
        rpi_message_free(done);
    }
    rpi_batch_destroy(batch);
    close_other(&other);
    rpi_work_fini(&work);
}

static void texts_end_within_the_payload(void **state)
{
    (void)state;
    rpi_message *message = rpi_message_create(RPI_OPENED, 1, 4);
    memcpy(message->data, "four", 4);
    assert_string_equal(rpi_message_text(message, 0), "four");
    assert_string_equal(rpi_message_text(message, 3), "r");
    assert_string_equal(rpi_message_text(message, 4), "");
    assert_string_equal(rpi_message_text(message, 400), "");
    rpi_message_free(message);
    message = rpi_message_create(RPI_OPENED, 1, 0);
    assert_string_equal(rpi_message_text(message, 0), "");
    message->next = rpi_message_create(RPI_BYE, 1, 3);
    rpi_message_free_list(message);
    rpi_message_free_list(NULL);
}

UNIT_MAIN(UNIT(a_call_takes_constants_along), UNIT(constant_bytes_may_be_empty), UNIT(unknown_tasks_are_named),
          UNIT(work_takes_every_kind_of_column), UNIT(columns_without_arrays_take_no_room), UNIT(a_column_of_empty_bytes_arrives),
          UNIT(done_brings_results_and_failures), UNIT(done_brings_emitted_results), UNIT(long_failure_messages_arrive_whole),
          UNIT(work_that_is_cut_off_is_refused), UNIT(a_call_that_is_cut_off_is_refused), UNIT(done_that_is_cut_off_is_refused),
          UNIT(altered_work_points_into_its_payload), UNIT(altered_calls_are_refused_or_sound), UNIT(altered_done_is_refused_or_sound),
          UNIT(more_failures_than_there_are_is_refused), UNIT(texts_end_within_the_payload))
