/* log_line.c: see log_line.h. */
#include "task/log_line.h"

#include <rankpool/text.h>

#include <stdio.h>
#include <string.h>

size_t rpi_log_line(char *line, size_t size, const struct timespec *now, int rank, int64_t item, const char *text)
{
    struct tm at = {0};
    (void)localtime_r(&now->tv_sec, &at);
    size_t used = strftime(line, size, "%H:%M:%S", &at);
    used += (size_t)snprintf(line + used, size - used, ".%03ld rank %d", now->tv_nsec / 1000000, rank);
    if (item >= 0) used += (size_t)snprintf(line + used, size - used, ", item %lld", (long long)item);
    line[used++] = ':';
    line[used++] = ' ';
    (void)rp_printable(text, strlen(text), line + used, size - used - 1);
    used += strlen(line + used);
    line[used++] = '\n';
    return used;
}
