/*
 * arrays.c: fixed arrays as items, by pointer, and a function that is given many numbers at once.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

typedef double signal[64];

/* Pointer form: results and arguments stay where they are. */
static void smooth(signal *out, const signal *in)
{
    for (int i = 0; i < 64; i++) {
        double left = (*in)[i > 0 ? i - 1 : i], right = (*in)[i < 63 ? i + 1 : i];
        (*out)[i] = (left + (*in)[i] + right) / 3;
    }
}
RP_TASK_POINTER(smooth, signal, signal)

/* Range form: one call for n items, a loop that the compiler can vectorise. */
static void square(size_t n, double *results, const double *x)
{
    for (size_t i = 0; i < n; i++) results[i] = x[i] * x[i];
}
RP_TASK_RANGE(square, double, double)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    static signal signals[100], smoothed[100];
    static double x[100000], squares[100000];
    rp_error error;
    for (int i = 0; i < 100; i++) signals[i][32] = i;
    for (int i = 0; i < 100000; i++) x[i] = i;
    if (rp_map(pool, smooth_task, smoothed, 100, RP_COLUMN(signals), NULL, &error) != RP_OK ||
        rp_map(pool, square_task, squares, 100000, RP_COLUMN(x), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    printf("signal 99: %g %g %g\n", smoothed[99][30], smoothed[99][31], smoothed[99][32]);
    printf("99999 squared: %.0f\n", squares[99999]);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
