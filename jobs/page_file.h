/*
 * page_file.h: pages as files of one directory: names that fit any address, and writing that never shows half a page. Used by the job
 * `fetch`; independent of curl and the pool.
 */
#ifndef RANKPOOL_PAGE_FILE_H
#define RANKPOOL_PAGE_FILE_H

#include <stddef.h>

#define PAGE_NAME_SIZE      160 /* bytes, with the final 0 */
#define PAGE_TEMPORARY_SIZE 64

/* Where the host begins in an address as "http://user:password@host/path". From there on it may be used in names. */
const char *page_host(const char *address);

/* Makes the file name of an address: its host and path as far as they fit, with "_" for all but letters, digits, "." and "-", and a
 * cryptographic hash of the address without its user information. An address has the same name in every run, and nobody can find two
 * addresses with one name. What kind of file it is stands last: "…-HASH.tar.gz". Returns 1; or 0: there is no such hash, and `*why` (static
 * text) says why. Any thread. */
int page_name(const char *address, char name[PAGE_NAME_SIZE], const char **why);

/* Creates the directory `path` (not its parents) unless it exists, and opens it. Returns a descriptor, which close() ends;
 * or -1 with errno set, ENOTDIR when `path` isn't a directory. */
int page_directory_open(const char *path);

/* Makes a file that no other process has, with the permissions of the user's umask and a random name that begins with a dot. Returns its
 * descriptor, or -1 with errno set. */
int page_temporary(int directory, char name[PAGE_TEMPORARY_SIZE]);

/* Writes all bytes. Returns 0 or an errno. */
int page_write_all(int file, const void *bytes, size_t size);

/* Writes `size` bytes to the file `name` of the directory, first under a random temporary name, then renamed. So the file is always a
 * complete page, whatever other processes write. `label` is called for the file before it gets its name; NULL: nothing is. Returns 0, or an
 * errno; then the temporary file is removed and `name` is unchanged. */
typedef void page_label(int file, const void *argument);
int page_write(int directory, const char *name, const void *data, size_t size, page_label *label, const void *argument);

/* Checks that pages can be written, by making and removing an empty temporary file. Returns 0 or an errno. */
int page_directory_try(int directory);

#endif
