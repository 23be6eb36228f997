/*
 * message.h: the messages between the coordinator and the members. Each kind that has fields has its own struct in the header. What has no
 * fixed size follows as data. Fields are 64 bits wide, so a struct is sent as it is. The table in message.c describes the fields. The loops
 * of coordinator and member, and the handshake, give each message that comes in to rpi_message_check. The failure detector takes heartbeats
 * out before. The ranks of one job have the same byte order and types.
 *
 *   coordinator                      member
 *     <---------------------- HELLO    host, build, names and types of its tasks, why it can't take part
 *     WELCOME or REFUSE --------->     (refused: both end with the same error)
 *     OPEN pool ----------------->     makes a team
 *     <--------------------- OPENED    its workers, or why not
 *     CALL ---------------------->     task and constants, before the first WORK of a call; not if it is like the one before
 *     WORK ---------------------->     a chunk of items
 *     CUTOFF -------------------->     items from there on need not start, or no item at all
 *     RECALL -------------------->     items of a chunk are wanted back, as far as they haven't begun
 *     <------------------- RECALLED    how many items of the chunk stay; before its DONE, which has only those
 *     <--------------------- LOGGED    lines that tasks of the pool have logged, before the DONE of their items
 *     <------------------- ACCEPTED    of a WORK whose items were with a lost rank: before any of them begins
 *     <----------------------- DONE    results and failures of the chunk
 *     FORGET -------------------->     the call is over
 *     SHARE, CONTENTS, ATTACH ---->     constant data that members of other hosts keep a copy of; see copies.h
 *     <--------------------- SHARED    one step of that is done
 *     DETACH -------------------->     the coordinator has freed a region (base/region.h) that it named
 *     <------- BELL ------------->     how to wake the sender, where both are on one host; see bells.h
 *     REPORT pool --------------->     asks for what its workers recorded, or for the time alone
 *     <------------------- REPORTED    the time, and the records
 *     CLOSE pool ---------------->     when no chunk of it is out
 *     <--------------------- CLOSED
 *     STOP ---------------------->     (lost: a rank died, so nothing may follow that needs all ranks; went_on: the others did all)
 *     <------------------------ BYE    the last message
 *
 *     <-- LENT, RETURNED -------->     in place of large data, between ranks of one host; see direct_link.h
 *     <------ HEARTBEAT --------->     when nothing else was sent for a while; see failure_detector.h
 */
#ifndef RPI_CLUSTER_MESSAGE_H
#define RPI_CLUSTER_MESSAGE_H

#include "base/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RPI_PROTOCOL = 13 };

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
    RPI_SHARE,
    RPI_CONTENTS,
    RPI_ATTACH,
    RPI_SHARED,
    RPI_DETACH,
    RPI_BELL,
    RPI_LENT,
    RPI_RETURNED,
    RPI_RECALL,
    RPI_RECALLED,
    RPI_LOGGED,
    RPI_ACCEPTED,
    RPI_HEARTBEAT
} rpi_message_kind;

/* Data: the host's name and its NUL, what was built (rpi_build_describe) and its NUL, then a line for each task and initializer. */
typedef struct rpi_hello {
    uint64_t protocol;
} rpi_hello;

/* Data: the reason, as a text. */
typedef struct rpi_refuse {
    uint64_t protocol; /* the coordinator's */
} rpi_refuse;

/* Data: the workers' options, as rpi_options_pack makes them; the initializer's name (empty: none) and its NUL, then its argument. */
typedef struct rpi_open {
    uint64_t n_threads;     /* 0: the member's own environment decides */
    uint64_t goes_on;       /* the pool does, after a loss: the member leaves a launcher that would end it then */
    rpi_region_name region; /* of the coordinator's, to try; machine 0: none */
} rpi_open;

/* Data: an rp_rank_info; if status isn't RP_OK, the reason as a text. */
typedef struct rpi_opened {
    uint64_t status, code;
    uint64_t attaches; /* the member can have the coordinator's regions */
} rpi_opened;

/* Data: as rpi_pack_call makes it, which includes the call's number. */
typedef struct rpi_call_sent {
    uint64_t call;
} rpi_call_sent;

/* Data: the places of items and results, and the items that have none, as rpi_places_pack makes them. */
typedef struct rpi_work_sent {
    uint64_t call, chunk;          /* chunk: the coordinator's number for it, which DONE repeats */
    uint64_t first, count;         /* items first ... first + count - 1 of the call */
    uint64_t attempt;              /* which try of these items it is, from 1 */
    uint64_t earlier;              /* tries of earlier runs of the program */
    uint64_t schedule, grain_size; /* of the grains */
    uint64_t placed;               /* which columns have places, and whether the results have: a mask (task/places.h) */
    uint64_t n_losses;             /* of ranks that had these items; above 0 the member says ACCEPTED before it begins */
    uint64_t like, seed; /* the call that this one is like, and takes the place of, and its own seed (told_call.h); 0: CALL came */
} rpi_work_sent;

typedef struct rpi_cutoff {
    uint64_t call, cutoff; /* items of that index and above need not start */
    uint64_t begins_none;  /* nor does any other */
    uint64_t ends_running; /* and those that run are ended: as of rpi_work */
} rpi_cutoff;

/* There is no answer when the chunk's DONE has been sent before: then all its items have begun. */
typedef struct rpi_recall {
    uint64_t call, chunk, from; /* from: offset in the chunk */
} rpi_recall;

typedef struct rpi_recalled {
    uint64_t call, chunk, kept; /* items of the chunk from offset `kept` on don't run here; kept >= from */
} rpi_recalled;

typedef struct rpi_accepted {
    uint64_t call, chunk;
} rpi_accepted;

