/* Who runs: a slice of one thread, round robin over domains and then over their
 * threads, and what waits for room. */
#include "vm/run/scheduler.h"

#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"
#include "vm/run/commit.h"
#include "vm/run/trusted.h"
#include "vm/run/guard.h"
#include "vm/run/restarts.h"
#include "vm/run/room.h"
#include "vm/run/slice.h"
#include "vm/run/slots.h"
#include "vm/run/thread.h"
#include "vm/run/thread_tree.h"
#include "vm/run/vm.h"
#include "vm/run/worker.h"

#define WAKES_A_TURN 400u /* sleepers whose time has come */
#define WAKE_UNITS 100u
#define LOOK_UNITS 10u          /* at a domain of which some may wake */
#define PAYING 50u              /* units that it takes to pay for a slice */
#define ROOM_WAIT_NS 5000000ull /* between two tries of what was refused */

static struct {
    bool pressed;      /* nothing at all can be written */
    uint32_t stress;   /* counts of a slice, then a collection; 0: off */
    uint64_t clock_ns; /* platform time when experienced_ns was set */
    int64_t extra_units, most_units; /* beside slices; of any vm_run so far */
    size_t favoured;                 /* runs next, or ROOT_DOMAINS_MAX */
    uint64_t looks;                  /* at a domain, so far */
    bool oversleep; /* there are more sleepers to wake than a turn wakes */
    uint64_t budget, until_ns; /* of this vm_run, and its answer */
    bool held;                 /* apps do not run, but for this one */
    const Domain *except;
} scheduler;

void scheduler_start(void) {
    scheduler.pressed = scheduler.oversleep = false;
    slots_start();
    slice_take_refused();
    scheduler.favoured = ROOT_DOMAINS_MAX;
    scheduler.most_units = 0;
    scheduler.clock_ns = platform_now_ns();
    room_start();
}

/* ---- One slice ---- */

/* The first thread that can run; NULL: none. */
static Thread *first_of(const Domain *domain) {
    Thread *first = domain->run_first;
    if (first)
        trust_need(trust_is_own(domain, first, CLASS_Thread) &&
                       first->domain == domain &&
                       first->state == THREAD_RUNNABLE,
                   domain, "the list of its threads is damaged");
    return first;
}

static bool runs(const Domain *domain) {
    return domain && domain->state == DOMAIN_RUNNING &&
           (!scheduler.held || domain == scheduler.except);
}

/* True when something was refused since this was asked: this thread waits, or
 * with 0 all of the domain. */
static bool must_wait(size_t slot, uint64_t thread) {
    bool refused = slice_take_refused();
    if (refused)
        room_refuse(slot, thread);
    return refused;
}

/* ---- Who runs ---- */

static void tick(void) {
    uint64_t now = platform_now_ns();
    ROOT->experienced_ns += now - scheduler.clock_ns;
    scheduler.clock_ns = now;
}

static Thread *first_sleeper(const Domain *domain) {
    return thread_tree_first(domain, domain->sleepers, 0);
}

/* Is there one whose time has come? */
static bool has_due_sleeper(const Domain *domain) {
    const Thread *first = first_sleeper(domain);
    return first && first->key <= ROOT->experienced_ns;
}

/* At most so many; true: there are more. */
static bool wake_sleepers(Domain *domain, uint32_t *left_in_out) {
    while (has_due_sleeper(domain)) {
        if (*left_in_out == 0)
            return true;
        (*left_in_out)--;
        if (slice_refused(thread_wake(first_sleeper(domain), false)))
            return false;
    }
    return false;
}

/* When a domain that runs wants to be looked at: at once when it has not begun
 * in this start, else for its first sleeper. */
static uint64_t wants_look_at(size_t slot) {
    const Thread *first = first_sleeper(ROOT->domains[slot]);
    if (restarts_wait(slot))
        return 0;
    return first ? first->key : SLOTS_NEVER;
}

/* One whose time has come: it begins, its sleepers wake. False: it does not
 * run.
 */
static bool look_at(size_t slot, uint32_t *left_in_out) {
    Domain *domain = ROOT->domains[slot];
    scheduler.looks++;
    if (!runs(domain)) {
        slots_wake_at(slot, SLOTS_NEVER);
        return false;
    }
    if (restarts_wait(slot))
        slice_refused(restarts_begin(slot));
    scheduler.oversleep |= wake_sleepers(domain, left_in_out);
    must_wait(slot, 0);
    slots_wake_at(slot, wants_look_at(slot));
    return true;
}

/* Of some slots in a row; what that is worth. */
static uint64_t look_at_due(size_t from, size_t end, uint32_t *left_in_out) {
    uint64_t now_ns = ROOT->experienced_ns, units = 0;
    for (size_t slot = slots_next_due(from, now_ns); slot < end;
         slot = slots_next_due(slot + 1, now_ns))
        units += look_at(slot, left_in_out) ? LOOK_UNITS : 0;
    return units;
}

