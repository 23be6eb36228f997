/*
 * region.h: memory that other processes of this host can have too. It is a memfd: no file system has a name of it, so nothing can be left
 * behind, whatever dies. Another process opens it as /proc/PID/fd/N of its owner, for which both need the same user. The name says where.
 * Whoever attaches a region checks that what it opened is that region, and that its size can't change. Where there can be no memfd, a
 * region is memory of this process alone.
 */
#ifndef RPI_BASE_REGION_H
#define RPI_BASE_REGION_H

#include <rankpool/error.h>

#include <stdbool.h>

/* Where another process of the host finds a region. It is sent as it is. */
typedef struct rpi_region_name {
    uint64_t machine; /* a sum of boot, host name and pid namespace: processes with another one can't find it. 0: nobody can */
    uint64_t process, descriptor;
    uint64_t size;     /* bytes */
    uint64_t token[2]; /* random; the file begins with it */
} rpi_region_name;

typedef struct rpi_region {
    char *base;
    rpi_region_name name;
    int descriptor;    /* of the owner; -1: attached, or memory of this process alone */
    bool is_read_only; /* in this process */
    bool is_sealed;    /* in all: its contents never change */
} rpi_region;

/* A sum of boot, host name and pid namespace. 0: not known. */
uint64_t rpi_region_machine(void);

/* Makes a region of `size` bytes, at least one page, all 0, aligned to pages. Its memory is there when this returns: a lack shows here, not
 * at the first use. Without `shared` it is memory of this process alone, and comes as it is touched. RP_OK; RP_NO_MEMORY, with a text that
 * says how much there is. */
rp_status rpi_region_create(size_t size, bool shared, rpi_region *region, rp_error *error);

/* Seals it: nobody can write to it from here on, not even its owner. Before its name is given to anybody. The base may move. RP_OK;
 * RP_SYSTEM: the region is of no use any more. */
rp_status rpi_region_make_read_only(rpi_region *region, rp_error *error);

/* Maps a region of another process; with `may_write` to write to, unless it is read-only. Nothing in the name is trusted. Doesn't block.
 * RP_OK; RP_UNSUPPORTED (it can't be reached from here); RP_NO_MEMORY. */
rp_status rpi_region_attach(const rpi_region_name *name, bool may_write, rpi_region *region, rp_error *error);

/* Whether its owner still has it. */
bool rpi_region_is_there(const rpi_region_name *name);

/* Unmaps it, and closes its file. The memory of an owner's region goes at once; that of a sealed one with the last process that has it. */
void rpi_region_fini(rpi_region *region);

static inline bool rpi_region_is_shared(const rpi_region *region) { return region->name.machine != 0; }

#endif
