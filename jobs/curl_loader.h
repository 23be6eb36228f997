/*
 * curl_loader.h: libcurl, loaded when the first page is fetched. Loading it, with the libraries that it needs, takes some 4 ms. That is
 * more than everything else at the start of a run on one core, so jobs that fetch nothing don't load it.
 */
#ifndef RANKPOOL_CURL_LOADER_H
#define RANKPOOL_CURL_LOADER_H

#include <curl/curl.h>

/* The functions of libcurl that are used, under their names without "curl_". */
typedef struct curl_loader {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *handle);
    void (*easy_reset)(CURL *handle);
    CURLcode (*easy_setopt)(CURL *handle, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *handle, CURLINFO info, ...);
    const char *(*easy_strerror)(CURLcode code);
    curl_version_info_data *(*version_info)(CURLversion version);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_cleanup)(CURLM *multi);
    CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
    CURLMcode (*multi_add_handle)(CURLM *multi, CURL *handle);
    CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *handle);
    CURLMcode (*multi_socket_action)(CURLM *multi, curl_socket_t socket, int what, int *n_running);
    CURLMsg *(*multi_info_read)(CURLM *multi, int *n_left);
    CURLSH *(*share_init)(void);
    CURLSHcode (*share_setopt)(CURLSH *share, CURLSHoption option, ...);
    CURLSHcode (*share_cleanup)(CURLSH *share);
} curl_loader;

/* Loads libcurl and sets up its state for the process, once. NULL: it can't be loaded or doesn't start; `*why` (static text) says
 * why. Any thread. */
const curl_loader *curl_loader_get(const char **why);

#endif
