// twin.hpp: two files have a lambda and a function of the same names; each call has to run its own.
#ifndef TESTS_CXX_TWIN_HPP
#define TESTS_CXX_TWIN_HPP

#include <rankpool/rankpool.hpp>

std::vector<int> lambda_of_one(rp::pool &pool);
std::vector<int> lambda_of_two(rp::pool &pool);
std::vector<int> function_of_one(rp::pool &pool);
std::vector<int> function_of_two(rp::pool &pool);

#endif
