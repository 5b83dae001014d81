/* Traces: log lines for people who look for a fault, by the part that speaks.
 * They are off until the setting `trace` names parts. */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/log.h"

enum {
    TRACE_input = 1,    /* each event */
    TRACE_pages = 2,    /* brought in, evicted */
    TRACE_store = 4,    /* the steps of a commit */
    TRACE_threads = 8,  /* each slice of a program */
    TRACE_collect = 16, /* each collection */
};

extern uint32_t trace_parts; /* TRACE_ bits */

#define TRACE(part, ...)                                                       \
    do {                                                                       \
        if (trace_parts & TRACE_##part)                                        \
            log_line("trace: " #part ": " __VA_ARGS__);                        \
    } while (0)

/* Names of parts with commas between them. False: there is a word that is none;
 * the others count. */
bool trace_start(const char *words);

/* The names, for messages. */
extern const char trace_names[];

#endif
