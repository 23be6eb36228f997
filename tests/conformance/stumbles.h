/*
 * stumbles.h: calls of the task `stumble`, in which chosen items fail, for the tests of failures.
 */
#ifndef STUMBLES_H
#define STUMBLES_H

#include "suite.h"

/* A call of `stumble` over n items, of which some fail. */
typedef struct stumbles {
    uint64_t n;
    double *seconds;
    int32_t *codes;
    int64_t *results;
    rp_status *statuses;
} stumbles;

/* All items succeed at once until they are given seconds and codes; results are -1. */
stumbles make_stumbles(suite_fixture *fixture, uint64_t n);

/* The error is complete, and about that item and code. */
void check_stumble(const suite_fixture *fixture, const rp_error *error, int64_t item, int code);

/* The ways to cut a call into chunks. */
enum { STUMBLE_CUTS = 9 };
extern const rp_call_options stumble_cuts[STUMBLE_CUTS];

#endif
