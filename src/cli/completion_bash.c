/*
 * completion_bash.c: see completion_bash.h. bash cuts the line into words at = and : too (COMP_WORDBREAKS), so the script puts such words
 * together again, and leaves out of each reply what the line has already. It works with and without bash-completion.
 */
#include "completion_bash.h"
#include "completion_value.h"
#include "options.h"

#include <string.h>

static const char beginning[] = "# bash completion for rankpool. Made by: rankpool help --completion bash\n"
                                "# shellcheck shell=bash disable=SC2207  # the names have no blanks\n\n";

static const char engine[] =
    "# Sets words: the line up to the cursor, cut at blanks alone.\n"
    "_rankpool_words() {\n"
    "    local rest=$COMP_LINE word i\n"
    "    words=()\n"
    "    for ((i = 0; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        [[ ${#words[@]} -gt 0 && $rest != [[:blank:]]* ]] || words+=('')\n"
    "        while [[ $rest == [[:blank:]]* ]]; do rest=${rest#?}; done\n"
    "        words[${#words[@]} - 1]+=$word\n"
    "        rest=${rest#\"$word\"}\n"
    "    done\n"
    "}\n\n"
    "# _rankpool_value WHAT TEXT PREFIX: replies for a value that begins with TEXT; PREFIX is what stands before it in the same word.\n"
    "_rankpool_value() {\n"
    "    case $1 in\n"
    "        @file) COMPREPLY=($(IFS=$'\\n' && compgen -f -P \"$3\" -- \"$2\")) && compopt -o filenames 2>/dev/null ;;\n"
    "        @folder) COMPREPLY=($(IFS=$'\\n' && compgen -d -P \"$3\" -- \"$2\")) && compopt -o filenames 2>/dev/null ;;\n"
    "        @param) COMPREPLY=($(compgen -P \"$3\" -W \"$(_rankpool_params \"$job\")\" -- \"$2\")) && compopt -o nospace 2>/dev/null ;;\n"
    "        @text) ;;\n"
    "        *) COMPREPLY=($(compgen -P \"$3\" -W \"$1\" -- \"$2\")) ;;\n"
    "    esac\n"
    "}\n\n"
    "# Sets job, and n, the number of operands before the last word, and ended, if -- was there.\n"
    "_rankpool_operands() {\n"
    "    local i word\n"
    "    job='' n=0 ended=''\n"
    "    for ((i = 2; i < ${#words[@]} - 1; i++)); do\n"
    "        word=${words[i]}\n"
    "        if [[ -z $ended && $word == -- ]]; then\n"
    "            ended=1\n"
    "        elif [[ -z $ended && $word == -?* ]]; then\n"
    "            [[ $word == *=* || $(_rankpool_takes \"$command\" \"$word\") == '' ]] || i=$((i + 1))\n"
    "        else\n"
    "            [[ $n -gt 0 ]] || job=$word\n"
    "            n=$((n + 1))\n"
    "        fi\n"
    "    done\n"
    "}\n\n"
    "# What bash replaces begins behind the last = or :, where these end words.\n"
    "_rankpool_cut() {\n"
    "    local breaks=${COMP_WORDBREAKS//[^=:]/} kept=$1 i\n"
    "    [[ -z $breaks ]] || kept=${1##*[\"$breaks\"]}\n"
    "    for i in \"${!COMPREPLY[@]}\"; do COMPREPLY[i]=${COMPREPLY[i]:${#1} - ${#kept}}; done\n"
    "}\n\n"
    "_rankpool() {\n"
    "    local words command cur prev job n ended what\n"
    "    _rankpool_words\n"
    "    command=${words[1]} cur=${words[${#words[@]} - 1]} prev=${words[${#words[@]} - 2]}\n"
    "    COMPREPLY=()\n"
    "    if [[ ${#words[@]} -le 2 ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$_rankpool_commands help -h --help -V --version\" -- \"$cur\"))\n"
    "        return\n"
    "    fi\n"
    "    _rankpool_operands\n"
    "    what=$([[ $prev == -?* && $prev != *=* ]] && _rankpool_takes \"$command\" \"$prev\")\n"
    "    if [[ -n $ended ]]; then\n"
    "        _rankpool_value @file \"$cur\" ''\n"
    "    elif [[ -n $what ]]; then\n"
    "        _rankpool_value \"$what\" \"$cur\" ''\n"
    "    elif [[ $cur == --*=* ]]; then\n"
    "        what=$(_rankpool_takes \"$command\" \"${cur%%=*}\")\n"
    "        _rankpool_value \"${what:-$(_rankpool_may_take \"$command\" \"${cur%%=*}\")}\" \"${cur#*=}\" \"${cur%%=*}=\"\n"
    "    elif [[ $cur == -* ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$(_rankpool_options \"$command\")\" -- \"$cur\"))\n"
    "    elif [[ $n -eq 0 ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$(_rankpool_first \"$command\")\" -- \"$cur\"))\n"
    "    fi\n"
    "    _rankpool_cut \"$cur\"\n"
    "}\n\n"
    "complete -F _rankpool rankpool\n";

