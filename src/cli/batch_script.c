/* batch_script.c: see batch_script.h. */
#include "batch_script.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char directive[] = "#SBATCH ";

/* The letters of the options that the scripts of slurm/ have. */
static const struct {
    const char *name;
    char letter;
} letters[] = {{"nodes", 'N'}, {"cpus-per-task", 'c'}, {"time", 't'}, {"job-name", 'J'}, {"output", 'o'}, {"error", 'e'}, {"array", 'a'}};

/* ---- the options of sbatch ---- */

static int is_option(const char *word) { return word[0] == '-' && word[1] != '\0'; }

/* The value of option i, if it is the one of that name or letter; NULL: it isn't. `next` is the word behind it. */
static const char *value_of(const char *word, const char *next, const char *name, char letter)
{
    size_t size = strlen(name);
    const char *separate = next && !is_option(next) ? next : "";
    if (letter && word[0] == '-' && word[1] == letter) return word[2] ? word + 2 : separate;
    if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, name, size) != 0) return NULL;
    if (word[2 + size] == '=') return word + 2 + size + 1;
    return word[2 + size] == '\0' ? separate : NULL;
}

const char *batch_script_option(const batch_request *request, const char *name, char letter)
{
    const char *found = NULL;
    for (int i = 0; i < request->n_sbatch; i++) {
        const char *value = value_of(request->sbatch[i], i + 1 < request->n_sbatch ? request->sbatch[i + 1] : NULL, name, letter);
        if (value) found = value;
    }
    return found;
}

long batch_script_last_index(const char *array)
{
    long last = -1;
    for (const char *at = array; *at && *at != '%';) {
        char *end;
        if (*at == ':') at += 1 + strspn(at + 1, "0123456789"); /* a step */
        else if (!isdigit((unsigned char)*at)) at++;
        else {
            long index = strtol(at, &end, 10);
            last = index > last ? index : last;
            at = end;
        }
    }
    return last;
}

/* ---- words in a script ---- */

/* For the shell. */
static void put_word(const char *word, FILE *file)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=:,./%@";
    if (*word && word[strspn(word, plain)] == '\0') {
        fputs(word, file);
        return;
    }
    putc('\'', file);
    for (; *word; word++) fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, file);
    putc('\'', file);
}

/* For sbatch, which knows quotes and backslashes too. */
static void put_argument(const char *word, FILE *file)
{
    if (*word && word[strcspn(word, " \t\"'\\#")] == '\0') {
        fputs(word, file);
        return;
    }
    putc('"', file);
    for (; *word; word++) fprintf(file, *word == '"' || *word == '\\' ? "\\%c" : "%c", *word);
    putc('"', file);
}

/* ---- the script ---- */

static char letter_of(const char *name)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (strcmp(letters[i].name, name) == 0) return letters[i].letter;
    return '\0';
}

/* Whether a line "--name=value" of the script gives way to the user's options. A number of tasks leaves no use for tasks per node. */
static int is_replaced(const batch_request *request, const char *line)
{
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(line + 2, "= \n"), line + 2);
    int is_size = strcmp(name, "nodes") == 0 || strcmp(name, "ntasks-per-node") == 0;
    if (is_size && batch_script_option(request, "ntasks", 'n')) return 1;
    return batch_script_option(request, name, letter_of(name)) != NULL;
}

/* Returns where the script goes on behind its comments. */
static const char *put_head(const batch_request *request, FILE *file)
{
    const char *at = request->template_text;
    fputs("#!/bin/bash\n# Made by rankpool submit.\n", file);
    while (*at == '#') {
        size_t size = strcspn(at, "\n");
        int is_directive = strncmp(at, directive, strlen(directive)) == 0;
        if (is_directive && !is_replaced(request, at + strlen(directive))) fprintf(file, "%.*s\n", (int)size, at);
        at += size + (at[size] == '\n');
    }
    return at;
}

static void put_options(const batch_request *request, FILE *file)
{
    for (int i = 0; i < request->n_sbatch; i++) {
        int begins = i == 0 || is_option(request->sbatch[i]);
        fputs(!begins ? " " : i == 0 ? directive : "\n#SBATCH ", file);
        put_argument(request->sbatch[i], file);
    }
    if (request->n_sbatch > 0) putc('\n', file);
}

static void put_command(const batch_request *request, FILE *file)
{
    fputs("\nRANKPOOL=${RANKPOOL:-", file);
    put_word(request->program, file);
    fputs("}\nset --", file);
    for (int i = 0; i < request->n_words; i++) {
        putc(' ', file);
        put_word(request->words[i], file);
    }
    putc('\n', file);
}

static rp_status check(const batch_request *request, rp_error *error)
{
    for (int i = 0; i < request->n_sbatch; i++)
        if (strchr(request->sbatch[i], '\n')) return rp_error_set(error, RP_USAGE, 0, "submit: an option of sbatch has a line end in it");
    if (request->n_sbatch == 0 || is_option(request->sbatch[0])) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "submit: '%s' is no option of sbatch; the command comes after --", request->sbatch[0]);
}

rp_status batch_script_make(const batch_request *request, char **script, rp_error *error)
{
    size_t size;
    char *text = NULL;
    rp_status status = check(request, error);
    if (status != RP_OK) return status;
    FILE *file = open_memstream(&text, &size);
    if (!file) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the batch script");
    const char *rest = put_head(request, file);
    put_options(request, file);
    put_command(request, file);
    fputs(rest, file);
    int is_whole = !ferror(file);
    if (fclose(file) == 0 && is_whole) {
        *script = text;
        return RP_OK;
    }
    free(text);
    return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the batch script");
}
