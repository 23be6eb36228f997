/* test_answer.c: what a sandbox says of a request, and what of it a worker believes. */
#include "unit.h"

#include "isolate/answer.h"

enum { N = 20 };

static rpi_mailbox *create(void)
{
    rpi_mailbox *made;
    assert_int_equal(rpi_mailbox_create_local(&made, NULL), RP_OK);
    return made;
}

static void progress_is_seen_from_its_request_and_its_neighbours(void **state)
{
    (void)state;
    for (uint64_t request = 1; request < 1000; request++) {
        uint64_t at = N, progress = rpi_progress_of(request, request % N);
        assert_int_equal(rpi_progress_read(progress, request, N, &at), RPI_STAGE_IN);
        assert_int_equal(at, request % N);
        assert_int_equal(rpi_progress_read(progress, request + 1, N, &at), RPI_STAGE_BEFORE);
        assert_int_equal(rpi_progress_read(progress, request - 1, N, &at), RPI_STAGE_AFTER);
        assert_int_equal(rpi_progress_read(progress, request + 2, N, &at), RPI_STAGE_UNKNOWN);
        assert_int_equal(rpi_progress_read(progress, request, request % N, &at), RPI_STAGE_UNKNOWN); /* it has fewer items */
    }
}

static void other_words_are_no_progress(void **state)
{
    (void)state;
    uint64_t at, words[] = {0, UINT64_MAX, 1, 7, RPI_GUARD, rpi_progress_of(5, RPI_MOST_IN_REQUEST)};
    for (size_t k = 0; k < N_OF(words); k++) assert_int_equal(rpi_progress_read(words[k], 5, N, &at), RPI_STAGE_UNKNOWN);
    unit_seed();
    for (int i = 0; i < 10000; i++) {
        uint64_t word = unit_random(UINT32_MAX) << 32 | unit_random(UINT32_MAX);
        assert_int_equal(rpi_progress_read(word, 5, N, &at), RPI_STAGE_UNKNOWN);
    }
}

/* A part of it written over, by whatever, doesn't make another item's. */
static void progress_with_another_byte_is_none(void **state)
{
    (void)state;
    uint64_t at, progress = rpi_progress_of(5, N - 1);
    for (int byte = 0; byte < 8; byte++)
        for (uint64_t value = 0; value < 256; value++) {
            uint64_t word = (progress & ~(UINT64_C(0xff) << 8 * byte)) | value << 8 * byte;
            assert_int_equal(rpi_progress_read(word, 5, N, &at), word == progress ? RPI_STAGE_IN : RPI_STAGE_UNKNOWN);
        }
}

/* Of any length, each byte counts, and so do the request and the item. */
static void a_receipt_is_for_one_result_of_one_item(void **state)
{
    (void)state;
    unsigned char result[300];
    unit_seed();
    for (size_t i = 0; i < sizeof result; i++) result[i] = (unsigned char)unit_random(256);
    for (size_t size = 0; size < sizeof result; size++) {
        uint64_t receipt = rpi_receipt(7, 3, result, size);
        assert_true(receipt != rpi_receipt(8, 3, result, size) && receipt != rpi_receipt(7, 4, result, size));
        assert_true(receipt != rpi_receipt(7, 3, result, size + 1));
        for (size_t i = 0; i < size; i++) {
            result[i] ^= 0x10;
            assert_true(receipt != rpi_receipt(7, 3, result, size));
            result[i] ^= 0x10;
        }
        assert_true(receipt == rpi_receipt(7, 3, result, size));
    }
}

static void an_answer_with_another_field_is_refused(void **state)
{
    (void)state;
    rpi_mailbox *mailbox = create();
    rpi_answer *answer = &mailbox->answers->requests[rpi_request_place(4)].answer, read;
    *answer = (rpi_answer){.n_done = 5, .busy_ns = 100};
    answer->sum = rpi_answer_sum(answer, 4);
    assert_true(rpi_answer_read(mailbox, 4, 5, &read));
    assert_int_equal(read.n_done, 5);
    assert_false(rpi_answer_read(mailbox, 4, 4, &read)); /* more than the request has */
    assert_false(rpi_answer_read(mailbox, 6, 5, &read)); /* of another request in that place */
    for (size_t i = 0; i < sizeof *answer; i++) {
        ((unsigned char *)answer)[i] ^= 1;
        assert_false(rpi_answer_read(mailbox, 4, 5, &read));
        ((unsigned char *)answer)[i] ^= 1;
    }
    answer->emitted_size = UINT64_C(1) << 30; /* more than was ever written */
    answer->sum = rpi_answer_sum(answer, 4);
    assert_false(rpi_answer_read(mailbox, 4, 5, &read));
    rpi_mailbox_release(mailbox);
}

static void guards_show_what_ran_over_them(void **state)
{
    (void)state;
    rpi_mailbox *mailbox = create();
    assert_false(rpi_answers_are_touched(mailbox->answers));
    atomic_store(&mailbox->answers->back[RPI_GUARDS - 1], 0);
    assert_true(rpi_answers_are_touched(mailbox->answers));
    rpi_mailbox_release(mailbox);
}

UNIT_MAIN(UNIT(progress_is_seen_from_its_request_and_its_neighbours), UNIT(other_words_are_no_progress),
          UNIT(progress_with_another_byte_is_none), UNIT(a_receipt_is_for_one_result_of_one_item),
          UNIT(an_answer_with_another_field_is_refused), UNIT(guards_show_what_ran_over_them))
