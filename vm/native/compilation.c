/* Compilations in steps: who has one, their stacks, their memory. */
#include "vm/native/compilation.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/platform.h"

enum {
    STACK_BYTES = 512 * 1024,
    STACK_REST = 64 * 1024, /* for what takes no memory of the compiler's */
    MEMORY_LEAST = 8 << 20,
    PART_OF_MEMORY = 8,
    ASKS_MOST = 64, /* of others, before who does not ask has lost it */
};

static Compilation *compilations; /* one a domain: short */
static uint64_t compilation_ages;
static uint64_t compilation_steps;

/* Bytes that all may use. */
static size_t compilation_memory(void) {
    uint64_t part = platform_memory_bytes() / PART_OF_MEMORY;
    return part < MEMORY_LEAST ? MEMORY_LEAST : part;
}

static Compilation *of_domain(uint64_t domain) {
    for (Compilation *c = compilations; c; c = c->next)
        if (c->domain == domain)
            return c;
    return NULL;
}

Compilation *compilation_find(uint64_t domain, uint64_t thread) {
    Compilation *found = of_domain(domain);
    return found && found->thread == thread ? found : NULL;
}

void compilation_end(Compilation *compilation) {
    Compilation **place = &compilations;
    while (*place != compilation)
        place = &(*place)->next;
    *place = compilation->next;
    platform_stack_give(compilation->stack);
    compiler_free(&compilation->result);
    if (compilation->give)
        compilation->give(compilation->owner);
    alloc_give(compilation);
}

void compilation_forget(uint64_t domain) {
    Compilation *found = of_domain(domain);
    if (found)
        compilation_end(found);
}

Status compilation_begin(uint64_t domain, uint64_t thread, uint64_t age,
                         Compilation **compilation_out) {
    Compilation *before = of_domain(domain);
    if (before && before->thread != thread && before->waited++ < ASKS_MOST)
        return STATUS_BUSY;
    if (before)
        compilation_end(before);
    Compilation *new = alloc_take(sizeof *new);
    if (!new)
        return STATUS_NO_MEMORY;
    *new = (Compilation){.domain = domain,
                         .thread = thread,
                         .age = age ? age : ++compilation_ages,
                         .next = compilations};
    *compilation_out = compilations = new;
    return STATUS_OK;
}

/* ---- A step ---- */

static void run(void *context) {
    Compilation *self = context;
    self->status = compiler_compile(&self->request, &self->result);
}

/* The compiler's turn is over. */
static void give_way(void) {
    platform_stack_pause();
}

static size_t bytes_of(const Compilation *compilation) {
    return (compilation->stack ? STACK_BYTES : 0) + compilation->owner_bytes +
           compiler_memory(&compilation->result);
}

/* The youngest when there is too much of them, or NULL. */
static Compilation *too_much(void) {
    Compilation *youngest = compilations;
    size_t bytes = 0;
    for (Compilation *c = compilations; c; c = c->next) {
        bytes += bytes_of(c);
        if (c->age > youngest->age)
            youngest = c;
    }
    return bytes > compilation_memory() && compilations->next ? youngest : NULL;
}

/* Those that nobody asked for while the others took many steps: their threads
 * have ended, or something was thrown into them. */
static void end_forgotten(void) {
    for (Compilation *c = compilations, *next; c; c = next) {
        next = c->next;
        if (compilation_steps - c->seen > (uint64_t)ASKS_MOST * 1000)
            compilation_end(c);
    }
}

bool compilation_step(Compilation *compilation, uint64_t *units) {
    compilation->waited = 0;
    compilation->seen = ++compilation_steps;
    end_forgotten();
    if (!compilation->stack && !compilation->done) {
        compilation->request.memory_bytes = compilation_memory();
        compilation->request.stack_bytes = STACK_BYTES - STACK_REST;
        compilation->stack = platform_stack_take(STACK_BYTES, run, compilation);
        compilation->done = !compilation->stack;
        compilation->status = STATUS_NO_MEMORY;
    }
    if (!compilation->done) {
        compiler_allow(COMPILATION_UNITS, give_way);
        compilation->done = !platform_stack_go(compilation->stack);
        *units += (uint64_t)(COMPILATION_UNITS - compiler_allowed());
        compiler_allow(INT64_MAX, NULL);
    }
    if (compilation->done) {
        platform_stack_give(compilation->stack);
        compilation->stack = NULL;
    }
    Compilation *youngest = too_much();
    if (youngest)
        compilation_end(youngest);
    return youngest != compilation;
}
