/* chunk_size.c: see chunk_size.h. */
#include "schedule/chunk_size.h"

#include <math.h>

/* Where items are short, a chunk takes about this long: a hundred times the cost of its two messages, wake-ups on both sides included. */
static const double chunk_s = 4e-3;
/* With many members a chunk takes longer, so that the coordinator handles at most one message each 10 us. It can handle
 * three times as many. */
static const double message_s = 10e-6;

/* What a message takes of the coordinator's time. */
static const double handle_s = 3e-6;
/* An estimate is trusted for so many times the items that it rests on. */
static const double trust = 4;

/* The time for two messages of each member: a chunk to it, and its results back. */
static double message_round_s(const rpi_dispatch *dispatch) { return 2 * message_s * dispatch->n_members; }
double rpi_chunk_least_s(const rpi_dispatch *dispatch) { return fmax(chunk_s, message_round_s(dispatch)); }

/* How many items a chunk has when the user gave a chunk size: several times that size, to take about chunk_s; but no more than a fair part
 * of what is left, nor than what was handed out so far. */
static uint64_t fixed_count(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry)
{
    uint64_t chunk = entry->schedule.chunk, left = rpi_dispatch_left(entry);
    if (entry->item_s <= 0 || chunk > left) return chunk;
    double chunks = rpi_chunk_least_s(dispatch) / (entry->item_s * (double)chunk);
    double fair = (double)left / (double)chunk / (4.0 * dispatch->n_members), reach = (double)(entry->position / chunk);
    if (chunks > fair) chunks = fair;
    if (chunks > reach) chunks = reach;
    return chunks < 2 ? chunk : (uint64_t)chunks * chunk;
}

/* A member's share of a static split. Shares are handed out in the order in which members first ask. */
static uint64_t static_count(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, unsigned n_workers)
{
    uint64_t share = (uint64_t)ceil((double)entry->schedule.n_items * n_workers / dispatch->n_workers);
    return share ? share : 1;
}

/* Items that a worker of the member would have, if each worker had as many as any other in the end, less those that it has. */
static double level(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, const rpi_dispatch_member *member)
{
    double all = (double)(rpi_dispatch_left(entry) + dispatch->n_items_out);
    return all / dispatch->n_workers - (double)member->n_items_out / member->n_workers;
}

/* Where half of what is left is less than the coordinator needs to serve all members once, it would only keep workers waiting for messages.
 * Then it is as many as take that time, or all that the worker is going to get; but no more than were handed out so far, as times may have
 * been short at the beginning only. */
static double last_size(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, const rpi_dispatch_member *member)
{
    double round = 2 * handle_s * dispatch->n_members / entry->item_s, handed = (double)(entry->position - entry->n_returned);
    return fmin(fmin(ceil(level(dispatch, entry, member)), round), handed / dispatch->n_workers);
}

/* Items of the automatic schedule for each worker: as many as take the time of a chunk, but no more than half of what is left for it, so
 * that later ones make up for what was uneven. One worker alone has nobody to wait for. */
static uint64_t auto_size(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, const rpi_dispatch_member *member)
{
    double share = (double)rpi_dispatch_left(entry) / dispatch->n_workers, handed = (double)(entry->position - entry->n_returned);
    if (entry->item_s <= 0) return 1;
    double most = fmax(dispatch->n_workers > 1 ? ceil(share / 2) : share, last_size(dispatch, entry, member));
    double known = fmax(floor(handed / dispatch->n_workers), trust * entry->n_measured);
    double size = fmin(fmin(rpi_chunk_least_s(dispatch) / entry->item_s, most), known);
    return size < 1 ? 1 : (uint64_t)size;
}

/* Items that take long are handed out one by one, so that no rank holds two while another has none. Where that makes more messages than the
 * coordinator can handle, several go at a time, at most one a worker. While their time is unknown, there are no more messages than the
 * coordinator handles in the time of a chunk. */
static uint64_t long_item_count(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, unsigned n_workers)
{
    double left = (double)rpi_dispatch_left(entry), fair = left / (2.0 * dispatch->n_workers) * n_workers;
    double count = entry->item_s > 0 ? message_round_s(dispatch) / entry->item_s * n_workers : message_s / chunk_s * dispatch->n_workers;
    if (count > fair) count = fair;
    if (count > n_workers) count = n_workers;
    return count < 2 ? 1 : (uint64_t)count;
}

/* What came back counts as not handed out. */
uint64_t rpi_chunk_count(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, int member)
{
    unsigned n_workers = dispatch->members[member].n_workers;
    uint64_t left = rpi_dispatch_left(entry), position = entry->position - entry->n_returned, count;
    rpi_schedule schedule = entry->schedule;
    schedule.target_s = rpi_chunk_least_s(dispatch);
    schedule.short_s = 0;
    if (entry->whole) return left;
    unsigned goes_by = rpi_schedule_find(schedule.kind)->goes_by;
    if (goes_by & RPI_BY_TIME) count = auto_size(dispatch, entry, &dispatch->members[member]) * n_workers;
    else if (goes_by & RPI_GIVEN_SIZE) count = fixed_count(dispatch, entry);
    else if (goes_by & RPI_EVEN_SHARES) count = static_count(dispatch, entry, n_workers);
    else if (entry->rates) count = rpi_rates_size(entry->rates, (unsigned)member, &schedule, position) * n_workers;
    else count = rpi_schedule_size(&schedule, position, entry->item_s) * n_workers;
    if ((goes_by & RPI_BY_TIME) && count == n_workers) count = long_item_count(dispatch, entry, n_workers);
    return count < left ? count : left;
}

rpi_schedule rpi_chunk_grains(const rpi_dispatch_entry *entry, unsigned n_workers, uint64_t count)
{
    rpi_schedule grains = entry->schedule;
    grains.n_items = count;
    grains.n_workers = n_workers;
    if (rpi_schedule_goes_by(grains.kind, RPI_BY_TIME | RPI_EVEN_SHARES)) return grains;
    uint64_t chunk = rpi_schedule_goes_by(grains.kind, RPI_GIVEN_SIZE) && grains.chunk < count ? grains.chunk : count;
    grains.kind = RP_SCHEDULE_FIXED;
    grains.chunk = (chunk + n_workers - 1) / n_workers;
    return grains;
}
