// thumbnails_rankpool.cc: thumbnails_openmp.c with a pool, in C++.
#include <cstdio>
#include <numeric>
#include <rankpool/rankpool.hpp>

constexpr int pictures = 40, side = 256, small = 32, scale = side / small;

using thumbnail = std::array<unsigned char, small * small>;

// Stands for a picture that would be read from a file.
static int grey_of(int picture, int x, int y) { return (x * y / 16 + picture * (x + y)) % 256; }

static thumbnail make(int picture)
{
    thumbnail made;
    for (int k = 0; k < small * small; k++) {
        int sum = 0, x = k % small * scale, y = k / small * scale;
        for (int i = 0; i < scale * scale; i++) sum += grey_of(picture, x + i % scale, y + i / scale);
        made[static_cast<size_t>(k)] = static_cast<unsigned char>(sum / (scale * scale));
    }
    return made;
}

static void client(rp::pool &pool)
{
    auto thumbnails = rp::map(pool, make, rp::range(pictures));
    for (int x = 0; x < small; x++) std::printf(" %d", thumbnails[3][static_cast<size_t>(5 * small + x)]);
    for (size_t i = 0; i < pictures; i++)
        std::printf("\n%zu: %d", i, std::accumulate(thumbnails[i].begin(), thumbnails[i].end(), 0) / (small * small));
    std::printf("\n");
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
