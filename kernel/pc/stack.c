/* Stacks beside the main one: areas, so that a page below each is missing. */
#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/platform.h"

struct PlatformStack {
    uint8_t *memory;
    size_t bytes;
    uint64_t *top; /* where the registers of what waits there lie */
    void (*run)(void *context);
    void *context;
    bool ended;
};

/* Keeps the registers that calls keep, and the stack's pointer in *from; goes
 * on with those at `to`: stack_switch.S. */
void stack_switch(uint64_t **from, uint64_t *to);

#define KEPT_REGISTERS 6

static PlatformStack *stack_running; /* NULL: the main one */
static uint64_t *stack_main;         /* the main one's top, meanwhile */

/* The first code on each, entered by the return of stack_switch. */
static void begin(void) {
    PlatformStack *stack = stack_running;
    stack->run(stack->context);
    stack->ended = true;
    platform_stack_pause();
    CHECK(false);
}

PlatformStack *platform_stack_take(size_t bytes, void (*run)(void *context),
                                   void *context) {
    PlatformStack *stack = alloc_take(sizeof *stack);
    uint8_t *memory = alloc_take(bytes);
    if (!stack || !memory) {
        alloc_give(stack);
        alloc_give(memory);
        return NULL;
    }
    /* From the top: where begin() would return to, its address, registers. The
     * first word makes the stack aligned as after a call. */
    uint64_t *top = (uint64_t *)(void *)(memory + (bytes & ~(size_t)15));
    *--top = 0;
    *--top = (uint64_t)(uintptr_t)begin;
    top -= KEPT_REGISTERS;
    *stack = (PlatformStack){.memory = memory,
                             .bytes = bytes,
                             .top = top,
                             .run = run,
                             .context = context};
    return stack;
}

bool platform_stack_go(PlatformStack *stack) {
    CHECK(!stack_running && !stack->ended);
    stack_running = stack;
    stack_switch(&stack_main, stack->top);
    stack_running = NULL;
    return !stack->ended;
}

void platform_stack_pause(void) {
    stack_switch(&stack_running->top, stack_main);
}

void platform_stack_give(PlatformStack *stack) {
    if (!stack)
        return;
    CHECK(stack != stack_running);
    alloc_give(stack->memory);
    alloc_give(stack);
}
