/*
 * submit.c: see submit.h. The scripts are those of slurm/, which lie in share/rankpool, beside the program in its build folder or beside
 * its bin/ where it is installed. The script that is printed is the one that sbatch gets, on its standard input.
 */
#include "submit.h"
#include "program.h"
#include "tool.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONFIG_SIZE = 65536, NUMBER_SIZE = 256, MOST_SCRIPT = 1 << 20, ASK_S = 30 };

static const double no_limit_s = 1e9; /* with --wait sbatch ends with the job */

/* ---- the command line ---- */

static int is_help(const char *word) { return strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0; }

rp_status submit_parse(int argc, char **argv, submit_request *request, rp_error *error)
{
    int at = 1, n = 0;
    memset(request, 0, sizeof *request);
    request->batch.sbatch = argv + 1;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (is_help(argv[at])) request->wants_help = 1;
        else if (strcmp(argv[at], "--dry-run") == 0) request->is_dry = 1;
        else argv[1 + n++] = argv[at];
    }
    request->batch.n_sbatch = n;
    request->batch.words = argv + at + 1;
    request->batch.n_words = argc - at - 1;
    if (request->wants_help || request->batch.n_words > 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "submit needs a command after --, as in: rankpool submit --nodes=2 -- run JOB …");
}

/* ---- what is checked before sbatch ---- */

static rp_status check_input(const program_options *options, rp_error *error)
{
    const items_request *items = &options->items;
    int is_file = items->kind == ITEMS_LINES || items->kind == ITEMS_CSV;
    if (!is_file || !items->path || strcmp(items->path, "-") != 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "submit: a batch job has no standard input; give the name of a file");
}

/* The number that Slurm's MaxArraySize says; 0: it can't be asked. */
static long ask_most_indices(void)
{
    static const char *const argv[] = {"scontrol", "show", "config", NULL};
    static const char name[] = "MaxArraySize";
    char *config = malloc(CONFIG_SIZE);
    long most = 0;
    if (!config) return 0;
    const char *found = tool_run(argv, NULL, config, CONFIG_SIZE, ASK_S) == 0 ? strstr(config, name) : NULL;
    if (found) most = strtol(found + strlen(name) + strspn(found + strlen(name), " ="), NULL, 10);
    free(config);
    return most;
}

/* Slurm would say that an array specification is invalid, not why. */
static rp_status check_array(const char *array, rp_error *error)
{
    long last = batch_script_last_index(array), most = last > 0 ? ask_most_indices() : 0;
    if (most == 0 || last < most) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0,
                        "submit: --array=%s: this cluster's indices end at %ld (MaxArraySize %ld); leave --array out: one job takes any "
                        "number of items",
                        array, most - 1, most);
}

static rp_status choose_script(const submit_request *request, const program_options *options, const char **name, rp_error *error)
{
    const char *array = batch_script_option(&request->batch, "array", 'a');
    *name = options->command == OPTIONS_COMPARE ? "compare.sbatch" : "hybrid.sbatch";
    if (!array) return RP_OK;
    *name = "array.sbatch";
    if (options->command == OPTIONS_RUN) return check_array(array, error);
    return rp_error_set(error, RP_USAGE, 0, "submit: --array cuts the items of run; other commands are one job");
}

/* ---- the script ---- */

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = file ? calloc(1, MOST_SCRIPT + 1) : NULL;
    if (text && fread(text, 1, MOST_SCRIPT, file) == 0) {
        free(text);
        text = NULL;
    }
    if (file) fclose(file);
    return text;
}

/* Where this program is. 0: that isn't known. */
static int find_program(char program[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", program, PATH_MAX - 1);
    if (size <= 0) return 0;
    program[size] = '\0';
    return 1;
}

/* The text of a script of slurm/, which the caller frees; NULL: `*error` says why. */
static char *read_script(const char *program, const char *name, rp_error *error)
{
    static const char *const folders[] = {"share/rankpool", "../share/rankpool"};
    char *text = NULL;
    int size = (int)(strrchr(program, '/') - program);
    for (size_t i = 0; !text && i < sizeof folders / sizeof *folders; i++) {
        char path[PATH_MAX + 64];
        snprintf(path, sizeof path, "%.*s/%s/%s", size, program, folders[i], name);
        text = read_whole(path);
    }
    if (!text) rp_error_set(error, RP_USAGE, 0, "submit: no %s in share/rankpool beside %.*s", name, size, program);
    return text;
}

static rp_status make_script(submit_request *request, const program_options *options, char **script, rp_error *error)
{
    char program[PATH_MAX];
    const char *name;
    rp_status status = check_input(options, error);
    if (status == RP_OK) status = choose_script(request, options, &name, error);
    if (status != RP_OK) return status;
    if (!find_program(program)) return rp_error_set(error, RP_SYSTEM, errno, "submit: can't read /proc/self/exe");
    char *text = read_script(program, name, error);
    if (!text) return RP_USAGE;
    request->batch.template_text = text;
    request->batch.program = program;
    status = batch_script_make(&request->batch, script, error);
    request->batch.template_text = request->batch.program = NULL;
    free(text);
    return status;
}

/* ---- sbatch ---- */

/* sbatch has said what is wrong. Its status is that of the job where it waited for it. */
static int give_to_sbatch(const char *script)
{
    static const char *const argv[] = {"sbatch", "--parsable", NULL};
    char number[NUMBER_SIZE];
    int status = tool_run(argv, script, number, sizeof number, no_limit_s);
    if (status == TOOL_MISSING) {
        program_say("submit: can't run sbatch: %s", strerror(errno));
        return PROGRAM_USAGE;
    }
    if (*number) {
        fputs(number, stdout);
        return program_finish(status);
    }
    program_say("submit: sbatch took no job (its exit status is %d)", status);
    return PROGRAM_LOST;
}

int submit_command(submit_request *request, const program_options *options)
{
    char *script;
    rp_error error;
    if (make_script(request, options, &script, &error) != RP_OK) return program_fail(&error);
    if (request->is_dry) fputs(script, stdout);
    int status = request->is_dry ? program_finish(PROGRAM_OK) : give_to_sbatch(script);
    free(script);
    return status;
}
