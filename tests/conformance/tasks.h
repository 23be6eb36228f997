/*
 * tasks.h: the tasks that the conformance suite runs, in all four forms of declaration, and the functions themselves for the serial loops
 * that results are compared with.
 */
#ifndef TASKS_H
#define TASKS_H

#include <rankpool/rankpool.h>

typedef struct point {
    double x, y;
    int32_t label;
} point;

typedef struct particle {
    int32_t kind;
    double mass;
    double speed;
    char name[5];
} particle;

typedef double matrix[9];

/* Where an item ran, and what the worker's initializer did there. */
typedef struct whereabouts {
    int64_t item;
    int32_t rank, worker;
    int64_t start_number;   /* of the worker's initializer among those of its process and pool, from 1; 0: there was none */
    int64_t process_starts; /* initializers that ran in this process for this pool */
} whereabouts;

/* What the suite's initializer is given. */
typedef struct start_order {
    int32_t pool_number;   /* 0 to MAX_START_POOLS - 1, another one for each pool with an initializer */
    int32_t failing_rank;  /* fails on this rank of the launch; -1: on none */
    int32_t failing_start; /* fails when it is the n-th in its process, from 1; 0: never */
} start_order;

#define MAX_START_POOLS 64
#define STUMBLE_TEXT    "stumbled over"

double energy(double mass, double speed);
double wave(double x);
int64_t square(int64_t x);
double blend(double scale, int32_t shift, int64_t x, float weight, uint8_t flags);
point mirror(point from, double axis);
uint64_t checksum(rp_bytes bytes);
void turn(matrix *result, const matrix *from, const double *factor);

/* nap(seconds, x) gives x after that time. stumble(seconds, code, x) too, but fails with the code when it isn't 0. */
typedef struct suite_tasks {
    const rp_task *energy, *wave, *square, *blend, *mirror, *checksum; /* values */
    const rp_task *turn, *where_am_i;                                  /* pointers */
    const rp_task *scale_all, *add_all, *stumble_all;                  /* ranges */
    const rp_task *repeat, *describe, *stumble_emit;                   /* emitted */
    const rp_task *nap, *stumble, *long_complaint;
    const rp_initializer *initializer;
} suite_tasks;

extern const suite_tasks tasks;

/* How often the initializer of that pool started and finished in this process. */
int tasks_starts(int pool_number);
int tasks_finishes(int pool_number);

#endif
