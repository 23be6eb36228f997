/*
 * journal.c: what the journal costs, by itself: rankpool-journal-bench FOLDER [RECORDS [BATCH]]. It appends records of 8 bytes of result,
 * BATCH at a time, and opens the journal again. CPU times are firm; wall times depend on the disk and on who else works.
 */
#include "journal/journal.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST_BATCH = 1024 };

typedef struct stamp {
    double wall_s, thread_s, process_s;
} stamp;

static double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static stamp now(void) { return (stamp){clock_s(CLOCK_MONOTONIC), clock_s(CLOCK_THREAD_CPUTIME_ID), clock_s(CLOCK_PROCESS_CPUTIME_ID)}; }

static void check(rp_status status, const rp_error *error)
{
    if (status == RP_OK) return;
    fprintf(stderr, "%s\n", rp_error_text(error));
    exit(1);
}

static void append_all(rpi_journal *journal, uint64_t n, uint64_t batch)
{
    static rpi_journal_record records[MOST_BATCH];
    static uint64_t items[MOST_BATCH];
    rp_error error;
    for (uint64_t first = 0; first < n; first += batch) {
        uint64_t count = n - first < batch ? n - first : batch;
        for (uint64_t i = 0; i < count; i++) {
            items[i] = first + i;
            records[i] = (rpi_journal_record){.kind = RPI_RECORD_DONE,
                                              .index = items[i],
                                              .hash = rpi_item_hash_of(&items[i], sizeof items[i]),
                                              .attempt = 1,
                                              .data = &items[i],
                                              .size = sizeof items[i]};
        }
        check(rpi_journal_append(journal, records, count, NULL, &error), &error);
    }
}

static void time_appending(const char *path, uint64_t n, uint64_t batch)
{
    rpi_journal *journal;
    rpi_writer_state end;
    rp_error error;
    check(rpi_journal_open(path, NULL, &journal, &error), &error);
    check(rpi_journal_begin(journal, &(rpi_fact){RPI_FACT_MUST, "job", "bench"}, 1, &error), &error);
    stamp before = now();
    append_all(journal, n, batch);
    stamp after = now();
    check(rpi_journal_close(journal, RPI_RUN_DONE, NULL, &end, &error), &error);
    double own_s = after.thread_s - before.thread_s, all_s = now().process_s - before.process_s, each = 1e9 / (double)n;
    printf("append: %.1f ns CPU a record, and %.1f in the writing thread; %.1f ns wall; %.0f MB; longest sync %.3f s; %llu waits\n",
           own_s * each, (all_s - own_s) * each, (after.wall_s - before.wall_s) * each, (double)end.bytes * 1e-6, end.longest_sync_s,
           (unsigned long long)end.n_waits);
}

static void time_opening(const char *path, uint64_t n)
{
    rpi_journal *journal;
    rp_error error;
    struct rusage usage;
    stamp before = now();
    check(rpi_journal_open(path, NULL, &journal, &error), &error);
    stamp after = now();
    uint64_t n_done = 0;
    for (uint64_t i = 0; i < n; i++) n_done += rpi_journal_has(journal, i, rpi_item_hash_of(&i, sizeof i));
    double each = 1e9 / (double)n;
    getrusage(RUSAGE_SELF, &usage);
    printf("open: %.3f s CPU, %.3f s wall, %ld MB of memory; has: %.1f ns an item; %llu of %llu done\n", after.process_s - before.process_s,
           after.wall_s - before.wall_s, usage.ru_maxrss / 1024, (now().thread_s - after.thread_s) * each, (unsigned long long)n_done,
           (unsigned long long)n);
    check(rpi_journal_close(journal, RPI_RUN_DONE, NULL, NULL, &error), &error);
    if (n_done != n) exit(1);
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000000, batch = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    if (argc < 2 || n == 0 || batch == 0 || batch > MOST_BATCH) {
        fprintf(stderr, "usage: %s FOLDER [RECORDS [BATCH]]; FOLDER is made; BATCH up to %d\n", argv[0], MOST_BATCH);
        return 2;
    }
    time_appending(argv[1], n, batch);
    time_opening(argv[1], n);
    return 0;
}
