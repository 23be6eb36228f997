/* texts.h: files of words for part words, always the same, and how often each word is in them. */
#ifndef BENCH_TEXTS_H
#define BENCH_TEXTS_H

#include "word_table.h"

#include <stdbool.h>

enum { BENCH_MOST_WORDS = 5000 };

typedef struct bench_texts {
    char folder[64];         /* has the files 0, 1, … and `expected`, a line with word and count each */
    int n_files, vocabulary; /* of so many words */
    char **paths;            /* of the files */
    bench_word words[BENCH_MOST_WORDS];
} bench_texts;

/* Writes the files into a new folder in /tmp. False: it failed, and has said why. */
bool bench_texts_make(bench_texts *texts, int n_files, int words_each, int vocabulary);

/* Removes them. */
void bench_texts_remove(bench_texts *texts);

/* Whether a table has these words, each as often, and no others. */
bool bench_texts_are_counted(const bench_texts *texts, bench_word_table *table);

#endif
