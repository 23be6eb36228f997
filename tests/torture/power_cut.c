/*
 * power_cut.c: see disk.h. A copy of each file as it was synced last is kept in a folder of its own, by the number of its inode, and the
 * names as the folder was synced last. What is made of it at the end is decided by the content alone, so that it can be repeated.
 */
#include "disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, MOST_BYTES = 1 << 24, MOST_NAMES = 64, SECTOR = 512 };

typedef struct name {
    char text[256];
    uint64_t number; /* of its inode */
} name;

typedef struct content {
    char *bytes;
    size_t size;
} content;

static struct {
    const char *folder, *beside, *shadow;
    name names[MOST_NAMES]; /* that are on the disk */
    int n_names;
    bool has_folder; /* the folder's own name is */
    pthread_mutex_t mutex;
} power = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static content read_all(const char *path)
{
    content all = {calloc(1, MOST_BYTES), 0};
    int file = all.bytes ? disk_open(path, O_RDONLY | O_CLOEXEC, 0) : -1;
    for (ssize_t n; file >= 0 && (n = disk_pread(file, all.bytes + all.size, MOST_BYTES - all.size, (off_t)all.size)) > 0;)
        all.size += (size_t)n;
    if (file >= 0) disk_close(file);
    return all;
}

static void write_all(const char *path, const char *bytes, size_t size)
{
    int file = disk_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    for (ssize_t n; file >= 0 && size > 0 && (n = disk_write(file, bytes, size)) > 0; size -= (size_t)n) bytes += n;
    if (file >= 0) disk_close(file);
}

static void shadow_of(uint64_t number, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%llu", power.shadow, (unsigned long long)number);
}

static void keep(const char *path, uint64_t number)
{
    char shadow[PATH_MAX];
    content all = read_all(path);
    shadow_of(number, shadow);
    if (all.bytes) write_all(shadow, all.bytes, all.size);
    free(all.bytes);
}

/* The names that the folder has now. */
static int list(name *names)
{
    DIR *entries = opendir(power.folder);
    int n = 0;
    for (const struct dirent *entry; entries && n < MOST_NAMES && (entry = readdir(entries));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        snprintf(names[n].text, sizeof names[n].text, "%s", entry->d_name);
        names[n++].number = entry->d_ino;
    }
    if (entries) closedir(entries);
    return n;
}

static void path_of(const name *of, char path[PATH_MAX]) { snprintf(path, PATH_MAX, "%s/%.255s", power.folder, of->text); }

void power_cut_begin(const char *folder, const char *beside, const char *shadow)
{
    char path[PATH_MAX];
    struct stat about;
    power.folder = folder;
    power.beside = beside;
    power.shadow = shadow;
    power.n_names = list(power.names);
    power.has_folder = stat(folder, &about) == 0;
    for (int k = 0; k < power.n_names; k++) {
        path_of(&power.names[k], path);
        keep(path, power.names[k].number);
    }
    if (stat(beside, &about) == 0) keep(beside, about.st_ino);
}

void power_cut_made(int file)
{
    struct stat about;
    char shadow[PATH_MAX];
    if (fstat(file, &about) != 0 || about.st_size > 0) return;
    shadow_of(about.st_ino, shadow);
    (void)unlink(shadow);
}

static bool lies_in(const char *path)
{
    const char *end = strrchr(power.folder, '/');
    return end && strlen(path) == (size_t)(end - power.folder) && !strncmp(path, power.folder, strlen(path));
}

static bool is_one_of(const char *path)
{
    size_t n = strlen(power.folder);
    return !strcmp(path, power.beside) || (!strncmp(path, power.folder, n) && path[n] == '/');
}

void power_cut_synced(int file, const char *path)
{
    struct stat about;
    char open[64];
    snprintf(open, sizeof open, "/proc/self/fd/%d", file);
    pthread_mutex_lock(&power.mutex);
    if (!strcmp(path, power.folder)) power.n_names = list(power.names);
    else if (lies_in(path)) power.has_folder = true;
    else if (is_one_of(path) && fstat(file, &about) == 0) keep(open, about.st_ino);
    pthread_mutex_unlock(&power.mutex);
}

/* ---- the end ---- */

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    return *random ^= *random << 17;
}

/* Of each page that isn't as it was synced: the old one, the new one, or zeros; and sometimes the end is cut off in a page. */
static void tear(content *now, const content *synced, uint64_t random)
{
    for (size_t at = 0; at < now->size; at += PAGE) {
        size_t n = now->size - at < PAGE ? now->size - at : PAGE;
        bool is_same = at + n <= synced->size && !memcmp(now->bytes + at, synced->bytes + at, n);
        uint64_t what = next_random(&random) % 3;
        if (!is_same && what == 0) memcpy(now->bytes + at, synced->bytes + at, n); /* behind its end are zeros */
        if (!is_same && what == 1 && n > SECTOR) memset(now->bytes + at + SECTOR, 0, n - SECTOR);
    }
    if (now->size > synced->size && next_random(&random) % 2) now->size -= next_random(&random) % (now->size - synced->size + 1);
}

static void leave(const char *path, uint64_t number, bool is_torn)
{
    char shadow[PATH_MAX];
    shadow_of(number, shadow);
    content synced = read_all(shadow), now = is_torn ? read_all(path) : synced;
    if (is_torn && now.bytes && synced.bytes) tear(&now, &synced, 88172645463325252u + now.size);
    (void)unlink(path);
    if (now.bytes) write_all(path, now.bytes, now.size);
}

static bool has(const name *names, int n, const name *which)
{
    for (int k = 0; k < n; k++)
        if (!strcmp(names[k].text, which->text)) return true;
    return false;
}

void power_cut_happen(bool is_torn)
{
    static name now[MOST_NAMES];
    char path[PATH_MAX];
    struct stat about;
    pthread_mutex_lock(&power.mutex);
    int n = list(now);
    const name *names = is_torn ? now : power.names;
    int n_names = is_torn ? n : power.has_folder ? power.n_names : 0;
    for (int k = 0; k < n; k++) {
        path_of(&now[k], path);
        if (!has(names, n_names, &now[k])) (void)unlink(path);
    }
    for (int k = 0; k < n_names; k++) {
        path_of(&names[k], path);
        leave(path, names[k].number, is_torn);
    }
    if (!is_torn && !power.has_folder) (void)rmdir(power.folder);
    if (stat(power.beside, &about) == 0) leave(power.beside, about.st_ino, is_torn);
}
