/* host_list.h: names of hosts, each once, in the order in which they came. One thread. */
#ifndef RANKPOOL_CLI_HOST_LIST_H
#define RANKPOOL_CLI_HOST_LIST_H

#include <stddef.h>
#include <stdio.h>

enum { HOST_LIST_SHOWN = 8 };

/* All 0 is one without hosts; host_list_fini frees it. */
typedef struct host_list {
    char **names; /* n, each the list's own */
    size_t n, room;
} host_list;

void host_list_fini(host_list *self);

/* Adds a host, if it isn't there yet. What there is no memory for is left out. */
void host_list_add(host_list *self, const char *name, size_t size);

/* Adds the words of a text: each `step`-th one, as others say something else of the host. */
void host_list_add_words(host_list *self, const char *text, size_t step);

/* Adds the first word of each line of a file. Returns 0: it can't be read. */
int host_list_add_lines(host_list *self, const char *path);

/* The first few names, with commas between, fit to be printed. */
void host_list_print(const host_list *self, FILE *file);

#endif
