/* test_writer.c: what is on the disk of what was appended, whatever the disk does. */
#include "disk.h"
#include "unit.h"

#include "journal/segment_reader.h"
#include "journal/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static const rpi_segment_head head = {RPI_JOURNAL_VERSION, 3, {"0123456789abcde"}};
/* Nothing is written before it is wanted, or the buffer is full. */
static const rpi_writer_options lazy = {.commit_s = 1e6, .sync_s = 1e6, .beat_s = 1e6, .commit_bytes = 1 << 20, .buffer_bytes = 4 << 20};

static rpi_writer *begin_with(const rpi_writer_options *options)
{
    rpi_writer *writer;
    disk_begin();
    assert_int_equal(mkdir(disk_path(NULL), 0777), 0);
    int file = open(disk_path("items.3"), O_RDWR | O_CREAT | O_EXCL, 0666);
    assert_true(file >= 0);
    assert_int_equal(rpi_writer_create(&writer, file, &head, NULL, options, NULL), RP_OK);
    return writer;
}

/* n records from `first` on, each with its number as data. */
static rp_status append(rpi_writer *writer, uint64_t first, uint64_t n, uint64_t *position, rp_error *error)
{
    rp_status status = RP_OK;
    for (uint64_t i = first; i < first + n && status == RP_OK; i++) {
        rpi_journal_record record = {.kind = RPI_RECORD_DONE, .index = i, .data = &i, .size = sizeof i};
        status = rpi_writer_append(writer, &record, 1, position, error);
    }
    return status;
}

/* How many records are in a file; they are those from 0 on, in order, as they were. */
static uint64_t read_back(const char *name, uint64_t *n_lost)
{
    int file = open(disk_path(name), O_RDONLY);
    rpi_segment_reader reader;
    rpi_frame frame;
    uint64_t n = 0;
    assert_int_equal(rpi_segment_reader_init(&reader, file, NULL), RP_OK);
    while (rpi_segment_reader_next(&reader, &frame, NULL) == RP_OK) {
        rpi_journal_record record;
        const uint8_t *at = frame.records;
        size_t left = frame.head.size;
        for (; rpi_record_read(&at, &left, &record); n++) {
            if (reader.n_lost == 0) assert_int_equal(record.index, n);
            assert_memory_equal(record.data, &record.index, sizeof record.index);
        }
    }
    *n_lost = reader.n_lost;
    rpi_segment_reader_fini(&reader);
    close(file);
    return n;
}

static void check_file(uint64_t n)
{
    uint64_t n_lost;
    assert_int_equal(read_back("items.3", &n_lost), n);
    assert_int_equal(n_lost, 0);
    disk_end();
}

static void what_was_appended_is_there_after_closing(void **state)
{
    (void)state;
    rpi_writer *writer = begin_with(&lazy);
    rpi_writer_state end;
    assert_int_equal(append(writer, 0, 1000, NULL, NULL), RP_OK);
    assert_int_equal(rpi_writer_close(writer, &end, NULL), RP_OK);
    assert_true(end.n_appended == 1000 && end.n_written == 1000 && end.n_synced == 1000);
    assert_int_equal(end.bytes, RPI_SEGMENT_HEAD + RPI_FRAME_HEAD + 1000 * (RPI_RECORD_HEAD + 8));
    check_file(1000);
}

static void a_commit_waits_until_it_is_written_or_synced(void **state)
{
    (void)state;
    rpi_writer *writer = begin_with(&lazy);
    rpi_writer_state now;
    uint64_t position, n_lost;
    assert_int_equal(append(writer, 0, 10, &position, NULL), RP_OK);
    assert_int_equal(position, 10);
    assert_int_equal(read_back("items.3", &n_lost), 0);
    assert_int_equal(rpi_writer_commit(writer, position, false, NULL), RP_OK);
    assert_int_equal(read_back("items.3", &n_lost), 10);
    rpi_writer_look(writer, &now);
    assert_true(now.n_written == 10 && now.n_synced == 0);
    assert_int_equal(rpi_writer_commit(writer, position, true, NULL), RP_OK);
    rpi_writer_look(writer, &now);
    assert_int_equal(now.n_synced, 10);
    assert_int_equal(rpi_writer_commit(writer, 1000, true, NULL), RP_OK); /* what isn't appended can't be waited for */
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    check_file(10);
}

