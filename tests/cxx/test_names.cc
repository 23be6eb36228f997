// test_names.cc: how tasks are told apart.
#include "suite.hpp"
#include "twin.hpp"

namespace
{

double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }

CASE(the_same_names_in_two_files_are_two_tasks)
{
    CHECK(lambda_of_one(pool) == std::vector<int>{10, 11});
    CHECK(lambda_of_two(pool) == std::vector<int>{20, 21});
    CHECK(function_of_one(pool) == std::vector<int>{100, 101});
    CHECK(function_of_two(pool) == std::vector<int>{200, 201});
}

CASE(a_call_that_never_runs_registers_its_task)
{
    static volatile bool never = false;
    if (never) rp::starmap(pool, rp::fn<energy>, 1.0, rp::range(3));
    std::string name;
    using task_type = rp::detail::registered<rp::detail::known_function<energy>, double, double, double>;
    CHECK(rp_task_find(task_type::instance.task.name) == &task_type::instance.task);
    CHECK(std::string(task_type::instance.task.name).find("energy@") != std::string::npos);
}

} // namespace
