/* item_lines.h: the lines of a file or a pipe as items. Where items are texts, a \r at the end of a line is part of it, and is told once.
 */
#ifndef RANKPOOL_CLI_ITEM_LINES_H
#define RANKPOOL_CLI_ITEM_LINES_H

#include "item_kind.h"

extern const item_kind item_lines;

#endif
