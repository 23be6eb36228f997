/* word_table.h: how often each word was seen, as one block of bytes that can travel: a head, and slots by the hash of the word. */
#ifndef BENCH_WORD_TABLE_H
#define BENCH_WORD_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { BENCH_WORD_SIZE = 20 }; /* letters and a NUL */

typedef struct bench_word {
    char letters[BENCH_WORD_SIZE]; /* the rest is NUL; the first one is NUL in a slot that is free */
    uint32_t count;
} bench_word;

typedef struct bench_word_table {
    uint32_t n_words, n_slots; /* the slots are a power of two */
    bench_word slots[];
} bench_word_table;

size_t bench_word_table_size(uint32_t n_slots);

/* All bytes 0 but for the number of slots. */
void bench_word_table_clear(bench_word_table *table, uint32_t n_slots);

/* The slot of a word, or the free one that it would have. There is always a free one. */
bench_word *bench_word_table_slot(bench_word_table *table, const bench_word *word);

/* 1: one word more, and it has to become larger before. */
int bench_word_table_is_full(const bench_word_table *table);

/* Adds a word's count. The table isn't full. */
void bench_word_table_add(bench_word_table *table, const bench_word *word);

/* Counts the words of a text: runs of letters, in lower case, cut to what fits. The table isn't too small. */
void bench_word_table_count(bench_word_table *table, const char *text, size_t size);

#endif
