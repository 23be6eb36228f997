/*
 * regions.h: the regions (region.h) of this process: those that it made, and those of other processes that it attached. An address is
 * looked up here, whoever's call it is in. So the table is the process's, as its address space is. Any thread may call these functions.
 *
 * A region has users: who made or attached it, calls with constants in it, chunks that run on it. The last one that releases it unmaps it.
 * An attached region is kept beyond its users, as it is likely to be used again, until rpi_regions_forget.
 */
#ifndef RPI_BASE_REGIONS_H
#define RPI_BASE_REGIONS_H

#include "base/region.h"

/* Makes a region (rpi_region_create), and sets `*base` to its memory. With `contents` it is a sealed copy of these `size` bytes. Its maker
 * is its user until rpi_regions_free(base). RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_regions_make(size_t size, const void *contents, bool shared, char **base, rp_error *error);

/* The same in two steps, for contents that come later: rpi_regions_make without contents, then this. `*base` may move. RP_OK; RP_SYSTEM:
 * the region is gone. */
rp_status rpi_regions_seal(char **base, rp_error *error);

/* Ends its maker's use of the region that begins at `base`. Does nothing when no region of this process does. */
void rpi_regions_free(const void *base);

/* The memory of a region of any process, and one more user of it. RP_OK, RP_UNSUPPORTED, RP_NO_MEMORY (rpi_region_attach). */
rp_status rpi_regions_attach(const rpi_region_name *name, bool may_write, const rpi_region **region, rp_error *error);
void rpi_regions_release(const rpi_region *region);

/* An attached region isn't kept any more. Does nothing when it isn't known, or is this process's own. */
void rpi_regions_forget(const uint64_t token[2]);
/* Forgets all that are attached; those that their owners don't have any more. */
void rpi_regions_forget_all(void);
void rpi_regions_forget_gone(void);

/* The name of the shared region that has these bytes, and where they are in it. False: there is none. */
bool rpi_regions_name(const void *address, size_t size, rpi_region_name *name, uint64_t *offset);

/* Where memory is in a region, for another process. It is sent as it is. */
typedef struct rpi_place {
    rpi_region_name region;
    uint64_t offset, stride_bytes;
} rpi_place;

/* Says which name memory has for the process that something is sent to. */
typedef struct rpi_namer {
    /* False: that process can't have it. */
    bool (*name)(const void *argument, const void *address, size_t size, rpi_region_name *name, uint64_t *offset);
    const void *argument;
} rpi_namer;

/* The names that this process uses itself: rpi_regions_name. */
extern const rpi_namer rpi_namer_here;

/* One more user of the sealed region that has these bytes. False: there is none. */
bool rpi_regions_hold(const void *address, size_t size);
/* Ends such a use. False: the address is in no region. */
bool rpi_regions_let_go(const void *address);

/* Whether the region is still in the table; and how many regions have left it. */
bool rpi_regions_has(const uint64_t token[2]);
uint64_t rpi_regions_n_gone(void);

#endif
