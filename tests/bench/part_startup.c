/*
 * part_startup.c: what the program takes to run one item that does nothing, from its start to its end: alone, against a program that does
 * nothing; on two ranks, against an MPI program that does nothing. Milliseconds; the mean of some starts. This part is one process
 * without MPI.
 */
#include "parts.h"
#include "process.h"

#include <stdio.h>

enum { STARTS = 20, SMALL_STARTS = 2, MOST_ARGUMENTS = 24 };

#define RUN     BENCH_RANKPOOL, "run", "compute", "--items", "1", "--param", "iterations=1"
#define MPIRUN2 "mpirun", "-n", "2", "--bind-to", "none", "--oversubscribe"

static const char *const programs[][MOST_ARGUMENTS] = {
    {"/bin/true", NULL}, {RUN, NULL}, {MPIRUN2, BENCH_EMPTY_MPI, NULL}, {MPIRUN2, RUN, NULL}};

/* The argument: which program. With mpirun one start does, as it takes a hundred times as long. */
static bool run_program(const bench_contestant *self, void *state, double *value)
{
    int starts = self->argument < 2 ? *(const int *)state : 1;
    double sum_s = 0;
    for (int i = 0; i < starts; i++) {
        double seconds;
        if (!bench_process_time(programs[self->argument], &seconds)) return false;
        sum_s += seconds;
    }
    *value = 1e3 * sum_s / starts;
    return true;
}

bool bench_part_startup(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"/bin/true", BENCH_RANK_0, run_program, {0}, 0},
        {"rankpool run", BENCH_RANK_0, run_program, {0}, 1},
        {"mpirun: empty MPI program", BENCH_RANK_0, run_program, {0}, 2},
        {"mpirun: rankpool run", BENCH_RANK_0, run_program, {0}, 3},
    };
    int starts = settings->small ? SMALL_STARTS : STARTS;
    return bench_rounds(contestants, 4, &starts, settings->runs);
}
