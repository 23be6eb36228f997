/* spill_file.c: see spill_file.h. */
#include "spill_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int spill_file_open(void)
{
    const char *folder = getenv("TMPDIR");
    char path[PATH_MAX];
    if (!folder || !*folder) folder = "/tmp";
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
    if (snprintf(path, sizeof path, "%s/rankpool-XXXXXX", folder) >= (int)sizeof path) return -1;
    file = mkostemp(path, O_CLOEXEC);
    if (file >= 0) (void)unlink(path);
    return file;
}

int spill_file_write(int file, off_t at, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = pwrite(file, data, size, at);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO;
        if (n <= 0) return 0;
        data += n;
        at += n;
        size -= (size_t)n;
    }
    return 1;
}

int spill_file_read(int file, off_t at, char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = pread(file, data, size, at);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO;
        if (n <= 0) return 0;
        data += n;
        at += n;
        size -= (size_t)n;
    }
    return 1;
}
