// firsthit_rankpool.cc: firsthit_openmp.c with a pool, in C++.
#include <cstdio>
#include <rankpool/rankpool.hpp>

constexpr int64_t block = 4096;

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

// The first hit among start, …, start + block - 1; -1: there is none.
static int64_t search(int64_t start)
{
    for (int64_t n = start; n < start + block; n++) {
        if (n > 0 && mix(static_cast<uint64_t>(n)) % (1 << 20) == 0) return n;
    }
    return -1;
}

static void client(rp::pool &pool)
{
    for (int64_t hit : rp::imap(pool, search, rp::range(0, 100000 * block, block))) {
        if (hit < 0) continue;
        std::printf("%lld\n", static_cast<long long>(hit));
        return;
    }
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
