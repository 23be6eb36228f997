/*
 * cgroup.h: what the control groups of this process, and those above them, allow it of the machine's cores and memory. Versions 1 and 2 are
 * read, and machines that have both. Groups are found where /proc says that they are mounted.
 */
#ifndef RPI_BASE_CGROUP_H
#define RPI_BASE_CGROUP_H

/* The tightest CPU quota, in cores. 0: there is none, or it can't be read. `top` is put before each path: "" for the real files. */
double rpi_cgroup_quota(const char *top);

/* How many cores the group may be run on, whatever mask this process has. 0: not known. */
int rpi_cgroup_cores(const char *top);

/* How many bytes the tightest limit of memory leaves, at least 1. 0: there is none, or it can't be read. */
double rpi_cgroup_memory_left(const char *top);

#endif
