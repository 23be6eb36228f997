/*
 * orphans.h: the processes that commands have left in the background, and that came to their starter as they lost their parent. New ones
 * are those of the command that runs; the others belong to commands that have ended, and are ended at the time-out of these.
 */
#ifndef RANKPOOL_JOBS_ORPHANS_H
#define RANKPOOL_JOBS_ORPHANS_H

#include <stddef.h>
#include <sys/types.h>

enum { ORPHANS_MOST = 256 }; /* what is left beyond that number counts as new for ever */

typedef struct orphans {
    int may_have_children; /* the starter has children, as waitpid says */
    size_t n;
    struct {
        pid_t pid;
        double end_at_s; /* then it is killed; INFINITY: never */
    } kept[ORPHANS_MOST];
} orphans;

/* Sends a signal to each new one and its process group. `except`: the command itself. */
void orphans_kill(const orphans *self, pid_t except, int signal_number);

/* Whether there are new ones, once the command is reaped. */
int orphans_has_new(const orphans *self);

/* From now on they are those of a command that has ended. */
void orphans_keep_new(orphans *self, double end_at_s);

/* One has ended. */
void orphans_remove(orphans *self, pid_t pid);

/* When the next one has to end; INFINITY: none. Kills those whose time has come. */
double orphans_next_end(const orphans *self);
void orphans_end_late(orphans *self, double now_s);

#endif
