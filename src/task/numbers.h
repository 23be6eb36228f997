/* numbers.h: numbers of one arithmetic type as another, where that holds them exactly. */
#ifndef RPI_TASK_NUMBERS_H
#define RPI_TASK_NUMBERS_H

#include <rankpool/task.h>

#include <stdbool.h>

enum { RPI_LARGEST_NUMBER = 8 /* bytes */ };

static inline bool rpi_type_is_number(rp_type type) { return type >= RP_TYPE_BOOL && type <= RP_TYPE_DOUBLE; }

/* Writes the number at `from` to `to`, as another type. False: that doesn't hold it exactly, or one isn't arithmetic. */
bool rpi_number_convert(rp_type from_type, const void *from, rp_type to_type, void *to);

/* Whether a type holds all integers between two, exactly. */
bool rpi_number_holds(rp_type type, int64_t one, int64_t other);

#endif
