/*
 * page_sink.c: see page_sink.h.
 *
 * A page of many bytes is in NAME.part meanwhile, which a later run can continue. Whoever writes there has a lock on it, and nobody waits
 * for one: a second transfer of the same page, on any rank, writes to a file of a random name. A lock counts only if the name still means
 * the locked file, as the holder before may have renamed it.
 */
#include "page_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void page_sink_init(page_sink *sink)
{
    memset(sink, 0, sizeof(*sink));
    sink->directory = sink->folder = sink->file = -1;
    sink->name = sink->path;
}

static void close_file(page_sink *sink)
{
    if (sink->file >= 0) (void)close(sink->file);
    sink->file = -1;
}

void page_sink_end(page_sink *sink)
{
    close_file(sink);
    if (sink->folder >= 0) (void)close(sink->folder);
    sink->folder = -1;
}

void page_sink_fini(page_sink *sink)
{
    page_sink_end(sink);
    free(sink->memory);
}

/* ---- the folder ---- */

static size_t folder_size(const page_sink *sink) { return sink->name > sink->path ? (size_t)(sink->name - sink->path) - 1 : 0; }

void page_sink_begin(page_sink *sink, int directory)
{
    const char *slash = strrchr(sink->path, '/');
    page_sink_end(sink);
    sink->directory = directory;
    sink->writes = directory >= 0;
    sink->size = 0;
    sink->is_part = sink->is_new = 0;
    sink->name = slash ? slash + 1 : sink->path;
    if (slash && sink->writes) sink->folder = page_folder_open(directory, sink->path, folder_size(sink), 0);
}

int page_sink_place(const page_sink *sink) { return folder_size(sink) > 0 ? sink->folder : sink->directory; }

/* Makes the folder, if it isn't there. Returns 0 or an errno. */
static int make_place(page_sink *sink)
{
    if (page_sink_place(sink) >= 0) return 0;
    sink->folder = page_folder_open(sink->directory, sink->path, folder_size(sink), 1);
    return sink->folder < 0 ? errno : 0;
}

/* ---- the file ---- */

static int is_still(const page_sink *sink, int file)
{
    struct stat mine, named;
    if (fstat(file, &mine) != 0 || fstatat(page_sink_place(sink), sink->temporary, &named, AT_SYMLINK_NOFOLLOW) != 0) return 0;
    return mine.st_ino == named.st_ino && mine.st_dev == named.st_dev && S_ISREG(mine.st_mode) && mine.st_nlink == 1;
}

/* Opens NAME.part, alone. Returns its descriptor; -1: somebody else has it, or there is none and `flags` makes none. */
static int open_part(page_sink *sink, int flags)
{
    (void)snprintf(sink->temporary, sizeof(sink->temporary), "%s.part", sink->name);
    int file = openat(page_sink_place(sink), sink->temporary, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0666);
    if (file < 0) return -1;
    if (flock(file, LOCK_EX | LOCK_NB) == 0 && is_still(sink, file)) return file;
    (void)close(file);
    return -1;
}

/* Moves what is in memory to a file. */
static int spill(page_sink *sink, const page_memo *memo)
{
    int failure = make_place(sink);
    if (failure) return failure;
    sink->file = open_part(sink, O_CREAT);
    sink->is_part = sink->file >= 0;
    if (sink->is_part && ftruncate(sink->file, 0) != 0) return errno;
    if (!sink->is_part) sink->file = page_temporary(page_sink_place(sink), sink->temporary);
    if (sink->file < 0) return errno;
    (void)page_memo_write(sink->file, memo);
    return page_write_all(sink->file, sink->memory, (size_t)sink->size);
}

int page_sink_resume(page_sink *sink, page_memo *memo)
{
    struct stat found;
    if (page_sink_place(sink) < 0) return 0;
    sink->file = open_part(sink, 0);
    sink->is_part = sink->file >= 0;
    if (sink->is_part && page_memo_read(sink->file, memo) && page_memo_is_strong(memo) && fstat(sink->file, &found) == 0 &&
        found.st_size > 0 && lseek(sink->file, 0, SEEK_END) == found.st_size) {
        sink->size = found.st_size;
        return 1;
    }
    close_file(sink);
    sink->is_part = 0;
    return 0;
}

