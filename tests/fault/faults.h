/*
 * faults.h: memory and threads that run out where a test wants it. The linker's --wrap puts these allocators and this pthread_create in the
 * place of the C library's, for everything that is linked statically: the library under test. What must not fail, the fake network, is
 * compiled against the real ones.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>

typedef enum faults_kind {
    FAULTS_ONE_ALLOCATION, /* the n-th fails */
    FAULTS_NO_MORE_MEMORY, /* the n-th and all that follow */
    FAULTS_RANDOM_MEMORY,  /* each with a chance of one in 8; n is the seed */
    FAULTS_ONE_THREAD,     /* the n-th pthread_create fails with EAGAIN */
    FAULTS_NO_MORE_THREADS /* the n-th and all that follow */
} faults_kind;

/* "allocation 17", for messages. Written to `text`, which has room for 64 bytes. */
const char *faults_describe(faults_kind kind, unsigned n, char *text);

/* From now on. n counts from 1. */
void faults_arm(faults_kind kind, unsigned n);
/* Whether anything was made to fail since the last faults_arm. */
bool faults_fired(void);
/* Nothing fails from now on. Returns what faults_fired does. */
bool faults_disarm(void);

/* Blocks that were allocated and not freed. */
long faults_live_blocks(void);

#endif
