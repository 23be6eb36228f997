/*
 * energy.c: the kinetic energy of one mass at many speeds: starmap with a constant and an array.
 *
 *     ./energy 2.5            on the cores of this machine
 *     mpirun -n 4 ./energy    on four ranks
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>

enum { N = 1000 };

static double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
RP_TASK(energy, double, double, double)

static int client(rp_pool *pool, int argc, char **argv)
{
    double mass = argc > 1 ? atof(argv[1]) : 2.0;
    double speeds[N], result[N];
    rp_error error;
    for (int i = 0; i < N; i++) speeds[i] = 0.1 * i;

    if (rp_starmap(pool, energy_task, result, N, RP_COLUMNS(RP_CONSTANT(mass), RP_COLUMN(speeds)), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    for (int i = 0; i < N; i += 100) printf("%5.1f m/s  %9.2f J\n", speeds[i], result[i]);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
