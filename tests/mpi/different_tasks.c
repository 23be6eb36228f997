/*
 * different_tasks.c: built several times, each time with other tasks, and started as one job. The ranks must notice, and name the task.
 * EXTRA_TASK adds one, OTHER_TYPE gives one other types under the same name. OTHER_CODE changes what one does, and no name or type.
 */
#include <rankpool/rankpool.h>

#ifdef OTHER_TYPE
static int32_t halve(int32_t x) { return x / 2; }
RP_TASK(halve, int32_t, int32_t)
#else
#ifdef OTHER_CODE
static double halve(double x) { return x / 4; }
#else
static double halve(double x) { return x / 2; }
#endif
RP_TASK(halve, double, double)
#endif

#ifdef EXTRA_TASK
static double thirdly(double x) { return x / 3; }
RP_TASK(thirdly, double, double)
#endif

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)pool;
    (void)argc;
    (void)argv;
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
