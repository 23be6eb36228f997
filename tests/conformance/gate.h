/*
 * gate.h: items that wait until the test lets them go on, wherever they run: on another rank of this machine, or in a child process. So a
 * test knows what runs and what doesn't, however busy the machine is. A gate is the name of a file, which is there once the gate is open.
 */
#ifndef GATE_H
#define GATE_H

#include <rankpool/rankpool.h>

/* An item's argument. With an empty name the item doesn't wait. */
typedef struct gate {
    char path[120];
} gate;

/* wait_at(gate, x) gives x when the gate is open. */
extern const rp_task *const wait_at;

/* What wait_at does, for other tasks. Returns x. */
int64_t gate_wait(gate at, int64_t x);
int gate_is_open(const gate *at);

/* A new gate, closed. The suite opens and removes all gates at the end of a test. */
gate gate_make(void);
void gate_open(const gate *of);

/* Waits until so many items have come to the gate. */
void gate_await(const gate *of, int n);

/* For the end of a test: before its pool is freed, and after. */
void gates_open(void);
void gates_remove(void);

#endif
