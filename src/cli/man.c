/* man.c: see man.h. In the macros of man(7), which groff and mandoc know. */
#include "man.h"
#include "environment.h"
#include "options.h"
#include "options_help.h"
#include "params.h"

#include <rankpool/rankpool.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- text ---- */

/* Writes one character, and returns the bytes that it has. Hyphens are those of options; quotes are as they are typed. */
static size_t put_character(const unsigned char *at, FILE *file)
{
    static const char plain[] = "-'`^~\\", *const names[] = {"\\-", "\\(aq", "\\(ga", "\\(ha", "\\(ti", "\\e"};
    const char *found = strchr(plain, at[0]);
    if (at[0] < 0x80) {
        if (found) fputs(names[found - plain], file);
        else putc(at[0], file);
        return 1;
    }
    size_t size = at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    unsigned code = at[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size && at[i]; i++) code = code << 6 | (at[i] & 0x3Fu);
    fprintf(file, "\\[u%04X]", code);
    return size;
}

static void put_part(const char *text, size_t size, FILE *file)
{
    if (size > 0 && *text == '.') fputs("\\&", file); /* it isn't a request */
    for (size_t i = 0; i < size;) i += put_character((const unsigned char *)text + i, file);
}

static void put(const char *text, FILE *file) { put_part(text, strlen(text), file); }

static void put_in(const char *font, const char *text, FILE *file)
{
    fprintf(file, "\\f%s", font);
    put(text, file);
    fputs("\\fR", file);
}

/* Paragraphs, with blank lines between them. Lines that begin with a blank stay as they are. */
static void put_paragraphs(const char *text, FILE *file)
{
    int is_fixed = 0;
    while (*text) {
        size_t size = strcspn(text, "\n");
        int wants_fixed = *text == ' ';
        if (is_fixed != wants_fixed) fputs(wants_fixed ? ".nf\n" : ".fi\n", file);
        is_fixed = wants_fixed;
        if (size == 0) fputs(".PP", file);
        put_part(text, size, file);
        putc('\n', file);
        text += size + (text[size] == '\n');
    }
    if (is_fixed) fputs(".fi\n", file);
}

static void put_section(const char *name, FILE *file) { fprintf(file, ".SH %s\n", name); }

/* ---- parts of a page ---- */

static const char *date(char text[16])
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t now = epoch && *epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
    struct tm day;
    if (!gmtime_r(&now, &day) || strftime(text, 16, "%Y-%m-%d", &day) == 0) snprintf(text, 16, "1970-01-01");
    return text;
}

static void put_title(const char *name, const char *help, FILE *file)
{
    char day[16];
    fputs(".\\\" Made by: rankpool help --man\n.TH ", file);
    for (const char *at = name; *at; at++) putc(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at, file);
    fprintf(file, " 1 %s \"rankpool %s\" \"User Commands\"\n.nh\n.ad l\n", date(day), rp_version());
    put_section("NAME", file);
    put(name, file);
    fputs(" \\- ", file);
    put(help, file);
    putc('\n', file);
}

static void put_option(const option_entry *entry, FILE *file)
{
    char text[OPTIONS_HELP_SIZE], letter[] = {'-', option_letter(entry->name), '\0'};
    fputs(".TP\n", file);
    if (letter[1]) {
        put_in("B", letter, file);
        fputs(", ", file);
    }
    fputs("\\fB\\-\\-", file);
    put(entry->name, file);
    fputs("\\fR", file);
    if (entry->value && *entry->value != '[') putc(' ', file);
    if (entry->value) put_in("I", entry->value, file);
    putc('\n', file);
    put(options_help_of(entry, text), file);
    putc('\n', file);
}

static void put_options(unsigned command, FILE *file)
{
    option_entry entries[OPTIONS_MOST];
    int n = options_list(command, entries);
    put_section("OPTIONS", file);
    for (int i = 0; i < n; i++) put_option(&entries[i], file);
}

