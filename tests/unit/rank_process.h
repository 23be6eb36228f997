/*
 * rank_process.h: a process that plays a rank, for tests of what becomes of its helper and children: a process has one helper, and a rank
 * that is killed can't be the test itself. What the parts tell each other is in memory that all of them share.
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

/* False: a sanitizer has threads of its own, so that no process has one alone. Plays a rank that tries. */
bool rank_can_have_helper(void);

/* In the rank, which they end. */
#define RANK_CHECK(condition)                                                                                                              \
    do {                                                                                                                                   \
        if (!(condition)) rank_problem(#condition, __LINE__);                                                                              \
    } while (0)
void rank_problem(const char *what, int line);

void note_process(pid_t pid);

/* Whether there is such a process, zombies apart. */
bool process_lives(pid_t pid);
pid_t parent_of(pid_t pid);

/* Waits until it has ended; false: it lives after `seconds`. */
bool process_ends(pid_t pid, double seconds);

/* Fails the test unless all that were noted end in that time. */
void assert_noted_end(double seconds);

#endif
