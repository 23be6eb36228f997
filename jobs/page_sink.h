/*
 * page_sink.h: where the bytes of a page go while they come: into memory at first, and to disk once there are many. A page that is to be
 * seen gets its name by a rename at the end. Memory doesn't grow with the page. Independent of curl and the pool.
 */
#ifndef RANKPOOL_PAGE_SINK_H
#define RANKPOOL_PAGE_SINK_H

#include "page_file.h"
#include "page_memo.h"

#include <limits.h>
#include <stdint.h>

enum { PAGE_IN_MEMORY = 64 << 10 };

typedef struct page_sink {
    int writes;                /* 0: bytes are counted and dropped */
    int directory;             /* its descriptor, borrowed */
    int folder;                /* that of the file's folder within it, if it has one; -1: it isn't open, and may not be there */
    char path[PAGE_PATH_SIZE]; /* the page's file, from the directory on */
    const char *name;          /* its last part */
    char *memory;              /* of PAGE_IN_MEMORY bytes, kept from page to page; NULL: not needed yet */
    int64_t size;              /* bytes so far */
    int file;                  /* -1: all bytes are in memory */
    char temporary[NAME_MAX + 1];
    int is_part; /* the file has the name that a later run looks for */
    int is_new;  /* nothing had the page's name when it began */
} page_sink;

void page_sink_init(page_sink *sink);
void page_sink_fini(page_sink *sink);

/* Begins a page with nothing, in the directory with that descriptor; -1: bytes are counted and dropped. `path` has its file's name. What
 * was there before must have been finished or abandoned. A folder is made when the first bytes are to be written. */
void page_sink_begin(page_sink *sink, int directory);

/* Where the page's file is, if its folder is there: a descriptor, for the name. -1: it isn't, or nothing is written. */
int page_sink_place(const page_sink *sink);

/* Takes up what an earlier transfer of this page left, if it is known by what it can be continued: `*memo`, and sink->size bytes. Returns
 * 1, or 0: there is nothing of that kind. */
int page_sink_resume(page_sink *sink, page_memo *memo);

/* Forgets the bytes so far. Returns 0 or an errno. */
int page_sink_restart(page_sink *sink);

/* Appends bytes. `memo` is kept with a file, when one is begun. Returns 0 or an errno. */
int page_sink_append(page_sink *sink, const void *data, size_t size, const page_memo *memo);

/* All bytes are there: gives the page its name, and writes it `writes` times in all. `modified`: the file's time, 0 for now. Returns 0 or
 * an errno; then the page hasn't its name. */
int page_sink_finish(page_sink *sink, int64_t writes, const page_memo *memo, int64_t modified);

/* The page isn't whole. `keep`: what is on disk stays for a later transfer. */
void page_sink_abandon(page_sink *sink, int keep);

/* Nothing is to be done for this page any more. */
void page_sink_end(page_sink *sink);

#endif
