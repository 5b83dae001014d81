/* Handlers of restarts. */
#include "vm/run/restarts.h"

#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "vm/code/loader.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"
#include "vm/run/thread.h"

#define ALONE_NS 1000000000ull /* the app's other threads wait so long */

/* ---- The list ---- */

static Status make_room(Domain *domain) {
    Array *old = domain->restarted;
    if (old && domain->restarted_count < old->length)
        return STATUS_OK;
    Status status;
    Array *larger = heap_new_array(domain, CLASS_IntArray,
                                   old ? old->length * 2 : 8, &status);
    if (!larger)
        return status;
    for (uint64_t i = 0; old && i < old->length; i++)
        larger->at.words[i] = old->at.words[i];
    status = heap_write(domain, sizeof *domain);
    if (status == STATUS_OK)
        HEAP_SET(domain->restarted, larger);
    return status;
}

Status restarts_add(Domain *domain, const Object *object) {
    Status status = make_room(domain);
    if (status != STATUS_OK)
        return status;
    uint64_t *place = &domain->restarted->at.words[domain->restarted_count];
    status = heap_write(place, sizeof *place);
    if (status == STATUS_OK)
        status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    *place = (uint64_t)(uintptr_t)object;
    domain->restarted_count++;
    return STATUS_OK;
}

/* ---- After a start ---- */

Method *restarts_method(const Object *object) {
    const Array *vtable = class_of(object)->vtable;
    for (uint64_t i = 0; i < vtable->length; i++) {
        Method *method = (Method *)vtable->at.references[i];
        if (method->argument_count == 1 && method->code &&
            (symbols_equal(method->name, "restarted", 9) ||
             symbols_equal(method->name, "invoke0", 7)))
            return method;
    }
    return NULL;
}

Object *restarts_next(Domain *domain) {
    if (domain->restarted_place >= domain->restarted_count)
        return NULL;
    uint64_t address = domain->restarted->at.words[domain->restarted_place++];
    return (Object *)(uintptr_t)address;
}

/* Numbers of the apps that have begun to run, by their places. */
static uint64_t begun[ROOT_DOMAINS_MAX];

void restarts_start(void) {
    bytes_fill(begun, 0, sizeof begun);
}

void restarts_made(size_t slot) {
    begun[slot] = ROOT->domains[slot]->number;
}

void restarts_forget(const Domain *domain) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (begun[i] == domain->number)
            begun[i] = 0;
}

bool restarts_wait(size_t slot) {
    return begun[slot] != ROOT->domains[slot]->number;
}

/* A thread that runs core's function for the handlers. */
static Status make_thread(Domain *domain) {
    const Module *core = symbols_module(ROOT->domains[0], "core", 4);
    Method *method = core ? loader_function(core, "runHandlers") : NULL;
    Status status;
    if (!method || !method->code || method->argument_count > 0)
        return STATUS_OK; /* a world without a library has no handlers */
    Thread *thread = thread_new(domain, method, NULL, &status);
    if (!thread)
        return status;
    thread->reserve = RESERVE_HANDLER;
    status = thread_start(thread);
    if (status == STATUS_OK)
        HEAP_SET(domain->handling, thread);
    return status;
}

/* A thread at the head of its queue, before the first handler. That of an
 * earlier start ends the handler that it is in, and calls no other: it may be
 * behind its last look at the list. */
static Status set_out(Domain *domain) {
    uint64_t before = heap_reserve(HEAP_RESERVE_SYSTEM);
    Status status = heap_write(domain, sizeof *domain);
    if (status == STATUS_OK)
        status = make_thread(domain);
    if (status == STATUS_OK && domain->handling)
        status = thread_to_front(domain->handling);
    heap_reserve(before);
    return status;
}

Status restarts_begin(size_t slot) {
    Domain *domain = ROOT->domains[slot];
    trust_need(slot == 0 || trust_is_app(domain), domain,
               "its tables are damaged"); /* the system's: at the start */
    Status status = domain->restarted_count > 0 ? set_out(domain) : STATUS_OK;
    if (status != STATUS_OK && status != STATUS_LIMIT)
        return status;
    if (status == STATUS_LIMIT)
        log_line("app: %.*s: its handlers of restarts are left out: it has no "
                 "memory",
                 (int)domain->name->length, domain->name->bytes);
    if (domain->restarted_count > 0)
        domain->restarted_place = domain->handled_ns = 0;
    begun[slot] = domain->number;
    return STATUS_OK;
}

bool restarts_first(const Domain *domain, const Thread *thread) {
    return thread == domain->handling && domain->handled_ns < ALONE_NS;
}
