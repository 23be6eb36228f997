/* library.c: see library.h. */
#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

void *library_open(const char *name, char reason[LIBRARY_REASON_SIZE])
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    const char *why = library ? NULL : dlerror();
    if (!library) (void)snprintf(reason, LIBRARY_REASON_SIZE, "%s", why ? why : "a library can't be loaded");
    return library;
}

bool library_take(void *library, const char *name, const char *function_name, void *function, char reason[LIBRARY_REASON_SIZE])
{
    void *found = dlsym(library, function_name);
    memcpy(function, &found, sizeof(found)); /* POSIX: the address of a function fits an object pointer */
    if (!found) (void)snprintf(reason, LIBRARY_REASON_SIZE, "%s has no %s", name, function_name);
    return found != NULL;
}
