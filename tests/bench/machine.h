/* machine.h: prints on which machine and with which settings the figures were taken, in lines that begin with "# ". */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include "options.h"

/* Cores, affinity, governor, versions, how ranks are started. */
void bench_machine_print(FILE *stream, const bench_options *options);

/* "# load average: …", with a warning when others seem to be at work. `when`: "before" or "after". */
void bench_machine_print_load(FILE *stream, const char *when, bool warn);

#endif
