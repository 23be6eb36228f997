/* test_launcher.c: how a process was started, as a table of environments; what MPI found against it; and the mark below a rank. */
#include "unit.h"

#include "base/launcher.h"

#include <sys/socket.h>
#include <unistd.h>

enum { OMPI = RPI_MPI_OPEN_MPI, MPICH = RPI_MPI_MPICH, NONE = RPI_MPI_NONE, OTHER = RPI_MPI_OTHER };
enum { ALONE = RPI_LAUNCH_ALONE, RANK = RPI_LAUNCH_RANK, REFUSED = RPI_LAUNCH_REFUSED };

/* An environment is a text: "NAME=value NAME=value". */
static const char *variable(const void *environment, const char *name)
{
    static char values[128][512];
    static size_t next;
    size_t length = strlen(name);
    for (const char *at = environment; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        if (strncmp(at, name, length) != 0 || at[length] != '=') continue;
        char *value = values[next++ % N_OF(values)];
        snprintf(value, sizeof values[0], "%.*s", (int)strcspn(at + length + 1, " "), at + length + 1);
        return value;
    }
    return NULL;
}

static rpi_launcher_facts facts_of(const char *environment, int mpi)
{
    return (rpi_launcher_facts){.variable = variable, .environment = environment, .mpi = (rpi_mpi_kind)mpi, .pmi_socket = 77};
}

static rpi_launch decide(const char *environment, int mpi)
{
    rpi_launcher_facts facts = facts_of(environment, mpi);
    rpi_launch launch;
    rpi_launcher_decide(&facts, &launch);
    return launch;
}

/* ---- the table ---- */

#define MPIRUN(rank, size)                                                                                                                 \
    "OMPI_COMMAND=x OMPI_COMM_WORLD_RANK=" rank " OMPI_COMM_WORLD_SIZE=" size                                                              \
    " OMPI_COMM_WORLD_LOCAL_RANK=0 PMIX_NAMESPACE=17 PMIX_RANK=" rank " "
#define HYDRA(rank, size) "PMI_FD=8 PMI_RANK=" rank " PMI_SIZE=" size " MPI_LOCALRANKID=0 MPI_LOCALNRANKS=1 "
#define BATCH(tasks)      "SLURM_JOB_ID=5 SLURM_PROCID=0 SLURM_LOCALID=0 SLURM_NTASKS=" tasks " "
#define STEP(rank, size)                                                                                                                   \
    "SLURM_JOB_ID=5 SLURM_STEP_ID=1 SLURM_PROCID=" rank " SLURM_LOCALID=0 SLURM_NTASKS=" size " SLURM_STEP_NUM_TASKS=" size " "
#define SRUN_PMIX(rank, size) STEP(rank, size) "PMIX_NAMESPACE=slurm.pmix.5.1 PMIX_RANK=" rank " "
#define SRUN_PMI2(rank, size) STEP(rank, size) "SLURM_MPI_TYPE=pmi2 PMI_FD=10 PMI_JOBID=5.1 PMI_RANK=" rank " PMI_SIZE=" size " "
#define FLUX(rank, size)                                                                                                                   \
    "FLUX_URI=local FLUX_JOB_ID=f7 FLUX_JOB_SIZE=" size " FLUX_TASK_RANK=" rank " FLUX_TASK_LOCAL_ID=0 PMI_FD=8 PMI_RANK=" rank            \
    " PMI_SIZE=" size " "
#define PALS(rank, size) "PALS_APID=a1 PALS_RANKID=" rank " PALS_LOCAL_RANKID=0 PMI_RANK=" rank " PMI_SIZE=" size " "
#define MV2(rank, size)  "MV2_COMM_WORLD_RANK=" rank " MV2_COMM_WORLD_SIZE=" size " MV2_COMM_WORLD_LOCAL_RANK=0 "

