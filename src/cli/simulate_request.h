/* simulate_request.h: what `rankpool simulate` is asked for: the machine, the network, the items. Read from text, checked,
 * and with defaults. */
#ifndef RANKPOOL_CLI_SIMULATE_REQUEST_H
#define RANKPOOL_CLI_SIMULATE_REQUEST_H

#include <rankpool/error.h>
#include <stdint.h>

enum { SIMULATE_MAX_ROWS = 64, SIMULATE_MAX_SPEEDS = 64 };

/* Speeds that are used one after another, and again from the first; none: all 1. */
typedef struct simulate_speeds {
    double speeds[SIMULATE_MAX_SPEEDS];
    int n;
} simulate_speeds;

typedef struct simulate_request {
    int64_t nodes[SIMULATE_MAX_ROWS]; /* one row of the table for each */
    int n_nodes;
    int64_t ranks;         /* in a node */
    int64_t threads;       /* in a rank */
    int64_t levels, group; /* group: how many nodes share a coordinator, with 2 levels; 0: about the square root of their number */
    simulate_speeds rank_speeds, thread_speeds;
    double latency_us, bandwidth_gbs, message_cost_us, wake_us, claim_cost_us;
    int64_t items, items_per_worker; /* items 0: items_per_worker for each worker, or as many as were recorded */
    double item_bytes, result_bytes;
    const char *times; /* NULL: not given */
    int64_t seed;
} simulate_request;

/* Sets all defaults. */
void simulate_request_init(simulate_request *request);

/* Sets one option from its text, which must outlive the request. RP_OK; RP_USAGE (says what would be right; nothing is set). */
rp_status simulate_request_set(simulate_request *request, const char *name, const char *value, rp_error *error);

/* Checks that everything needed is there and fits together. RP_OK, RP_USAGE. */
rp_status simulate_request_check(const simulate_request *request, rp_error *error);

#endif
