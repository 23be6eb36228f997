/* descriptor.c: see descriptor.h. */
#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int rpi_descriptor_move_up(int descriptor)
{
    if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), code = errno;
    (void)close(descriptor);
    errno = code;
    return moved;
}

/* An open takes the lowest number that is free. */
void rpi_descriptor_open_standard(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0) (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int rpi_descriptor_write_at(int descriptor, const void *bytes, size_t size, off_t at)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(descriptor, (const char *)bytes + done, size - done, at + (off_t)done);
        if (n > 0) done += (size_t)n;
        else if (n == 0 || errno != EINTR) return n == 0 ? ENOSPC : errno;
    }
    return 0;
}

int rpi_descriptor_read_at(int descriptor, void *bytes, size_t size, off_t at, size_t *n)
{
    *n = 0;
    while (*n < size) {
        ssize_t got = pread(descriptor, (char *)bytes + *n, size - *n, at + (off_t)*n);
        if (got == 0) break;
        if (got > 0) *n += (size_t)got;
        else if (errno != EINTR) return errno;
    }
    return 0;
}
