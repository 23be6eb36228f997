/* test_work_messages_large.c: large items are sent from where they are, and large results received to where they belong; small ones, and
 * those that need packing, are not. */
#include "unit.h"

#include "cluster/work_messages.h"

static rpi_held held; /* of messages without places: nothing */

typedef struct record {
    int64_t numbers[1024];
} record;

static void turn_round(record *result, const record *from)
{
    for (int i = 0; i < 1024; i++) result->numbers[i] = from->numbers[1023 - i];
}
RP_TASK_POINTER(turn_round, record, record)

static void scale(record *result, const record *from, const int64_t *factor)
{
    for (int i = 0; i < 1024; i++) result->numbers[i] = from->numbers[i] * *factor;
}
RP_TASK_POINTER(scale, record, record, int64_t)

static const rp_columns none = {0, NULL};
enum { LARGE = RPI_LARGE_DATA / sizeof(record) + 1, N = 2 * LARGE };

typedef struct fixture {
    record items[N], results[N];
    rpi_work work;
    rpi_batch *batch;
} fixture;

static fixture *make(const rp_task *task, rp_columns items)
{
    fixture *made = calloc(1, sizeof *made);
    assert_non_null(made);
    assert_int_equal(rpi_work_init(&made->work, task, none, items, NULL), RP_OK);
    made->batch = rpi_batch_create();
    rpi_batch_reset(made->batch, &made->work, 0, N);
    made->batch->results = (char *)made->results;
    return made;
}

static void drop(fixture *made)
{
    rpi_batch_destroy(made->batch);
    rpi_work_fini(&made->work);
    free(made);
}

static record many[N];

static void large_items_of_one_array_are_borrowed(void **state)
{
    (void)state;
    fixture *made = make(turn_round_task, RP_COLUMNS(RP_COLUMN(many)));
    rpi_message *work = rpi_work_message_pack(1, made->batch, 3, LARGE, NULL);
    assert_ptr_equal(rpi_message_bytes(work), &many[3]);
    assert_int_equal(work->header.size, LARGE * sizeof(record));
    assert_int_equal(rpi_work_message_unpack(work, made->batch, &held), RP_OK);
    assert_ptr_equal(made->batch->views[0].base, &many[3]);
    rpi_message_free(work);
    drop(made);
}

static void constants_beside_it_change_nothing(void **state)
{
    (void)state;
    fixture *made = make(scale_task, RP_COLUMNS(RP_COLUMN(many), RP_CONSTANT((int64_t)7)));
    rpi_message *work = rpi_work_message_pack(1, made->batch, 0, LARGE, NULL);
    assert_ptr_equal(rpi_message_bytes(work), many);
    rpi_message_free(work);
    drop(made);
}

static void check_packed(fixture *made, uint64_t count)
{
    rpi_message *work = rpi_work_message_pack(1, made->batch, 0, count, NULL);
    assert_null(work->outside);
    assert_int_equal(work->capacity, work->header.size);
    rpi_message_free(work);
    drop(made);
}

static void small_or_scattered_items_are_packed(void **state)
{
    (void)state;
    struct {
        record data;
        int64_t more;
    } *apart = calloc(N, sizeof *apart);
    static int64_t factors[N];
    assert_non_null(apart);
    check_packed(make(turn_round_task, RP_COLUMNS(RP_COLUMN(many))), LARGE - 1);
    check_packed(make(turn_round_task, RP_COLUMNS(RP_FIELD(apart, data))), LARGE);
    check_packed(make(scale_task, RP_COLUMNS(RP_COLUMN(many), RP_COLUMN(factors))), LARGE);
    free(apart);
}

static rpi_header done_header(uint64_t count)
{
    return (rpi_header){.kind = RPI_DONE, .done = {.count = count}, .size = count * sizeof(record)};
}

static void results_alone_have_a_place(void **state)
{
    (void)state;
    fixture *made = make(turn_round_task, RP_COLUMNS(RP_COLUMN(many)));
    rpi_header header = done_header(LARGE);
    char *to = rpi_done_message_destination(&header, made->batch, 5, LARGE);
    assert_ptr_equal(to, &made->results[5]);
    rpi_message *done = rpi_message_create(RPI_DONE, 1, 0);
    done->header = header;
    done->outside = to;
    memset(to, 1, header.size);
    assert_true(rpi_done_message_unpack(done, made->batch, 5, false));
    assert_int_equal(made->results[5 + LARGE - 1].numbers[1023], 0x0101010101010101);
    assert_int_equal(made->results[4].numbers[0], 0);
    rpi_message_free(done);
    drop(made);
}

static void what_must_be_looked_at_first_has_none(void **state)
{
    (void)state;
    fixture *made = make(turn_round_task, RP_COLUMNS(RP_COLUMN(many)));
    rpi_header fewer = done_header(LARGE - 1), longer = done_header(LARGE), failed = done_header(LARGE), refused = done_header(LARGE);
    longer.size++;
    failed.done.n_failures = 1;
    refused.done.status = RP_NO_MEMORY;
    assert_null(rpi_done_message_destination(&fewer, made->batch, 0, LARGE));
    assert_null(rpi_done_message_destination(&longer, made->batch, 0, LARGE));
    assert_null(rpi_done_message_destination(&failed, made->batch, 0, LARGE));
    assert_null(rpi_done_message_destination(&refused, made->batch, 0, LARGE));
    drop(made);
}

UNIT_MAIN(UNIT(large_items_of_one_array_are_borrowed), UNIT(constants_beside_it_change_nothing), UNIT(small_or_scattered_items_are_packed),
          UNIT(results_alone_have_a_place), UNIT(what_must_be_looked_at_first_has_none))
