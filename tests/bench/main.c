/*
 * main.c: rankpool-bench. As the command, it starts the ranks of each part, this program with --as-part, and prints one table of all
 * samples. As a rank, it starts MPI and runs its part. Exit status: 0 also when figures fall short, 1 when something failed, 2 wrong usage.
 */
#include "beside.h"
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
    int n_wanted = bench_part_ranks_of(part, options->small);
    if (n_ranks != n_wanted) fprintf(stderr, "rankpool-bench: part %s needs %d ranks\n", part->name, n_wanted);
    if (n_ranks != n_wanted || !part->run(&settings)) MPI_Abort(MPI_COMM_WORLD, FAILED);
    MPI_Finalize();
    return 0;
}

static void print_help(void)
{
    printf("usage: rankpool-bench [PART...] [--runs R] [--beside N] [--format table|csv] [--small]\n\n"
           "Times rankpool against what one would write without it, and prints medians and ratios. Default: all parts. The beginning of\n"
           "a name, as \"dispatch\", means all that begin so.\n\n");
    for (const bench_part *part = bench_parts; part->name; part++) printf("  %-23s %s\n", part->name, part->help);
    printf("\n  --runs     measurements of each contestant, 1 to %d; default 5\n"
           "  --beside   endless loops on the same machine meanwhile, 0 to %d; default 0\n"
           "  --format   table (default) or csv\n"
           "  --small    tiny sizes, to see that it works\n",
           BENCH_MOST_RUNS, BENCH_MOST_BESIDE);
}

static bool is_known(const char *name)
{
    for (const bench_part *part = bench_parts; part->name; part++)
        if (bench_options_means(name, part->name)) return true;
    return false;
}

static bool check_names(const bench_options *options)
{
    for (int i = 0; i < options->n_names; i++) {
        if (is_known(options->names[i])) continue;
        fprintf(stderr, "rankpool-bench: there is no part '%s'; there are:", options->names[i]);
        for (const bench_part *part = bench_parts; part->name; part++) fprintf(stderr, " %s", part->name);
        fputc('\n', stderr);
        return false;
    }
    return true;
}

static bool run_parts(const bench_options *options, bench_samples *samples)
{
    bench_beside beside = {.n = 0};
    bool good = bench_beside_start(&beside, options->beside);
    if (!good) fprintf(stderr, "rankpool-bench: can't start %d processes beside\n", options->beside);
    for (const bench_part *part = bench_parts; part->name && beside.n == options->beside; part++)
        if (bench_options_want(options, part->name)) good = bench_launch(part, options, samples) && good;
    bench_beside_end(&beside);
    return good;
}

static int run_command(const bench_options *options)
{
    bench_samples samples = {NULL, 0};
    bench_machine_print(stdout, options);
    bench_machine_print_load(stdout, "before", true);
    (void)fflush(stdout);
    bool good = run_parts(options, &samples);
    bench_machine_print_load(stdout, "after", false);
    bench_report(stdout, options->format, bench_rows, bench_n_rows, &samples);
    bench_samples_fini(&samples);
    return good && fflush(stdout) == 0 ? 0 : FAILED;
}

int main(int argc, char **argv)
{
    bench_options options;
    if (!bench_options_read(argc, argv, &options) || !check_names(&options)) return USAGE;
    if (options.as_part) return run_as_part(&options);
    if (!options.help) return run_command(&options);
    print_help();
    return 0;
}
