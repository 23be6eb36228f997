/*
 * message.h: what ranks say to each other. All sizes and numbers are 64-bit fields of the header; the tag of an MPI message only tells a
 * header from a block of a long payload. Ranks of one entry are taken to be alike in byte order and types.
 *
 *   coordinator                      other rank
 *     <---------------------- HELLO    host, cores, names and types of its tasks
 *     WELCOME or REFUSE --------->     (refused: both end with the same error)
 *     OPEN pool ----------------->     makes a team; the workers' options, the initializer's name and argument
 *     <--------------------- OPENED    its workers, or why not
 *     CALL ---------------------->     task and constants, before the first WORK of a call
 *     WORK ---------------------->     a chunk of items
 *     CUTOFF --------------------->     items from there on needn't start
 *     <----------------------- DONE    results and failures of the chunk
 *     FORGET -------------------->     the call is over
 *     REPORT pool --------------->     what its workers recorded is wanted, or the time alone
 *     <------------------- REPORTED    the time, and that
 *     CLOSE pool ---------------->     when no chunk of it is out
 *     <--------------------- CLOSED
 *     STOP ---------------------->     (status RP_LOST: a rank died, so nothing that needs all of them may follow)
 *     <------------------------ BYE    the last message
 *
 *     <-------- HEARTBEAT ----------->     when there was nothing else to say for a while; see failure_detector.h
 */
#ifndef RPI_CLUSTER_MESSAGE_H
#define RPI_CLUSTER_MESSAGE_H

#include "base/failure.h"
#include "task/work.h"

enum { RPI_PROTOCOL = 4 };

typedef enum rpi_message_kind {
    RPI_HELLO = 1,
    RPI_WELCOME,
    RPI_REFUSE,
    RPI_OPEN,
    RPI_OPENED,
    RPI_CALL,
    RPI_WORK,
    RPI_CUTOFF,
    RPI_DONE,
    RPI_FORGET,
    RPI_CLOSE,
    RPI_CLOSED,
    RPI_STOP,
    RPI_BYE,
    RPI_REPORT,
    RPI_REPORTED,
    RPI_HEARTBEAT
} rpi_message_kind;

typedef struct rpi_header {
    _Alignas(16) uint64_t kind; /* so that a payload behind it is aligned too */
    uint64_t pool, call;
    uint64_t first, count; /* items, indices of the call; REPORTED: when it came in, and went */
    uint64_t grain_size, schedule;
    uint64_t status;
    uint64_t cutoff;
    uint64_t busy_ns, n_run;
    uint64_t n_failures, failures_at; /* where in the payload they begin */
    uint64_t chunk;                   /* the coordinator's name for it, sent back as it was */
    uint64_t number;                  /* threads, protocol, a failure's code, an attempt, of a REPORT and its answer */
    uint64_t payload_size;
    uint64_t sequence; /* from 1 for each pair of ranks and direction; HEARTBEAT: that of the last message before it */
} rpi_header;

typedef struct rpi_message {
    struct rpi_message *next; /* whoever holds it */
    size_t capacity;          /* of the payload */
    const char *outside;      /* large payloads: where the bytes are, borrowed, instead of in the payload; NULL: they are there */
    rpi_header header;        /* from here on it is sent as it stands */
    char payload[];
} rpi_message;

/* A message with room for a payload of that size, header.payload_size set; NULL: no memory. Freed by rpi_message_free. */
rpi_message *rpi_message_create(rpi_message_kind kind, size_t payload_size);
void rpi_message_free(rpi_message *message);
/* Where its bytes are. */
static inline const char *rpi_message_bytes(const rpi_message *message) { return message->outside ? message->outside : message->payload; }
void rpi_message_free_list(rpi_message *list);

/* Bodies larger than this are sent from where they are, and received to where they belong, where that is one piece of memory. */
enum { RPI_LARGE_PAYLOAD = 256 * 1024 };

/* WORK: items first … of the batch (offsets), packed column by column. NULL: no memory. A large payload of one array without gaps isn't packed
 * but borrowed: the items have to stay until the DONE. */
rpi_message *rpi_message_pack_work(const rpi_batch *batch, uint64_t first, uint64_t count);
/* The other way: points the batch's views into the payload, which has to stay. False: the payload is too short. */
bool rpi_message_unpack_work(rpi_message *message, rpi_batch *batch);

/* CALL: the task's name and the columns that aren't arrays. */
rpi_message *rpi_message_pack_call(const rpi_work *work);
/* Fills a work with what can be had from the message; its constants are copied. RP_OK, RP_USAGE (no such task), RP_NO_MEMORY. */
rp_status rpi_message_unpack_call(const rpi_message *message, rpi_work *work, rp_error *error);

/* DONE: room for the results of `count` items is at its payload's beginning, but for emitted ones, which are packed at the end.
 * `results` is where the batch writes them, for emitted ones an array of its own (freed here). */
rpi_message *rpi_message_create_done(const rpi_work *work, uint64_t count, char **results);
rpi_message *rpi_message_finish_done(rpi_message *message, rpi_batch *batch);
void rpi_message_drop_results(const rpi_batch *batch);
/* Where the payload of a large DONE that isn't there yet can go: results alone, of so many items as are expected, from offset `first` of the
 * batch on. NULL: it has to be looked at first. */
char *rpi_message_done_destination(const rpi_header *header, const rpi_batch *batch, uint64_t first, uint64_t count);
/* Copies the results into the batch from offset `first` on, unless they are there, and adds the failures. False: no memory, or the payload is too
 * short. */
bool rpi_message_unpack_done(const rpi_message *message, rpi_batch *batch, uint64_t first);

/* A text in the payload, ended by a NUL whatever the payload holds. */
const char *rpi_message_text(rpi_message *message, size_t at);

#endif
