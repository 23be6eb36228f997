/* uses.c: prints the sum of 0, 1, 4, … 81, by the task `square` of a library. With USE it says that it uses it; with an argument it loads
 * that library itself, in its client. Exit status 1, and a line, when the call fails. */
#include <rankpool/rankpool.h>

#include <dlfcn.h>
#include <stdio.h>

#ifdef USE
RP_USE(square)
#endif

static int client(rp_pool *pool, int argc, char **argv)
{
    double sum;
    rp_error error;
    if (argc > 1 && !dlopen(argv[1], RTLD_NOW)) {
        fprintf(stderr, "%s\n", dlerror());
        return 3;
    }
    const rp_task *square = rp_task_find("square");
    if (rp_reduce(pool, square, rp_sum_double, &sum, 10, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s: %s\n", rp_status_text(error.status), rp_error_text(&error));
        return 1;
    }
    printf("%g\n", sum);
    return 0;
}

int main(int argc, char **argv)
{
    const rp_pool_options options = {.threads = 1};
    return rp_main(argc, argv, client, &options);
}