static const struct launch_case {
    const char *environment;
    int mpi, way, rank, n_ranks;
    const char *text; /* in the text of the decision */
} cases[] = {
    {"", OMPI, ALONE, 0, 1, "no launcher"},
    {"", NONE, ALONE, 0, 1, "no launcher"},
    {"PATH=/bin OMPI_MCA_pml=ob1 OMPI_COMM_WORLD_SIZE=", OMPI, ALONE, 0, 1, "no launcher"},
    /* each launcher, its own MPI */
    {MPIRUN("0", "2"), OMPI, RANK, 0, 2, "rank 0 of 2: Open MPI's mpirun"},
    {MPIRUN("99999", "100000"), OMPI, RANK, 99999, 100000, "OMPI_COMM_WORLD_SIZE"},
    {MPIRUN("0", "1"), OMPI, ALONE, 0, 1, "started one process"},
    {MPIRUN("1", "2"), OTHER, RANK, 1, 2, "mpirun"},
    {HYDRA("1", "4"), MPICH, RANK, 1, 4, "rank 1 of 4: a launcher with PMI"},
    {HYDRA("0", "1"), MPICH, ALONE, 0, 1, "started one process"},
    {"PMI_PORT=h:9 PMI_ID=3", MPICH, RANK, 3, -1, "PMI_ID"},
    {MV2("1", "2"), MPICH, RANK, 1, 2, "MVAPICH"},
    {"MVP_COMM_WORLD_RANK=1 MVP_COMM_WORLD_SIZE=2", MPICH, RANK, 1, 2, "MVAPICH"},
    {MV2("1", "2") HYDRA("1", "2"), MPICH, RANK, 1, 2, "MVAPICH"},
    {PALS("1", "2"), MPICH, RANK, 1, 2, "PALS"},
    {"PALS_RANKID=1", MPICH, RANK, 1, -1, "PALS"},
    {PALS("1", "2") "PMIX_NAMESPACE=p PMIX_RANK=1", OMPI, RANK, 1, -1, "PMIx"},
    {STEP("1", "2") "PALS_RANKID=1 PALS_APID=5.1", MPICH, RANK, 1, 2, "PALS"},
    {FLUX("1", "2"), OMPI, RANK, 1, 2, "Flux"},
    {FLUX("1", "2"), MPICH, RANK, 1, 2, "Flux"},
    {FLUX("1", "2") "PALS_RANKID=1 PALS_APID=a1", MPICH, RANK, 1, 2, "Flux"},
    {SRUN_PMIX("1", "2"), OMPI, RANK, 1, 2, "srun with PMIx"},
    {SRUN_PMIX("0", "1"), OMPI, ALONE, 0, 1, "srun with PMIx started one process"},
    {SRUN_PMI2("1", "2"), MPICH, RANK, 1, 2, "PMI"},
    {"PMIX_NAMESPACE=prte-1@1 PMIX_RANK=3", OMPI, RANK, 3, -1, "a launcher with PMIx"},
    /* only MPI can say whether they fit */
    {SRUN_PMIX("1", "2"), MPICH, RANK, 1, 2, "srun with PMIx"},
    {STEP("1", "2"), MPICH, RANK, 1, 2, "srun without PMIx"},
    {STEP("1", "2"), OTHER, RANK, 1, 2, "srun without PMIx"},
    {MPIRUN("1", "2"), MPICH, RANK, 1, 2, "Open MPI's mpirun"},
    /* they don't fit */
    {STEP("1", "2"), OMPI, REFUSED, 1, 2, "srun without PMIx started 2 processes"},
    {STEP("1", "2"), OMPI, REFUSED, 1, 2, "srun --mpi=pmix"},
    {STEP("1", "2"), OMPI, REFUSED, 1, 2, "RANKPOOL_MPI=0"},
    {"SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2", OMPI, REFUSED, 1, 2, "srun --mpi=pmix"},
    {SRUN_PMI2("0", "2"), OMPI, REFUSED, 0, 2, "PMI"},
    {STEP("1", "2") "PALS_RANKID=1 PALS_APID=5.1", OMPI, REFUSED, 1, 2, "srun --mpi=pmix"},
    {HYDRA("1", "2"), OMPI, REFUSED, 1, 2, "Open MPI's mpirun"},
    {PALS("1", "2"), OMPI, REFUSED, 1, 2, "PALS"},
    {MV2("1", "2"), OMPI, REFUSED, 1, 2, "MVAPICH"},
    {MPIRUN("1", "2"), NONE, REFUSED, 1, 2, "use a build with MPI"},
    {HYDRA("1", "2"), NONE, REFUSED, 1, 2, "with no MPI"},
    {FLUX("1", "2"), NONE, REFUSED, 1, 2, "Flux"},
    {STEP("1", "2"), NONE, REFUSED, 1, 2, "srun"},
    {SRUN_PMIX("1", "2"), NONE, REFUSED, 1, 2, "srun"},
    {"PMIX_NAMESPACE=prte-1@1 PMIX_RANK=3", NONE, REFUSED, 3, -1, "PMIx"},
    {MPIRUN("0", "1"), NONE, ALONE, 0, 1, "started one process"},
    {STEP("0", "1"), OMPI, ALONE, 0, 1, "started one process"},
    /* a shell in an allocation is no task */
    {"SLURM_JOB_ID=5 SLURM_NTASKS=8", OMPI, ALONE, 0, 1, "job of Slurm's"},
    {BATCH("8"), OMPI, ALONE, 0, 1, "job of Slurm's"},
    {BATCH("8"), NONE, ALONE, 0, 1, "job of Slurm's"},
    {BATCH("1") "SLURM_STEP_ID=1 SLURM_STEP_NUM_TASKS=2", OMPI, ALONE, 0, 1, "job of Slurm's"}, /* submitted from a task */
    {BATCH("4") "SLURM_STEP_ID=4294967290 SLURM_STEP_NUM_TASKS=1", OMPI, ALONE, 0, 1, ""},      /* an interactive step */
    {STEP("0", "4") "FLUX_URI=local", OMPI, ALONE, 0, 1, ""},                                   /* the first process of a Flux instance */
    {"OMPI_COMMAND=x PMIX_NAMESPACE=9 PMIX_RANK=0", OMPI, ALONE, 0, 1, ""}, /* below an MPI program without a launcher */
    /* a launcher within another's allocation or step */
    {BATCH("4") MPIRUN("3", "4"), OMPI, RANK, 3, 4, "mpirun"},
    {STEP("0", "1") MPIRUN("3", "4"), OMPI, RANK, 3, 4, "mpirun"}, /* on other nodes mpirun starts its daemons by srun */
    {STEP("1", "3") MPIRUN("0", "1"), OMPI, ALONE, 0, 1, "mpirun"},
    {STEP("1", "3") HYDRA("5", "6"), MPICH, RANK, 5, 6, "PMI"},
    {SRUN_PMIX("0", "1") HYDRA("1", "2"), MPICH, RANK, 1, 2, "PMI"},
    {FLUX("0", "1") MPIRUN("1", "4"), OMPI, RANK, 1, 4, "mpirun"},
    {MPIRUN("0", "1") HYDRA("1", "2"), MPICH, RANK, 1, 2, "PMI"},
    {MPIRUN("0", "1") HYDRA("1", "2"), OMPI, REFUSED, 1, 2, "PMI"},
    /* settings */
    {"RANKPOOL_MPI=0 " MPIRUN("1", "2"), OMPI, ALONE, 0, 1, "RANKPOOL_MPI=0"},
    {"RANKPOOL_MPI=0 " STEP("1", "2"), OMPI, ALONE, 0, 1, "RANKPOOL_MPI=0"},
    {"RANKPOOL_MPI=0 OMPI_COMM_WORLD_SIZE=4x", OMPI, ALONE, 0, 1, "RANKPOOL_MPI=0"},
    {"RANKPOOL_MPI= ", OMPI, ALONE, 0, 1, "no launcher"},
    {"RANKPOOL_MPI=1", OMPI, RANK, -1, -1, "RANKPOOL_MPI=1"},
    {"RANKPOOL_MPI=1", NONE, ALONE, 0, 1, "no launcher"},
    {"RANKPOOL_MPI=1 " SRUN_PMI2("1", "2"), OMPI, RANK, 1, 2, "PMI"},
    {"RANKPOOL_MPI=1 " MPIRUN("0", "1"), OMPI, RANK, 0, 1, "mpirun"},
    {"RANKPOOL_MPI=1 " MPIRUN("1", "2"), NONE, REFUSED, 1, 2, "no MPI"},
    {"RANKPOOL_MPI=yes", OMPI, REFUSED, -1, -1, "RANKPOOL_MPI=yes must be 0"},
    {"RANKPOOL_MPI=00 " MPIRUN("1", "2"), OMPI, REFUSED, 1, 2, "RANKPOOL_MPI=00 must be 0"},
    /* values that nobody could have meant */
    {MPIRUN("0", "4x"), OMPI, REFUSED, 0, -1, "OMPI_COMM_WORLD_SIZE=4x"},
    {MPIRUN("0", "-2"), OMPI, REFUSED, 0, -1, "OMPI_COMM_WORLD_SIZE=-2"},
    {MPIRUN("0", "+4"), OMPI, REFUSED, 0, -1, "OMPI_COMM_WORLD_SIZE=+4"},
    {MPIRUN("0", "0"), OMPI, REFUSED, 0, -1, "OMPI_COMM_WORLD_SIZE=0"},
    {MPIRUN("0", "99999999999999999999"), OMPI, REFUSED, 0, -1, "OMPI_COMM_WORLD_SIZE=9"},
    {MPIRUN("2", "2"), OMPI, REFUSED, 2, -1, "OMPI_COMM_WORLD_SIZE=2"},
    {MPIRUN("one", "2"), OMPI, REFUSED, -1, 2, "OMPI_COMM_WORLD_RANK=one"},
    {STEP("0x1", "2"), OMPI, REFUSED, -1, 2, "SLURM_PROCID=0x1"},
};

