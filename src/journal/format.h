/*
 * format.h: what is in the journal's files, as bytes and back. Pure: nothing here opens a file.
 *
 * A run of the journal has a segment, the file items.EPOCH, which no other run writes. It begins with a header of RPI_SEGMENT_HEAD bytes,
 * and then has frames, one a commit. Numbers are little-endian.
 *
 *     segment    16 "rankpool items\n\0" | 4 version | 4 check of the others | 8 epoch | 16 the journal's id | 16 zeros
 *     frame      4 magic | 4 check of the rest of this header | 8 epoch | 8 sequence, from 1 | 4 bytes of records | 4 number of records |
 *                8 time, ns since 1970 | 4 check of the records | 4 zeros | records
 *     record     4 bytes with this header | 1 kind | 1 cause | 2 attempt | 8 index | 16 hash | 4 seconds, a float | 4 rank | data
 *
 * A check is a CRC-32C. Those of frames are seeded with the journal's id, so zeros, or frames of another journal that lie on the same
 * blocks of the disk, never pass.
 */
#ifndef RPI_JOURNAL_FORMAT_H
#define RPI_JOURNAL_FORMAT_H

#include "journal/item_hash.h"

#include <rankpool/error.h>

/* The number of the format. Readers refuse another one. A change of any kind gets a new one. */
enum { RPI_JOURNAL_VERSION = 1 };

enum {
    RPI_SEGMENT_HEAD = 64,
    RPI_FRAME_HEAD = 48,
    RPI_RECORD_HEAD = 40,
    RPI_RECORD_MOST = 1 << 30, /* bytes of data of one record */
};

typedef enum rpi_record_kind {
    RPI_RECORD_DONE = 1, /* the item has succeeded; data: its result */
    RPI_RECORD_FAILED,   /* the item has failed, and no other try follows; data: what the caller wants to know of it */
    RPI_RECORD_RETRY,    /* a try has failed, and another one follows */
    RPI_RECORD_CRASHED,  /* the item's rank was lost while it may have run there */
    RPI_RECORD_BEGUN,    /* items index … index + hash.words[0] - 1 were handed to a rank to be run at once */
    RPI_RECORD_PRINTED,  /* of the output: index rows, hash.words[0] bytes, hash.words[1] a sum of them */
    RPI_RECORD_RUN,      /* first record of a run; data: its facts */
    RPI_RECORD_SEEN,     /* the run has read the segment of epoch `index` up to the sequence hash.words[0]; what is later doesn't count */
    RPI_RECORD_END,      /* the run has ended by itself; cause: an rpi_run_end; data: a text */
    RPI_RECORD_KINDS
} rpi_record_kind;

typedef struct rpi_journal_record {
    rpi_record_kind kind;
    uint64_t index;
    rpi_item_hash hash; /* of items: of their bytes; both words 0: not known */
    unsigned cause;     /* an rp_cause, of a failure; up to 255 */
    unsigned attempt;   /* which try of the item it was, from 1; up to 65535, and more is kept as that; 0: not known */
    double seconds;     /* how long the item took; kept as a float */
    int rank;           /* where it ran; -1: not known */
    const void *data;   /* may be NULL when size is 0 */
    size_t size;        /* bytes of data, at most RPI_RECORD_MOST */
} rpi_journal_record;

typedef struct rpi_journal_id {
    uint8_t bytes[16];
} rpi_journal_id;

typedef struct rpi_segment_head {
    uint32_t version;
    uint64_t epoch;
    rpi_journal_id id;
} rpi_segment_head;

typedef struct rpi_frame_head {
    uint64_t epoch, sequence, time_ns;
    uint32_t size, count; /* bytes of records, and their number */
    uint32_t sum;         /* the check of the records */
} rpi_frame_head;

typedef enum rpi_head_state {
    RPI_HEAD_RIGHT,
    RPI_HEAD_DAMAGED,
    RPI_HEAD_OTHER_VERSION, /* whole, as far as can be told, but not for this reader */
} rpi_head_state;

/* The seed of the checks of a journal's frames. */
uint32_t rpi_format_seed(const rpi_journal_id *id);

/* Writes a header of RPI_SEGMENT_HEAD bytes, or reads one. The version is read whatever it is. */
void rpi_segment_head_write(const rpi_segment_head *head, uint8_t *bytes);
rpi_head_state rpi_segment_head_read(const uint8_t *bytes, rpi_segment_head *head);

/* Writes a header of RPI_FRAME_HEAD bytes for the records that follow it in memory; sets head->sum. */
void rpi_frame_head_write(rpi_frame_head *head, uint32_t seed, uint8_t *bytes);
/* Reads a header. False: it is none, or damaged. */
bool rpi_frame_head_read(const uint8_t *bytes, uint32_t seed, rpi_frame_head *head);
/* Whether the records behind a header are what was written: their check, their sizes and their kinds. */
bool rpi_frame_check(const rpi_frame_head *head, uint32_t seed, const uint8_t *records);
/* Where the first four bytes of a frame's header are next, in `size` bytes; NULL: nowhere. */
const uint8_t *rpi_frame_find(const uint8_t *bytes, size_t size);

static inline size_t rpi_record_bytes(const rpi_journal_record *record) { return RPI_RECORD_HEAD + record->size; }
/* Writes a record, rpi_record_bytes of them. */
void rpi_record_write(const rpi_journal_record *record, uint8_t *bytes);
/* Reads the record at *at, which is moved behind it; *left is less by as many bytes. Its data are in those bytes. False: there is none, or
 * no whole one; then nothing is changed. */
bool rpi_record_read(const uint8_t **at, size_t *left, rpi_journal_record *record);

#endif
