// halves.cc: the same in C++, by functions alone.
#include <cstdio>
#include <rankpool/rankpool.h>

static void kernel(rp_run *run, void *results, const rp_view *views, size_t n)
{
    (void)run;
    for (size_t i = 0; i < n; i++)
        static_cast<double *>(results)[i] = static_cast<double>(*reinterpret_cast<const int64_t *>(views[0].base + i * views[0].stride_bytes)) / 2;
}

static rp_task make_task()
{
    rp_task task = {};
    task.name = "half";
    task.kernel = kernel;
    task.result_type = RP_TYPE_DOUBLE;
    task.result_size = sizeof(double);
    task.n_arguments = 1;
    task.argument_types[0] = RP_TYPE_INT64;
    task.argument_sizes[0] = sizeof(int64_t);
    return task;
}
static const rp_task half = make_task();

static int client(rp_pool *pool, int, char **)
{
    double sum;
    rp_error error;
    const rp_column range = {RP_COLUMN_RANGE, RP_TYPE_INT64, sizeof(int64_t), 0, nullptr, 0, 1};
    const rp_columns items = {1, &range}; // rp_reduce is a macro: braces would fall apart
    if (rp_reduce(pool, &half, rp_sum_double, &sum, 100, items, nullptr, &error) != RP_OK) {
        std::fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    std::printf("%g\n", sum);
    return 0;
}

int main(int argc, char **argv)
{
    if (rp_task_register(&half) != RP_OK) return 2;
    return rp_main(argc, argv, client, nullptr);
}
