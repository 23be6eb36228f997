/* commands.c: see commands.h. */
#include "commands.h"

#include <string.h>

const program_command *commands_find(const program_command *commands, const char *name)
{
    for (const program_command *at = commands; at->name; at++)
        if (strcmp(at->name, name) == 0) return at;
    return NULL;
}

const char *commands_name(const void *among, size_t k)
{
    const program_command *commands = among;
    return commands[k].name;
}
