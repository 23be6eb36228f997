/* pages.h: the manual pages and the scripts for completion as files, for the installation. */
#ifndef RANKPOOL_CLI_PAGES_H
#define RANKPOOL_CLI_PAGES_H

#include "commands.h"

/* Writes all of them below a folder, as below /usr/share: man/man1/rankpool.1 and so on. Makes folders. RP_OK; RP_SYSTEM, with the file. */
rp_status pages_write(const program_command *commands, const char *folder, rp_error *error);

#endif
