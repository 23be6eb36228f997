/*
 * stage.h: what a scenario runs on: a pool over one executor, or over ranks in threads of this process, while memory or threads run out.
 * What goes wrong is reported with the executor, the scenario and the fault, and doesn't end the scenario, so that all of it is cleaned up.
 */
#ifndef STAGE_H
#define STAGE_H

#include "faults.h"
#include "unit.h"

typedef struct stage {
    int n_ranks; /* 1: no other ranks */
    rp_pool_options options;
    rp_pool *pool;
} stage;

typedef void stage_play(stage *self);

/* What the scenarios run on: the name of an executor, or "ranks", three of two threads; behind it ",timed", for a time-out on each
 * item, or ",isolated", for child processes. False: there is no such. To be called first in main. */
bool stage_choose(const char *executor_name);

/* Plays the scenario with one fault after another, until it passes without any; fails the test at the first that does harm.
 * `options` may be NULL. */
void stage_run(const char *scenario, const rp_pool_options *options, stage_play *play);

/* A condition that holds whatever fails. */
#define stage_check(condition) ((condition) ? (void)0 : stage_complain(#condition, __FILE__, __LINE__))
void stage_complain(const char *condition, const char *file, int line);

/* Whether the call ended as expected. Otherwise it must have failed because memory or threads ran out, and its error must say that. */
#define stage_well(expected, actual, error) stage_judge((expected), (actual), (error), #actual, __FILE__, __LINE__)
bool stage_judge(rp_status expected, rp_status actual, const rp_error *error, const char *call, const char *file, int line);

#endif
