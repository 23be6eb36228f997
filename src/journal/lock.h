/*
 * lock.h: that one run at a time writes a journal. The file `lock` says which run has it: its process, and its epoch, a number that each
 * run makes higher. A run that takes over replaces the file, so it never writes over what another run believes. The other run sees a later
 * epoch before its next commit, and stops.
 *
 * flock is asked too, where the file system has it. It keeps two runs apart that begin at the same moment. It is no proof: some file
 * systems grant it to each host, and a child of a dead process may still hold it.
 */
#ifndef RPI_JOURNAL_LOCK_H
#define RPI_JOURNAL_LOCK_H

#include "journal/folder.h"
#include "journal/holder.h"

typedef struct rpi_lock {
    const rpi_folder *folder;
    int file; /* our own `lock`, also after it was replaced; -1: none */
    rpi_holder self;
    bool has_no_flock; /* the file system has no locks: the epoch is all there is */
} rpi_lock;

typedef enum rpi_flock { RPI_FLOCK_GRANTED, RPI_FLOCK_HELD, RPI_FLOCK_NONE } rpi_flock;

typedef enum rpi_claim {
    RPI_CLAIM_TAKE,
    RPI_CLAIM_REFUSE, /* the holder lives */
    RPI_CLAIM_WATCH,  /* it can't be told from here whether the holder lives: watch its beat */
} rpi_claim;

typedef struct rpi_lock_options {
    bool take_over; /* the caller knows that the holder has ended: one whose beat stands still is replaced */
    double watch_s; /* how long a beat is watched */
} rpi_lock_options;

/* Whether the lock may be taken. Pure. `holder`: NULL, where the file is missing or torn. */
rpi_claim rpi_lock_judge(const rpi_holder *holder, rpi_life life, const rpi_holder *self, rpi_flock flock_state);

/* Reads who has the journal, or had it last. *is_there false: there is no lock, or it is torn. RP_SYSTEM: it can't be read. */
rp_status rpi_lock_holder(const rpi_folder *folder, rpi_holder *holder, bool *is_there, rp_error *error);

/* Takes the lock for `self`, whose epoch is set: above the holder's, and above all segments. RP_USAGE: another run has it; the text says
 * which, and what can be done. RP_SYSTEM, RP_NO_MEMORY. May block for options->watch_s. */
rp_status rpi_lock_take(rpi_lock *lock, const rpi_folder *folder, const rpi_holder *self, const rpi_lock_options *options, rp_error *error);

/* Whether it is still ours. RP_LOST: another run has taken over; the text says which. RP_SYSTEM: it can't be told. */
rp_status rpi_lock_check(rpi_lock *lock, rp_error *error);

/* Shows that this process lives. */
void rpi_lock_beat(rpi_lock *lock);

/* Leaves the journal to others. A lock that was never taken is left as it is. */
void rpi_lock_release(rpi_lock *lock);

#endif
