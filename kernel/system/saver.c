/* When snapshots are taken, and what follows when one is durable or failed. */
#include "kernel/system/saver.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "kernel/system/console.h"
#include "kernel/system/setting.h"
#include "persist/memory/snapshot.h"
#include "vm/heap/frozen_check.h"
#include "vm/run/vm.h"

enum {
    STEP_PAGES = 256,       /* of a snapshot between two looks at input */
    STEP_WAIT_NS = 1000000, /* while the disk works */
    INTERVAL_MS = 1000,     /* between snapshots */
    INTERVAL_LEAST_MS = 10,
    INTERVAL_MOST_MS = 3600000,
    RETRY_NS = 1000000000,
    PRESSED_NS = 100000000,  /* between snapshots that only make room */
    PRESSED_FAILED = 5,      /* fruitless ones are worth one that failed */
    PRESSED_SAID = 20,       /* fruitless ones before that is said, */
    FRUIT_PAGES = 64,        /* that is, with less written after them; */
    STARVED_NS = 1000000000, /* then they come at this distance */
};

static struct {
    uint64_t interval_ns;
    uint64_t next_ns;       /* the next snapshot, when something changed */
    uint64_t pressed_ns;    /* none for room before this */
    uint32_t pressed_count; /* fruitless ones in a row */
    bool starved_said;      /* the log says that there is no room */
    uint64_t refusals;      /* of announcements, that were seen */
    uint64_t retry_ns;      /* none before this, after a failed one */
    bool failed;
    uint64_t failing_ns; /* the first failure in a row, or 0 */
    Status why;          /* of the last one */
    uint64_t page;       /* that is looked at */
    bool sound;          /* all pages of this snapshot so far */
    bool damaged;        /* the system's memory, for good */
} saver;

/* ---- No damaged heap becomes a generation ---- */

static void look_at_page(void) {
    char why[200];
    Text text = text_on(why, sizeof why);
    if (frozen_check(saver.page, &text))
        return;
    saver.sound = false;
    log_line("recovery: a snapshot is not taken: %s", text_end(&text));
}

/* A page that cannot be read on the way says nothing about this one. */
static bool check_page(uint64_t page) {
    saver.page = page;
    vm_guarded(look_at_page);
    return saver.sound;
}

/* Once, what is in memory is damaged and what is on the disk is not: the world
 * starts again from there. When a start did not mend it, whose memory it is
 * does not go on. */
static void meet_damage(void) {
    if (!store_damage_again(memory_store(), saver.page)) {
        log_line("recovery: the world goes on from generation %lu",
                 snapshot_durable());
        platform_restart();
    }
    saver.sound = true;
    saver.damaged = !vm_lose_damaged(saver.page);
    if (saver.damaged)
        log_line("recovery: the system's memory is damaged in generation %lu, "
                 "too; nothing more is saved; --generation goes back to an "
                 "older one",
                 snapshot_durable());
}

/* ---- Snapshots ---- */

void saver_start(void) {
    saver.sound = true;
    snapshot_set_check(check_page);
    saver.interval_ns = setting_number("interval_ms", INTERVAL_MS,
                                       INTERVAL_LEAST_MS, INTERVAL_MOST_MS) *
                        1000000;
    saver.failed = saver.damaged = false;
    saver.failing_ns = 0;
}

bool saver_is_durable(void) {
    return !saver.failed;
}

bool saver_is_damaged(void) {
    return saver.damaged;
}

uint64_t saver_failing_since(Status *why_out) {
    *why_out = saver.why;
    return saver.failing_ns;
}

bool saver_is_starved(void) {
    return saver.pressed_count >= PRESSED_SAID;
}

void saver_expect_room(void) {
    saver.pressed_count = 0;
    saver.pressed_ns = 0;
}

/* Whoever was refused tries again in each turn. */
static bool is_pressed(void) {
    uint64_t before = saver.refusals;
    saver.refusals = memory_refusals();
    return saver.refusals != before || vm_pressed() || memory_pressed();
}

static void there_is_room(void) {
    saver.pressed_count = 0;
    if (saver.starved_said)
        log_line("store: there is room again");
    saver.starved_said = false;
}

static void count_fruitless(uint32_t count) {
    saver.pressed_count += count;
    if (!saver_is_starved())
        return;
    if (!saver.starved_said)
        log_line("store: %s is full; programs that want more wait",
                 memory_refused_why() == STATUS_NO_MEMORY ? "the memory"
                                                          : "the disk");
    saver.starved_said = true;
}

/* True when something waits for room and a snapshot may make some. */
static bool room_is_due(uint64_t now_ns) {
    if (!is_pressed()) {
        there_is_room();
        return false;
    }
    if (now_ns < saver.pressed_ns)
        return false;
    if (vm_waiters_wrote() >= FRUIT_PAGES)
        there_is_room();
    if (vm_pressed()) /* else there was room again meanwhile */
        count_fruitless(1);
    saver.pressed_ns = now_ns + (saver_is_starved() ? STARVED_NS : PRESSED_NS);
    return true;
}

/* 0 when there is no disk. */
static uint64_t begin(uint64_t now_ns, bool asked) {
    saver.next_ns = now_ns + saver.interval_ns;
    console_snapshot_taken();
    vm_barrier_taken();
    uint64_t generation = snapshot_barrier();
    if (asked)
        log_line("snapshot: begun generation=%lu", generation);
    return generation;
}

static void tell_durable(void) {
    vm_generation_durable(snapshot_durable());
}

/* A call of commit() waits for the next one. */
static void has_failed(Status status) {
    uint64_t now_ns = platform_now_ns();
    saver.retry_ns = now_ns + RETRY_NS;
    saver.why = status;
    if (saver.failing_ns == 0)
        saver.failing_ns = now_ns;
    if (vm_pressed())
        count_fruitless(PRESSED_FAILED);
}

static void has_succeeded(void) {
    saver.failing_ns = 0;
    vm_guarded(tell_durable);
}

/* When to look again: at once when it is over, for it may have made room. */
static uint64_t go_on(void) {
    Status status = snapshot_step(STEP_PAGES);
    if (status == STATUS_BUSY)
        return platform_now_ns() + (snapshot_waits() ? STEP_WAIT_NS : 0);
    if (!saver.sound)
        meet_damage();
    saver.failed = status != STATUS_OK;
    if (saver.failed)
        has_failed(status);
    else
        has_succeeded();
    return platform_now_ns();
}

uint64_t saver_step(void) {
    if (saver.damaged)
        return UINT64_MAX;
    uint64_t now_ns = platform_now_ns();
    bool changed = memory_dirty_pages() > 0;
    bool asked = console_snapshot_wanted();
    if (now_ns < saver.retry_ns)
        return saver.retry_ns; /* the cause needs time */
    if (snapshot_under_way())
        return go_on();
    bool due = room_is_due(now_ns) || asked || vm_snapshot_wanted() ||
               (changed && now_ns >= saver.next_ns);
    /* After the barrier the programs go on before the writer does. */
    if (due)
        return begin(now_ns, asked) == 0 ? UINT64_MAX : now_ns;
    if (saver.pressed_count > 0)
        return saver.pressed_ns;
    return memory_dirty_pages() > 0 ? saver.next_ns : UINT64_MAX;
}

Status saver_finish(void) {
    if (saver.damaged)
        return STATUS_CORRUPT;
    Status status = snapshot_now();
    return status == STATUS_IO_ERROR ? snapshot_now() : status;
}
