/* ffi_loader.c: see ffi_loader.h. */
#include "ffi_loader.h"

#ifdef RANKPOOL_FFI_LIBRARY
#include "library.h"

#include <pthread.h>

/* Set once, by load. */
static ffi_loader loader;
static const char *problem; /* NULL: there is none */

static bool take_types(void *library, char *reason)
{
    static const struct {
        rp_type type;
        const char *name;
    } rows[] = {
        {RP_TYPE_BOOL, "ffi_type_uint8"},    {RP_TYPE_INT8, "ffi_type_sint8"},    {RP_TYPE_INT16, "ffi_type_sint16"},
        {RP_TYPE_INT32, "ffi_type_sint32"},  {RP_TYPE_INT64, "ffi_type_sint64"},  {RP_TYPE_UINT8, "ffi_type_uint8"},
        {RP_TYPE_UINT16, "ffi_type_uint16"}, {RP_TYPE_UINT32, "ffi_type_uint32"}, {RP_TYPE_UINT64, "ffi_type_uint64"},
        {RP_TYPE_FLOAT, "ffi_type_float"},   {RP_TYPE_DOUBLE, "ffi_type_double"}, {RP_TYPE_STRING, "ffi_type_pointer"},
        {RP_TYPE_VOID, "ffi_type_void"},
    };
    for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
        if (!library_take(library, RANKPOOL_FFI_LIBRARY, rows[k].name, &loader.types[rows[k].type], reason)) return false;
    return true;
}

static void load(void)
{
    static char reason[LIBRARY_REASON_SIZE];
    void *library = library_open(RANKPOOL_FFI_LIBRARY, reason);
    bool is_there = library && library_take(library, RANKPOOL_FFI_LIBRARY, "ffi_prep_cif", &loader.prep_cif, reason) &&
                    library_take(library, RANKPOOL_FFI_LIBRARY, "ffi_call", &loader.call, reason) && take_types(library, reason);
    if (!is_there) problem = reason;
}

const ffi_loader *ffi_loader_get(const char **why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    *why = problem;
    return problem ? NULL : &loader;
}
#endif
