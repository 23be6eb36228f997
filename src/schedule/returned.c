/* returned.c: see returned.h. */
#include "schedule/returned.h"

static rpi_dispatch_range *range_of(rpi_list_link *node) { return RPI_ENTRY(node, rpi_dispatch_range, node); }

static void use_up(rpi_dispatch *dispatch, rpi_dispatch_range *range)
{
    if (rpi_list_is_linked(&range->node)) rpi_list_remove(&range->node);
    rpi_list_add_first(&dispatch->spare, &range->node);
}

static void count_off(rpi_dispatch_entry *entry, const rpi_dispatch_range *range, uint64_t n)
{
    entry->n_returned -= n;
    if (range->n_losses > 0) entry->n_suspects -= n;
}

void rpi_returned_add(rpi_dispatch_entry *entry, rpi_dispatch_range *range)
{
    rpi_list_link *before = &entry->returned.ends;
    while (before->next != &entry->returned.ends && range_of(before->next)->first < range->first) before = before->next;
    rpi_list_insert_after(before, &range->node);
    entry->n_returned += range->count;
    if (range->n_losses > 0) entry->n_suspects += range->count;
}

void rpi_returned_cut(rpi_dispatch *dispatch, rpi_dispatch_entry *entry)
{
    RPI_LIST_EACH_SAFE(node, next, &entry->returned) {
        rpi_dispatch_range *range = range_of(node);
        uint64_t kept = entry->end > range->first ? entry->end - range->first : 0;
        if (kept >= range->count) continue;
        count_off(entry, range, range->count - kept);
        range->count = kept;
        if (kept == 0) use_up(dispatch, range);
    }
}

bool rpi_returned_are_suspects(const rpi_dispatch_entry *entry)
{
    return entry->n_suspects > 0 && entry->n_suspects == rpi_dispatch_left(entry);
}

static bool may_have(const rpi_dispatch *dispatch, const rpi_dispatch_range *range, int member)
{
    if (range->n_losses == 0) return true;
    if (member == 0 && dispatch->n_workers > dispatch->members[0].n_workers) return false;
    return range->n_losses < RPI_LONE_SUSPECT || dispatch->members[member].n_lone_suspects == 0;
}

rpi_dispatch_range *rpi_returned_for(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, int member)
{
    RPI_LIST_EACH(node, &entry->returned)
        if (may_have(dispatch, range_of(node), member)) return range_of(node);
    return NULL;
}

void rpi_returned_take(rpi_dispatch *dispatch, rpi_dispatch_entry *entry, rpi_dispatch_range *range, rpi_chunk_plan *plan)
{
    uint64_t most = range->piece > 0 && range->piece < range->count ? range->piece : range->count;
    if (plan->count > most) plan->count = most;
    plan->first = range->first;
    plan->n_losses = range->n_losses;
    range->first += plan->count;
    range->count -= plan->count;
    count_off(entry, range, plan->count);
    if (range->count == 0) use_up(dispatch, range);
}
