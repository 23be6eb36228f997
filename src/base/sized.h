/*
 * sized.h: structs of a caller that was compiled with another version of the headers. Structs grow at their ends alone, and a field that is
 * 0 means what there was before the field. The headers pass the size that the caller knows (rankpool/export.h); a program that was compiled
 * with 0.1.0 calls the functions without a size.
 */
#ifndef RPI_BASE_SIZED_H
#define RPI_BASE_SIZED_H

#include <rankpool/error.h>

/* What a struct's size was when `last` was its last field. Structs that a caller fills have no padding behind it. */
#define RPI_SIZE_UP_TO(type, last) (offsetof(type, last) + sizeof(((type *)0)->last))

/* What this version knows of a struct that the caller filled: `given` itself, if its size is that of this version, else a copy in `own`,
 * with fields that the caller doesn't know as 0. NULL: `given` is NULL; or the caller is newer, and wants something that this version
 * doesn't have. */
const void *rpi_sized_read(const void *given, size_t given_size, void *own, size_t own_size);

/* Says the latter. RP_USAGE. */
rp_status rpi_sized_refuse(const char *what, rp_error *error);

/* Writes as much of `own` as the caller has room for. What it has more becomes 0. */
void rpi_sized_write(const void *own, size_t own_size, void *to, size_t to_size);

#endif
