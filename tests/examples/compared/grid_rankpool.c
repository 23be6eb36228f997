/* grid_rankpool.c: grid_openmp.c with a pool. */
#include <rankpool/rankpool.h>

#include <math.h>
#include <stdio.h>

enum { MUS = 20, STARTS = 15, STEPS = 4000 };

static void slope(double mu, const double *at, double *to)
{
    to[0] = at[1];
    to[1] = mu * (1 - at[0] * at[0]) * at[1] - at[0];
}

/* By the method of Runge and Kutta. */
static void step(double mu, double h, double *at)
{
    double k[4][2], between[2];
    slope(mu, at, k[0]);
    for (int stage = 1; stage < 4; stage++) {
        double part = stage < 3 ? h / 2 : h;
        for (int i = 0; i < 2; i++) between[i] = at[i] + part * k[stage - 1][i];
        slope(mu, between, k[stage]);
    }
    for (int i = 0; i < 2; i++) at[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
}

static double amplitude(double mu, double start)
{
    double at[2] = {start, 0}, largest = 0;
    for (int i = 0; i < STEPS; i++) {
        step(mu, 0.01, at);
        if (i > STEPS / 2) largest = fmax(largest, fabs(at[0]));
    }
    return largest;
}
RP_TASK(amplitude, double, double, double)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    double mus[MUS], starts[STARTS], amplitudes[MUS * STARTS];
    rp_error error;
    for (int i = 0; i < MUS; i++) mus[i] = 0.2 + i * ((4.0 - 0.2) / (MUS - 1));
    for (int k = 0; k < STARTS; k++) starts[k] = 0.1 + k * ((3.0 - 0.1) / (STARTS - 1));
    rp_columns grid = RP_GRID(RP_AXIS(mus), RP_AXIS(starts));
    if (rp_starmap(pool, amplitude_task, amplitudes, MUS * STARTS, grid, NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    for (int i = 0; i < MUS; i++) printf("%.6f %.6f\n", amplitudes[i * STARTS], amplitudes[i * STARTS + STARTS - 1]);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
