/* info.c: the command `info`. Opens a pool as run would, and prints what it is, warnings included. */
#include "info.h"
#include "allocation.h"
#include "options_parse.h"
#include "program.h"
#include "rank_table.h"

#include <stdio.h>
#include <stdlib.h>

static const char *plural(int n) { return n == 1 ? "" : "s"; }

static void print_choices(const program_options *options, const rp_pool_info *info)
{
    int is_auto = options->pool.executor == RP_EXECUTOR_AUTO;
    printf("back end   %s%s\n", rp_executor_name(info->executor),
           !is_auto              ? " (--backend)"
           : rp_main_ranks() > 1 ? " (auto: several ranks)"
                                 : " (auto: one rank)");
    printf("workers    %d: %d rank%s, %d thread%s in rank 0 (from: %s)\n", info->workers, info->ranks, plural(info->ranks), info->threads,
           plural(info->threads), info->threads_from);
    printf("schedule   %s", rp_schedule_name(options->pool.schedule));
    if (options->pool.chunk) printf(", chunks of %llu", (unsigned long long)options->pool.chunk);
    printf("\nwindow     %llu items\n", (unsigned long long)info->window);
}

static void print_launch(void)
{
    rp_launch_info launch;
    rp_main_launch(&launch);
    printf("start      %s\n", launch.text);
}

static int print_ranks(const rp_pool *pool, int n)
{
    rp_rank_info *ranks = calloc((size_t)n, sizeof *ranks);
    if (!ranks) return program_fail_memory();
    for (int rank = 0; rank < n; rank++) (void)rp_pool_get_rank_info(pool, rank, &ranks[rank]);
    putchar('\n');
    rank_table_print(ranks, n, stdout);
    free(ranks);
    return PROGRAM_OK;
}

static void print_warnings(const rp_pool *pool)
{
    const char *warning;
    for (int k = 0; (warning = rp_pool_warning(pool, k)) != NULL; k++) printf("%swarning: %s\n", k == 0 ? "\n" : "", warning);
}

static int print_pool(const program_options *options)
{
    rp_pool *pool;
    rp_error error;
    if (rp_pool_open(&options->pool, &pool, &error) != RP_OK) return program_fail(&error);
    rp_pool_info info;
    rp_pool_get_info(pool, &info);
    printf("rankpool %s (%s, %s)\n\n", rp_version(), rp_version_details(), rp_jobs_versions());
    print_launch();
    allocation_print(stdout);
    print_choices(options, &info);
    int status = print_ranks(pool, info.ranks);
    print_warnings(pool);
    rp_pool_free(pool);
    return program_finish(status);
}

int info_client(rp_pool *pool, int argc, char **argv)
{
    (void)pool;
    program_options options;
    rp_error error;
    rp_status status = options_parse(OPTIONS_INFO, argc - 1, argv + 1, &options, &error);
    int exit_status = status == RP_OK ? print_pool(&options) : program_fail(&error);
    options_fini(&options);
    return exit_status;
}
