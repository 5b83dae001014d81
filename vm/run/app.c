/* Apps: their modules, starting, starting anew, and stopping them. */
#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "vm/code/loader.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"
#include "vm/run/domain.h"
#include "vm/run/limits.h"
#include "vm/run/grants.h"
#include "vm/run/slots.h"
#include "vm/run/stack.h"
#include "vm/run/thread.h"
#include "vm/run/vm.h"

Status vm_load_module(const void *bytes, size_t count, bool system,
                      Module **module_out, Text *why) {
    return loader_load(ROOT->domains[0], bytes, count, system, module_out, why);
}

/* Pushes `$init` of the module, then of its imports, so that the imports' run
 * first; each once. */
static Status push_initialisers(Thread *thread, Module *module,
                                uint8_t *pushed) {
    Status status = STATUS_OK;
    if (pushed[module_place(module)])
        return STATUS_OK;
    pushed[module_place(module)] = 1;
    if (module->initialise)
        status = stack_push(thread, module->initialise, NULL);
    const Array *imports = module->imports;
    for (uint64_t i = 0; i < imports->length && status == STATUS_OK; i++)
        status = push_initialisers(thread, (Module *)imports->at.references[i],
                                   pushed);
    return status;
}

static Array *make_arguments(Domain *domain, size_t count,
                             const char *const *arguments, Status *status) {
    Array *list = heap_new_array(domain, CLASS_ObjectArray, count, status);
    for (size_t i = 0; list && i < count; i++) {
        String *text = heap_new_string(domain, arguments[i],
                                       text_length(arguments[i]), status);
        if (!text)
            return NULL;
        HEAP_SET(list->at.references[i], text);
    }
    return list;
}

/* The function of this name when its types are these. */
static Method *entry_point(const Module *module, const char *name,
                           const char *signature) {
    Method *method = loader_function(module, name);
    bool good =
        method && method->code &&
        symbols_equal(method->signature, signature, text_length(signature));
    return good ? method : NULL;
}

static Status start_main(Domain *domain, Module *module, Array *arguments) {
    static uint8_t pushed[UINT16_MAX + 1];
    Method *method = entry_point(module, "$main", "([O)V");
    if (!method)
        method = entry_point(module, "main", "()V");
    if (!method)
        return STATUS_NOT_FOUND;
    Status status;
    Thread *thread = thread_new(domain, method, &arguments->head, &status);
    if (!thread)
        return status;
    bytes_fill(pushed, 0, sizeof pushed);
    status = push_initialisers(thread, module, pushed);
    return status == STATUS_OK ? thread_start(thread) : status;
}

static Status start_module(Domain *domain, Module *module, size_t count,
                           const char *const *arguments) {
    HEAP_SET(domain->program, module);
    Status status = domain_attach(domain, module);
    Array *list = NULL;
    if (status == STATUS_OK)
        list = make_arguments(domain, count, arguments, &status);
    return status == STATUS_OK ? start_main(domain, module, list) : status;
}

/* A domain that did not get so far that something runs in it. */
static Status give_up(Domain *domain, Status why) {
    if (domain_kill(domain) != STATUS_OK)
        log_line("vm: the new app's memory is not free yet");
    return why;
}

Status vm_start_app(const char *module_name, const char *name,
                    uint64_t limit_bytes, size_t argument_count,
                    const char *const *arguments, Domain **domain_out) {
    Module *module =
        symbols_module(ROOT->domains[0], module_name, text_length(module_name));
    if (!module)
        return STATUS_NOT_FOUND;
    Status status = domain_create(name, limit_bytes, domain_out);
    if (status != STATUS_OK)
        return status;
    status = start_module(*domain_out, module, argument_count, arguments);
    return status == STATUS_OK ? status : give_up(*domain_out, status);
}

Status vm_start_program(const void *bytes, size_t count, const char *name,
                        uint64_t limit_bytes, size_t argument_count,
                        const char *const *arguments, Domain **domain_out,
                        Text *why) {
    Module *module;
    Status status = domain_create(name, limit_bytes, domain_out);
    if (status != STATUS_OK)
        return status;
    status = loader_load(*domain_out, bytes, count, false, &module, why);
    if (status == STATUS_OK)
        status = start_module(*domain_out, module, argument_count, arguments);
    return status == STATUS_OK ? status : give_up(*domain_out, status);
}

