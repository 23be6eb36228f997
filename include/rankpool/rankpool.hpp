// rankpool.hpp: the pool in C++17: types are deduced, errors are exceptions, and what is opened ends with its scope. It is header only and
// stands on the interface of C (rankpool.h), whose functions and macros can be used beside it.
//
//     static double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
//
//     static int client(rp::pool &pool)
//     {
//         std::vector<double> speeds = {1, 2, 3};
//         for (double joule : rp::starmap(pool, energy, 2.5, speeds)) std::printf("%g\n", joule);
//         return 0;
//     }
//     int main(int argc, char **argv) { return rp::main(argc, argv, client); }
//
// cxx/task.hpp says what may be a task, cxx/items.hpp what its items may be, cxx/travel.hpp which types travel. An exception that a task
// throws is the failure of its item, with what() as its text. A call throws it as rp::failure.
#ifndef RANKPOOL_HPP
#define RANKPOOL_HPP

#if !defined(__cplusplus) || __cplusplus < 201703L
#error "rankpool.hpp needs C++17"
#endif
#ifndef __cpp_exceptions
#error "rankpool.hpp needs exceptions"
#endif

#include <rankpool/cxx/call.hpp>
#include <rankpool/cxx/error.hpp>
#include <rankpool/cxx/future.hpp>
#include <rankpool/cxx/imap.hpp>
#include <rankpool/cxx/items.hpp>
#include <rankpool/cxx/pool.hpp>
#include <rankpool/cxx/reduce.hpp>
#include <rankpool/rankpool.h>

#endif
