/*
 * dispatch.c: see dispatch.h.
 *
 * Which place has the fewest items a worker is known from tournaments: binary trees whose node k has the nodes 2 k and 2 k + 1 below it.
 * Of n places, nodes 1 to n - 1 are matches, whose winners are kept in places[k], and node n + p is place p itself. When a place changes,
 * only the matches above it are played again.
 */
#include "schedule/dispatch.h"

#include <math.h>
#include <stddef.h>

/* A parcel takes about so long, where items are short: a hundred times what its two messages cost, wake-ups on both sides included. */
static const double parcel_s = 4e-3;
/* With many places it takes longer, so that the coordinator needn't handle more than a message each 10 us; it can do three times as many. */
static const double message_s = 10e-6;
/* Items that take longer than this aren't sent ahead towards the end. */
static const double long_item_s = 0.5e-3;

/* ---- tournaments ---- */

static double load(const rpi_place *place) { return (double)place->n_items_out / place->n_workers; }

static bool takes_part(const rpi_dispatch *dispatch, rpi_tournament tournament, int p)
{
    const rpi_place *place = &dispatch->places[p];
    if (place->n_workers == 0) return false;
    if (tournament == RPI_PLACES_SHORT_OF_PARCELS) return place->n_parcels_out < 2;
    return tournament == RPI_ALL_PLACES || p > 0;
}

/* The winner at a node; -1: nobody takes part below it. */
static int winner(const rpi_dispatch *dispatch, rpi_tournament tournament, int node)
{
    if (node < dispatch->n_places) return dispatch->places[node].winners[tournament];
    int p = node - dispatch->n_places;
    return takes_part(dispatch, tournament, p) ? p : -1;
}

/* Of two places, or -1, the one with fewer items a worker; of equals the first. */
static int lighter(const rpi_dispatch *dispatch, int a, int b)
{
    if (a < 0 || b < 0) return a < 0 ? b : a;
    double difference = load(&dispatch->places[a]) - load(&dispatch->places[b]);
    if (difference < 0 || (difference == 0 && a < b)) return a;
    return b;
}

static void play(rpi_dispatch *dispatch, int node)
{
    for (int t = 0; t < RPI_TOURNAMENTS; t++) {
        int a = winner(dispatch, (rpi_tournament)t, 2 * node), b = winner(dispatch, (rpi_tournament)t, 2 * node + 1);
        dispatch->places[node].winners[t] = lighter(dispatch, a, b);
    }
}

static bool is_hungry(const rpi_dispatch *dispatch, int place)
{
    uint64_t n_items = dispatch->places[place].n_items_out;
    return place > 0 && n_items > 0 && n_items <= dispatch->places[place].n_workers;
}

/* Before and after a place's workers, parcels or items change. */
static void place_changes(rpi_dispatch *dispatch, int place) { dispatch->n_hungry -= is_hungry(dispatch, place); }

static void place_changed(rpi_dispatch *dispatch, int place)
{
    dispatch->n_hungry += is_hungry(dispatch, place);
    for (int node = (dispatch->n_places + place) / 2; node >= 1; node /= 2) play(dispatch, node);
}

/* Node 1 is above all; of a single place it is the place itself. Without one of them: the best of those that it meets on its way up. */
static int lightest(const rpi_dispatch *dispatch, rpi_tournament tournament, int without)
{
    if (without < 0) return winner(dispatch, tournament, 1);
    int best = -1;
    for (int node = dispatch->n_places + without; node > 1; node /= 2)
        best = lighter(dispatch, best, winner(dispatch, tournament, node ^ 1));
    return best;
}

/* ---- jobs and places ---- */

void rpi_dispatch_init(rpi_dispatch *dispatch, rpi_place *places, int n_places)
{
    *dispatch = (rpi_dispatch){.places = places, .n_places = n_places};
    dispatch->tail = dispatch->urgent_tail = &dispatch->head;
    for (int p = 0; p < n_places; p++) {
        dispatch->n_workers += places[p].n_workers;
        dispatch->n_items_out += places[p].n_items_out;
        dispatch->n_hungry += is_hungry(dispatch, p);
    }
    for (int node = n_places - 1; node >= 1; node--) play(dispatch, node);
}

void rpi_dispatch_set_workers(rpi_dispatch *dispatch, int place, unsigned n_workers)
{
    place_changes(dispatch, place);
    dispatch->n_workers += n_workers - dispatch->places[place].n_workers;
    dispatch->places[place].n_workers = n_workers;
    place_changed(dispatch, place);
}

void rpi_dispatch_add(rpi_dispatch *dispatch, rpi_job *job)
{
    job->position = 0;
    job->n_parcels_out = 0;
    job->queued = job->count > 0;
    job->schedule.n_workers = dispatch->n_workers;
    if (!job->queued) return;
    rpi_job **link = job->urgent ? dispatch->urgent_tail : dispatch->tail;
    job->next_job = *link;
    *link = job;
    if (dispatch->tail == link) dispatch->tail = &job->next_job;
    if (job->urgent) dispatch->urgent_tail = &job->next_job;
}

