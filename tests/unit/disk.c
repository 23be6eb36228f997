/* disk.c: see disk.h. */
#include "disk.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 300, MOST_EVENTS = 100000 };

static struct {
    char folder[100];
    struct {
        atomic_int n, code, count; /* n: calls until one fails; 0: none does */
        atomic_bool is_lasting, is_held;
    } calls[DISK_CALLS];
    atomic_size_t cut;
    atomic_int n_held;
    pthread_mutex_t mutex; /* of what is remembered */
    bool remembers;
    disk_event *events;
    size_t n_events;
} on = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

const char *disk_begin(void)
{
    disk_end();
    snprintf(on.folder, sizeof on.folder, "%s/rankpool-journal-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(on.folder));
    for (int i = 0; i < DISK_CALLS; i++) on.calls[i].count = 0;
    return disk_path(NULL);
}

void disk_end(void)
{
    for (disk_call call = 0; call < DISK_CALLS; call++) disk_fail(call, 0, 0), on.calls[call].is_held = false;
    for (size_t i = 0; i < on.n_events; i++) free(on.events[i].bytes);
    free(on.events);
    on.events = NULL;
    on.n_events = 0;
    on.cut = 0;
    on.remembers = false;
    if (on.folder[0]) (void)nftw(on.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    on.folder[0] = '\0';
}

const char *disk_path(const char *name)
{
    static char paths[4][PATH_SIZE];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_SIZE, name ? "%s/j/%s" : "%s/j", on.folder, name);
    return path;
}

uint8_t *disk_read(const char *name, size_t *size)
{
    FILE *file = fopen(disk_path(name), "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    bytes[*size] = 0;
    fclose(file);
    return bytes;
}

void disk_write(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(disk_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

void disk_fail(disk_call call, int n, int code)
{
    on.calls[call].code = code;
    on.calls[call].is_lasting = n < 0;
    on.calls[call].n = n < 0 ? -n : n;
}

void disk_cut(size_t most) { on.cut = most; }

void disk_hold(disk_call call, bool hold) { on.calls[call].is_held = hold; }

bool disk_is_held(void) { return on.n_held > 0; }

int disk_count(disk_call call) { return on.calls[call].count; }

void disk_remember(void)
{
    on.events = calloc(MOST_EVENTS, sizeof *on.events);
    assert_non_null(on.events);
    on.remembers = true;
}

const disk_event *disk_events(size_t *n)
{
    *n = on.n_events;
    return on.events;
}

static void remember(const void *bytes, size_t size, uint64_t offset)
{
    pthread_mutex_lock(&on.mutex);
    if (on.remembers && on.n_events < MOST_EVENTS) {
        disk_event *event = &on.events[on.n_events++];
        *event = (disk_event){.offset = offset, .size = size, .bytes = bytes ? malloc(size) : NULL};
        if (event->bytes) memcpy(event->bytes, bytes, size);
    }
    pthread_mutex_unlock(&on.mutex);
}

/* Whether this call fails; then errno is set. */
static bool fails(disk_call call)
{
    on.calls[call].count++;
    if (on.calls[call].is_held) {
        on.n_held++;
        while (on.calls[call].is_held) unit_sleep(0.001);
        on.n_held--;
    }
    if (on.calls[call].n == 0 || (on.calls[call].n > 1 && on.calls[call].n-- > 1)) return false;
    if (!on.calls[call].is_lasting) on.calls[call].n = 0;
    errno = on.calls[call].code;
    return true;
}

ssize_t __real_pwrite(int file, const void *bytes, size_t size, off_t offset);
ssize_t __wrap_pwrite(int file, const void *bytes, size_t size, off_t offset);
ssize_t __wrap_pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    if (fails(DISK_PWRITE)) {
        int code = errno;
        if (size > 1) (void)!__real_pwrite(file, bytes, size / 2, offset);
        errno = code;
        return -1;
    }
    size_t most = on.cut;
    ssize_t n = __real_pwrite(file, bytes, most > 0 && size > most ? most : size, offset);
    if (n > 0) remember(bytes, (size_t)n, (uint64_t)offset);
    return n;
}

ssize_t __real_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    size_t most = on.cut;
    return fails(DISK_WRITE) ? -1 : __real_write(file, bytes, most > 0 && size > most ? most : size);
}

int __real_fdatasync(int file);
int __wrap_fdatasync(int file);
int __wrap_fdatasync(int file)
{
    int code = fails(DISK_FDATASYNC) ? -1 : __real_fdatasync(file);
    if (code == 0) remember(NULL, 0, 0);
    return code;
}

int __real_fsync(int file);
int __wrap_fsync(int file);
int __wrap_fsync(int file) { return fails(DISK_FSYNC) ? -1 : __real_fsync(file); }

int __real_renameat(int from, const char *a, int to, const char *b);
int __wrap_renameat(int from, const char *a, int to, const char *b);
int __wrap_renameat(int from, const char *a, int to, const char *b) { return fails(DISK_RENAME) ? -1 : __real_renameat(from, a, to, b); }

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, mode_t mode);
int __wrap_openat(int folder, const char *path, int flags, mode_t mode)
{
    return fails(DISK_OPEN) ? -1 : __real_openat(folder, path, flags, mode);
}

int __real_flock(int file, int operation);
int __wrap_flock(int file, int operation);
int __wrap_flock(int file, int operation) { return fails(DISK_FLOCK) ? -1 : __real_flock(file, operation); }

/* The descriptor is gone in any case, as Linux has it. */
int __real_close(int file);
int __wrap_close(int file);
int __wrap_close(int file)
{
    int code = __real_close(file);
    return fails(DISK_CLOSE) ? -1 : code;
}
