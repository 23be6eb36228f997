/* operands.c: see operands.h. */
#include "operands.h"
#include "separators.h"

#include <stdio.h>
#include <string.h>

/* What is behind `--` is the command, up to the first separator. What follows moves up by one, so that NULL ends the words. */
static void take_command(options_operands *given, operands_parts *parts)
{
    char **words = given->texts + given->n_before;
    int n = given->n - given->n_before, n_words = separators_find(n, words);
    parts->n_lists = n - n_words;
    parts->lists = words + n_words + 1;
    memmove(parts->lists, words + n_words, (size_t)parts->n_lists * sizeof *words);
    words[n_words] = NULL;
    if (n_words > 0) parts->words = words;
    given->n = given->n_before;
}

/* The words behind the job's name move down by one, over the name, so that NULL ends them. Returns how many there are, or -1. */
static int take_words(const options_operands *given, const rp_job *job, operands_parts *parts)
{
    int n = 0;
    while (job->words && job->words[n]) n++;
    if (n == 0) return 0;
    if (given->n - 1 < n) return -1;
    memmove(given->texts, given->texts + 1, (size_t)n * sizeof *given->texts);
    given->texts[n] = NULL;
    parts->words = given->texts;
    return n;
}

static rp_status lacks_words(const rp_job *job, const char *command, rp_error *error)
{
    char usage[256] = "";
    for (int k = 0; job->words[k]; k++) snprintf(usage + strlen(usage), sizeof usage - strlen(usage), " %s", job->words[k]);
    return rp_error_set(error, RP_USAGE, 0, "%s needs more arguments: rankpool %s %s%s [options] [ITEM…]", job->name, command, job->name,
                        usage);
}

rp_status operands_take(options_operands *given, const rp_job *job, const char *command, operands_parts *parts, rp_error *error)
{
    *parts = (operands_parts){0};
    if (command && job->takes_words) take_command(given, parts);
    int n_words = command ? take_words(given, job, parts) : 0;
    if (n_words < 0) return lacks_words(job, command, error);
    parts->n_items = given->n - 1 - n_words;
    parts->items = given->texts + 1 + n_words;
    return RP_OK;
}
