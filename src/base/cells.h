/* cells.h: how much room a text takes on a terminal: a Chinese character has two cells, an accent none. As the user's locale has it. */
#ifndef RPI_BASE_CELLS_H
#define RPI_BASE_CELLS_H

#include <stddef.h>

/* The cells of a text. A byte that is no character, or one that isn't printed, counts as 1. Any thread. */
int rpi_cells(const char *text);

/* How many bytes of the text fit in so many cells, in whole characters. Any thread. */
size_t rpi_cells_fit(const char *text, int cells);

#endif
