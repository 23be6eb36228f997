/*
 * result_files.h: files of the items' outputs in one directory: NAME.out and NAME.err, NAME being the item's index, a -, and its text with
 * all but letters, digits and . _ - + = , @ as %XX. Of a long text the beginning is taken, and NAME.item has the whole. A file gets its
 * name when it is whole; what a command had written that was killed, or ran into its time-out, is in NAME.out.part and NAME.err.part.
 */
#ifndef RANKPOOL_JOBS_RESULT_FILES_H
#define RANKPOOL_JOBS_RESULT_FILES_H

#include "command_result.h"

#include <rankpool/job.h>

typedef struct result_files result_files;

/* Opens the directory; makes it when it isn't there. RP_OK; RP_USAGE: it can't be; RP_NO_MEMORY. */
rp_status result_files_open(const char *path, result_files **files, rp_error *error);
void result_files_close(result_files *files); /* NULL does nothing */

/* RP_OK; RP_SYSTEM. */
rp_status result_files_write(result_files *files, const rp_job_outcome *outcome, const command_result *result, rp_error *error);

/* The NAME of an item. Returns 1; 0: the text was too long. */
#define RESULT_FILES_NAME_SIZE 224
int result_files_name(int64_t index, rp_bytes item, char name[RESULT_FILES_NAME_SIZE]);

#endif
