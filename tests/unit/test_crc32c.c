/* test_crc32c.c: the CRC-32C against values that RFC 3720 gives, and both ways to make it against each other. */
#include "unit.h"

#include "journal/crc32c.h"

static void it_is_what_the_rfc_says(void **state)
{
    (void)state;
    uint8_t zeros[32] = {0}, ones[32], rising[32];
    for (unsigned i = 0; i < 32; i++) ones[i] = 0xff, rising[i] = (uint8_t)i;
    assert_int_equal(rpi_crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(rpi_crc32c(0, zeros, 32), 0x8a9136aa);
    assert_int_equal(rpi_crc32c(0, ones, 32), 0x62a8ab43);
    assert_int_equal(rpi_crc32c(0, rising, 32), 0x46dd794e);
    assert_int_equal(rpi_crc32c(0, "", 0), 0);
}

static void the_instruction_and_the_tables_give_the_same(void **state)
{
    (void)state;
    static uint8_t bytes[20000];
    uint32_t number = 1;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)((number = number * 1664525 + 1013904223) >> 24);
    for (size_t size = 0; size < sizeof bytes - 8; size += size < 100 ? 1 : 977)
        for (size_t from = 0; from < 8; from++)
            assert_int_equal(rpi_crc32c(7, bytes + from, size), rpi_crc32c_by_tables(7, bytes + from, size));
}

static void parts_give_the_same_as_the_whole(void **state)
{
    (void)state;
    uint8_t bytes[9000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * i);
    uint32_t whole = rpi_crc32c(3, bytes, sizeof bytes);
    for (size_t cut = 0; cut <= sizeof bytes; cut += 701)
        assert_int_equal(rpi_crc32c(rpi_crc32c(3, bytes, cut), bytes + cut, sizeof bytes - cut), whole);
}

UNIT_MAIN(UNIT(it_is_what_the_rfc_says), UNIT(the_instruction_and_the_tables_give_the_same), UNIT(parts_give_the_same_as_the_whole))
