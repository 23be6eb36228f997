/*
 * disk.h: what the two parts of the library `disk` share. It is loaded into the program by LD_PRELOAD, and stands between it and some
 * paths: disk.c makes the n-th call on them fail, power_cut.c knows what of them is on the disk.
 */
#ifndef TESTS_TORTURE_DISK_H
#define TESTS_TORTURE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What power_cut.c needs of the C library, past disk.c. */
int disk_open(const char *path, int flags, int mode);
void disk_close(int file);
ssize_t disk_write(int file, const void *bytes, size_t size);
ssize_t disk_pread(int file, void *bytes, size_t size, off_t at);

/* The folder as it is now is on the disk. Files beside it are known by their paths. */
void power_cut_begin(const char *folder, const char *beside, const char *shadow);
/* A file was made anew, or emptied. */
void power_cut_made(int file);
/* Something was synced: one of the files, the folder, or the folder that it lies in; others don't matter. */
void power_cut_synced(int file, const char *path);
/* Makes the folder, and the file beside it, what a power cut would leave. Torn: names are as they were last, and of what wasn't synced some
 * pages are there, and others are zeros. Otherwise all that wasn't synced is gone, names too. */
void power_cut_happen(bool is_torn);

#endif
