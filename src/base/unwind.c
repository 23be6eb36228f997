/* unwind.c: see unwind.h. The library is linked with libgcc_s, so this reads no file. */
#include "base/unwind.h"

/* A C library without it, as musl, has no unwinder of its own that could be missing. */
#if __has_include(<execinfo.h>)
#include <execinfo.h>
#else
#define backtrace(frame, n) ((void)(frame), 0)
#endif

void rpi_unwind_prepare(void)
{
    void *frame[1];
    (void)backtrace(frame, 1);
}
