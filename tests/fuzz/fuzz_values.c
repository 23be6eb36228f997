/* fuzz_values.c: numbers from text. The first byte says the type. What is read and written is read as the same. */
#include "fuzz.h"

#include "values.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef union value {
    int64_t whole;
    double real;
    float small_real;
    rp_bytes bytes;
    char raw[64];
} value;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    rp_type type = (rp_type)(fuzz_number(&input, 1) % 16);
    size_t length;
    char *text = fuzz_rest(&input, &length), shown[VALUE_SHOWN_SIZE], printed[VALUE_TEXT_SIZE];
    (void)value_shown((rp_bytes){text, length}, shown);
    FUZZ_CHECK(strlen(shown) < VALUE_SHOWN_SIZE);
    for (const char *at = shown; *at; at++) FUZZ_CHECK(((unsigned char)*at >= ' ' && *at != 127) || *at == '\t');
    value first, second;
    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
    if (value_has_text(type) && value_parse(type, (rp_bytes){text, length}, &first) && !value_is_text(type)) {
        value_print(type, &first, printed);
        FUZZ_CHECK(strlen(printed) < VALUE_TEXT_SIZE);
        FUZZ_CHECK(value_parse(type, (rp_bytes){printed, strlen(printed)}, &second));
        bool is_nan = (type == RP_TYPE_DOUBLE && isnan(first.real)) || (type == RP_TYPE_FLOAT && isnan(first.small_real));
        FUZZ_CHECK(is_nan || memcmp(&first, &second, sizeof first) == 0);
    }
    double real, by_library = strtod(text, NULL);
    if (value_parse(RP_TYPE_DOUBLE, (rp_bytes){text, length}, &real))
        FUZZ_CHECK((isnan(real) && isnan(by_library)) || memcmp(&real, &by_library, sizeof real) == 0);
    int64_t whole = -7;
    if (!value_integer(text, -5, 1000, &whole)) FUZZ_CHECK(whole == -7);
    else FUZZ_CHECK(whole >= -5 && whole <= 1000);
    free(text);
    return 0;
}
