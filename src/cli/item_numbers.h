/* item_numbers.h: the numbers 0 to n - 1 as items. */
#ifndef RANKPOOL_CLI_ITEM_NUMBERS_H
#define RANKPOOL_CLI_ITEM_NUMBERS_H

#include "item_kind.h"

extern const item_kind item_numbers;

#endif
