/*
 * rankpool: a process pool for C, over MPI ranks with OpenMP threads inside each rank. This header includes all public headers
 * except mpi.h and job.h.
 */
#ifndef RANKPOOL_H
#define RANKPOOL_H

#include <rankpool/call.h>
#include <rankpool/error.h>
#include <rankpool/imap.h>
#include <rankpool/iterator.h>
#include <rankpool/main.h>
#include <rankpool/map.h>
#include <rankpool/pool.h>
#include <rankpool/report.h>
#include <rankpool/result.h>
#include <rankpool/source.h>
#include <rankpool/task.h>
#include <rankpool/text.h>
#include <rankpool/version.h>

#endif
