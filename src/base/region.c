/* region.c: see region.h. The file begins with a head, which has the token and is mapped by nobody. A page of it is there. */
#include "base/region.h"

#include "base/descriptor.h"
#include "base/error.h"
#include "base/huge_pages.h"
#include "base/memory_left.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = RPI_HUGE_PAGE };

static const size_t most_size = (size_t)INT64_MAX - 2 * HEAD;
static const uint64_t small_size = 1 << 20; /* what may be missing of it needn't be looked up */
static const char link_begin[] = "/memfd:rankpool-region";

/* ---- the machine ---- */

static uint64_t add_bytes(uint64_t sum, const void *data, size_t size)
{
    for (const unsigned char *at = data; size-- > 0; at++) sum = (sum ^ *at) * UINT64_C(0x100000001b3);
    return sum;
}

/* 0: it isn't known. */
static uint64_t find_machine(void)
{
    struct stat namespace;
    char boot[64] = "", host[RP_ERROR_HOST_SIZE] = "";
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, boot, sizeof boot);
    if (fd >= 0) close(fd);
    if (got <= 0 || stat("/proc/self/ns/pid", &namespace)) return 0;
    rpi_host_name(host, sizeof host);
    uint64_t sum = add_bytes(UINT64_C(0xcbf29ce484222325), boot, sizeof boot);
    sum = add_bytes(sum, &namespace.st_ino, sizeof namespace.st_ino);
    sum = add_bytes(sum, host, strlen(host));
    return sum ? sum : 1;
}

/* Found once; a process stays where it is. */
uint64_t rpi_region_machine(void)
{
    static _Atomic uint64_t known;
    uint64_t found = atomic_load(&known);
    if (found == 0) atomic_store(&known, found = find_machine());
    return found;
}

/* ---- making ---- */

static size_t round_up(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (size + (size == 0) + page - 1) / page * page;
}

static rp_status lacks_memory(size_t size, rp_error *error)
{
    return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory: %zu bytes can't be had", size);
}

/* Taking more than there is wouldn't fail; the kernel would kill somebody. */
static rp_status check_memory_left(size_t size, rp_error *error)
{
    const char *limited_by;
    uint64_t left = size > small_size ? rpi_memory_left("", &limited_by) : UINT64_MAX;
    if (size <= left) return RP_OK;
    return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory: %zu bytes are wanted, %llu are left (%s)", size,
                        (unsigned long long)left, limited_by);
}

/* Growing a file beyond the limit of its size would end the process by a signal. */
static bool may_be_a_file(size_t size)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur == RLIM_INFINITY || size + HEAD <= limit.rlim_cur;
}

static void *map(int fd, size_t size, int access, int sharing) { return rpi_huge_pages_map(fd, size, access, sharing, HEAD); }

static void *map_to_write(int fd, size_t size) { return map(fd, size, PROT_READ | PROT_WRITE, MAP_SHARED); }

/* Before Linux 6.7 a file that nobody may write to can't be mapped as shared, not even to be read. A private view of what nobody changes
 * is the same memory. */
static void *map_sealed(int fd, size_t size) { return map(fd, size, PROT_READ, MAP_PRIVATE); }

/* Sets `*base` to the mapped file, with all its memory. Returns 0, or an errno: it may be mapped nevertheless. */
static int fill_file(int fd, size_t size, const uint64_t *token, char **base)
{
    if (ftruncate(fd, (off_t)(HEAD + size))) return errno;
    if (pwrite(fd, token, 2 * sizeof *token, 0) != (ssize_t)(2 * sizeof *token)) return errno ? errno : EIO;
    *base = map_to_write(fd, size);
    if (!*base) return ENOMEM;
    rpi_huge_pages_make(fd, *base, size, HEAD);
    while (fallocate(fd, 0, HEAD, (off_t)size))
        if (errno != EINTR) return errno;
    return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) ? errno : 0;
}

/* Memory of this process alone. */
static rp_status make_private(size_t size, rpi_region *region, rp_error *error)
{
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return lacks_memory(size, error);
    rpi_huge_pages_wish(base, size);
    *region = (rpi_region){.base = base, .name = {.size = size}, .descriptor = -1};
    return RP_OK;
}

/* RP_UNSUPPORTED: it can't be a file. */
static rp_status make_shared(size_t size, rpi_region *region, rp_error *error)
{
    rpi_region_name name = {.machine = rpi_region_machine(), .process = (uint64_t)getpid(), .size = size};
    bool can = name.machine && may_be_a_file(size) && getrandom(name.token, sizeof name.token, GRND_NONBLOCK) == sizeof name.token;
    int fd = can ? rpi_descriptor_move_up(memfd_create(link_begin + strlen("/memfd:"), MFD_CLOEXEC | MFD_ALLOW_SEALING)) : -1;
    if (fd < 0) return RP_UNSUPPORTED;
    char *base = NULL;
    rp_status status = check_memory_left(size, error);
    int code = status == RP_OK ? fill_file(fd, size, name.token, &base) : 0;
    if (status == RP_OK && code == 0) {
        name.descriptor = (uint64_t)fd;
        *region = (rpi_region){.base = base, .name = name, .descriptor = fd};
        return RP_OK;
    }
    if (base) (void)munmap(base, size);
    close(fd);
    if (code == ENOSYS || code == EOPNOTSUPP || code == EPERM) return RP_UNSUPPORTED;
    return status == RP_OK ? lacks_memory(size, error) : status;
}

