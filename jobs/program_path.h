/*
 * program_path.h: where the program of a command is. A search in PATH is a failed exec for each folder before the right one, in a process
 * that was made for the command. A run's commands mostly are one program, so it is looked for once.
 */
#ifndef RANKPOOL_JOBS_PROGRAM_PATH_H
#define RANKPOOL_JOBS_PROGRAM_PATH_H

#include <limits.h>

/* Zeroed: nothing is known. */
typedef struct program_path {
    char name[NAME_MAX + 1], path[PATH_MAX]; /* the program that was asked for last; an empty path: it has to be searched for */
} program_path;

/* Where a program is, by the folders of PATH; valid until another one is asked for. NULL: exec has to search, as the name has a slash, a
 * folder of PATH isn't absolute, or there is no such program. What is found may be gone later, or be nothing that exec takes: then too. */
const char *program_path_find(program_path *self, const char *name);

#endif