static void each_way_to_start_is_understood(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_OF(cases); k++) {
        rpi_launch launch = decide(cases[k].environment, cases[k].mpi);
        bool fits = (int)launch.way == cases[k].way && launch.rank == cases[k].rank && launch.n_ranks == cases[k].n_ranks &&
                    strstr(launch.text, cases[k].text);
        if (!fits)
            fail_msg("%s (MPI %d): way %d, rank %d of %d, %s", cases[k].environment, cases[k].mpi, (int)launch.way, launch.rank,
                     launch.n_ranks, launch.text);
    }
}

/* Each row: a rank's own MPI takes it, and a build without MPI refuses it. */
static void each_launcher_is_in_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpi_n_launcher_rows; i++) {
        bool is_tried = false;
        for (size_t k = 0; k < N_OF(cases); k++) is_tried |= decide(cases[k].environment, cases[k].mpi).by == &rpi_launcher_rows[i];
        if (!is_tried) fail_msg("no case is started by %s", rpi_launcher_rows[i].name);
    }
}

static void a_text_is_one_line_that_fits(void **state)
{
    (void)state;
    char environment[3000];
    for (size_t k = 0; k < N_OF(cases); k++) assert_null(strchr(decide(cases[k].environment, cases[k].mpi).text, '\n'));
    snprintf(environment, sizeof environment, "RANKPOOL_MPI=%0200d", 7);
    assert_contains(decide(environment, OMPI).text, "must be 0");
}

