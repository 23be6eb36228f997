/*
 * dispatch.c: see dispatch.h.
 *
 * Tournaments tell which member has the fewest items a worker. A tournament is a binary tree; the nodes 2 k and 2 k + 1 are below node k.
 * With n members, nodes 1 to n - 1 are matches, and members[k] keeps the winner of match k. Node n + p is member p itself. When a member
 * changes, only the matches above it are played again.
 */
#include "schedule/dispatch.h"

#include "schedule/chunk_size.h"
#include "schedule/returned.h"

#include <math.h>
#include <stddef.h>

/* Towards the end, items that take longer than this aren't sent ahead. */
static const double long_item_s = 0.5e-3;
/* Shorter round trips are covered by what is out anyway. */
static const double short_trip_s = 1e-3;
/* Among more members, those that haven't answered yet aren't looked for. */
static const int most_to_ask = 256;

/* ---- tournaments ---- */

static double load(const rpi_dispatch_member *member) { return (double)member->n_items_out / member->n_workers; }

static inline bool takes_part(const rpi_dispatch *dispatch, rpi_tournament tournament, int p)
{
    const rpi_dispatch_member *member = &dispatch->members[p];
    if (member->n_workers == 0) return false;
    if (tournament == RPI_MEMBERS_SHORT_OF_CHUNKS) return member->n_chunks_out < 2;
    return tournament == RPI_ALL_MEMBERS || p > 0;
}

/* The winner at a node; -1: no member below it takes part. */
static inline int winner(const rpi_dispatch *dispatch, rpi_tournament tournament, int node)
{
    if (node < dispatch->n_members) return dispatch->members[node].winners[tournament];
    int p = node - dispatch->n_members;
    return takes_part(dispatch, tournament, p) ? p : -1;
}

/* The one of two members (-1: none) that has fewer items a worker; of equals the first. */
static inline int lighter(const rpi_dispatch *dispatch, int a, int b)
{
    if (a < 0 || b < 0) return a < 0 ? b : a;
    const rpi_dispatch_member *one = &dispatch->members[a], *other = &dispatch->members[b];
    double difference = (double)one->n_items_out * other->n_workers - (double)other->n_items_out * one->n_workers; /* no division */
    return difference < 0 || (difference == 0 && a < b) ? a : b;
}

static void play(rpi_dispatch *dispatch, int node)
{
    for (int t = 0; t < RPI_TOURNAMENTS; t++) {
        int a = winner(dispatch, (rpi_tournament)t, 2 * node), b = winner(dispatch, (rpi_tournament)t, 2 * node + 1);
        dispatch->members[node].winners[t] = lighter(dispatch, a, b);
    }
}

static bool is_starving(const rpi_dispatch *dispatch, int member)
{
    uint64_t n_items = dispatch->members[member].n_items_out;
    return member > 0 && n_items > 0 && n_items <= dispatch->members[member].n_workers;
}

static bool is_unanswered(const rpi_dispatch *dispatch, int member)
{
    return member > 0 && dispatch->members[member].n_chunks_out > 0 && !dispatch->members[member].has_round_trip;
}

static uint64_t n_idle(const rpi_dispatch_member *member)
{
    return member->n_items_out < member->n_workers ? member->n_workers - member->n_items_out : 0;
}

/* To be called before, and member_changed after, the workers, chunks or items of a member change. */
static void member_changes(rpi_dispatch *dispatch, int member)
{
    dispatch->n_starving -= is_starving(dispatch, member);
    dispatch->n_idle -= n_idle(&dispatch->members[member]);
    dispatch->n_unanswered -= is_unanswered(dispatch, member);
}

static void member_changed(rpi_dispatch *dispatch, int member)
{
    dispatch->n_starving += is_starving(dispatch, member);
    dispatch->n_idle += n_idle(&dispatch->members[member]);
    dispatch->n_unanswered += is_unanswered(dispatch, member);
    for (int node = (dispatch->n_members + member) / 2; node >= 1; node /= 2) play(dispatch, node);
}

