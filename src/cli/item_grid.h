/*
 * item_grid.h: all combinations of the values of axes, or of lists, as items. The text of an item is made from its index, as
 * "mass=1 speed=0.1", or "a 1" where axes have no names. A value with a blank or a quote in it, or an empty one, is in double quotes there.
 */
#ifndef RANKPOOL_CLI_ITEM_GRID_H
#define RANKPOOL_CLI_ITEM_GRID_H

#include "item_kind.h"

extern const item_kind item_grid;  /* ITEMS_GRID */
extern const item_kind item_lists; /* ITEMS_LISTS */

#endif
