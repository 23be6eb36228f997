/* thumbnails_openmp.c: pictures in grey, made smaller: each point is the mean of 8 by 8. Shows a line of one, and the mean of each. */
#include <stdio.h>

enum { PICTURES = 40, SIDE = 256, SMALL = 32, SCALE = SIDE / SMALL };

typedef struct thumbnail {
    unsigned char grey[SMALL][SMALL];
} thumbnail;

/* Stands for a picture that would be read from a file. */
static int grey_of(int picture, int x, int y) { return (x * y / 16 + picture * (x + y)) % 256; }

static void make(thumbnail *to, int picture)
{
    for (int y = 0; y < SMALL; y++) {
        for (int x = 0; x < SMALL; x++) {
            int sum = 0;
            for (int i = 0; i < SCALE * SCALE; i++) sum += grey_of(picture, x * SCALE + i % SCALE, y * SCALE + i / SCALE);
            to->grey[y][x] = (unsigned char)(sum / (SCALE * SCALE));
        }
    }
}

static int mean(const thumbnail *of)
{
    int sum = 0;
    for (int i = 0; i < SMALL * SMALL; i++) sum += of->grey[i / SMALL][i % SMALL];
    return sum / (SMALL * SMALL);
}

int main(void)
{
    static thumbnail thumbnails[PICTURES];
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < PICTURES; i++) make(&thumbnails[i], i);
    for (int x = 0; x < SMALL; x++) printf(" %d", thumbnails[3].grey[5][x]);
    for (int i = 0; i < PICTURES; i++) printf("\n%d: %d", i, mean(&thumbnails[i]));
    printf("\n");
    return 0;
}
