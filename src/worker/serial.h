/* serial.h: the serial executor: one worker, one item after another, in the thread that calls or in one helper thread. */
#ifndef RPI_WORKER_SERIAL_H
#define RPI_WORKER_SERIAL_H

#include "worker/executor.h"

extern const rpi_executor_ops rpi_executor_serial;

#endif
