/* memory_kills.c: see memory_kills.h. The counter is a line "oom_kill N", in one of three files. */
#include "memory_kills.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_TEXT = 16384 };

/* Returns 0: it can't be read, or is empty. */
static int read_text(int file, char text[MOST_TEXT])
{
    ssize_t n = file < 0 ? -1 : pread(file, text, MOST_TEXT - 1, 0);
    if (n > 0) text[n] = '\0';
    return n > 0;
}

/* -1: it isn't there. */
static int64_t count(int file)
{
    static const char name[] = "oom_kill ";
    char text[MOST_TEXT];
    int64_t n;
    if (!read_text(file, text)) return -1;
    for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, name, sizeof(name) - 1) == 0 && sscanf(line + sizeof(name) - 1, "%" SCNd64, &n) == 1) return n;
    return -1;
}

/* Opens a file that has the counter. Returns -1: it isn't there, or has none. */
static int open_counter(const char *root, const char *folder, const char *group, const char *name)
{
    char path[2 * PATH_MAX];
    if (snprintf(path, sizeof(path), "%s%s%s%s", root, folder, group, name) >= (int)sizeof(path)) return -1;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || count(file) >= 0) return file;
    (void)close(file);
    return -1;
}

/* In a line "0::/GROUP" of cgroup v2, or "4:memory:/GROUP" of v1. NULL: there is none. Ends it. */
static const char *group_of(char *text, const char *hierarchy)
{
    char *found = strstr(text, hierarchy);
    if (!found) return NULL;
    found += strlen(hierarchy);
    found[strcspn(found, "\n")] = '\0';
    return found;
}

static int open_of_group(const char *root, const char *hierarchy, const char *folder, const char *name)
{
    char path[PATH_MAX], text[MOST_TEXT];
    if (snprintf(path, sizeof(path), "%s/proc/self/cgroup", root) >= (int)sizeof(path)) return -1;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    const char *group = read_text(file, text) ? group_of(text, hierarchy) : NULL;
    if (file >= 0) (void)close(file);
    return group ? open_counter(root, folder, group, name) : -1;
}

void memory_kills_begin(memory_kills *self, const char *root)
{
    self->file = open_of_group(root, "0::", "/sys/fs/cgroup", "/memory.events");
    if (self->file < 0) self->file = open_of_group(root, ":memory:", "/sys/fs/cgroup/memory", "/memory.oom_control");
    self->is_cheap = self->file >= 0;
    if (self->file < 0) self->file = open_counter(root, "/proc", "", "/vmstat");
    self->before = count(self->file);
}

void memory_kills_end(memory_kills *self)
{
    if (self->file >= 0) (void)close(self->file);
    self->file = -1;
}

void memory_kills_look(memory_kills *self)
{
    if (self->is_cheap) self->before = count(self->file);
}

int memory_kills_grew(memory_kills *self)
{
    int64_t before = self->before;
    self->before = count(self->file);
    return before >= 0 && self->before > before;
}