static void unlink_job(rpi_dispatch *dispatch, rpi_job **link)
{
    rpi_job *job = *link;
    *link = job->next_job;
    if (dispatch->tail == &job->next_job) dispatch->tail = link;
    if (dispatch->urgent_tail == &job->next_job) dispatch->urgent_tail = link;
    job->queued = false;
}

void rpi_dispatch_stop(rpi_dispatch *dispatch, rpi_job *job, uint64_t limit)
{
    if (limit < job->count) job->count = limit > job->position ? limit : job->position;
    if (!job->queued || job->position < job->count) return;
    rpi_job **link = &dispatch->head;
    while (*link != job) link = &(*link)->next_job;
    unlink_job(dispatch, link);
}

/* Two messages for each parcel, from and to all places. */
static double message_round_s(const rpi_dispatch *dispatch) { return 2 * message_s * dispatch->n_places; }
static double least_parcel_s(const rpi_dispatch *dispatch) { return fmax(parcel_s, message_round_s(dispatch)); }

/* Items that each worker has waiting: two parcels' time, as those that are out may be far shorter than they were meant to be, and talking
 * threads sleep for milliseconds; but no more than its part of what is left. */
static uint64_t items_to_follow(const rpi_dispatch *dispatch, const rpi_job *job)
{
    enum { MOST = 64 };
    double follow = job->item_s > 0 ? ceil(2 * least_parcel_s(dispatch) / job->item_s) : 1;
    double left = (double)(job->count - job->position) / dispatch->n_workers;
    if (follow > left) follow = left;
    return follow < 1 ? 1 : follow > MOST ? MOST : (uint64_t)follow;
}

static bool wants(const rpi_dispatch *dispatch, const rpi_place *place, const rpi_job *job)
{
    if (place->n_workers == 0) return false;
    if (place->n_items_out < place->n_workers) return true;
    bool last_items = job->count - job->position <= dispatch->n_workers && !job->next_job;
    if (last_items && job->item_s >= long_item_s) return false;
    if (place->n_parcels_out < 2) return true;
    if (job->urgent) return false; /* a try after a failed one: the time of others says little of its */
    return place->n_items_out < place->n_workers * (1 + items_to_follow(dispatch, job));
}

/* Whether the job can do without the place that it avoids. */
static bool avoids_a_place(const rpi_dispatch *dispatch, const rpi_job *job)
{
    return job->avoids && dispatch->n_workers > dispatch->places[job->avoided].n_workers;
}

/* Among the places that want more, the one with the fewest items a worker. Where the lightest of all has enough, only those want more that
 * are short of parcels. `only`: that one or none; -1: any. */
static int neediest(const rpi_dispatch *dispatch, const rpi_job *job, int only)
{
    int without = avoids_a_place(dispatch, job) ? job->avoided : -1;
    if (only >= 0) return only != without && wants(dispatch, &dispatch->places[only], job) ? only : -1;
    int best = lightest(dispatch, RPI_ALL_PLACES, without);
    if (best < 0 || wants(dispatch, &dispatch->places[best], job)) return best;
    best = lightest(dispatch, RPI_PLACES_SHORT_OF_PARCELS, without);
    return best >= 0 && wants(dispatch, &dispatch->places[best], job) ? best : -1;
}

/* ---- parcels ---- */

/* How many chunks of a fixed size go in one parcel: about parcel_s of them, but no more than a fair part of what is left, nor than what was
 * handed out so far supports. */
static uint64_t fixed_count(const rpi_dispatch *dispatch, const rpi_job *job)
{
    uint64_t chunk = job->schedule.chunk, left = job->count - job->position;
    if (job->item_s <= 0 || chunk > left) return chunk;
    double chunks = least_parcel_s(dispatch) / (job->item_s * (double)chunk);
    double fair = (double)left / (double)chunk / (4.0 * dispatch->n_places), reach = (double)(job->position / chunk);
    if (chunks > fair) chunks = fair;
    if (chunks > reach) chunks = reach;
    return chunks < 2 ? chunk : (uint64_t)chunks * chunk;
}

/* A place's share of a static split; shares are handed out in the order in which places ask first. */
static uint64_t static_count(const rpi_dispatch *dispatch, const rpi_job *job, unsigned n_workers)
{
    uint64_t share = (uint64_t)ceil((double)job->schedule.n_items * n_workers / dispatch->n_workers);
    return share ? share : 1;
}

/* Items that take long are dealt out one by one, so that no rank holds two while another has none; but where that would be more messages
 * than the coordinator can bear, several at a time, at most one a worker. As long as their time isn't known, no more messages than go in
 * the time of a parcel. */
