/* test_iter_chunk.c: an iterator's chunks: items pulled from a source, bytes kept in the arena, chunks used again. */
#include "unit.h"

#include "pool/iter_chunk.h"

static uint64_t weigh(rp_bytes text, int32_t by, rp_bytes more) { return text.size * (uint64_t)by + more.size; }
RP_TASK(weigh, uint64_t, rp_bytes, int32_t, rp_bytes)

static void say(rp_bytes text) { rp_emit(text.data, text.size); }
RP_TASK_EMIT(say, rp_bytes)

static const rp_column bytes_column = {RP_COLUMN_ARRAY, RP_TYPE_BYTES, sizeof(rp_bytes), sizeof(rp_bytes), NULL, 0, 0};

/* Makes items of growing length in one buffer, which it overwrites each time, as a reader of lines does. */
typedef struct lines {
    uint64_t n, end;
    size_t step;
    char buffer[100000];
} lines;

static void fill_line(char *to, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) to[i] = (char)('a' + (number * 7 + i) % 26);
}

static rp_status next_line(void *argument, void *const *arguments, int may_wait, rp_error *error)
{
    lines *from = argument;
    (void)may_wait;
    if (from->n == from->end) return RP_END;
    if (from->n == 1000) return rp_error_set(error, RP_SYSTEM, 5, "line 1000 is torn");
    rp_bytes *out = arguments[0];
    assert_true(out->data == NULL && out->size == 0);
    size_t size = (size_t)from->n * from->step % sizeof from->buffer;
    fill_line(from->buffer, from->n++, size);
    *out = (rp_bytes){size ? from->buffer : NULL, size};
    return RP_OK;
}

static void pull_and_check(rpi_iter_chunk *chunk, rpi_work *work, lines *from, uint64_t n)
{
    rp_source source = RP_GENERATOR(next_line, from);
    uint64_t first = from->n;
    rpi_iter_chunk_prepare(chunk, work, first);
    for (uint64_t k = 0; k < n; k++) assert_int_equal(rpi_iter_chunk_pull(chunk, &source, k, true, NULL), RP_OK);
    assert_true(rpi_iter_chunk_fill(chunk, n, true));
    assert_int_equal(chunk->batch->first, first);
    assert_int_equal(chunk->batch->count, n);
    const rp_view *view = &chunk->batch->views[0];
    static char expected[100000];
    for (uint64_t k = 0; k < n; k++) {
        const rp_bytes *item = (const rp_bytes *)(const void *)(view->base + k * view->stride_bytes);
        assert_int_equal(item->size, (first + k) * from->step % sizeof expected);
        fill_line(expected, first + k, item->size);
        if (item->size) assert_memory_equal(item->data, expected, item->size);
    }
}

static void bytes_are_kept_while_the_arena_grows(void **state)
{
    (void)state;
    rpi_work work;
    lines *from = calloc(1, sizeof *from);
    from->end = UINT64_MAX;
    from->step = 99999;
    assert_int_equal(rpi_work_init(&work, say_task, (rp_columns){0, NULL}, (rp_columns){1, &bytes_column}, NULL), RP_OK);
    rpi_iter_chunk *chunk = rpi_iter_chunk_create();
    assert_non_null(chunk);
    static const uint64_t counts[] = {1, 2, 5, 3, 100, 1, 20, 7, 90, 90, 90};
    for (size_t k = 0; k < N_OF(counts); k++) pull_and_check(chunk, &work, from, counts[k]);
    assert_in_range(chunk->arena_size, 1, 2 * 100 * sizeof from->buffer); /* the largest chunk's, not all chunks' */
    rpi_iter_chunk_destroy(chunk);
    rpi_iter_chunk_destroy(NULL);
    rpi_work_fini(&work);
    free(from);
}

static void empty_items_need_no_arena(void **state)
{
    (void)state;
    rpi_work work;
    lines *from = calloc(1, sizeof *from);
    from->end = UINT64_MAX;
    assert_int_equal(rpi_work_init(&work, say_task, (rp_columns){0, NULL}, (rp_columns){1, &bytes_column}, NULL), RP_OK);
    rpi_iter_chunk *chunk = rpi_iter_chunk_create();
    pull_and_check(chunk, &work, from, 10);
    assert_null(chunk->arena);
    rpi_iter_chunk_destroy(chunk);
    rpi_work_fini(&work);
    free(from);
}

static void what_ends_a_source_is_passed_on(void **state)
{
    (void)state;
    rpi_work work;
    rp_error error;
    lines *from = calloc(1, sizeof *from);
    rp_source source = RP_GENERATOR(next_line, from);
    from->end = 1;
    assert_int_equal(rpi_work_init(&work, say_task, (rp_columns){0, NULL}, (rp_columns){1, &bytes_column}, NULL), RP_OK);
    rpi_iter_chunk *chunk = rpi_iter_chunk_create();
    rpi_iter_chunk_prepare(chunk, &work, 0);
    assert_int_equal(rpi_iter_chunk_pull(chunk, &source, 0, true, &error), RP_OK);
    assert_int_equal(rpi_iter_chunk_pull(chunk, &source, 1, true, &error), RP_END);
    from->n = 1000;
    from->end = 2000;
    assert_int_equal(rpi_iter_chunk_pull(chunk, &source, 1, true, &error), RP_SYSTEM);
    assert_string_equal(rp_error_text(&error), "line 1000 is torn");
    rpi_iter_chunk_destroy(chunk);
    rpi_work_fini(&work);
    free(from);
}

