/* process_stat.c: see process_stat.h. */
#include "base/process_stat.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What is between the parentheses may hold any bytes, so fields are counted from the last one. */
static bool read_stat(const char *path, char *state, uint64_t *start)
{
    char text[1024];
    FILE *file = fopen(path, "re");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file) fclose(file);
    text[n] = '\0';
    const char *rest = strrchr(text, ')');
    return rest &&
           sscanf(rest + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64, state, start) == 2;
}

bool rpi_process_stat(int64_t pid, char *state, uint64_t *start)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    return read_stat(path, state, start);
}

bool rpi_process_is_kept_waiting(int64_t pid)
{
    char path[384], state;
    uint64_t start;
    bool waits = false;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/task", pid);
    DIR *threads = opendir(path);
    for (const struct dirent *thread; threads && !waits && (thread = readdir(threads));) {
        snprintf(path, sizeof path, "/proc/%" PRId64 "/task/%s/stat", pid, thread->d_name);
        waits = read_stat(path, &state, &start) && (state == 'R' || state == 'D');
    }
    if (threads) closedir(threads);
    return waits;
}
