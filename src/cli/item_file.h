/* item_file.h: the file or the pipe that items are read from, for lines and csv. */
#ifndef RANKPOOL_CLI_ITEM_FILE_H
#define RANKPOOL_CLI_ITEM_FILE_H

#include "item_kind.h"

/* Opens the file of the request. Returns RP_OK; RP_USAGE (names `option`: it isn't there, or can't be read). */
rp_status item_file_open(item_source *items, const char *option, rp_error *error);

/* Begins again at the first item. Only for a regular file. Returns RP_OK, RP_SYSTEM. */
rp_status item_file_rewind(item_source *items, rp_error *error);

void item_file_close(item_source *items);

/* Writes what a message about the present line or row begins with, as "FILE, line 3". Returns `text`. */
#define ITEM_WHERE_SIZE 512
const char *item_file_where(const item_source *items, uint64_t line, char text[ITEM_WHERE_SIZE]);

/* Whether a line, or row, is none of the items wherever it stands: blank, or a comment. */
int item_file_skips(const item_source *items, rp_bytes text);

/* Whether a text, the first one or not, is none of the items. */
int item_file_passes_over(item_source *items, rp_bytes text);

#endif
