/*
 * message_count.c: see message_count.h. The linker takes these functions instead of MPI's, which are also there as PMPI_…. They are the
 * functions with which the pool and the contestants send and receive. The count is of the whole process, so it is static.
 */
#include "message_count.h"

#include <mpi.h>
#include <stdatomic.h>

static atomic_uint_least64_t count;

static void add_one(void) { (void)atomic_fetch_add_explicit(&count, 1, memory_order_relaxed); }

uint64_t bench_message_count(void) { return atomic_load_explicit(&count, memory_order_relaxed); }

/* clang-format off */
#define COUNTED(name, parameters, arguments) \
    int MPI_##name parameters \
    { \
        add_one(); \
        return PMPI_##name arguments; \
    }

COUNTED(Send, (const void *data, int n, MPI_Datatype type, int to, int tag, MPI_Comm where), (data, n, type, to, tag, where))
COUNTED(Recv, (void *data, int n, MPI_Datatype type, int from, int tag, MPI_Comm where, MPI_Status *status),
        (data, n, type, from, tag, where, status))
COUNTED(Isend, (const void *data, int n, MPI_Datatype type, int to, int tag, MPI_Comm where, MPI_Request *request),
        (data, n, type, to, tag, where, request))
COUNTED(Irecv, (void *data, int n, MPI_Datatype type, int from, int tag, MPI_Comm where, MPI_Request *request),
        (data, n, type, from, tag, where, request))
COUNTED(Mrecv, (void *data, int n, MPI_Datatype type, MPI_Message *message, MPI_Status *status), (data, n, type, message, status))
COUNTED(Imrecv, (void *data, int n, MPI_Datatype type, MPI_Message *message, MPI_Request *request), (data, n, type, message, request))
/* clang-format on */
