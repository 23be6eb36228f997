/* option_values.c: see option_values.h. */
#include "option_values.h"
#include "methods.h"

#include <string.h>

enum { MEASURES = RP_COMMAND_COMPARE | RP_COMMAND_SCALE, COMPUTE = RP_COMMAND_RUN | MEASURES };

/* In the order of the enumerators that they stand for. */
static const struct row {
    const char *option;
    unsigned commands;
    const char *values[6];
} rows[] = {
    {"format", RP_COMMAND_RUN | RP_COMMAND_JOURNAL, {"text", "csv", "jsonl"}},
    {"format", MEASURES, {"table", "csv", "jsonl", "markdown"}},
    {"format", RP_COMMAND_SIMULATE, {"table", "csv", "jsonl"}},
    {"resume", RP_COMMAND_RUN, {"changed", "force"}},
    {"header", COMPUTE, {"auto", "yes", "no"}},
    {"levels", RP_COMMAND_SIMULATE, {"1", "2"}},
};

/* The enumeration of an option of the library. Compare has the rows of some for itself, with lists. */
static const char *enumeration_of(const char *option)
{
    rp_option_info info;
    for (size_t k = 0; rp_pool_option(k, &info); k++)
        if (strcmp(info.name, option) == 0) return info.enumeration;
    return NULL;
}

static const char *name_in_enumeration(const char *enumeration, size_t k)
{
    rp_name row;
    for (size_t i = 0; rp_enumeration(enumeration, i, &row); i++)
        if (*row.name && k-- == 0) return row.name;
    return NULL;
}

const char *option_values_name(const void *among, size_t k)
{
    const option_values_of *of = among;
    if (strcmp(of->option, "method") == 0) return methods_name(NULL, k);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((rows[i].commands & of->command) && strcmp(rows[i].option, of->option) == 0) return rows[i].values[k];
    const char *enumeration = enumeration_of(of->option);
    return enumeration ? name_in_enumeration(enumeration, k) : NULL;
}

int option_values_find(option_values_of of, const char *value)
{
    const char *name;
    for (size_t k = 0; (name = option_values_name(&of, k)) != NULL; k++)
        if (strcmp(name, value) == 0) return (int)k;
    return -1;
}