/* The winner of all members, or of all but `without`. Node 1 is above all nodes; with a single member it is the member itself. Without one
 * member, it is the best of the winners beside its way up the tree. */
static int lightest(const rpi_dispatch *dispatch, rpi_tournament tournament, int without)
{
    if (without < 0) return winner(dispatch, tournament, 1);
    int best = -1;
    for (int node = dispatch->n_members + without; node > 1; node /= 2)
        best = lighter(dispatch, best, winner(dispatch, tournament, node ^ 1));
    return best;
}

/* ---- entries and members ---- */

static rpi_dispatch_entry *entry_of(rpi_list_link *node) { return RPI_ENTRY(node, rpi_dispatch_entry, node); }

rpi_dispatch_entry *rpi_dispatch_first(const rpi_dispatch *dispatch) { return entry_of(rpi_list_first(&dispatch->queue.list)); }

rpi_dispatch_entry *rpi_dispatch_following(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry)
{
    return entry_of(rpi_list_next(&dispatch->queue.list, &entry->node));
}

void rpi_dispatch_init(rpi_dispatch *dispatch, rpi_dispatch_member *members, int n_members)
{
    *dispatch = (rpi_dispatch){.members = members, .n_members = n_members};
    rpi_queue_init(&dispatch->queue);
    rpi_list_init(&dispatch->spare);
    for (int p = 0; p < n_members; p++) {
        dispatch->n_workers += members[p].n_workers;
        dispatch->n_items_out += members[p].n_items_out;
        dispatch->n_starving += is_starving(dispatch, p);
        dispatch->n_idle += n_idle(&members[p]);
    }
    for (int node = n_members - 1; node >= 1; node--) play(dispatch, node);
}

void rpi_dispatch_set_workers(rpi_dispatch *dispatch, int member, unsigned n_workers)
{
    member_changes(dispatch, member);
    dispatch->n_workers += n_workers - dispatch->members[member].n_workers;
    if (dispatch->members[member].round_trip_s > 0) dispatch->n_far_workers += n_workers - dispatch->members[member].n_workers;
    dispatch->members[member].n_workers = n_workers;
    member_changed(dispatch, member);
}

void rpi_dispatch_add(rpi_dispatch *dispatch, rpi_dispatch_entry *entry)
{
    entry->position = entry->n_returned = entry->n_suspects = 0;
    entry->end = UINT64_MAX;
    entry->n_chunks_out = 0;
    rpi_list_init(&entry->returned);
    entry->queued = entry->count > 0;
    entry->schedule.n_workers = dispatch->n_workers;
    if (!entry->queued) return;
    rpi_queue_add(&dispatch->queue, &entry->node, entry->urgent);
}

static void unlink_entry(rpi_dispatch *dispatch, rpi_dispatch_entry *entry)
{
    rpi_queue_remove(&dispatch->queue, &entry->node);
    entry->queued = false;
}

void rpi_dispatch_stop(rpi_dispatch *dispatch, rpi_dispatch_entry *entry, uint64_t cutoff)
{
    if (cutoff < entry->count) entry->count = cutoff > entry->position ? cutoff : entry->position;
    if (cutoff < entry->end) entry->end = cutoff;
    rpi_returned_cut(dispatch, entry);
    if (!entry->queued || rpi_dispatch_left(entry) > 0) return;
    unlink_entry(dispatch, entry);
}

/* The round trip to the member. Before its first chunk is back, it is as long as that has been out beyond its time. So more is sent there,
 * as much as it would have run meanwhile. */
static double round_trip_s(const rpi_dispatch *dispatch, const rpi_dispatch_member *member, const rpi_dispatch_entry *entry)
{
    if (member->has_round_trip || member->n_chunks_out == 0 || member == &dispatch->members[0]) return member->round_trip_s;
    double out_s = dispatch->now_s - member->began_s, due_s = (double)member->n_items_out * entry->item_s / member->n_workers;
    return out_s > due_s + short_trip_s ? out_s : 0;
}

