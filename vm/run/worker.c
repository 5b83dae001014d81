/* The one worker. */
#include "vm/run/worker.h"

#include "kernel/base/bytes.h"

Worker worker;

void worker_start(void) {
    bytes_fill(&worker, 0, sizeof worker);
}
