/* item_arguments.h: texts of the command line as items. */
#ifndef RANKPOOL_CLI_ITEM_ARGUMENTS_H
#define RANKPOOL_CLI_ITEM_ARGUMENTS_H

#include "item_kind.h"

extern const item_kind item_arguments;

#endif
