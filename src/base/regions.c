/* regions.c: see regions.h. The list is short, and a look at its first entries costs less than any call. */
#include "base/regions.h"

#include "base/error.h"
#include "base/list.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    rpi_region region; /* first */
    rpi_list_link link;
    bool is_own;
    bool is_kept;   /* by its maker, or since it was attached */
    unsigned users; /* the one that keeps it is one of them */
} entry;

static struct {
    pthread_mutex_t mutex; /* guards the list and its entries */
    rpi_list entries;
    _Atomic unsigned n; /* so that calls of programs that have no regions needn't take the mutex */
    _Atomic uint64_t n_gone;
} table = {.mutex = PTHREAD_MUTEX_INITIALIZER, .entries = {{&table.entries.ends, &table.entries.ends}}};

static entry *entry_at(rpi_list_link *link) { return RPI_ENTRY(link, entry, link); }

static bool has_bytes(const rpi_region *region, const void *address, size_t size)
{
    uintptr_t at = (uintptr_t)address, base = (uintptr_t)region->base;
    return at >= base && at - base < region->name.size && size <= region->name.size - (at - base);
}

/* ---- with the mutex held ---- */

static entry *find(const void *address, size_t size)
{
    RPI_LIST_EACH(at, &table.entries)
        if (has_bytes(&entry_at(at)->region, address, size)) return entry_at(at);
    return NULL;
}

static entry *find_token(const uint64_t token[2])
{
    RPI_LIST_EACH(at, &table.entries) {
        const rpi_region *region = &entry_at(at)->region;
        if (rpi_region_is_shared(region) && memcmp(region->name.token, token, sizeof region->name.token) == 0) return entry_at(at);
    }
    return NULL;
}

static void add(entry *new)
{
    rpi_list_add_first(&table.entries, &new->link);
    atomic_fetch_add(&table.n, 1);
}

/* Returns an entry that is to be freed, without the mutex, as unmapping takes its time. NULL: it has users left. */
static entry *drop_user(entry *of)
{
    if (--of->users > 0) return NULL;
    rpi_list_remove(&of->link);
    atomic_fetch_sub(&table.n, 1);
    atomic_fetch_add(&table.n_gone, 1);
    return of;
}

static entry *stop_keeping(entry *of)
{
    if (!of || !of->is_kept) return NULL;
    of->is_kept = false;
    return drop_user(of);
}

/* ---- without it ---- */

static void free_entry(entry *gone)
{
    if (!gone) return;
    rpi_region_fini(&gone->region);
    free(gone);
}

static bool is_empty(void) { return atomic_load_explicit(&table.n, memory_order_acquire) == 0; }

/* ---- made here ---- */

static rp_status fill(rpi_region *region, const void *contents, size_t size, rp_error *error)
{
    if (!contents) return RP_OK;
    memcpy(region->base, contents, size);
    rp_status status = rpi_region_make_read_only(region, error);
    if (status != RP_OK) rpi_region_fini(region);
    return status;
}

rp_status rpi_regions_make(size_t size, const void *contents, bool shared, char **base, rp_error *error)
{
    entry *new = calloc(1, sizeof *new);
    if (!new) return rpi_error_no_memory(error);
    rp_status status = rpi_region_create(size, shared, &new->region, error);
    if (status == RP_OK) status = fill(&new->region, contents, size, error);
    if (status != RP_OK) {
        free(new);
        return status;
    }
    new->is_own = new->is_kept = true;
    new->users = 1;
    *base = new->region.base;
    pthread_mutex_lock(&table.mutex);
    add(new);
    pthread_mutex_unlock(&table.mutex);
    return RP_OK;
}

/* With the mutex held. NULL: no region of this process begins there, or its maker doesn't use it any more. */
static entry *find_own(const void *base)
{
    entry *found = find(base, 0);
    return found && found->is_own && found->is_kept && found->region.base == base ? found : NULL;
}

rp_status rpi_regions_seal(char **base, rp_error *error)
{
    pthread_mutex_lock(&table.mutex);
    entry *found = find_own(*base), *gone = NULL;
    rp_status status = found ? rpi_region_make_read_only(&found->region, error) : RP_USAGE;
    if (status == RP_OK) *base = found->region.base;
    else gone = stop_keeping(found);
    pthread_mutex_unlock(&table.mutex);
    free_entry(gone);
    return status;
}

