/* memory_left.c: see memory_left.h. */
#include "base/memory_left.h"

#include "base/cgroup.h"

#include <stdbool.h>
#include <stdio.h>

/* 0: not known. */
static double available(const char *top)
{
    char path[512], line[128];
    unsigned long long kib = 0;
    snprintf(path, sizeof path, "%s/proc/meminfo", top);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1) break;
    if (file) fclose(file);
    return (double)kib * 1024;
}

uint64_t rpi_memory_left(const char *top, const char **limited_by)
{
    double machine = available(top), group = rpi_cgroup_memory_left(top);
    bool by_group = group > 0 && (machine <= 0 || group < machine);
    double least = by_group ? group : machine;
    *limited_by = by_group ? "by a control group's limit" : "MemAvailable of this machine";
    return least <= 0 ? UINT64_MAX : (uint64_t)least;
}
