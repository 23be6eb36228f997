/*
 * main.c: rankpool-bench. As the command, it starts the ranks of each part, this program with --as-part, and prints one table of all
 * samples. As a rank, it starts MPI and runs its part. Exit status: 0 also when figures fall short, 1 when something failed, 2 wrong usage.
 */
#include "launch.h"
#include "machine.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED = 1, USAGE = 2 };

static int run_as_part(const bench_options *options)
{
    const bench_part *part = bench_part_find(options->as_part);
    int provided, n_ranks = 0;
    bench_settings settings = {options->runs, options->small};
    rp_error error = {0};
    if (!part) return USAGE;
    if ((part->traits & BENCH_ISOLATES) && rp_isolation_prepare(&error) != RP_OK)
        fprintf(stderr, "rankpool-bench: %s\n", rp_error_text(&error));
    if (part->traits & BENCH_ALONE) return part->run(&settings) ? 0 : FAILED;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    if (n_ranks != part->n_ranks) fprintf(stderr, "rankpool-bench: part %s needs %d ranks\n", part->name, part->n_ranks);
    if (n_ranks != part->n_ranks || !part->run(&settings)) MPI_Abort(MPI_COMM_WORLD, FAILED);
    MPI_Finalize();
    return 0;
}

static void print_help(void)
{
    printf("usage: rankpool-bench [--only PART[,PART]] [--runs R] [--format table|csv] [--small]\n\n"
           "Times rankpool against what one would write without it, and prints medians and ratios.\n\n");
    for (const bench_part *part = bench_parts; part->name; part++) printf("  %-10s %s\n", part->name, part->help);
    printf("\n  --only     these parts; default: all\n"
           "  --runs     measurements of each contestant, 1 to %d; default 5\n"
           "  --format   table (default) or csv\n"
           "  --small    tiny sizes, to see that it works\n",
           BENCH_MOST_RUNS);
}

/* Each name of the list is a part's. */
static bool check_names(const char *only)
{
    for (const char *at = only; at; at = strchr(at, ',')) {
        char name[64];
        if (*at == ',') at++;
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ","), at);
        if (bench_part_find(name)) continue;
        fprintf(stderr, "rankpool-bench: --only: there is no part '%s'; there are:", name);
        for (const bench_part *part = bench_parts; part->name; part++) fprintf(stderr, " %s", part->name);
        fputc('\n', stderr);
        return false;
    }
    return true;
}

static int run_command(const bench_options *options)
{
    bench_samples samples = {NULL, 0};
    bool good = true;
    bench_machine_print(stdout, options);
    bench_machine_print_load(stdout, "before", true);
    (void)fflush(stdout);
    for (const bench_part *part = bench_parts; part->name; part++)
        if (bench_options_names(options->only, part->name)) good = bench_launch(part, options, &samples) && good;
    bench_machine_print_load(stdout, "after", false);
    bench_report(stdout, options->format, bench_rows, bench_n_rows, &samples);
    bench_samples_fini(&samples);
    return good && fflush(stdout) == 0 ? 0 : FAILED;
}

int main(int argc, char **argv)
{
    bench_options options;
    if (!bench_options_read(argc, argv, &options) || !check_names(options.only)) return USAGE;
    if (options.as_part) return run_as_part(&options);
    if (!options.help) return run_command(&options);
    print_help();
    return 0;
}
