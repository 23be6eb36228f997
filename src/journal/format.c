/* format.c: see format.h. Integers are put and taken byte by byte in effect; compilers make one instruction of it. */
#include "journal/format.h"

#include "journal/crc32c.h"

#include <endian.h>
#include <string.h>

enum { MAGIC_SIZE = 4, NAME_SIZE = 16, SEED_VERSION = 1 };
static const char segment_name[NAME_SIZE] = "rankpool items\n";
static const uint8_t magic[MAGIC_SIZE] = {0xd7, 'R', 'P', 0x9e};

/* Where fields are. */
enum { SEGMENT_VERSION = 16, SEGMENT_CHECK = 20, SEGMENT_EPOCH = 24, SEGMENT_ID = 32 };
enum { FRAME_CHECK = 4, FRAME_EPOCH = 8, FRAME_SEQUENCE = 16, FRAME_SIZE = 24, FRAME_COUNT = 28, FRAME_TIME = 32, FRAME_SUM = 40 };
enum { RECORD_KIND = 4, RECORD_CAUSE = 5, RECORD_ATTEMPT = 6, RECORD_INDEX = 8, RECORD_HASH = 16, RECORD_SECONDS = 32, RECORD_RANK = 36 };

static void put_32(uint8_t *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

static void put_64(uint8_t *at, uint64_t value)
{
    value = htole64(value);
    memcpy(at, &value, sizeof value);
}

static uint32_t get_32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static uint64_t get_64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

uint32_t rpi_format_seed(const rpi_journal_id *id) { return rpi_crc32c(SEED_VERSION, id->bytes, sizeof id->bytes); }

/* Of all but the check itself. */
static uint32_t segment_check(const uint8_t *bytes)
{
    uint32_t before = rpi_crc32c(SEED_VERSION, bytes, SEGMENT_CHECK);
    return rpi_crc32c(before, bytes + SEGMENT_EPOCH, RPI_SEGMENT_HEAD - SEGMENT_EPOCH);
}

void rpi_segment_head_write(const rpi_segment_head *head, uint8_t *bytes)
{
    memset(bytes, 0, RPI_SEGMENT_HEAD);
    memcpy(bytes, segment_name, NAME_SIZE);
    put_32(bytes + SEGMENT_VERSION, head->version);
    put_64(bytes + SEGMENT_EPOCH, head->epoch);
    memcpy(bytes + SEGMENT_ID, head->id.bytes, sizeof head->id.bytes);
    put_32(bytes + SEGMENT_CHECK, segment_check(bytes));
}

/* Another version may have its check elsewhere, so the version is looked at first. Only 1 to 9999 are versions: others are damage. */
rpi_head_state rpi_segment_head_read(const uint8_t *bytes, rpi_segment_head *head)
{
    uint32_t version = get_32(bytes + SEGMENT_VERSION);
    if (memcmp(bytes, segment_name, NAME_SIZE) != 0 || version == 0 || version > 9999) return RPI_HEAD_DAMAGED;
    head->version = version;
    bool is_whole = get_32(bytes + SEGMENT_CHECK) == segment_check(bytes);
    if (version != RPI_JOURNAL_VERSION) return RPI_HEAD_OTHER_VERSION;
    if (!is_whole) return RPI_HEAD_DAMAGED;
    head->epoch = get_64(bytes + SEGMENT_EPOCH);
    memcpy(head->id.bytes, bytes + SEGMENT_ID, sizeof head->id.bytes);
    return RPI_HEAD_RIGHT;
}

static uint32_t frame_check(const uint8_t *bytes, uint32_t seed)
{
    return rpi_crc32c(seed, bytes + FRAME_EPOCH, RPI_FRAME_HEAD - FRAME_EPOCH);
}

void rpi_frame_head_write(rpi_frame_head *head, uint32_t seed, uint8_t *bytes)
{
    memset(bytes, 0, RPI_FRAME_HEAD);
    memcpy(bytes, magic, MAGIC_SIZE);
    head->sum = rpi_crc32c(seed, bytes + RPI_FRAME_HEAD, head->size);
    put_64(bytes + FRAME_EPOCH, head->epoch);
    put_64(bytes + FRAME_SEQUENCE, head->sequence);
    put_32(bytes + FRAME_SIZE, head->size);
    put_32(bytes + FRAME_COUNT, head->count);
    put_64(bytes + FRAME_TIME, head->time_ns);
    put_32(bytes + FRAME_SUM, head->sum);
    put_32(bytes + FRAME_CHECK, frame_check(bytes, seed));
}

bool rpi_frame_head_read(const uint8_t *bytes, uint32_t seed, rpi_frame_head *head)
{
    if (memcmp(bytes, magic, MAGIC_SIZE) != 0 || get_32(bytes + FRAME_CHECK) != frame_check(bytes, seed)) return false;
    *head = (rpi_frame_head){.epoch = get_64(bytes + FRAME_EPOCH),
                             .sequence = get_64(bytes + FRAME_SEQUENCE),
                             .size = get_32(bytes + FRAME_SIZE),
                             .count = get_32(bytes + FRAME_COUNT),
                             .time_ns = get_64(bytes + FRAME_TIME),
                             .sum = get_32(bytes + FRAME_SUM)};
    return head->count > 0; /* nothing is committed without records */
}

bool rpi_frame_check(const rpi_frame_head *head, uint32_t seed, const uint8_t *records)
{
    if (rpi_crc32c(seed, records, head->size) != head->sum) return false;
    size_t left = head->size;
    uint32_t n = 0;
    while (left >= RPI_RECORD_HEAD) {
        uint32_t size = get_32(records);
        bool is_known = records[RECORD_KIND] >= RPI_RECORD_DONE && records[RECORD_KIND] < RPI_RECORD_KINDS;
        if (size < RPI_RECORD_HEAD || size > left || !is_known) return false;
        records += size, left -= size, n++;
    }
    return left == 0 && n == head->count;
}

const uint8_t *rpi_frame_find(const uint8_t *bytes, size_t size) { return memmem(bytes, size, magic, MAGIC_SIZE); }

void rpi_record_write(const rpi_journal_record *record, uint8_t *bytes)
{
    float seconds = (float)record->seconds;
    uint32_t as_bits;
    uint16_t attempt = htole16((uint16_t)(record->attempt < UINT16_MAX ? record->attempt : UINT16_MAX));
    memcpy(&as_bits, &seconds, sizeof as_bits);
    put_32(bytes, (uint32_t)rpi_record_bytes(record));
    bytes[RECORD_KIND] = (uint8_t)record->kind;
    bytes[RECORD_CAUSE] = (uint8_t)record->cause;
    memcpy(bytes + RECORD_ATTEMPT, &attempt, sizeof attempt);
    put_64(bytes + RECORD_INDEX, record->index);
    put_64(bytes + RECORD_HASH, record->hash.words[0]);
    put_64(bytes + RECORD_HASH + 8, record->hash.words[1]);
    put_32(bytes + RECORD_SECONDS, as_bits);
    put_32(bytes + RECORD_RANK, (uint32_t)record->rank);
    if (record->size > 0) memcpy(bytes + RPI_RECORD_HEAD, record->data, record->size);
}

bool rpi_record_read(const uint8_t **at, size_t *left, rpi_journal_record *record)
{
    const uint8_t *bytes = *at;
    uint32_t size = *left >= RPI_RECORD_HEAD ? get_32(bytes) : 0;
    if (size < RPI_RECORD_HEAD || size > *left) return false;
    uint32_t as_bits = get_32(bytes + RECORD_SECONDS);
    float seconds;
    memcpy(&seconds, &as_bits, sizeof seconds);
    *record = (rpi_journal_record){.kind = bytes[RECORD_KIND],
                                   .index = get_64(bytes + RECORD_INDEX),
                                   .hash = {{get_64(bytes + RECORD_HASH), get_64(bytes + RECORD_HASH + 8)}},
                                   .cause = bytes[RECORD_CAUSE],
                                   .attempt = bytes[RECORD_ATTEMPT] | (unsigned)bytes[RECORD_ATTEMPT + 1] << 8,
                                   .seconds = (double)seconds,
                                   .rank = (int)get_32(bytes + RECORD_RANK),
                                   .data = bytes + RPI_RECORD_HEAD,
                                   .size = size - RPI_RECORD_HEAD};
    *at += size;
    *left -= size;
    return true;
}
