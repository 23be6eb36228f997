/*
 * ffi_loader.h: libffi, which calls functions whose types are known only when the program runs. It is loaded when the first one is to be
 * called.
 */
#ifndef RANKPOOL_FFI_LOADER_H
#define RANKPOOL_FFI_LOADER_H

#include <rankpool/task.h>

#ifdef RANKPOOL_FFI_LIBRARY
#include <ffi.h>

/* The functions of libffi that are used, under their names without "ffi_", and its type for each rp_type; NULL: there is none. */
typedef struct ffi_loader {
    ffi_status (*prep_cif)(ffi_cif *cif, ffi_abi abi, unsigned n_arguments, ffi_type *result, ffi_type **arguments);
    void (*call)(ffi_cif *cif, void (*function)(void), void *result, void **arguments);
    ffi_type *types[RP_TYPE_VOID + 1];
} ffi_loader;

/* Loads libffi, once. NULL: it can't be loaded; `*why` (static text) says why. Any thread. */
const ffi_loader *ffi_loader_get(const char **why);
#endif

#endif
