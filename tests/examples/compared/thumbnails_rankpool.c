/* thumbnails_rankpool.c: thumbnails_openmp.c with a pool. */
#include <rankpool/rankpool.h>

#include <stdio.h>

enum { PICTURES = 40, SIDE = 256, SMALL = 32, SCALE = SIDE / SMALL };

typedef struct thumbnail {
    unsigned char grey[SMALL][SMALL];
} thumbnail;

/* Stands for a picture that would be read from a file. */
static int grey_of(int picture, int x, int y) { return (x * y / 16 + picture * (x + y)) % 256; }

static void make(thumbnail *to, const int *picture)
{
    for (int y = 0; y < SMALL; y++) {
        for (int x = 0; x < SMALL; x++) {
            int sum = 0;
            for (int i = 0; i < SCALE * SCALE; i++) sum += grey_of(*picture, x * SCALE + i % SCALE, y * SCALE + i / SCALE);
            to->grey[y][x] = (unsigned char)(sum / (SCALE * SCALE));
        }
    }
}
RP_TASK_POINTER(make, thumbnail, int)

static int mean(const thumbnail *of)
{
    int sum = 0;
    for (int i = 0; i < SMALL * SMALL; i++) sum += of->grey[i / SMALL][i % SMALL];
    return sum / (SMALL * SMALL);
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    static thumbnail thumbnails[PICTURES];
    rp_error error;
    if (rp_map(pool, make_task, thumbnails, PICTURES, RP_RANGE(0, 1), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    for (int x = 0; x < SMALL; x++) printf(" %d", thumbnails[3].grey[5][x]);
    for (int i = 0; i < PICTURES; i++) printf("\n%d: %d", i, mean(&thumbnails[i]));
    printf("\n");
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