void rpi_regions_free(const void *base)
{
    if (!base || is_empty()) return;
    pthread_mutex_lock(&table.mutex);
    entry *gone = stop_keeping(find_own(base));
    pthread_mutex_unlock(&table.mutex);
    free_entry(gone);
}

/* ---- made elsewhere ---- */

static entry *attach_new(const rpi_region_name *name, bool may_write, rp_status *status, rp_error *error)
{
    entry *new = calloc(1, sizeof *new);
    *status = new ? rpi_region_attach(name, may_write, &new->region, error) : rpi_error_no_memory(error);
    if (*status != RP_OK) {
        free(new);
        return NULL;
    }
    new->is_kept = true;
    new->users = 1;
    add(new);
    return new;
}

/* The mutex is held while the region is mapped, so that it is mapped once. */
rp_status rpi_regions_attach(const rpi_region_name *name, bool may_write, const rpi_region **region, rp_error *error)
{
    rp_status status = RP_OK;
    pthread_mutex_lock(&table.mutex);
    entry *found = find_token(name->token);
    if (!found) found = attach_new(name, may_write, &status, error);
    if (found) found->users++;
    pthread_mutex_unlock(&table.mutex);
    if (found) *region = &found->region;
    return status;
}

void rpi_regions_release(const rpi_region *region)
{
    if (!region) return;
    pthread_mutex_lock(&table.mutex);
    entry *gone = drop_user((entry *)(uintptr_t)region);
    pthread_mutex_unlock(&table.mutex);
    free_entry(gone);
}

void rpi_regions_forget(const uint64_t token[2])
{
    pthread_mutex_lock(&table.mutex);
    entry *found = find_token(token), *gone = found && !found->is_own ? stop_keeping(found) : NULL;
    pthread_mutex_unlock(&table.mutex);
    free_entry(gone);
}

static bool is_anything(const rpi_region *region)
{
    (void)region;
    return true;
}

static bool is_gone(const rpi_region *region) { return !rpi_region_is_there(&region->name); }

static void forget_those(bool (*are)(const rpi_region *region))
{
    pthread_mutex_lock(&table.mutex);
    RPI_LIST_EACH_SAFE(at, following, &table.entries)
        if (!entry_at(at)->is_own && are(&entry_at(at)->region)) free_entry(stop_keeping(entry_at(at)));
    pthread_mutex_unlock(&table.mutex);
}

void rpi_regions_forget_all(void) { forget_those(is_anything); }
void rpi_regions_forget_gone(void) { forget_those(is_gone); }

/* ---- looked up ---- */

bool rpi_regions_name(const void *address, size_t size, rpi_region_name *name, uint64_t *offset)
{
    if (is_empty()) return false;
    pthread_mutex_lock(&table.mutex);
    const entry *found = find(address, size);
    bool is_found = found && rpi_region_is_shared(&found->region);
    if (is_found) {
        *name = found->region.name;
        *offset = (uint64_t)((const char *)address - found->region.base);
    }
    pthread_mutex_unlock(&table.mutex);
    return is_found;
}

static bool name_here(const void *argument, const void *address, size_t size, rpi_region_name *name, uint64_t *offset)
{
    (void)argument;
    return rpi_regions_name(address, size, name, offset);
}

const rpi_namer rpi_namer_here = {name_here, NULL};

bool rpi_regions_hold(const void *address, size_t size)
{
    if (is_empty()) return false;
    pthread_mutex_lock(&table.mutex);
    entry *found = find(address, size);
    bool is_held = found && found->region.is_sealed;
    if (is_held) found->users++;
    pthread_mutex_unlock(&table.mutex);
    return is_held;
}

bool rpi_regions_let_go(const void *address)
{
    if (is_empty()) return false;
    pthread_mutex_lock(&table.mutex);
    entry *found = find(address, 0), *gone = found ? drop_user(found) : NULL;
    pthread_mutex_unlock(&table.mutex);
    free_entry(gone);
    return found;
}

bool rpi_regions_has(const uint64_t token[2])
{
    pthread_mutex_lock(&table.mutex);
    bool has = find_token(token);
    pthread_mutex_unlock(&table.mutex);
    return has;
}

uint64_t rpi_regions_n_gone(void) { return atomic_load(&table.n_gone); }
