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

static void write_cell(const table *made, size_t column, const char *text, FILE *file)
{
    size_t missing = column_width(made, column) - table_width(text);
    int is_last = column + 1 == made->n_columns;
    if (column > 0) fputs("  ", file);
    if (!made->columns[column].is_text) pad(missing, file);
    fputs(text, file);
    if (made->columns[column].is_text && !is_last) pad(missing, file);
    if (is_last) putc('\n', file);
}

void table_write_text(const table *made, FILE *file)
{
    for (size_t c = 0; c < made->n_columns; c++) write_cell(made, c, made->columns[c].heading, file);
    for (size_t i = 0; i < made->n_cells; i++) write_cell(made, i % made->n_columns, made->cells[i], file);
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
