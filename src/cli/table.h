/*
 * table.h: a small table as aligned text or as Markdown. Cells are filled one by one, row after row. One thread.
 */
#ifndef RANKPOOL_CLI_TABLE_H
#define RANKPOOL_CLI_TABLE_H

#include <rankpool/rankpool.h>

#include <stdio.h>

enum { TABLE_CELL_SIZE = 80 };

typedef struct table_column {
    const char *heading;
    int is_text; /* to the left; numbers are to the right */
} table_column;

typedef struct table {
    const table_column *columns;
    size_t n_columns, n_cells, room;
    char (*cells)[TABLE_CELL_SIZE];
    int out_of_memory; /* a cell is missing */
} table;

/* Both are borrowed. Give the table to table_fini. */
void table_init(table *made, const table_column *columns, size_t n_columns);
void table_fini(table *made);

/* Fills the next cell; what doesn't fit is cut off. */
void table_add(table *made, const char *format, ...) RP_PRINTF(2, 3);

/* Two spaces between columns, and none at the end of a line. Widths count characters, not bytes. With a `width`, columns at the right are
 * left out until each line is shorter than it; 0: all columns. */
void table_write_text(const table *made, size_t width, FILE *file);
void table_write_markdown(const table *made, FILE *file);

/* How many columns of a terminal a UTF-8 text takes, if each of its characters takes one. */
size_t table_width(const char *text);

#endif
