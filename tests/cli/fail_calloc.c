/*
 * fail_calloc.c: to be preloaded: the N-th calloc of the program itself fails, N from FAIL_CALLOC. Those of libraries are their own affair.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdlib.h>

extern void *__libc_calloc(size_t count, size_t size);

void *calloc(size_t count, size_t size)
{
    static atomic_long calls;
    static struct link_map *program;
    struct link_map *of = NULL;
    Dl_info caller;
    const char *text = getenv("FAIL_CALLOC");
    if (!program) program = _r_debug.r_map;
    if (text && dladdr1(__builtin_return_address(0), &caller, (void **)&of, RTLD_DL_LINKMAP) && of == program &&
        atomic_fetch_add(&calls, 1) + 1 == atol(text)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(count, size);
}
