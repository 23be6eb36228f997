/*
 * page_hosts.h: the servers that a worker talks to: how many transfers each has, whether its name has been looked up, and until when one
 * that is overloaded is left alone. A server is a scheme, a name and a port. Pure.
 */
#ifndef RANKPOOL_PAGE_HOSTS_H
#define RANKPOOL_PAGE_HOSTS_H

#include <stdint.h>

enum { PAGE_HOSTS = 256, PAGE_LOOKUPS = 8 };

typedef struct page_server {
    uint64_t key; /* 0: free */
    int64_t n_active;
    double paused_s;  /* until then */
    int is_known;     /* its name has been looked up: what comes next finds the answer in curl's memory */
    int is_looked_up; /* by the one transfer that it has */
} page_server;

/* All zero at first. Servers beyond the most are known no more than their transfers need. */
typedef struct page_hosts {
    page_server hosts[PAGE_HOSTS];
    int used; /* hosts from here on were never used */
    int n_lookups;
} page_hosts;

/* What stands for the server of an address. Never 0. */
uint64_t page_hosts_key(const char *address);

/* Whether the address has a number for its host, and so no name to be looked up. */
int page_hosts_is_number(const char *address);

/* Whether a transfer may begin: fewer than `most` are there (0: any number), and the server isn't left alone. While its name is looked up,
 * one transfer is enough; and PAGE_LOOKUPS names are looked up at once, as a resolver that is asked for many loses some. */
int page_hosts_may_enter(const page_hosts *hosts, uint64_t key, int64_t most, double now_s);
void page_hosts_enter(page_hosts *hosts, uint64_t key);
void page_hosts_leave(page_hosts *hosts, uint64_t key);

/* Its name has been looked up. */
void page_hosts_found(page_hosts *hosts, uint64_t key);

/* Leaves the server alone until then. */
void page_hosts_pause(page_hosts *hosts, uint64_t key, double until_s);

#endif
