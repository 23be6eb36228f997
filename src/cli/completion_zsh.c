/*
 * completion_zsh.c: see completion_zsh.h. Texts stand in quotes, in brackets, and between colons: ' [ ] : and \ in them are escaped. The
 * lone : before the specs makes _arguments take each of them for a spec, whatever it begins with.
 */
#include "completion_zsh.h"
#include "completion_value.h"
#include "options.h"

#include <string.h>

/* Within '…', as a part of a spec. */
static void put(const char *text, FILE *file)
{
    for (; *text; text++) {
        if (*text == '\'') fputs("'\\''", file);
        else if (strchr("[]:\\", *text)) fprintf(file, "\\%c", *text);
        else putc(*text, file);
    }
}

static void put_names(const option_entry *entry, unsigned command, FILE *file)
{
    char room[COMPLETION_NAME_SIZE];
    const char *name;
    putc('(', file);
    for (size_t k = 0; (name = completion_value_name(entry, command, k, room)) != NULL; k++) fprintf(file, k ? " %s" : "%s", name);
    putc(')', file);
}

/* ":MESSAGE:ACTION", or "::…" where the value may be missing. */
static void put_value(const option_entry *entry, unsigned command, FILE *file)
{
    int is_optional = entry->value[0] == '[';
    char message[64];
    snprintf(message, sizeof message, "%s", entry->value + 2 * is_optional);
    message[strcspn(message, "]")] = '\0';
    fputs(is_optional ? "::" : ":", file);
    put(message, file);
    switch (completion_value_kind(entry, command)) {
    case COMPLETION_FILE: fputs(":_files", file); break;
    case COMPLETION_FOLDER: fputs(":_files -/", file); break;
    case COMPLETION_PARAM: fputs(":_rankpool_params", file); break;
    case COMPLETION_NAMES:
        putc(':', file);
        put_names(entry, command, file);
        break;
    default: fputs(": ", file); break;
    }
}

static int may_be_repeated(const option_entry *entry) { return strstr(entry->help, "repeatable") != NULL; }

/* '(-n --items)'{-n+,--items=}'[HELP]:N: ', or without a letter '--items=[HELP]:N: '. */
static void print_option(const option_entry *entry, unsigned command, FILE *file)
{
    char letter = option_letter(entry->name);
    const char *equals = !entry->value ? "" : entry->value[0] == '[' ? "=-" : "=";
    fputs(" \\\n            ", file);
    if (may_be_repeated(entry)) fputs("'*'", file);
    else if (letter) fprintf(file, "'(-%c --%s)'", letter, entry->name);
    if (letter) fprintf(file, "{-%c%s,--%s%s}'", letter, entry->value ? "+" : "", entry->name, equals);
    else fprintf(file, "'--%s%s", entry->name, equals);
    putc('[', file);
    put(entry->help, file);
    putc(']', file);
    if (entry->value) put_value(entry, command, file);
    putc('\'', file);
}

static int begins_with_job(const program_command *command) { return strstr(command->operands, "JOB") != NULL && *command->operands != '-'; }

static void print_command(const program_command *command, FILE *file)
{
    option_entry entries[OPTIONS_MOST];
    int n = options_list(command->options, entries);
    fprintf(file, "        %s)\n            _arguments -s -S :", command->name);
    for (int i = 0; i < n; i++) print_option(&entries[i], command->options, file);
    if (begins_with_job(command)) fputs(" \\\n            '1:job:_rankpool_jobs'", file);
    if (options_takes_items(command->options)) fputs(" \\\n            '*:item:_files'", file);
    fputs("\n            ;;\n", file);
}

/* An array of 'name:help'. */
static void begin_described(const char *name, FILE *file) { fprintf(file, "    local -a %s=(\n", name); }

static void print_described(const char *name, const char *help, FILE *file)
{
    fprintf(file, "        '%s:", name);
    put(help, file);
    fputs("'\n", file);
}

static void end_described(const char *name, const char *what, FILE *file)
{
    fprintf(file, "    )\n    _describe -t %s '%s' %s\n}\n\n", name, what, name);
}

static void print_jobs(FILE *file)
{
    fputs("_rankpool_jobs() {\n", file);
    begin_described("jobs", file);
    for (const rp_job *const *job = rp_jobs(); *job; job++) print_described((*job)->name, (*job)->help, file);
    end_described("jobs", "job", file);
}

/* The job is the first word of the line that is one. */
static void print_params(FILE *file)
{
    fputs("_rankpool_params() {\n    local word job\n    local -a params\n    for word in $words; do\n        case $word in\n", file);
    for (const rp_job *const *job = rp_jobs(); *job; job++) {
        fprintf(file, "            %s) params=(", (*job)->name);
        for (const rp_param *param = (*job)->params; param && param->name; param++) {
            fprintf(file, "'%s:", param->name);
            put(param->help, file);
            fputs("' ", file);
        }
        fputs("); break ;;\n", file);
    }
    fputs("        esac\n    done\n    _describe -t parameters 'parameter' params -S =\n}\n\n", file);
}

static void print_commands(const program_command *commands, FILE *file)
{
    fputs("_rankpool_commands() {\n", file);
    begin_described("commands", file);
    for (const program_command *at = commands; at->name; at++) print_described(at->name, at->help, file);
    print_described("help", "what a command takes", file);
    end_described("commands", "command", file);
}

void completion_zsh_print(const program_command *commands, FILE *file)
{
    fputs("#compdef rankpool\n# zsh completion for rankpool. Made by: rankpool help --completion zsh\n\n", file);
    print_commands(commands, file);
    print_jobs(file);
    print_params(file);
    fputs("_rankpool() {\n    local context state state_descr line\n    typeset -A opt_args\n"
          "    _arguments -C -S : \\\n        '(- *)'{-h,--help}'[what the program takes]' \\\n        '(- *)'{-V,--version}'[the "
          "version]' \\\n"
          "        '1:command:_rankpool_commands' \\\n        '*::argument:->arguments'\n"
          "    [[ $state == arguments ]] || return\n    case $line[1] in\n        help) _rankpool_commands ;;\n",
          file);
    for (const program_command *at = commands; at->name; at++) print_command(at, file);
    fputs("    esac\n}\n\nif [[ $funcstack[1] == _rankpool ]]; then _rankpool \"$@\"; else compdef _rankpool rankpool; fi\n", file);
}
