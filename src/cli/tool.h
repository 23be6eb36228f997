/* tool.h: runs a program of the batch system and takes what it prints. */
#ifndef RANKPOOL_CLI_TOOL_H
#define RANKPOOL_CLI_TOOL_H

#include <stddef.h>

enum { TOOL_MISSING = -1, TOOL_TOO_LONG = -2 };

/* Runs argv[0], looked for in PATH, with `input` (NULL: none) on its standard input, and this process's standard error. What it prints goes
 * to `output`, `size` bytes with a 0 at the end; more is dropped. After `limit_s` seconds it is killed. Returns its exit status, 128 + N
 * after signal N; TOOL_MISSING with errno: it couldn't be started; TOOL_TOO_LONG. */
int tool_run(const char *const argv[], const char *input, char *output, size_t size, double limit_s);

#endif
