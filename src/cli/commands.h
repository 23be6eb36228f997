/* commands.h: what a command of the program is: one row of the table in main.c. */
#ifndef RANKPOOL_CLI_COMMANDS_H
#define RANKPOOL_CLI_COMMANDS_H

#include <rankpool/main.h>

typedef struct program_command {
    const char *name, *operands, *help;
    unsigned options;  /* OPTIONS_… */
    rp_client *client; /* NULL: the command needs no ranks */
    const char *notes; /* paragraphs for its help, with a blank line between them; lines that begin with a blank stay as they are */
} program_command;

/* The row of that name in a table that ends with a name of NULL; NULL: there is none. */
const program_command *commands_find(const program_command *commands, const char *name);

/* A suggest_names of such a table. */
const char *commands_name(const void *among, size_t k);

#endif
