/* word_table.c: see word_table.h. */
#include "word_table.h"

#include <string.h>

size_t bench_word_table_size(uint32_t n_slots) { return sizeof(bench_word_table) + n_slots * sizeof(bench_word); }

void bench_word_table_clear(bench_word_table *table, uint32_t n_slots)
{
    memset(table, 0, bench_word_table_size(n_slots));
    table->n_slots = n_slots;
}

/* The letters as three numbers; what follows the word is NUL. */
static uint32_t hash_of(const bench_word *word)
{
    uint64_t first, second;
    uint32_t third;
    memcpy(&first, word->letters, sizeof first);
    memcpy(&second, word->letters + sizeof first, sizeof second);
    memcpy(&third, word->letters + sizeof first + sizeof second, sizeof third);
    uint64_t mixed = (first ^ (second * 0x9e3779b97f4a7c15u) ^ third) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)(mixed >> 32);
}

bench_word *bench_word_table_slot(bench_word_table *table, const bench_word *word)
{
    uint32_t mask = table->n_slots - 1, k = hash_of(word) & mask;
    while (table->slots[k].letters[0] && memcmp(table->slots[k].letters, word->letters, BENCH_WORD_SIZE) != 0) k = (k + 1) & mask;
    return &table->slots[k];
}

int bench_word_table_is_full(const bench_word_table *table) { return table->n_words >= table->n_slots / 4 * 3; }

void bench_word_table_add(bench_word_table *table, const bench_word *word)
{
    bench_word *slot = bench_word_table_slot(table, word);
    if (slot->letters[0]) {
        slot->count += word->count;
    } else {
        *slot = *word;
        table->n_words++;
    }
}

void bench_word_table_count(bench_word_table *table, const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        bench_word word = {.count = 1};
        size_t n = 0;
        for (; i < size && (unsigned char)((text[i] | 32) - 'a') < 26; i++)
            if (n < BENCH_WORD_SIZE - 1) word.letters[n++] = (char)(text[i] | 32);
        if (n > 0) bench_word_table_add(table, &word);
        else i++;
    }
}
