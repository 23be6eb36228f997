/* nested.h: the size of OpenMP's parallel regions in tasks. Implemented in omp/openmp.c, or in src/without/openmp.c when built without
 * OpenMP. */
#ifndef RPI_BASE_NESTED_H
#define RPI_BASE_NESTED_H

/* How many threads the parallel regions get that the calling thread opens from here on, if they don't say it themselves. 0: as before.
 * Returns how many it was before; 0: there is no OpenMP. */
unsigned rpi_nested_set(unsigned n_threads);

/* Ends and joins the threads that OpenMP keeps for the regions of the calling thread, which is in none. Otherwise they would end by
 * themselves after it, and what libraries keep for them would go while the end of the process takes the libraries away. LLVM's OpenMP
 * joins its threads at the end of the process: there it does nothing. */
void rpi_nested_end(void);

#endif
