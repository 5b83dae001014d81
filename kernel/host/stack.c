/* Stacks beside the main one, by the C library's contexts. */
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "kernel/base/check.h"
#include "kernel/platform.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#define LEAVING(place, bottom, size)                                           \
    __sanitizer_start_switch_fiber((place), (bottom), (size))
#define ARRIVED(place, bottom, size)                                           \
    __sanitizer_finish_switch_fiber((place), (bottom), (size))
#else
#define LEAVING(place, bottom, size) ((void)(place))
#define ARRIVED(place, bottom, size) ((void)0)
#endif

struct PlatformStack {
    ucontext_t here, main; /* where each goes on */
    uint8_t *memory;       /* its first page cannot be touched */
    size_t bytes;
    void (*run)(void *context);
    void *context;
    bool ended;
    void *fake_here, *fake_main; /* the sanitizer's */
    const void *main_bottom;
    size_t main_bytes;
};

static PlatformStack *running; /* NULL: the main stack */

static void leave(PlatformStack *stack) {
    LEAVING(stack->ended ? NULL : &stack->fake_here, stack->main_bottom,
            stack->main_bytes);
    CHECK(swapcontext(&stack->here, &stack->main) == 0);
    ARRIVED(stack->fake_here, &stack->main_bottom, &stack->main_bytes);
}

/* The first code on each. */
static void begin(void) {
    PlatformStack *stack = running;
    ARRIVED(NULL, &stack->main_bottom, &stack->main_bytes);
    stack->run(stack->context);
    stack->ended = true;
    leave(stack);
}

/* Apart, since getcontext counts as a function that returns twice. */
static void prepare(PlatformStack *stack, size_t page) {
    CHECK(getcontext(&stack->here) == 0);
    stack->here.uc_stack.ss_sp = stack->memory + page;
    stack->here.uc_stack.ss_size = stack->bytes - page;
    makecontext(&stack->here, begin, 0);
}

PlatformStack *platform_stack_take(size_t bytes, void (*run)(void *context),
                                   void *context) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    PlatformStack *stack = calloc(1, sizeof *stack);
    if (!stack)
        return NULL;
    stack->bytes = ((bytes + page - 1) & ~(page - 1)) + page;
    void *memory = mmap(NULL, stack->bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        free(stack);
        return NULL;
    }
    CHECK(mprotect(memory, page, PROT_NONE) == 0);
    stack->memory = memory;
    stack->run = run;
    stack->context = context;
    prepare(stack, page);
    return stack;
}

bool platform_stack_go(PlatformStack *stack) {
    CHECK(!running && !stack->ended);
    running = stack;
    LEAVING(&stack->fake_main, stack->here.uc_stack.ss_sp,
            stack->here.uc_stack.ss_size);
    CHECK(swapcontext(&stack->main, &stack->here) == 0);
    ARRIVED(stack->fake_main, NULL, NULL);
    running = NULL;
    return !stack->ended;
}

void platform_stack_pause(void) {
    leave(running);
}

void platform_stack_give(PlatformStack *stack) {
    if (!stack)
        return;
    CHECK(stack != running);
    munmap(stack->memory, stack->bytes);
    free(stack);
}
