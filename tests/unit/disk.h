/*
 * disk.h: the disk of the journal's tests. A folder for a test; and system calls that fail, are cut short or are remembered. The programs
 * that use it are linked such that the library's calls come here first.
 */
#ifndef UNIT_DISK_H
#define UNIT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum disk_call {
    DISK_PWRITE,
    DISK_WRITE,
    DISK_FDATASYNC,
    DISK_FSYNC,
    DISK_RENAME,
    DISK_OPEN,
    DISK_CLOSE,
    DISK_FLOCK,
    DISK_CALLS
} disk_call;

/* A new folder, and the path of a journal in it that isn't there yet; disk_end removes all of it, and lets calls succeed again. */
const char *disk_begin(void);
void disk_end(void);

/* A path of the journal's file; valid until the fourth call after it. */
const char *disk_path(const char *name);
/* Reads a file, which the caller frees; or writes one. */
uint8_t *disk_read(const char *name, size_t *size);
void disk_write(const char *name, const void *bytes, size_t size);

/* The n-th call from now on fails with that errno, counted from 1; n negative: that and all later ones. 0: none does. Calls of other kinds
 * go on as they were told. A write that fails writes half of its bytes first. */
void disk_fail(disk_call call, int n, int code);
/* Each write is cut to that many bytes; 0: it isn't. */
void disk_cut(size_t most);
/* Calls of a kind wait as long as it is set; disk_held is 1 while one does. */
void disk_hold(disk_call call, bool hold);
bool disk_is_held(void);
/* How many there were since disk_begin. */
int disk_count(disk_call call);

/* A write, with a copy of its bytes, or the end of a sync (bytes NULL), as they came. */
typedef struct disk_event {
    uint64_t offset;
    size_t size;
    uint8_t *bytes;
} disk_event;

/* Remembers pwrite and fdatasync from now on, until disk_end. */
void disk_remember(void);
const disk_event *disk_events(size_t *n);

#endif
