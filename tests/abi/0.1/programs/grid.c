/*
 * grid.c: all combinations of three masses and three speeds, and where among 1001 angles a throw goes farthest. Items take no memory.
 */
#include <rankpool/rankpool.h>

#include <math.h>
#include <stdio.h>

static double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
RP_TASK(energy, double, double, double)

static double distance(double speed, double angle) { return speed * speed * sin(2 * angle) / 9.81; }
RP_TASK(distance, double, double, double)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    static const double masses[] = {1, 2, 5}, speeds[] = {10, 20, 30};
    double energies[9];
    rp_indexed_double farthest;
    rp_error error;
    rp_columns grid = RP_GRID(RP_AXIS(masses), RP_AXIS(speeds)); /* the last axis changes fastest */
    rp_columns throws = RP_COLUMNS(RP_CONSTANT(20), RP_LINSPACE(0, 1.5707963267948966, 1001));
    if (rp_starmap(pool, energy_task, energies, rp_grid_size(grid), grid, NULL, &error) != RP_OK ||
        rp_reduce(pool, distance_task, rp_max_double, &farthest, 1001, throws, NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    for (int i = 0; i < 9; i++) printf("%g kg at %g m/s: %6.1f J\n", masses[i / 3], speeds[i % 3], energies[i]);
    printf("angle %llu goes %.3f m\n", (unsigned long long)farthest.index, farthest.value);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
