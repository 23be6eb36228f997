/*
 * machine.h: what makes a machine's times vary: other load, a clock that follows the load, throttling by heat, a hypervisor that gives the
 * processors to others. It is read, never set. Linux; elsewhere nothing is known.
 */
#ifndef RANKPOOL_CLI_MACHINE_H
#define RANKPOOL_CLI_MACHINE_H

enum { MACHINE_TEXT_SIZE = 200 };

typedef struct machine_state {
    double load;                    /* mean number of threads that ran or wanted to, over a minute; below 0: not known */
    int cores;                      /* that the machine has */
    char governor[32];              /* of the first core's clock; "": not known */
    double throttled;               /* how often cores were throttled so far */
    double all_ticks, stolen_ticks; /* of all cores so far; stolen: by a hypervisor */
} machine_state;

/* `root`: "", or for tests a folder in which /proc and /sys are. */
void machine_look(const char *root, machine_state *state);

/* The k-th doubt, counted from 0, about what was measured between the two looks: a sentence in `text`. Returns `text`; NULL: no more. */
const char *machine_doubt(const machine_state *before, const machine_state *after, int k, char text[MACHINE_TEXT_SIZE]);

#endif
