/*
 * png_file.h: a picture as a PNG file, by libpng, which is loaded when it is first used. A file is there as a whole or not at all. Used by
 * the job `mandelbrot`. One thread.
 */
#ifndef RANKPOOL_PNG_FILE_H
#define RANKPOOL_PNG_FILE_H

#include "picture.h"

#include <rankpool/error.h>

/* Checks that a file can be written there, by making and removing another one beside it. Returns RP_OK; RP_USAGE (it can't);
 * RP_UNSUPPORTED: there is no libpng. The text doesn't name the file. */
rp_status png_file_check(const char *path, rp_error *error);

/* Writes the picture. Returns RP_OK; RP_SYSTEM or RP_NO_MEMORY: what was at `path` is unchanged. */
rp_status png_file_write(const char *path, const picture *shown, rp_error *error);

#endif
