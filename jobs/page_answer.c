/* page_answer.c: see page_answer.h. The lines are the server's: they may have anything in them. */
#include "page_answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

void page_answer_clear(page_answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    answer->memo.size = answer->range_first = answer->range_length = -1;
}

/* If the line has the header of that name: its value, without blanks around it. Else NULL. */
static const char *value_of(const char *line, size_t size, const char *name, size_t *value_size)
{
    size_t n = strlen(name);
    if (size <= n || strncasecmp(line, name, n) != 0 || line[n] != ':') return NULL;
    const char *value = line + n + 1, *end = line + size;
    while (value < end && (*value == ' ' || *value == '\t')) value++;
    while (end > value && strchr(" \t\r\n", end[-1])) end--;
    *value_size = (size_t)(end - value);
    return value;
}

/* Keeps a value that fits and has no control characters. */
static void keep(char *to, size_t room, const char *value, size_t size)
{
    to[0] = '\0';
    if (size >= room) return;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)value[i] < ' ' || value[i] == 0x7f) return;
    memcpy(to, value, size);
    to[size] = '\0';
}

/* Digits only; -1: it is no such number. */
static int64_t number_of(const char *text, size_t size)
{
    int64_t number = 0;
    if (size == 0 || size > 18) return -1;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        number = 10 * number + (text[i] - '0');
    }
    return number;
}

/* "bytes 100-199/200", "bytes 100-199/" with a star, or "bytes", a star and "/200". */
static void take_range(page_answer *answer, const char *value, size_t size)
{
    if (size < 6 || strncasecmp(value, "bytes ", 6) != 0) return;
    const char *range = value + 6, *end = value + size, *slash = memchr(range, '/', (size_t)(end - range));
    if (!slash) return;
    const char *dash = memchr(range, '-', (size_t)(slash - range));
    answer->range_length = number_of(slash + 1, (size_t)(end - slash - 1));
    if (dash) answer->range_first = number_of(range, (size_t)(dash - range));
}

/* "sha-256=:BASE64:", perhaps among others. */
static void take_digest(page_answer *answer, const char *value, size_t size)
{
    static const char begin[] = "sha-256=:";
    const char *found = memmem(value, size, begin, sizeof(begin) - 1);
    if (!found) return;
    found += sizeof(begin) - 1;
    const char *end = memchr(found, ':', (size_t)(value + size - found));
    if (end) keep(answer->sha256, sizeof(answer->sha256), found, (size_t)(end - found));
}

/* Most headers begin with another letter. */
static int may_matter(const char *line, size_t size) { return size >= 5 && strchr("hHeElLcCrR", line[0]) && line[0]; }

void page_answer_take(page_answer *answer, const char *line, size_t size)
{
    const char *value;
    size_t n;
    if (!may_matter(line, size)) return;
    if (size >= 5 && strncasecmp(line, "HTTP/", 5) == 0) page_answer_clear(answer);
    else if ((value = value_of(line, size, "ETag", &n))) keep(answer->memo.etag, sizeof(answer->memo.etag), value, n);
    else if ((value = value_of(line, size, "Last-Modified", &n))) keep(answer->memo.modified, sizeof(answer->memo.modified), value, n);
    else if ((value = value_of(line, size, "Content-Range", &n))) take_range(answer, value, n);
    else if ((value = value_of(line, size, "Repr-Digest", &n))) take_digest(answer, value, n);
}

/* ---- dates ---- */

/* Two digits; -1: they are none. */
static int two_digits(const char *at) { return (int)number_of(at, 2); }

static int month_of(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++)
        if (memcmp(name, names + 3 * i, 3) == 0) return i;
    return -1;
}

/* strptime can do it too, in a hundred times as many instructions. */
int64_t page_answer_time(const char *date)
{
    static const char form[] = "___, __ ___ ____ __:__:__ GMT";
    if (strlen(date) != sizeof(form) - 1) return 0;
    for (size_t i = 0; form[i]; i++)
        if (form[i] != '_' && date[i] != form[i]) return 0;
    struct tm parts = {.tm_mday = two_digits(date + 5),
                       .tm_mon = month_of(date + 8),
                       .tm_year = (int)number_of(date + 12, 4) - 1900,
                       .tm_hour = two_digits(date + 17),
                       .tm_min = two_digits(date + 20),
                       .tm_sec = two_digits(date + 23)};
    int is_date = parts.tm_mday >= 1 && parts.tm_mday <= 31 && parts.tm_mon >= 0 && parts.tm_year >= 70 && parts.tm_hour >= 0 &&
                  parts.tm_hour < 24 && parts.tm_min >= 0 && parts.tm_min < 60 && parts.tm_sec >= 0 && parts.tm_sec <= 60;
    return is_date ? (int64_t)timegm(&parts) : 0;
}
