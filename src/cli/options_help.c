/* options_help.c: the options of a command as help, and as a table of the reference. */
#include "options_help.h"
#include "options.h"

#include <string.h>

enum { FEW_VALUES = 3, LEFT_SIZE = 64, LEFT_WIDTH = 27 };

static size_t count_values(const char *enumeration)
{
    size_t n = 0;
    rp_name row;
    for (size_t k = 0; rp_enumeration(enumeration, k, &row); k++) n += *row.name != '\0';
    return n;
}

/* The enumeration of an option of the library; NULL: its values have no names, or it is the program's own. */
static const char *enumeration_of(const option_entry *entry)
{
    rp_option_info info;
    for (size_t k = 0; rp_pool_option(k, &info); k++)
        if (info.help == entry->help) return info.enumeration;
    return NULL;
}

const char *options_help_of(const option_entry *entry, char text[OPTIONS_HELP_SIZE])
{
    size_t used = (size_t)snprintf(text, OPTIONS_HELP_SIZE, "%s", entry->help);
    const char *enumeration = enumeration_of(entry), *separator = ": ";
    int are_few = enumeration && count_values(enumeration) <= FEW_VALUES;
    rp_name row;
    for (size_t k = 0; enumeration && rp_enumeration(enumeration, k, &row) && used < OPTIONS_HELP_SIZE; k++) {
        if (!*row.name) continue;
        used += (size_t)snprintf(text + used, OPTIONS_HELP_SIZE - used, are_few ? "%s%s (%s)" : "%s%s", separator, row.name, row.text);
        separator = ", ";
    }
    return text;
}

/* "-n, --items N", with two bytes more than characters where it has an ellipsis. */
static const char *left_of(const option_entry *entry, char text[LEFT_SIZE])
{
    const char *value = entry->value ? entry->value : "";
    char letter[8] = "    ";
    if (option_letter(entry->name)) snprintf(letter, sizeof letter, "-%c, ", option_letter(entry->name));
    snprintf(text, LEFT_SIZE, "%s--%s%s%s", letter, entry->name, *value && *value != '[' ? " " : "", value);
    return text;
}

void options_print_help(unsigned command, FILE *file)
{
    option_entry entries[OPTIONS_MOST];
    int n = options_list(command, entries);
    for (int i = 0; i < n; i++) {
        char left[LEFT_SIZE], help[OPTIONS_HELP_SIZE];
        left_of(&entries[i], left);
        fprintf(file, "  %-*s  %s\n", LEFT_WIDTH + (strstr(left, "…") ? 2 : 0), left, options_help_of(&entries[i], help));
    }
}

/* Prints a table cell; a | would end it, and is escaped. */
static void print_cell(const char *text, FILE *file)
{
    for (; *text; text++) fprintf(file, *text == '|' ? "\\%c" : "%c", *text);
}

void options_print_table(unsigned command, FILE *file)
{
    option_entry entries[OPTIONS_MOST];
    int n = options_list(command, entries);
    fputs("| option | meaning |\n|---|---|\n", file);
    for (int i = 0; i < n; i++) {
        char help[OPTIONS_HELP_SIZE];
        const char *value = entries[i].value ? entries[i].value : "";
        char letter = option_letter(entries[i].name);
        fputs("| `", file);
        if (letter) fprintf(file, "-%c`, `", letter);
        fprintf(file, "--%s%s", entries[i].name, *value && *value != '[' ? " " : "");
        print_cell(value, file);
        fputs("` | ", file);
        print_cell(options_help_of(&entries[i], help), file);
        fputs(" |\n", file);
    }
}
