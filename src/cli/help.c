/* help.c: see help.h. */
#include "help.h"
#include "completion.h"
#include "environment.h"
#include "man.h"
#include "options.h"
#include "options_help.h"
#include "pages.h"
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
    print_usage("help --man [COMMAND]", "a manual page");
    print_usage("help --completion SHELL", "completion for bash, zsh or fish");
    print_usage("help --write FOLDER", "all pages and scripts, as below /usr/share");
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

static int refuse_more(const char *given)
{
    program_say("help: unexpected argument '%s'; see rankpool help", given);
    return PROGRAM_USAGE;
}

/* --man: the page of the program, or of a command. */
static int print_man(const program_command *commands, const char *name)
{
    const program_command *one = name ? commands_find(commands, name) : NULL;
    if (name && !one) return refuse(commands, name);
    man_print(commands, one, stdout);
    return program_finish(PROGRAM_OK);
}

/* --completion SHELL */
static int print_completion(const program_command *commands, const char *name)
{
    char names[SUGGEST_SIZE];
    for (const completion_shell *shell = completion_shells; name && shell->name; shell++) {
        if (strcmp(shell->name, name) != 0) continue;
        shell->print(commands, stdout);
        return program_finish(PROGRAM_OK);
    }
    if (name) program_say("--completion: unknown shell '%s'; %s", name, suggest_text(name, completion_shell_name, NULL, names));
    else program_say("--completion needs a shell; %s", suggest_text("", completion_shell_name, NULL, names));
    return PROGRAM_USAGE;
}

/* --write FOLDER */
static int write_pages(const program_command *commands, const char *folder)
{
    rp_error error;
    if (folder) return pages_write(commands, folder, &error) == RP_OK ? PROGRAM_OK : program_fail(&error);
    program_say("--write needs a folder, for what is below /usr/share");
    return PROGRAM_USAGE;
}

int help_command(const program_command *commands, int argc, char **argv)
{
    const char *about = argc > 1 ? argv[1] : "--help", *more = argc > 2 ? argv[2] : NULL;
    const program_command *found = commands_find(commands, about);
    if (argc > 3) return refuse_more(argv[3]);
    if (strcmp(about, "--man") == 0) return print_man(commands, more);
    if (strcmp(about, "--completion") == 0) return print_completion(commands, more);
    if (strcmp(about, "--write") == 0) return write_pages(commands, more);
    if (more) return refuse_more(more);
    if (strcmp(about, "--help") == 0 || strcmp(about, "-h") == 0) return help_print_all(commands);
    if (strcmp(about, "--reference") == 0) return print_reference(commands);
    return found ? help_print_command(found) : refuse(commands, about);
}
