/* square.c: a library that has a task alone: nothing refers to a name in it. */
#include <rankpool/rankpool.h>

static double square(double x) { return x * x; }
RP_TASK(square, double, double)
