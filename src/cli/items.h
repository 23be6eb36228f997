/*
 * items.h: the items of a run, from the command line, a file or a pipe, as values of the types of the task: one after another (a source for
 * imap and istarmap), or all at once as columns. One thread.
 */
#ifndef RANKPOOL_CLI_ITEMS_H
#define RANKPOOL_CLI_ITEMS_H

#include "items_request.h"
#include "values.h"

#include "journal/item_hash.h"

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

typedef struct item_source item_source;

/* Opens the items. Of items that are texts the columns are known then: of csv its first rows are read, a pipe is waited for. `*items` is
 * the caller's, to be closed by items_close. Returns RP_OK, RP_USAGE (a file isn't there; an axis is none), RP_NO_MEMORY, RP_SYSTEM. */
rp_status items_open(const items_request *request, const rp_job *job, item_source **items, rp_error *error);
void items_close(item_source *items);

/* The names of the texts of an item, an array with NULL for one without, and how many texts it has; 0: that isn't known. */
const char *const *items_names(const item_source *items, size_t *n);

/* Has to be called before what follows. `n_bound`: how many of the first arguments of the task come from elsewhere. Returns RP_OK;
 * RP_USAGE: the items don't fit the job. */
rp_status items_expect(item_source *items, size_t n_bound, rp_error *error);

/* How many values an item has. */
size_t items_width(const item_source *items);

/* Reads all items into columns. Returns RP_OK; RP_USAGE (names the wrong line; there are too many items); RP_NO_MEMORY; RP_SYSTEM. */
rp_status items_load(item_source *items, rp_error *error);

/* For a method that takes items as it goes. If there are few items, it loads them, so that mistakes and their number are known before the
 * first one runs. It checks a large file for mistakes. A pipe isn't read. Returns as items_load. */
rp_status items_check(item_source *items, rp_error *error);

/* 1 when all items are there as columns, whatever their number. */
int items_are_loaded(const item_source *items);

/* The columns, and how many items they have. columns.n is 0 when the items aren't loaded, or have no values. */
rp_columns items_columns(const item_source *items);
uint64_t items_count(const item_source *items);

/* How many items there are in all; 0: that isn't known. */
uint64_t items_total(const item_source *items);

/* 1: the items come from standard input, and there was none up to its end. Batch jobs and jobs in the background often have none. */
int items_input_was_empty(const item_source *items);

/* An rp_source_next. `state` is the item_source. */
rp_status items_next(void *state, void *const *arguments, int may_wait, rp_error *error);

/* The text of an item that was given and not forgotten; where the job says that its items are addresses, without their user information.
 * Numbers are written to `room`. Valid until the next call. {NULL, 0}: no memory. */
rp_bytes items_text(item_source *items, int64_t index, char room[VALUE_TEXT_SIZE]);

/* A hash of what an item is, by which it is known again in another run: of its text as it was given; of a number, its value. */
rpi_item_hash items_hash(const item_source *items, int64_t index);

/* Drops the text of an item, and its bytes. */
void items_forget(item_source *items, int64_t index);

/* 1 when `path` is the file that the items come from, under whatever name. */
int items_come_from(const item_source *items, const char *path);

#endif
