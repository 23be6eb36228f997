// firstprimes.cc: the first gap of 100 or more between primes: results in order while later ones still run, until there are enough.
#include <cstdio>
#include <rankpool/rankpool.hpp>

constexpr int64_t block = 20000;

static bool is_prime(int64_t n)
{
    if (n < 4) return n > 1;
    if (n % 2 == 0) return false;
    for (int64_t divisor = 3; divisor * divisor <= n; divisor += 2)
        if (n % divisor == 0) return false;
    return true;
}

// The primes among start, …, start + block - 1.
static std::vector<int64_t> primes(int64_t start)
{
    std::vector<int64_t> found;
    for (int64_t n = start; n < start + block; n++)
        if (is_prime(n)) found.push_back(n);
    return found;
}

static void client(rp::pool &pool)
{
    int64_t last = 2;
    for (const auto &found : rp::imap(pool, primes, rp::range(0, INT64_MAX, block))) {
        for (int64_t prime : found) {
            if (prime - last >= 100) {
                std::printf("%lld to %lld\n", static_cast<long long>(last), static_cast<long long>(prime));
                return; // what hasn't begun is cancelled
            }
            last = prime;
        }
    }
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
