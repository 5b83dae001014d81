/* vm.h: the virtual machine as the system uses it: its start (vm.c), apps
 * (app.c), who runs (scheduler.c), commit() (commit.c), pages that are lost
 * (guard.c), exceptions as text (describe.c).
 *
 * All of it runs on the main thread. Programs run only within vm_run(); when
 * it has returned, every thread is at a safepoint and all its state is in the
 * persistent memory, so a barrier may be taken between two calls and nowhere
 * else. Natives are registered (native.h) before vm_create or vm_restore. */
#ifndef VM_RUN_VM_H
#define VM_RUN_VM_H

#include "kernel/base/text.h"
#include "vm/heap/object.h"

/* Fills fresh memory with a system root, the system domain and the classes that
 * C knows. */
Status vm_create(void);

/* Takes over memory that came back: another boot number, empty caches, native
 * waits set up again, calls of commit() ended, `restarted` handlers queued
 * before the threads of their apps. STATUS_OTHER_FORMAT: another build's. */
Status vm_restore(void);

/* See loader.h. */
Status vm_load_module(const void *bytes, size_t count, bool system,
                      Module **module_out, Text *why);

/* A new app: a domain that runs the module's `$main` with the arguments, or
 * `main`, after `$init` of all modules it uses. STATUS_NOT_FOUND: the module
 * has neither. The module is found by name. */
Status vm_start_app(const char *module, const char *name, uint64_t limit_bytes,
                    size_t argument_count, const char *const *arguments,
                    Domain **domain_out);

/* The same with a program that the app brings itself: it lies in the app's own
 * domain (vm/code/loader.h) and ends with it. INVALID: `why` says what is wrong
 * with the program. */
Status vm_start_program(const void *bytes, size_t count, const char *name,
                        uint64_t limit_bytes, size_t argument_count,
                        const char *const *arguments, Domain **domain_out,
                        Text *why);

/* Starts the app's program anew, the newest version of it, beside the app,
 * which ends with all that it had. STATUS_NOT_FOUND: it is not known what it
 * runs, or the app brought it. */
Status vm_restart_app(Domain *domain);

/* An app has come back from an older generation by itself: what vm_restore does
 * for it. What is not OK was not done, and the app goes on without it. */
Status vm_restore_app(Domain *domain);

/* Runs threads, round robin over domains and then over their threads, until
 * about `budget` units of work (worker.h) were done or nothing is runnable.
 * Returns the platform time in nanoseconds when the next thread wants
 * to run: now or earlier when some are runnable, UINT64_MAX for never. */
uint64_t vm_run(uint64_t budget);

/* The budget between two looks at input. What a thread is in the middle of goes
 * on beyond it by a step of NATIVE_STEP_UNITS and a little. */
#define VM_TURN_UNITS 90000u

/* The domain got input: it runs next, for one slice. */
void vm_favour(const Domain *domain);

/* Held apps do not run; `except` (or NULL) does. Their input waits. */
void vm_hold(bool held, const Domain *except);
bool vm_held(void);

/* In the last vm_run() something had to wait because it may not be written now
 * (memory.h): a domain, while the others went on, or all. A snapshot may make
 * room. */
bool vm_pressed(void);
/* Nothing of the domain can run before. */
bool vm_waits_for_room(const Domain *domain);
/* Pages that were written, since this was asked, by domains that had to wait:
 * whether there is any room at all. */
uint64_t vm_waiters_wrote(void);

/* True while a thread waits in commit() that no barrier has covered yet, or a
 * program asked for a snapshot. */
bool vm_snapshot_wanted(void);
void vm_want_snapshot(void);

/* A barrier was taken; the generation that was taken then is durable: calls of
 * commit() made before the barrier return. */
void vm_barrier_taken(void);
void vm_generation_durable(uint64_t generation);
uint64_t vm_durable_generation(void);

/* Test mode: what programs are told of clocks, generations and memory is always
 * the same, so that pictures are. */
