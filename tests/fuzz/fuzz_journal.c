/*
 * fuzz_journal.c: the segments of a journal.
 *
 *     byte 0      0: the rest is a segment
 *                 1: frames are written; then bytes are written over them (where: 2 bytes, how many, what), or the end is cut off
 *                 2: the rest are records, with checks made right, as nobody but an attacker has them
 */
#include "fuzz.h"

#include "journal/index.h"
#include "journal/segment_reader.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRAMES = 8, ROOM = 1 << 16 };

static const rpi_journal_id id = {"0123456789abcde"};
static uint8_t bytes[ROOM], written[ROOM];
static size_t size;

static void begin_segment(void)
{
    rpi_segment_head_write(&(rpi_segment_head){RPI_JOURNAL_VERSION, 1, id}, bytes);
    size = RPI_SEGMENT_HEAD;
}

static void end_frame(uint64_t sequence, size_t n_bytes, uint32_t count)
{
    rpi_frame_head head = {.epoch = 1, .sequence = sequence, .size = (uint32_t)n_bytes, .count = count};
    rpi_frame_head_write(&head, rpi_format_seed(&id), bytes + size);
    size += RPI_FRAME_HEAD + n_bytes;
}

static void write_frames(void)
{
    begin_segment();
    for (uint64_t k = 0; k < FRAMES; k++) {
        size_t n = 0;
        for (uint64_t i = 0; i <= k; i++) {
            rpi_journal_record record = {.kind = RPI_RECORD_DONE, .index = k, .data = &record, .size = 8 * i};
            memset(bytes + size + RPI_FRAME_HEAD + n, 0, rpi_record_bytes(&record));
            record.data = bytes; /* the header, again and again */
            rpi_record_write(&record, bytes + size + RPI_FRAME_HEAD + n);
            n += rpi_record_bytes(&record);
        }
        end_frame(k + 1, n, (uint32_t)k + 1);
    }
}

static void write_over(fuzz_input *input)
{
    memcpy(written, bytes, size);
    while (input->left > 0) {
        size_t at = fuzz_number(input, 2) % size, n = fuzz_number(input, 1);
        uint8_t what = (uint8_t)fuzz_number(input, 1);
        if (n == 0) size = at > 0 ? at : size;
        for (; n > 0 && at < size; n--) bytes[at++] = what;
    }
}

/* The records of an attacker. The lengths in them are taken as they are, up to the first that can't be. */
static void write_records(fuzz_input *input)
{
    begin_segment();
    size_t room = ROOM - RPI_SEGMENT_HEAD - RPI_FRAME_HEAD, n = input->left < room ? input->left : room;
    memcpy(bytes + size + RPI_FRAME_HEAD, input->at, n);
    uint32_t count = 0;
    const uint8_t *at = bytes + size + RPI_FRAME_HEAD;
    rpi_journal_record record;
    for (size_t left = n; rpi_record_read(&at, &left, &record);) count++;
    end_frame(1, n, count > 0 ? count : 1);
}

static void apply(rpi_index *index, const rpi_frame *frame)
{
    const uint8_t *at = frame->records;
    size_t left = frame->head.size;
    uint32_t n = 0;
    rpi_journal_record record;
    for (; rpi_record_read(&at, &left, &record); n++) {
        FUZZ_CHECK((const uint8_t *)record.data + record.size <= frame->records + frame->head.size);
        if (record.kind == RPI_RECORD_BEGUN) record.hash.words[0] &= 0xfff; /* what is remembered grows with it */
        FUZZ_CHECK(rpi_index_apply(index, &record, 1, NULL) == RP_OK);
    }
    FUZZ_CHECK(n == frame->head.count && left == 0);
}

static void read_segment(bool is_ours)
{
    rpi_segment_reader reader;
    rpi_frame frame;
    rpi_index index;
    uint64_t last = 0, end = RPI_SEGMENT_HEAD;
    int file = memfd_create("segment", MFD_CLOEXEC);
    FUZZ_CHECK(file >= 0 && write(file, bytes, size) == (ssize_t)size);
    FUZZ_CHECK(rpi_segment_reader_init(&reader, file, NULL) == RP_OK);
    rpi_index_init(&index);
    while (rpi_segment_reader_next(&reader, &frame, NULL) == RP_OK) {
        FUZZ_CHECK(frame.head.sequence > last && frame.offset >= end && frame.offset + RPI_FRAME_HEAD + frame.head.size <= size);
        if (is_ours) FUZZ_CHECK(!memcmp(written + frame.offset, bytes + frame.offset, RPI_FRAME_HEAD + frame.head.size));
        last = frame.head.sequence;
        end = frame.offset + RPI_FRAME_HEAD + frame.head.size;
        apply(&index, &frame);
    }
    FUZZ_CHECK(reader.n_frames + reader.n_lost == last && reader.lost_bytes + reader.torn_bytes <= size);
    rpi_index_end_run(&index, true);
    for (uint64_t item = rpi_index_next(&index, 0), n = 0; item != UINT64_MAX && n < 100; item = rpi_index_next(&index, item + 1)) n++;
    rpi_index_fini(&index);
    rpi_segment_reader_fini(&reader);
    close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    fuzz_input input = {data, n};
    uint64_t what = fuzz_number(&input, 1) % 3;
    if (what == 0) {
        size = input.left < ROOM ? input.left : ROOM;
        if (size > 0) memcpy(bytes, input.at, size);
    } else if (what == 1) {
        write_frames();
        write_over(&input);
    } else {
        write_records(&input);
    }
    read_segment(what == 1);
    return 0;
}