/* ---- who speaks ---- */

static void rank_0_speaks_for_all(void **state)
{
    (void)state;
    assert_true(decide("", OMPI).speaks);
    assert_true(decide(MPIRUN("0", "2"), OMPI).speaks);
    assert_false(decide(MPIRUN("1", "2"), OMPI).speaks);
    assert_true(decide(STEP("0", "2"), OMPI).speaks);
    assert_false(decide(STEP("1", "2"), OMPI).speaks);
    assert_true(decide("RANKPOOL_MPI=0 " STEP("1", "2"), OMPI).speaks);
}

/* Without the place on its host the variables aren't all that a launcher sets, so there may be no rank 0. */
static void a_rank_of_half_a_launcher_speaks(void **state)
{
    (void)state;
    assert_true(decide("SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2", OMPI).speaks);
    assert_true(decide("PMI_RANK=1 PMI_SIZE=2", OMPI).speaks);
}

/* ---- what MPI found ---- */

static rp_status check(const char *environment, int mpi, int n_ranks, int rank, rp_error *error)
{
    rpi_launch launch = decide(environment, mpi);
    assert_int_equal(launch.way, RPI_LAUNCH_RANK);
    return rpi_launcher_check(&launch, (rpi_mpi_kind)mpi, n_ranks, rank, error);
}

