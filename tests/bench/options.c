/* options.c: see options.h. */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { ONLY = 256, RUNS, FORMAT, SMALL, AS_PART, HELP };

static const struct option table[] = {
    {"only", required_argument, NULL, ONLY},
    {"runs", required_argument, NULL, RUNS},
    {"format", required_argument, NULL, FORMAT},
    {"small", no_argument, NULL, SMALL},
    {"as-part", required_argument, NULL, AS_PART},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static bool complain(const char *option, const char *value, const char *right)
{
    fprintf(stderr, "rankpool-bench: %s: '%s' is not %s\n", option, value, right);
    return false;
}

static bool read_runs(const char *text, int *runs)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < 1 || number > BENCH_MOST_RUNS) return complain("--runs", text, "a number from 1 to 1000");
    *runs = (int)number;
    return true;
}

static bool read_format(const char *text, bench_format *format)
{
    bool csv = !strcmp(text, "csv");
    if (!csv && strcmp(text, "table") != 0) return complain("--format", text, "table or csv");
    *format = csv ? BENCH_CSV : BENCH_TABLE;
    return true;
}

static bool take(int option, bench_options *options)
{
    switch (option) {
    case ONLY: options->only = optarg; return true;
    case RUNS: return read_runs(optarg, &options->runs);
    case FORMAT: return read_format(optarg, &options->format);
    case SMALL: options->small = true; return true;
    case AS_PART: options->as_part = optarg; return true;
    case HELP: options->help = true; return true;
    default: return false; /* getopt_long has said why */
    }
}

bool bench_options_read(int argc, char **argv, bench_options *options)
{
    *options = (bench_options){.runs = 5};
    for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;)
        if (!take(option, options)) return false;
    return optind == argc || complain("argument", argv[optind], "known; there are only options, see --help");
}

bool bench_options_names(const char *list, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',')) {
        if (*at == ',') at++;
        if (!strncmp(at, name, size) && (at[size] == ',' || !at[size])) return true;
    }
    return !list;
}
