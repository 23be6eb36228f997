/*
 * page_file.c: pages as files of one directory, see page_file.h.
 *
 * Threads of several ranks on several hosts may write to the same directory, and even the same page, at once. So temporary names are random
 * and opened exclusively, and the rename decides which complete page is seen.
 */
#include "page_file.h"
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMPORARY_NAME_SIZE = 64, READABLE_PART = 96, CREATE_TRIES = 100 };

const char *page_host(const char *address)
{
    const char *scheme_end = strstr(address, "://");
    const char *host = scheme_end ? scheme_end + 3 : address;
    if (scheme_end) host += strspn(host, "/"); /* curl passes them over too */
    const char *authority_end = host + strcspn(host, "/?#");
    const char *at = memrchr(host, '@', (size_t)(authority_end - host));
    return at ? at + 1 : host;
}

static int is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; }

int page_name(const char *address, char name[PAGE_NAME_SIZE], const char **why)
{
    char digest[DIGEST_TEXT_SIZE];
    const char *readable = page_host(address), *scheme_end = strstr(address, "://");
    size_t scheme_size = scheme_end ? (size_t)(scheme_end - address) + 3 : 0, n = 0;
    if (scheme_end) scheme_size += strspn(scheme_end + 3, "/");
    if (!digest_text(address, scheme_size, readable, strlen(readable), digest, why)) return 0;
    for (; n < READABLE_PART && readable[n]; n++) name[n] = is_plain(readable[n]) ? readable[n] : '_';
    if (n == 0) n = 1;
    if (name[0] == '.' || name[0] == '-' || !readable[0]) name[0] = '_'; /* neither a hidden file nor like an option */
    (void)snprintf(name + n, PAGE_NAME_SIZE - n, "-%s", digest);
    return 1;
}

int page_directory_open(const char *path)
{
    const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    int directory = open(path, flags);
    if (directory >= 0 || errno != ENOENT) return directory;
    if (mkdir(path, 0777) != 0 && errno != EEXIST) return -1;
    return open(path, flags);
}

/* Makes a file that no other process has, with the permissions of the user's umask. Returns its descriptor, or -1 with errno set. */
static int create_temporary(int directory, char name[TEMPORARY_NAME_SIZE])
{
    for (int attempt = 0; attempt < CREATE_TRIES; attempt++) {
        uint64_t number;
        if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number)) return -1;
        (void)snprintf(name, TEMPORARY_NAME_SIZE, ".rankpool-%016" PRIx64 ".tmp", number);
        int file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST) return file;
    }
    return -1;
}

static int write_all(int file, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

int page_write(int directory, const char *name, const void *data, size_t size)
{
    char temporary[TEMPORARY_NAME_SIZE];
    int file = create_temporary(directory, temporary);
    if (file < 0) return errno;
    int failure = write_all(file, data, size);
    if (close(file) != 0 && !failure) failure = errno; /* some file systems report a full disk only here */
    if (!failure && renameat(directory, temporary, directory, name) != 0) failure = errno;
    if (failure) (void)unlinkat(directory, temporary, 0);
    return failure;
}

int page_directory_try(int directory)
{
    char temporary[TEMPORARY_NAME_SIZE];
    int file = create_temporary(directory, temporary);
    if (file < 0) return errno;
    (void)close(file);
    return unlinkat(directory, temporary, 0) == 0 ? 0 : errno;
}
