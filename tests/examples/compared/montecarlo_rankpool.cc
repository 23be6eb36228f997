// montecarlo_rankpool.cc: montecarlo_openmp.c with a pool, in C++.
#include <cstdio>
#include <rankpool/rankpool.hpp>

constexpr int blocks = 400, points = 5000;

static double random_number(uint64_t &state)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return static_cast<double>((z ^ z >> 31) >> 11) * 0x1p-53;
}

static int64_t hits(int64_t block)
{
    uint64_t state = static_cast<uint64_t>(block) << 32;
    int64_t count = 0;
    for (int i = 0; i < points; i++) {
        double x = random_number(state), y = random_number(state);
        count += x * x + y * y < 1;
    }
    return count;
}

static void client(rp::pool &pool)
{
    int64_t total = rp::reduce(pool, hits, std::plus<>(), rp::range(blocks));
    std::printf("pi is about %.5f\n", 4.0 * static_cast<double>(total) / blocks / points);
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
