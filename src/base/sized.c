/* sized.c: see sized.h. */
#include "base/sized.h"

#include <rankpool/version.h>
#include <string.h>

static int is_zero(const char *from, size_t size)
{
    while (size > 0 && from[size - 1] == 0) size--;
    return size == 0;
}

const void *rpi_sized_read(const void *given, size_t given_size, void *own, size_t own_size)
{
    if (!given || given_size == own_size) return given;
    if (given_size > own_size && !is_zero((const char *)given + own_size, given_size - own_size)) return NULL;
    rpi_sized_write(given, given_size, own, own_size);
    return own;
}

rp_status rpi_sized_refuse(const char *what, rp_error *error)
{
    return rp_error_set(error, RP_USAGE, 0, "%s set something that this version of librankpool, %s, doesn't have", what, rp_version());
}

void rpi_sized_write(const void *own, size_t own_size, void *to, size_t to_size)
{
    size_t both = own_size < to_size ? own_size : to_size;
    memcpy(to, own, both);
    memset((char *)to + both, 0, to_size - both);
}
