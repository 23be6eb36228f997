/*
 * list.h: one intrusive list for everything that waits in line. An object that can be in a list has an rpi_list of its own, its node; the
 * list itself is an rpi_list too, its head. Nodes know both neighbours, so that taking one out takes no search. No allocation, no lock: the
 * owner of the list guards it. A queue is a list in which urgent nodes stand before the others, in the order in which they came.
 */
#ifndef RPI_BASE_LIST_H
#define RPI_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rpi_list {
    struct rpi_list *previous, *next;
} rpi_list;

/* An empty list; or a node that is in none. */
static inline void rpi_list_init(rpi_list *list) { list->previous = list->next = list; }

/* Of a head: nothing is in it. Of a node: it is in no list. */
static inline bool rpi_list_is_empty(const rpi_list *list) { return list->next == list; }

static inline void rpi_list_insert_before(rpi_list *at, rpi_list *node)
{
    node->previous = at->previous;
    node->next = at;
    at->previous->next = node;
    at->previous = node;
}

static inline void rpi_list_add_first(rpi_list *list, rpi_list *node) { rpi_list_insert_before(list->next, node); }
static inline void rpi_list_add_last(rpi_list *list, rpi_list *node) { rpi_list_insert_before(list, node); }

/* Takes a node out of the list that it is in; harmless when it is in none. */
static inline void rpi_list_remove(rpi_list *node)
{
    node->previous->next = node->next;
    node->next->previous = node->previous;
    rpi_list_init(node);
}

/* NULL: the list is empty. */
static inline rpi_list *rpi_list_first(const rpi_list *list) { return rpi_list_is_empty(list) ? NULL : list->next; }

/* The node behind this one; NULL: it is the last. */
static inline rpi_list *rpi_list_next(const rpi_list *list, const rpi_list *node) { return node->next == list ? NULL : node->next; }

static inline rpi_list *rpi_list_take_first(rpi_list *list)
{
    rpi_list *first = rpi_list_first(list);
    if (first) rpi_list_remove(first);
    return first;
}

/* Moves all nodes of `from`, in their order, to the end of `to`; `from` is empty then. */
static inline void rpi_list_move_all(rpi_list *to, rpi_list *from)
{
    if (rpi_list_is_empty(from)) return;
    from->next->previous = to->previous;
    to->previous->next = from->next;
    from->previous->next = to;
    to->previous = from->previous;
    rpi_list_init(from);
}

/* The object that a node is a member of. */
#define RPI_LIST_OF(node, type, member) ((type *)(void *)((char *)(node) - offsetof(type, member)))

/* Goes through a list; the node that it stands at may not be taken out, but with `_SAFE`, which needs a second variable. */
#define RPI_LIST_EACH(at, list)            for (rpi_list *at = (list)->next; at != (list); at = at->next)
#define RPI_LIST_EACH_SAFE(at, next_, list) for (rpi_list *at = (list)->next, *next_ = at->next; at != (list); at = next_, next_ = at->next)

typedef struct rpi_queue {
    rpi_list all;
    rpi_list *last_urgent; /* &all: there is none */
} rpi_queue;

static inline void rpi_queue_init(rpi_queue *queue)
{
    rpi_list_init(&queue->all);
    queue->last_urgent = &queue->all;
}

/* Behind all others, or, urgent, behind the urgent ones. */
static inline void rpi_queue_add(rpi_queue *queue, rpi_list *node, bool urgent)
{
    rpi_list_insert_before(urgent ? queue->last_urgent->next : &queue->all, node);
    if (urgent) queue->last_urgent = node;
}

static inline void rpi_queue_remove(rpi_queue *queue, rpi_list *node)
{
    if (queue->last_urgent == node) queue->last_urgent = node->previous;
    rpi_list_remove(node);
}

#endif