static void a_full_buffer_is_written_at_once(void **state)
{
    (void)state;
    rpi_writer_options options = lazy;
    options.commit_bytes = 4096;
    options.buffer_bytes = 8192;
    rpi_writer *writer = begin_with(&options);
    rpi_writer_state now;
    assert_int_equal(append(writer, 0, 10000, NULL, NULL), RP_OK);
    do {
        unit_sleep(0.001);
        rpi_writer_look(writer, &now);
    } while (now.n_written < 9800);
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    check_file(10000);
}

static void records_are_written_and_synced_after_their_time(void **state)
{
    (void)state;
    rpi_writer_options options = lazy;
    options.commit_s = options.sync_s = 0.01;
    rpi_writer *writer = begin_with(&options);
    rpi_writer_state now;
    assert_int_equal(append(writer, 0, 1, NULL, NULL), RP_OK);
    do {
        unit_sleep(0.001);
        rpi_writer_look(writer, &now);
    } while (now.n_synced < 1);
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    check_file(1);
}

/* Readers have a frame in memory. */
static void a_slow_disk_makes_many_frames_and_not_a_large_one(void **state)
{
    (void)state;
    rpi_writer_options options = lazy;
    options.commit_bytes = 1000;
    options.sync_s = 1e-6;
    rpi_writer *writer = begin_with(&options);
    disk_hold(DISK_FDATASYNC, true);
    assert_int_equal(append(writer, 0, 100, NULL, NULL), RP_OK);
    while (!disk_is_held()) unit_sleep(0.001);
    assert_int_equal(append(writer, 100, 20000, NULL, NULL), RP_OK);
    disk_hold(DISK_FDATASYNC, false);
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    int file = open(disk_path("items.3"), O_RDONLY);
    rpi_segment_reader reader;
    rpi_frame frame;
    assert_int_equal(rpi_segment_reader_init(&reader, file, NULL), RP_OK);
    while (rpi_segment_reader_next(&reader, &frame, NULL) == RP_OK) assert_true(frame.head.size < 1000 + RPI_RECORD_HEAD + 8);
    rpi_segment_reader_fini(&reader);
    close(file);
    check_file(20100);
}

static void a_record_larger_than_the_buffer_has_its_place(void **state)
{
    (void)state;
    rpi_writer_options options = lazy;
    options.commit_bytes = 1000;
    options.buffer_bytes = 2000;
    rpi_writer *writer = begin_with(&options);
    static uint64_t large[100000];
    rpi_journal_record record = {.kind = RPI_RECORD_DONE, .index = 0, .data = large, .size = sizeof large};
    assert_int_equal(rpi_writer_append(writer, &record, 1, NULL, NULL), RP_OK);
    assert_int_equal(append(writer, 1, 100, NULL, NULL), RP_OK);
    rp_error error;
    record.size = (size_t)RPI_RECORD_MOST + 1;
    assert_refused(rpi_writer_append(writer, &record, 1, NULL, &error), error, "too large");
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    check_file(101);
}

static void short_writes_and_interrupted_ones_are_gone_on_with(void **state)
{
    (void)state;
    for (size_t most = 1; most < 3000; most = most * 3 + 1) {
        rpi_writer *writer = begin_with(&lazy);
        disk_cut(most);
        assert_int_equal(append(writer, 0, 50, NULL, NULL), RP_OK);
        assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
        check_file(50);
    }
}

/* Runs of 20 commits, of which the n-th call of a kind fails. What was synced is there, and no more calls of the kind follow. */
static void each_call_fails_in_turn(disk_call call, int code)
{
    int n = 1;
    for (int failed = 1; failed; n++) {
        rpi_writer *writer = begin_with(&lazy);
        rpi_writer_state end;
        rp_error error = {0};
        uint64_t position, n_lost, safe = 0;
        rp_status status = RP_OK;
        disk_fail(call, n, code);
        for (uint64_t i = 0; i < 20 && status == RP_OK; i++) {
            status = append(writer, 10 * i, 10, &position, &error);
            if (status == RP_OK) status = rpi_writer_commit(writer, position, i % 3 == 2, &error);
            if (status == RP_OK && i % 3 == 2) safe = position;
        }
        int count = disk_count(call);
        rp_status closed = rpi_writer_close(writer, &end, &error);
        failed = closed != RP_OK;
        if (failed) {
            assert_int_equal(error.status, RP_SYSTEM);
            assert_int_equal(error.code, code);
            if (count >= n) assert_int_equal(status, RP_SYSTEM);               /* otherwise it was the end's */
            if (call == DISK_FDATASYNC) assert_int_equal(disk_count(call), n); /* the kernel would say that all is well */
        }
        assert_true(end.n_synced >= safe);
        assert_true(read_back("items.3", &n_lost) >= end.n_synced);
        assert_int_equal(n_lost, 0);
        disk_end();
        assert_true(n < 100);
    }
    assert_true(n > 2); /* the first one was found at least */
}

