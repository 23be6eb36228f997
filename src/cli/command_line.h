/*
 * command_line.h: a command line as options and operands, by the rules that people know from other programs: --name VALUE, --name=VALUE,
 * -n VALUE, -nVALUE, letters without a value together as -qh; -- ends the options; - is an operand. Names of options are never shortened:
 * a longer one that is added later would change what a script means. Knows nothing of what an option means.
 */
#ifndef RANKPOOL_CLI_COMMAND_LINE_H
#define RANKPOOL_CLI_COMMAND_LINE_H

typedef enum command_line_value { COMMAND_LINE_NO_VALUE, COMMAND_LINE_VALUE, COMMAND_LINE_MAY_HAVE_VALUE } command_line_value;

/* An option that may be given. With MAY_HAVE_VALUE it has one only as --name=VALUE. */
typedef struct command_line_option {
    const char *name;
    char letter; /* 0: none */
    command_line_value value;
} command_line_option;

typedef enum command_line_kind {
    COMMAND_LINE_OPTION,
    COMMAND_LINE_OPERAND,
    COMMAND_LINE_WORD, /* an operand behind -- */
    COMMAND_LINE_UNKNOWN,
    COMMAND_LINE_LACKS_VALUE, /* it ends there, and the option needs one */
    COMMAND_LINE_HAS_VALUE,   /* --name=VALUE, of an option that takes none */
    COMMAND_LINE_END
} command_line_kind;

/* What comes next. Texts are parts of the arguments. */
typedef struct command_line_part {
    command_line_kind kind;
    int option;        /* its index; of OPTION, LACKS_VALUE and HAS_VALUE */
    const char *text;  /* the argument, whole; of an unknown letter that isn't the first of its argument: from there */
    const char *value; /* of OPTION; NULL: none */
    char letter;       /* the letter that was given; 0: a name was */
} command_line_part;

typedef struct command_line {
    int argc;
    char *const *argv;
    const command_line_option *options;
    int n_options;
    int at;              /* the argument that comes next */
    const char *letters; /* the rest of an argument with letters; NULL: none */
    int has_ended;       /* -- was there */
} command_line;

/* Begins behind argv[0]. Keeps the pointers; nothing is allocated, and argv stays as it is. `options`: n of them. */
command_line command_line_begin(int argc, char *const *argv, const command_line_option *options, int n_options);

/* Takes what comes next. After a mistake it goes on with the next argument. */
command_line_part command_line_next(command_line *self);

#endif