/* Whether the others will have run what is left, and what is out, before results of this member would be there. Only of entries that may go
 * to any member, item by item: others might never take one that avoids them. */
static bool is_too_far(const rpi_dispatch *dispatch, const rpi_dispatch_member *member, const rpi_dispatch_entry *entry)
{
    unsigned n_near = dispatch->n_workers - dispatch->n_far_workers;
    if (member->round_trip_s <= 0 || n_near == 0 || entry->item_s <= 0 || rpi_dispatch_following(dispatch, entry)) return false;
    if (entry->urgent || entry->avoids || entry->whole) return false;
    if (dispatch->now_s > dispatch->back_s + member->round_trip_s) return false; /* they take longer than expected */
    return (double)(rpi_dispatch_left(entry) + dispatch->n_items_out) * entry->item_s < n_near * member->round_trip_s;
}

/* How many items wait for each worker of a member: as many as take the time of two chunks and of the round trip, but no more than the
 * worker's part of what is left. The chunks that are out may turn out far shorter than planned, and progress threads sleep for
 * milliseconds. */
static uint64_t items_to_follow(const rpi_dispatch *dispatch, const rpi_dispatch_member *member, const rpi_dispatch_entry *entry)
{
    static const double most = 64;
    double trip = entry->item_s > 0 ? round_trip_s(dispatch, member, entry) / entry->item_s : 0;
    double follow = entry->item_s > 0 ? ceil(2 * rpi_chunk_least_s(dispatch) / entry->item_s + trip) : 1;
    double left = (double)rpi_dispatch_left(entry) / dispatch->n_workers;
    if (follow > left) follow = left;
    return follow < 1 ? 1 : follow > most + trip ? (uint64_t)(most + trip) : (uint64_t)follow;
}

/* Whether its workers have as many items as any would have, if what is left went to those that have fewer. Not where some members are far,
 * as what they have counts for less. */
static bool has_its_part(const rpi_dispatch *dispatch, const rpi_dispatch_member *member, const rpi_dispatch_entry *entry)
{
    if (!rpi_schedule_goes_by(entry->schedule.kind, RPI_BY_TIME) || entry->urgent || dispatch->n_far > 0) return false;
    double all = (double)(rpi_dispatch_left(entry) + dispatch->n_items_out);
    return entry->item_s > 0 && !rpi_dispatch_following(dispatch, entry) && load(member) * dispatch->n_workers >= all;
}

static bool wants(const rpi_dispatch *dispatch, const rpi_dispatch_member *member, const rpi_dispatch_entry *entry)
{
    if (member->n_workers == 0 || is_too_far(dispatch, member, entry)) return false;
    if (member->n_items_out < member->n_workers) return true;
    bool last_items = rpi_dispatch_left(entry) <= dispatch->n_workers && !rpi_dispatch_following(dispatch, entry);
    if (last_items && entry->item_s >= long_item_s) return false;
    if (has_its_part(dispatch, member, entry)) return false;
    if (member->n_chunks_out < 2 && entry->n_returned == 0) return true;
    if (entry->urgent) return false; /* a retry: the times of other items say little about it */
    return member->n_items_out < member->n_workers * (1 + items_to_follow(dispatch, member, entry));
}

/* Whether the entry avoids a member, and other members have workers. */
static bool avoids_a_member(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry)
{
    return entry->avoids && dispatch->n_workers > dispatch->members[entry->avoided].n_workers;
}

/* The lightest of the members that want more, found by asking each. */
static int ask_each(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, int without)
{
    int best = -1;
    for (int p = 0; p < dispatch->n_members; p++)
        if (p != without && wants(dispatch, &dispatch->members[p], entry)) best = lighter(dispatch, best, p);
    return best;
}

