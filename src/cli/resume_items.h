/*
 * resume_items.h: the items of a run, without those whose outcome a journal has: a source for imap and istarmap, in constant memory. Items
 * keep their indices. What is left out is told one by one, in the order of the items. One thread.
 */
#ifndef RANKPOOL_CLI_RESUME_ITEMS_H
#define RANKPOOL_CLI_RESUME_ITEMS_H

#include "items.h"

#include "journal/journal.h"

#include <stddef.h>

/* Of a value that a text can be read as. */
enum { RESUME_VALUE_SIZE = 16 };

typedef struct resume_items {
    item_source *items;
    const rpi_journal *journal;
    rpi_resume_rules rules;
    bool gives_nothing;   /* it ends before the first item that would be run */
    bool ends_at_failure; /* what comes behind an item that has failed isn't wanted */
    /* An item that isn't run: it has succeeded, failed, or died with too many runs. Any status but RP_OK ends the source. */
    rp_status (*known)(void *argument, uint64_t index, rpi_resume what, const rpi_journal_entry *entry, rp_error *error);
    /* An item is given to the pool. */
    rp_status (*given)(void *argument, uint64_t index, rpi_item_hash hash, const rpi_journal_entry *entry, rp_error *error);
    void *argument;
    const size_t *sizes; /* of the values of an item */
    uint64_t n_out;      /* items that the pool has: the caller counts down */
    uint64_t n;          /* items that were looked at */
    bool is_over;
    bool is_lone; /* the item that is out is alone: two runs died with it, and perhaps with others beside it */
    bool waits;   /* the next such item waits until nothing is out */
    rpi_item_hash waiting_hash;
    _Alignas(max_align_t) char waiting[RP_MAX_ARGUMENTS][RESUME_VALUE_SIZE]; /* its values */
    rp_source_place place;                                                   /* of the item that was given last; this and the next */
    unsigned n_died;                                                         /* ranks or runs that died with it, where there is a limit */
} resume_items;

/* A source that takes the place of that of `items`, which may be loaded. `self` is borrowed while the source is used. */
rp_source resume_items_source(resume_items *self);

#endif