bool vm_test_mode(void);

/* Nanoseconds that this world has lived, now. */
uint64_t vm_experienced_ns(void);

/* True when the app has no threads left, or was stopped or ended. */
bool vm_app_ended(const Domain *domain, int *exit_code_out);

/* It has no thread, and is kept for when it is opened again: its object of
 * class App is there (core.keepApp). It has not ended. */
bool vm_app_rests(const Domain *domain);

/* Has an app that runs or rests show what it last closed. */
Status vm_reopen_app(Domain *domain);

/* Stops an app: logs `app: NAME stopped: REASON`, no thread of it runs any
 * more. Its objects stay until domain_kill(). False: nothing can be written
 * now. */
bool vm_stop_app(Domain *domain, const char *reason);

/* The same because of an exception that nobody caught. An app that keeps what
 * it has (core.keepApp) goes to the trash. Its words are kept for whoever tells
 * the person. */
bool vm_fail_app(Domain *domain, const char *words);
/* These words alone are kept: nothing of the app runs any more. */
void vm_tell_failed(const Domain *domain, const char *words);

typedef struct VmFailed {
    uint64_t number;
    char name[48], words[160]; /* UTF-8, cut */
} VmFailed;

/* The first of those that nobody asked for yet; false: there is none. */
bool vm_take_failed(VmFailed *failed_out);

/* What it runs; NULL: that is not known. */
const Module *vm_app_program(const Domain *domain);

/* NULL: it is on a page that cannot be read, or none. */
const String *vm_app_name(const Domain *domain);

/* Does something that touches objects of apps outside of vm_run(). When a page
 * of an app cannot be read any more, `step` is left where it is, that app is
 * stopped, and the answer is false. A page of the system's own:
 * memory_give_up(). */
bool vm_guarded(void (*step)(void));

/* MemoryOptions.lost of persist/memory/memory.h; never returns. Within vm_run()
 * and vm_guarded() they go on as is said there, elsewhere: panic. */
_Noreturn void vm_lost_page(void);
bool vm_is_guarded(void);

/* Where nothing goes on because what the system itself follows was forged
 * (vm/heap/trust.h): says so and does not return. */
void vm_set_give_up(void (*with)(const char *what));

/* An app that was stopped because of a lost page. */
typedef struct VmLost {
    uint64_t number;
    bool damaged;  /* what it had is damaged in memory, not on the disk */
    char name[48]; /* UTF-8, cut */
} VmLost;

/* What this page of memory has is damaged, again and again: stops the app that
 * owns it, which is lost then. False: it is the system's. */
bool vm_lose_damaged(uint64_t page);

/* The first of those that nobody asked for yet; false: there is none. */
bool vm_take_lost(VmLost *lost_out);

/* What announcing, or anything else that brings pages in, answered: within
 * vm_guarded(), vm_lost_page() when one cannot be read any more, since waiting
 * for it would be for ever; else as it is. */
Status vm_unless_lost(Status status);

/* The class and message of an exception and where it was thrown, a line per
 * frame. */
void vm_describe(const Object *exception, Text *text);
/* Only where, a line per frame, innermost first. */
void vm_describe_trace(const Object *exception, Text *text);

/* Where print() of the programs goes; NULL: nowhere. */
void vm_set_print(void (*sink)(const Domain *domain, const char *bytes,
                               size_t count));
void vm_print(const Domain *domain, const char *bytes, size_t count);

/* Tests: each slice ends after so many counts (0: as usual) with a collection
 * of the domain that poisons what is free. */
void vm_set_stress(uint32_t counts);

typedef struct VmFigures {
    uint64_t slices;
    uint64_t most_units; /* of work in one vm_run(), so far */
    uint64_t domains;
    uint64_t used_bytes;
    uint64_t collections;
    uint64_t looks; /* of the scheduler at a domain, so far */
} VmFigures;
VmFigures vm_figures(void);

#endif
