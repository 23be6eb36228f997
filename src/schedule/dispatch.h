/*
 * dispatch.h: which rank gets which items next. Pure: no message, no clock, no lock; the coordinator asks, and carries out the answers. So
 * it can be tested without MPI, and driven by a simulator.
 *
 * A place is a rank with its workers, place 0 the coordinator's own. A job is a batch that is handed out in parcels: one chunk, or several
 * that are so short that a message for each would cost more than they do.
 *
 * A place wants more while fewer than two parcels are out, or fewer items than its workers and some to follow, so that none waits for the
 * network. Towards the end items that take long are not sent ahead: they would wait behind others while a worker elsewhere is idle.
 *
 * What a job avoids doesn't hold up others: while only the avoided place wants more, the jobs behind it may go there, and only there, so
 * that they take no room elsewhere that it waits for.
 *
 * Finding the neediest place, and booking a parcel, takes a time that grows with the logarithm of the number of places. How all of them
 * stand is kept along, so that nobody has to look at each.
 */
#ifndef RPI_SCHEDULE_DISPATCH_H
#define RPI_SCHEDULE_DISPATCH_H

#include "schedule/rates.h"

#include <stdbool.h>

typedef struct rpi_job {
    struct rpi_job *next_job; /* the dispatcher's */
    rpi_schedule schedule;    /* n_workers: those of all places */
    bool whole;               /* one parcel */
    bool urgent;              /* goes before those that aren't */
    bool avoids;              /* isn't given to place `avoided` while another one has workers */
    int avoided;
    uint64_t count;    /* items; lowered when the call is stopped */
    uint64_t position; /* items handed out */
    double item_s;     /* as measured lately; 0: not known */
    rpi_rates *rates;  /* of the places, where the schedule goes by them and there is memory; NULL otherwise */
    uint64_t n_parcels_out;
    bool queued;
} rpi_job;

/* Which places a tournament is among; its winner has the fewest items a worker. */
typedef enum rpi_tournament { RPI_ALL_PLACES, RPI_PLACES_SHORT_OF_PARCELS, RPI_PLACES_BUT_0, RPI_TOURNAMENTS } rpi_tournament;

typedef struct rpi_place {
    unsigned n_workers; /* 0: nothing is sent there */
    uint64_t n_parcels_out, n_items_out;
    double back_s;                /* when its last parcel came back, of jobs with rates */
    int winners[RPI_TOURNAMENTS]; /* the dispatcher's, see dispatch.c */
} rpi_place;

typedef struct rpi_dispatch {
    rpi_place *places;
    int n_places;
    unsigned n_workers;    /* in all places */
    uint64_t n_items_out;  /* at all places */
    int n_hungry;          /* places but 0 whose last items are running: they have some, but none to follow */
    rpi_job *head, **tail; /* all with items left */
    rpi_job **urgent_tail; /* where the next urgent job goes */
} rpi_dispatch;

typedef struct rpi_parcel_plan {
    int place;
    rpi_job *job;
    uint64_t first, count; /* offsets in the job */
    rpi_schedule grains;   /* how the place's workers share it out */
} rpi_parcel_plan;

/* A parcel that was run. */
typedef struct rpi_parcel_times {
    uint64_t n_items;
    double busy_s; /* of all workers of the place */
    double sent_s, back_s;
} rpi_parcel_times;

/* `places` is the caller's, n_workers filled in, and stays while the dispatcher is used. */
void rpi_dispatch_init(rpi_dispatch *dispatch, rpi_place *places, int n_places);

/* From now on the place has so many workers. */
void rpi_dispatch_set_workers(rpi_dispatch *dispatch, int place, unsigned n_workers);

/* Adds a job behind those there are (urgent: behind the urgent ones). The caller fills in schedule, count and what holds for it. */
void rpi_dispatch_add(rpi_dispatch *dispatch, rpi_job *job);

/* No items of the job from offset `limit` on are handed out any more. */
void rpi_dispatch_stop(rpi_dispatch *dispatch, rpi_job *job, uint64_t limit);

/* The next parcel to send, already booked as out; false: every place has enough, or nothing is left. */
bool rpi_dispatch_next(rpi_dispatch *dispatch, rpi_parcel_plan *plan);

/* A parcel came back. */
void rpi_dispatch_back(rpi_dispatch *dispatch, int place, rpi_job *job, uint64_t count);

/* What the parcel showed of the place's rate, for jobs that have rates: sent and back at those times, its items took busy_s of the workers. */
void rpi_dispatch_learn(rpi_dispatch *dispatch, int place, rpi_job *job, const rpi_parcel_times *times);

/* The least number of items a worker that any place but 0 has; infinite where none of them has workers. */
double rpi_dispatch_least_load(const rpi_dispatch *dispatch);

/* Whether the job is through: all handed out and back. It is then no more in the queue. */
bool rpi_dispatch_is_through(const rpi_job *job);

#endif
