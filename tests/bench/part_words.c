/*
 * part_words.c: the words of 1,000 files are counted on two workers, against CPython's multiprocessing.Pool. A file's words are its item's
 * result, tables are merged as they come. Milliseconds a call; and the bytes of results that rank 1 sends, of which one table a chunk is
 * the most that is right.
 */
#include "parts.h"
#include "peers.h"
#include "texts.h"

#include <errno.h>
#include <fcntl.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_WORKERS = 2, N_FILES = 1000, N_SMALL_FILES = 60, WORDS_EACH = 2000, N_SMALL_WORDS = 1000, SMALL_VOCABULARY = 50, N_TIMES = 3 };
enum { FILE_SLOTS = 8192, FIRST_SLOTS = 256, FILE_MOST = 1 << 20, MESSAGE_MOST = 400 };
enum { CHUNK = 15 };            /* of those that count bytes: in a fixed order it is several parts of the tree */
enum { TIME, BYTES, IN_ORDER }; /* what a contestant measures; IN_ORDER: also bytes, the same bits on any layout */

/* Bytes of a file, as a worker reads them. */
static size_t read_file(const char *path, char *text)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 1;
    size_t size = 0;
    while (file >= 0 && n > 0 && size < FILE_MOST) {
        n = read(file, text + size, FILE_MOST - size);
        if (n > 0) size += (size_t)n;
    }
    if (file < 0 || n < 0) rp_fail(errno, "%s", strerror(errno));
    if (file >= 0) (void)close(file);
    return size;
}

/* The result is the words of the file, without the free slots. */
static void bench_count_words(const char *path)
{
    static _Thread_local char text[FILE_MOST];
    static _Thread_local union {
        bench_word_table table;
        char room[sizeof(bench_word_table) + FILE_SLOTS * sizeof(bench_word)];
    } own;
    bench_word_table_clear(&own.table, FILE_SLOTS);
    bench_word_table_count(&own.table, text, read_file(path, text));
    size_t n = 0;
    for (uint32_t k = 0; k < FILE_SLOTS; k++)
        if (own.table.slots[k].letters[0]) own.table.slots[n++] = own.table.slots[k];
    rp_emit(own.table.slots, n * sizeof own.table.slots[0]);
}
RP_TASK_EMIT(bench_count_words, const char *)

/* Makes the table of an accumulator, or one of twice the size. NULL: no memory, and the call fails by that. */
static bench_word_table *grow(rp_accumulator *to)
{
    bench_word_table *table = rp_accumulator_data(to), *old = NULL;
    size_t old_size = rp_accumulator_size(to);
    uint32_t n_slots = old_size > 0 ? 2 * table->n_slots : FIRST_SLOTS;
    if (old_size > 0 && !(old = malloc(old_size))) return NULL;
    if (old) memcpy(old, table, old_size);
    table = rp_accumulator_resize(to, bench_word_table_size(n_slots));
    if (table) bench_word_table_clear(table, n_slots);
    for (uint32_t k = 0; table && old && k < old->n_slots; k++)
        if (old->slots[k].letters[0]) bench_word_table_add(table, &old->slots[k]);
    free(old);
    return table;
}

static void add_words(rp_accumulator *to, const bench_word *words, size_t n)
{
    bench_word_table *table = rp_accumulator_data(to);
    for (size_t k = 0; k < n; k++) {
        if (!words[k].letters[0]) continue;
        if (bench_word_table_is_full(table) && !(table = grow(to))) return;
        bench_word_table_add(table, &words[k]);
    }
}

static void bench_words_begin(rp_accumulator *to) { (void)grow(to); }
static void bench_words_add(rp_accumulator *to, const rp_bytes *found)
{
    if (rp_accumulator_size(to) > 0) add_words(to, found->data, found->size / sizeof(bench_word));
}
static void bench_words_merge(rp_accumulator *left, const rp_accumulator *right)
{
    const bench_word_table *words = rp_accumulator_data(right);
    if (rp_accumulator_size(left) > 0 && rp_accumulator_size(right) > 0) add_words(left, words->slots, words->n_slots);
}
RP_FOLD_BYTES(bench_words, rp_bytes)

