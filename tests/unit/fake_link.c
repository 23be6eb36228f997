/* fake_link.c: see fake_link.h. */
#include "fake_link.h"

#include "base/clock.h"

#include <pthread.h>
#include <string.h>

enum { MOST_RANKS = 8 };

typedef struct letter {
    struct letter *next;
    rpi_message *message;
    uint64_t arrives_ns;
    bool is_kept; /* by its sender, until flush */
} letter;

typedef struct lane {
    letter *head, **tail;
    uint64_t last_ns; /* when the last one arrives */
} lane;

typedef struct fake_link {
    rpi_link base;
    fake_network *network;
    bool keeps;
    unsigned n_sends, n_receives; /* guarded by the network's mutex */
} fake_link;

struct fake_network {
    int n_ranks;
    fake_weather weather;
    pthread_mutex_t mutex; /* guards what follows */
    uint64_t random_state;
    bool failed, broken, hides_news;
    bool killed[MOST_RANKS], left[MOST_RANKS];
    int n_links;
    unsigned n_sent[RPI_HEARTBEAT + 1]; /* by kind */
    unsigned n_sent_by_members[RPI_HEARTBEAT + 1];
    lane lanes[MOST_RANKS][MOST_RANKS]; /* from, to */
};

static uint64_t next_random(fake_network *network)
{
    network->random_state = network->random_state * 6364136223846793005u + 1442695040888963407u;
    return network->random_state >> 33;
}

/* With the mutex held: whether this send or delivery, the n-th of its link, fails. */
static bool fails(fake_network *network, int rank, unsigned n, unsigned failing)
{
    if (rank == network->weather.failing_rank && failing != 0 && n == failing) {
        network->failed = true;
        network->broken = network->weather.for_good;
        return true;
    }
    return network->broken || network->killed[rank];
}

static void insert(lane *way, letter *sent)
{
    letter **at = &way->head;
    while (*at && (*at)->arrives_ns <= sent->arrives_ns) at = &(*at)->next;
    sent->next = *at;
    *at = sent;
    if (!sent->next) way->tail = &sent->next;
}

static letter *copy_of(const letter *sent)
{
    const rpi_header *header = &sent->message->header;
    letter *copy = malloc(sizeof *copy);
    rpi_message *message = rpi_message_create((rpi_message_kind)header->kind, header->pool, header->size);
    if (!copy || !message) abort();
    message->header = *header;
    memcpy(message->data, sent->message->data, header->size);
    *copy = (letter){NULL, message, sent->arrives_ns, sent->is_kept};
    return copy;
}

static void throw_away(letter *left)
{
    rpi_message_free(left->message);
    free(left);
}

/* With the mutex held: what becomes of this send, the n-th of its link. */
static fake_fault fault_of(fake_network *network, int rank, unsigned n)
{
    const fake_weather *weather = &network->weather;
    bool chosen = rank == weather->failing_rank && weather->faulty_send != 0 && n == weather->faulty_send;
    if (!chosen && (weather->faults_per_mille == 0 || next_random(network) % 1000 >= weather->faults_per_mille)) return FAKE_NO_FAULT;
    network->failed = true;
    return weather->fault;
}

/* With the mutex held. */
static void post(fake_network *network, lane *way, letter *sent, fake_fault fault)
{
    uint64_t late_ns = network->weather.fault_us ? next_random(network) % network->weather.fault_us * 1000 : 0;
    letter *copy = fault == FAKE_DUPLICATE ? copy_of(sent) : NULL;
    if (fault == FAKE_DELAY) sent->arrives_ns += late_ns;
    else way->last_ns = sent->arrives_ns;
    if (fault == FAKE_DROP) throw_away(sent);
    else insert(way, sent);
    if (!copy) return;
    copy->arrives_ns += late_ns;
    insert(way, copy);
}

