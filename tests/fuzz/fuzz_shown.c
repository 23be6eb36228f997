/*
 * fuzz_shown.c: text from outside, as it is shown to people. The first two bytes are the room for it. What is shown is UTF-8, commands no
 * terminal, has no user information of addresses, and stays as it is when it is shown again.
 */
#include "fuzz.h"

#include <rankpool/text.h>

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_GROWTH = 4, SHORT = 800 }; /* up to SHORT, what is looked for in front of an "@" is the same shown once and twice */

static bool is_utf8(const char *text, size_t size)
{
    json_t *string = json_stringn(text, size);
    json_decref(string);
    return string != NULL;
}

/* Controls but the tab, U+0080 to U+009F, U+2028 to U+202E and U+2066 to U+2069. */
static void check_harmless(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        FUZZ_CHECK((*at >= ' ' || *at == '\t') && *at != 0x7f);
        FUZZ_CHECK(!(at[0] == 0xC2 && at[1] < 0xA0));
        FUZZ_CHECK(!(at[0] == 0xE2 && at[1] == 0x80 && at[2] >= 0xA8 && at[2] <= 0xAE));
        FUZZ_CHECK(!(at[0] == 0xE2 && at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9));
    }
}

static void check_no_user(const char *text, size_t size)
{
    for (const char *at = text, *end = text + size; (at = memmem(at, (size_t)(end - at), "://", 3)) != NULL;) {
        for (at += 3; at < end && !memchr("/?#", *at, 3); at++) FUZZ_CHECK(*at != '@');
    }
}

static void check_whole(const char *text, size_t size)
{
    size_t room = MOST_GROWTH * size + 1;
    char *shown = malloc(room), *again = malloc(MOST_GROWTH * room), *bare = malloc(size + 1);
    FUZZ_CHECK(shown && again && bare);
    size_t length = rp_printable(text, size, shown, room), bare_size = rp_without_user(text, size, bare);
    FUZZ_CHECK(length == strlen(shown) && bare_size <= size);
    check_no_user(bare, bare_size);
    if (size <= SHORT) {
        FUZZ_CHECK(rp_without_user(bare, bare_size, bare) == bare_size);
        FUZZ_CHECK(rp_printable(shown, length, again, MOST_GROWTH * room) == length && strcmp(shown, again) == 0);
        FUZZ_CHECK(rp_printable(bare, bare_size, again, room) == length && strcmp(shown, again) == 0);
    }
    free(shown);
    free(again);
    free(bare);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    size_t room = 1 + fuzz_number(&input, 2) % 1024, length;
    char *text = fuzz_rest(&input, &length), *shown = malloc(room);
    FUZZ_CHECK(shown);
    FUZZ_CHECK(rp_printable(text, length, shown, room) == strlen(shown) && strlen(shown) < room);
    FUZZ_CHECK(is_utf8(shown, strlen(shown)));
    check_harmless(shown);
    check_no_user(shown, strlen(shown));
    check_whole(text, length);
    free(text);
    free(shown);
    return 0;
}
