// twin_one.cc: see twin.hpp.
#include "twin.hpp"

static int same_name(int x) { return 1 * 100 + x; }
static std::vector<int> with_lambda(rp::pool &pool)
{
    return rp::map(
        pool, [](int x) { return 1 * 10 + x; }, rp::range(2));
}

std::vector<int> lambda_of_one(rp::pool &pool) { return with_lambda(pool); }
std::vector<int> function_of_one(rp::pool &pool) { return rp::map(pool, rp::fn<same_name>, rp::range(2)); }