static rp_status send_message(rpi_link *link, int peer, rpi_message *message, rp_error *error)
{
    fake_link *self = (fake_link *)link;
    fake_network *network = self->network;
    letter *sent = malloc(sizeof *sent);
    if (!sent) abort();
    pthread_mutex_lock(&network->mutex);
    fake_fault fault = fault_of(network, link->rank, ++self->n_sends);
    if (fault == FAKE_KILL) network->killed[link->rank] = true;
    bool failing = fails(network, link->rank, self->n_sends, network->weather.failing_send);
    if (!failing) {
        lane *way = &network->lanes[link->rank][peer];
        uint64_t delay_ns = network->weather.most_delay_us ? next_random(network) % network->weather.most_delay_us * 1000 : 0;
        uint64_t arrives_ns = rpi_now_ns() + delay_ns;
        if (arrives_ns < way->last_ns) arrives_ns = way->last_ns;
        *sent = (letter){NULL, message, arrives_ns, self->keeps};
        if (message->header.kind <= RPI_HEARTBEAT) network->n_sent[message->header.kind]++;
        if (message->header.kind <= RPI_HEARTBEAT) network->n_sent_by_members[message->header.kind] += link->rank > 0;
        post(network, way, sent, fault);
    }
    pthread_mutex_unlock(&network->mutex);
    if (!failing) return RP_OK;
    free(sent);
    rpi_message_free(message);
    return rp_error_set(error, RP_SYSTEM, 0, "the fake link fails");
}

static letter *take_letter(lane *way)
{
    letter *taken = way->head;
    way->head = taken->next;
    if (!way->head) way->tail = &way->head;
    return taken;
}

/* With the mutex held. */
static void let_go(fake_network *network, int from)
{
    for (int to = 0; to < network->n_ranks; to++)
        for (letter *sent = network->lanes[from][to].head; sent; sent = sent->next) sent->is_kept = false;
}

static rp_status flush(rpi_link *link, rp_error *error)
{
    fake_network *network = ((fake_link *)link)->network;
    (void)error;
    pthread_mutex_lock(&network->mutex);
    let_go(network, link->rank);
    pthread_mutex_unlock(&network->mutex);
    return RP_OK;
}

/* One of those that have arrived, whoever sent it. */
static rp_status receive_message(rpi_link *link, int *peer, rpi_message **message, rp_error *error)
{
    fake_link *self = (fake_link *)link;
    fake_network *network = self->network;
    rp_status status = RP_AGAIN;
    uint64_t now = rpi_now_ns();
    pthread_mutex_lock(&network->mutex);
    let_go(network, link->rank);
    if (network->broken || network->killed[link->rank]) status = RP_SYSTEM;
    int start = (int)(next_random(network) % (uint64_t)network->n_ranks);
    for (int k = 0; k < network->n_ranks && status == RP_AGAIN; k++) {
        int from = (start + k) % network->n_ranks;
        lane *way = &network->lanes[from][link->rank];
        if (!way->head || way->head->is_kept || way->head->arrives_ns > now) continue;
        if (fails(network, link->rank, ++self->n_receives, network->weather.failing_receive)) {
            status = RP_SYSTEM;
            break;
        }
        letter *taken = take_letter(way);
        *peer = from;
        *message = taken->message;
        free(taken);
        status = RP_OK;
    }
    pthread_mutex_unlock(&network->mutex);
    return status == RP_SYSTEM ? rp_error_set(error, RP_SYSTEM, 0, "the fake link fails") : status;
}

static bool has_news(rpi_link *link, bool looks)
{
    fake_link *self = (fake_link *)link;
    fake_network *network = self->network;
    uint64_t now = rpi_now_ns();
    pthread_mutex_lock(&network->mutex);
    bool any = network->broken || network->killed[link->rank];
    for (int k = 0; k < network->n_ranks && looks && !network->hides_news; k++) {
        const letter *head = network->lanes[k][link->rank].head;
        any = any || (head && !head->is_kept && head->arrives_ns <= now);
    }
    pthread_mutex_unlock(&network->mutex);
    return any;
}

