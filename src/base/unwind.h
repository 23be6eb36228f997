/* unwind.h: what the end of a thread by pthread_exit needs, as libgomp does it. */
#ifndef RPI_BASE_UNWIND_H
#define RPI_BASE_UNWIND_H

/* Makes the C library look up its unwinder, which lives in libgcc_s. Otherwise it does so at the first pthread_exit, and aborts the process
 * when there is no memory or no descriptor left by then. Any thread, any number of times. */
void rpi_unwind_prepare(void);

#endif
