/*
 * page_file.c: pages as files of one directory, see page_file.h.
 *
 * Threads of several ranks on several hosts may write to the same directory, and even the same page, at once. So temporary names are random
 * and opened exclusively, and the rename decides which complete page is seen.
 */
#include "page_file.h"
#include "digest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READABLE_PART = 96, LONGEST_EXTENSION = 5, CREATE_TRIES = 100, MOST_NAMES = 4096 };

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
static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* What kind of file it is, by the end of its name: 1 to 5 letters and digits behind a dot, a letter among them. A number is none. */
static size_t extension_size(const char *name, size_t size)
{
    size_t n = 0;
    int letters = 0;
    while (n < size && n <= LONGEST_EXTENSION && name[size - n - 1] != '.') {
        char c = name[size - ++n];
        if (!is_plain(c) || c == '-') return 0;
        letters += is_letter(c);
    }
    return n > 0 && n <= LONGEST_EXTENSION && n + 1 < size && letters > 0 ? n + 1 : 0;
}

/* The same with what is before a compression: ".tar.gz". */
size_t page_extension_size(const char *name, size_t size)
{
    static const char tar[] = ".tar";
    size_t n = extension_size(name, size), before = sizeof(tar) - 1;
    if (n > 0 && size - n > before && memcmp(name + size - n - before, tar, before) == 0) n += before;
    return n;
}

/* The last part of the path, without query and fragment; `*size` is 0 when there is no path. */
static const char *last_part(const char *host, size_t *size)
{
    size_t end = strcspn(host, "?#");
    const char *slash = memrchr(host, '/', end);
    *size = slash ? (size_t)(host + end - slash) - 1 : 0;
    return slash ? slash + 1 : host;
}

/* Appends text, with "_" for all but plain characters, as far as there is room for readable text. */
static size_t append_readable(char *name, size_t n, const char *text, size_t size)
{
    for (size_t i = 0; i < size && n < READABLE_PART; i++) name[n++] = is_plain(text[i]) ? text[i] : '_';
    return n;
}

int page_hash(const char *address, char hash[PAGE_HASH_SIZE], const char **why)
{
    const char *readable = page_host(address), *scheme_end = strstr(address, "://");
    size_t scheme_size = scheme_end ? (size_t)(scheme_end - address) + 3 : 0;
    if (scheme_end) scheme_size += strspn(scheme_end + 3, "/");
    return digest_text(address, scheme_size, readable, strlen(readable), hash, why);
}

int page_name(const char *address, char name[PAGE_NAME_SIZE], const char **why)
{
    char hash[PAGE_HASH_SIZE];
    const char *readable = page_host(address);
    size_t last_size;
    if (!page_hash(address, hash, why)) return 0;
    const char *last = last_part(readable, &last_size);
    size_t extension = page_extension_size(last, last_size), before = (size_t)(last - readable) + last_size - extension;
    size_t n = append_readable(name, 0, readable, before);
    n = append_readable(name, n, readable + before + extension, strlen(readable + before + extension));
    if (n == 0) name[n++] = '_';
    if (name[0] == '.' || name[0] == '-' || !readable[0]) name[0] = '_'; /* neither a hidden file nor like an option */
    (void)snprintf(name + n, PAGE_NAME_SIZE - n, "-%s%.*s", hash, (int)extension, readable + before);
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

/* ---- folders ---- */

/* Opens one part of a path. Takes the descriptor of its parent. */
static int open_part(int parent, const char *part, size_t size, int makes)
{
    const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    char name[NAME_MAX + 1];
    if (size > NAME_MAX) errno = ENAMETOOLONG;
    if (parent < 0 || size > NAME_MAX) return -1;
    (void)snprintf(name, sizeof(name), "%.*s", (int)size, part);
    int opened = openat(parent, name, flags);
    if (opened < 0 && errno == ENOENT && makes && (mkdirat(parent, name, 0777) == 0 || errno == EEXIST))
        opened = openat(parent, name, flags);
    return opened;
}

int page_folder_open(int directory, const char *path, size_t size, int makes)
{
    int folder = directory;
    for (size_t at = 0, n; at < size; at += n + 1) {
        const char *slash = memchr(path + at, '/', size - at);
        n = slash ? (size_t)(slash - path) - at : size - at;
        int opened = open_part(folder, path + at, n, makes), failure = errno;
        if (folder >= 0 && folder != directory) (void)close(folder);
        folder = opened;
        errno = failure;
        if (folder < 0) return -1;
    }
    return folder;
}

int page_directory_may_have_parts(int directory)
{
    static const char end[] = ".part";
    int listed = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0, found = 0;
    DIR *names = listed >= 0 ? fdopendir(listed) : NULL;
    if (!names && listed >= 0) (void)close(listed);
    for (const struct dirent *entry; names && !found && (entry = readdir(names)); n++) {
        size_t size = strlen(entry->d_name);
        found = n == MOST_NAMES || (size > sizeof(end) && strcmp(entry->d_name + size - (sizeof(end) - 1), end) == 0);
        if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) found = found || entry->d_name[0] != '.';
    }
    if (names) (void)closedir(names);
    return found || !names;
}

