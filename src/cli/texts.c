/* texts.c: a hash table with chains. Indices count up and are removed in about the same order, so the index itself is a good hash. */
#include "texts.h"

#include <stdlib.h>
#include <string.h>

struct texts_entry {
    texts_entry *next;
    int64_t index;
    size_t size;
    char text[];
};

void texts_init(text_table *texts) { memset(texts, 0, sizeof *texts); }

void texts_fini(text_table *texts)
{
    for (size_t i = 0; i < texts->n_buckets; i++) {
        for (texts_entry *entry = texts->buckets[i], *next; entry; entry = next) {
            next = entry->next;
            free(entry);
        }
    }
    free(texts->buckets);
    texts_init(texts);
}

static texts_entry **bucket(const text_table *texts, int64_t index) { return &texts->buckets[(uint64_t)index & (texts->n_buckets - 1)]; }

static int grow(text_table *texts)
{
    text_table larger = {NULL, texts->n_buckets ? 2 * texts->n_buckets : 64, texts->count, texts->n_bytes};
    larger.buckets = calloc(larger.n_buckets, sizeof *larger.buckets);
    if (!larger.buckets) return 0;
    for (size_t i = 0; i < texts->n_buckets; i++) {
        for (texts_entry *entry = texts->buckets[i], *next; entry; entry = next) {
            texts_entry **head = bucket(&larger, entry->index);
            next = entry->next;
            entry->next = *head;
            *head = entry;
        }
    }
    free(texts->buckets);
    *texts = larger;
    return 1;
}

char *texts_add(text_table *texts, int64_t index, rp_bytes text, size_t extra)
{
    if (texts->count == texts->n_buckets && !grow(texts)) return NULL;
    texts_entry *entry = malloc(sizeof *entry + text.size + 1 + extra);
    if (!entry) return NULL;
    texts_entry **head = bucket(texts, index);
    entry->next = *head;
    entry->index = index;
    entry->size = text.size;
    if (text.size) memcpy(entry->text, text.data, text.size);
    entry->text[text.size] = '\0';
    *head = entry;
    texts->count++;
    texts->n_bytes += text.size;
    return entry->text;
}

rp_bytes texts_find(const text_table *texts, int64_t index)
{
    if (texts->n_buckets == 0) return (rp_bytes){NULL, 0};
    const texts_entry *entry = *bucket(texts, index);
    while (entry && entry->index != index) entry = entry->next;
    return entry ? (rp_bytes){entry->text, entry->size} : (rp_bytes){NULL, 0};
}

void texts_remove(text_table *texts, int64_t index)
{
    if (texts->n_buckets == 0) return;
    texts_entry **link = bucket(texts, index);
    while (*link && (*link)->index != index) link = &(*link)->next;
    if (!*link) return;
    texts_entry *entry = *link;
    *link = entry->next;
    texts->count--;
    texts->n_bytes -= entry->size;
    free(entry);
}
