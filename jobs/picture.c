/* picture.c: see picture.h. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

enum { DOTS_WIDE = 5, DOTS_HIGH = 7, DOT = 2 };

/* A letter is 7 rows of 5 dots, the leftmost one in bit 4. */
static const struct glyph {
    char letter;
    unsigned char rows[DOTS_HIGH];
} glyphs[] = {
    {'0', {14, 17, 19, 21, 25, 17, 14}}, {'1', {4, 12, 4, 4, 4, 4, 14}},      {'2', {14, 17, 1, 6, 8, 16, 31}},
    {'3', {14, 17, 1, 6, 1, 17, 14}},    {'4', {2, 6, 10, 18, 31, 2, 2}},     {'5', {31, 16, 30, 1, 1, 17, 14}},
    {'6', {14, 16, 30, 17, 17, 17, 14}}, {'7', {31, 1, 2, 4, 8, 8, 8}},       {'8', {14, 17, 17, 14, 17, 17, 14}},
    {'9', {14, 17, 17, 15, 1, 1, 14}},   {'a', {0, 0, 14, 1, 15, 17, 15}},    {'d', {1, 1, 15, 17, 17, 17, 15}},
    {'e', {0, 0, 14, 17, 31, 16, 14}},   {'k', {16, 16, 18, 20, 24, 20, 18}}, {'m', {0, 0, 26, 21, 21, 21, 21}},
    {'n', {0, 0, 30, 17, 17, 17, 17}},   {'o', {0, 0, 14, 17, 17, 17, 14}},   {'r', {0, 0, 22, 25, 16, 16, 16}},
    {'s', {0, 0, 15, 16, 14, 1, 30}},    {'w', {0, 0, 17, 17, 21, 21, 10}},
};

picture picture_create(int width, int height)
{
    picture made = {width, height, malloc((size_t)width * (size_t)height * sizeof(picture_colour))};
    if (made.pixels) memset(made.pixels, 255, (size_t)width * (size_t)height * sizeof(picture_colour));
    return made;
}

void picture_fini(picture *self)
{
    free(self->pixels);
    self->pixels = NULL;
}

void picture_fill(picture *self, int x, int y, int width, int height, picture_colour colour)
{
    for (int row = y; row < y + height; row++) {
        if (row < 0 || row >= self->height) continue;
        for (int column = x; column < x + width; column++)
            if (column >= 0 && column < self->width) self->pixels[(size_t)row * (size_t)self->width + (size_t)column] = colour;
    }
}

static const struct glyph *glyph_of(char letter)
{
    for (size_t i = 0; i < sizeof(glyphs) / sizeof(glyphs[0]); i++)
        if (glyphs[i].letter == letter) return &glyphs[i];
    return NULL;
}

static void write_letter(picture *self, int x, int y, const struct glyph *glyph)
{
    static const picture_colour black = {0, 0, 0};
    for (int row = 0; row < DOTS_HIGH; row++)
        for (int column = 0; column < DOTS_WIDE; column++)
            if (glyph->rows[row] >> (DOTS_WIDE - 1 - column) & 1) picture_fill(self, x + column * DOT, y + row * DOT, DOT, DOT, black);
}

void picture_write(picture *self, int x, int y, const char *text)
{
    for (; *text; text++, x += PICTURE_LETTER) {
        const struct glyph *glyph = glyph_of(*text);
        if (glyph) write_letter(self, x, y, glyph);
    }
}
