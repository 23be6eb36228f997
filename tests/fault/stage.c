/* stage.c: see stage.h. The alarm is the bound on everything that waits. */
#include "stage.h"

#ifdef FAULT_WITH_RANKS
#include "cluster/coordinator.h"
#include "cluster/member.h"
#include "fake_link.h"
#include "pool/open.h"
#endif

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

enum { HANG_S = 120, MOST_RANKS = 4, N_RANKS = 3, N_SEEDS = 60 };

static struct {
    rp_executor executor;
    int n_ranks;
    double timeout_s;
    rp_isolation isolation;
    const char *executor_name, *scenario;
    faults_kind kind;
    unsigned n;
    atomic_bool complained;
} now;

/* How items run: in the worker's thread, in a child, or in a second thread. */
static bool choose_way(const char *way)
{
    if (!*way) return true;
    if (!strcmp(way, ",timed")) now.timeout_s = 10 * HANG_S;
    else if (!strcmp(way, ",isolated")) now.isolation = RP_ISOLATION_PROCESS;
    else return false;
    return now.isolation == RP_ISOLATION_NONE || rp_isolation_prepare(NULL) == RP_OK;
}

bool stage_choose(const char *executor_name)
{
    char name[32];
    rp_pool_options options = {0};
    size_t length = strcspn(executor_name, ",");
    (void)snprintf(name, sizeof name, "%.*s", (int)length, executor_name);
    now.n_ranks = 1;
    now.executor_name = executor_name;
    bool known = true;
#ifdef FAULT_WITH_RANKS
    if (!strcmp(name, "ranks")) {
        now.n_ranks = N_RANKS;
        options.executor = RP_EXECUTOR_HYBRID;
    } else
#endif
        known = rp_pool_options_set(&options, "executor", name, NULL) == RP_OK;
    now.executor = options.executor;
    return known && choose_way(executor_name + length);
}

/* ---- what went wrong ---- */

static void describe(char *line, size_t size)
{
    char fault[64];
    (void)snprintf(line, size, "%s, %s, %s (RANKPOOL_FAULT=%d:%u)", now.executor_name, now.scenario,
                   faults_describe(now.kind, now.n, fault), (int)now.kind, now.n);
}

void stage_complain(const char *condition, const char *file, int line)
{
    char where[256];
    describe(where, sizeof where);
    print_error("%s:\n%s:%d: %s\n", where, file, line, condition);
    atomic_store(&now.complained, true);
}

static bool says_memory(const rp_error *error)
{
    return (error->code == 0 || error->code == ENOMEM) && strstr(rp_error_text(error), "memory");
}

static bool is_for_want(rp_status status, const rp_error *error)
{
    bool of_threads = now.kind == FAULTS_ONE_THREAD || now.kind == FAULTS_NO_MORE_THREADS;
    switch (status) {
    case RP_NO_MEMORY: return !of_threads;
    case RP_FAILED: return error->cause == RP_CAUSE_SYSTEM && (of_threads ? error->code == EAGAIN : says_memory(error));
    case RP_SYSTEM: return of_threads;
    case RP_UNSUPPORTED: return of_threads && strstr(rp_error_text(error), "worker threads");
    case RP_LOST: return now.n_ranks > 1;
    default: return false;
    }
}

bool stage_judge(rp_status expected, rp_status actual, const rp_error *error, const char *call, const char *file, int line)
{
    if (actual == expected) return true;
    if (faults_fired() && error->status == actual && is_for_want(actual, error)) return false;
    char said[1400];
    (void)snprintf(said, sizeof said, "%s gave \"%s\" (%s%s), not \"%s\"", call, rp_status_text(actual), rp_error_text(error),
                   faults_fired() ? "" : "; no fault came to pass", rp_status_text(expected));
    stage_complain(said, file, line);
    return false;
}

/* A hang can't be cleaned up after. */
static void end_hang(int signal_number)
{
    char where[256];
    (void)signal_number;
    describe(where, sizeof where);
    print_error("%s: it hangs\n", where);
    _exit(1);
}

/* ---- ranks ---- */

#ifdef FAULT_WITH_RANKS
typedef struct member {
    pthread_t thread;
    fake_network *network;
    rpi_link *link;
} member;

/* A rank that ends with an error ends all others, as under mpirun. */
static void *serve(void *argument)
{
    member *self = argument;
    if (rpi_member_serve(self->link, NULL, NULL) != RP_OK) fake_network_break(self->network);
    return NULL;
}

