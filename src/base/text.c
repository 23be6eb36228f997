/* text.c: see rankpool/text.h and text.h. */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { UNIT_SIZE = 8, HOST_NAME_SIZE = 257, CLEAN_SIZE = 1024 };

/* How far an address without a valid host is looked through, so that the time grows with the length of a text, not with its square. */
static const size_t farthest = 4096;

/* ---- user information ---- */

static const char scheme_end[] = "://";
enum { SCHEME_END = sizeof scheme_end - 1 };

static bool begins_address(const char *at, const char *end)
{
    return *at == ':' && end - at >= SCHEME_END && memcmp(at, scheme_end, SCHEME_END) == 0;
}

/* Whether there is nothing after the host, or a port. An IPv6 address is in brackets. */
static bool has_port_or_none(const char *host, const char *end)
{
    const char *closed = host < end && *host == '[' ? memchr(host, ']', (size_t)(end - host)) : NULL;
    const char *colon = memchr(closed ? closed : host, ':', (size_t)(end - (closed ? closed : host)));
    for (const char *digit = colon ? colon + 1 : end; digit < end; digit++)
        if (*digit < '0' || *digit > '9') return false;
    return true;
}

/* Where the host begins in an address that goes on at `at`, behind its scheme. What is found has no user information any more, so a text
 * that is shown twice stays as it is. */
static const char *find_host(const char *at, const char *end)
{
    for (;;) {
        while (at < end && *at == '/') at++;
        const char *authority = at, *sign;
        while (authority < end && !memchr("/?#", *authority, 3)) authority++;
        sign = memrchr(at, '@', (size_t)(authority - at));
        if (!sign && has_port_or_none(at, authority)) return at;
        if (!sign) sign = memrchr(at, '@', (size_t)(end - at) < farthest ? (size_t)(end - at) : farthest);
        if (!sign) return at;
        at = sign + 1;
    }
}

size_t rp_without_user(const void *text, size_t size, char *to)
{
    const char *at = text, *end = at && to ? at + size : at;
    char *begin = to;
    while (at < end) {
        if (!begins_address(at, end)) {
            *to++ = *at++;
            continue;
        }
        const char *host = find_host(at + SCHEME_END, end);
        memmove(to, at, SCHEME_END);
        to += SCHEME_END;
        at = host;
    }
    return (size_t)(to - begin);
}

/* ---- what a terminal may get ---- */

/* Reads the UTF-8 character at `at`. Returns its size and its number; 0: there is none. */
static size_t read_character(const unsigned char *at, size_t left, uint32_t *number)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = *at < 0x80 ? 1 : *at < 0xC2 ? 0 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : *at < 0xF5 ? 4 : 0;
    if (size == 0 || size > left) return 0;
    *number = size == 1 ? *at : *at & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
        *number = *number << 6 | (at[i] & 0x3Fu);
    }
    bool is_surrogate = *number >= 0xD800 && *number <= 0xDFFF;
    return *number < least[size] || is_surrogate || *number > 0x10FFFF ? 0 : size;
}

/* Controls, line and paragraph separators, and what changes the direction of the text that follows. */
static bool is_command(uint32_t number)
{
    if (number < 0xA0) return number != '\t' && (number < ' ' || number >= 0x7F);
    return (number >= 0x2028 && number <= 0x202E) || (number >= 0x2066 && number <= 0x2069);
}

/* Writes the character at `at` as it is shown. Returns how many bytes it has there; `*shown_size`: how many here. */
static size_t show(const unsigned char *at, size_t left, char shown[UNIT_SIZE], size_t *shown_size)
{
    uint32_t number = *at;
    size_t size = read_character(at, left, &number);
    int n = 0;
    if (size == 0) n = snprintf(shown, UNIT_SIZE, "\\x%02x", *at);
    else if (number == '\n' || number == '\r') n = snprintf(shown, UNIT_SIZE, "\\%c", number == '\n' ? 'n' : 'r');
    else if (is_command(number)) n = snprintf(shown, UNIT_SIZE, number < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)number);
    else memcpy(shown, at, size);
    *shown_size = n > 0 ? (size_t)n : size;
    return size ? size : 1;
}

static const char ellipsis[] = "…";

/* The text so far; `cut`: its length up to where "…" still fits. */
typedef struct shown_text {
    char *to;
    size_t used, cut, room;
} shown_text;

/* Returns false when it doesn't fit. */
static bool append(shown_text *shown, const char *text, size_t size)
{
    if (size >= shown->room - shown->used) return false;
    memcpy(shown->to + shown->used, text, size);
    shown->used += size;
    if (shown->used + sizeof ellipsis <= shown->room) shown->cut = shown->used;
    return true;
}

static void cut(shown_text *shown)
{
    shown->used = shown->cut;
    if (shown->used + sizeof ellipsis > shown->room) return;
    memcpy(shown->to + shown->used, ellipsis, sizeof ellipsis - 1);
    shown->used += sizeof ellipsis - 1;
}

static size_t write_shown(const void *text, size_t size, bool with_user, char *to, size_t room)
{
    shown_text shown = {to, 0, 0, room};
    const char *at = text, *end = at ? at + size : at;
    bool fits = true;
    if (!to || room == 0) return 0;
    while (at < end && fits) {
        char unit[UNIT_SIZE];
        size_t unit_size;
        if (!with_user && begins_address(at, end)) {
            fits = append(&shown, scheme_end, SCHEME_END);
            at = find_host(at + SCHEME_END, end);
            continue;
        }
        at += show((const unsigned char *)at, (size_t)(end - at), unit, &unit_size);
        fits = append(&shown, unit, unit_size);
    }
    if (!fits) cut(&shown);
    to[shown.used] = '\0';
    return shown.used;
}

size_t rp_printable(const void *text, size_t size, char *to, size_t room) { return write_shown(text, size, false, to, room); }
size_t rp_escape(const void *text, size_t size, char *to, size_t room) { return write_shown(text, size, true, to, room); }

/* ---- of this library ---- */

void rpi_host_name(char *name, size_t size)
{
    char own[HOST_NAME_SIZE] = "";
    if (gethostname(own, sizeof own - 1) != 0) own[0] = '\0';
    (void)rp_printable(own, strlen(own), name, size);
}

void rpi_text_clean(char *text, size_t size)
{
    char shown[CLEAN_SIZE];
    (void)rp_printable(text, strnlen(text, size), shown, size < sizeof shown ? size : sizeof shown);
    strcpy(text, shown);
}