/* ---- files ---- */

/* Numbers that no other thread has, most likely; files are made exclusively all the same. 0: none, with errno set. */
static uint64_t draw(void)
{
    static _Thread_local uint64_t drawn;
    if (!drawn && getrandom(&drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn)) return 0;
    drawn += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (drawn ^ drawn >> 31) * 0xbf58476d1ce4e5b9u;
    return mixed ? mixed : 1;
}

int page_temporary(int directory, char name[PAGE_TEMPORARY_SIZE])
{
    for (int attempt = 0; attempt < CREATE_TRIES; attempt++) {
        uint64_t number = draw();
        if (!number) return -1;
        (void)snprintf(name, PAGE_TEMPORARY_SIZE, ".rankpool-%016" PRIx64 ".tmp", number);
        int file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST) return file;
    }
    return -1;
}

int page_write_all(int file, const void *bytes, size_t size)
{
    const char *data = bytes;
    while (size > 0) {
        ssize_t written = write(file, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

int page_write(int directory, const char *name, const void *data, size_t size, page_label *label, const void *argument)
{
    char temporary[PAGE_TEMPORARY_SIZE];
    int file = page_temporary(directory, temporary);
    if (file < 0) return errno;
    int failure = page_write_all(file, data, size);
    if (!failure && label) label(file, argument);
    if (close(file) != 0 && !failure) failure = errno; /* some file systems report a full disk only here */
    if (!failure && renameat(directory, temporary, directory, name) != 0) failure = errno;
    if (failure) (void)unlinkat(directory, temporary, 0);
    return failure;
}

/* Returns 0, or an errno. A file that gets its first name when it is whole needs no other one before, and no rename. */
static int write_unnamed(int directory, const char *name, const void *data, size_t size, page_label *label, const void *argument)
{
    int file = openat(directory, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    if (file < 0) return errno;
    int failure = page_write_all(file, data, size);
    if (!failure && label) label(file, argument);
    if (!failure && linkat(file, "", directory, name, AT_EMPTY_PATH) != 0) failure = errno;
    if (close(file) == 0 || failure) return failure;
    failure = errno;
    (void)unlinkat(directory, name, 0);
    return failure;
}

/* Older kernels give such files a name for root alone, and some file systems have none. */
int page_write_new(int directory, const char *name, const void *data, size_t size, page_label *label, const void *argument)
{
    static atomic_int never; /* it can't be done here: found out once */
    int failure = atomic_load(&never) ? ENOTSUP : write_unnamed(directory, name, data, size, label, argument);
    if (!failure) return 0;
    if (failure == ENOENT || failure == EOPNOTSUPP || failure == EISDIR || failure == EINVAL) atomic_store(&never, 1);
    return page_write(directory, name, data, size, label, argument);
}

int page_directory_try(int directory)
{
    char temporary[PAGE_TEMPORARY_SIZE];
    int file = page_temporary(directory, temporary);
    if (file < 0) return errno;
    (void)close(file);
    return unlinkat(directory, temporary, 0) == 0 ? 0 : errno;
}
