/* jobs_command.c: prints the tables of the jobs. */
#include "jobs_command.h"
#include "params.h"
#include "program.h"

#include <stdio.h>
#include <string.h>

static void print_all(void)
{
    for (const rp_job *const *job = rp_jobs(); *job; job++) printf("%-12s %s\n", (*job)->name, (*job)->help);
}

/* The width of the longest parameter name, so that columns align. */
static int name_width(const rp_job *job)
{
    size_t width = strlen("name");
    for (const rp_param *param = job->params; param->name; param++) width = strlen(param->name) > width ? strlen(param->name) : width;
    return (int)width;
}

static void print_params(const rp_job *job)
{
    int width = name_width(job);
    if (!job->params->name) {
        puts("parameters: none");
        return;
    }
    puts("parameters (--param NAME=VALUE):");
    printf("  %-*s  %-32s  %-12s  %s\n", width, "name", "type", "default", "meaning");
    for (const rp_param *param = job->params; param->name; param++) {
        char expected[PARAMS_EXPECTED_SIZE];
        const char *value = param->default_value ? param->default_value : "(required)";
        printf("  %-*s  %-32s  %-12s  %s\n", width, param->name, params_expected(param, expected), *value ? value : "(empty)", param->help);
    }
}

static void print_one(const rp_job *job)
{
    printf("%s: %s\n\n", job->name, job->help);
    for (const char *const *word = job->words; word && *word; word++) printf("%s%s", word == job->words ? "arguments: " : " ", *word);
    printf("%sitem: %s\nresult:", job->words ? "\n" : "", job->item_help);
    for (const rp_field *field = job->fields; field->name; field++)
        printf("%s %s (%s)", field == job->fields ? "" : ",", field->name, rp_type_name(field->type));
    puts(job->fields->name ? "\n" : job->resolve ? " depends on the arguments\n" : " none\n");
    print_params(job);
}

int jobs_command(const rp_job *job)
{
    if (job) print_one(job);
    else print_all();
    return program_finish(PROGRAM_OK);
}