rp_status rpi_region_create(size_t size, bool shared, rpi_region *region, rp_error *error)
{
    if (size > most_size) return lacks_memory(size, error);
    size = round_up(size);
    rp_status status = shared ? make_shared(size, region, error) : RP_UNSUPPORTED;
    return status == RP_UNSUPPORTED ? make_private(size, region, error) : status;
}

/* A file that is mapped to be written to can't be sealed. */
static int seal(rpi_region *region)
{
    (void)munmap(region->base, (size_t)region->name.size);
    region->base = NULL;
    if (fcntl(region->descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL)) return errno;
    region->base = map_sealed(region->descriptor, (size_t)region->name.size);
    return region->base ? 0 : errno;
}

rp_status rpi_region_make_read_only(rpi_region *region, rp_error *error)
{
    int code = 0;
    if (region->descriptor >= 0) code = seal(region);
    else if (mprotect(region->base, (size_t)region->name.size, PROT_READ)) code = errno;
    if (code) return rpi_error_system(error, code, "making shared memory read-only");
    region->is_read_only = region->is_sealed = true;
    return RP_OK;
}

/* ---- attaching ---- */

static rp_status unreachable(rp_error *error)
{
    return rp_error_set(error, RP_UNSUPPORTED, 0, "memory of another process of this host can't be reached");
}

/* What is at that number may be anything by now, and to open it might block or do harm. */
static int open_file(const rpi_region_name *name, bool may_write)
{
    char path[64], link[sizeof link_begin];
    snprintf(path, sizeof path, "/proc/%lld/fd/%lld", (long long)name->process, (long long)name->descriptor);
    ssize_t length = readlink(path, link, sizeof link);
    if (length != (ssize_t)sizeof link || memcmp(link, link_begin, sizeof link_begin - 1) != 0) return -1;
    return rpi_descriptor_move_up(open(path, (may_write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK));
}

static bool is_that_file(int fd, const rpi_region_name *name, int *seals)
{
    struct stat file;
    uint64_t token[2];
    *seals = fcntl(fd, F_GET_SEALS);
    bool fixed = *seals >= 0 && (*seals & (F_SEAL_SHRINK | F_SEAL_GROW)) == (F_SEAL_SHRINK | F_SEAL_GROW);
    return fixed && fstat(fd, &file) == 0 && (uint64_t)file.st_size == HEAD + name->size && name->size <= most_size &&
           pread(fd, token, sizeof token, 0) == (ssize_t)sizeof token && memcmp(token, name->token, sizeof token) == 0;
}

bool rpi_region_is_there(const rpi_region_name *name)
{
    int seals, fd = open_file(name, false);
    bool is_there = fd >= 0 && is_that_file(fd, name, &seals);
    if (fd >= 0) close(fd);
    return is_there;
}

rp_status rpi_region_attach(const rpi_region_name *name, bool may_write, rpi_region *region, rp_error *error)
{
    int seals, fd = name->machine && name->machine == rpi_region_machine() ? open_file(name, may_write) : -1;
    if (fd < 0) return unreachable(error);
    if (!is_that_file(fd, name, &seals) || name->size != (size_t)name->size) {
        close(fd);
        return unreachable(error);
    }
    bool is_sealed = seals & F_SEAL_WRITE, is_read_only = is_sealed || !may_write;
    size_t size = (size_t)name->size;
    char *base = is_sealed ? map_sealed(fd, size) : may_write ? map_to_write(fd, size) : map(fd, size, PROT_READ, MAP_SHARED);
    close(fd);
    if (!base) return lacks_memory(size, error);
    *region = (rpi_region){.base = base, .name = *name, .descriptor = -1, .is_read_only = is_read_only, .is_sealed = is_sealed};
    return RP_OK;
}

/* What others have mapped of it is empty then, so the memory is free at once, whenever they hear of it. That of a sealed region can't be
 * taken from them. */
static void empty(const rpi_region *region)
{
    (void)fallocate(region->descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)(HEAD + region->name.size));
}

void rpi_region_fini(rpi_region *region)
{
    if (region->base) (void)munmap(region->base, (size_t)region->name.size);
    if (region->descriptor >= 0 && !region->is_sealed) empty(region);
    if (region->descriptor >= 0) close(region->descriptor);
    *region = (rpi_region){.descriptor = -1};
}
