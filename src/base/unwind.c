/* unwind.c: see unwind.h. The library is linked with libgcc_s, so this reads no file. */
#include "base/unwind.h"

#include <execinfo.h>

void rpi_unwind_prepare(void)
{
    void *frame[1];
    (void)backtrace(frame, 1);
}
