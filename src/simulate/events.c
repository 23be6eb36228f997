/* events.c: see events.h. */
#include "simulate/events.h"

#include <stdlib.h>

static bool sooner(const rpi_sim_event *a, const rpi_sim_event *b)
{
    return a->at_s < b->at_s || (a->at_s == b->at_s && a->order < b->order);
}

void rpi_sim_events_fini(rpi_sim_events *events)
{
    free(events->heap);
    *events = (rpi_sim_events){0};
}

static bool make_room(rpi_sim_events *events)
{
    if (events->n < events->room) return true;
    size_t room = events->room ? 2 * events->room : 256;
    rpi_sim_event *heap = realloc(events->heap, room * sizeof *heap);
    if (!heap) return false;
    events->heap = heap;
    events->room = room;
    return true;
}

bool rpi_sim_events_add(rpi_sim_events *events, rpi_sim_event event)
{
    if (!make_room(events)) return false;
    event.order = events->n_added++;
    size_t k = events->n++;
    for (; k > 0 && sooner(&event, &events->heap[(k - 1) / 2]); k = (k - 1) / 2) events->heap[k] = events->heap[(k - 1) / 2];
    events->heap[k] = event;
    return true;
}

bool rpi_sim_events_next(rpi_sim_events *events, rpi_sim_event *event)
{
    if (events->n == 0) return false;
    *event = events->heap[0];
    const rpi_sim_event last = events->heap[--events->n];
    size_t k = 0;
    for (size_t child = 1; child < events->n; child = 2 * k + 1) {
        if (child + 1 < events->n && sooner(&events->heap[child + 1], &events->heap[child])) child++;
        if (!sooner(&events->heap[child], &last)) break;
        events->heap[k] = events->heap[child];
        k = child;
    }
    events->heap[k] = last;
    return true;
}
