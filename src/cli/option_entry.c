/* option_entry.c: options that have a letter too, in each command that takes them. */
#include "option_entry.h"

#include <string.h>

static const struct {
    char letter;
    const char *name;
} letters[] = {{'n', "items"},  {'i', "input"}, {'b', "backend"}, {'j', "threads"}, {'o', "output"},
               {'f', "format"}, {'q', "quiet"}, {'h', "help"},    {'0', "null"}};

char option_letter(const char *name)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (strcmp(letters[i].name, name) == 0) return letters[i].letter;
    return 0;
}
