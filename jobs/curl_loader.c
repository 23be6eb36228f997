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
           take(library, "curl_easy_setopt", &curl.easy_setopt) && take(library, "curl_easy_getinfo", &curl.easy_getinfo) &&
           take(library, "curl_easy_strerror", &curl.easy_strerror) && take(library, "curl_version_info", &curl.version_info) &&
           take(library, "curl_slist_append", &curl.slist_append) && take(library, "curl_slist_free_all", &curl.slist_free_all) &&
           take(library, "curl_multi_init", &curl.multi_init) && take(library, "curl_multi_cleanup", &curl.multi_cleanup) &&
           take(library, "curl_multi_setopt", &curl.multi_setopt) && take(library, "curl_multi_add_handle", &curl.multi_add_handle) &&
           take(library, "curl_multi_remove_handle", &curl.multi_remove_handle) &&
           take(library, "curl_multi_socket_action", &curl.multi_socket_action) &&
           take(library, "curl_multi_info_read", &curl.multi_info_read) && take(library, "curl_share_init", &curl.share_init) &&
           take(library, "curl_share_setopt", &curl.share_setopt) && take(library, "curl_share_cleanup", &curl.share_cleanup);
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
