/*
 * sandbox.h: a worker's sandbox, the child process or second thread that runs its items: its start, its end, and how it ended. Used by the
 * worker's thread alone.
 */
#ifndef RPI_ISOLATE_SANDBOX_H
#define RPI_ISOLATE_SANDBOX_H

#include "isolate/sandbox_thread.h"
#include "worker/worker.h"

#include <sys/types.h>

/* What the worker has seen of the request that it waits for. */
typedef struct rpi_watch {
    uint64_t number;
    uint64_t since_ns;  /* the first look at it */
    uint64_t looked_ns; /* the last look at which it wasn't done; what is seen later began after that */
    uint64_t item;      /* the item that was seen to run; RPI_NO_ITEM: none */
    uint64_t late_ns;   /* when that item will be late */
} rpi_watch;

typedef struct rpi_sandbox {
    rpi_worker *worker;
    rpi_mailbox *mailbox; /* NULL: there is no sandbox */
    pid_t child;          /* 0: the sandbox is a thread */
    rpi_sandbox_thread *thread;
    rpi_watch watch;
    rpi_child_log_seen log;
    bool idle;           /* no request was out when the last one was posted */
    atomic_bool dropped; /* nobody wants the items of the present batch; set by any thread, which then wakes the worker */
} rpi_sandbox;

/* What became of a request. After all but DONE the caller gives the sandbox up, unless it has ended. */
typedef enum rpi_sandbox_event {
    RPI_SANDBOX_DONE,    /* the sandbox has finished it */
    RPI_SANDBOX_LATE,    /* its item runs longer than the time-out */
    RPI_SANDBOX_ENDED,   /* the sandbox is gone */
    RPI_SANDBOX_DROPPED, /* nobody wants its items any more */
    RPI_SANDBOX_DAMAGED, /* it is over, but what the sandbox says of it was written over */
    RPI_SANDBOX_STUCK    /* it doesn't begin */
} rpi_sandbox_event;

void rpi_sandbox_init(rpi_sandbox *sandbox, rpi_worker *worker);

/* Starts a sandbox, and waits until its initializer has run. RP_OK; RP_FAILED (the initializer); RP_NO_MEMORY, RP_SYSTEM; RP_LOST (no more
 * children can be made); RP_CANCELLED (its items were dropped meanwhile). */
rp_status rpi_sandbox_start(rpi_sandbox *sandbox, rp_error *error);

/* Waits for an event of request `number`, which has `count` items. `timeout_ns` holds for each of them; 0: none. `*item` is the offset of
 * the late item; RPI_NO_ITEM: it isn't known. Whatever the sandbox wrote over, it is noticed within moments that it ended, was dropped or
 * is late. */
rpi_sandbox_event rpi_sandbox_wait(rpi_sandbox *sandbox, uint64_t number, uint64_t count, uint64_t timeout_ns, uint64_t *item);

/* Kills the child and waits until it is gone, or abandons the thread, whose item of request `number` is late. False: the request of the
 * thread is done, and the thread goes on. */
bool rpi_sandbox_give_up(rpi_sandbox *sandbox, uint64_t number);

/* Whether the child wrote over what surrounds its answers. It ends itself when it finds that an item did. */
bool rpi_sandbox_wrote_over(const rpi_sandbox *sandbox);

/* Returns why the child ended, and writes it as a text. `*code` is a signal's number or an exit status. */
rp_cause rpi_sandbox_exit_cause(const rpi_sandbox *sandbox, int *code, char *text, size_t size);

/* Forgets a sandbox that has ended or was given up. The next start makes a new one. */
void rpi_sandbox_drop(rpi_sandbox *sandbox);

/* Ends the sandbox once it is idle, and its initializer's finish is called. Does nothing when there is no sandbox. */
void rpi_sandbox_close(rpi_sandbox *sandbox);

static inline bool rpi_sandbox_is_there(const rpi_sandbox *sandbox) { return sandbox->mailbox; }

#endif
