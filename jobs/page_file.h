/*
 * page_file.h: pages as files of one directory: names that fit any address, and writing that never shows half a page.
 * The job `fetch` uses it; it knows nothing of curl or the pool.
 */
#ifndef RANKPOOL_PAGE_FILE_H
#define RANKPOOL_PAGE_FILE_H

#include <stddef.h>

#define PAGE_NAME_SIZE 128 /* bytes, with the final NUL */

/* Where the host begins in an address as "http://user:password@host/path": what may be shown to people and used in names. */
const char *page_host(const char *address);

/* The file name of an address: its host and path as far as they fit, with "_" for all but letters, digits, "." and "-", and a hash of
 * the whole address. The same address has the same name in every run; different addresses have different names. */
void page_name(const char *address, char name[PAGE_NAME_SIZE]);

/* Creates `path` (not its parents) unless it is there, and opens it. Returns a descriptor for page_write, which close() ends; or -1 with
 * errno set, ENOTDIR when it is something else than a directory. */
int page_directory_open(const char *path);

/* Puts `size` bytes into the file `name` of the directory: first under a temporary name of their own, then renamed, so the file is always a
 * whole page, whoever else writes it. Returns 0, or an errno: then the temporary file is gone and `name` is as it was. */
int page_write(int directory, const char *name, const void *data, size_t size);

/* Tries whether page_write could work, by making and removing an empty temporary file. Returns 0 or an errno. */
int page_directory_try(int directory);

#endif
