/* empty_mpi.c: an MPI program that does nothing: what start-up under mpirun is compared with. */
#include <mpi.h>
#include <stddef.h>

int main(void)
{
    MPI_Init(NULL, NULL);
    MPI_Finalize();
    return 0;
}
