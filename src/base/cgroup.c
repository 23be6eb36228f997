/* cgroup.c: see cgroup.h. Paths have any length, as batch systems and containers nest their groups. */
#include "base/cgroup.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a controller's groups are, and which of them is this process's. */
typedef struct place {
    bool unified; /* version 2 */
    char *mount;  /* the folder of the topmost group that can be seen */
    char *path;   /* from there to the group: "" or "/a/b" */
} place;

/* Reads a limit of the group in that folder into `*limit`. True: the groups above needn't be asked. */
typedef bool look(const char *folder, bool unified, double *limit);

/* The text of a file, which the caller frees. NULL: there is none, or no memory. */
__attribute__((format(printf, 1, 2))) static char *read_file(const char *format, ...)
{
    enum { PIECE = 4096 };
    char *path, *text = NULL;
    size_t size = 0, got = 1;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&path, format, arguments);
    va_end(arguments);
    FILE *file = length < 0 ? NULL : fopen(path, "re");
    if (length >= 0) free(path);
    for (char *grown; file && got; size += got) {
        grown = realloc(text, size + PIECE);
        if (!grown) break;
        text = grown;
        got = fread(text + size, 1, PIECE - 1, file);
        text[size + got] = '\0';
    }
    if (file) fclose(file);
    return text;
}

static double read_number(const char *folder, const char *name)
{
    char *line = read_file("%s/%s", folder, name);
    double number = line ? strtod(line, NULL) : 0;
    free(line);
    return number;
}

/* ---- where the groups are ---- */

/* Whether a list such as "cpu,cpuacct" has the name. */
static bool lists(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == length && !strncmp(at, name, length)) return true;
    return false;
}

/* Splits a line at blanks, in place. Returns how many parts there are. */
static int split(char *line, char **parts, int most)
{
    int n = 0;
    char *rest = NULL;
    for (char *part = strtok_r(line, " \n", &rest); part && n < most; part = strtok_r(NULL, " \n", &rest)) parts[n++] = part;
    return n;
}

/* A line of mountinfo: … root mount options … - type source options. True: the controller's groups are mounted there. */
static bool take_mount(char *line, const char *controller, bool unified, char **root, char **mount)
{
    enum { ROOT = 3, MOUNT = 4, MOST = 64 };
    char *parts[MOST];
    int n = split(line, parts, MOST), dash = MOUNT + 1;
    while (dash < n && strcmp(parts[dash], "-") != 0) dash++;
    if (dash + 3 >= n || strcmp(parts[dash + 1], unified ? "cgroup2" : "cgroup") != 0) return false;
    if (!unified && !lists(parts[dash + 3], controller)) return false;
    *root = parts[ROOT];
    *mount = parts[MOUNT];
    return true;
}

/* A line of /proc/self/cgroup: number:controllers:path. NULL: it is about others. */
static char *take_path(char *line, const char *controller, bool unified)
{
    char *controllers = strchr(line, ':'), *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path) return NULL;
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    bool is_it = unified ? !strcmp(line, "0:") : lists(controllers + 1, controller);
    return is_it ? path : NULL;
}

/* The next line, which is cut off in place. NULL: there is none. */
static char *next_line(char **rest) { return *rest ? strsep(rest, "\n") : NULL; }

static bool find_mount(const char *top, const char *controller, place *found, char **root_of_mount)
{
    char *text = read_file("%s/proc/self/mountinfo", top), *rest = text, *root, *mount;
    for (char *line; (line = next_line(&rest));) {
        if (!take_mount(line, controller, found->unified, &root, &mount)) continue;
        if (asprintf(&found->mount, "%s%s", top, mount) < 0) found->mount = NULL;
        *root_of_mount = strdup(root);
        break;
    }
    free(text);
    return found->mount && *root_of_mount;
}

static bool find_path(const char *top, const char *controller, place *found)
{
    char *text = read_file("%s/proc/self/cgroup", top), *rest = text, *path = NULL;
    for (char *line; !path && (line = next_line(&rest));) path = take_path(line, controller, found->unified);
    if (path) found->path = strdup(path);
    free(text);
    return found->path;
}

