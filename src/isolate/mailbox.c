/* mailbox.c: see mailbox.h. */
#include "isolate/mailbox.h"

#include "base/descriptor.h"
#include "base/error.h"
#include "isolate/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    N_SEGMENTS = 1 + 2 * RPI_REQUESTS, /* the first has the three parts of fixed size, each on pages of its own */
    PART = 64 << 10,                   /* a multiple of every page size */
    LEAST_ROOM = 1 << 20
};

typedef enum part { ORDERS = 0, ANSWERS, FATE } part;

/* NULL: no memory. If a process that is forked has it all the same, only a stray process can do harm. */
static void *map_part(int fd, part which, size_t size, int access)
{
    void *at = mmap(NULL, size, access, MAP_SHARED, fd, (off_t)which * PART);
    if (at == MAP_FAILED) return NULL;
    (void)madvise(at, size, MADV_DONTFORK);
    return at;
}

static void unmap_part(void *at, size_t size)
{
    if (at) (void)munmap(at, size);
}

/* ---- making ---- */

static void init_segments(rpi_mailbox *mailbox, uint64_t room, bool is_child)
{
    for (unsigned r = 0; r < RPI_REQUESTS; r++) {
        rpi_segment_init(&mailbox->requests[r], mailbox->fd, 1 + 2 * r, room);
        rpi_segment_init(&mailbox->responses[r], mailbox->fd, 2 + 2 * r, room);
        mailbox->requests[r].is_read_only = is_child;
    }
    mailbox->for_worker = (rpi_event){&mailbox->answers->for_worker, &mailbox->orders->worker_sleeps};
    mailbox->for_sandbox = (rpi_event){&mailbox->orders->for_sandbox, &mailbox->answers->sandbox_sleeps};
    atomic_store(&mailbox->users, 1);
}

/* The first values of what the sandbox writes. */
static void init_answers(rpi_answers *answers)
{
    for (int k = 0; k < RPI_GUARDS; k++) {
        atomic_store(&answers->front[k], RPI_GUARD);
        atomic_store(&answers->back[k], RPI_GUARD);
    }
    atomic_store(&answers->progress, rpi_progress_of(0, 0));
}

static rpi_mailbox *new_mailbox(int fd)
{
    rpi_mailbox *mailbox = calloc(1, sizeof *mailbox);
    if (mailbox) mailbox->fd = fd;
    return mailbox;
}

static bool map_parts(rpi_mailbox *mailbox, bool is_child)
{
    int both = PROT_READ | PROT_WRITE;
    mailbox->orders = map_part(mailbox->fd, ORDERS, sizeof *mailbox->orders, is_child ? PROT_READ : both);
    mailbox->answers = map_part(mailbox->fd, ANSWERS, sizeof *mailbox->answers, both);
    if (!is_child) mailbox->fate = map_part(mailbox->fd, FATE, sizeof *mailbox->fate, both);
    return mailbox->orders && mailbox->answers && (is_child || mailbox->fate);
}

/* Takes `fd` over. */
static rp_status view_file(int fd, bool is_child, rpi_mailbox **out, rp_error *error)
{
    struct stat file;
    rpi_mailbox *mailbox = new_mailbox(fd);
    if (!mailbox) {
        close(fd);
        return rpi_error_no_memory(error);
    }
    if (fstat(fd, &file) == 0 && map_parts(mailbox, is_child)) {
        init_segments(mailbox, (uint64_t)file.st_size / N_SEGMENTS, is_child);
        *out = mailbox;
        return RP_OK;
    }
    int code = errno;
    atomic_store(&mailbox->users, 1);
    rpi_mailbox_release(mailbox);
    return rpi_error_system(error, code, "mmap of memory shared with a child");
}

rp_status rpi_mailbox_attach(int fd, rpi_mailbox **mailbox, rp_error *error) { return view_file(fd, true, mailbox, error); }

/* Bytes for each segment. Growing a file beyond the limit of its size would end the process by a signal. 0: the limit is too low. */
static uint64_t room_in_a_file(void)
{
    struct rlimit limit;
    uint64_t most = getrlimit(RLIMIT_FSIZE, &limit) ? RLIM_INFINITY : limit.rlim_cur;
    if (most / N_SEGMENTS >= RPI_SEGMENT_ROOM) return RPI_SEGMENT_ROOM;
    return most / N_SEGMENTS / LEAST_ROOM * LEAST_ROOM;
}

