/* options.c: see options.h. */
#include "options.h"

#include "beside.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS = 256, BESIDE, FORMAT, SMALL, AS_PART, HELP };

static const struct option table[] = {
    {"runs", required_argument, NULL, RUNS},
    {"format", required_argument, NULL, FORMAT},
    {"beside", required_argument, NULL, BESIDE},
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

static bool read_number(const char *option, const char *text, int least, int most, int *number)
{
    char *end, right[64];
    long value = strtol(text, &end, 10);
    (void)snprintf(right, sizeof right, "a number from %d to %d", least, most);
    if (end == text || *end || value < least || value > most) return complain(option, text, right);
    *number = (int)value;
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
    case RUNS: return read_number("--runs", optarg, 1, BENCH_MOST_RUNS, &options->runs);
    case BESIDE: return read_number("--beside", optarg, 0, BENCH_MOST_BESIDE, &options->beside);
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
    options->names = &argv[optind];
    options->n_names = argc - optind;
    return true;
}

bool bench_options_means(const char *name, const char *part)
{
    size_t size = strlen(name);
    return !strncmp(name, part, size) && (!part[size] || part[size] == '-');
}

bool bench_options_want(const bench_options *options, const char *part)
{
    for (int i = 0; i < options->n_names; i++)
        if (bench_options_means(options->names[i], part)) return true;
    return options->n_names == 0;
}
