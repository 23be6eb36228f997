/* owners.c: see owners.h. The colours are those of Okabe and Ito, which people with any vision can tell apart; they repeat after 8 ranks.
 */
#include "owners.h"

#include <stdio.h>
#include <stdlib.h>

enum { LEGEND_WIDTH = 380, MARGIN = 10, SWATCH = 14, TEXT_AT = MARGIN + SWATCH + 6 };

static const picture_colour colours[] = {{230, 159, 0}, {86, 180, 233}, {0, 158, 115},   {240, 228, 66},
                                         {0, 114, 178}, {213, 94, 0},   {204, 121, 167}, {140, 140, 140}};

/* An owner and how many rows it has. */
typedef struct share {
    owner who;
    int n_rows;
} share;

static unsigned char between(unsigned char from, unsigned char to, double part) { return (unsigned char)(from + (to - from) * part + 0.5); }

static picture_colour mix(picture_colour from, picture_colour to, double part)
{
    return (picture_colour){between(from.red, to.red, part), between(from.green, to.green, part), between(from.blue, to.blue, part)};
}

/* The first worker has the full colour, the others lighter ones; the shades repeat after 4 workers. */
static picture_colour colour_of(owner who)
{
    static const picture_colour white = {255, 255, 255};
    static const double whiteness[] = {0, 0.5, 0.25, 0.75};
    return mix(colours[who.rank % (int)(sizeof(colours) / sizeof(colours[0]))], white, whiteness[who.worker % 4]);
}

static void tint_row(picture *made, const picture *plain, int row, picture_colour colour)
{
    static const picture_colour black = {0, 0, 0};
    for (int column = 0; column < plain->width; column++) {
        picture_colour from = plain->pixels[(size_t)row * (size_t)plain->width + (size_t)column];
        double light = (from.red + from.green + from.blue) / (3 * 255.0);
        made->pixels[(size_t)row * (size_t)made->width + (size_t)column] = mix(black, colour, 0.45 + 0.55 * light);
    }
}

static int by_owner(const void *left, const void *right)
{
    const share *a = left, *b = right;
    if (a->who.rank != b->who.rank) return a->who.rank < b->who.rank ? -1 : 1;
    return (a->who.worker > b->who.worker) - (a->who.worker < b->who.worker);
}

/* Puts together what is one owner's. Returns how many owners there are. */
static int count(share *shares, const owner *owners, int n_rows)
{
    int n = 0;
    for (int row = 0; row < n_rows; row++) shares[row] = (share){owners[row], 1};
    qsort(shares, (size_t)n_rows, sizeof(shares[0]), by_owner);
    for (int row = 0; row < n_rows; row++) {
        if (n > 0 && by_owner(&shares[n - 1], &shares[row]) == 0) shares[n - 1].n_rows++;
        else shares[n++] = shares[row];
    }
    return n;
}

static void draw_legend(picture *made, int x, const share *shares, int n)
{
    int n_lines = (made->height - MARGIN) / PICTURE_LINE, n_shown = n <= n_lines ? n : n_lines - 1;
    char text[64];
    for (int i = 0; i < n_shown; i++) {
        int y = MARGIN + i * PICTURE_LINE;
        picture_fill(made, x + MARGIN, y, SWATCH, SWATCH, colour_of(shares[i].who));
        (void)snprintf(text, sizeof(text), "rank %d worker %d  %d rows", shares[i].who.rank, shares[i].who.worker, shares[i].n_rows);
        picture_write(made, x + TEXT_AT, y, text);
    }
    if (n_shown >= n) return;
    (void)snprintf(text, sizeof(text), "and %d more", n - n_shown);
    picture_write(made, x + TEXT_AT, MARGIN + n_shown * PICTURE_LINE, text);
}

picture owners_draw(const picture *plain, const owner *owners)
{
    picture made = picture_create(plain->width + LEGEND_WIDTH, plain->height);
    share *shares = malloc((size_t)plain->height * sizeof(shares[0]));
    if (!made.pixels || !shares) {
        picture_fini(&made);
    } else {
        for (int row = 0; row < plain->height; row++) tint_row(&made, plain, row, colour_of(owners[row]));
        draw_legend(&made, plain->width, shares, count(shares, owners, plain->height));
    }
    free(shares);
    return made;
}