static void mpi_has_to_find_what_the_launcher_started(void **state)
{
    (void)state;
    rp_error said;
    assert_int_equal(check(MPIRUN("1", "2"), OMPI, 2, 1, &said), RP_OK);
    assert_refused(check(MPIRUN("1", "2"), MPICH, 1, 0, &said), said, "Open MPI's mpirun started 2 processes, and MPI (MPICH) found 1");
    assert_contains(rp_error_text(&said), "mpirun.mpich");
    assert_refused(check(STEP("1", "2"), MPICH, 1, 0, &said), said, "srun --mpi=pmi2");
    assert_refused(check(SRUN_PMIX("1", "2"), OMPI, 4, 1, &said), said, "found 4");
    assert_refused(check(MPIRUN("1", "2"), OMPI, 2, 0, &said), said, "rank 1, which MPI (Open MPI) takes for rank 0");
    assert_int_equal(check("MPICH_RANK_REORDER_METHOD=3 " PALS("1", "2"), MPICH, 2, 0, &said), RP_OK);
}

static void where_the_launcher_does_not_say_mpi_does(void **state)
{
    (void)state;
    rp_error said;
    assert_int_equal(check("PMIX_NAMESPACE=p PMIX_RANK=1", OMPI, 2, 1, &said), RP_OK);
    assert_int_equal(check("PMIX_NAMESPACE=p PMIX_RANK=0", OMPI, 1, 0, &said), RP_OK);
    assert_refused(check("PMIX_NAMESPACE=p PMIX_RANK=1", OMPI, 1, 0, &said), said, "found no other rank");
    assert_refused(check("PMIX_NAMESPACE=p PMIX_RANK=0", MPICH, 1, 0, &said), said, "found no other rank");
    assert_int_equal(check("PMI_PORT=h:9 PMI_ID=0", MPICH, 1, 0, &said), RP_OK);
    assert_int_equal(check("RANKPOOL_MPI=1", OMPI, 1, 0, &said), RP_OK);
    assert_int_equal(check("RANKPOOL_MPI=1", OMPI, 5, 3, &said), RP_OK);
}

/* ---- below a rank ---- */

/* The environment of a program that a process with that environment starts. */
static const char *below(const char *environment, const char *and_then)
{
    static char text[4096];
    char mark[1024];
    rpi_launcher_facts facts = facts_of(environment, NONE);
    rpi_launcher_mark_of(&facts, mark, sizeof mark);
    snprintf(text, sizeof text, "%s%sRANKPOOL_ABOVE=%s", and_then, environment, mark);
    return text;
}

static const char *const launched[] = {
    MPIRUN("1", "2"),
    HYDRA("1", "2"),
    SRUN_PMIX("1", "2"),
    SRUN_PMI2("1", "2"),
    FLUX("1", "2"),
    PALS("1", "2"),
    MV2("1", "2") HYDRA("1", "2"),
    STEP("0", "2") MPIRUN("1", "2"),
    STEP("0", "2"),
    "PMIX_NAMESPACE=p PMIX_RANK=1 ",
};

