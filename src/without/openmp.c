/* openmp.c: stands in for omp/openmp.c in a build without OpenMP. A program's tasks may have OpenMP all the same; then its run time is
 * there. */
#include "worker/openmp.h"

#include "base/nested.h"
#include "base/places.h"

int omp_get_max_threads(void) __attribute__((weak));
void omp_set_num_threads(int n_threads) __attribute__((weak));
enum { hard = 2 }; /* omp_pause_hard */
int omp_pause_resource_all(int kind) __attribute__((weak));
size_t kmp_get_stacksize_s(void) __attribute__((weak)); /* LLVM's alone */

const rpi_threads_ops rpi_threads_openmp = {.name = "openmp"}; /* no start: it has no threads */

int rpi_openmp_version(void) { return 0; }

unsigned rpi_nested_set(unsigned n_threads)
{
    if (!omp_get_max_threads || !omp_set_num_threads) return 0;
    unsigned before = (unsigned)omp_get_max_threads();
    if (n_threads) omp_set_num_threads((int)n_threads);
    return before;
}

void rpi_nested_end(void)
{
    if (omp_pause_resource_all && !kmp_get_stacksize_s) (void)omp_pause_resource_all(hard);
}

bool rpi_places_cores(cpu_set_t *cores, size_t size)
{
    (void)cores, (void)size;
    return false;
}
