// All services of the APEX interface (ARINC 653 Part 1, and of Part 2 the module schedules), under the standard's
// names.
//
// An image that calls more than those of sampling ports, schedules, mode and time links APEXBinding (Package.swift).
//
// Whoever needs few of them includes the groups one by one. What is ours beyond the standard: partita.h.
#ifndef ARINC653_H
#define ARINC653_H

#include <arinc653/blackboard.h>
#include <arinc653/buffer.h>
#include <arinc653/error.h>
#include <arinc653/event.h>
#include <arinc653/mutex.h>
#include <arinc653/partition.h>
#include <arinc653/process.h>
#include <arinc653/queueing.h>
#include <arinc653/sampling.h>
#include <arinc653/schedules.h>
#include <arinc653/semaphore.h>
#include <arinc653/time.h>

#endif