static void a_program_below_a_rank_is_alone(void **state)
{
    (void)state;
    static const int kinds[] = {OMPI, MPICH, OTHER, NONE};
    for (size_t k = 0; k < N_OF(launched); k++)
        for (size_t kind = 0; kind < N_OF(kinds); kind++) {
            rpi_launch launch = decide(below(launched[k], ""), kinds[kind]);
            if (launch.way != RPI_LAUNCH_ALONE) fail_msg("below %s: %s", launched[k], launch.text);
            assert_contains(launch.text, "RANKPOOL_ABOVE");
            assert_int_equal(launch.rank, 0);
            assert_true(launch.speaks);
        }
    assert_int_equal(decide(below(MPIRUN("1", "2"), "RANKPOOL_MPI=1 "), OMPI).way, RPI_LAUNCH_ALONE);
}

static void a_launcher_below_a_rank_still_starts_ranks(void **state)
{
    (void)state;
    static const struct {
        const char *above, *inside; /* what the inner launcher sets comes first */
        int mpi;
    } pairs[] = {
        {MPIRUN("1", "2"), "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 PMIX_NAMESPACE=18 PMIX_RANK=1 ", OMPI},
        {MPIRUN("1", "2"), HYDRA("1", "2"), MPICH},
        {HYDRA("1", "2"), MPIRUN("1", "2"), OMPI},
        {SRUN_PMIX("1", "2"), "SLURM_STEP_ID=2 PMIX_NAMESPACE=slurm.pmix.5.2 ", OMPI},
        {SRUN_PMIX("1", "2"), "SLURM_STEP_ID=11 PMIX_NAMESPACE=slurm.pmix.5.11 ", OMPI},
        {SRUN_PMI2("1", "2"), "SLURM_STEP_ID=2 PMI_JOBID=5.2 ", MPICH},
        {SRUN_PMI2("1", "2"), "PMI_PORT=h:9 ", MPICH},
        {FLUX("1", "2"), "FLUX_JOB_ID=f8 ", OMPI},
    };
    for (size_t k = 0; k < N_OF(pairs); k++) {
        rpi_launch launch = decide(below(pairs[k].above, pairs[k].inside), pairs[k].mpi);
        if (launch.way != RPI_LAUNCH_RANK || launch.rank != 1 || launch.n_ranks != 2)
            fail_msg("%s below %s: %s", pairs[k].inside, pairs[k].above, launch.text);
    }
    assert_int_equal(decide(below(SRUN_PMIX("1", "2"), "SLURM_STEP_ID=2 PMIX_NAMESPACE= "), OMPI).way, RPI_LAUNCH_REFUSED);
}

/* Hydra tells its launches apart by nothing but the socket. */
static void another_socket_of_pmi_is_another_launch(void **state)
{
    (void)state;
    rpi_launch launch;
    rpi_launcher_facts facts = facts_of(below(HYDRA("1", "2"), ""), MPICH);
    facts.pmi_socket = 78;
    rpi_launcher_decide(&facts, &launch);
    assert_int_equal(launch.way, RPI_LAUNCH_RANK);
    facts.pmi_socket = 0; /* a child to which the descriptor was not left */
    rpi_launcher_decide(&facts, &launch);
    assert_int_equal(launch.way, RPI_LAUNCH_ALONE);
}

/* A rank, or below an MPI program that leaves no mark: nothing tells. MPICH would end the process. */
static void pmi_whose_socket_is_closed_is_refused(void **state)
{
    (void)state;
    rpi_launch launch;
    rpi_launcher_facts facts = facts_of(HYDRA("1", "2"), MPICH);
    facts.pmi_socket = 0;
    rpi_launcher_decide(&facts, &launch);
    assert_int_equal(launch.way, RPI_LAUNCH_REFUSED);
    assert_contains(launch.text, "PMI_FD=8");
    facts = facts_of(FLUX("1", "2"), OMPI); /* Flux has other ways */
    facts.pmi_socket = 0;
    rpi_launcher_decide(&facts, &launch);
    assert_int_equal(launch.way, RPI_LAUNCH_RANK);
}

