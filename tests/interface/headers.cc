// headers.cc: the headers compile as older C++ too. Programs may call the functions; the macros, and rankpool.hpp, are for C++17.
#include <rankpool/job.h>
#include <rankpool/rankpool.h>

rp_status in_cpp(rp_pool *pool, const rp_task *task, double *results, const double *items);
rp_status in_cpp(rp_pool *pool, const rp_task *task, double *results, const double *items)
{
    const rp_column column = {RP_COLUMN_ARRAY, RP_TYPE_DOUBLE, sizeof(double), sizeof(double), items, 0, 0};
    return rp_map(pool, task, results, 3, column, nullptr, nullptr);
}

static rp_job make_job()
{
    rp_job made = {};
    made.name = "in C++";
    return made;
}
static const rp_job job = make_job();
RP_JOB(job)
