/*
 * disk.c: makes the n-th system call on a journal's folder, or on the output, fail, be cut short or wait; loaded into the program by
 * LD_PRELOAD. Only calls of the program itself are met, of its first process, on files below DISK_FOLDER or on the file DISK_BESIDE.
 *
 * DISK_FAULT says what happens: "CALL HOW N", and "CALL HOW N+" to all from the N-th on. CALL: write, sync, open, read, close, rename,
 * truncate, remove, lock, map, or any. HOW: the name of an errno; short: half is written; hold: the call waits until the file DISK_HELD is
 * gone; cut, torn: the power fails before the call (power_cut.c; DISK_SHADOW is an empty folder for it). With N 0 nothing happens, and
 * calls are counted. DISK_COUNTER is a file of two int64: calls of that kind so far, and calls that were met.
 */
#include "disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

typedef enum how { FAILS, IS_SHORT, HOLDS, CUTS, TEARS } how;
typedef enum fate { GOES, MET } fate;

static struct {
    char call[16];
    how how;
    int code;
    long long n;
    bool is_lasting;
    pid_t process;
    char folder[PATH_MAX], beside[PATH_MAX];
    _Atomic int64_t *counter; /* calls, met; NULL: nothing is done */
    atomic_bool is_over;      /* the power has failed */
} disk;

/* ---- the C library's own ---- */

#define REAL(name, type)                                                                                                                   \
    static type real = NULL;                                                                                                               \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

typedef int open_call(const char *, int, ...);
typedef int openat_call(int, const char *, int, ...);
typedef ssize_t write_call(int, const void *, size_t);
typedef ssize_t pwrite_call(int, const void *, size_t, off_t);
typedef ssize_t read_call(int, void *, size_t);
typedef ssize_t pread_call(int, void *, size_t, off_t);
typedef int file_call(int);
typedef int rename_call(int, const char *, int, const char *);
typedef int truncate_call(int, off_t);
typedef int unlink_call(int, const char *, int);
typedef int flock_call(int, int);
typedef int mkdir_call(const char *, mode_t);
typedef void *mmap_call(void *, size_t, int, int, int, off_t);

int disk_open(const char *path, int flags, int mode)
{
    REAL("open64", open_call *);
    return real(path, flags, mode);
}

static int really_close(int file)
{
    REAL("close", file_call *);
    return real(file);
}

void disk_close(int file) { (void)really_close(file); }

ssize_t disk_write(int file, const void *bytes, size_t size)
{
    REAL("write", write_call *);
    return real(file, bytes, size);
}

ssize_t disk_pread(int file, void *bytes, size_t size, off_t at)
{
    REAL("pread64", pread_call *);
    return real(file, bytes, size, at);
}

/* ---- which call is met ---- */

static const struct {
    const char *name;
    int code;
} errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO},       {"EDQUOT", EDQUOT}, {"EMFILE", EMFILE}, {"EACCES", EACCES},
              {"ENOLCK", ENOLCK}, {"ENOSYS", ENOSYS}, {"ENOMEM", ENOMEM}, {"ENODEV", ENODEV}, {"EINTR", EINTR},
              {"ESTALE", ESTALE}, {"EROFS", EROFS},   {"EINVAL", EINVAL}};

static bool read_how(const char *word)
{
    static const char *const others[] = {[IS_SHORT] = "short", [HOLDS] = "hold", [CUTS] = "cut", [TEARS] = "torn"};
    for (int k = IS_SHORT; k <= TEARS; k++)
        if (!strcmp(word, others[k])) return (disk.how = (how)k, true);
    for (size_t k = 0; k < sizeof errors / sizeof errors[0]; k++)
        if (!strcmp(word, errors[k].name)) return (disk.how = FAILS, disk.code = errors[k].code, true);
    return false;
}

/* Its children, and programs that they start, are none of this library's. */
__attribute__((constructor)) static void begin(void)
{
    const char *wish = getenv("DISK_FAULT"), *folder = getenv("DISK_FOLDER"), *beside = getenv("DISK_BESIDE");
    const char *path = getenv("DISK_COUNTER"), *shadow = getenv("DISK_SHADOW");
    char word[16], mark = 0;
    if (!wish || !folder || !path || sscanf(wish, "%15s %15s %lld%c", disk.call, word, &disk.n, &mark) < 3 || !read_how(word)) return;
    disk.is_lasting = mark == '+';
    disk.process = getpid();
    snprintf(disk.folder, sizeof disk.folder, "%s", folder);
    snprintf(disk.beside, sizeof disk.beside, "%s", beside ? beside : "");
    int file = disk_open(path, O_RDWR | O_CLOEXEC, 0);
    void *place = mmap(NULL, 2 * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) disk_close(file);
    if (shadow && disk.how >= CUTS) power_cut_begin(disk.folder, disk.beside, shadow);
    unsetenv("DISK_FAULT");
    unsetenv("LD_PRELOAD");
    if (place != MAP_FAILED) disk.counter = place;
}

static bool is_below(const char *path)
{
    size_t n = strlen(disk.folder);
    if (disk.beside[0] && !strcmp(path, disk.beside)) return true;
    return !strncmp(path, disk.folder, n) && (path[n] == '\0' || path[n] == '/');
}

