/*
 * page_file.h: pages as files of one directory: names that fit any address, and writing that never shows half a page. Used by the job
 * `fetch`; independent of curl and the pool.
 */
#ifndef RANKPOOL_PAGE_FILE_H
#define RANKPOOL_PAGE_FILE_H

#include <stddef.h>

#define PAGE_NAME_SIZE      160  /* bytes, with the final 0 */
#define PAGE_PATH_SIZE      1024 /* of a name with folders, with the final 0 */
#define PAGE_TEMPORARY_SIZE 64
#define PAGE_HASH_SIZE      41

/* Where the host begins in an address as "http://user:password@host/path". From there on it may be used in names. */
const char *page_host(const char *address);

/* How many bytes at the end of a last part of a path say what kind of file it is: ".html", ".tar.gz"; 0: none do. */
size_t page_extension_size(const char *name, size_t size);

/* The cryptographic hash of an address without its user information, as hexadecimal digits. Returns 1; or 0 as page_name. */
int page_hash(const char *address, char hash[PAGE_HASH_SIZE], const char **why);

/* Makes the file name of an address: its host and path as far as they fit, with "_" for all but letters, digits, "." and "-", and a
 * cryptographic hash of the address without its user information. An address has the same name in every run, and nobody can find two
 * addresses with one name. What kind of file it is stands last: "…-HASH.tar.gz". Returns 1; or 0: there is no such hash, and `*why` (static
 * text) says why. Any thread. */
int page_name(const char *address, char name[PAGE_NAME_SIZE], const char **why);

/* Creates the directory `path` (not its parents) unless it exists, and opens it. Returns a descriptor, which close() ends;
 * or -1 with errno set, ENOTDIR when `path` isn't a directory. */
int page_directory_open(const char *path);

/* Opens the folder `path` (its first `size` bytes) within the directory, and makes what is missing of it if `makes`. Links on the way
 * aren't followed. Returns a descriptor, which close() ends; or -1 with errno set. */
int page_folder_open(int directory, const char *path, size_t size, int makes);

/* Whether the directory may have parts of pages (NAME.part) that can be continued. Looks at some thousand names at most. */
int page_directory_may_have_parts(int directory);

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

/* The same for a name that isn't there yet, as far as the caller knows; so it takes less time. */
int page_write_new(int directory, const char *name, const void *data, size_t size, page_label *label, const void *argument);

/* Checks that pages can be written, by making and removing an empty temporary file. Returns 0 or an errno. */
int page_directory_try(int directory);

#endif
