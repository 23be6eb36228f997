/*
 * progress.c: a blocking call that says how far it is, writes its results into the fields of structs, and lists what failed.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

typedef struct planet {
    const char *name;
    double distance; /* from the sun, in millions of km */
    double year;     /* in days */
} planet;

/* Kepler's third law. */
static double year_of(double distance)
{
    if (!(distance > 0)) return rp_fail(1, "a planet at %g", distance);
    double ratio = distance / 149.6, root = 1;
    for (int k = 0; k < 60; k++) root = (root + ratio / root) / 2;
    return 365.26 * ratio * root;
}
RP_TASK(year_of, double, double)

static int report(const rp_progress_info *info, void *n_told)
{
    ++*(int *)n_told;
    if (info->is_over)
        printf("%llu of %llu done, %llu failed\n", (unsigned long long)info->completed, (unsigned long long)info->total,
               (unsigned long long)info->failed);
    return 0; /* any other value would cancel the call */
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    planet planets[] = {{"Mercury", 57.9, 0}, {"Venus", 108.2, 0}, {"Vulcan", -1, 0}, {"Mars", 227.9, 0}, {"Jupiter", 778.6, 0}};
    enum { N = sizeof planets / sizeof planets[0] };
    int n_told = 0;
    rp_error error, failures[4];
    uint64_t n_failures;
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT,
                               .progress_callback = report,
                               .progress_argument = &n_told,
                               .failures = failures,
                               .failures_room = 4,
                               .n_failures = &n_failures};
    rp_status status = rp_map(pool, year_of_task, RP_INTO_FIELD(planets, year), N, RP_FIELD(planets, distance), &options, &error);
    if (status != RP_OK && status != RP_FAILED) return fprintf(stderr, "%s\n", rp_error_text(&error)), 1;
    for (uint64_t k = 0; k < n_failures && k < 4; k++) printf("no %s: %s\n", planets[failures[k].item].name, failures[k].message);
    for (int i = 0; i < N; i++)
        if (planets[i].year > 0) printf("%s %.0f days\n", planets[i].name, planets[i].year);
    return n_told == 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