int page_sink_restart(page_sink *sink)
{
    sink->size = 0;
    if (sink->file < 0) return 0;
    return ftruncate(sink->file, 0) == 0 && lseek(sink->file, 0, SEEK_SET) == 0 ? 0 : errno;
}

int page_sink_append(page_sink *sink, const void *data, size_t size, const page_memo *memo)
{
    int failure = 0;
    if (sink->writes && !sink->memory && !(sink->memory = malloc(PAGE_IN_MEMORY))) return ENOMEM;
    int fits = sink->file < 0 && sink->size + (int64_t)size <= PAGE_IN_MEMORY;
    if (sink->writes && fits) memcpy(sink->memory + sink->size, data, size);
    if (sink->writes && !fits && sink->file < 0) failure = spill(sink, memo);
    if (sink->writes && !fits && !failure) failure = page_write_all(sink->file, data, size);
    if (!failure) sink->size += (int64_t)size;
    return failure;
}

/* ---- the end ---- */

typedef struct page_facts {
    const page_memo *memo;
    int64_t modified;
} page_facts;

/* What belongs to a file of a page besides its bytes. */
static void label(int file, const void *argument)
{
    const page_facts *facts = argument;
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)facts->modified}};
    (void)page_memo_write(file, facts->memo);
    if (facts->modified > 0) (void)futimens(file, times);
}

/* The file has all bytes: gives it its name. */
static int name_file(page_sink *sink, const page_facts *facts)
{
    label(sink->file, facts);
    int failure = close(sink->file) == 0 ? 0 : errno; /* some file systems report a full disk only here */
    sink->file = -1;
    if (!failure && renameat(page_sink_place(sink), sink->temporary, page_sink_place(sink), sink->name) != 0) failure = errno;
    if (failure) (void)unlinkat(page_sink_place(sink), sink->temporary, 0);
    return failure;
}

static int copy_bytes(page_sink *sink)
{
    ssize_t n;
    int failure = 0, from = openat(page_sink_place(sink), sink->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0) return errno;
    while (!failure && (n = read(from, sink->memory, PAGE_IN_MEMORY)) != 0)
        failure = n < 0 ? errno : page_write_all(sink->file, sink->memory, (size_t)n);
    (void)close(from);
    return failure;
}

/* Writes the page that has its name already once more. */
static int copy_again(page_sink *sink, const page_facts *facts)
{
    sink->file = page_temporary(page_sink_place(sink), sink->temporary);
    if (sink->file < 0) return errno;
    int failure = copy_bytes(sink);
    if (!failure) return name_file(sink, facts);
    (void)unlinkat(page_sink_place(sink), sink->temporary, 0);
    return failure;
}

/* Once nothing had the name; the second time the page itself has it. */
static int write_memory(page_sink *sink, const page_facts *facts)
{
    int is_new = sink->is_new;
    sink->is_new = 0;
    return (is_new ? page_write_new : page_write)(page_sink_place(sink), sink->name, sink->memory, (size_t)sink->size, label, facts);
}

int page_sink_finish(page_sink *sink, int64_t writes, const page_memo *memo, int64_t modified)
{
    if (!sink->writes || writes == 0) return 0;
    page_facts facts = {memo, modified};
    int in_memory = sink->file < 0, failure = in_memory ? make_place(sink) : name_file(sink, &facts);
    for (int64_t i = in_memory ? 0 : 1; i < writes && !failure; i++)
        failure = in_memory ? write_memory(sink, &facts) : copy_again(sink, &facts);
    page_sink_end(sink);
    return failure;
}

/* Whether a later transfer could continue what is there. */
static int is_of_use(const page_sink *sink)
{
    page_memo memo;
    return sink->is_part && page_memo_read(sink->file, &memo) && page_memo_is_strong(&memo);
}

void page_sink_abandon(page_sink *sink, int keep)
{
    if (sink->file >= 0 && !(keep && is_of_use(sink))) (void)unlinkat(page_sink_place(sink), sink->temporary, 0);
    page_sink_end(sink);
    sink->size = 0;
}
