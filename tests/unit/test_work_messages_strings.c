/*
 * test_work_messages_strings.c: strings there and back. What is cut off or altered is refused, or its strings end within the payload. And
 * numbers of items whose sizes are more than a size_t can hold.
 */
#include "delivered.h"
#include "unit.h"

#include "cluster/work_messages.h"

static rpi_held held; /* of messages without places: nothing */

static uint64_t measure(const char *prefix, const char *text) { return strlen(prefix) * 1000 + strlen(text); }
RP_TASK(measure, uint64_t, const char *, const char *)

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static const rp_columns none = {0, NULL};

typedef struct both_sides {
    rpi_work work, other;
    rpi_batch *batch, *there;
    rpi_message *call, *items;
} both_sides;

static const char *const texts[] = {"", "a", "two words", "", "the last one, which is longer"};
enum { N = sizeof texts / sizeof *texts };

static both_sides begin(void)
{
    both_sides made = {.batch = rpi_batch_create(), .there = rpi_batch_create()};
    assert_int_equal(rpi_work_init(&made.work, measure_task, none, RP_COLUMNS(RP_CONSTANT("pre"), RP_COLUMN(texts)), NULL), RP_OK);
    made.call = rpi_call_message_pack(1, &made.work, NULL);
    rpi_batch_reset(made.batch, &made.work, 0, N);
    made.items = rpi_work_message_pack(1, made.batch, 0, N, NULL);
    assert_int_equal(rpi_call_message_unpack(made.call, &made.other, NULL), RP_OK);
    return made;
}

static void finish(both_sides *made)
{
    rpi_message_free(made->call);
    rpi_message_free(made->items);
    rpi_batch_destroy(made->batch);
    rpi_batch_destroy(made->there);
    rpi_work_fini(&made->work);
    rpi_work_fini(&made->other);
}

/* String k of the received batch. */
static const char *string_at(const both_sides *made, int k)
{
    const rp_view *view = &made->there->views[1];
    return *(const char *const *)(const void *)(view->base + (size_t)k * view->stride_bytes);
}

static void strings_arrive(void **state)
{
    (void)state;
    both_sides made = begin();
    rpi_message *there = deliver(made.items, made.items->header.size);
    rpi_batch_reset(made.there, &made.other, 0, N);
    assert_string_equal(*(const char *const *)made.other.arguments[0].data, "pre");
    assert_int_equal(rpi_work_message_unpack(there, made.there, &held), RP_OK);
    for (int k = 0; k < N; k++) {
        assert_string_equal(string_at(&made, k), texts[k]);
        assert_in_range((uintptr_t)string_at(&made, k), (uintptr_t)there->data, (uintptr_t)there->data + there->header.size - 1);
    }
    rpi_message_free(there);
    finish(&made);
}

static void strings_that_are_cut_off_are_refused(void **state)
{
    (void)state;
    both_sides made = begin();
    for (size_t size = 0; size < made.items->header.size; size++) {
        rpi_message *cut = deliver(made.items, size);
        rpi_batch_reset(made.there, &made.other, 0, N);
        assert_int_not_equal(rpi_work_message_unpack(cut, made.there, &held), RP_OK);
        rpi_message_free(cut);
    }
    for (size_t size = 0; size < made.call->header.size; size++) {
        rpi_work other;
        rpi_message *cut = deliver(made.call, size);
        rp_status status = rpi_call_message_unpack(cut, &other, NULL);
        if (status == RP_OK) assert_string_equal(*(const char *const *)other.arguments[0].data, "pre"); /* only padding was cut off */
        if (status == RP_OK) rpi_work_fini(&other);
        rpi_message_free(cut);
    }
    finish(&made);
}

/* Each byte in turn, changed in some ways: a string then still ends where the payload says, or the whole is refused. */
static void altered_strings_are_refused_or_end(void **state)
{
    (void)state;
    both_sides made = begin();
    int n_refused = 0;
    for (size_t at = 0; at < made.items->header.size; at++) {
        for (unsigned char change = 1; change; change = (unsigned char)(change << 1)) {
            rpi_message *altered = deliver(made.items, made.items->header.size);
            altered->data[at] = (char)(altered->data[at] ^ change);
            rpi_batch_reset(made.there, &made.other, 0, N);
            bool sound = rpi_work_message_unpack(altered, made.there, &held) == RP_OK;
            n_refused += !sound;
            for (int k = 0; sound && k < N; k++)
                assert_true(string_at(&made, k) + strlen(string_at(&made, k)) < altered->data + altered->header.size);
            rpi_message_free(altered);
        }
    }
    assert_true(n_refused > 8 * N); /* at least each NUL that isn't one any more */
    finish(&made);
}

/* 2^61 items of 8 bytes are 2^64 bytes, which is 0 for who doesn't look. */
static void sizes_do_not_wrap(void **state)
{
    (void)state;
    static const uint64_t counts[] = {UINT64_C(1) << 61, UINT64_C(1) << 62, UINT64_MAX / 8 + 2, UINT64_MAX};
    rpi_work work;
    int64_t x = 3;
    char *results;
    rp_column repeated = {RP_COLUMN_ARRAY, RP_TYPE_INT64, sizeof x, 0, &x, 0, 0};
    assert_int_equal(rpi_work_init(&work, square_task, none, (rp_columns){1, &repeated}, NULL), RP_OK);
    rpi_batch *batch = rpi_batch_create();
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        rpi_batch_reset(batch, &work, 0, counts[k]);
        assert_null(rpi_done_message_create(1, &work, counts[k], false, &results));
        assert_null(rpi_work_message_pack(1, batch, 0, counts[k], NULL));
    }
    assert_null(rpi_message_create(RPI_DONE, 1, SIZE_MAX));
    assert_null(rpi_message_create(RPI_DONE, 1, SIZE_MAX - 8));
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
}

UNIT_MAIN(UNIT(strings_arrive), UNIT(strings_that_are_cut_off_are_refused), UNIT(altered_strings_are_refused_or_end),
          UNIT(sizes_do_not_wrap))