static void print_commands(const program_command *commands, FILE *file)
{
    fputs("_rankpool_commands='", file);
    for (const program_command *at = commands; at->name; at++) fprintf(file, at == commands ? "%s" : " %s", at->name);
    fputs("'\n\n", file);
}

/* Begins a function of bash that prints what its first argument leads to. */
static void begin_function(const char *name, const char *comment, FILE *file)
{
    fprintf(file, "# %s\n%s() {\n    case $1 in\n", comment, name);
}

static void end_function(FILE *file) { fputs("    esac\n}\n\n", file); }

static void print_options(const program_command *commands, FILE *file)
{
    begin_function("_rankpool_options", "_rankpool_options COMMAND: its options.", file);
    for (const program_command *at = commands; at->name; at++) {
        option_entry entries[OPTIONS_MOST];
        int n = options_list(at->options, entries);
        fprintf(file, "        %s) echo '", at->name);
        for (int i = 0; i < n; i++) fprintf(file, i ? " --%s" : "--%s", entries[i].name);
        fputs("' ;;\n", file);
    }
    end_function(file);
}

static void print_what(const option_entry *entry, unsigned command, FILE *file)
{
    static const char *const kinds[] = {
        [COMPLETION_TEXT] = "@text", [COMPLETION_FILE] = "@file", [COMPLETION_FOLDER] = "@folder", [COMPLETION_PARAM] = "@param"};
    completion_kind kind = completion_value_kind(entry, command);
    char room[COMPLETION_NAME_SIZE];
    const char *name;
    if (kind != COMPLETION_NAMES) fputs(kinds[kind], file);
    for (size_t k = 0; kind == COMPLETION_NAMES && (name = completion_value_name(entry, command, k, room)) != NULL; k++)
        fprintf(file, k ? " %s" : "%s", name);
}

static int may_lack_value(const option_entry *entry) { return entry->value && entry->value[0] == '['; }

/* The options that take a value; or those that may have one behind =. */
static void print_values(const program_command *commands, int optional, FILE *file)
{
    for (const program_command *at = commands; at->name; at++) {
        option_entry entries[OPTIONS_MOST];
        int n = options_list(at->options, entries);
        for (int i = 0; i < n; i++) {
            if (!entries[i].value || may_lack_value(&entries[i]) != optional) continue;
            fprintf(file, "        %s\\ --%s", at->name, entries[i].name);
            if (option_letter(entries[i].name)) fprintf(file, " | %s\\ -%c", at->name, option_letter(entries[i].name));
            fputs(") echo '", file);
            print_what(&entries[i], at->options, file);
            fputs("' ;;\n", file);
        }
    }
}

static void print_takes(const program_command *commands, FILE *file)
{
    fputs("# _rankpool_takes COMMAND OPTION: what its value may be; nothing, when it takes none.\n"
          "_rankpool_takes() {\n    case \"$1 $2\" in\n",
          file);
    print_values(commands, 0, file);
    end_function(file);
    fputs("# The same for options whose value comes behind = alone.\n_rankpool_may_take() {\n    case \"$1 $2\" in\n", file);
    print_values(commands, 1, file);
    fputs("        *) echo @text ;;\n", file);
    end_function(file);
}

static void print_jobs(FILE *file)
{
    for (const rp_job *const *job = rp_jobs(); *job; job++) fprintf(file, job == rp_jobs() ? "%s" : " %s", (*job)->name);
}

static void print_first(const program_command *commands, FILE *file)
{
    begin_function("_rankpool_first", "_rankpool_first COMMAND: what its first operand may be.", file);
    fputs("        help) echo \"$_rankpool_commands\" ;;\n", file);
    for (const program_command *at = commands; at->name; at++) {
        if (!strstr(at->operands, "JOB") || *at->operands == '-') continue;
        fprintf(file, "        %s) echo '", at->name);
        print_jobs(file);
        fputs("' ;;\n", file);
    }
    end_function(file);
}

static void print_params(FILE *file)
{
    begin_function("_rankpool_params", "_rankpool_params JOB: its parameters.", file);
    for (const rp_job *const *job = rp_jobs(); *job; job++) {
        fprintf(file, "        %s) echo '", (*job)->name);
        for (const rp_param *param = (*job)->params; param && param->name; param++)
            fprintf(file, param == (*job)->params ? "%s=" : " %s=", param->name);
        fputs("' ;;\n", file);
    }
    end_function(file);
}

void completion_bash_print(const program_command *commands, FILE *file)
{
    fputs(beginning, file);
    print_commands(commands, file);
    print_options(commands, file);
    print_takes(commands, file);
    print_first(commands, file);
    print_params(file);
    fputs(engine, file);
}
