/* test_allocation.c: what info says of batch jobs of PBS, LSF, Grid Engine and Flux, from the variables that these set. */
#include "allocation_systems.h"
#include "host_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int forget_all(void **state)
{
    (void)state;
    return clearenv();
}

/* Each "NAME=VALUE", ended by NULL. */
static void set(const char *const *variables)
{
    for (; *variables; variables++) assert_int_equal(putenv((char *)(size_t)*variables), 0);
}

static void check(const char *expected)
{
    char *said = NULL;
    size_t size;
    FILE *file = open_memstream(&said, &size);
    allocation_systems_print(file);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(said, expected);
    free(said);
}

/* A file with these lines, for a variable. */
static void set_file(const char *variable, char path[64], const char *lines)
{
    (void)snprintf(path, 64, "/tmp/rankpool-hosts-XXXXXX");
    int file = mkstemp(path);
    assert_int_equal(write(file, lines, strlen(lines)), (ssize_t)strlen(lines));
    assert_int_equal(close(file), 0);
    assert_int_equal(setenv(variable, path, 1), 0);
}

static void outside_of_a_job_nothing_is_said(void **state)
{
    (void)state;
    check("");
    set((const char *const[]){"JOB_ID=7", "QUEUE=all", NULL}); /* others use such names too */
    check("");
}

static void a_job_of_pbs(void **state)
{
    char path[64];
    (void)state;
    set((const char *const[]){"PBS_JOBID=12.server", "PBS_JOBNAME=sweep", "PBS_QUEUE=work", NULL});
    set_file("PBS_NODEFILE", path, "n1\nn1\nn2\nn1\n\nn2\n");
    check("job        12.server of PBS, sweep, queue work\nnodes      2: n1, n2\n"
          "time left  not known, as PBS doesn't tell it its jobs\n");
    set((const char *const[]){"PBS_ARRAY_INDEX=3", "PBS_WALLTIME=3600", "PBS_NP=5", NULL});
    check("job        12.server of PBS, part 3, sweep, queue work\nnodes      2: n1, n2\nslots      5 (PBS_NP)\n"
          "time left  not known, of 3600 s (PBS_WALLTIME)\n");
    assert_int_equal(unlink(path), 0);
    set((const char *const[]){"PBS_NUM_NODES=2", "PBS_NP=", NULL}); /* the file is gone */
    check("job        12.server of PBS, part 3, sweep, queue work\nnodes      2\ntime left  not known, of 3600 s (PBS_WALLTIME)\n");
}

static void a_job_of_lsf(void **state)
{
    (void)state;
    set((const char *const[]){"LSB_JOBID=77", "LSB_JOBNAME=a\x1b[31mb", "LSB_QUEUE=normal", "LSB_JOBINDEX=0", "LSB_DJOB_NUMPROC=6",
                              "LSB_HOSTS=h1 h1 h2", NULL});
    check("job        77 of LSF, a\\x1b[31mb, queue normal\nnodes      2: h1, h2\nslots      6 (LSB_DJOB_NUMPROC)\n"
          "time left  not known, as LSF doesn't tell it its jobs\n");
    set((const char *const[]){"LSB_MCPU_HOSTS=h1 4 h2 2 h3 2", "LSB_JOBINDEX=5", "LSB_JOBNAME=b", NULL});
    check("job        77 of LSF, part 5, b, queue normal\nnodes      3: h1, h2, h3\nslots      6 (LSB_DJOB_NUMPROC)\n"
          "time left  not known, as LSF doesn't tell it its jobs\n");
}

static void a_job_of_grid_engine(void **state)
{
    char path[64];
    (void)state;
    set((const char *const[]){"JOB_ID=9", "SGE_TASK_ID=undefined", "JOB_NAME=s.sh", "QUEUE=all.q", "NSLOTS=1", "NHOSTS=1", NULL});
    check("job        9 of Grid Engine, s.sh, queue all.q\nnodes      1\nslots      1 (NSLOTS)\n"
          "time left  not known, as Grid Engine doesn't tell it its jobs\n");
    set_file("PE_HOSTFILE", path, "a.cluster 8 all.q@a UNDEFINED\nb.cluster 8 all.q@b UNDEFINED\n");
    check("job        9 of Grid Engine, s.sh, queue all.q\nnodes      2: a.cluster, b.cluster\nslots      1 (NSLOTS)\n"
          "time left  not known, as Grid Engine doesn't tell it its jobs\n");
    assert_int_equal(unlink(path), 0);
}

static void a_job_of_flux(void **state)
{
    (void)state;
    set((const char *const[]){"FLUX_JOB_ID=f23", "FLUX_JOB_NNODES=4", "FLUX_JOB_SIZE=16", NULL});
    check("job        f23 of Flux\nnodes      4\nslots      16 (FLUX_JOB_SIZE)\ntime left  not known, as Flux doesn't tell it its jobs\n");
}

static void many_hosts_are_cut(void **state)
{
    host_list hosts = {NULL, 0, 0};
    char *said = NULL, name[16];
    size_t size;
    (void)state;
    for (int i = 0; i < 100; i++) host_list_add(&hosts, name, (size_t)snprintf(name, sizeof(name), "n%d", i / 2));
    assert_int_equal(hosts.n, 50);
    FILE *file = open_memstream(&said, &size);
    host_list_print(&hosts, file);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(said, "n0, n1, n2, n3, n4, n5, n6, n7, …");
    free(said);
    host_list_fini(&hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(outside_of_a_job_nothing_is_said, forget_all),
        cmocka_unit_test_setup(a_job_of_pbs, forget_all),
        cmocka_unit_test_setup(a_job_of_lsf, forget_all),
        cmocka_unit_test_setup(a_job_of_grid_engine, forget_all),
        cmocka_unit_test_setup(a_job_of_flux, forget_all),
        cmocka_unit_test(many_hosts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
