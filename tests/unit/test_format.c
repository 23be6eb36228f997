/* test_format.c: headers and records come back as they were, and what was changed isn't taken for them. */
#include "unit.h"

#include "journal/format.h"

#include <math.h>
#include <string.h>

static const rpi_journal_id id = {"0123456789abcde"};

static void a_record_comes_back_as_it_was(void **state)
{
    (void)state;
    rpi_journal_record record = {RPI_RECORD_FAILED, UINT64_C(1) << 40, {{1, UINT64_MAX}}, 255, 70000, 1.5, -1, "some text", 9}, back;
    uint8_t bytes[RPI_RECORD_HEAD + 9];
    rpi_record_write(&record, bytes);
    const uint8_t *at = bytes;
    size_t left = sizeof bytes;
    assert_true(rpi_record_read(&at, &left, &back));
    assert_int_equal(left, 0);
    assert_int_equal(back.kind, RPI_RECORD_FAILED);
    assert_true(back.index == record.index && rpi_item_hash_same(back.hash, record.hash));
    assert_int_equal(back.cause, 255);
    assert_int_equal(back.attempt, 65535);
    assert_true(fabs(back.seconds - 1.5) < 1e-9);
    assert_int_equal(back.rank, -1);
    assert_int_equal(back.size, 9);
    assert_memory_equal(back.data, "some text", 9);
    for (left = 0; left < sizeof bytes; left++) {
        size_t n = left;
        at = bytes;
        assert_false(rpi_record_read(&at, &n, &back));
    }
}

static void a_newer_version_is_known_by_its_number(void **state)
{
    (void)state;
    uint8_t bytes[RPI_SEGMENT_HEAD];
    rpi_segment_head head = {RPI_JOURNAL_VERSION, 12, id}, back = {0};
    rpi_segment_head_write(&head, bytes);
    assert_int_equal(rpi_segment_head_read(bytes, &back), RPI_HEAD_RIGHT);
    assert_int_equal(back.epoch, 12);
    assert_memory_equal(&back.id, &id, sizeof id);
    head.version = RPI_JOURNAL_VERSION + 1;
    rpi_segment_head_write(&head, bytes);
    memset(bytes + 40, 0xee, 20); /* whatever it has there */
    assert_int_equal(rpi_segment_head_read(bytes, &back), RPI_HEAD_OTHER_VERSION);
    assert_int_equal(back.version, RPI_JOURNAL_VERSION + 1);
}

/* The file of format 1 stays as it is: a change of any byte is a new version. */
static void version_1_is_written_as_ever(void **state)
{
    (void)state;
    uint8_t bytes[RPI_SEGMENT_HEAD + RPI_FRAME_HEAD + RPI_RECORD_HEAD + 3];
    rpi_segment_head_write(&(rpi_segment_head){1, 2, id}, bytes);
    uint8_t *frame = bytes + RPI_SEGMENT_HEAD;
    rpi_record_write(&(rpi_journal_record){RPI_RECORD_DONE, 5, {{6, 7}}, 0, 1, 0.25, 3, "abc", 3}, frame + RPI_FRAME_HEAD);
    rpi_frame_head head = {.epoch = 2, .sequence = 1, .time_ns = 1700000000000000000, .size = RPI_RECORD_HEAD + 3, .count = 1};
    rpi_frame_head_write(&head, rpi_format_seed(&id), frame);
    uint64_t sum = 0; /* of all bytes, by their places */
    for (size_t i = 0; i < sizeof bytes; i++) sum = sum * 1099511628211u + bytes[i];
    assert_true(sum == UINT64_C(0x8d4968333fa3b311));
}

static void a_change_of_any_byte_is_seen(void **state)
{
    (void)state;
    uint8_t bytes[RPI_SEGMENT_HEAD + RPI_FRAME_HEAD + RPI_RECORD_HEAD], *frame = bytes + RPI_SEGMENT_HEAD;
    uint32_t seed = rpi_format_seed(&id);
    rpi_segment_head_write(&(rpi_segment_head){1, 2, id}, bytes);
    rpi_record_write(&(rpi_journal_record){.kind = RPI_RECORD_DONE, .index = 5}, frame + RPI_FRAME_HEAD);
    rpi_frame_head head = {.epoch = 2, .sequence = 1, .size = RPI_RECORD_HEAD, .count = 1}, back;
    rpi_frame_head_write(&head, seed, frame);
    for (size_t i = 0; i < sizeof bytes; i++) {
        rpi_segment_head segment;
        bytes[i] ^= 0x10;
        bool is_right = rpi_segment_head_read(bytes, &segment) == RPI_HEAD_RIGHT && rpi_frame_head_read(frame, seed, &back) &&
                        rpi_frame_check(&back, seed, frame + RPI_FRAME_HEAD);
        bytes[i] ^= 0x10;
        assert_false(is_right);
    }
    assert_true(rpi_frame_head_read(frame, seed, &back) && rpi_frame_check(&back, seed, frame + RPI_FRAME_HEAD));
    assert_false(rpi_frame_head_read(frame, seed + 1, &back)); /* of another journal */
}

static void zeros_are_no_frame(void **state)
{
    (void)state;
    uint8_t bytes[RPI_FRAME_HEAD] = {0};
    rpi_frame_head head = {0};
    for (uint32_t seed = 0; seed < 1000; seed++) assert_false(rpi_frame_head_read(bytes, seed, &head));
    assert_null(rpi_frame_find(bytes, sizeof bytes));
}

UNIT_MAIN(UNIT(a_record_comes_back_as_it_was), UNIT(a_newer_version_is_known_by_its_number), UNIT(version_1_is_written_as_ever),
          UNIT(a_change_of_any_byte_is_seen), UNIT(zeros_are_no_frame))
