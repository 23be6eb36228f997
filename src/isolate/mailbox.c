/* mailbox.c: see mailbox.h. */
#include "isolate/mailbox.h"

#include "base/descriptor.h"
#include "base/error.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    N_SEGMENTS = 1 + 2 * RPI_REQUESTS, /* the first is the control page's */
    LEAST_ROOM = 1 << 20
};

rpi_control *rpi_control_map(int fd)
{
    void *control = mmap(NULL, sizeof(rpi_control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (control == MAP_FAILED) return NULL;
    (void)madvise(control, sizeof(rpi_control), MADV_DONTFORK); /* if this fails, only a stray process can do harm */
    return control;
}

void rpi_control_unmap(rpi_control *control) { (void)munmap(control, sizeof *control); }

rp_status rpi_mailbox_attach(rpi_mailbox *mailbox, int fd, rp_error *error)
{
    struct stat file;
    *mailbox = (rpi_mailbox){.fd = fd};
    mailbox->control = fstat(fd, &file) == 0 ? rpi_control_map(fd) : NULL;
    if (!mailbox->control) {
        int code = errno;
        close(fd);
        mailbox->fd = -1;
        return rpi_error_system(error, code, "mmap of memory shared with a child");
    }
    for (unsigned r = 0; r < RPI_REQUESTS; r++) {
        rpi_segment_init(&mailbox->requests[r], fd, 1 + 2 * r, (uint64_t)file.st_size / N_SEGMENTS);
        rpi_segment_init(&mailbox->responses[r], fd, 2 + 2 * r, (uint64_t)file.st_size / N_SEGMENTS);
    }
    return RP_OK;
}

/* Bytes for each segment. Growing a file beyond the limit of its size would end the process by a signal. 0: the limit is too low. */
static uint64_t room_in_a_file(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur / N_SEGMENTS >= RPI_SEGMENT_ROOM) return RPI_SEGMENT_ROOM;
    return limit.rlim_cur / N_SEGMENTS / LEAST_ROOM * LEAST_ROOM;
}

rp_status rpi_mailbox_create(rpi_mailbox *mailbox, rp_error *error)
{
    *mailbox = (rpi_mailbox){.fd = -1};
    uint64_t room = room_in_a_file();
    if (room == 0) return rpi_error_system(error, EFBIG, "memory shared with a child counts as a file, whose size is limited too low");
    int fd = rpi_descriptor_move_up(memfd_create("rankpool", MFD_CLOEXEC));
    if (fd < 0) return rpi_error_system(error, errno, "memfd_create");
    if (ftruncate(fd, (off_t)(N_SEGMENTS * room))) {
        int code = errno;
        close(fd);
        return rpi_error_system(error, code, "ftruncate of memory shared with a child");
    }
    return rpi_mailbox_attach(mailbox, fd, error);
}

void rpi_mailbox_fini(rpi_mailbox *mailbox)
{
    if (mailbox->fd < 0) return;
    for (unsigned r = 0; r < RPI_REQUESTS; r++) {
        rpi_segment_fini(&mailbox->requests[r]);
        rpi_segment_fini(&mailbox->responses[r]);
    }
    rpi_control_unmap(mailbox->control);
    close(mailbox->fd);
    *mailbox = (rpi_mailbox){.fd = -1};
}
