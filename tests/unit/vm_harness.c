/* A VM for tests, on the simulated machine. */
#include "tests/unit/vm_harness.h"

#include <stdio.h>
#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "vm/code/loader.h"
#include "vm/heap/heap_check.h"
#include "vm/run/domain.h"
#include "vm/run/scheduler.h"
#include "vm/run/thread.h"

Assembler harness_assembler;
char harness_why[300];
char harness_printed[4096];

void harness_print(const Domain *domain, const char *bytes, size_t count) {
    size_t have = strlen(harness_printed);
    (void)domain;
    if (count > sizeof harness_printed - 1 - have)
        count = sizeof harness_printed - 1 - have;
    memcpy(harness_printed + have, bytes, count);
    harness_printed[have + count] = 0;
}

void harness_open_memory(void) {
    StoreOpening opening;
    MemoryOptions options = {
        .limit_bytes = 256u << 20, .audit = true, .lost = vm_lost_page};
    EXPECT_EQUAL(store_open(0, &options.store, &opening), STATUS_OK);
    options.regions = opening.regions;
    EXPECT_EQUAL(memory_open(&options), STATUS_OK);
}

void harness_start(void) {
    harness_printed[0] = 0;
    sim_disk_new(65536);
    harness_open_memory();
    EXPECT_EQUAL(vm_create(), STATUS_OK);
    platform_set_stray(NULL, NULL); /* nothing was forged */
    vm_set_print(harness_print);
}

void harness_restart(void) {
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    sim_disk_cut();
    memory_close();
    harness_open_memory();
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    platform_set_stray(NULL, NULL);
}

void harness_stop(void) {
    vm_set_stress(0);
    memory_close();
}

void harness_check(void) {
    char buffer[300];
    Text why = text_on(buffer, sizeof buffer);
    if (heap_check(&why))
        return;
    printf("  heap: %s\n", text_end(&why));
    EXPECT(!"the heap is right");
}

static void expect_whole(const char *wrong) {
    if (!wrong)
        return;
    printf("  %s\n", wrong);
    EXPECT(!"what must hold after vm_run");
}

Thread *harness_thread(Domain *domain) {
    Status status;
    Thread *thread = thread_new(domain, ROOT->start, NULL, &status);
    EXPECT_EQUAL(status, STATUS_OK);
    EXPECT_EQUAL(thread_start(thread), STATUS_OK);
    return thread;
}

uint64_t harness_step(uint64_t budget) {
    uint64_t next_ns = vm_run(budget);
    expect_whole(scheduler_check());
    expect_whole(domain_check());
    return next_ns;
}

Module *harness_load(Assembler *a, bool system) {
    Module *module = NULL;
    size_t count = assembler_finish(a);
    Text why = text_on(harness_why, sizeof harness_why);
    Status status = vm_load_module(a->file, count, system, &module, &why);
    if (status == STATUS_OK)
        EXPECT(loader_check(module, &why));
    text_end(&why);
    return status == STATUS_OK ? module : NULL;
}

Domain *harness_run(const char *module, uint64_t budget) {
    Domain *domain = NULL;
    int code;
    Status status = vm_start_app(module, module, 16u << 20, 0, NULL, &domain);
    EXPECT_EQUAL(status, STATUS_OK);
    while (status == STATUS_OK && !vm_app_ended(domain, &code) && budget) {
        uint64_t part = budget < 100000 ? budget : 100000;
        harness_step(part);
        budget -= part;
    }
    return domain;
}
