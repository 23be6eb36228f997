/* options.h: the command line of rankpool-bench: of the command that a user gives, and of the ranks that it starts for a part. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include "report.h"

enum { BENCH_MOST_RUNS = 1000 };

typedef struct bench_options {
    const char *only;    /* names with commas between; NULL: all parts */
    const char *as_part; /* this process is a rank of that part; NULL: it is the command */
    int runs;
    bool small; /* sizes that only show that it works */
    bench_format format;
    bool help;
} bench_options;

/* Returns false for a wrong option or value, after one line on standard error that names it. */
bool bench_options_read(int argc, char **argv, bench_options *options);

/* Whether the list of names with commas between has this one; NULL has all. */
bool bench_options_names(const char *list, const char *name);

#endif