static bool say_wrong(const bench_contestant *self, const char *what)
{
    fprintf(stderr, "rankpool-bench: %s: %s\n", self->name, what);
    return false;
}

static bool count_once(rp_pool *pool, const bench_contestant *self, const bench_texts *texts, size_t *table_size)
{
    rp_bytes all = {0};
    rp_error error = {0};
    rp_column paths = RP_STRINGS((const char *const *)texts->paths, (size_t)texts->n_files);
    rp_call_options options = {.reduce_order = self->argument == IN_ORDER ? RP_ORDER_FIXED : RP_ORDER_ANY,
                               .chunk = self->argument == TIME ? 0 : CHUNK};
    rp_status status = rp_reduce(pool, bench_count_words_task, bench_words_fold, &all, (uint64_t)texts->n_files, ((rp_columns){1, &paths}),
                                 &options, &error);
    bool good = bench_succeeded(self, status, &error);
    if (good && !bench_texts_are_counted(texts, (bench_word_table *)(uintptr_t)all.data)) good = say_wrong(self, "wrong counts");
    *table_size = all.size;
    rp_bytes_free(&all, 1);
    return good;
}

/* What rank 1 has sent, a call. No more than a table of all words for each of its chunks, when tables are merged as they come. */
static bool look_at_bytes(rp_pool *pool, const bench_contestant *self, size_t table_size, double *megabytes)
{
    rp_error error = {0};
    rp_rank_report *report;
    if (!bench_succeeded(self, rp_pool_report(pool, 1, &report, &error), &error)) return false;
    bool good = self->argument == IN_ORDER || report->bytes_received <= report->n_chunks * (table_size + MESSAGE_MOST);
    *megabytes = (double)report->bytes_received / 1e6 / (N_TIMES + 1);
    rp_rank_report_free(report);
    return good || say_wrong(self, "more than a table a chunk has travelled");
}

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    const bench_texts *texts = argument;
    size_t table_size = 0;
    double start_s = 0;
    for (int k = 0; k <= N_TIMES; k++) { /* one more to warm up */
        if (k == 1) start_s = bench_now_s();
        if (!count_once(pool, self, texts, &table_size)) return false;
    }
    *value = (bench_now_s() - start_s) * 1e3 / N_TIMES;
    return self->argument == TIME || look_at_bytes(pool, self, table_size, value);
}

static bool run_pool(const bench_contestant *self, void *texts, double *value) { return bench_with_pool(self, use_pool, texts, value); }

/* The ways of peers/pool_words.py. */
static bool run_cpython(const bench_contestant *self, void *argument, double *value)
{
    const bench_texts *texts = argument;
    return bench_peers_count_words(N_WORKERS, self->argument ? "translate" : "findall", texts->folder, texts->n_files, value);
}

#define RECORDED_POOL                                                                                                                      \
    {                                                                                                                                      \
        .executor = RP_EXECUTOR_MPI, .threads = 1, .record = RP_RECORD_TOTALS                                                              \
    }

bool bench_part_words(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"CPython Pool by findall", BENCH_RANK_0, run_cpython, {0}, 0},
        {"CPython Pool by translate", BENCH_RANK_0, run_cpython, {0}, 1},
        {"pthread 1 x 2", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), TIME},
        {"mpi 2 x 1", BENCH_ALL_RANKS, run_pool, BENCH_POOL(MPI, 1), TIME},
        {"mpi 2 x 1: travel", BENCH_ALL_RANKS, run_pool, RECORDED_POOL, BYTES},
        {"mpi 2 x 1: travel in order", BENCH_ALL_RANKS, run_pool, RECORDED_POOL, IN_ORDER},
    };
    static bench_texts texts;
    bool small = settings->small, good = true;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) /* the others are told the names */
        good = bench_texts_make(&texts, small ? N_SMALL_FILES : N_FILES, small ? N_SMALL_WORDS : WORDS_EACH,
                                small ? SMALL_VOCABULARY : BENCH_MOST_WORDS);
    good = bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &texts, settings->runs) && good;
    if (rank == 0) bench_texts_remove(&texts);
    return good;
}
