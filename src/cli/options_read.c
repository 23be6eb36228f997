/* options_read.c: see options_read.h. */
#include "options_read.h"
#include "command_line.h"
#include "suggest.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 64 };

static command_line_value value_of(const option_entry *entry)
{
    if (!entry->value) return COMMAND_LINE_NO_VALUE;
    return entry->value[0] == '[' ? COMMAND_LINE_MAY_HAVE_VALUE : COMMAND_LINE_VALUE;
}

/* ---- mistakes ---- */

/* A suggest_names. */
static const char *option_name(const void *among, size_t k)
{
    const options_of *of = among;
    return k < (size_t)of->n ? of->entries[k].name : NULL;
}

/* The one option whose name begins so; NULL: none or several do. Names can't be shortened, but that is what was meant. */
static const char *find_shortened(const options_of *of, const char *given)
{
    const char *found = NULL;
    for (int i = 0; i < of->n; i++) {
        if (strncmp(of->entries[i].name, given, strlen(given)) != 0) continue;
        if (found) return NULL;
        found = of->entries[i].name;
    }
    return found;
}

static rp_status unknown_name(const options_of *of, const char *given, rp_error *error)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given, "="), given);
    const char *meant = suggest_nearest(name, option_name, of);
    if (!meant) meant = find_shortened(of, name);
    if (!meant) return rp_error_set(error, RP_USAGE, 0, "unknown option --%s; see rankpool %s --help", name, of->command);
    return rp_error_set(error, RP_USAGE, 0, "unknown option --%s; did you mean --%s? See rankpool %s --help", name, meant, of->command);
}

static rp_status unknown_letter(const options_of *of, char letter, rp_error *error)
{
    return rp_error_set(error, RP_USAGE, 0, "unknown option -%c; see rankpool %s --help; an item that begins with - comes after --", letter,
                        of->command);
}

static rp_status wrong_value(const options_of *of, const command_line_part *part, rp_error *error)
{
    const char *name = of->entries[part->option].name;
    const char *what = part->kind == COMMAND_LINE_HAS_VALUE ? "takes no value" : "needs a value";
    if (part->letter) return rp_error_set(error, RP_USAGE, 0, "option -%c %s; see rankpool %s --help", part->letter, what, of->command);
    return rp_error_set(error, RP_USAGE, 0, "option --%s %s; see rankpool %s --help", name, what, of->command);
}

/* ---- reading ---- */

static int is_help(const options_of *of, const command_line_part *part)
{
    return part->kind == COMMAND_LINE_OPTION && strcmp(of->entries[part->option].name, "help") == 0;
}

static rp_status take(const options_of *of, const command_line_part *part, program_options *options, options_operands *operands,
                      rp_error *error)
{
    const option_entry *entry = part->kind == COMMAND_LINE_OPTION ? &of->entries[part->option] : NULL;
    switch (part->kind) {
    case COMMAND_LINE_OPTION: return entry->set(options, entry->name, part->value, error);
    case COMMAND_LINE_OPERAND: operands->n_before++; /* fall through */
    case COMMAND_LINE_WORD: operands->texts[operands->n++] = (char *)(uintptr_t)part->text; return RP_OK;
    case COMMAND_LINE_UNKNOWN: return part->letter ? unknown_letter(of, part->letter, error) : unknown_name(of, part->text + 2, error);
    default: return wrong_value(of, part, error);
    }
}

/* Help that is asked for somewhere behind a mistake is what the user wants. */
static rp_status look_for_help(const options_of *of, command_line *line, program_options *options, rp_status status, rp_error *error)
{
    for (command_line_part part = command_line_next(line); part.kind != COMMAND_LINE_END; part = command_line_next(line))
        if (is_help(of, &part)) return of->entries[part.option].set(options, "help", NULL, error);
    return status;
}

rp_status options_read(const options_of *of, int argc, char *const *argv, program_options *options, options_operands *operands,
                       rp_error *error)
{
    command_line_option table[OPTIONS_MOST];
    int has_help = 0;
    for (int i = 0; i < of->n; i++)
        table[i] = (command_line_option){of->entries[i].name, option_letter(of->entries[i].name), value_of(&of->entries[i])};
    command_line line = command_line_begin(argc, argv, table, of->n);
    for (command_line_part part = command_line_next(&line); part.kind != COMMAND_LINE_END; part = command_line_next(&line)) {
        rp_status status = take(of, &part, options, operands, error);
        has_help = has_help || is_help(of, &part);
        if (status == RP_OK) continue;
        return has_help ? RP_OK : look_for_help(of, &line, options, status, error);
    }
    return RP_OK;
}
