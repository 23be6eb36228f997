/* test_launcher.c: what is read from the variables that launchers set. */
#include "unit.h"

#include "base/launcher.h"

static const char *const variables[] = {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMIX_NAMESPACE", "PMIX_RANK",
                                        "SLURM_STEP_NUM_TASKS", "SLURM_PROCID",         "SLURM_NTASKS"};

/* The tests may have been started by a launcher themselves. */
static int set_up(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_OF(variables); k++) unsetenv(variables[k]);
    return 0;
}

static void set(const char *name, const char *value) { assert_int_equal(setenv(name, value, 1), 0); }

static const char *const rubbish[] = {"", " ", "four", "-2", "-", "+4", " 4", "x4"};

/* ---- several ranks ---- */

static void a_bare_process_is_alone(void **state)
{
    (void)state;
    assert_false(rpi_launcher_has_ranks());
    assert_int_equal(rpi_launcher_rank(), 0);
}

static void mpirun_says_how_many_ranks_there_are(void **state)
{
    (void)state;
    set("OMPI_COMM_WORLD_SIZE", "1");
    assert_false(rpi_launcher_has_ranks());
    set("OMPI_COMM_WORLD_SIZE", "2");
    assert_true(rpi_launcher_has_ranks());
    set("OMPI_COMM_WORLD_SIZE", "100000");
    assert_true(rpi_launcher_has_ranks());
}

static void mpirun_is_believed_before_srun(void **state)
{
    (void)state;
    set("PMIX_NAMESPACE", "prterun-node-1234@1");
    set("SLURM_STEP_NUM_TASKS", "4"); /* of the step in which mpirun was called */
    set("OMPI_COMM_WORLD_SIZE", "1");
    assert_false(rpi_launcher_has_ranks());
    set("SLURM_STEP_NUM_TASKS", "1");
    set("OMPI_COMM_WORLD_SIZE", "4");
    assert_true(rpi_launcher_has_ranks());
}

static void srun_starts_ranks_where_it_has_pmix(void **state)
{
    (void)state;
    set("PMIX_NAMESPACE", "slurm.pmix.7.0");
    set("SLURM_STEP_NUM_TASKS", "2");
    assert_true(rpi_launcher_has_ranks());
    set("SLURM_STEP_NUM_TASKS", "1");
    assert_false(rpi_launcher_has_ranks());
}

/* In a batch script, or under srun --mpi=none, which can't connect ranks. */
static void slurm_without_pmix_starts_none(void **state)
{
    (void)state;
    set("SLURM_NTASKS", "8");
    assert_false(rpi_launcher_has_ranks());
    set("SLURM_STEP_NUM_TASKS", "8");
    set("SLURM_PROCID", "3");
    assert_false(rpi_launcher_has_ranks());
}

/* MPI says how many there are. */
static void another_launcher_with_pmix_may_have_several(void **state)
{
    (void)state;
    set("PMIX_NAMESPACE", "prterun-node-1234@1");
    assert_true(rpi_launcher_has_ranks());
    set("PMIX_NAMESPACE", "");
    assert_true(rpi_launcher_has_ranks());
}

static void a_size_that_is_no_number_says_nothing(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_OF(rubbish); k++) {
        set_up(state);
        set("OMPI_COMM_WORLD_SIZE", rubbish[k]);
        assert_false(rpi_launcher_has_ranks());
        set("PMIX_NAMESPACE", "slurm.pmix.7.0");
        set("SLURM_STEP_NUM_TASKS", rubbish[k]);
        assert_true(rpi_launcher_has_ranks());
    }
}

/* ---- the rank ---- */

static void each_launcher_says_the_rank(void **state)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"};
    for (size_t k = 0; k < N_OF(names); k++) {
        set_up(state);
        set(names[k], "0");
        assert_int_equal(rpi_launcher_rank(), 0);
        set(names[k], "12345");
        assert_int_equal(rpi_launcher_rank(), 12345);
    }
}

/* Inside an allocation mpirun's ranks all have the SLURM_PROCID of the script. */
static void the_nearest_launcher_says_the_rank(void **state)
{
    (void)state;
    set("SLURM_PROCID", "7");
    assert_int_equal(rpi_launcher_rank(), 7);
    set("PMIX_RANK", "5");
    assert_int_equal(rpi_launcher_rank(), 5);
    set("OMPI_COMM_WORLD_RANK", "0");
    assert_int_equal(rpi_launcher_rank(), 0);
}

static void a_rank_that_is_no_number_is_looked_for_elsewhere(void **state)
{
    for (size_t k = 0; k < N_OF(rubbish); k++) {
        set_up(state);
        set("OMPI_COMM_WORLD_RANK", rubbish[k]);
        assert_int_equal(rpi_launcher_rank(), 0);
        set("PMIX_RANK", rubbish[k]);
        set("SLURM_PROCID", "3");
        assert_int_equal(rpi_launcher_rank(), 3);
    }
}

#define CLEAN(function) cmocka_unit_test_setup(function, set_up)

UNIT_MAIN(CLEAN(a_bare_process_is_alone), CLEAN(mpirun_says_how_many_ranks_there_are), CLEAN(mpirun_is_believed_before_srun),
          CLEAN(srun_starts_ranks_where_it_has_pmix), CLEAN(slurm_without_pmix_starts_none),
          CLEAN(another_launcher_with_pmix_may_have_several), CLEAN(a_size_that_is_no_number_says_nothing),
          CLEAN(each_launcher_says_the_rank), CLEAN(the_nearest_launcher_says_the_rank),
          CLEAN(a_rank_that_is_no_number_is_looked_for_elsewhere))
