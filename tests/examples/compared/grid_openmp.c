/* grid_openmp.c: van der Pol's oscillator, x'' = mu (1 - x x) x' - x, for some mu and beginnings: how far it swings in the end. */
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

int main(void)
{
    double amplitudes[MUS * STARTS];
#pragma omp parallel for collapse(2) schedule(dynamic)
    for (int i = 0; i < MUS; i++) {
        for (int k = 0; k < STARTS; k++) {
            double mu = 0.2 + i * ((4.0 - 0.2) / (MUS - 1)), start = 0.1 + k * ((3.0 - 0.1) / (STARTS - 1));
            amplitudes[i * STARTS + k] = amplitude(mu, start);
        }
    }
    for (int i = 0; i < MUS; i++) printf("%.6f %.6f\n", amplitudes[i * STARTS], amplitudes[i * STARTS + STARTS - 1]);
    return 0;
}
