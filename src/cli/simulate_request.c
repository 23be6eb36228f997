/* simulate_request.c: one table for options that are numbers; code for lists and texts. */
#include "simulate_request.h"
#include "values.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const int64_t most_workers = 100000000;

/* A number: where it is stored, and its range. */
static const struct number {
    const char *name;
    size_t offset;
    int is_integer;
    double minimum, maximum, standard;
} numbers[] = {
    {"ranks", offsetof(simulate_request, ranks), 1, 1, 10000, 1},
    {"threads", offsetof(simulate_request, threads), 1, 1, 10000, 1},
    {"levels", offsetof(simulate_request, levels), 1, 1, 2, 1},
    {"group", offsetof(simulate_request, group), 1, 1, 1e6, 0},
    {"latency", offsetof(simulate_request, latency_us), 0, 0, 1e9, 2},
    {"bandwidth", offsetof(simulate_request, bandwidth_gbs), 0, 1e-6, 1e6, 10},
    {"message-cost", offsetof(simulate_request, message_cost_us), 0, 0, 1e9, 3},
    {"wake", offsetof(simulate_request, wake_us), 0, 0, 1e9, 200},
    {"claim-cost", offsetof(simulate_request, claim_cost_us), 0, 0, 1e9, 0},
    {"items", offsetof(simulate_request, items), 1, 1, 1e12, 0},
    {"items-per-worker", offsetof(simulate_request, items_per_worker), 1, 1, 1e9, 100},
    {"item-bytes", offsetof(simulate_request, item_bytes), 0, 0, 1e15, 8},
    {"result-bytes", offsetof(simulate_request, result_bytes), 0, 0, 1e15, 8},
    {"seed", offsetof(simulate_request, seed), 1, 0, 1e12, 1},
};

enum { N_NUMBERS = sizeof numbers / sizeof *numbers };

static void store(simulate_request *request, const struct number *number, double value)
{
    char *at = (char *)request + number->offset;
    int64_t integer = (int64_t)value;
    if (number->is_integer) memcpy(at, &integer, sizeof integer);
    else memcpy(at, &value, sizeof value);
}

void simulate_request_init(simulate_request *request)
{
    memset(request, 0, sizeof *request);
    request->nodes[0] = request->n_nodes = 1;
    for (int i = 0; i < N_NUMBERS; i++) store(request, &numbers[i], numbers[i].standard);
}

static rp_status set_number(simulate_request *request, const struct number *number, const char *value, rp_error *error)
{
    int64_t integer = 0;
    double given = 0;
    int good = number->is_integer ? value_integer(value, (int64_t)number->minimum, (int64_t)number->maximum, &integer)
                                  : value_number(value, &given) && given >= number->minimum && given <= number->maximum;
    if (!good)
        return rp_error_set(error, RP_USAGE, 0, "--%s %s: must be %s from %.15g to %.15g", number->name, value,
                            number->is_integer ? "an integer" : "a number", number->minimum, number->maximum);
    store(request, number, number->is_integer ? (double)integer : given);
    return RP_OK;
}

/* Integers with commas between them. */
static rp_status set_nodes(simulate_request *request, const char *value, rp_error *error)
{
    int64_t nodes[SIMULATE_MAX_ROWS];
    int n = 0;
    for (const char *at = value;; at++) {
        char text[24];
        size_t length = strcspn(at, ",");
        snprintf(text, sizeof text, "%.*s", length < sizeof text ? (int)length : 0, at);
        if (n == SIMULATE_MAX_ROWS || !value_integer(text, 1, 1000000, &nodes[n++]))
            return rp_error_set(error, RP_USAGE, 0, "--nodes %s: must be up to %d integers from 1 to 1000000, with commas between them",
                                value, SIMULATE_MAX_ROWS);
        at += length;
        if (!*at) break;
    }
    memcpy(request->nodes, nodes, sizeof nodes);
    request->n_nodes = n;
    return RP_OK;
}

/* Numbers with commas between them. */
static rp_status set_speeds(simulate_speeds *speeds, const char *name, const char *value, rp_error *error)
{
    simulate_speeds given = {.n = 0};
    for (const char *at = value;; at++) {
        char text[32];
        double speed = 0;
        size_t length = strcspn(at, ",");
        snprintf(text, sizeof text, "%.*s", length < sizeof text ? (int)length : 0, at);
        if (given.n == SIMULATE_MAX_SPEEDS || !value_number(text, &speed) || speed < 1e-6 || speed > 1e6)
            return rp_error_set(error, RP_USAGE, 0, "--%s %s: must be up to %d numbers from 1e-6 to 1e6, with commas between them", name,
                                value, SIMULATE_MAX_SPEEDS);
        given.speeds[given.n++] = speed;
        at += length;
        if (!*at) break;
    }
    *speeds = given;
    return RP_OK;
}

rp_status simulate_request_set(simulate_request *request, const char *name, const char *value, rp_error *error)
{
    if (strcmp(name, "nodes") == 0) return set_nodes(request, value, error);
    if (strcmp(name, "speeds") == 0) return set_speeds(&request->rank_speeds, name, value, error);
    if (strcmp(name, "thread-speeds") == 0) return set_speeds(&request->thread_speeds, name, value, error);
    for (int i = 0; i < N_NUMBERS; i++)
        if (strcmp(name, numbers[i].name) == 0) return set_number(request, &numbers[i], value, error);
    request->times = value;
    return RP_OK;
}

rp_status simulate_request_check(const simulate_request *request, rp_error *error)
{
    if (!request->times)
        return rp_error_set(error, RP_USAGE, 0, "simulate needs --times: how long an item takes; see rankpool simulate --help");
    if (request->group && request->levels == 1)
        return rp_error_set(error, RP_USAGE, 0, "--group needs --levels 2, as without it there is one coordinator");
    for (int i = 0; i < request->n_nodes; i++)
        if (request->nodes[i] * request->ranks * request->threads > most_workers)
            return rp_error_set(error, RP_USAGE, 0, "%lld nodes of %lld ranks of %lld threads are more than %lld workers",
                                (long long)request->nodes[i], (long long)request->ranks, (long long)request->threads,
                                (long long)most_workers);
    return RP_OK;
}