static bool is_moving(const rpi_link *link)
{
    fake_network *network = ((const fake_link *)link)->network;
    bool any = false;
    pthread_mutex_lock(&network->mutex);
    for (int k = 0; k < network->n_ranks; k++) any = any || network->lanes[k][link->rank].head;
    pthread_mutex_unlock(&network->mutex);
    return any;
}

static void destroy(rpi_link *link, double timeout_s)
{
    (void)timeout_s;
    fake_network *network = ((fake_link *)link)->network;
    pthread_mutex_lock(&network->mutex);
    let_go(network, link->rank);
    network->n_links--;
    network->left[link->rank] = true;
    pthread_mutex_unlock(&network->mutex);
    free(link);
}

static const rpi_link_ops ops = {send_message, flush, receive_message, has_news, is_moving, NULL, NULL, NULL, destroy};

fake_network *fake_network_create(int n_ranks, const fake_weather *weather)
{
    fake_network *network = calloc(1, sizeof *network);
    if (!network || n_ranks > MOST_RANKS) abort();
    network->n_ranks = n_ranks;
    if (weather) network->weather = *weather;
    network->random_state = network->weather.seed;
    pthread_mutex_init(&network->mutex, NULL);
    for (int from = 0; from < n_ranks; from++)
        for (int to = 0; to < n_ranks; to++) network->lanes[from][to].tail = &network->lanes[from][to].head;
    return network;
}

rpi_link *fake_network_link(fake_network *network, int rank)
{
    fake_link *self = calloc(1, sizeof *self);
    if (!self) abort();
    self->base = (rpi_link){.ops = &ops, .rank = rank, .n_ranks = network->n_ranks};
    self->network = network;
    pthread_mutex_lock(&network->mutex);
    network->n_links++;
    network->left[rank] = false;
    pthread_mutex_unlock(&network->mutex);
    return &self->base;
}

void fake_link_keep(rpi_link *link) { ((fake_link *)link)->keeps = true; }

unsigned fake_network_sent(fake_network *network, rpi_message_kind kind)
{
    pthread_mutex_lock(&network->mutex);
    unsigned n = network->n_sent[kind];
    pthread_mutex_unlock(&network->mutex);
    return n;
}

unsigned fake_network_sent_by_members(fake_network *network, rpi_message_kind kind)
{
    pthread_mutex_lock(&network->mutex);
    unsigned n = network->n_sent_by_members[kind];
    pthread_mutex_unlock(&network->mutex);
    return n;
}

bool fake_network_failed(fake_network *network)
{
    pthread_mutex_lock(&network->mutex);
    bool failed = network->failed;
    pthread_mutex_unlock(&network->mutex);
    return failed;
}

void fake_network_kill(fake_network *network, int rank)
{
    pthread_mutex_lock(&network->mutex);
    network->killed[rank] = network->failed = true;
    pthread_mutex_unlock(&network->mutex);
}

bool fake_network_is_gone(void *argument, int rank)
{
    fake_network *network = argument;
    pthread_mutex_lock(&network->mutex);
    bool gone = network->killed[rank] || network->left[rank];
    pthread_mutex_unlock(&network->mutex);
    return gone;
}

void fake_network_hide_news(fake_network *network)
{
    pthread_mutex_lock(&network->mutex);
    network->hides_news = true;
    pthread_mutex_unlock(&network->mutex);
}

void fake_network_break(fake_network *network)
{
    pthread_mutex_lock(&network->mutex);
    network->broken = true;
    pthread_mutex_unlock(&network->mutex);
}

void fake_network_destroy(fake_network *network)
{
    assert_int_equal(network->n_links, 0);
    for (int from = 0; from < network->n_ranks; from++)
        for (int to = 0; to < network->n_ranks; to++)
            while (network->lanes[from][to].head) throw_away(take_letter(&network->lanes[from][to]));
    pthread_mutex_destroy(&network->mutex);
    free(network);
}
