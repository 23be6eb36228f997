/* texts.c: see texts.h. */
#include "texts.h"

#include "workload.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 3 to 12 letters that no other index has: its digits, and what fills it up. */
static void name_word(bench_word *word, int index)
{
    int rest = index, n = 3 + index % 10;
    for (int k = 0; k < n; k++, rest /= 17) word->letters[k] = (char)('a' + (k < 4 ? rest % 17 : 17 + (index + k) % 9));
    if (n == 3) word->letters[3] = (char)('a' + rest % 17);
}

/* The k-th most frequent word is about 1 / k as frequent as the first, as in texts. */
static int choose_word(int vocabulary, uint64_t index)
{
    int k = (int)exp(log(vocabulary) * bench_workload_spread(index)) - 1;
    return k < vocabulary ? k : vocabulary - 1;
}

static bool write_text(bench_texts *texts, int file, int n_words)
{
    FILE *stream = fopen(texts->paths[file], "w");
    if (!stream) return false;
    for (int k = 0; k < n_words; k++) {
        bench_word *word = &texts->words[choose_word(texts->vocabulary, (uint64_t)file * (uint64_t)n_words + (uint64_t)k)];
        bool begins = k % 12 == 0, ends = k % 12 == 11;
        fprintf(stream, "%c%s%s", begins ? word->letters[0] - 32 : word->letters[0], word->letters + 1,
                ends         ? ".\n"
                : k % 5 == 4 ? ", "
                             : " ");
        word->count++;
    }
    return fclose(stream) == 0;
}

static bool write_expected(const bench_texts *texts)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/expected", texts->folder);
    FILE *stream = fopen(path, "w");
    if (!stream) return false;
    for (int k = 0; k < texts->vocabulary; k++)
        if (texts->words[k].count > 0) fprintf(stream, "%s %u\n", texts->words[k].letters, texts->words[k].count);
    return fclose(stream) == 0;
}

bool bench_texts_make(bench_texts *texts, int n_files, int words_each, int vocabulary)
{
    *texts = (bench_texts){.folder = "/tmp/rankpool-bench-words-XXXXXX", .vocabulary = vocabulary};
    texts->paths = calloc((size_t)n_files, sizeof *texts->paths);
    bool good = texts->paths && mkdtemp(texts->folder);
    for (int k = 0; k < texts->vocabulary; k++) name_word(&texts->words[k], k);
    for (int file = 0; good && file < n_files; file++) {
        good = asprintf(&texts->paths[file], "%s/%d", texts->folder, file) > 0;
        texts->n_files += good;
        good = good && write_text(texts, file, words_each);
    }
    good = good && write_expected(texts);
    if (!good) perror("rankpool-bench: the texts can't be written");
    return good;
}

void bench_texts_remove(bench_texts *texts)
{
    char path[96];
    for (int k = 0; k < texts->n_files; k++) {
        (void)unlink(texts->paths[k]);
        free(texts->paths[k]);
    }
    free(texts->paths);
    (void)snprintf(path, sizeof path, "%s/expected", texts->folder);
    (void)unlink(path);
    (void)rmdir(texts->folder);
}

bool bench_texts_are_counted(const bench_texts *texts, bench_word_table *table)
{
    uint32_t n = 0;
    for (int k = 0; k < texts->vocabulary; k++) {
        if (texts->words[k].count == 0) continue;
        n++;
        if (bench_word_table_slot(table, &texts->words[k])->count != texts->words[k].count) return false;
    }
    return n == table->n_words;
}
