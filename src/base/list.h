/*
 * list.h: the one doubly linked list, and the one queue in which urgent entries go first. A link is a field of the struct that it links. So
 * nothing is allocated, and an entry can be removed from anywhere in constant time. Neither has a lock of its own.
 *
 *     typedef struct job { rpi_list_link link; int number; } job;
 *     for (rpi_list_link *at = rpi_list_first(&jobs); at; at = rpi_list_next(&jobs, at)) use(RPI_ENTRY(at, job, link));
 */
#ifndef RPI_BASE_LIST_H
#define RPI_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rpi_list_link {
    struct rpi_list_link *previous, *next;
} rpi_list_link;

/* A ring that goes through `ends`, which is no entry. An initialised list must not be moved. */
typedef struct rpi_list {
    rpi_list_link ends;
} rpi_list;

/* The struct of that type that has the link as its field `member`; NULL for NULL. */
#define RPI_ENTRY(link, type, member) ((type *)rpi_list_entry((link), offsetof(type, member)))
static inline void *rpi_list_entry(rpi_list_link *link, size_t offset) { return link ? (char *)link - offset : NULL; }

static inline void rpi_list_init(rpi_list *list) { list->ends.previous = list->ends.next = &list->ends; }
static inline bool rpi_list_is_empty(const rpi_list *list) { return list->ends.next == &list->ends; }

/* NULL: the list is empty, or `link` is the last. A loop that removes `link` asks for the next one first. */
static inline rpi_list_link *rpi_list_first(const rpi_list *list) { return rpi_list_is_empty(list) ? NULL : list->ends.next; }
static inline rpi_list_link *rpi_list_last(const rpi_list *list) { return rpi_list_is_empty(list) ? NULL : list->ends.previous; }
static inline rpi_list_link *rpi_list_next(const rpi_list *list, const rpi_list_link *link)
{
    return link->next == &list->ends ? NULL : link->next;
}

/* Inserts a link that is in no list after `before`. */
static inline void rpi_list_insert_after(rpi_list_link *before, rpi_list_link *link)
{
    link->previous = before;
    link->next = before->next;
    before->next->previous = link;
    before->next = link;
}

static inline void rpi_list_add_first(rpi_list *list, rpi_list_link *link) { rpi_list_insert_after(&list->ends, link); }
static inline void rpi_list_add_last(rpi_list *list, rpi_list_link *link) { rpi_list_insert_after(list->ends.previous, link); }

/* Removes a link from its list. */
static inline void rpi_list_remove(rpi_list_link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->previous = link->next = NULL;
}

/* Whether a link is in a list. Only for links that were zeroed at first. */
static inline bool rpi_list_is_linked(const rpi_list_link *link) { return link->next != NULL; }

/* Removes the first link and returns it; NULL: the list is empty. */
static inline rpi_list_link *rpi_list_take_first(rpi_list *list)
{
    rpi_list_link *first = rpi_list_first(list);
    if (first) rpi_list_remove(first);
    return first;
}

/* Loops over a list from its first link. With _SAFE the loop may remove the link `at`; `following` is a second variable. */
#define RPI_LIST_EACH(at, list) for (rpi_list_link *at = (list)->ends.next; at != &(list)->ends; at = at->next)
#define RPI_LIST_EACH_SAFE(at, following, list)                                                                                            \
    for (rpi_list_link *at = (list)->ends.next, *following = at->next; at != &(list)->ends; at = following, following = at->next)

/* Moves all entries of `from` to the end of `list`. */
static inline void rpi_list_take_all(rpi_list *list, rpi_list *from)
{
    if (rpi_list_is_empty(from)) return;
    from->ends.next->previous = list->ends.previous;
    list->ends.previous->next = from->ends.next;
    from->ends.previous->next = &list->ends;
    list->ends.previous = from->ends.previous;
    rpi_list_init(from);
}

/* Urgent entries first, then the others, each in the order in which they were added. */
typedef struct rpi_queue {
    rpi_list list;
    rpi_list_link *last_urgent; /* the list's ends when there is none */
} rpi_queue;

static inline void rpi_queue_init(rpi_queue *queue)
{
    rpi_list_init(&queue->list);
    queue->last_urgent = &queue->list.ends;
}

static inline void rpi_queue_add(rpi_queue *queue, rpi_list_link *link, bool urgent)
{
    if (urgent) {
        rpi_list_insert_after(queue->last_urgent, link);
        queue->last_urgent = link;
    } else {
        rpi_list_add_last(&queue->list, link);
    }
}

/* Before the others of its kind. */
static inline void rpi_queue_add_before(rpi_queue *queue, rpi_list_link *link, bool urgent)
{
    rpi_list_link *before = urgent ? &queue->list.ends : queue->last_urgent;
    rpi_list_insert_after(before, link);
    if (urgent && queue->last_urgent == before) queue->last_urgent = link;
}

static inline void rpi_queue_remove(rpi_queue *queue, rpi_list_link *link)
{
    if (queue->last_urgent == link) queue->last_urgent = link->previous;
    rpi_list_remove(link);
}

#endif
