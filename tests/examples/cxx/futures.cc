// futures.cc: calls that run meanwhile, and calls as they finish, with more made: the steps of the Collatz sequences of some numbers.
#include <cstdio>
#include <rankpool/rankpool.hpp>

struct sequence {
    int64_t start, now, steps;
};

// Goes 100 steps on, or to the end.
static sequence go_on(sequence at)
{
    for (int i = 0; i < 100 && at.now != 1; i++, at.steps++) at.now = at.now % 2 ? 3 * at.now + 1 : at.now / 2;
    return at;
}

static void client(rp::pool &pool)
{
    auto squares = rp::map_async(
        pool, [](int64_t x) { return x * x; }, rp::range(1000));

    rp::completions<sequence> calls;
    for (int64_t start : {27, 97, 871, 6171}) calls.add(rp::apply_async(pool, go_on, sequence{start, start, 0}));
    std::map<int64_t, int64_t> steps;
    while (auto call = calls.next()) {
        sequence at = call->get();
        if (at.now == 1) steps[at.start] = at.steps;
        else calls.add(rp::apply_async(pool, go_on, at));
    }
    for (auto [start, n] : steps) std::printf("%lld takes %lld steps\n", static_cast<long long>(start), static_cast<long long>(n));
    std::printf("999 squared is %lld\n", static_cast<long long>(squares.get()[999]));
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
