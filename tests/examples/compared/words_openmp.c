/* words_openmp.c: how often each word is in some files; shows the words that are there most often. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    char word[28];
    int count;
} entry;

typedef struct table {
    entry *entries;
    size_t n;
} table;

static void add(table *words, const char *word, int count)
{
    size_t low = 0, high = words->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(words->entries[middle].word, word) < 0) low = middle + 1;
        else high = middle;
    }
    if (low < words->n && !strcmp(words->entries[low].word, word)) {
        words->entries[low].count += count;
        return;
    }
    entry *grown = realloc(words->entries, (words->n + 1) * sizeof(entry));
    if (!grown) {
        perror(word);
        exit(1);
    }
    words->entries = grown;
    memmove(&grown[low + 1], &grown[low], (words->n++ - low) * sizeof(entry));
    grown[low] = (entry){"", count};
    snprintf(grown[low].word, sizeof grown[low].word, "%s", word);
}

static void count_words(table *words, const char *path)
{
    char word[28];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    while (fscanf(file, "%*[^A-Za-z]"), fscanf(file, "%27[A-Za-z]", word) == 1) {
        for (char *c = word; *c; c++) *c = (char)tolower((unsigned char)*c);
        add(words, word, 1);
    }
    fclose(file);
}

static int more_often(const void *left, const void *right)
{
    const entry *a = left, *b = right;
    return a->count != b->count ? b->count - a->count : strcmp(a->word, b->word);
}

int main(int argc, char **argv)
{
    table all = {NULL, 0};
#pragma omp parallel for schedule(dynamic)
    for (int i = 1; i < argc; i++) {
        table words = {NULL, 0};
        count_words(&words, argv[i]);
#pragma omp critical
        for (size_t k = 0; k < words.n; k++) add(&all, words.entries[k].word, words.entries[k].count);
        free(words.entries);
    }
    qsort(all.entries, all.n, sizeof(entry), more_often);
    for (size_t i = 0; i < all.n && i < 5; i++) printf("%s %d\n", all.entries[i].word, all.entries[i].count);
    free(all.entries);
    return 0;
}
