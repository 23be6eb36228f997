/* library.h: libraries that are loaded when a job first needs them. At the start of the program they would cost more than all else. */
#ifndef RANKPOOL_LIBRARY_H
#define RANKPOOL_LIBRARY_H

#include <stdbool.h>

#define LIBRARY_REASON_SIZE 256

/* Loads the library with that file name, for good. NULL: it can't be loaded, and `reason` says why. */
void *library_open(const char *name, char reason[LIBRARY_REASON_SIZE]);

/* Stores the address of a function of the library in the function pointer at `function`. False: it has none of that name, and `reason`
 * says so. */
bool library_take(void *library, const char *name, const char *function_name, void *function, char reason[LIBRARY_REASON_SIZE]);

#endif
