/* The queue of input events of the hosted machine. */
#include "kernel/host/host.h"

#include "kernel/base/check.h"

enum { QUEUE_SIZE = 4096 };

static InputEvent queue[QUEUE_SIZE];
static uint32_t first, count;

void host_input_put(InputEvent event) {
    if (count == QUEUE_SIZE)
        return; /* nobody reads: the oldest events are the ones to keep */
    event.time_ns = platform_now_ns();
    queue[(first + count++) % QUEUE_SIZE] = event;
}

bool host_input_waiting(void) {
    return count > 0;
}

bool platform_input_next(InputEvent *event_out) {
    if (count == 0)
        return false;
    *event_out = queue[first];
    first = (first + 1) % QUEUE_SIZE;
    count--;
    return true;
}
