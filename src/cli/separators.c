/* separators.c: see separators.h. */
#include "separators.h"

#include <stddef.h>
#include <string.h>

static const separator separators[] = {{":::", 0, 0}, {":::+", 0, 1}, {"::::", 1, 0}, {"::::+", 1, 1}};

const separator *separator_of(const char *word)
{
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
        if (strcmp(separators[i].word, word) == 0) return &separators[i];
    return NULL;
}

int separators_find(int n, char *const *words)
{
    int i = 0;
    while (i < n && !separator_of(words[i])) i++;
    return i;
}
