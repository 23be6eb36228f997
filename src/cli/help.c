/* help.c: see help.h. */
#include "help.h"
#include "environment.h"
#include "options.h"
#include "options_help.h"
#include "program.h"
#include "suggest.h"

#include <stdio.h>
#include <string.h>

static void print_usage(const char *usage, const char *help)
{
    int extra = strstr(usage, "…") ? 2 : 0; /* bytes that aren't characters */
    printf("  rankpool %-*s  %s\n", 30 + extra, usage, help);
}

int help_print_all(const program_command *commands)
{
    puts("rankpool: a pool of MPI ranks × OpenMP threads for functions over many items\n");
    for (const program_command *at = commands; at->name; at++) {
        char usage[80];
        snprintf(usage, sizeof usage, "%s %s", at->name, at->operands);
        print_usage(usage, at->help);
    }
    print_usage("help [COMMAND]", "this text, or that of a command; COMMAND --help is the same");
    print_usage("help --reference", "all that the program takes, in Markdown");
    print_usage("-V, --version", "the version, and what it was built with");
    puts("\nStarted alone it uses this machine's cores; mpirun -n N rankpool …, or srun, uses N ranks.\n\nenvironment:");
    environment_print_help(stdout);
    return program_finish(PROGRAM_OK);
}

int help_print_command(const program_command *command)
{
    printf("rankpool %s %s\n\n%s\n\noptions:\n", command->name, command->operands, command->help);
    options_print_help(command->options, stdout);
    if (*command->notes) printf("\n%s", command->notes);
    if (command->options == OPTIONS_RUN) environment_print_causes(stdout);
    return program_finish(PROGRAM_OK);
}

/* Prints all that the program takes, in Markdown. src/cli/OPTIONS.md is made from it. */
static int print_reference(const program_command *commands)
{
    puts("# rankpool: options, environment, exit statuses\n\nMade by `rankpool help --reference`.");
    for (const program_command *at = commands; at->name; at++) {
        printf("\n## rankpool %s %s\n\n%s\n\n", at->name, at->operands, at->help);
        options_print_table(at->options, stdout);
        if (*at->notes) printf("\n```text\n%s```\n", at->notes);
    }
    environment_print_reference(stdout);
    return program_finish(PROGRAM_OK);
}

static int refuse(const program_command *commands, const char *given)
{
    char names[SUGGEST_SIZE];
    if (*given == '-') program_say("unknown option %s of help; see rankpool help", given);
    else program_say("unknown command '%s'; %s", given, suggest_text(given, commands_name, commands, names));
    return PROGRAM_USAGE;
}

int help_command(const program_command *commands, int argc, char **argv)
{
    const char *about = argc > 1 ? argv[1] : "--help";
    if (argc > 2) {
        program_say("help: unexpected argument '%s'; see rankpool help", argv[2]);
        return PROGRAM_USAGE;
    }
    if (strcmp(about, "--help") == 0 || strcmp(about, "-h") == 0) return help_print_all(commands);
    if (strcmp(about, "--reference") == 0) return print_reference(commands);
    const program_command *found = commands_find(commands, about);
    return found ? help_print_command(found) : refuse(commands, about);
}
