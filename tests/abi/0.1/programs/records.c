/*
 * records.c: structs as items and as results, and one member of each struct as an argument of its own.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

typedef struct particle {
    double mass, position[3];
    char name[8];
} particle;

typedef struct moments {
    double first, second; /* about the z axis */
} moments;

static moments moments_of(particle p)
{
    double square = p.position[0] * p.position[0] + p.position[1] * p.position[1];
    return (moments){p.mass * p.position[0], p.mass * square};
}
RP_TASK(moments_of, moments, particle)

static double weight(double mass, double gravity) { return mass * gravity; }
RP_TASK(weight, double, double, double)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    particle particles[] = {{1, {1, 0, 5}, "a"}, {2, {0, 3, 0}, "b"}, {0.5, {4, 4, 1}, "c"}};
    moments m[3];
    double weights[3];
    rp_error error;
    if (rp_map(pool, moments_of_task, m, 3, RP_COLUMN(particles), NULL, &error) != RP_OK ||
        rp_starmap(pool, weight_task, weights, 3, RP_COLUMNS(RP_FIELD(particles, mass), RP_CONSTANT(9.81)), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    for (int i = 0; i < 3; i++) printf("%s %5.2f N, moments %g and %g\n", particles[i].name, weights[i], m[i].first, m[i].second);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
