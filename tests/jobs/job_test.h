/*
 * job_test.h: runs a job's task on a pool. Parameters have their defaults, unless a test sets them. For the tests of this folder.
 */
#ifndef RANKPOOL_JOB_TEST_H
#define RANKPOOL_JOB_TEST_H

#include "jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { JOB_TEST_PARAMS = 32 };

/* The values that the program would read from the parameters' defaults. A parameter without a default is zero. */
void job_test_defaults(const rp_job *job, rp_value values[JOB_TEST_PARAMS]);

/* The value of the parameter of that name, to be set. Fails the test when there is none. */
rp_value *job_test_value(const rp_job *job, rp_value values[JOB_TEST_PARAMS], const char *name);

/* A pool for the job: serial with one worker, else of POSIX threads; failed items don't stop the others. Fails the test when it can't be
 * opened. */
rp_pool *job_test_pool(const rp_job *job, int workers);

/* Checks a job's table: texts are there, defaults are within limits, fields are within the result, each name is there once. */
void job_test_table(const rp_job *job);

#endif