static void a_full_disk_ends_writing_and_keeps_what_was_written(void **state)
{
    (void)state;
    each_call_fails_in_turn(DISK_PWRITE, ENOSPC);
    each_call_fails_in_turn(DISK_PWRITE, EDQUOT);
    each_call_fails_in_turn(DISK_PWRITE, EIO);
}

static void a_sync_that_failed_is_not_tried_again(void **state)
{
    (void)state;
    each_call_fails_in_turn(DISK_FDATASYNC, ENOSPC);
    each_call_fails_in_turn(DISK_FDATASYNC, EIO);
}

static void an_error_of_closing_counts_as_that_of_a_sync(void **state)
{
    (void)state;
    each_call_fails_in_turn(DISK_CLOSE, EDQUOT);
}

static void after_an_error_nothing_is_taken_and_nobody_waits(void **state)
{
    (void)state;
    rpi_writer *writer = begin_with(&lazy);
    rp_error error;
    uint64_t position;
    disk_fail(DISK_PWRITE, -1, ENOSPC);
    assert_int_equal(append(writer, 0, 10, &position, NULL), RP_OK);
    assert_int_equal(rpi_writer_commit(writer, position, false, NULL), RP_SYSTEM);
    assert_int_equal(append(writer, 10, 1, NULL, &error), RP_SYSTEM);
    assert_int_equal(error.code, ENOSPC);
    assert_int_equal(rpi_writer_commit(writer, position, true, &error), RP_SYSTEM);
    assert_int_equal(rpi_writer_close(writer, NULL, &error), RP_SYSTEM);
    check_file(0);
}

static void *append_in_a_thread(void *argument)
{
    assert_int_equal(append(argument, 0, 200000, NULL, NULL), RP_OK);
    return NULL;
}

static void a_slow_sync_stops_nobody_until_the_buffer_is_full(void **state)
{
    (void)state;
    rpi_writer_options options = lazy;
    options.commit_bytes = 100000;
    options.buffer_bytes = 2000000;
    options.sync_s = 1e-6;
    rpi_writer *writer = begin_with(&options);
    rpi_writer_state now;
    pthread_t thread;
    disk_hold(DISK_FDATASYNC, true);
    assert_int_equal(append(writer, 0, 3000, NULL, NULL), RP_OK);
    while (!disk_is_held()) unit_sleep(0.001);
    assert_int_equal(append(writer, 3000, 30000, NULL, NULL), RP_OK); /* they fit */
    rpi_writer_look(writer, &now);
    assert_int_equal(now.n_waits, 0);
    disk_hold(DISK_FDATASYNC, false);
    assert_int_equal(rpi_writer_commit(writer, 33000, true, NULL), RP_OK);
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    check_file(33000);

    writer = begin_with(&options);
    disk_hold(DISK_FDATASYNC, true);
    assert_int_equal(pthread_create(&thread, NULL, append_in_a_thread, writer), 0);
    do {
        unit_sleep(0.001);
        rpi_writer_look(writer, &now);
    } while (!now.is_waiting);
    disk_hold(DISK_FDATASYNC, false);
    pthread_join(thread, NULL);
    rpi_writer_look(writer, &now);
    assert_true(now.n_waits > 0 && !now.is_waiting && now.longest_sync_s > 0);
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    check_file(200000);
}

/* Another commit is due as soon as one is done. */
static void a_sync_is_not_put_off_by_commits(void **state)
{
    (void)state;
    rpi_writer_options options = lazy;
    size_t n;
    options.commit_bytes = 1000;
    options.sync_s = 1e-6;
    rpi_writer *writer = begin_with(&options);
    disk_remember();
    disk_hold(DISK_PWRITE, true);
    assert_int_equal(append(writer, 0, 100, NULL, NULL), RP_OK);
    while (!disk_is_held()) unit_sleep(0.001);
    assert_int_equal(append(writer, 100, 100, NULL, NULL), RP_OK);
    disk_hold(DISK_PWRITE, false);
    assert_int_equal(rpi_writer_commit(writer, 200, true, NULL), RP_OK);
    const disk_event *events = disk_events(&n);
    assert_true(n >= 4);
    for (size_t k = 0; k < 4; k++) assert_int_equal(events[k].bytes == NULL, k % 2 == 1);
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    check_file(200);
}

