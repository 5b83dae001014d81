/* The one worker. */
#include "vm/run/worker.h"

#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"

Worker worker;

void worker_start(void) {
    bytes_fill(&worker, 0, sizeof worker);
}

void worker_owes(uint64_t units) {
    Domain *domain = worker.domain;
    domain->debt += units;
    heap_hurry |=
        domain->debt >= SLICE_UNITS || domain->used_bytes > domain->limit_bytes;
}