static uint64_t long_item_count(const rpi_dispatch *dispatch, const rpi_job *job, unsigned n_workers)
{
    double left = (double)(job->count - job->position), fair = left / (2.0 * dispatch->n_workers) * n_workers;
    double count = job->item_s > 0 ? message_round_s(dispatch) / job->item_s * n_workers : message_s / parcel_s * dispatch->n_workers;
    if (count > fair) count = fair;
    if (count > n_workers) count = n_workers;
    return count < 2 ? 1 : (uint64_t)count;
}

static uint64_t parcel_count(const rpi_dispatch *dispatch, const rpi_job *job, int place)
{
    unsigned n_workers = dispatch->places[place].n_workers;
    uint64_t left = job->count - job->position, count;
    rpi_schedule schedule = job->schedule;
    schedule.target_s = least_parcel_s(dispatch);
    schedule.short_s = 0;
    if (job->whole) return left;
    if (schedule.kind == RP_SCHEDULE_FIXED) count = fixed_count(dispatch, job);
    else if (schedule.kind == RP_SCHEDULE_STATIC) count = static_count(dispatch, job, n_workers);
    else if (job->rates) count = rpi_rates_size(job->rates, (unsigned)place, &schedule, job->position) * n_workers;
    else count = rpi_schedule_size(&schedule, job->position, job->item_s) * n_workers;
    if (schedule.kind == RP_SCHEDULE_AUTO && count == n_workers) count = long_item_count(dispatch, job, n_workers);
    return count < left ? count : left;
}

static rpi_schedule grain_schedule(const rpi_job *job, unsigned n_workers, uint64_t count)
{
    rpi_schedule grains = job->schedule;
    grains.n_items = count;
    grains.n_workers = n_workers;
    if (grains.kind == RP_SCHEDULE_AUTO || grains.kind == RP_SCHEDULE_STATIC) return grains;
    uint64_t chunk = grains.kind == RP_SCHEDULE_FIXED && grains.chunk < count ? grains.chunk : count;
    grains.kind = RP_SCHEDULE_FIXED;
    grains.chunk = (chunk + n_workers - 1) / n_workers;
    return grains;
}

/* The first job that a place wants, and that place; NULL: there is none. Behind jobs that wait for another place than the one they all
 * avoid, that place alone is asked. */
static rpi_job **next_job(rpi_dispatch *dispatch, int *place)
{
    int only = -1;
    for (rpi_job **link = &dispatch->head; *link; link = &(*link)->next_job) {
        const rpi_job *job = *link;
        bool avoids = avoids_a_place(dispatch, job);
        if (avoids && job->avoided == only) continue;
        *place = neediest(dispatch, job, only);
        if (*place >= 0) return link;
        if (!avoids || only >= 0) return NULL;
        only = job->avoided;
    }
    return NULL;
}

bool rpi_dispatch_next(rpi_dispatch *dispatch, rpi_parcel_plan *plan)
{
    int p;
    rpi_job **link = next_job(dispatch, &p), *job;
    if (!link) return false;
    job = *link;
    rpi_place *place = &dispatch->places[p];
    plan->place = p;
    plan->job = job;
    plan->first = job->position;
    plan->count = parcel_count(dispatch, job, p);
    plan->grains = grain_schedule(job, place->n_workers, plan->count);
    job->position += plan->count;
    job->n_parcels_out++;
    place_changes(dispatch, p);
    place->n_parcels_out++;
    place->n_items_out += plan->count;
    dispatch->n_items_out += plan->count;
    place_changed(dispatch, p);
    if (job->position >= job->count) unlink_job(dispatch, link);
    return true;
}

void rpi_dispatch_back(rpi_dispatch *dispatch, int place, rpi_job *job, uint64_t count)
{
    place_changes(dispatch, place);
    dispatch->places[place].n_parcels_out--;
    dispatch->places[place].n_items_out -= count;
    dispatch->n_items_out -= count;
    place_changed(dispatch, place);
    job->n_parcels_out--;
}

/* It waited its turn behind what the place had before. */
void rpi_dispatch_learn(rpi_dispatch *dispatch, int place, rpi_job *job, const rpi_parcel_times *times)
{
    rpi_place *from = &dispatch->places[place];
    if (!job->rates) return;
    double elapsed_s = times->back_s - fmax(times->sent_s, from->back_s);
    from->back_s = times->back_s;
    rpi_chunk_times chunk = {times->n_items, times->busy_s, elapsed_s};
    rpi_rates_learn(job->rates, (unsigned)place, job->schedule.kind, from->n_workers, chunk);
}

double rpi_dispatch_least_load(const rpi_dispatch *dispatch)
{
    int place = lightest(dispatch, RPI_PLACES_BUT_0, -1);
    return place < 0 ? HUGE_VAL : load(&dispatch->places[place]);
}

bool rpi_dispatch_is_through(const rpi_job *job) { return job->position >= job->count && job->n_parcels_out == 0; }
