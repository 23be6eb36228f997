/*
 * item_rows.h: the rows of csv as items. With --header auto the first row names columns if none of its values that should be numbers is
 * one. Where items are texts: if none of its fields is a number, and one of the second row is.
 */
#ifndef RANKPOOL_CLI_ITEM_ROWS_H
#define RANKPOOL_CLI_ITEM_ROWS_H

#include "item_kind.h"

extern const item_kind item_rows;

#endif