static void put_row(const char *name, const char *meaning, FILE *file)
{
    fputs(".TP\n", file);
    put_in("B", name, file);
    putc('\n', file);
    put(meaning, file);
    putc('\n', file);
}

/* Rows of the environment, or of the exit statuses. */
static void put_rows(const char *section, const environment_row *row, FILE *file)
{
    put_section(section, file);
    for (; row->name; row++) put_row(row->name, row->meaning, file);
}

static void put_jobs(FILE *file)
{
    put_section("JOBS", file);
    for (const rp_job *const *job = rp_jobs(); *job; job++) put_row((*job)->name, (*job)->help, file);
}

static void put_params(const rp_job *job, FILE *file)
{
    fputs(".SS ", file);
    put(job->name, file);
    putc('\n', file);
    put(job->help, file);
    fputs(".\nAn item is ", file);
    put(job->item_help, file);
    fputs(".\n", file);
    for (const rp_param *param = job->params; param && param->name; param++) {
        char expected[PARAMS_EXPECTED_SIZE];
        fputs(".TP\n", file);
        put_in("B", param->name, file);
        fprintf(file, "\n%s", params_expected(param, expected));
        fputs(param->default_value ? ", default " : ", required", file);
        if (param->default_value) put(*param->default_value ? param->default_value : "empty", file);
        fputs(":\n", file);
        put(param->help, file);
        putc('\n', file);
    }
}

static void put_see_also(const program_command *commands, const program_command *one, FILE *file)
{
    put_section("SEE ALSO", file);
    if (one) fputs("\\fBrankpool\\fR(1)", file);
    for (const program_command *at = commands; at->name; at++)
        if (at != one) fprintf(file, "%s\\fBrankpool\\-%s\\fR(1)", at == commands && !one ? "" : ",\n", at->name);
    putc('\n', file);
}

/* ---- pages ---- */

static void print_program(const program_command *commands, FILE *file)
{
    put_title("rankpool", "run jobs over many items, on ranks and threads", file);
    fputs(".SH SYNOPSIS\n.B rankpool\n\\fICOMMAND\\fR [\\fIoptions\\fR]\n.br\n.B rankpool help\n[\\fICOMMAND\\fR]\n"
          ".SH DESCRIPTION\nrankpool is a pool of MPI ranks with threads in each, for functions over many items. Started alone it uses\n"
          "this machine\\(aqs cores; under \\fBmpirun\\fR or \\fBsrun\\fR it uses all ranks.\n"
          "Results go to standard output, everything else to standard error.\n.SH COMMANDS\n",
          file);
    for (const program_command *at = commands; at->name; at++) put_row(at->name, at->help, file);
    put_jobs(file);
    put_rows("ENVIRONMENT", environment_variables, file);
}

static void print_command(const program_command *one, FILE *file)
{
    char name[64];
    snprintf(name, sizeof name, "rankpool-%s", one->name);
    put_title(name, one->help, file);
    fprintf(file, ".SH SYNOPSIS\n.B rankpool %s\n", one->name);
    put(one->operands, file);
    fputs("\n.SH DESCRIPTION\n", file);
    if (*one->notes) put_paragraphs(one->notes, file);
    else fprintf(file, "%c%s.\n", *one->help - ('a' <= *one->help && *one->help <= 'z' ? 'a' - 'A' : 0), one->help + 1);
    put_options(one->options, file);
    if (one->options == OPTIONS_JOBS) put_section("JOBS AND THEIR PARAMETERS", file);
    for (const rp_job *const *job = rp_jobs(); one->options == OPTIONS_JOBS && *job; job++) put_params(*job, file);
}

void man_print(const program_command *commands, const program_command *one, FILE *file)
{
    if (one) print_command(one, file);
    else print_program(commands, file);
    put_rows("EXIT STATUS", environment_exit_statuses, file);
    put_see_also(commands, one, file);
}
