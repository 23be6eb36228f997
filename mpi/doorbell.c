/* doorbell.c: see doorbell.h. */
#include "doorbell.h"

#include "clock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "rankpool-doorbell"

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW };

/* To exceed the limit of a file's size would be a signal that ends the process. */
static bool may_make_file(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur >= sizeof(rpi_doorbell);
}

/* Once the file can't shrink, whoever maps it may touch it. */
static int make_file(void)
{
    int fd = may_make_file() ? memfd_create(NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING) : -1;
    if (fd < 0) return -1;
    if (ftruncate(fd, sizeof(rpi_doorbell)) == 0 && fcntl(fd, F_ADD_SEALS, SEALS) == 0) return fd;
    close(fd);
    return -1;
}

/* A task that forks and comes back twice mustn't ring, or sleep, here. */
static rpi_doorbell *map(int fd)
{
    void *page = mmap(NULL, sizeof(rpi_doorbell), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) return NULL;
    (void)madvise(page, sizeof(rpi_doorbell), MADV_DONTFORK);
    return page;
}

rpi_doorbell *rpi_doorbell_create(rpi_doorbell_address *address)
{
    *address = (rpi_doorbell_address){.pid = -1, .descriptor = -1};
    int fd = make_file();
    rpi_doorbell *made = fd >= 0 ? map(fd) : NULL;
    if (!made) {
        if (fd >= 0) close(fd);
        return NULL;
    }
    made->token = rpi_now_ns() ^ (uint64_t)(uintptr_t)made;
    *address = (rpi_doorbell_address){getpid(), fd, made->token};
    return made;
}

void rpi_doorbell_destroy(rpi_doorbell *doorbell, const rpi_doorbell_address *address)
{
    if (!doorbell) return;
    rpi_doorbell_unmap(doorbell);
    close((int)address->descriptor);
}

/* The process may have ended, and another have its number, or the descriptor another file, which to open may do something. */
static bool is_named_so(const char *path)
{
    static const char name[] = "/memfd:" NAME;
    char target[sizeof name - 1];
    ssize_t length = readlink(path, target, sizeof target);
    return length == sizeof target && memcmp(target, name, sizeof target) == 0;
}

static bool is_sound(int fd)
{
    struct stat about;
    int seals = fcntl(fd, F_GET_SEALS);
    return seals >= 0 && (seals & SEALS) == SEALS && fstat(fd, &about) == 0 && about.st_size == sizeof(rpi_doorbell);
}

rpi_doorbell *rpi_doorbell_map(const rpi_doorbell_address *address)
{
    char path[64];
    if (address->descriptor < 0) return NULL;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/fd/%" PRId64, address->pid, address->descriptor);
    int fd = is_named_so(path) ? open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    if (fd < 0) return NULL;
    rpi_doorbell *found = is_sound(fd) ? map(fd) : NULL;
    close(fd);
    if (!found || found->token == address->token) return found;
    rpi_doorbell_unmap(found);
    return NULL;
}

void rpi_doorbell_unmap(rpi_doorbell *doorbell)
{
    if (doorbell) (void)munmap(doorbell, sizeof *doorbell);
}

void rpi_doorbell_listen(rpi_doorbell *doorbell, bool listening)
{
    atomic_store(&doorbell->listening, listening);
    if (listening) atomic_thread_fence(memory_order_seq_cst); /* the looks that follow see what was sent by who didn't ring */
}

void rpi_doorbell_tell(rpi_doorbell *doorbell)
{
    if (!doorbell) return;
    atomic_thread_fence(memory_order_seq_cst); /* what was sent before is seen by who listens from here on */
    if (atomic_load(&doorbell->listening)) rpi_bell_ring(&doorbell->bell);
}
