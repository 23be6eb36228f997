/* test_item_hash.c: MurmurHash3 against known values, and that each byte of an item counts. */
#include "unit.h"

#include "journal/item_hash.h"

static void it_is_the_hash_that_others_make(void **state)
{
    (void)state;
    const char fox[] = "The quick brown fox jumps over the lazy dog";
    rpi_item_hash hash = rpi_item_hash_of(fox, sizeof fox - 1);
    assert_true(hash.words[0] == UINT64_C(0xe34bbc7bbc071b6c) && hash.words[1] == UINT64_C(0x7a433ca9c49a9347));
    hash = rpi_item_hash_of("hello", 5);
    assert_true(hash.words[0] == UINT64_C(0xcbd8a7b341bd9b02) && hash.words[1] == UINT64_C(0x5b1e906a48ae1d19));
    hash = rpi_item_hash_of("", 0);
    assert_true(hash.words[0] == 0 && hash.words[1] == 0);
}

static void each_byte_and_the_length_count(void **state)
{
    (void)state;
    uint8_t bytes[40] = {0};
    for (size_t size = 1; size <= sizeof bytes; size++) {
        rpi_item_hash hash = rpi_item_hash_of(bytes, size);
        assert_false(rpi_item_hash_same(hash, rpi_item_hash_of(bytes, size - 1)));
        for (size_t i = 0; i < size; i++) {
            bytes[i] = 1;
            assert_false(rpi_item_hash_same(hash, rpi_item_hash_of(bytes, size)));
            bytes[i] = 0;
        }
    }
}

UNIT_MAIN(UNIT(it_is_the_hash_that_others_make), UNIT(each_byte_and_the_length_count))