/* In a container a mount may begin below the host's topmost group, while the path still is the host's. */
static void strip_root(place *found, const char *root)
{
    size_t length = strcmp(root, "/") ? strlen(root) : 0;
    if (!strncmp(found->path, root, length)) memmove(found->path, found->path + length, strlen(found->path + length) + 1);
    if (!strcmp(found->path, "/")) found->path[0] = '\0';
}

static bool find(const char *top, const char *controller, place *found)
{
    char *root = NULL;
    bool ok = find_mount(top, controller, found, &root) && find_path(top, controller, found);
    if (ok) strip_root(found, root);
    free(root);
    return ok;
}

/* ---- what they allow ---- */

/* Asks the group and those above it, until one has answered for all. */
static void climb(const place *at, look *ask, double *limit)
{
    for (char *path = at->path;;) {
        char *folder, *slash = strrchr(path, '/');
        if (asprintf(&folder, "%s%s", at->mount, path) < 0) return;
        bool is_told = ask(folder, at->unified, limit);
        free(folder);
        if (is_told || !*path) return;
        *(slash ? slash : path) = '\0';
    }
}

static double ask_all(const char *top, const char *controller, look *ask)
{
    double limit = 0;
    for (int unified = 0; unified < 2; unified++) {
        place at = {.unified = unified != 0};
        if (find(top, controller, &at)) climb(&at, ask, &limit);
        free(at.mount);
        free(at.path);
    }
    return limit;
}

/* Version 2: "max 100000" or "150000 100000". Version 1: two files, with -1 where there is no quota. */
static bool look_at_quota(const char *folder, bool unified, double *limit)
{
    double quota = 0, period = 0;
    if (unified) {
        char *line = read_file("%s/cpu.max", folder);
        if (line && sscanf(line, "%lf %lf", &quota, &period) != 2) quota = 0;
        free(line);
    } else {
        quota = read_number(folder, "cpu.cfs_quota_us");
        period = read_number(folder, "cpu.cfs_period_us");
    }
    double cores = quota > 0 && period > 0 ? quota / period : 0;
    if (cores > 0 && (*limit <= 0 || cores < *limit)) *limit = cores;
    return false;
}

/* "0-3,8" */
static int count_cores(const char *list)
{
    int n = 0;
    for (char *end; *list >= '0' && *list <= '9'; list = *end == ',' ? end + 1 : end) {
        long from = strtol(list, &end, 10), to = *end == '-' ? strtol(end + 1, &end, 10) : from;
        if (to >= from) n += (int)(to - from + 1);
    }
    return n;
}

static bool look_at_cores(const char *folder, bool unified, double *limit)
{
    char *line = read_file("%s/%s", folder, unified ? "cpuset.cpus.effective" : "cpuset.effective_cpus");
    if (!line && !unified) line = read_file("%s/cpuset.cpus", folder);
    int n = line ? count_cores(line) : 0;
    free(line);
    if (n > 0 && (*limit <= 0 || n < *limit)) *limit = n;
    return n > 0;
}

/* The number behind a name in memory.stat. */
static double stat_number(const char *stat, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = stat; at && *at; at = strchr(at, '\n'), at += at != NULL)
        if (!strncmp(at, name, length) && at[length] == ' ') return strtod(at + length, NULL);
    return 0;
}

/* The page cache counts as used, but the kernel takes it back first. */
static double reclaimable(const char *folder, bool unified)
{
    char *stat = read_file("%s/memory.stat", folder);
    if (!stat) return 0;
    double sum = stat_number(stat, unified ? "inactive_file" : "total_inactive_file") +
                 stat_number(stat, unified ? "active_file" : "total_active_file");
    free(stat);
    return sum;
}

static bool look_at_memory(const char *folder, bool unified, double *limit)
{
    double most = read_number(folder, unified ? "memory.max" : "memory.limit_in_bytes"); /* 0: "max", or there is no such file */
    if (most <= 0) return false;
    double used = read_number(folder, unified ? "memory.current" : "memory.usage_in_bytes");
    double left = most - used + reclaimable(folder, unified);
    if (left < 1) left = 1;
    if (*limit <= 0 || left < *limit) *limit = left;
    return false;
}

double rpi_cgroup_memory_left(const char *top) { return ask_all(top, "memory", look_at_memory); }
double rpi_cgroup_quota(const char *top) { return ask_all(top, "cpu", look_at_quota); }
int rpi_cgroup_cores(const char *top) { return (int)ask_all(top, "cpuset", look_at_cores); }
