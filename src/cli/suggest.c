/* suggest.c: the distance is that of optimal string alignment: no part of a word is changed twice. */
#include "suggest.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 2, MOST_LENGTH = 40, SHARE = 3 };

static int least(int a, int b) { return a < b ? a : b; }

/* Row i of the table of distances: those of the first i letters of `a` to the first j of `b`. The two rows before it are there. */
static void fill_row(const char *a, const char *b, size_t i, int rows[3][MOST_LENGTH + 1])
{
    int *row = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
    row[0] = (int)i;
    for (size_t j = 1; b[j - 1]; j++) {
        int differs = a[i - 1] != b[j - 1], are_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        row[j] = least(least(before[j], row[j - 1]) + 1, before[j - 1] + differs);
        if (are_swapped) row[j] = least(row[j], two_before[j - 2] + 1);
    }
}

/* Both are at most MOST_LENGTH long. */
static int distance(const char *a, const char *b)
{
    int rows[3][MOST_LENGTH + 1];
    size_t n = strlen(a);
    for (size_t j = 0; j <= strlen(b); j++) rows[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) fill_row(a, b, i, rows);
    return rows[n % 3][strlen(b)];
}

const char *suggest_nearest(const char *given, suggest_names *names, const void *among)
{
    const char *nearest = NULL, *name;
    int bound = least(MOST, (int)(strnlen(given, MOST_LENGTH) / SHARE)) + 1;
    if (strlen(given) > MOST_LENGTH) return NULL;
    for (size_t k = 0; (name = names(among, k)) != NULL; k++) {
        int away = strlen(name) <= MOST_LENGTH ? distance(given, name) : bound;
        if (away == 0) return NULL;
        if (away >= bound) continue;
        bound = away;
        nearest = name;
    }
    return nearest;
}

const char *suggest_text(const char *given, suggest_names *names, const void *among, char text[SUGGEST_SIZE])
{
    const char *nearest = suggest_nearest(given, names, among), *name;
    if (nearest) {
        snprintf(text, SUGGEST_SIZE, "did you mean %s?", nearest);
        return text;
    }
    size_t used = (size_t)snprintf(text, SUGGEST_SIZE, "there are: ");
    for (size_t k = 0; (name = names(among, k)) != NULL && used < SUGGEST_SIZE; k++)
        used += (size_t)snprintf(text + used, SUGGEST_SIZE - used, "%s%s", k ? ", " : "", name);
    if (!names(among, 0)) strcat(text, "none");
    return text;
}
