/* picture.h: a picture in memory, 3 bytes a pixel, red, green, blue, row by row from the top. Used by the job `mandelbrot`. One thread. */
#ifndef RANKPOOL_PICTURE_H
#define RANKPOOL_PICTURE_H

#include <stddef.h>

typedef struct picture_colour {
    unsigned char red, green, blue;
} picture_colour;

typedef struct picture {
    int width, height;
    picture_colour *pixels;
} picture;

/* A white picture; up to 32767 in each direction. Its pixels are NULL: no memory. picture_fini takes such a one too. */
picture picture_create(int width, int height);
void picture_fini(picture *self);

/* Draws a rectangle, as far as it lies within the picture. */
void picture_fill(picture *self, int x, int y, int width, int height, picture_colour colour);

/* Writes black text, whose top left corner is there, as far as it lies within. Digits, small letters and blanks; PICTURE_LETTER pixels wide
 * and PICTURE_LINE high each. */
enum { PICTURE_LETTER = 12, PICTURE_LINE = 18 };
void picture_write(picture *self, int x, int y, const char *text);

#endif