/* Data: the results of `count` items, then, from failures_at on, the failures. */
typedef struct rpi_done {
    uint64_t call, chunk;
    uint64_t status; /* RP_OK, or why the chunk couldn't run */
    uint64_t count, n_run, busy_ns;
    uint64_t cutoff; /* the call's, as this member knows it */
    uint64_t n_failures, failures_at;
    uint64_t held_ns;    /* from the chunk's arrival until this message went out: what is left of the round trip was on the way */
    uint64_t longest_ns; /* of the call's items here so far, where time has an end */
} rpi_done;

/* Data: whole lines. */
typedef struct rpi_logged {
    uint64_t n_dropped; /* lines before these that there was no room for */
} rpi_logged;

typedef struct rpi_forget {
    uint64_t call;
} rpi_forget;

/* Of a copy of the coordinator's memory: see copies.h. */
typedef struct rpi_share_sent {
    uint64_t id, size;
    uint64_t child, other_child; /* ranks that get it from this one; 0: none */
} rpi_share_sent;

/* Data: the contents. Also from one member to another. */
typedef struct rpi_contents {
    uint64_t id;
} rpi_contents;

typedef struct rpi_attach {
    uint64_t id;
    rpi_region_name region; /* of another rank of this host */
} rpi_attach;

typedef struct rpi_shared {
    uint64_t id, status;
    rpi_region_name region; /* the sender's copy */
} rpi_shared;

/* Large data that the receiver reads in the sender's memory: see direct_link.h. Data: the header of the message that it belongs to. */
typedef struct rpi_lent {
    uint64_t machine, process;                 /* the sender's, as in an rpi_region_name */
    uint64_t address;                          /* of the data */
    uint64_t token_address, token, more_token; /* where the sender has its token, which the receiver compares */
} rpi_lent;

typedef struct rpi_returned {
    uint64_t taken; /* 0: the receiver couldn't read it */
} rpi_returned;

typedef struct rpi_detach {
    uint64_t token, more_token; /* of the region */
} rpi_detach;

typedef struct rpi_bell {
    uint64_t machine, process, descriptor, size, token, more_token; /* the sender's own, as in an rpi_region_name */
    uint64_t attached;                                              /* the sender can ring the receiver's */
} rpi_bell;

typedef struct rpi_stop {
    uint64_t lost;    /* a rank was lost: the members end without collective operations */
    uint64_t went_on; /* and the others went on without it, to the end: nothing has failed */
} rpi_stop;

typedef struct rpi_report_asked {
    uint64_t question, whole; /* whole: with the records; otherwise the time alone */
} rpi_report_asked;

/* Data: as rpi_report_pack makes it. No data: the time alone, or no memory. */
typedef struct rpi_reported {
    uint64_t question;
    uint64_t came_ns, went_ns; /* when the question came in and the answer went out, by the member's clock */
} rpi_reported;

/* Data: an rpi_process, the sender's. */
typedef struct rpi_heartbeat {
    uint64_t last_number; /* of the last message before it */
} rpi_heartbeat;

enum { RPI_MOST_FIELDS = 12 };

typedef struct rpi_header {
    _Alignas(16) uint64_t kind; /* so that the data behind the header is aligned too */
    uint64_t pool;              /* 0: not about a pool */
    uint64_t size;              /* bytes of data */
    uint64_t number;            /* sequence number, from 1 for each pair of ranks and direction, by the failure detector; 0: a heartbeat */
    union {
        uint64_t fields[RPI_MOST_FIELDS];
        rpi_hello hello;
        rpi_refuse refuse;
        rpi_open open;
        rpi_opened opened;
        rpi_call_sent call;
        rpi_work_sent work;
        rpi_cutoff cutoff;
        rpi_recall recall;
        rpi_recalled recalled;
        rpi_accepted accepted;
        rpi_done done;
        rpi_logged logged;
        rpi_forget forget;
        rpi_share_sent share;
        rpi_contents contents;
        rpi_attach attach;
        rpi_shared shared;
        rpi_detach detach;
        rpi_bell bell;
        rpi_lent lent;
        rpi_returned returned;
        rpi_stop stop;
        rpi_report_asked report;
        rpi_reported reported;
        rpi_heartbeat heartbeat;
    };
} rpi_header;

typedef struct rpi_message {
    struct rpi_message *next; /* in its holder's list */
    size_t capacity;          /* of the data */
    const char *outside;      /* where large data is, borrowed; NULL: in `data` */
    rpi_header header;        /* from here on it is sent as it is */
    char data[];
} rpi_message;

/* Makes a message with room for `size` bytes of data. header.size is set, all fields are 0. NULL: no memory. Freed by rpi_message_free. */
rpi_message *rpi_message_create(rpi_message_kind kind, uint64_t pool, size_t size);
void rpi_message_free(rpi_message *message);
void rpi_message_free_list(rpi_message *list);

/* The data, wherever it is. */
static inline const char *rpi_message_bytes(const rpi_message *message) { return message->outside ? message->outside : message->data; }

/* The text in the data from offset `at` on. It always ends with a NUL, and is empty if `at` is behind the end. */
const char *rpi_message_text(rpi_message *message, size_t at);

/* Data larger than this is sent from its place and received into its place without a copy, if that is one piece of memory. */
enum { RPI_LARGE_DATA = 256 * 1024 };

/* Checks a message that came in against the description of its kind: the kind exists and may be sent in this direction, each field is in
 * its range, and there is no data where none belongs. Unpacking checks the data. RP_OK, RP_SYSTEM (the text names kind and field). */
rp_status rpi_message_check(const rpi_message *message, bool from_coordinator, rp_error *error);

/* The name of a kind, such as "WORK". "unknown": the number is no kind. */
const char *rpi_message_name(uint64_t kind);

#endif
