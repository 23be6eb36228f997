/* sim_state.h: the state of a simulated pool, which the coordinators (coordinator.h), the teams (team.h) and the clock (simulator.h, which
 * has the model) share. */
#ifndef RPI_SIMULATE_SIM_STATE_H
#define RPI_SIMULATE_SIM_STATE_H

#include "cluster/distribution.h"
#include "schedule/estimate.h"
#include "simulate/events.h"

typedef struct rpi_sim_network {
    double latency_s, bytes_per_s, message_s, wake_s; /* bytes_per_s 0: no limit */
    const double *latencies_s;                        /* of each team, without groups; NULL: all have latency_s */
} rpi_sim_network;

/* How fast workers are. An item takes its time divided by the speeds of its rank and thread. Each list repeats from its start. */
typedef struct rpi_sim_speeds {
    const double *ranks, *threads;
    uint32_t n_ranks, n_threads; /* 0: all have speed 1 */
} rpi_sim_speeds;

typedef struct rpi_sim_config {
    uint32_t n_teams;          /* ranks; the first team is that of rank 0 */
    const unsigned *n_workers; /* of each; 0: none */
    uint32_t group;
    bool direct; /* the only team gets whole calls instead of chunks, as in the executors of one process */
    rpi_sim_network network;
    double claim_s;
    rpi_sim_speeds speeds;
    uint64_t seed;
} rpi_sim_config;

/* What a coordinator hands out: a call, or, below rank 0, a chunk of a call. */
typedef struct rpi_sim_part {
    rpi_distribution_entry entry; /* first */
    struct rpi_sim_coordinator *coordinator;
    struct rpi_sim_call *call;
    struct rpi_sim_chunk *chunk; /* the chunk that it came as; NULL: it is the whole call */
    uint64_t first;              /* item of the call */
} rpi_sim_part;

typedef struct rpi_sim_call {
    /* set before rpi_sim_add; everything else is 0 */
    uint64_t n_items;
    rp_schedule schedule;
    uint64_t chunk;
    bool whole, urgent, avoids; /* as in rpi_dispatch_entry */
    int avoided;
    double (*time_s)(const void *times, uint64_t item); /* called once for each item, when it begins */
    const void *times;
    double item_bytes, result_bytes;
    /* outcome */
    double started_s, finished_s, gathered_s; /* the first item begins; the last one ends; rank 0 has all results */
    double busy_s;                            /* of all items so far */
    uint64_t n_run, n_chunks, most_chunk;     /* n_chunks: chunks that rank 0 sent; most_chunk: items of the largest */
    rpi_sim_part part;
} rpi_sim_call;

/* How long an item takes, as one process measured lately. For any call but `call` it isn't known. */
typedef struct rpi_sim_estimate {
    const rpi_sim_call *call;
    rpi_estimate of;
} rpi_sim_estimate;

typedef struct rpi_sim_chunk {
    rpi_chunk base;     /* first */
    rpi_list_link link; /* in the list that has the chunk */
    rpi_sim_part *part;
    uint64_t first;       /* item of the call */
    uint64_t position;    /* how many items grains have */
    uint64_t end;         /* items that the member has, less those that it gave back */
    bool is_there;        /* at its member, and not yet on its way back */
    rpi_list_link answer; /* in the list of its coordinator's answers */
    double busy_s;        /* of its items that are done */
    double came_s;        /* when its member had it */
    unsigned char *taken; /* static schedule: which workers had their share; else NULL */
    rpi_rates *rates;     /* of the workers, if the schedule goes by rates; else NULL */
    uint32_t coordinator; /* the one that sent it */
    uint32_t n_running;   /* how many of its grains are running */
    rp_schedule grains;
} rpi_sim_chunk;

typedef struct rpi_sim_worker {
    double speed;
    double busy_s, grain_s; /* in all; in the present grain */
    uint64_t n_grain;       /* items of the present grain */
} rpi_sim_worker;

typedef struct rpi_sim_team {
    rpi_list queue; /* chunks */
    uint32_t n_workers, n_idle;
    uint32_t *idle;                  /* numbers of the idle workers */
    rpi_sim_worker *workers;         /* all */
    rpi_sim_estimate *estimate, own; /* a coordinator's team shares the estimate of the coordinator */
    double noticed_s;                /* when its progress thread last woke, or will wake for what is on its way */
    uint64_t n_items;                /* that ran or are running */
} rpi_sim_team;

typedef struct rpi_sim_coordinator {
    rpi_distribution distribution;
    uint32_t first_member; /* number of the team, or (above groups) of the coordinator, that is member 0 */
    bool above_groups;
    rpi_list inbox;                            /* messages that arrived: chunks */
    rpi_list answers;                          /* likewise: chunks of which items came back */
    rpi_list local;                            /* chunks that its own team has finished */
    double turn_s;                             /* when its next turn begins; INFINITY: it sleeps */
    bool looks;                                /* an event will wake it, so that it looks what to take back */
    bool sends;                                /* its next turn goes on with sending */
    double busy_until_s;                       /* the end of its last turn */
    double sending_until_s, receiving_until_s; /* its link */
    double busy_s;
    uint64_t n_messages;
    rpi_sim_estimate estimate;
} rpi_sim_coordinator;

typedef struct rpi_sim {
    rpi_sim_config config;
    double now_s;
    rpi_sim_events events;
    uint32_t n_teams, n_coordinators;
    rpi_sim_team *teams;
    rpi_sim_coordinator *coordinators; /* rank 0's first */
    uint32_t *idle_room;
    rpi_sim_worker *workers; /* of all teams */
    uint64_t n_workers;
    uint64_t n_random;
    bool out_of_memory;
    /* called for each chunk that rank 0 sends, and with NULL when no member wants more; may be NULL */
    void (*look)(struct rpi_sim *self, const rpi_chunk *chunk);
    void *looker; /* the caller's */
} rpi_sim;

enum {
    RPI_SIM_CHUNK_ARRIVES,
    RPI_SIM_RESULTS_ARRIVE,
    RPI_SIM_GRAIN_ENDS,
    RPI_SIM_TURN,
    RPI_SIM_RECALL_ARRIVES,
    RPI_SIM_ANSWER_ARRIVES,
    RPI_SIM_LOOK
};

/* Adds an event at `at_s`. `number` is the worker of a grain, the coordinator of a turn or a look, or, of a recall, of the chunk, whose
 * memory may have another chunk by then. */
void rpi_sim_at(rpi_sim *self, double at_s, uint32_t kind, uint32_t number, void *subject);

/* When a thread notices what arrives at `at_s`. It was last busy at `busy_s` and may sleep. */
double rpi_sim_notice_s(rpi_sim *self, double at_s, double busy_s);

/* Gives the coordinator a part to hand out. */
void rpi_sim_add_part(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_part *part);

/* Takes back the items of the chunk from offset `from` on that no worker has; chunk->end says where it ends then. True: nothing is left of
 * it, and its results may be sent. */
bool rpi_sim_give_back(rpi_sim_chunk *chunk, uint64_t from);

/* Empties a chunk for its next use. */
void rpi_sim_clear_chunk(rpi_sim_chunk *chunk);

/* How long an item of the call takes, as one process measured; 0: not known. */
double rpi_sim_estimate_s(const rpi_sim_estimate *estimate, const rpi_sim_call *call);
void rpi_sim_measure(rpi_sim_estimate *estimate, const rpi_sim_call *call, uint64_t n_items, double seconds);

#endif
