/* times.h: how long each item takes, as a function of its index: drawn from a distribution, or recorded. And the best makespan
 * that they allow. */
#ifndef RPI_SIMULATE_TIMES_H
#define RPI_SIMULATE_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum rpi_sim_times_kind {
    RPI_SIM_CONSTANT,    /* a */
    RPI_SIM_UNIFORM,     /* from a to b */
    RPI_SIM_EXPONENTIAL, /* mean a */
    RPI_SIM_NORMAL,      /* mean a, standard deviation b, none below 0 */
    RPI_SIM_HEAVY,       /* a, for the last item b */
    RPI_SIM_ASCENDING,   /* evenly from a to b */
    RPI_SIM_DESCENDING,  /* evenly from b to a */
    RPI_SIM_RECORDED     /* from a list, which repeats */
} rpi_sim_times_kind;

typedef struct rpi_sim_times {
    rpi_sim_times_kind kind;
    double a, b; /* seconds */
    uint64_t n_items, seed;
    const double *recorded; /* borrowed */
    size_t n_recorded;
} rpi_sim_times;

/* No number of seconds may be above this, so that sums stay finite. */
#define RPI_SIM_MOST_SECONDS 1e12

/* Reads "constant:0.001", "uniform:0.001:0.003" and so on into kind, a and b. False: it is none of those, and nothing is written. */
bool rpi_sim_times_parse(const char *text, rpi_sim_times *times);

/* What rpi_sim_times_parse reads, for messages and help. */
extern const char rpi_sim_times_forms[];

/* Seconds of an item, the same at each call. `times` is an rpi_sim_times. */
double rpi_sim_times_item(const void *times, uint64_t item);

/* The sum over all items, and the longest one. */
double rpi_sim_times_sum(const rpi_sim_times *times, double *longest_s);

/* The makespan of free self-scheduling: items are handed out one by one, in their order, to the worker that is free first, at no cost.
 * `speeds`: of each worker; NULL: all have speed 1. Negative: no memory. */
double rpi_sim_times_ideal(const rpi_sim_times *times, uint64_t n_workers, const double *speeds);

/* Pseudo-random numbers from 0 up to but not including 1; equal arguments give equal numbers. */
double rpi_sim_random(uint64_t seed, uint64_t number);

#endif
