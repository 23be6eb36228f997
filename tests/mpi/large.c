/*
 * large.c: records and bytes that are larger than one message may be, in and out, over at least two ranks.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 5 << 20, RECORDS = 8, TEXTS = 4, TEXT_SIZE = 100 << 20 };

/* 40 MiB; two of them are a chunk, and travel in many blocks. */
typedef struct record {
    uint64_t words[WORDS];
} record;

/* The first word of the result is the rank. */
static void mix(record *result, const record *from)
{
    for (size_t i = 1; i < WORDS; i++) result->words[i] = from->words[i] * 3 + from->words[i - 1];
    result->words[0] = (uint64_t)rp_rank();
}
RP_TASK_POINTER(mix, record, record)

/* Gives the bytes back in two parts, and its rank in front. */
static void give_back(rp_bytes text)
{
    char rank = (char)rp_rank();
    rp_emit(&rank, 1);
    rp_emit(text.data, text.size / 3);
    rp_emit((const char *)text.data + text.size / 3, text.size - text.size / 3);
}
RP_TASK_EMIT(give_back, rp_bytes)

static void fill(uint64_t *words, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) words[i] = seed = seed * 6364136223846793005u + 1442695040888963407u;
}

static int failed(const rp_error *error)
{
    fprintf(stderr, "%s\n", rp_error_text(error));
    return 1;
}

static int check_records(const record *items, const record *results)
{
    int remote = 0;
    for (int k = 0; k < RECORDS; k++) {
        remote += results[k].words[0] != 0;
        for (size_t i = 1; i < WORDS; i++) {
            if (results[k].words[i] == items[k].words[i] * 3 + items[k].words[i - 1]) continue;
            fprintf(stderr, "record %d is wrong at word %zu\n", k, i);
            return 1;
        }
    }
    fprintf(stderr, "%d of %d records went to another rank\n", remote, RECORDS);
    return remote == 0;
}

static int map_records(rp_pool *pool)
{
    rp_error error = {0};
    rp_call_options options = {.chunk = 2};
    record *items = malloc(RECORDS * sizeof(*items)), *results = calloc(RECORDS, sizeof(*results));
    int status = 1;
    if (items != NULL && results != NULL) {
        for (int k = 0; k < RECORDS; k++) fill(items[k].words, WORDS, (uint64_t)k);
        int done = rp_map(pool, mix_task, results, RECORDS, RP_COLUMN(items), &options, &error) == RP_OK;
        status = done ? check_records(items, results) : failed(&error);
    }
    free(items);
    free(results);
    return status;
}

static int check_texts(rp_bytes text, const rp_bytes *results)
{
    int remote = 0;
    for (int k = 0; k < TEXTS; k++) {
        const char *bytes = results[k].data;
        if (results[k].size != text.size + 1 - (size_t)k || memcmp(bytes + 1, (const char *)text.data + k, text.size - (size_t)k) != 0) {
            fprintf(stderr, "text %d is wrong\n", k);
            return 1;
        }
        remote += bytes[0] != 0;
    }
    fprintf(stderr, "%d of %d texts went to another rank\n", remote, TEXTS);
    return remote == 0;
}

static int map_texts(rp_pool *pool)
{
    rp_error error = {0};
    rp_bytes texts[TEXTS], results[TEXTS] = {{NULL, 0}};
    rp_call_options options = {.chunk = 1};
    uint64_t *words = malloc(TEXT_SIZE);
    if (words == NULL) return 1;
    fill(words, TEXT_SIZE / sizeof(*words), 99);
    for (size_t k = 0; k < TEXTS; k++) texts[k] = (rp_bytes){(const char *)words + k, TEXT_SIZE - k};
    int done = rp_map(pool, give_back_task, results, TEXTS, RP_COLUMN(texts), &options, &error) == RP_OK;
    int status = done ? check_texts(texts[0], results) : failed(&error);
    rp_bytes_free(results, TEXTS);
    free(words);
    return status;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return map_records(pool) != 0 || map_texts(pool) != 0;
}

int main(int argc, char **argv)
{
    const rp_pool_options options = {.executor = RP_EXECUTOR_MPI};
    return rp_main(argc, argv, client, &options);
}