static rp_status next_pair(void *argument, void *const *arguments, int may_wait, rp_error *error)
{
    (void)may_wait;
    (void)error;
    int32_t *number = argument;
    static const char text[] = "twelve chars";
    *(rp_bytes *)arguments[0] = (rp_bytes){text, (size_t)*number};
    *(rp_bytes *)arguments[1] = (rp_bytes){text + 6, 6};
    ++*number;
    return RP_OK;
}

/* A generator fills only the columns that aren't bound. Two columns of bytes share the arena. */
static void constants_between_pulled_columns_are_left_out(void **state)
{
    (void)state;
    rpi_work work;
    int32_t number = 1;
    rp_column columns[3] = {bytes_column, RP_CONSTANT(3), bytes_column};
    rp_source source = RP_GENERATOR(next_pair, &number);
    assert_int_equal(rpi_work_init(&work, weigh_task, (rp_columns){0, NULL}, (rp_columns){3, columns}, NULL), RP_OK);
    rpi_iter_chunk *chunk = rpi_iter_chunk_create();
    rpi_iter_chunk_prepare(chunk, &work, 0);
    for (uint64_t k = 0; k < 3; k++) assert_int_equal(rpi_iter_chunk_pull(chunk, &source, k, false, NULL), RP_OK);
    assert_true(rpi_iter_chunk_fill(chunk, 3, true));
    const rp_bytes *first = (const rp_bytes *)(const void *)chunk->batch->views[0].base;
    const rp_bytes *last = (const rp_bytes *)(const void *)chunk->batch->views[2].base;
    assert_int_equal(first[2].size, 3);
    assert_memory_equal(first[2].data, "twe", 3);
    assert_memory_equal(last[0].data, " chars", 6);
    assert_memory_equal(last[2].data, " chars", 6);
    assert_int_equal(chunk->batch->views[1].stride_bytes, 0);
    rpi_iter_chunk_destroy(chunk);
    rpi_work_fini(&work);
}

/* With a leak checker: results and failures that nobody took are freed when the chunk is used again, or destroyed. */
static void a_chunk_lets_go_of_what_it_held(void **state)
{
    (void)state;
    rpi_work work;
    assert_int_equal(rpi_work_init(&work, say_task, (rp_columns){0, NULL}, (rp_columns){1, &bytes_column}, NULL), RP_OK);
    rpi_iter_chunk *chunk = rpi_iter_chunk_create();
    for (int round = 0; round < 3; round++) {
        rpi_iter_chunk_prepare(chunk, &work, 0);
        assert_null(chunk->failures);
        assert_int_equal(chunk->n_delivered, 0);
        assert_true(rpi_iter_chunk_fill(chunk, 4, false));
        rp_bytes *results = (rp_bytes *)(void *)chunk->results;
        for (int k = 0; k < 4; k++) assert_null(results[k].data);
        for (int k = 0; k < 4; k++) results[k] = (rp_bytes){malloc(8), 8};
        chunk->failures = rpi_failure_create("bad", 3);
        chunk->n_delivered = 2;
        chunk->done = true;
    }
    rpi_iter_chunk_destroy(chunk);
    rpi_work_fini(&work);
}

static void columns_in_place_are_not_copied(void **state)
{
    (void)state;
    rpi_work work;
    static const char *const words[] = {"a", "bb", "ccc", "dddd"};
    rp_bytes items[4];
    for (int k = 0; k < 4; k++) items[k] = (rp_bytes){words[k], strlen(words[k])};
    assert_int_equal(rpi_work_init(&work, say_task, (rp_columns){0, NULL}, RP_COLUMNS(RP_COLUMN(items)), NULL), RP_OK);
    rpi_iter_chunk *chunk = rpi_iter_chunk_create();
    rpi_iter_chunk_prepare(chunk, &work, 2);
    assert_true(rpi_iter_chunk_fill(chunk, 2, false));
    assert_ptr_equal(chunk->batch->views[0].base, &items[2]);
    assert_null(chunk->values[0]);
    rpi_iter_chunk_destroy(chunk);
    rpi_work_fini(&work);
}

static void absurd_sizes_are_out_of_memory(void **state)
{
    (void)state;
    rpi_work work;
    assert_int_equal(rpi_work_init(&work, say_task, (rp_columns){0, NULL}, (rp_columns){1, &bytes_column}, NULL), RP_OK);
    rpi_iter_chunk *chunk = rpi_iter_chunk_create();
    rpi_iter_chunk_prepare(chunk, &work, 0);
    assert_false(rpi_iter_chunk_fill(chunk, UINT64_MAX / 2, false));
    rpi_iter_chunk_prepare(chunk, &work, 0);
    assert_true(rpi_iter_chunk_fill(chunk, 2, false));
    rpi_iter_chunk_destroy(chunk);
    rpi_work_fini(&work);
}

UNIT_MAIN(UNIT(bytes_are_kept_while_the_arena_grows), UNIT(empty_items_need_no_arena), UNIT(what_ends_a_source_is_passed_on),
          UNIT(constants_between_pulled_columns_are_left_out), UNIT(a_chunk_lets_go_of_what_it_held), UNIT(columns_in_place_are_not_copied),
          UNIT(absurd_sizes_are_out_of_memory))