/* Those that come after the domain that ran last are first. */
static void wake_all_sleepers(void) {
    uint32_t left = WAKES_A_TURN;
    size_t next = ROOT->next_turn;
    scheduler.oversleep = false;
    uint64_t used = look_at_due(next, ROOT_DOMAINS_MAX, &left);
    used += look_at_due(0, next, &left);
    used += (WAKES_A_TURN - left) * WAKE_UNITS;
    scheduler.budget -= used < scheduler.budget ? used : scheduler.budget;
    scheduler.extra_units += (int64_t)used;
}

/* Whether the domain has a thread that can run in this vm_run. When its first
 * one waits, all others had their turns. */
static bool can_run(size_t slot) {
    const Domain *domain = ROOT->domains[slot];
    scheduler.looks++;
    const Thread *first = runs(domain) ? first_of(domain) : NULL;
    return first && !room_waits(slot, first->number);
}

/* The first slot from this one on that can run, or ROOT_DOMAINS_MAX. */
static size_t next_ready(size_t from) {
    size_t slot = slots_next(SLOTS_READY, from);
    for (; slot < ROOT_DOMAINS_MAX && !can_run(slot);
         slot = slots_next(SLOTS_READY, slot + 1)) {
        const Domain *domain = ROOT->domains[slot];
        if (runs(domain) && domain->run_first)
            slots_rest(slot);
        else
            slots_drop(SLOTS_READY, slot);
    }
    return slot;
}

/* The place of the next domain with a runnable thread that need not wait for
 * room, after the one that ran last, but a favoured one first; or
 * ROOT_DOMAINS_MAX. */
static size_t next_domain(void) {
    size_t favoured = scheduler.favoured;
    scheduler.favoured = ROOT_DOMAINS_MAX;
    if (favoured < ROOT_DOMAINS_MAX && can_run(favoured))
        return favoured;
    size_t slot = next_ready(ROOT->next_turn);
    if (slot == ROOT_DOMAINS_MAX)
        slot = next_ready(0);
    if (slot < ROOT_DOMAINS_MAX)
        ROOT->next_turn = slot + 1;
    return slot;
}

void vm_favour(const Domain *domain) {
    size_t slot = slots_of(domain);
    if (slot < ROOT_DOMAINS_MAX)
        scheduler.favoured = slot;
}

static void collect_if_wanted(Domain *running) {
    Domain *wanted;
    bool asked = heap_take_wish(&wanted);
    if (scheduler.stress)
        wanted = running;
    if ((asked || scheduler.stress) &&
        collect_domain(wanted) == STATUS_NO_MEMORY)
        log_line("vm: no memory to collect with");
}

/* One thread of the domain runs; returns what it used. */
static uint64_t run_thread(Domain *domain, uint64_t budget) {
    Thread *thread = first_of(domain);
    uint64_t count = thread->fuel ? thread->fuel : SLICE_UNITS;
    if (count > budget)
        count = budget;
    if (scheduler.stress && count > scheduler.stress)
        count = scheduler.stress;
    worker.collected_at = NULL;
    uint64_t used = slice_run(thread, count);
    if (worker.collected_at)
        used += slice_run(thread, (uint64_t)worker.fuel);
    if (slice_is_refused())
        return used;
    collect_if_wanted(domain);
    if (domain->run_first == thread && !thread->fuel &&
        !restarts_first(domain, thread))
        slice_refused(thread_rotate(thread));
    return used;
}

/* A thread that waits goes behind the others of its domain, for which the
 * system's room is used; without that, all of them wait. */
static void step_aside(size_t slot, Thread *thread) {
    Domain *domain = ROOT->domains[slot];
    if (!domain || domain->run_first != thread)
        return;
    memory_set_level(MEMORY_ENDING);
    if (slice_refused(thread_rotate(thread)))
        must_wait(slot, 0);
    memory_set_level(MEMORY_SYSTEM);
}

/* What a domain owes it pays with its turns, before it runs again. */
static bool pays(Domain *domain) {
    uint64_t debt = domain->debt;
    if (debt < SLICE_UNITS || heap_write(domain, sizeof *domain) != STATUS_OK)
        return false;
    domain->debt = debt - SLICE_UNITS;
    return true;
}

static uint64_t run_domain(size_t slot, uint64_t budget) {
    Thread *thread = first_of(ROOT->domains[slot]);
    uint64_t number = thread->number;
    if (pays(ROOT->domains[slot]))
        return PAYING;
    CHECK(runs(ROOT->domains[slot]));
    room_enter(slot, number);
    uint64_t used = run_thread(ROOT->domains[slot], budget);
    room_leave();
    if (must_wait(slot, number))
        step_aside(slot, thread);
    return used;
}

/* When the first domain wants to be looked at. What was noted may be early:
 * then it is put right here. */
