/*
 * owners.h: which worker of which rank computed each row of a picture, and a second picture that shows it: each rank has a colour, each of
 * its workers a shade of it, and a legend says which. Used by the job `mandelbrot`. One thread.
 */
#ifndef RANKPOOL_OWNERS_H
#define RANKPOOL_OWNERS_H

#include "picture.h"

typedef struct owner {
    int rank, worker;
} owner;

/* The picture, tinted row by row, with the legend on its right. Its pixels are NULL: no memory. */
picture owners_draw(const picture *plain, const owner *owners);

#endif