/* A zero-terminated copy, cut if need be. */
static void copy_name(char *to, size_t capacity, const String *name) {
    Text text = text_on(to, capacity);
    if (name)
        text_add_bytes(&text, name->bytes, name->length);
    text_end(&text);
}

Status vm_restart_app(Domain *domain) {
    char module[MODULE_NAME_BYTES_MAX + 1], name[MODULE_NAME_BYTES_MAX + 1];
    const Module *program = vm_app_program(domain);
    if (!program || program->own)
        return STATUS_NOT_FOUND;
    copy_name(module, sizeof module, program->name);
    copy_name(name, sizeof name, domain->name);
    Status status = heap_write(domain, sizeof *domain);
    Domain *fresh;
    if (status == STATUS_OK)
        status = vm_start_app(module, name, limits_get(domain, LIMIT_MEMORY), 0,
                              NULL, &fresh);
    if (status != STATUS_OK)
        return status;
    grants_inherit(fresh, domain);
    bytes_copy(fresh->limits, domain->limits, sizeof fresh->limits);
    vm_stop_app(domain, "it starts anew");
    return STATUS_OK;
}

bool vm_app_rests(const Domain *domain) {
    return domain->state == DOMAIN_RUNNING && domain->thread_count == 0 &&
           domain->app;
}

bool vm_app_ended(const Domain *domain, int *exit_code_out) {
    *exit_code_out = domain->state == DOMAIN_IN_TRASH ? 1 : domain->exit_code;
    return domain->state != DOMAIN_RUNNING ||
           (domain->thread_count == 0 && !domain->app);
}

/* A thread in the app that runs this function of core, even at its limit. */
static Status start_thread(Domain *domain, const char *function) {
    const Module *core = symbols_module(ROOT->domains[0], "core", 4);
    Method *method = core ? entry_point(core, function, "()V") : NULL;
    Status status;
    if (!method)
        return STATUS_NOT_FOUND;
    uint64_t before = heap_reserve(HEAP_RESERVE_SYSTEM);
    Thread *thread = thread_new(domain, method, NULL, &status);
    if (thread)
        status = thread_start(thread);
    heap_reserve(before);
    return status;
}

Status vm_reopen_app(Domain *domain) {
    return start_thread(domain, "reopenApp");
}

const Module *vm_app_program(const Domain *domain) {
    const Module *program = domain->program;
    bool good = trust_is_near(domain, program, CLASS_Module) &&
                trust_is_array(domain, program->name, CLASS_String);
    return good ? program : NULL;
}

/* Nothing is trusted but that an app's name is in an attached region. */
const String *vm_app_name(const Domain *domain) {
    const String *name = domain->name;
    uint64_t at = (uint64_t)(uintptr_t)name;
    uint64_t left = MEMORY_REGION_BYTES - at % MEMORY_REGION_BYTES;
    bool good = at >= MEMORY_ROOT && memory_attached(region_of(at)) &&
                left > sizeof *name &&
                memory_bring(at, sizeof *name) == STATUS_OK &&
                name->length <= left - sizeof *name &&
                memory_bring(at, sizeof *name + name->length) == STATUS_OK;
    return good ? name : NULL;
}

static void say_stopped(const Domain *domain, const char *reason) {
    const String *name = vm_app_name(domain);
    log_line("app: %.*s stopped: %s", name ? (int)name->length : 1,
             name ? name->bytes : "?", reason);
}

bool vm_stop_app(Domain *domain, const char *reason) {
    MemoryLevel before = memory_level();
    memory_set_level(MEMORY_SYSTEM);
    Status status = heap_write(domain, sizeof *domain);
    memory_set_level(before);
    if (status != STATUS_OK)
        return false;
    say_stopped(domain, reason);
    domain->state = DOMAIN_STOPPED;
    domain->exit_code = 1;
    slots_add(SLOTS_ENDED, domain);
    return true;
}
