/* test_bundle.c: several messages as one, and what a bundle that doesn't fit together does. */
#include "unit.h"

#include "cluster/bundle.h"

static rpi_message *make(uint64_t number, size_t size)
{
    rpi_message *message = rpi_message_create(RPI_DONE, number, size);
    assert_non_null(message);
    for (size_t i = 0; i < size; i++) message->data[i] = (char)(number + i);
    return message;
}

static void check(rpi_message *message, uint64_t number, size_t size)
{
    assert_int_equal(message->header.kind, RPI_DONE);
    assert_int_equal(message->header.pool, number);
    assert_int_equal(message->header.size, size);
    for (size_t i = 0; i < size; i++) assert_int_equal(message->data[i], (char)(number + i));
    rpi_message_free(message);
}

static void what_goes_in_comes_out_in_order(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, 200, 384};
    for (size_t first = 0; first < N_OF(sizes); first++)
        for (size_t n = 2; n <= 4; n++) {
            rpi_bundle bundle = {0};
            for (size_t k = 0; k < n; k++) assert_true(rpi_bundle_add(&bundle, make(k, sizes[(first + k) % N_OF(sizes)])));
            rpi_message *whole = rpi_bundle_take(&bundle), *part;
            assert_int_equal(bundle.n, 0);
            assert_true(rpi_bundle_is_one(whole) && sizeof whole->header + whole->header.size <= RPI_BUNDLE_MOST);
            size_t at = 0;
            for (size_t k = 0; k < n; k++) {
                assert_int_equal(rpi_bundle_next(whole, &at, &part), RP_OK);
                check(part, k, sizes[(first + k) % N_OF(sizes)]);
            }
            assert_int_equal(rpi_bundle_next(whole, &at, &part), RP_END);
            rpi_message_free(whole);
        }
}

static void one_alone_stays_as_it_is(void **state)
{
    (void)state;
    rpi_bundle bundle = {0};
    assert_null(rpi_bundle_take(&bundle));
    rpi_message *message = make(3, 100);
    assert_true(rpi_bundle_add(&bundle, message));
    assert_ptr_equal(rpi_bundle_take(&bundle), message);
    assert_false(rpi_bundle_is_one(message));
    check(message, 3, 100);
}

static void long_ones_and_too_many_are_not_taken(void **state)
{
    (void)state;
    rpi_bundle bundle = {0};
    rpi_message *message = make(0, RPI_BUNDLED_MOST);
    assert_false(rpi_bundle_add(&bundle, message));
    rpi_message_free(message);
    unsigned n = 0;
    while (rpi_bundle_add(&bundle, message = make(n, 100))) n++;
    rpi_message_free(message);
    assert_in_range(n, 5, RPI_BUNDLE_MOST / 100);
    rpi_message *whole = rpi_bundle_take(&bundle);
    assert_true(sizeof whole->header + whole->header.size <= RPI_BUNDLE_MOST);
    rpi_message_free(whole);
    assert_true(rpi_bundle_add(&bundle, make(1, 8)));
    rpi_bundle_fini(&bundle);
}

/* Cut anywhere, or with any header wrong, it is refused, and nothing behind its end is read. */
static void what_does_not_fit_together_is_refused(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        rpi_bundle bundle = {0};
        for (size_t k = 0; k < 3; k++) assert_true(rpi_bundle_add(&bundle, make(k, 40)));
        rpi_message *whole = rpi_bundle_take(&bundle), *part;
        rpi_header second;
        size_t at = 0, step = (size_t)whole->header.size / 3;
        memcpy(&second, whole->data + step, sizeof second);
        if (way == 0) whole->header.size -= 50;
        if (way == 1) second.size = UINT64_MAX - 8;
        if (way == 2) memcpy(&second, &whole->header, sizeof second); /* a bundle in a bundle */
        memcpy(whole->data + step, &second, sizeof second);
        rp_status status;
        while ((status = rpi_bundle_next(whole, &at, &part)) == RP_OK) rpi_message_free(part);
        assert_int_equal(status, RP_SYSTEM);
        rpi_message_free(whole);
    }
}

UNIT_MAIN(cmocka_unit_test(what_goes_in_comes_out_in_order), cmocka_unit_test(one_alone_stays_as_it_is),
          cmocka_unit_test(long_ones_and_too_many_are_not_taken), cmocka_unit_test(what_does_not_fit_together_is_refused))
