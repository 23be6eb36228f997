/* ranges.h: many numbers, or many hosts, in few words: "0-3,8", "n[001-100],login". */
#ifndef RANKPOOL_CLI_RANGES_H
#define RANKPOOL_CLI_RANGES_H

#define RANGES_SIZE 160

/* Write `n` numbers in ascending order, or names of hosts. What doesn't fit is left out, and the text ends in "…". Return `text`. */
const char *ranges_of_numbers(const int *numbers, int n, char text[RANGES_SIZE]);
const char *ranges_of_hosts(const char *const *hosts, int n, char text[RANGES_SIZE]);

#endif
