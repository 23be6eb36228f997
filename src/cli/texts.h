/*
 * texts.h: the texts of items in flight, by index, so that a failure or a row of the output can name its item. One thread.
 */
#ifndef RANKPOOL_CLI_TEXTS_H
#define RANKPOOL_CLI_TEXTS_H

#include <rankpool/task.h>

typedef struct texts_entry texts_entry;

typedef struct text_table {
    texts_entry **buckets;
    size_t n_buckets, count, n_bytes; /* the texts' own bytes */
} text_table;

void texts_init(text_table *texts);
void texts_fini(text_table *texts);

/* Copies a text, with a 0 after it, and `extra` bytes of room after that. The copy stays where it is until it is removed. `index` must be
 * new. Returns the copy; NULL: no memory. */
char *texts_add(text_table *texts, int64_t index, rp_bytes text, size_t extra);

/* The text of that index; {NULL, 0}: there is none. */
rp_bytes texts_find(const text_table *texts, int64_t index);

/* Removes the text of that index, if there is one. */
void texts_remove(text_table *texts, int64_t index);

#endif
