/* turns.h: work of a given length that needs nothing but a core: so many turns of arithmetic, the same for all contestants of a part. */
#ifndef BENCH_TURNS_H
#define BENCH_TURNS_H

/* As many multiplications, each waiting for the one before; returns a value between 0 and 1 that depends on all of them. Behind a call that
 * no compiler inlines. */
double bench_turns(double n_turns);

/* How many turns take a microsecond on a core that nobody else wants: the most of some tries. It takes a few milliseconds. */
double bench_turns_per_us(void);

#endif
