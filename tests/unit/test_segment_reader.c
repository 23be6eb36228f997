/* test_segment_reader.c: what is read of a segment that was torn, zeroed or damaged. The segment is made in memory, and is a memfd. */
#include "unit.h"

#include "journal/segment_reader.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRAMES = 12, MOST = 1 << 20 };

static const rpi_journal_id id = {"0123456789abcde"};
static uint8_t bytes[MOST], changed[MOST];
static size_t size, begins[FRAMES + 1]; /* of frames; the last is the end */

/* Frame k has k + 1 records; those of frame `large` are of 100,000 bytes. */
static void write_frames(int large)
{
    static char data[100000];
    memset(data, 7, sizeof data);
    rpi_segment_head_write(&(rpi_segment_head){RPI_JOURNAL_VERSION, 3, id}, bytes);
    size = RPI_SEGMENT_HEAD;
    for (int k = 0; k < FRAMES; k++) {
        begins[k] = size;
        size_t at = size + RPI_FRAME_HEAD;
        rpi_frame_head head = {.epoch = 3, .sequence = (uint64_t)k + 1, .count = (uint32_t)k + 1};
        for (int i = 0; i <= k; i++) {
            rpi_journal_record record = {.kind = RPI_RECORD_DONE, .index = (uint64_t)(100 * k + i), .data = data, .size = 8};
            if (k == large) record.size = sizeof data;
            rpi_record_write(&record, bytes + at);
            at += rpi_record_bytes(&record);
        }
        head.size = (uint32_t)(at - size - RPI_FRAME_HEAD);
        rpi_frame_head_write(&head, rpi_format_seed(&id), bytes + size);
        size = at;
    }
    begins[FRAMES] = size;
}

typedef struct read_state {
    rpi_segment_reader reader;
    bool has[FRAMES];
    int n;
} read_state;

/* Reads the first n bytes; frames come in order, each as it was written. */
static read_state read_bytes(const uint8_t *from, size_t n, uint64_t limit)
{
    read_state on = {.n = 0};
    int file = memfd_create("segment", MFD_CLOEXEC);
    assert_true(file >= 0 && write(file, from, n) == (ssize_t)n);
    assert_int_equal(rpi_segment_reader_init(&on.reader, file, NULL), RP_OK);
    on.reader.limit = limit;
    rpi_frame frame;
    rp_status status;
    while ((status = rpi_segment_reader_next(&on.reader, &frame, NULL)) == RP_OK) {
        size_t k = frame.head.sequence - 1;
        assert_true(k < FRAMES && !on.has[k]);
        assert_int_equal(frame.head.count, k + 1);
        assert_int_equal(frame.offset, begins[k]);
        on.has[k] = true;
        on.n++;
    }
    assert_int_equal(status, RP_END);
    rpi_segment_reader_fini(&on.reader);
    close(file);
    return on;
}

/* How many of the frames are whole in the first n bytes. */
static int whole_frames(size_t n)
{
    int k = 0;
    while (k < FRAMES && begins[k + 1] <= n) k++;
    return k;
}

static void a_cut_at_any_byte_leaves_all_frames_before_it(void **state)
{
    (void)state;
    write_frames(-1);
    for (size_t n = 0; n <= size; n++) {
        read_state on = read_bytes(bytes, n, UINT64_MAX);
        int k = whole_frames(n);
        assert_int_equal(on.n, k);
        assert_int_equal(on.reader.n_lost, 0);
        assert_int_equal(on.reader.lost_bytes, 0);
        if (n >= RPI_SEGMENT_HEAD) assert_int_equal(on.reader.torn_bytes, n - (k > 0 ? begins[k] : RPI_SEGMENT_HEAD));
    }
}

static void zeros_up_to_the_end_are_a_torn_tail(void **state)
{
    (void)state;
    write_frames(-1);
    for (size_t n = RPI_SEGMENT_HEAD; n < size; n += 37) {
        memcpy(changed, bytes, size);
        memset(changed + n, 0, size - n);
        read_state on = read_bytes(changed, size, UINT64_MAX);
        assert_int_equal(on.n, whole_frames(n));
        assert_int_equal(on.reader.n_lost, 0);
    }
}

/* Those frames are lost of which a byte was changed; the others are there, and the count is right. */
static void check_damage(size_t from, size_t n)
{
    read_state on = read_bytes(changed, size, UINT64_MAX);
    uint64_t n_lost = 0, pending = 0;
    for (int k = 0; k < FRAMES; k++) {
        bool is_hit =
            begins[k] < from + n && begins[k + 1] > from && memcmp(changed + begins[k], bytes + begins[k], begins[k + 1] - begins[k]) != 0;
        assert_int_equal(on.has[k], !is_hit);
        pending += is_hit;
        if (is_hit) continue;
        n_lost += pending;
        pending = 0;
    }
    assert_int_equal(on.reader.n_lost, n_lost);
}

static void damage_loses_the_frames_that_it_hits_and_no_others(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 3, 50, 512, 4096, 8192};
    for (int large = -1; large < 6; large += 6)
        for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
            write_frames(large);
            size_t step = large < 0 ? 7 : 1009 + lengths[l];
            for (size_t from = RPI_SEGMENT_HEAD; from + lengths[l] <= size; from += step) {
                memcpy(changed, bytes, size);
                memset(changed + from, large < 0 && from % 2 ? 0xd7 : 0, lengths[l]); /* also the first byte of a header */
                check_damage(from, lengths[l]);
            }
        }
}

static void frames_that_came_after_the_take_over_do_not_count(void **state)
{
    (void)state;
    write_frames(-1);
    for (uint64_t limit = 0; limit <= FRAMES; limit++) {
        read_state on = read_bytes(bytes, size, limit);
        assert_int_equal(on.n, limit);
        assert_int_equal(on.reader.n_ignored, limit < FRAMES);
    }
}

static void a_frame_that_is_there_twice_counts_once(void **state)
{
    (void)state;
    write_frames(-1);
    memcpy(changed, bytes, size);
    size_t length = begins[3] - begins[2];
    memcpy(changed + size, bytes + begins[2], length);
    read_state on = read_bytes(changed, size + length, UINT64_MAX);
    assert_int_equal(on.n, FRAMES);
}

static void frames_of_another_epoch_or_journal_do_not_count(void **state)
{
    (void)state;
    write_frames(-1);
    memcpy(changed, bytes, size);
    rpi_segment_head_write(&(rpi_segment_head){RPI_JOURNAL_VERSION, 4, id}, changed);
    assert_int_equal(read_bytes(changed, size, UINT64_MAX).n, 0);
    rpi_segment_head_write(&(rpi_segment_head){RPI_JOURNAL_VERSION, 3, {"another journal"}}, changed);
    assert_int_equal(read_bytes(changed, size, UINT64_MAX).n, 0);
}

UNIT_MAIN(UNIT(a_cut_at_any_byte_leaves_all_frames_before_it), UNIT(zeros_up_to_the_end_are_a_torn_tail),
          UNIT(damage_loses_the_frames_that_it_hits_and_no_others), UNIT(frames_that_came_after_the_take_over_do_not_count),
          UNIT(a_frame_that_is_there_twice_counts_once), UNIT(frames_of_another_epoch_or_journal_do_not_count))
