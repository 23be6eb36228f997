/* pack_call.h: a call as bytes that go to another process; see pack.h. */
#ifndef RPI_TASK_PACK_CALL_H
#define RPI_TASK_PACK_CALL_H

#include "task/pack.h"

/* Which constants of a call have places, and which. Asked for once, as the answer may change. */
typedef struct rpi_call_places {
    unsigned mask; /* bit k: argument k has one */
    rpi_place at[RP_MAX_ARGUMENTS];
} rpi_call_places;

/* `namer` NULL: none has. */
void rpi_call_places_find(const rpi_work *work, const rpi_namer *namer, rpi_call_places *places);

/* A call: the name of the task, the columns that aren't arrays, or the places of those that have one, and how failures are handled. */
size_t rpi_pack_call_size(const rpi_work *work, const rpi_call_places *places);
void rpi_pack_call(char *to, const rpi_work *work, const rpi_call_places *places);
/* Initialises the work; its constants are copied, or held. RP_OK, RP_USAGE (no such task), RP_UNSUPPORTED (a region can't be reached),
 * RP_NO_MEMORY: there is nothing to free. */
rp_status rpi_unpack_call(const char *from, size_t size, rpi_work *work, rp_error *error);

/* Whether two packed calls of that size are the same but for their ids and seeds. */
bool rpi_packed_calls_match(const char *one, const char *other, size_t size);

#endif