/* Where a file of this process is; empty, where nothing is to be done. */
static void find(int file, char path[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t n = disk.counter && getpid() == disk.process ? readlink(link, path, PATH_MAX - 1) : 0;
    path[n > 0 ? n : 0] = '\0';
}

static bool is_ours(int file)
{
    char path[PATH_MAX];
    find(file, path);
    return path[0] && is_below(path);
}

/* A name in an open folder, or a path from the process's folder or from the root. */
static bool is_ours_at(int folder, const char *name)
{
    char here[PATH_MAX / 2], path[PATH_MAX];
    if (!disk.counter || getpid() != disk.process) return false;
    if (name[0] == '/') return is_below(name);
    if (folder != AT_FDCWD) return is_ours(folder);
    if (!getcwd(here, sizeof here)) return false;
    snprintf(path, sizeof path, "%s/%.1000s", here, name);
    return is_below(path);
}

static void hold(void)
{
    const char *held = getenv("DISK_HELD");
    while (held && access(held, F_OK) == 0) usleep(2000);
}

/* Nothing happens any more in this process: not in other threads either. */
static void lose_power(void)
{
    atomic_store(&disk.is_over, true);
    power_cut_happen(disk.how == TEARS);
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Counts a call on our files. MET: it fails, with errno set, or is short. */
static fate take(const char *call)
{
    while (atomic_load(&disk.is_over)) pause();
    if (strcmp(disk.call, call) != 0 && strcmp(disk.call, "any") != 0) return GOES;
    int64_t k = ++disk.counter[0];
    if (disk.n == 0 || (k != disk.n && !(disk.is_lasting && k > disk.n))) return GOES;
    disk.counter[1]++;
    if (disk.how >= CUTS) lose_power();
    if (disk.how == HOLDS) return (hold(), GOES);
    errno = disk.code;
    return MET;
}

/* ---- the calls ---- */

static void note_made(int file, int flags)
{
    if (file >= 0 && disk.how >= CUTS && (flags & (O_CREAT | O_TRUNC)) && is_ours(file)) power_cut_made(file);
}

int openat64(int folder, const char *name, int flags, ...)
{
    REAL("openat64", openat_call *);
    va_list more;
    va_start(more, flags);
    int mode = flags & O_CREAT ? va_arg(more, int) : 0;
    va_end(more);
    if (is_ours_at(folder, name) && take("open") == MET) return -1;
    int file = real(folder, name, flags, mode);
    note_made(file, flags);
    return file;
}

int openat(int folder, const char *name, int flags, ...) __attribute__((alias("openat64")));

int open64(const char *name, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    int mode = flags & O_CREAT ? va_arg(more, int) : 0;
    va_end(more);
    return openat64(AT_FDCWD, name, flags, mode);
}

int open(const char *name, int flags, ...) __attribute__((alias("open64")));

/* How many bytes of a write go out: half, where it is cut short. */
static bool is_cut_short(size_t *size)
{
    if (disk.how != IS_SHORT) return false;
    *size = (*size + 1) / 2;
    return true;
}

ssize_t write(int file, const void *bytes, size_t size)
{
    REAL("write", write_call *);
    if (is_ours(file) && take("write") == MET && !is_cut_short(&size)) return -1;
    return real(file, bytes, size);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
    REAL("pwrite64", pwrite_call *);
    if (is_ours(file) && take("write") == MET && !is_cut_short(&size)) return -1;
    return real(file, bytes, size, at);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) __attribute__((alias("pwrite64")));

ssize_t read(int file, void *bytes, size_t size)
{
    REAL("read", read_call *);
    if (is_ours(file) && take("read") == MET && !is_cut_short(&size)) return -1;
    return real(file, bytes, size);
}

ssize_t pread64(int file, void *bytes, size_t size, off64_t at)
{
    REAL("pread64", pread_call *);
    if (is_ours(file) && take("read") == MET && !is_cut_short(&size)) return -1;
    return real(file, bytes, size, at);
}

ssize_t pread(int file, void *bytes, size_t size, off_t at) __attribute__((alias("pread64")));

static int sync_by(file_call *real, int file)
{
    char path[PATH_MAX];
    find(file, path);
    if (path[0] && is_below(path) && take("sync") == MET) return -1;
    int result = real(file);
    if (path[0] && result == 0 && disk.how >= CUTS) power_cut_synced(file, path);
    return result;
}

int fsync(int file)
{
    REAL("fsync", file_call *);
    return sync_by(real, file);
}

int fdatasync(int file)
{
    REAL("fdatasync", file_call *);
    return sync_by(real, file);
}

/* What fails to be closed is closed all the same, as in Linux. */
int close(int file)
{
    bool fails = is_ours(file) && take("close") == MET;
    int code = errno, result = really_close(file);
    if (!fails) return result;
    errno = code;
    return -1;
}

int renameat(int from, const char *old, int to, const char *name)
{
    REAL("renameat", rename_call *);
    return is_ours_at(from, old) && take("rename") == MET ? -1 : real(from, old, to, name);
}

int ftruncate64(int file, off64_t size)
{
    REAL("ftruncate64", truncate_call *);
    return is_ours(file) && take("truncate") == MET ? -1 : real(file, size);
}

int ftruncate(int file, off_t size) __attribute__((alias("ftruncate64")));

int unlinkat(int folder, const char *name, int flags)
{
    REAL("unlinkat", unlink_call *);
    return is_ours_at(folder, name) && take("remove") == MET ? -1 : real(folder, name, flags);
}

int flock(int file, int what)
{
    REAL("flock", flock_call *);
    return is_ours(file) && take("lock") == MET ? -1 : real(file, what);
}

int mkdir(const char *name, mode_t mode)
{
    REAL("mkdir", mkdir_call *);
    return is_ours_at(AT_FDCWD, name) && take("open") == MET ? -1 : real(name, mode);
}

void *mmap64(void *at, size_t size, int access_to, int flags, int file, off64_t offset)
{
    REAL("mmap64", mmap_call *);
    return file >= 0 && is_ours(file) && take("map") == MET ? MAP_FAILED : real(at, size, access_to, flags, file, offset);
}

void *mmap(void *at, size_t size, int access_to, int flags, int file, off_t offset) __attribute__((alias("mmap64")));
