/*
 * test_journal_killed.c: a process that writes a journal is killed at a random moment, and the next one goes on, again and again. All that
 * a commit has returned for is there, and nothing else than what was written. UNIT_SEED repeats a run, as far as the moments allow;
 * RANKPOOL_KILLS: how many are killed.
 */
#include "disk.h"
#include "unit.h"

#include "journal/journal.h"

#include <rankpool/rankpool.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOR_GOOD = 1000000, KILLS_OF_A_JOURNAL = 40 };

/* What the process tells of itself until it is killed. */
typedef struct told {
    atomic_ulong stage;     /* grows with all that it does */
    atomic_ulong appended;  /* items below may be in the journal */
    atomic_ulong committed; /* items below must be */
} told;

static size_t text_of(uint64_t item, char text[64]) { return (size_t)snprintf(text, 64, "%*d", (int)(item % 40), (int)item); }

static rpi_item_hash hash_of(uint64_t item) { return rpi_item_hash_of(&item, sizeof item); }

static void append_some(rpi_journal *journal, told *on, uint64_t from, uint64_t n, uint64_t *position)
{
    char texts[16][64];
    rpi_journal_record records[16];
    for (uint64_t i = 0; i < n; i++)
        records[i] = (rpi_journal_record){
            .kind = RPI_RECORD_DONE, .index = from + i, .hash = hash_of(from + i), .data = texts[i], .size = text_of(from + i, texts[i])};
    on->appended = from + n;
    if (rpi_journal_append(journal, records, n, position, NULL) != RP_OK) _exit(3);
}

static void write_until_killed(told *on)
{
    const rpi_journal_options quick = {.commit_s = 0.0005, .sync_s = 0.002, .beat_s = 0.001, .commit_bytes = 2000};
    rpi_journal *journal;
    uint64_t item = 0, position;
    rp_error error;
    if (rpi_journal_open(disk_path(NULL), &quick, &journal, &error) != RP_OK) fprintf(stderr, "%s\n", rp_error_text(&error)), _exit(1);
    on->stage++;
    while (rpi_journal_has(journal, item, hash_of(item))) item++;
    if (rpi_journal_begin(journal, &(rpi_fact){RPI_FACT_MUST, "job", "x"}, 1, &error) != RP_OK) _exit(2);
    for (uint64_t n = 1; on->stage < FOR_GOOD; n = n % 16 + 1, on->stage++) {
        append_some(journal, on, item, n, &position);
        item += n;
        if (n % 5 != 0) continue;
        if (rpi_journal_commit(journal, position, n == 10, NULL) != RP_OK) _exit(4);
        on->committed = item;
    }
    _exit(5);
}

/* The process hangs neither, nor ends by itself. */
static void kill_at(told *on, unsigned long stage)
{
    pid_t child = fork();
    if (child == 0) write_until_killed(on);
    int how;
    double limit = unit_now() + UNIT_WAIT_S;
    while (on->stage < stage && waitpid(child, &how, WNOHANG) == 0) {
        assert_true(unit_now() < limit);
        unit_sleep(0.0001);
    }
    for (volatile uint64_t spin = unit_random(20000); spin > 0;) spin = spin - 1; /* a moment within what it does */
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
}

static void check_journal(const told *on)
{
    rpi_journal *journal;
    rp_error error;
    if (rpi_journal_look(disk_path(NULL), &journal, &error) != RP_OK) {
        assert_int_equal(on->committed, 0); /* it was killed before it had made the folder */
        return;
    }
    uint64_t n = 0, end = rpi_journal_index(journal)->end;
    for (; n < end; n++) {
        char text[64];
        rpi_journal_record record;
        assert_true(rpi_journal_has(journal, n, hash_of(n)));
        assert_int_equal(rpi_journal_read(journal, n, &record, NULL), RP_OK);
        assert_int_equal(record.size, text_of(n, text));
        assert_memory_equal(record.data, text, record.size);
    }
    assert_true(n >= on->committed && n <= on->appended);
    rpi_journal_summary summary;
    rpi_journal_summarize(journal, &summary);
    assert_int_equal(summary.n_lost, 0);
    assert_int_equal(rpi_journal_close(journal, RPI_RUN_DONE, NULL, NULL, NULL), RP_OK);
}

static void what_was_committed_is_there_after_any_kill(void **state)
{
    (void)state;
    unit_seed();
    told *on = mmap(NULL, sizeof *on, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(on != MAP_FAILED);
    int n_kills = getenv("RANKPOOL_KILLS") ? atoi(getenv("RANKPOOL_KILLS")) : 40;
    for (int i = 0; i < n_kills; i++) {
        if (i % KILLS_OF_A_JOURNAL == 0) {
            disk_begin();
            on->appended = on->committed = 0;
        }
        on->stage = 0;
        kill_at(on, i % 4 == 0 ? unit_random(3) : unit_random(300));
        check_journal(on);
    }
    munmap(on, sizeof *on);
    disk_end();
}

/* ---- a pool's journal ---- */

enum { N_CALL = 400, DEADLY = 150 };

static int64_t live_or_die(int64_t x)
{
    if (x == DEADLY) (void)kill(getpid(), SIGKILL);
    unit_sleep(0.0005);
    return x;
}
RP_TASK(live_or_die, int64_t, int64_t)

static void run_call(int threads)
{
    static int64_t results[N_CALL];
    rp_pool *pool;
    rp_error error;
    rp_pool_options options = {.executor = threads > 1 ? RP_EXECUTOR_PTHREAD : RP_EXECUTOR_SERIAL, .threads = threads, .chunk = 1};
    options.journal = disk_path(NULL);
    if (rp_pool_open(&options, &pool, &error) != RP_OK) _exit(1);
    rp_call_options call = {.key = "call"};
    (void)rp_map(pool, live_or_die_task, results, N_CALL, RP_RANGE(0, 1), &call, &error);
    _exit(2);
}

/* How many items count as begun by a run that died, and whether the deadly one is the only one that surely is. */
static int n_to_account(int *has_deadly)
{
    rpi_journal *journal;
    rpi_journal_entry entry;
    int n = 0;
    uint64_t first = UINT64_C(1) << 32; /* where the first call has its items */
    assert_int_equal(rpi_journal_look(disk_path(NULL), &journal, NULL), RP_OK);
    const rpi_index *index = rpi_journal_index(journal);
    assert_true(rpi_index_find(index, 0, &entry)); /* which call they are of */
    for (uint64_t k = rpi_index_next(index, first); k != UINT64_MAX; k = rpi_index_next(index, k + 1)) {
        if (!rpi_index_find(index, k, &entry) || entry.n_crashes == 0) continue;
        n++;
        *has_deadly = *has_deadly || k == first + DEADLY;
    }
    assert_int_equal(rpi_journal_close(journal, RPI_RUN_DONE, NULL, NULL, NULL), RP_OK);
    return n;
}

static void only_what_a_worker_had_begun_is_held_to_account(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        int how, has_deadly = 0;
        disk_begin();
        pid_t child = fork();
        if (child == 0) run_call(threads);
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        int n = n_to_account(&has_deadly);
        assert_true(has_deadly && n <= threads);
        disk_end();
    }
}

UNIT_MAIN(UNIT(what_was_committed_is_there_after_any_kill), UNIT(only_what_a_worker_had_begun_is_held_to_account))
