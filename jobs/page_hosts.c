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

int page_hosts_is_number(const char *address)
{
    const char *host = page_host(address);
    return *host == '[' || strspn(host, "0123456789.") == strcspn(host, ":/?#");
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

static int may_look_up(const page_hosts *hosts, const page_server *host)
{
    if (host && host->is_known) return 1;
    return !(host && host->n_active > 0) && hosts->n_lookups < PAGE_LOOKUPS;
}

int page_hosts_may_enter(const page_hosts *hosts, uint64_t key, int64_t most, double now_s)
{
    const page_server *host = find(hosts, key);
    if (!may_look_up(hosts, host)) return 0;
    return !host || (host->paused_s <= now_s && (most == 0 || host->n_active < most));
}

static void end_lookup(page_hosts *hosts, page_server *host)
{
    if (host->is_looked_up) hosts->n_lookups--;
    host->is_looked_up = 0;
}

void page_hosts_enter(page_hosts *hosts, uint64_t key)
{
    page_server *host = find_or_make(hosts, key);
    if (!host) return;
    host->n_active++;
    if (host->is_known || host->is_looked_up) return;
    host->is_looked_up = 1;
    hosts->n_lookups++;
}

void page_hosts_found(page_hosts *hosts, uint64_t key)
{
    page_server *host = (page_server *)(uintptr_t)find(hosts, key);
    if (!host || host->is_known) return;
    end_lookup(hosts, host);
    host->is_known = 1;
}

void page_hosts_leave(page_hosts *hosts, uint64_t key)
{
    page_server *host = (page_server *)(uintptr_t)find(hosts, key);
    if (!host || host->n_active == 0) return;
    if (--host->n_active == 0) end_lookup(hosts, host);
}

void page_hosts_pause(page_hosts *hosts, uint64_t key, double until_s)
{
    page_server *host = find_or_make(hosts, key);
    if (host && until_s > host->paused_s) host->paused_s = until_s;
}
