/* ranges.c: see ranges.h. */
#include "ranges.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { END_SIZE = 8, MOST_DIGITS = 9 };

/* Adds a part with a comma before it. Returns 0 when it doesn't fit. */
static int add(char text[RANGES_SIZE], const char *part)
{
    size_t used = strlen(text), size = strlen(part);
    const char *comma = used ? "," : "";
    if (used + size + 1 > RANGES_SIZE - END_SIZE) {
        snprintf(text + used, RANGES_SIZE - used, "%s…", comma);
        return 0;
    }
    snprintf(text + used, RANGES_SIZE - used, "%s%s", comma, part);
    return 1;
}

const char *ranges_of_numbers(const int *numbers, int n, char text[RANGES_SIZE])
{
    text[0] = '\0';
    for (int first = 0, last; first < n; first = last + 1) {
        char part[32];
        for (last = first; last + 1 < n && numbers[last + 1] == numbers[last] + 1;) last++;
        if (last == first) snprintf(part, sizeof part, "%d", numbers[first]);
        else snprintf(part, sizeof part, "%d-%d", numbers[first], numbers[last]);
        if (!add(text, part)) break;
    }
    return text;
}

/* A name with a number at its end, before the first dot: "n", "007" and ".cluster". */
typedef struct numbered {
    const char *name;
    int before, n_digits;
    long number;
} numbered;

static numbered take_apart(const char *name)
{
    int end = (int)strcspn(name, "."), begin = end;
    while (begin > 0 && end - begin < MOST_DIGITS && isdigit((unsigned char)name[begin - 1])) begin--;
    return (numbered){name, begin, end - begin, begin < end ? strtol(name + begin, NULL, 10) : 0};
}

/* Whether b is the next host after a. A number of other width only without zeros in front of it. */
static int follows(numbered a, numbered b)
{
    int is_alike = a.before == b.before && a.n_digits > 0 && b.n_digits > 0 && memcmp(a.name, b.name, (size_t)a.before) == 0 &&
                   strcmp(a.name + a.before + a.n_digits, b.name + b.before + b.n_digits) == 0;
    int may_grow = b.n_digits == a.n_digits || (b.n_digits == a.n_digits + 1 && a.name[a.before] != '0' && b.name[b.before] != '0');
    return is_alike && may_grow && b.number == a.number + 1;
}

const char *ranges_of_hosts(const char *const *hosts, int n, char text[RANGES_SIZE])
{
    text[0] = '\0';
    for (int first = 0, last; first < n; first = last + 1) {
        char part[RANGES_SIZE];
        numbered begin = take_apart(hosts[first]), end = begin, next;
        for (last = first; last + 1 < n && (next = take_apart(hosts[last + 1]), follows(end, next)); last++) end = next;
        if (last == first) snprintf(part, sizeof part, "%s", hosts[first]);
        else
            snprintf(part, sizeof part, "%.*s[%.*s-%.*s]%s", begin.before, begin.name, begin.n_digits, begin.name + begin.before,
                     end.n_digits, end.name + end.before, begin.name + begin.before + begin.n_digits);
        if (!add(text, part)) break;
    }
    return text;
}
