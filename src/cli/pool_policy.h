/*
 * pool_policy.h: the options of a run's pool that depend on the job, or on each other in whatever order they were given. Pure functions.
 */
#ifndef RANKPOOL_CLI_POOL_POLICY_H
#define RANKPOOL_CLI_POOL_POLICY_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

/* What the job says, where the user says nothing. A job that ends its items itself has processes for them, and needs no isolation. */
void pool_policy_take_defaults(rp_pool_options *pool, const rp_job *job);

/* A limit of failures means that failures are collected, and a limit of tasks needs children. RP_OK, RP_USAGE. */
rp_status pool_policy_check(rp_pool_options *pool, rp_error *error);

#endif
