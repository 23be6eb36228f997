/* table.c: see table.h. */
#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void table_init(table *made, const table_column *columns, size_t n_columns) { *made = (table){.columns = columns, .n_columns = n_columns}; }

void table_fini(table *made)
{
    free(made->cells);
    *made = (table){.cells = NULL};
}

static int grow(table *made)
{
    size_t room = made->room ? 2 * made->room : 64;
    char(*grown)[TABLE_CELL_SIZE] = realloc(made->cells, room * sizeof *grown);
    if (!grown) return 0;
    made->cells = grown;
    made->room = room;
    return 1;
}

void table_add(table *made, const char *format, ...)
{
    if (made->n_cells == made->room && !grow(made)) {
        made->out_of_memory = 1;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(made->cells[made->n_cells++], TABLE_CELL_SIZE, format, arguments);
    va_end(arguments);
}

size_t table_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++) width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static size_t column_width(const table *made, size_t column)
{
    size_t width = table_width(made->columns[column].heading);
    for (size_t i = column; i < made->n_cells; i += made->n_columns) {
        size_t own = table_width(made->cells[i]);
        if (own > width) width = own;
    }
    return width;
}

static void pad(size_t n, FILE *file)
{
    while (n-- > 0) putc(' ', file);
}

/* How many columns, from the left, make lines shorter than `width`; at least 1. */
static size_t fit_columns(const table *made, size_t width)
{
    size_t used = column_width(made, 0), n = 1;
    if (width == 0) return made->n_columns;
    while (n < made->n_columns && used + 2 + column_width(made, n) < width) used += 2 + column_width(made, n++);
    return n;
}

static void write_cell(const table *made, size_t column, int is_last, const char *text, FILE *file)
{
    size_t missing = column_width(made, column) - table_width(text);
    if (column > 0) fputs("  ", file);
    if (!made->columns[column].is_text) pad(missing, file);
    fputs(text, file);
    if (made->columns[column].is_text && !is_last) pad(missing, file);
    if (is_last) putc('\n', file);
}

void table_write_text(const table *made, size_t width, FILE *file)
{
    size_t n = fit_columns(made, width);
    for (size_t c = 0; c < n; c++) write_cell(made, c, c + 1 == n, made->columns[c].heading, file);
    for (size_t i = 0; i < made->n_cells; i++) {
        size_t c = i % made->n_columns;
        if (c < n) write_cell(made, c, c + 1 == n, made->cells[i], file);
    }
}

/* A | would end the cell. */
static void write_escaped(const char *text, FILE *file)
{
    for (; *text; text++) {
        if (*text == '|') putc('\\', file);
        putc(*text, file);
    }
}

static void write_markdown_cell(const table *made, size_t column, const char *text, FILE *file)
{
    fputs(column == 0 ? "| " : " | ", file);
    write_escaped(text, file);
    if (column + 1 == made->n_columns) fputs(" |\n", file);
}

void table_write_markdown(const table *made, FILE *file)
{
    for (size_t c = 0; c < made->n_columns; c++) write_markdown_cell(made, c, made->columns[c].heading, file);
    for (size_t c = 0; c < made->n_columns; c++) fputs(made->columns[c].is_text ? "|---" : "|---:", file);
    fputs("|\n", file);
    for (size_t i = 0; i < made->n_cells; i++) write_markdown_cell(made, i % made->n_columns, made->cells[i], file);
}