static uint64_t first_look(void) {
    uint64_t noted, wanted;
    size_t slot;
    while ((slot = slots_first_wake(&noted)) < ROOT_DOMAINS_MAX) {
        wanted = runs(ROOT->domains[slot]) ? wants_look_at(slot) : SLOTS_NEVER;
        if (room_waits(slot, 0)) {
            slots_rest(slot);
            wanted = SLOTS_NEVER;
        }
        if (wanted == noted)
            break;
        slots_wake_at(slot, wanted);
    }
    return noted;
}

/* The platform time of the next thing to do, without writing anything: an idle
 * world dirties no page. */
static uint64_t idle_until(void) {
    uint64_t now = platform_now_ns();
    if (next_ready(0) < ROOT_DOMAINS_MAX)
        return now;
    uint64_t earliest = first_look();
    uint64_t experienced = ROOT->experienced_ns + (now - scheduler.clock_ns);
    if (earliest == SLOTS_NEVER)
        return UINT64_MAX;
    return earliest <= experienced ? now : now + (earliest - experienced);
}

static void run_programs(void) {
    bool more = commit_step();
    scheduler.until_ns = more ? platform_now_ns() : idle_until();
    if (scheduler.until_ns > platform_now_ns())
        return;
    if (slice_refused(heap_write(ROOT, sizeof *ROOT))) {
        slice_take_refused();
        scheduler.pressed = true;
        scheduler.until_ns = UINT64_MAX;
        return;
    }
    tick();
    wake_all_sleepers();
    size_t slot;
    while (scheduler.budget > 0 && (slot = next_domain()) < ROOT_DOMAINS_MAX) {
        uint64_t used = run_domain(slot, scheduler.budget);
        scheduler.budget -= used < scheduler.budget ? used : scheduler.budget;
    }
    scheduler.until_ns = more ? platform_now_ns() : idle_until();
}

uint64_t vm_run(uint64_t budget) {
    scheduler.pressed = false;
    scheduler.budget = budget;
    int64_t before = slice_figures().units;
    scheduler.extra_units = 0;
    room_turn();
    slots_turn();
    if (!vm_guarded(run_programs)) {
        room_leave();
        scheduler.pressed = true; /* so that there is room to end the app */
        scheduler.until_ns = platform_now_ns();
    }
    int64_t units = slice_figures().units - before + scheduler.extra_units;
    if (units > scheduler.most_units)
        scheduler.most_units = units;
    uint64_t again_ns = platform_now_ns() + ROOM_WAIT_NS;
    return vm_pressed() && scheduler.until_ns > again_ns ? again_ns
                                                         : scheduler.until_ns;
}

void vm_hold(bool held, const Domain *except) {
    scheduler.held = held;
    scheduler.except = except;
    slots_start();
}

bool vm_held(void) {
    return scheduler.held;
}

bool vm_pressed(void) {
    return scheduler.pressed || room_any_waits();
}

bool vm_waits_for_room(const Domain *domain) {
    size_t slot = room_any_waits() ? slots_of(domain) : ROOT_DOMAINS_MAX;
    return slot > 0 && slot < ROOT_DOMAINS_MAX &&
           (room_waits(slot, 0) || (domain->run_first && !can_run(slot)));
}

uint64_t vm_waiters_wrote(void) {
    return room_waiters_wrote();
}

uint64_t vm_experienced_ns(void) {
    return ROOT->experienced_ns + (platform_now_ns() - scheduler.clock_ns);
}

void vm_set_stress(uint32_t counts) {
    scheduler.stress = counts;
    collect_set_poison(counts > 0);
}

VmFigures vm_figures(void) {
    VmFigures figures = {.slices = slice_figures().slices,
                         .most_units = (uint64_t)scheduler.most_units,
                         .collections = collect_figures().collections,
                         .looks = scheduler.looks};
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        if (!ROOT->domains[i])
            continue;
        figures.domains++;
        figures.used_bytes += ROOT->domains[i]->used_bytes;
    }
    return figures;
}

/* ---- Invariants ---- */

static const char *check_domain(size_t slot) {
    const Domain *domain = ROOT->domains[slot];
    for (const Thread *at = domain->run_first; at; at = at->next)
        if (at->fuel > SLICE_UNITS)
            return "S2: a thread has more fuel than a slice";
    if (runs(domain) && !scheduler.pressed && !scheduler.oversleep &&
        !room_waits(slot, 0) && has_due_sleeper(domain))
        return "S5: a thread sleeps longer than it wanted";
    if (runs(domain) && !slots_has(SLOTS_WAITING, slot) &&
        ((domain->run_first && !slots_has(SLOTS_READY, slot)) ||
         wants_look_at(slot) < slots_wakes_at(slot)))
        return "S7: nobody looks at a domain that has something to do";
    return NULL;
}

const char *scheduler_check(void) {
    const char *wrong = NULL;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX && !wrong; i++)
        if (ROOT->domains[i])
            wrong = check_domain(i);
    if (ROOT->next_turn > ROOT_DOMAINS_MAX)
        return "S3: next_turn is no place";
    if (memory_level() != MEMORY_SYSTEM)
        return "S6: the memory's level is a program's";
    return wrong;
}
