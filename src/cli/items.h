/*
 * items.h: the items of a run, from the command line, a file or a pipe, as values of the types of the task: one after another (a source for
 * imap and istarmap), or all at once as columns. One thread.
 */
#ifndef RANKPOOL_CLI_ITEMS_H
#define RANKPOOL_CLI_ITEMS_H

#include "values.h"

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

typedef enum items_kind {
    ITEMS_NONE = 0,
    ITEMS_NUMBERS,   /* 0, 1, …, n - 1 */
    ITEMS_ARGUMENTS, /* the n texts of `arguments` */
    ITEMS_LINES,     /* each line of `path`, "-" is standard input */
    ITEMS_CSV        /* each row of `path` */
} items_kind;

/* Whether the first line, or row, names columns. */
typedef enum items_header {
    ITEMS_HEADER_AUTO = 0, /* in csv if none of the values that should be numbers is one; and if the job says so */
    ITEMS_HEADER_YES,
    ITEMS_HEADER_NO
} items_header;

/* What the command line asked for. Everything is borrowed while the items are open. */
typedef struct items_request {
    items_kind kind;
    int64_t n;
    char *const *arguments;
    const char *path;
    items_header header; /* of lines and csv */
} items_request;

typedef struct item_source item_source;

/* Opens the items. `n_bound`: how many of the first arguments of the task come from elsewhere. `*items` is the caller's, to be closed by
 * items_close. Returns RP_OK, RP_USAGE (a file isn't there; the items don't fit the job), RP_NO_MEMORY. */
rp_status items_open(const items_request *request, const rp_job *job, size_t n_bound, item_source **items, rp_error *error);
void items_close(item_source *items);

/* How many values an item has. */
size_t items_width(const item_source *items);

/* Reads all items into columns. Returns RP_OK; RP_USAGE (names the wrong line); RP_NO_MEMORY; RP_SYSTEM. */
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

/* Drops the text of an item, and its bytes. */
void items_forget(item_source *items, int64_t index);

/* 1 when `path` is the file that the items come from, under whatever name. */
int items_come_from(const item_source *items, const char *path);

#endif
