/* inbox.c: see inbox.h. */
#include "inbox.h"

#include "base/clock.h"
#include "base/error.h"
#include "cluster/bundle.h"
#include "mpi_error.h"

#include <string.h>

enum { ROOM = RPI_BUNDLE_MOST }; /* header and data */

rp_status rpi_inbox_init(rpi_inbox *self, MPI_Comm communicator, int tag, rp_error *error)
{
    *self = (rpi_inbox){.communicator = communicator, .tag = tag, .request = MPI_REQUEST_NULL};
    self->in = rpi_message_create(RPI_HELLO, 0, ROOM - sizeof(rpi_header));
    return self->in ? RP_OK : rpi_error_no_memory(error);
}

bool rpi_inbox_fini(rpi_inbox *self, uint64_t deadline_ns)
{
    int is_over = self->request == MPI_REQUEST_NULL;
    if (!is_over) (void)MPI_Cancel(&self->request);
    while (!is_over && MPI_Test(&self->request, &is_over, MPI_STATUS_IGNORE) == MPI_SUCCESS && !is_over && rpi_now_ns() < deadline_ns)
        nanosleep(&(struct timespec){0, 20000}, NULL);
    if (is_over) rpi_message_free(self->in);
    self->in = NULL;
    return is_over;
}

/* ---- looking ---- */

static rp_status fail(rpi_inbox *self, int code, rp_error *error)
{
    int class = MPI_SUCCESS;
    self->code = code;
    if (MPI_Error_class(code, &class) != MPI_SUCCESS || class != MPI_ERR_TRUNCATE) return rpi_mpi_error(error, code, "MPI_Test");
    return rp_error_set(error, RP_SYSTEM, 0, "a rank sent a message that is too long: do all ranks run the same build?");
}

/* The data is there with the header, unless it is long. */
static bool fits(const rpi_header *header, size_t size)
{
    if (size < sizeof *header) return false;
    size_t data = size - sizeof *header;
    return data == header->size || (data == 0 && header->size > ROOM - sizeof *header);
}

static rp_status take_in(rpi_inbox *self, const MPI_Status *status, rp_error *error)
{
    int size = 0;
    MPI_Get_count(status, MPI_BYTE, &size);
    self->peer = status->MPI_SOURCE;
    self->at = 0;
    self->is_full = fits(&self->in->header, (size_t)size);
    if (self->is_full) return RP_OK;
    self->code = MPI_ERR_OTHER;
    return rp_error_set(error, RP_SYSTEM, 0, "rank %d sent a message of %d bytes that is none", self->peer, size);
}

rp_status rpi_inbox_look(rpi_inbox *self, rp_error *error)
{
    int is_there = 0;
    MPI_Status status;
    if (self->is_full) return RP_OK;
    if (self->code != MPI_SUCCESS) return fail(self, self->code, error);
    int code = MPI_SUCCESS;
    if (self->request == MPI_REQUEST_NULL)
        code = MPI_Irecv(&self->in->header, ROOM, MPI_BYTE, MPI_ANY_SOURCE, self->tag, self->communicator, &self->request);
    if (code == MPI_SUCCESS) code = MPI_Test(&self->request, &is_there, &status);
    if (code != MPI_SUCCESS) return fail(self, code, error);
    return is_there ? take_in(self, &status, error) : RP_AGAIN;
}

/* ---- taking ---- */

bool rpi_inbox_has_long(const rpi_inbox *self) { return self->is_full && self->in->header.size > ROOM - sizeof(rpi_header); }

static rp_status take_alone(rpi_inbox *self, rpi_message **message, rp_error *error)
{
    const rpi_header *header = &self->in->header;
    *message = rpi_message_create(RPI_HELLO, 0, (size_t)header->size);
    if (!*message) return rpi_error_no_memory(error);
    memcpy(&(*message)->header, header, sizeof *header + (size_t)header->size);
    self->is_full = false;
    return RP_OK;
}

static rp_status take_next(rpi_inbox *self, rpi_message **message, rp_error *error)
{
    rp_status status = rpi_bundle_next(self->in, &self->at, message);
    if (status == RP_OK) self->is_full = self->at < self->in->header.size;
    if (status == RP_OK || status == RP_NO_MEMORY) return status;
    return rp_error_set(error, RP_SYSTEM, 0, "rank %d sent messages that don't fit together", self->peer);
}

rp_status rpi_inbox_take(rpi_inbox *self, rpi_message **message, rp_error *error)
{
    if (!self->is_full) return RP_AGAIN;
    return rpi_bundle_is_one(self->in) ? take_next(self, message, error) : take_alone(self, message, error);
}
