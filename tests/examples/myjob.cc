// myjob.cc: the job of myjob.c in C++. An exception is the failure of its item.
//
//     c++ -shared -fPIC myjob.cc -o myjob.so
#include <rankpool/job.h>

#include <exception>
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

// What RP_TASK makes in C.
static void collatz_kernel(rp_run *run, void *results, const rp_view *views, size_t n)
{
    auto argument = [views](int k, size_t i) { return *reinterpret_cast<const int64_t *>(views[k].base + i * views[k].stride_bytes); };
    for (size_t i = 0; i < n; i++) {
        run->item = i;
        try {
            static_cast<path *>(results)[i] = collatz(argument(0, i), argument(1, i));
        } catch (const std::exception &thrown) {
            rp_fail(1, "%s", thrown.what());
        }
        if (__atomic_load_n(&run->attention, __ATOMIC_RELAXED) && !rp_run_next(run)) return;
    }
}
static const rp_task task = {"collatz", collatz_kernel, RP_TYPE_RECORD, sizeof(path), 0, 2, {RP_TYPE_INT64, RP_TYPE_INT64}, {8, 8}};

// The parameter is the task's first argument.
static rp_status bind(const rp_job_request *request, rp_columns *bound, void **, rp_error *)
{
    static rp_column steps;
    steps = {RP_COLUMN_CONSTANT, RP_TYPE_INT64, sizeof(int64_t), 0, &request->values[0].integer, 0, 0};
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
    made.task = &task;
    made.params = params;
    made.fields = fields;
    made.bind = bind;
    return made;
}
static const rp_job job = make_job();
RP_JOB(job)