/* The same for an entry that has only suspects left. What it avoids doesn't count: too few members may have them as it is. `only`: -1, or
 * the one member to ask. */
static int ask_for_suspects(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, int only)
{
    int best = -1;
    for (int p = 0; p < dispatch->n_members; p++) {
        if ((only >= 0 && p != only) || !rpi_returned_for(dispatch, entry, p)) continue;
        if (wants(dispatch, &dispatch->members[p], entry)) best = lighter(dispatch, best, p);
    }
    return best;
}

/* The member that wants more and has the fewest items a worker; -1: none. When the lightest of all members has enough, only members that
 * are short of chunks can want more, and those that are far. `only`: asks this member alone; -1: asks all. */
static int neediest(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, int only)
{
    int without = avoids_a_member(dispatch, entry) ? entry->avoided : -1;
    if (rpi_returned_are_suspects(entry)) return ask_for_suspects(dispatch, entry, only);
    if (only >= 0) return only != without && wants(dispatch, &dispatch->members[only], entry) ? only : -1;
    int best = lightest(dispatch, RPI_ALL_MEMBERS, without);
    if (best < 0 || wants(dispatch, &dispatch->members[best], entry)) return best;
    best = lightest(dispatch, RPI_MEMBERS_SHORT_OF_CHUNKS, without);
    if (best >= 0 && wants(dispatch, &dispatch->members[best], entry)) return best;
    bool some_may = dispatch->n_far > 0 || (dispatch->n_unanswered > 0 && dispatch->n_members <= most_to_ask);
    return some_may ? ask_each(dispatch, entry, without) : -1;
}

/* ---- chunks ---- */

/* The first entry that a member wants, and that member; NULL: there is none. An entry that must wait because only the member that it avoids
 * wants more lets later entries go to that member alone. One that has only suspects left holds up nobody. */
static rpi_dispatch_entry *next_entry(rpi_dispatch *dispatch, int *member)
{
    int only = -1;
    for (rpi_dispatch_entry *entry = rpi_dispatch_first(dispatch); entry; entry = rpi_dispatch_following(dispatch, entry)) {
        bool avoids = avoids_a_member(dispatch, entry);
        if (avoids && entry->avoided == only) continue;
        *member = neediest(dispatch, entry, only);
        if (*member >= 0) return entry;
        if (rpi_returned_are_suspects(entry)) continue;
        if (!avoids || only >= 0) return NULL;
        only = entry->avoided;
    }
    return NULL;
}

/* Takes the items of a chunk from the entry: of the first range that came back and that the member may have, if there is one. */
static void take_items(rpi_dispatch *dispatch, rpi_dispatch_entry *entry, rpi_chunk_plan *plan)
{
    rpi_dispatch_range *range = rpi_returned_for(dispatch, entry, plan->member);
    if (range) {
        rpi_returned_take(dispatch, entry, range, plan);
        return;
    }
    plan->first = entry->position;
    plan->n_losses = 0;
    if (plan->count > entry->count - entry->position) plan->count = entry->count - entry->position;
    entry->position += plan->count;
}

bool rpi_dispatch_next(rpi_dispatch *dispatch, rpi_chunk_plan *plan)
{
    int p;
    rpi_dispatch_entry *entry = next_entry(dispatch, &p);
    if (!entry) return false;
    rpi_dispatch_member *member = &dispatch->members[p];
    plan->member = p;
    plan->entry = entry;
    plan->count = rpi_chunk_count(dispatch, entry, p);
    take_items(dispatch, entry, plan);
    plan->grains = rpi_chunk_grains(entry, member->n_workers, plan->count);
    entry->n_chunks_out++;
    member_changes(dispatch, p);
    member->n_chunks_out++;
    member->n_items_out += plan->count;
    dispatch->n_items_out += plan->count;
    member_changed(dispatch, p);
    if (rpi_dispatch_left(entry) == 0) unlink_entry(dispatch, entry);
    return true;
}