/* Its size is fixed: a child that made it smaller would end the worker by a signal. */
static rp_status make_file(uint64_t room, int *out, rp_error *error)
{
    int fd = rpi_descriptor_move_up(memfd_create("rankpool", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (fd < 0) return rpi_error_system(error, errno, "memfd_create");
    bool sized = ftruncate(fd, (off_t)(N_SEGMENTS * room)) == 0;
    if (sized && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) {
        *out = fd;
        return RP_OK;
    }
    int code = errno;
    close(fd);
    return rpi_error_system(error, code, sized ? "F_ADD_SEALS" : "ftruncate of memory shared with a child");
}

rp_status rpi_mailbox_create(rpi_mailbox **mailbox, rp_error *error)
{
    uint64_t room = room_in_a_file();
    if (room == 0) return rpi_error_system(error, EFBIG, "memory shared with a child counts as a file, whose size is limited too low");
    int fd = -1;
    rp_status status = make_file(room, &fd, error);
    if (status == RP_OK) status = view_file(fd, false, mailbox, error);
    if (status == RP_OK) init_answers((*mailbox)->answers);
    return status;
}

static void *zeroed(size_t size)
{
    void *made = aligned_alloc(RPI_SHARED_LINE, (size + RPI_SHARED_LINE - 1) / RPI_SHARED_LINE * RPI_SHARED_LINE);
    return made ? memset(made, 0, size) : NULL;
}

rp_status rpi_mailbox_create_local(rpi_mailbox **out, rp_error *error)
{
    rpi_mailbox *mailbox = new_mailbox(-1);
    if (!mailbox) return rpi_error_no_memory(error);
    mailbox->orders = zeroed(sizeof *mailbox->orders);
    mailbox->answers = zeroed(sizeof *mailbox->answers);
    mailbox->fate = zeroed(sizeof *mailbox->fate);
    atomic_store(&mailbox->users, 1);
    if (!mailbox->orders || !mailbox->answers || !mailbox->fate) {
        rpi_mailbox_release(mailbox);
        return rpi_error_no_memory(error);
    }
    init_segments(mailbox, RPI_SEGMENT_ROOM, false);
    init_answers(mailbox->answers);
    *out = mailbox;
    return RP_OK;
}

bool rpi_mailbox_may_hold(const rpi_mailbox *mailbox, unsigned place, uint64_t size)
{
    struct stat file;
    if (size <= LEAST_ROOM) return true;
    if (mailbox->fd < 0) return size <= mailbox->responses[place].size;
    return fstat(mailbox->fd, &file) == 0 && (uint64_t)file.st_blocks * 512 >= size; /* the file has holes, where nothing was written */
}

/* ---- the end ---- */

rpi_mailbox *rpi_mailbox_share(rpi_mailbox *mailbox)
{
    atomic_fetch_add(&mailbox->users, 1);
    return mailbox;
}

static void drop_parts(rpi_mailbox *mailbox)
{
    if (mailbox->fd < 0) {
        free(mailbox->orders);
        free(mailbox->answers);
        free(mailbox->fate);
        return;
    }
    unmap_part(mailbox->orders, sizeof *mailbox->orders);
    unmap_part(mailbox->answers, sizeof *mailbox->answers);
    unmap_part(mailbox->fate, sizeof *mailbox->fate);
    close(mailbox->fd);
}

void rpi_mailbox_release(rpi_mailbox *mailbox)
{
    if (!mailbox || atomic_fetch_sub(&mailbox->users, 1) > 1) return;
    for (unsigned r = 0; r < RPI_REQUESTS; r++) {
        rpi_segment_fini(&mailbox->requests[r]);
        rpi_segment_fini(&mailbox->responses[r]);
    }
    drop_parts(mailbox);
    free(mailbox);
}

/* ---- two threads ---- */

static bool turn_hold(rpi_mailbox *mailbox, rpi_hold from, rpi_hold to)
{
    uint32_t expected = from;
    return atomic_compare_exchange_strong(&mailbox->hold, &expected, to);
}

bool rpi_mailbox_hold(rpi_mailbox *mailbox) { return turn_hold(mailbox, RPI_HOLD_NONE, RPI_HOLD_SANDBOX); }
void rpi_mailbox_let_go(rpi_mailbox *mailbox) { (void)turn_hold(mailbox, RPI_HOLD_SANDBOX, RPI_HOLD_NONE); }

bool rpi_mailbox_abandon(rpi_mailbox *mailbox, uint64_t number)
{
    const rpi_done *place = &mailbox->answers->requests[rpi_request_place(number)];
    while (!turn_hold(mailbox, RPI_HOLD_NONE, RPI_HOLD_WORKER)) {
        if (atomic_load(&place->done) == number) return false;
        nanosleep(&(struct timespec){0, 50000}, NULL);
    }
    return true;
}

/* ---- the helper's view ---- */

bool rpi_fate_map(int fd, rpi_fate_view *view)
{
    int both = PROT_READ | PROT_WRITE;
    *view = (rpi_fate_view){map_part(fd, ANSWERS, sizeof *view->answers, both), map_part(fd, FATE, sizeof *view->fate, both)};
    if (view->answers && view->fate) return true;
    rpi_fate_unmap(view);
    return false;
}

void rpi_fate_unmap(rpi_fate_view *view)
{
    unmap_part(view->answers, sizeof *view->answers);
    unmap_part(view->fate, sizeof *view->fate);
    *view = (rpi_fate_view){NULL, NULL};
}

void rpi_fate_tell(const rpi_fate_view *view, int wait_status, uint64_t most_memory)
{
    view->fate->most_memory = most_memory;
    view->fate->wait_status = wait_status;
    atomic_store(&view->fate->ended, 1);
    rpi_event_wake((rpi_event){&view->answers->for_worker, NULL});
}
