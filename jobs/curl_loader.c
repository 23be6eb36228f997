/* curl_loader.c: see curl_loader.h. */
#include "curl_loader.h"
#include "library.h"

#include <pthread.h>
#include <stdio.h>

static curl_loader curl;
static bool is_there;
static char reason[LIBRARY_REASON_SIZE];

static bool take(void *library, const char *name, void *function)
{
    return library_take(library, RANKPOOL_CURL_LIBRARY, name, function, reason);
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
    void *library = library_open(RANKPOOL_CURL_LIBRARY, reason);
    if (!library || !take_all(library)) return;
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
