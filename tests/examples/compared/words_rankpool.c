/* words_rankpool.c: words_openmp.c with a pool. A table is the bytes of an accumulator, so it can travel. */
#include <rankpool/rankpool.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    char word[28];
    int count;
} entry;

static void count_words(const char *path)
{
    entry one = {"", 1};
    FILE *file = fopen(path, "r");
    if (!file) {
        rp_fail(errno, "%s", strerror(errno));
        return;
    }
    while (fscanf(file, "%*[^A-Za-z]"), fscanf(file, "%27[A-Za-z]", one.word) == 1) {
        for (char *c = one.word; *c; c++) *c = (char)tolower((unsigned char)*c);
        rp_emit(&one, sizeof one);
    }
    fclose(file);
}
RP_TASK_EMIT(count_words, const char *)

static void add_one(rp_accumulator *words, const entry *added)
{
    entry *entries = rp_accumulator_data(words);
    size_t n = rp_accumulator_size(words) / sizeof(entry), low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(entries[middle].word, added->word) < 0) low = middle + 1;
        else high = middle;
    }
    if (low < n && !strcmp(entries[low].word, added->word)) {
        entries[low].count += added->count;
    } else if ((entries = rp_accumulator_resize(words, (n + 1) * sizeof(entry)))) {
        memmove(&entries[low + 1], &entries[low], (n - low) * sizeof(entry));
        entries[low] = *added;
    }
}

static void table_begin(rp_accumulator *words) { (void)words; }
static void table_add(rp_accumulator *words, const rp_bytes *found)
{
    for (size_t k = 0; k < found->size / sizeof(entry); k++) add_one(words, &((const entry *)found->data)[k]);
}
static void table_merge(rp_accumulator *left, const rp_accumulator *right)
{
    table_add(left, &(rp_bytes){rp_accumulator_data(right), rp_accumulator_size(right)});
}
RP_FOLD_BYTES(table, rp_bytes)

static int more_often(const void *left, const void *right)
{
    const entry *a = left, *b = right;
    return a->count != b->count ? b->count - a->count : strcmp(a->word, b->word);
}

static int client(rp_pool *pool, int argc, char **argv)
{
    rp_bytes all;
    rp_error error;
    rp_columns paths = RP_COLUMNS(RP_STRINGS(argv + 1, argc - 1));
    if (rp_reduce(pool, count_words_task, table_fold, &all, (uint64_t)argc - 1, paths, NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    entry *entries = (entry *)(uintptr_t)all.data;
    size_t n = all.size / sizeof(entry);
    qsort(entries, n, sizeof(entry), more_often);
    for (size_t i = 0; i < n && i < 5; i++) printf("%s %d\n", entries[i].word, entries[i].count);
    rp_bytes_free(&all, 1);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