void rpi_dispatch_return(rpi_dispatch *dispatch, int member, rpi_dispatch_entry *entry, rpi_dispatch_range *range)
{
    member_changes(dispatch, member);
    dispatch->members[member].n_items_out -= range->count;
    dispatch->n_items_out -= range->count;
    member_changed(dispatch, member);
    rpi_returned_add(entry, range);
    rpi_returned_cut(dispatch, entry);
    if (entry->queued || rpi_dispatch_left(entry) == 0) return;
    rpi_queue_add_before(&dispatch->queue, &entry->node, entry->urgent);
    entry->queued = true;
}

void rpi_dispatch_back(rpi_dispatch *dispatch, int member, rpi_dispatch_entry *entry, uint64_t count)
{
    member_changes(dispatch, member);
    dispatch->members[member].n_chunks_out--;
    dispatch->members[member].n_items_out -= count;
    dispatch->n_items_out -= count;
    member_changed(dispatch, member);
    entry->n_chunks_out--;
}

static void learn_round_trip(rpi_dispatch *dispatch, rpi_dispatch_member *from, const rpi_chunk_round_trip *times)
{
    double trip_s = fmax(0, times->back_s - times->sent_s - times->held_s);
    if (times->held_s <= 0) return;
    from->n_round_trips++;
    dispatch->trip_s += (trip_s - dispatch->trip_s) * (dispatch->trip_s > 0 ? 1.0 / 8 : 1);
    if (trip_s < short_trip_s) trip_s = 0;
    if (from->has_round_trip && trip_s >= from->round_trip_s) return;
    dispatch->n_far += (trip_s > 0) - (from->round_trip_s > 0);
    if (trip_s > 0 && from->round_trip_s <= 0) dispatch->n_far_workers += from->n_workers;
    if (trip_s <= 0 && from->round_trip_s > 0) dispatch->n_far_workers -= from->n_workers;
    dispatch->n_unanswered -= is_unanswered(dispatch, (int)(from - dispatch->members));
    from->round_trip_s = trip_s;
    from->has_round_trip = true;
}

/* The last chunks count for most, as members change their pace. */
static void learn_pace(rpi_dispatch_member *from, const rpi_dispatch_entry *entry, const rpi_chunk_round_trip *times)
{
    static const double keep = 7.0 / 8;
    if (entry->item_s <= 0 || times->n_items == 0) return;
    from->expected_s = keep * from->expected_s + entry->item_s * (double)times->n_items;
    from->busy_s = keep * from->busy_s + times->busy_s;
}

double rpi_dispatch_pace(const rpi_dispatch_member *member)
{
    return member->expected_s > 0 && member->busy_s > 0 ? member->busy_s / member->expected_s : 1;
}

/* The chunk waited behind what the member had before, so that time is left out. */
void rpi_dispatch_learn(rpi_dispatch *dispatch, int member, rpi_dispatch_entry *entry, const rpi_chunk_round_trip *times)
{
    rpi_dispatch_member *from = &dispatch->members[member];
    dispatch->back_s = times->back_s;
    learn_round_trip(dispatch, from, times);
    learn_pace(from, entry, times);
    double elapsed_s = times->back_s - fmax(times->sent_s, from->back_s);
    from->back_s = times->back_s;
    if (!entry->rates) return;
    rpi_chunk_times chunk = {times->n_items, times->busy_s, elapsed_s};
    rpi_rates_learn(entry->rates, (unsigned)member, entry->schedule.kind, from->n_workers, chunk);
}

double rpi_dispatch_least_load(const rpi_dispatch *dispatch)
{
    int member = lightest(dispatch, RPI_MEMBERS_BUT_0, -1);
    return member < 0 ? HUGE_VAL : load(&dispatch->members[member]);
}

bool rpi_dispatch_is_finished(const rpi_dispatch_entry *entry) { return rpi_dispatch_left(entry) == 0 && entry->n_chunks_out == 0; }
