/* info.h: `rankpool info`: what a pool with these options turns out to be, and why. */
#ifndef RANKPOOL_CLI_INFO_H
#define RANKPOOL_CLI_INFO_H

#include <rankpool/rankpool.h>

/* The client of rp_main_bare. */
int info_client(rp_pool *pool, int argc, char **argv);

#endif
