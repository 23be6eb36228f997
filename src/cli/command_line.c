/* command_line.c: see command_line.h. */
#include "command_line.h"

#include <string.h>

command_line command_line_begin(int argc, char *const *argv, const command_line_option *options, int n_options)
{
    return (command_line){.argc = argc, .argv = argv, .options = options, .n_options = n_options, .at = 1};
}

static int find_name(const command_line *self, const char *name, size_t size)
{
    for (int i = 0; i < self->n_options; i++)
        if (strncmp(self->options[i].name, name, size) == 0 && self->options[i].name[size] == '\0') return i;
    return -1;
}

static int find_letter(const command_line *self, char letter)
{
    for (int i = 0; i < self->n_options; i++)
        if (self->options[i].letter == letter) return i;
    return -1;
}

/* Gives an option that needs a value the next argument, whatever that looks like. */
static command_line_part take_value(command_line *self, command_line_part part)
{
    if (self->at == self->argc) part.kind = COMMAND_LINE_LACKS_VALUE;
    else part.value = self->argv[self->at++];
    return part;
}

/* --name, --name=VALUE, --name VALUE. */
static command_line_part take_name(command_line *self, const char *argument)
{
    const char *name = argument + 2;
    size_t size = strcspn(name, "=");
    command_line_part part = {.kind = COMMAND_LINE_OPTION, .option = find_name(self, name, size), .text = argument};
    if (part.option < 0) {
        part.kind = COMMAND_LINE_UNKNOWN;
        return part;
    }
    command_line_value takes = self->options[part.option].value;
    if (name[size] == '=' && takes == COMMAND_LINE_NO_VALUE) part.kind = COMMAND_LINE_HAS_VALUE;
    else if (name[size] == '=') part.value = name + size + 1;
    else if (takes == COMMAND_LINE_VALUE) return take_value(self, part);
    return part;
}

/* The next letter of -qn4; what is behind a letter with a value is the value. */
static command_line_part take_letter(command_line *self, const char *at)
{
    command_line_part part = {.kind = COMMAND_LINE_OPTION, .option = find_letter(self, *at), .text = at, .letter = *at};
    self->letters = NULL;
    if (part.option < 0) {
        part.kind = COMMAND_LINE_UNKNOWN;
        return part;
    }
    if (self->options[part.option].value != COMMAND_LINE_VALUE) {
        self->letters = at[1] ? at + 1 : NULL;
        return part;
    }
    if (!at[1]) return take_value(self, part);
    part.value = at + 1;
    return part;
}

command_line_part command_line_next(command_line *self)
{
    if (self->letters) return take_letter(self, self->letters);
    if (self->at >= self->argc) return (command_line_part){.kind = COMMAND_LINE_END};
    const char *argument = self->argv[self->at++];
    if (self->has_ended) return (command_line_part){.kind = COMMAND_LINE_WORD, .text = argument};
    if (argument[0] != '-' || argument[1] == '\0') return (command_line_part){.kind = COMMAND_LINE_OPERAND, .text = argument};
    if (strcmp(argument, "--") == 0) {
        self->has_ended = 1;
        return command_line_next(self);
    }
    return argument[1] == '-' ? take_name(self, argument) : take_letter(self, argument + 1);
}
