/* test_journal.c: runs that go on where others ended, as a whole: folder, lock, segments and what is read of them. */
#include "disk.h"
#include "unit.h"

#include "journal/journal.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const rpi_fact facts[] = {{RPI_FACT_MUST, "job", "compute"}, {RPI_FACT_MUST, "size", "5"}};
/* Nothing is written but when it is wanted. */
static const rpi_journal_options lazy = {.commit_s = 1e6, .sync_s = 1e6, .beat_s = 1e6, .watch_s = 0.1};

static rpi_journal *open_with(const rpi_journal_options *options)
{
    rpi_journal *journal;
    rp_error error;
    rp_status status = rpi_journal_open(disk_path(NULL), options, &journal, &error);
    if (status != RP_OK) fail_msg("%s", rp_error_text(&error));
    return journal;
}

static rpi_journal *begin_run(const rpi_journal_options *options)
{
    rpi_journal *journal = open_with(options);
    assert_int_equal(rpi_journal_begin(journal, facts, N_OF(facts), NULL), RP_OK);
    return journal;
}

static rpi_journal *look(void)
{
    rpi_journal *journal;
    assert_int_equal(rpi_journal_look(disk_path(NULL), &journal, NULL), RP_OK);
    return journal;
}

static void leave(rpi_journal *journal) { assert_int_equal(rpi_journal_close(journal, RPI_RUN_STOPPED, NULL, NULL, NULL), RP_OK); }

static rpi_item_hash hash_of(uint64_t item)
{
    uint64_t bytes = item * 3;
    return rpi_item_hash_of(&bytes, sizeof bytes);
}

static uint64_t append(rpi_journal *journal, rpi_record_kind kind, uint64_t item, unsigned attempt)
{
    char text[32];
    uint64_t position;
    int size = snprintf(text, sizeof text, "result %d", (int)item);
    rpi_journal_record record = {.kind = kind,
                                 .index = item,
                                 .hash = hash_of(item),
                                 .attempt = attempt,
                                 .seconds = (double)item,
                                 .rank = 1,
                                 .data = text,
                                 .size = (size_t)size};
    assert_int_equal(rpi_journal_append(journal, &record, 1, &position, NULL), RP_OK);
    return position;
}

static void append_done(rpi_journal *journal, uint64_t first, uint64_t n)
{
    for (uint64_t i = first; i < first + n; i++) append(journal, RPI_RECORD_DONE, i, 1);
}

static void append_begun(rpi_journal *journal, uint64_t first, uint64_t n)
{
    rpi_journal_record record = {.kind = RPI_RECORD_BEGUN, .index = first, .hash = {{n, 0}}};
    uint64_t position;
    assert_int_equal(rpi_journal_append(journal, &record, 1, &position, NULL), RP_OK);
    assert_int_equal(rpi_journal_commit(journal, position, false, NULL), RP_OK);
}

static rpi_journal_entry find(const rpi_journal *journal, uint64_t item)
{
    rpi_journal_entry entry;
    (void)rpi_journal_find(journal, item, &entry);
    return entry;
}

