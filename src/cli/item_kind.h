/*
 * item_kind.h: what items.c and the kinds of items share: the state of a source, and what a kind offers. A kind is a table of functions in
 * a file of its own.
 */
#ifndef RANKPOOL_CLI_ITEM_KIND_H
#define RANKPOOL_CLI_ITEM_KIND_H

#include "csv.h"
#include "grid.h"
#include "items_request.h"
#include "sample.h"
#include "texts.h"
#include "values.h"

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

#include <sys/stat.h>

typedef struct item_source item_source;

typedef struct item_kind {
    /* Opens the source and, where `n_texts` and `names` are known, sets them. NULL: there is nothing to open. */
    rp_status (*open)(item_source *items, rp_error *error);
    /* Checks, without reading, that the items fit the types of the task, which are known now. NULL: they do. */
    rp_status (*expect)(const item_source *items, rp_error *error);
    /* Makes item `count`. Returns as rp_source_next. */
    rp_status (*next)(item_source *items, void *const *arguments, int may_wait, rp_error *error);
    /* The text of an item, valid until the next call. NULL: `texts` has it. */
    rp_bytes (*text)(const item_source *items, int64_t index, char room[VALUE_TEXT_SIZE]);
} item_kind;

/* Rows of csv that were read ahead, to find out about their columns. */
typedef struct kept_row {
    char *data;
    size_t size;
    uint64_t line;
} kept_row;

struct item_source {
    items_request request;
    const rp_job *job;
    const item_kind *kind;
    const rp_type *types; /* of the values of an item; NULL: not known yet */
    const size_t *sizes;
    size_t n;       /* values of an item */
    size_t n_texts; /* texts of an item, if they are more than one or have names; 0: not known yet */
    char **names;   /* of these, NULL for one without; NULL while it opens: none has a name */
    int descriptor; /* -1: the items aren't from a file */
    struct stat file;
    off_t start; /* where a regular file's items begin */
    const char *name;
    line_reader lines;
    csv_reader csv;
    kept_row kept[2];
    int n_kept, next_kept;
    grid grid;
    sample drawn; /* where a sample is wanted */
    text_table texts;
    int64_t count; /* how many items were given */
    int64_t total; /* how many there are; -1: that isn't known */
    int loads;     /* bytes that a task gets have to stay, as all items are wanted at once */
    int is_loaded;
    int has_begun;  /* the first line, or row, was read */
    int has_header; /* the first row of csv was found to name columns */
    int has_warned; /* of a \r */
    char *shown;    /* the latest text of an item that had to be changed */
    size_t shown_room;
    char *packed; /* the texts of the latest item, a NUL behind each, if they needn't stay */
    char *row;    /* the text of an item, made from them */
    size_t room;  /* for how many items the columns have room */
    rp_column columns[RP_MAX_ARGUMENTS];
};

/* The place of an item among all that there are: another than its index in a sample. */
uint64_t item_place(const item_source *items, int64_t index);

/* Whether a \r at the end of a line is part of the item: where items are any texts, but not in lists in which blanks mean nothing. */
int item_keeps_cr(const rp_job *job);

rp_status item_no_memory(rp_error *error);

/* Fails for a text that isn't of that type; `where` comes before it, or is empty. */
rp_status item_refuse(const item_source *items, const char *where, rp_type type, rp_bytes text, rp_error *error);

/* Takes an item of one value, with a NUL behind it. Texts have theirs counted, as job.h says. Returns 0: it isn't one. */
int item_take(const item_source *items, rp_bytes text, void *const *arguments);

/* Takes an item of n values, which stand at `packed` with a NUL behind each. Returns the first value that is wrong, or -1. */
int item_take_packed(const item_source *items, rp_bytes packed, void *const *arguments);

#endif
