/* items_lists.h: the lists of items of a command line (separators.h) as axes of a grid. */
#ifndef RANKPOOL_CLI_ITEMS_LISTS_H
#define RANKPOOL_CLI_ITEMS_LISTS_H

#include "grid.h"
#include "items_request.h"

/* Reads all lists, and the files among them, into the axes of a grid, which is all 0. `keeps_cr`: as in lines.h, with a warning. Returns
 * RP_OK; RP_USAGE (a file can't be read; linked lists of unequal length; a NUL); RP_NO_MEMORY; RP_SYSTEM. */
rp_status items_lists_read(const items_request *request, int keeps_cr, grid *lists, rp_error *error);

#endif
