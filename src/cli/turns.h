/*
 * turns.h: the order in which contestants run. Round 0 is the warm-up, in order; each later round begins with another contestant. So what
 * disturbs the machine for a while disturbs all of them, and none is always the first. Pure functions.
 */
#ifndef RANKPOOL_CLI_TURNS_H
#define RANKPOOL_CLI_TURNS_H

#include <stddef.h>

/* Whose turn run k is, of n contestants; `*round` is the one that it belongs to. */
size_t turns_whose(size_t k, size_t n, size_t *round);

/* How long the runs from number k on will take, of `all` runs, k > 0. `last_s`: of each contestant, how long its last run took, if it had
 * one; 0: it takes no part any more. `elapsed_s`: of the first k runs. */
double turns_left_s(size_t k, size_t n, size_t all, const double *last_s, double elapsed_s);

#endif
