/*
 * separators.h: the words that stand before lists of items, as GNU parallel has them: `::: a b c` gives texts, `:::: FILE` the lines of a
 * file, each file a list of its own. Of several lists all combinations are items; `:::+` and `::::+` link a list to the one before, value
 * by value. Pure functions.
 */
#ifndef RANKPOOL_CLI_SEPARATORS_H
#define RANKPOOL_CLI_SEPARATORS_H

typedef struct separator {
    const char *word;
    int names_files, is_linked;
} separator;

/* NULL: the word is none. */
const separator *separator_of(const char *word);

/* Where the first of them is among n words; n: there is none. */
int separators_find(int n, char *const *words);

#endif
