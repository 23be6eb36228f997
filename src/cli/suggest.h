/*
 * suggest.h: "did you mean". The name that was meant is the nearest one: a letter that is missing, too much, another one, or two that have
 * changed places count 1 each. What is further away than 2, or than a third of the length, is no typing mistake. Nothing is run for it.
 */
#ifndef RANKPOOL_CLI_SUGGEST_H
#define RANKPOOL_CLI_SUGGEST_H

#include <stddef.h>

/* Names one by one: name k, or NULL when there are no more. `among` is whose names they are. */
typedef const char *suggest_names(const void *among, size_t k);

/* The nearest name of those, the first one where several are as near. NULL: none is near, or it is one of them. */
const char *suggest_nearest(const char *given, suggest_names *names, const void *among);

/* The end of a message about an unknown name: "did you mean compute?", else "there are: compute, fetch"; shortened to fit. Returns `text`.
 */
#define SUGGEST_SIZE 400
const char *suggest_text(const char *given, suggest_names *names, const void *among, char text[SUGGEST_SIZE]);

#endif