enum { THREADS = 4, EACH = 20000 };
static atomic_int next_thread;

static void *append_own(void *argument)
{
    uint64_t first = (uint64_t)atomic_fetch_add(&next_thread, 1) * EACH;
    assert_int_equal(append(argument, first, EACH, NULL, NULL), RP_OK);
    return NULL;
}

static void threads_append_at_once(void **state)
{
    (void)state;
    rpi_writer_options options = lazy;
    options.commit_bytes = 10000;
    options.buffer_bytes = 20000;
    rpi_writer *writer = begin_with(&options);
    rpi_writer_state end;
    pthread_t threads[THREADS];
    next_thread = 0;
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, append_own, writer), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(rpi_writer_close(writer, &end, NULL), RP_OK);
    assert_int_equal(end.n_synced, THREADS * EACH);
    disk_end();
}

/* ---- power cuts ---- */

enum { SECTOR = 512 };

/* Puts together what a disk may have after a power cut behind event `upto`: all that was synced before; of the rest any sectors, in any
 * order; and zeros between them. Returns the number of bytes that were synced. */
static size_t cut_power(const disk_event *events, size_t upto, uint8_t *image, size_t *size)
{
    size_t synced_events = 0, synced = 0;
    for (size_t i = 0; i < upto; i++)
        if (!events[i].bytes) synced_events = i;
    memset(image, 0, *size);
    *size = 0;
    for (size_t i = 0; i < upto; i++) {
        size_t end = events[i].offset + events[i].size;
        if (!events[i].bytes) continue;
        for (size_t at = events[i].offset, next; at < end; at = next) {
            next = (at / SECTOR + 1) * SECTOR < end ? (at / SECTOR + 1) * SECTOR : end;
            if (i >= synced_events && unit_random(3) == 0) continue;
            memcpy(image + at, events[i].bytes + (at - events[i].offset), next - at);
            if (next > *size) *size = next;
        }
        if (i < synced_events) synced = end;
    }
    return synced;
}

static void a_power_cut_loses_nothing_that_was_synced(void **state)
{
    (void)state;
    unit_seed();
    rpi_writer *writer = begin_with(&lazy);
    disk_remember();
    uint64_t position, at = 0;
    for (int i = 0; i < 60; i++) {
        uint64_t n = 1 + unit_random(40);
        assert_int_equal(append(writer, at, n, &position, NULL), RP_OK);
        assert_int_equal(rpi_writer_commit(writer, position, unit_random(4) == 0, NULL), RP_OK);
        at += n;
    }
    size_t n_events, size, whole_size;
    const disk_event *events = disk_events(&n_events);
    uint8_t *image = calloc(1, 1 << 20), *whole = disk_read("items.3", &whole_size);
    for (int round = 0; round < 2000; round++) {
        size = whole_size;
        size_t synced = cut_power(events, 1 + unit_random(n_events), image, &size);
        if (synced > 0) memcpy(image, whole, RPI_SEGMENT_HEAD); /* written before it was remembered; synced with the first frame */
        uint64_t n_lost, n_safe = 0, n;
        disk_write("safe", whole, synced);
        if (synced > 0) n_safe = read_back("safe", &n_lost);
        disk_write("cut", image, size);
        n = read_back("cut", &n_lost);
        assert_true(n >= n_safe);
    }
    assert_int_equal(rpi_writer_close(writer, NULL, NULL), RP_OK);
    free(image);
    free(whole);
    disk_end();
}

UNIT_MAIN(UNIT(what_was_appended_is_there_after_closing), UNIT(a_commit_waits_until_it_is_written_or_synced),
          UNIT(a_full_buffer_is_written_at_once), UNIT(records_are_written_and_synced_after_their_time),
          UNIT(a_slow_disk_makes_many_frames_and_not_a_large_one), UNIT(a_record_larger_than_the_buffer_has_its_place),
          UNIT(short_writes_and_interrupted_ones_are_gone_on_with), UNIT(a_full_disk_ends_writing_and_keeps_what_was_written),
          UNIT(a_sync_that_failed_is_not_tried_again), UNIT(an_error_of_closing_counts_as_that_of_a_sync),
          UNIT(after_an_error_nothing_is_taken_and_nobody_waits), UNIT(a_slow_sync_stops_nobody_until_the_buffer_is_full),
          UNIT(a_sync_is_not_put_off_by_commits), UNIT(threads_append_at_once), UNIT(a_power_cut_loses_nothing_that_was_synced))
