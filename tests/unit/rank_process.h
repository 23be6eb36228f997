/*
 * rank_process.h: a process that plays a rank, for tests of its helper and children. It isn't the test's own process, as a process has only
 * one helper, and as a rank may be killed. Rank, helper, children and test share memory for what they tell each other.
 */
#ifndef RANK_PROCESS_H
#define RANK_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

enum { MOST_NOTED = 64 };

typedef struct notes {
    atomic_int n_noted;
    _Atomic pid_t noted[MOST_NOTED];
    atomic_int value;
    char problem[256]; /* empty: none */
} notes;

/* Set before `play` is called; helper and children have it too. */
extern notes *shared_notes;

/* Plays the rank in a new process; returns how that ended, as waitpid does. A problem in it fails the test. */
int play_rank(void (*play)(void));

/* Whether a process can have a single thread; with some sanitizers none can. Plays a rank to find out. */
bool rank_can_have_helper(void);

/* For the rank's process, which they end. */
#define RANK_CHECK(condition)                                                                                                              \
    do {                                                                                                                                   \
        if (!(condition)) rank_problem(#condition, __LINE__);                                                                              \
    } while (0)
void rank_problem(const char *what, int line);

void note_process(pid_t pid);

/* Whether there is such a process. A zombie doesn't count. */
bool process_lives(pid_t pid);
pid_t parent_of(pid_t pid);

/* Waits until it has ended; false: it lives after `seconds`. */
bool process_ends(pid_t pid, double seconds);

/* Fails the test unless all that were noted end in that time. */
void assert_noted_end(double seconds);

#endif
