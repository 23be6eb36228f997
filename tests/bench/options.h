/* options.h: the command line of rankpool-bench: a user's, and that of the ranks which it starts for a part. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include "report.h"

enum { BENCH_MOST_RUNS = 1000 };

typedef struct bench_options {
    char **names; /* of the parts to run; none: all */
    int n_names;
    const char *as_part; /* this process is a rank of that part; NULL: it is the command */
    int runs;
    int beside; /* endless loops on the same machine meanwhile */
    bool small; /* tiny sizes, to see that it works */
    bench_format format;
    bool help;
} bench_options;

/* Returns false for a wrong option or value, after one line on standard error that names it. */
bool bench_options_read(int argc, char **argv, bench_options *options);

/* Whether `name` means that part: its whole name or the beginning, as "dispatch" and "dispatch-tcp" mean "dispatch-tcp-4". */
bool bench_options_means(const char *name, const char *part);

/* Whether the part is to be run. */
bool bench_options_want(const bench_options *options, const char *part);

#endif
