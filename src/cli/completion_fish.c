/* completion_fish.c: see completion_fish.h. Texts stand in '…', where ' and \ are escaped. */
#include "completion_fish.h"
#include "completion_value.h"
#include "options.h"

#include <string.h>

static const char beginning[] =
    "# fish completion for rankpool. Made by: rankpool help --completion fish\n\n"
    "# Whether the command is $argv[1].\n"
    "function __rankpool_is\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -gt 1; and contains -- $words[2] $argv\n"
    "end\n\n"
    "function __rankpool_has_no_command\n"
    "    test (count (commandline -opc)) -eq 1\n"
    "end\n\n"
    "# Whether the word that comes next is the first operand of one of these commands, as far as can be told: it is the next word.\n"
    "function __rankpool_is_first_of\n"
    "    __rankpool_is $argv; and test (count (commandline -opc)) -eq 2\n"
    "end\n\n"
    "# Whether the line has the job $argv[1].\n"
    "function __rankpool_runs\n"
    "    contains -- $argv[1] (commandline -opc)[3..-1]\n"
    "end\n\n"
    "complete -c rankpool -f\n"
    "complete -c rankpool -n __rankpool_has_no_command -s h -l help -d 'what the program takes'\n"
    "complete -c rankpool -n __rankpool_has_no_command -s V -l version -d 'the version'\n";

static void put(const char *text, FILE *file)
{
    putc('\'', file);
    for (; *text; text++) fprintf(file, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
    putc('\'', file);
}

static void print_value(const option_entry *entry, unsigned command, FILE *file)
{
    char room[COMPLETION_NAME_SIZE];
    const char *name;
    switch (completion_value_kind(entry, command)) {
    case COMPLETION_NONE: break;
    case COMPLETION_FILE: fputs(entry->value[0] == '[' ? " -F" : " -r -F", file); break;
    case COMPLETION_FOLDER: fputs(" -x -a '(__fish_complete_directories)'", file); break;
    case COMPLETION_PARAM: fputs(" -x -a '(__rankpool_params)'", file); break;
    case COMPLETION_NAMES:
        fputs(" -x -a '", file);
        for (size_t k = 0; (name = completion_value_name(entry, command, k, room)) != NULL; k++) fprintf(file, k ? " %s" : "%s", name);
        putc('\'', file);
        break;
    default: fputs(" -x", file); break;
    }
}

static void print_command(const program_command *command, FILE *file)
{
    option_entry entries[OPTIONS_MOST];
    int n = options_list(command->options, entries);
    fprintf(file, "\ncomplete -c rankpool -n __rankpool_has_no_command -a %s -d ", command->name);
    put(command->help, file);
    putc('\n', file);
    for (int i = 0; i < n; i++) {
        char letter = option_letter(entries[i].name);
        fprintf(file, "complete -c rankpool -n '__rankpool_is %s'", command->name);
        if (letter) fprintf(file, " -s %c", letter);
        fprintf(file, " -l %s", entries[i].name);
        print_value(&entries[i], command->options, file);
        fputs(" -d ", file);
        put(entries[i].help, file);
        putc('\n', file);
    }
}

static void print_jobs(const program_command *commands, FILE *file)
{
    putc('\n', file);
    for (const rp_job *const *job = rp_jobs(); *job; job++) {
        fputs("complete -c rankpool -n '__rankpool_is_first_of", file);
        for (const program_command *at = commands; at->name; at++)
            if (strstr(at->operands, "JOB") && *at->operands != '-') fprintf(file, " %s", at->name);
        fprintf(file, "' -a %s -d ", (*job)->name);
        put((*job)->help, file);
        putc('\n', file);
    }
}

static void print_params(FILE *file)
{
    fputs("\n# The parameters of the line's job.\nfunction __rankpool_params\n", file);
    for (const rp_job *const *job = rp_jobs(); *job; job++) {
        fprintf(file, "    if __rankpool_runs %s\n", (*job)->name);
        for (const rp_param *param = (*job)->params; param && param->name; param++) {
            fprintf(file, "        printf '%%s=\\t%%s\\n' %s ", param->name);
            put(param->help, file);
            putc('\n', file);
        }
        fputs("    end\n", file);
    }
    fputs("end\n", file);
}

void completion_fish_print(const program_command *commands, FILE *file)
{
    fputs(beginning, file);
    fputs("complete -c rankpool -n __rankpool_has_no_command -a help -d 'what a command takes'\n", file);
    fputs("complete -c rankpool -n '__rankpool_is_first_of help' -a '", file);
    for (const program_command *at = commands; at->name; at++) fprintf(file, at == commands ? "%s" : " %s", at->name);
    fputs("'\n", file);
    for (const program_command *at = commands; at->name; at++) print_command(at, file);
    print_jobs(commands, file);
    print_params(file);
}
