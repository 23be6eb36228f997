/*
 * countdown.h: how much of a command's work is left, on standard error: one line on a terminal, and elsewhere a line every 10 s. It never
 * has more columns than the terminal.
 */
#ifndef RANKPOOL_CLI_COUNTDOWN_H
#define RANKPOOL_CLI_COUNTDOWN_H

#include <stddef.h>

typedef struct countdown {
    const char *command, *job;
    int is_wanted, is_terminal, is_shown;
    double next_s; /* when a line is due */
} countdown;

enum { COUNTDOWN_SIZE = 160 };

/* "compare fetch: 12 of 180 runs, about 40 s left"; with fewer columns less of it. 0 columns: no limit. Returns `text`. */
const char *countdown_text(const countdown *shown, size_t done, size_t all, double left_s, int columns, char text[COUNTDOWN_SIZE]);

/* `job` is borrowed. */
void countdown_begin(countdown *shown, int is_wanted, const char *command, const char *job);
void countdown_show(countdown *shown, size_t done, size_t all, double left_s, double now_s);

/* Takes the line off the terminal. */
void countdown_end(countdown *shown);

#endif