/* Lets a run of a process of its own do something, and ends the process as a signal would. */
static void in_a_run_that_is_killed(void (*act)(rpi_journal *journal))
{
    pid_t child = fork();
    if (child == 0) {
        act(begin_run(&lazy));
        raise(SIGKILL);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
}

static void a_later_run_finds_what_earlier_ones_did(void **state)
{
    (void)state;
    disk_begin();
    rpi_journal *journal = begin_run(&lazy);
    assert_null(rpi_journal_facts(journal));
    append_done(journal, 0, 1000);
    leave(journal);
    journal = begin_run(&lazy);
    append_done(journal, 1000, 500);
    leave(journal);
    journal = open_with(&lazy);
    assert_string_equal(rpi_facts_value(rpi_journal_facts(journal), "size"), "5");
    for (uint64_t i = 0; i < 1600; i++) {
        rpi_journal_record record;
        char text[32];
        assert_int_equal(rpi_journal_has(journal, i, hash_of(i)), i < 1500);
        assert_false(rpi_journal_has(journal, i, hash_of(i + 1)));
        if (i >= 1500) continue;
        assert_int_equal(rpi_journal_read(journal, (i * 7) % 1500, &record, NULL), RP_OK);
        int size = snprintf(text, sizeof text, "result %d", (int)((i * 7) % 1500));
        assert_int_equal(record.size, size);
        assert_memory_equal(record.data, text, record.size);
    }
    rpi_journal_record record;
    assert_int_equal(rpi_journal_read(journal, 1500, &record, NULL), RP_USAGE);
    leave(journal);
    disk_end();
}

static void a_run_that_never_began_leaves_nothing(void **state)
{
    (void)state;
    disk_begin();
    leave(open_with(&lazy));
    assert_int_equal(access(disk_path(NULL), F_OK), -1);
    leave(begin_run(&lazy));
    size_t size_before, size_after;
    uint8_t *before = disk_read("items.1", &size_before);
    leave(open_with(&lazy)); /* refused by its caller, as its facts differ */
    uint8_t *after = disk_read("items.1", &size_after);
    assert_int_equal(size_before, size_after);
    assert_memory_equal(before, after, size_before);
    assert_int_equal(access(disk_path("items.2"), F_OK), -1);
    free(before);
    free(after);
    assert_int_equal(rpi_journal_close(NULL, RPI_RUN_DONE, NULL, NULL, NULL), RP_OK);
    disk_end();
}

static void all_is_on_the_disk_before_the_first_item(void **state)
{
    (void)state;
    disk_begin();
    rpi_journal *journal = open_with(&lazy);
    int n_synced = disk_count(DISK_FDATASYNC), n_folder = disk_count(DISK_FSYNC);
    assert_int_equal(rpi_journal_begin(journal, facts, N_OF(facts), NULL), RP_OK);
    assert_true(disk_count(DISK_FDATASYNC) > n_synced);  /* the segment */
    assert_true(disk_count(DISK_FSYNC) >= n_folder + 3); /* head.json, the folder after it, and the folder's own name */
    leave(journal);
    disk_end();
}

static void do_ten(rpi_journal *journal)
{
    append_begun(journal, 0, 20);
    append_done(journal, 0, 10);
    append(journal, RPI_RECORD_RETRY, 10, 1);
    uint64_t position = append(journal, RPI_RECORD_FAILED, 11, 1);
    assert_int_equal(rpi_journal_commit(journal, position, false, NULL), RP_OK);
    append_done(journal, 12, 5); /* never written */
}

static void an_item_is_done_only_by_its_end_on_disk(void **state)
{
    (void)state;
    disk_begin();
    in_a_run_that_is_killed(do_ten);
    rpi_journal *journal = open_with(&lazy);
    for (uint64_t i = 0; i < 20; i++) {
        rpi_journal_entry entry = find(journal, i);
        rpi_resume what = rpi_resume_item(&entry, hash_of(i), &(rpi_resume_rules){0});
        assert_int_equal(what, i < 10 ? RPI_RESUME_DONE : i == 11 ? RPI_RESUME_FAILED : RPI_RESUME_RUN);
    }
    rpi_journal_entry entry = find(journal, 10);
    assert_int_equal(rpi_resume_attempt(&entry), 2);
    assert_int_equal(entry.n_crashes, 0); /* its try had ended */
    assert_int_equal(find(journal, 12).n_crashes, 1);
    leave(journal);
    disk_end();
}

static void hand_out(rpi_journal *journal) { append_begun(journal, 4, 1); }

static void an_item_that_three_runs_died_with_has_failed_and_no_other(void **state)
{
    (void)state;
    disk_begin();
    for (int i = 0; i < 3; i++) {
        rpi_journal *journal = begin_run(&lazy); /* runs that end by themselves are no matter */
        append_begun(journal, 5, 1);
        leave(journal);
        in_a_run_that_is_killed(hand_out);
    }
    rpi_journal *journal = open_with(&lazy);
    rpi_journal_entry four = find(journal, 4), five = find(journal, 5);
    assert_int_equal(rpi_resume_item(&four, hash_of(4), &(rpi_resume_rules){0}), RPI_RESUME_CRASHED);
    assert_int_equal(rpi_resume_item(&five, hash_of(5), &(rpi_resume_rules){0}), RPI_RESUME_RUN);
    assert_int_equal(five.n_crashes, 0);
    leave(journal);
    disk_end();
}

static void a_run_whose_disk_was_full_has_not_died(void **state)
{
    (void)state;
    disk_begin();
    rp_error error;
    rpi_writer_state end;
    rpi_journal *journal = begin_run(&lazy);
    append_done(journal, 0, 10);
    append_begun(journal, 20, 1);
    disk_fail(DISK_PWRITE, 1, ENOSPC);
    append_done(journal, 10, 10);
    assert_int_equal(rpi_journal_commit(journal, UINT64_MAX, true, NULL), RP_SYSTEM);
    assert_int_equal(rpi_journal_close(journal, RPI_RUN_BROKEN, "no space", &end, &error), RP_SYSTEM);
    assert_int_equal(error.code, ENOSPC);
    assert_int_equal(end.n_synced, end.n_written); /* up to where all is safe */
    leave(begin_run(&lazy));                       /* with space again the same goes on */
    journal = open_with(&lazy);
    rpi_journal_summary summary;
    rpi_journal_summarize(journal, &summary);
    assert_int_equal(summary.n_done, 10);
    assert_int_equal(summary.runs[0].end, RPI_RUN_BROKEN);
    assert_int_equal(find(journal, 20).n_crashes, 0);
    leave(journal);
    disk_end();
}

static void a_run_that_was_replaced_writes_nothing_that_counts(void **state)
{
    (void)state;
    disk_begin();
    rpi_journal_options first = lazy, second = lazy;
    first.job = second.job = "4711";
    second.restart = 1;
    rpi_journal *old = begin_run(&first);
    append_done(old, 0, 10);
    assert_int_equal(rpi_journal_commit(old, UINT64_MAX, true, NULL), RP_OK);
    append_done(old, 10, 10);
    pid_t child = fork();
    if (child == 0) {
        rpi_journal *now = begin_run(&second);
        append_done(now, 20, 10);
        leave(now);
        _exit(0);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
    rp_error error;
    assert_int_equal(rpi_journal_commit(old, UINT64_MAX, false, &error), RP_LOST);
    assert_contains(rp_error_text(&error), "job 4711");
    assert_int_equal(rpi_journal_close(old, RPI_RUN_DONE, NULL, NULL, &error), RP_LOST);
    rpi_journal *journal = open_with(&lazy);
    for (uint64_t i = 0; i < 30; i++) assert_int_equal(rpi_journal_has(journal, i, hash_of(i)), i < 10 || i >= 20);
    leave(journal);
    disk_end();
}

/* What the old run still got into its file, as it was stopped between its look at the lock and its write. */
static void frames_behind_the_take_over_do_not_count(void **state)
{
    (void)state;
    disk_begin();
    size_t size, longer;
    rpi_journal *journal = begin_run(&lazy);
    append_done(journal, 0, 10);
    assert_int_equal(rpi_journal_commit(journal, UINT64_MAX, false, NULL), RP_OK);
    uint8_t *before = disk_read("items.1", &size);
    append_done(journal, 10, 10);
    leave(journal);
    uint8_t *after = disk_read("items.1", &longer);
    assert_true(longer > size);
    disk_write("items.1", before, size);
    leave(begin_run(&lazy));
    disk_write("items.1", after, longer);
    journal = open_with(&lazy);
    rpi_journal_summary summary;
    rpi_journal_summarize(journal, &summary);
    assert_int_equal(summary.n_done, 10);
    assert_true(summary.runs[0].is_cut);
    leave(journal);
    free(before);
    free(after);
    disk_end();
}

static void damage_is_counted_and_its_items_run_again(void **state)
{
    (void)state;
    disk_begin();
    size_t size, from = 0;
    rpi_journal *journal = begin_run(&lazy);
    for (uint64_t i = 0; i < 5; i++) {
        append_done(journal, 10 * i, 10);
        assert_int_equal(rpi_journal_commit(journal, UINT64_MAX, false, NULL), RP_OK);
        uint8_t *bytes = disk_read("items.1", &size);
        free(bytes);
        if (i == 1) from = size; /* behind frame 3 of the segment: items 10 to 19 */
    }
    leave(journal);
    uint8_t *bytes = disk_read("items.1", &size);
    memset(bytes + from + 5, 0, 100);
    disk_write("items.1", bytes, size);
    free(bytes);
    journal = open_with(&lazy);
    rpi_journal_summary summary;
    rpi_journal_summarize(journal, &summary);
    assert_int_equal(summary.n_done, 40);
    assert_int_equal(summary.n_lost, 1);
    assert_true(summary.lost_bytes > 0);
    for (uint64_t i = 0; i < 50; i++) assert_int_equal(rpi_journal_has(journal, i, hash_of(i)), i < 20 || i >= 30);
    leave(journal);
    disk_end();
}

static void an_empty_segment_and_a_torn_head_do_no_harm(void **state)
{
    (void)state;
    disk_begin();
    rpi_journal *journal = begin_run(&lazy);
    append_done(journal, 0, 10);
    leave(journal);
    disk_write("items.2", "", 0); /* a run that was killed when it had made its file */
    disk_write("head.json", "", 0);
    disk_write("lock", "", 0);
    journal = begin_run(&lazy);
    append_done(journal, 10, 10);
    leave(journal);
    assert_int_equal(access(disk_path("items.3"), F_OK), 0);
    journal = look();
    rpi_journal_summary summary;
    rpi_journal_summarize(journal, &summary);
    assert_int_equal(summary.n_done, 20);
    assert_true(summary.runs[1].is_damaged);
    leave(journal);
    disk_end();
}

static void a_segment_of_a_newer_version_or_another_journal_is_refused(void **state)
{
    (void)state;
    disk_begin();
    rpi_journal *journal;
    rp_error error;
    size_t size;
    leave(begin_run(&lazy));
    uint8_t *bytes = disk_read("items.1", &size);
    bytes[16] = 9;
    disk_write("items.2", bytes, size);
    assert_int_equal(rpi_journal_open(disk_path(NULL), &lazy, &journal, &error), RP_UNSUPPORTED);
    assert_contains(rp_error_text(&error), "format 9");
    assert_int_equal(rpi_journal_look(disk_path(NULL), &journal, NULL), RP_UNSUPPORTED);
    rpi_segment_head head = {RPI_JOURNAL_VERSION, 2, {"another journal"}};
    rpi_segment_head_write(&head, bytes);
    disk_write("items.2", bytes, size);
    assert_refused(rpi_journal_open(disk_path(NULL), &lazy, &journal, &error), error, "of another journal");
    free(bytes);
    disk_end();
}

static void a_look_shows_a_run_that_goes_on(void **state)
{
    (void)state;
    disk_begin();
    rpi_journal *journal = begin_run(&lazy), *seen;
    append_begun(journal, 0, 20);
    append_done(journal, 0, 10);
    assert_int_equal(rpi_journal_commit(journal, UINT64_MAX, false, NULL), RP_OK);
    rpi_journal_summary summary;
    seen = look();
    rpi_journal_summarize(seen, &summary);
    assert_int_equal(summary.n_runs, 1);
    assert_int_equal(summary.runs[0].end, RPI_RUN_GOING);
    assert_int_equal(summary.n_done, 10);
    assert_true(find(seen, 15).is_out && summary.last_ns > 0);
    assert_true(summary.n_slow == 10 && summary.slow[0].index == 9);
    append_done(journal, 10, 10);
    assert_int_equal(rpi_journal_commit(journal, UINT64_MAX, false, NULL), RP_OK);
    leave(seen);
    seen = look(); /* a new look sees what is new */
    rpi_journal_summarize(seen, &summary);
    assert_int_equal(summary.n_done, 20);
    leave(seen);
    leave(journal);
    seen = look();
    rpi_journal_summarize(seen, &summary);
    assert_int_equal(summary.runs[0].end, RPI_RUN_STOPPED);
    leave(seen);
    disk_end();
}

static void what_was_printed_comes_back(void **state)
{
    (void)state;
    disk_begin();
    rpi_journal *journal = begin_run(&lazy);
    assert_int_equal(rpi_journal_printed(journal, &(rpi_printed){3, 100, 7}, NULL), RP_OK);
    assert_int_equal(rpi_journal_printed(journal, &(rpi_printed){5, 180, 8}, NULL), RP_OK);
    leave(journal);
    journal = open_with(&lazy);
    rpi_journal_summary summary;
    rpi_journal_summarize(journal, &summary);
    assert_true(summary.printed.rows == 5 && summary.printed.bytes == 180 && summary.printed.sum == 8);
    leave(journal);
    disk_end();
}

typedef struct visited {
    uint64_t items[100];
    size_t n;
} visited;

static rp_status visit(void *argument, const rpi_journal_record *record)
{
    visited *on = argument;
    on->items[on->n++] = record->index;
    return RP_OK;
}

static void records_are_visited_once_in_the_order_in_which_they_were_written(void **state)
{
    (void)state;
    disk_begin();
    rpi_journal *journal = begin_run(&lazy);
    append(journal, RPI_RECORD_DONE, 7, 1);
    append(journal, RPI_RECORD_DONE, 7, 2); /* a chunk that ran twice */
    append(journal, RPI_RECORD_FAILED, 9, 1);
    append(journal, RPI_RECORD_RETRY, 1, 1);
    leave(journal);
    journal = begin_run(&lazy);
    append(journal, RPI_RECORD_DONE, 3, 1);
    append(journal, RPI_RECORD_DONE, 9, 1); /* it was run again */
    append(journal, RPI_RECORD_DONE, 7, 1);
    leave(journal);
    journal = open_with(&lazy);
    for (int i = 0; i < 2; i++) {
        visited on = {.n = 0};
        assert_int_equal(rpi_journal_each(journal, visit, &on, NULL), RP_OK);
        assert_int_equal(on.n, 3);
        assert_true(on.items[0] == 7 && on.items[1] == 3 && on.items[2] == 9);
    }
    leave(journal);
    disk_end();
}

/* Each call that begins a journal fails in turn: the error is given, and with the disk well again the journal is as it was. */
static void a_disk_that_fails_at_the_beginning_leaves_a_journal(void **state)
{
    (void)state;
    for (disk_call call = 0; call < DISK_FLOCK; call++)
        for (int n = 1, failed = 1; failed; n++) {
            disk_begin();
            rpi_journal *journal = begin_run(&lazy);
            append_done(journal, 0, 10);
            leave(journal);
            rp_error error = {0};
            disk_fail(call, n, EIO);
            rp_status status = rpi_journal_open(disk_path(NULL), &lazy, &journal, &error);
            if (status == RP_OK) status = rpi_journal_begin(journal, facts, N_OF(facts), &error);
            else journal = NULL;
            rp_status closed = rpi_journal_close(journal, RPI_RUN_STOPPED, NULL, NULL, &error);
            failed = status != RP_OK || closed != RP_OK || n < 8;
            if (status != RP_OK || closed != RP_OK) assert_int_equal(error.code, EIO);
            for (disk_call other = 0; other < DISK_CALLS; other++) disk_fail(other, 0, 0);
            journal = open_with(&lazy);
            for (uint64_t i = 0; i < 10; i++) assert_true(rpi_journal_has(journal, i, hash_of(i)));
            leave(journal);
            disk_end();
            assert_true(n < 100);
        }
}

static void writing_is_by_plain_writes_at_the_runs_own_offset(void **state)
{
    (void)state;
    disk_begin();
    disk_remember();
    rpi_journal *journal = begin_run(&lazy);
    append_done(journal, 0, 10);
    leave(journal);
    size_t n, size;
    const disk_event *events = disk_events(&n);
    uint8_t *bytes = disk_read("items.1", &size);
    uint64_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (!events[i].bytes || events[i].size == RPI_HOLDER_BYTES) continue; /* the lock's */
        assert_int_equal(events[i].offset, at);
        assert_memory_equal(events[i].bytes, bytes + at, events[i].size);
        at += events[i].size;
    }
    assert_int_equal(at, size);
    free(bytes);
    disk_end();
}

UNIT_MAIN(UNIT(a_later_run_finds_what_earlier_ones_did), UNIT(a_run_that_never_began_leaves_nothing),
          UNIT(all_is_on_the_disk_before_the_first_item), UNIT(an_item_is_done_only_by_its_end_on_disk),
          UNIT(an_item_that_three_runs_died_with_has_failed_and_no_other), UNIT(a_run_whose_disk_was_full_has_not_died),
          UNIT(a_run_that_was_replaced_writes_nothing_that_counts), UNIT(frames_behind_the_take_over_do_not_count),
          UNIT(damage_is_counted_and_its_items_run_again), UNIT(an_empty_segment_and_a_torn_head_do_no_harm),
          UNIT(a_segment_of_a_newer_version_or_another_journal_is_refused), UNIT(a_look_shows_a_run_that_goes_on),
          UNIT(what_was_printed_comes_back), UNIT(records_are_visited_once_in_the_order_in_which_they_were_written),
          UNIT(a_disk_that_fails_at_the_beginning_leaves_a_journal), UNIT(writing_is_by_plain_writes_at_the_runs_own_offset))
