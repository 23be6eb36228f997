// myjob.cc: the job of myjob.c in C++. An exception is the failure of its item.
//
//     c++ -std=c++17 -shared -fPIC myjob.cc -o myjob.so
#include <rankpool/job.h>

#include <stdexcept>
#include <string>

struct path {
    int64_t steps, highest;
};

static path collatz(int64_t most_steps, int64_t n)
{
    path taken = {0, n};
    if (n < 1) throw std::domain_error(std::to_string(n) + " isn't positive");
    for (; n > 1 && taken.steps < most_steps; taken.steps++) {
        n = n % 2 ? 3 * n + 1 : n / 2;
        if (n > taken.highest) taken.highest = n;
    }
    if (n > 1) throw std::length_error("it takes more than " + std::to_string(most_steps) + " steps");
    return taken;
}

RP_TASK(collatz, path, int64_t, int64_t)

// The parameter is the task's first argument.
static rp_status bind(const rp_job_request *request, rp_columns *bound, void **, rp_error *)
{
    static rp_column steps;
    steps = RP_CONSTANT_AT(&request->values[0].integer);
    *bound = {1, &steps};
    return RP_OK;
}

static const rp_param params[] = {{"steps", RP_PARAM_INTEGER, "1000", "the most that an item may take", 0, 1e9}, {}};
static const rp_field fields[] = {
    {"steps", RP_TYPE_INT64, offsetof(path, steps)}, {"highest", RP_TYPE_INT64, offsetof(path, highest)}, {}};

static rp_job make_job()
{
    rp_job made = {};
    made.name = "collatz";
    made.help = "how many steps the Collatz sequence takes from a number to 1";
    made.item_help = "a positive integer";
    made.task = collatz_task;
    made.params = params;
    made.fields = fields;
    made.bind = bind;
    return made;
}
static const rp_job job = make_job();
RP_JOB(job)
