/*
 * The few scalar types everybody uses.
 */
#ifndef SIM_BASE_H
#define SIM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Virtual time or a duration, in microseconds; 0 is the start of the world. */
typedef int64_t usec;

#define MSEC  ((usec)1000)
#define SEC   (1000 * MSEC)
#define NEVER INT64_MAX

/** The whole seconds of a duration that is not negative. */
static inline uint32_t whole_seconds(usec d)
{
	return (uint32_t)(d / SEC);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** A condition that hardly ever holds: what it leads to stays out of the way of the rest. */
#define RARELY(condition) __builtin_expect(!!(condition), 0)

/** A function whose callers mostly do without it: on its own, so that they stay short. */
#define APART __attribute__((noinline))

/** The struct that holds `member`, given a pointer to that member. */
#define CONTAINER(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

#endif
