/*
 * distribution_driver.h: drives a distribution without messages, and checks it. Beside it is kept which members know which call, which
 * items are where, and where batches end. Each action is compared with that, and so is the rest when no action is left.
 */
#ifndef DISTRIBUTION_DRIVER_H
#define DISTRIBUTION_DRIVER_H

#include "unit.h"

#include "cluster/distribution_losses.h"

enum { DRIVER_MEMBERS = 6, DRIVER_CALLS = 20, DRIVER_BATCHES = 50, DRIVER_CHUNKS = 4000, DRIVER_ITEMS = 3000 };

typedef enum driver_item { ITEM_WAITS, ITEM_IS_OUT, ITEM_IS_BACK, ITEM_CAME_BACK, ITEM_IS_LEFT_OUT } driver_item; /* BACK: has run */

typedef struct driver_call {
    rpi_distribution_call *call; /* NULL once it is forgotten */
    uint64_t cutoff;
    bool is_over;
    bool knows[DRIVER_MEMBERS];
    bool to_tell[DRIVER_MEMBERS]; /* of the cutoff, or that the call is over */
} driver_call;

typedef struct driver_batch {
    rpi_distribution_entry entry; /* first */
    driver_call *of;
    uint64_t position; /* items that were handed out */
    uint64_t end;      /* where handing out ends */
    uint64_t limit;    /* items from there on don't go out again */
    unsigned char items[DRIVER_ITEMS];
    unsigned char losses[DRIVER_ITEMS]; /* of members that had them */
    uint64_t n_returned;                /* that wait to go out again */
    double item_s;                      /* how long an item takes; 0: not known */
    int n_out;
    bool failed, done;
} driver_batch;

typedef struct driver_chunk {
    rpi_chunk base; /* first */
    int n_freed;
} driver_chunk;

typedef struct driver {
    rpi_distribution distribution;
    int n_members;
    bool lost[DRIVER_MEMBERS];
    double now_s;
    driver_call calls[DRIVER_CALLS];
    driver_batch batches[DRIVER_BATCHES];
    int n_calls, n_batches;
    driver_chunk *out[DRIVER_CHUNKS];
    int n_out;
    driver_chunk *held; /* the last of them, while it follows its CALL */
} driver;

/* Members have so many workers each. */
driver *driver_create(int n_members, const unsigned *n_workers);
void driver_destroy(driver *self);

/* ---- events ---- */

driver_call *driver_open(driver *self);
/* Items `first` to first + count - 1 of the call, as `like` says; NULL: in chunks of one item. */
driver_batch *driver_add(driver *self, driver_call *call, uint64_t first, uint64_t count, const rpi_dispatch_entry *like);
/* The k-th of the chunks that are out, in the order in which they went. */
void driver_back(driver *self, int k);
/* Its member answers a RECALL. */
void driver_return(driver *self, int k, uint64_t kept);
void driver_fail(driver *self, int k);
void driver_cut(driver *self, driver_call *call, uint64_t cutoff);
void driver_drop(driver *self, driver_batch *batch);
void driver_lose(driver *self, int member);
/* The same, and others get what it had. */
void driver_take_over(driver *self, int member);
void driver_forget(driver *self, driver_call *call);
/* The CALL of the last action couldn't be sent. */
void driver_fail_call(driver *self, const rpi_action *action);

/* ---- actions ---- */

/* The next action; false: there is none, and all that had to follow has followed. */
bool driver_next(driver *self, rpi_action *action);
/* Takes all actions. Returns how many there were. */
int driver_run(driver *self);
/* The next action is of that kind, and for that member (not asked of DONE). */
rpi_action driver_expect(driver *self, rpi_action_kind kind, int member);
/* The next action is the end of that batch. */
void driver_expect_done(driver *self, const driver_batch *batch);
void driver_expect_none(driver *self);
/* Brings all chunks back, and those that follow, until none is out. */
void driver_finish(driver *self);

/* ---- any event ---- */

/* Some event, and what follows, with other events in between. The tests' random numbers choose. */
void driver_any_event(driver *self);
/* Brings all back, ends all batches and forgets all calls: nothing is left. */
void driver_end_all(driver *self);

#endif
