/* page_hosts.c: see page_hosts.h. */
#include "page_hosts.h"
#include "page_file.h"

#include <stddef.h>
#include <string.h>

static uint64_t add(uint64_t hash, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        hash = (hash ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 0x100000001b3ull;
    }
    return hash;
}

uint64_t page_hosts_key(const char *address)
{
    const char *host = page_host(address);
    uint64_t hash = add(add(0xcbf29ce484222325ull, address, strcspn(address, ":")), host, strcspn(host, "/?#"));
    return hash ? hash : 1;
}

static const page_server *find(const page_hosts *hosts, uint64_t key)
{
    for (int i = 0; i < hosts->used; i++)
        if (hosts->hosts[i].key == key) return &hosts->hosts[i];
    return NULL;
}

/* One that nobody needs gives way; of those, the one that may be asked soonest. */
static page_server *find_or_make(page_hosts *hosts, uint64_t key)
{
    page_server *found = (page_server *)(uintptr_t)find(hosts, key), *spare = NULL;
    if (found) return found;
    if (hosts->used < PAGE_HOSTS) spare = &hosts->hosts[hosts->used++];
    for (int i = 0; i < hosts->used && !(spare && spare->key == 0); i++) {
        page_server *at = &hosts->hosts[i];
        if (at->n_active == 0 && (!spare || at->paused_s < spare->paused_s)) spare = at;
    }
    if (spare) *spare = (page_server){.key = key};
    return spare;
}

int page_hosts_may_enter(const page_hosts *hosts, uint64_t key, int64_t most, double now_s)
{
    const page_server *host = find(hosts, key);
    return !host || (host->paused_s <= now_s && (most == 0 || host->n_active < most));
}

void page_hosts_enter(page_hosts *hosts, uint64_t key)
{
    page_server *host = find_or_make(hosts, key);
    if (host) host->n_active++;
}

void page_hosts_leave(page_hosts *hosts, uint64_t key)
{
    page_server *host = (page_server *)(uintptr_t)find(hosts, key);
    if (host && host->n_active > 0) host->n_active--;
}

void page_hosts_pause(page_hosts *hosts, uint64_t key, double until_s)
{
    page_server *host = find_or_make(hosts, key);
    if (host && until_s > host->paused_s) host->paused_s = until_s;
}
