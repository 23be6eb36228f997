/* curl_loader.c: see curl_loader.h. */
#include "curl_loader.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static curl_loader curl;
static bool is_there;
static char reason[256];

static bool take(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof(found)); /* POSIX: the address of a function fits an object pointer */
    if (!found) (void)snprintf(reason, sizeof(reason), "%s has no %s", RANKPOOL_CURL_LIBRARY, name);
    return found != NULL;
}

static bool take_all(void *library)
{
    return take(library, "curl_global_init", &curl.global_init) && take(library, "curl_easy_init", &curl.easy_init) &&
           take(library, "curl_easy_cleanup", &curl.easy_cleanup) && take(library, "curl_easy_reset", &curl.easy_reset) &&
           take(library, "curl_easy_setopt", &curl.easy_setopt) && take(library, "curl_easy_perform", &curl.easy_perform) &&
           take(library, "curl_easy_getinfo", &curl.easy_getinfo) && take(library, "curl_easy_strerror", &curl.easy_strerror) &&
           take(library, "curl_version_info", &curl.version_info);
}

/* The library stays loaded: the handles are in it, and its own state lasts as long as the process. */
static void load(void)
{
    void *library = dlopen(RANKPOOL_CURL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *why = dlerror();
        (void)snprintf(reason, sizeof(reason), "%s", why ? why : RANKPOOL_CURL_LIBRARY " can't be loaded");
        return;
    }
    if (!take_all(library)) return;
    CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
    if (code == CURLE_OK) is_there = true;
    else (void)snprintf(reason, sizeof(reason), "libcurl can't start: %s", curl.easy_strerror(code));
}

const curl_loader *curl_loader_get(const char **why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    *why = reason;
    return is_there ? &curl : NULL;
}