static void play_on_ranks(stage *self, stage_play *play)
{
    member members[MOST_RANKS] = {0};
    rpi_coordinator *coordinator = NULL;
    rp_error error = {0};
    fake_network *network = fake_network_create(self->n_ranks, &(fake_weather){.most_delay_us = 200, .seed = now.n});
    for (int k = 1; k < self->n_ranks; k++) {
        members[k] = (member){.network = network, .link = fake_network_link(network, k)};
        stage_check(pthread_create(&members[k].thread, NULL, serve, &members[k]) == 0);
    }
    stage_check(rpi_coordinator_create(fake_network_link(network, 0), &coordinator, NULL) == RP_OK);
    faults_arm(now.kind, now.n);
    rp_status joined = RP_LOST;
    if (stage_well(RP_OK, rpi_pool_open_on(coordinator, &self->options, &self->pool, &error), &error)) {
        play(self);
        rp_pool_close(self->pool);
        joined = rp_pool_join(self->pool, &error);
        (void)stage_well(RP_OK, joined, &error);
        rp_pool_free(self->pool);
    }
    if (joined != RP_OK) fake_network_break(network); /* as when the coordinator's process ends */
    for (int k = 1; k < self->n_ranks; k++) pthread_join(members[k].thread, NULL);
    fake_network_destroy(network);
}
#endif

static void play_here(stage *self, stage_play *play)
{
    rp_error error = {0};
    faults_arm(now.kind, now.n);
    if (!stage_well(RP_OK, rp_pool_open(&self->options, &self->pool, &error), &error)) return;
    play(self);
    rp_pool_close(self->pool);
    (void)stage_well(RP_OK, rp_pool_join(self->pool, &error), &error);
    rp_pool_free(self->pool);
}

/* ---- one fault after another ---- */

/* Whether a fault happened. */
static bool play_once(const rp_pool_options *options, stage_play *play)
{
    stage self = {.n_ranks = now.n_ranks};
    long before = faults_live_blocks();
    if (options) self.options = *options;
    self.options.executor = now.executor;
    self.options.threads = 2;
    self.options.timeout_s = now.timeout_s;
    self.options.isolation = now.isolation;
    alarm(HANG_S);
#ifdef FAULT_WITH_RANKS
    if (self.n_ranks > 1) play_on_ranks(&self, play);
    else play_here(&self, play);
#else
    play_here(&self, play);
#endif
    alarm(0);
    bool fired = faults_disarm();
    long left = faults_live_blocks() - before;
    char said[64];
    (void)snprintf(said, sizeof said, "%ld blocks are left", left);
    if (left != 0) stage_complain(said, __FILE__, __LINE__);
    return fired;
}

/* RANKPOOL_FAULT=KIND:N, which each complaint shows, plays that fault only. */
static bool play_chosen(const rp_pool_options *options, stage_play *play)
{
    const char *chosen = getenv("RANKPOOL_FAULT");
    if (!chosen) return false;
    char *end;
    now.kind = (faults_kind)strtoul(chosen, &end, 10);
    now.n = *end ? (unsigned)strtoul(end + 1, NULL, 10) : 1;
    (void)play_once(options, play);
    return true;
}

/* Plays the scenario with the present fault. True: there may be more faults of its kind. */
static bool play_more(const rp_pool_options *options, stage_play *play)
{
    bool fired = play_once(options, play);
    if (atomic_load(&now.complained)) return false;
    return now.kind == FAULTS_RANDOM_MEMORY ? now.n < N_SEEDS : fired;
}

void stage_run(const char *scenario, const rp_pool_options *options, stage_play *play)
{
    static const faults_kind kinds[] = {FAULTS_ONE_ALLOCATION, FAULTS_NO_MORE_MEMORY, FAULTS_RANDOM_MEMORY, FAULTS_ONE_THREAD,
                                        FAULTS_NO_MORE_THREADS};
    now.scenario = scenario;
    atomic_store(&now.complained, false);
    signal(SIGALRM, end_hang);
    bool chosen = play_chosen(options, play);
    for (size_t k = 0; k < N_OF(kinds) && !chosen && !atomic_load(&now.complained); k++) {
        now.kind = kinds[k];
        now.n = 1;
        while (play_more(options, play)) now.n++;
        if (now.kind == FAULTS_ONE_ALLOCATION) stage_check(now.n > 5); /* the faults reach the library */
    }
    if (atomic_load(&now.complained)) fail();
}