static void a_rank_does_not_heed_its_own_mark(void **state)
{
    (void)state;
    rpi_launch launch;
    rpi_launcher_facts facts = facts_of(below(MPIRUN("1", "2"), ""), OMPI);
    facts.mark_is_own = true;
    rpi_launcher_decide(&facts, &launch);
    assert_int_equal(launch.way, RPI_LAUNCH_RANK);
}

static void a_process_without_a_launcher_leaves_no_mark(void **state)
{
    (void)state;
    char mark[64];
    rpi_launcher_facts facts = facts_of(BATCH("4"), OMPI);
    rpi_launcher_mark_of(&facts, mark, sizeof mark);
    assert_string_equal(mark, "");
}

/* A mark that was cut off must not be taken for another launch's. */
static void a_mark_that_does_not_fit_names_nothing(void **state)
{
    (void)state;
    char mark[12];
    rpi_launcher_facts facts = facts_of(MPIRUN("1", "2"), OMPI);
    rpi_launcher_mark_of(&facts, mark, sizeof mark);
    assert_string_equal(mark, "");
}

/* ---- this process ---- */

/* The tests may have been started by a launcher themselves. */
static int forget_launchers(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpi_n_launcher_rows; i++)
        for (int k = 0; k < RPI_LAUNCHER_NAMES; k++) {
            const rpi_launcher_row *row = &rpi_launcher_rows[i];
            const char *const names[] = {row->size[k], row->rank[k], row->identity[k], row->needs, row->not_with};
            for (size_t n = 0; n < N_OF(names); n++)
                if (names[n]) unsetenv(names[n]);
        }
    unsetenv("RANKPOOL_ABOVE");
    unsetenv("RANKPOOL_MPI");
    return 0;
}

static void this_process_reads_its_environment(void **state)
{
    (void)state;
    rpi_launch launch;
    rpi_launcher_here(RPI_MPI_OPEN_MPI, &launch);
    assert_int_equal(launch.way, RPI_LAUNCH_ALONE);
    assert_int_equal(rpi_launcher_mark(NULL), RP_OK);
    assert_null(getenv("RANKPOOL_ABOVE"));
    int pair[2];
    char number[12];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    snprintf(number, sizeof number, "%d", pair[0]);
    setenv("PMI_FD", number, 1);
    setenv("PMI_RANK", "1", 1);
    setenv("PMI_SIZE", "2", 1);
    rpi_launcher_here(RPI_MPI_MPICH, &launch);
    assert_int_equal(launch.way, RPI_LAUNCH_RANK);
    assert_int_equal(rpi_launcher_mark(NULL), RP_OK);
    rpi_launcher_here(RPI_MPI_MPICH, &launch);
    assert_int_equal(launch.way, RPI_LAUNCH_RANK);
    assert_contains(getenv("RANKPOOL_ABOVE"), ";pmi=");
    close(pair[0]);
    close(pair[1]);
}

UNIT_MAIN(UNIT(each_way_to_start_is_understood), UNIT(each_launcher_is_in_the_table), UNIT(a_text_is_one_line_that_fits),
          UNIT(rank_0_speaks_for_all), UNIT(a_rank_of_half_a_launcher_speaks), UNIT(mpi_has_to_find_what_the_launcher_started),
          UNIT(where_the_launcher_does_not_say_mpi_does), UNIT(a_program_below_a_rank_is_alone),
          UNIT(a_launcher_below_a_rank_still_starts_ranks), UNIT(another_socket_of_pmi_is_another_launch),
          UNIT(pmi_whose_socket_is_closed_is_refused), UNIT(a_rank_does_not_heed_its_own_mark),
          UNIT(a_process_without_a_launcher_leaves_no_mark), UNIT(a_mark_that_does_not_fit_names_nothing),
          cmocka_unit_test_setup(this_process_reads_its_environment, forget_launchers))
