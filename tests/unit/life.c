/* Lives of a disk. */
#include "tests/unit/life.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/base/check.h"
#include "kernel/base/keymap.h"
#include "kernel/system/notices/answers.h"
#include "kernel/system/system.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "wm/notice.h"
#include "wm/script.h"

enum {
    TURNS_MOST = 3000,
    ANEW = 77,
    TURN_NS = 1000000,
    LONG_TURN_NS = 20000000
};

/* Shared with the process of a life. */
static struct World {
    uint64_t now_ns, seed;
    uint64_t note[LIFE_NOTES];
    uint8_t disk[(size_t)LIFE_BLOCKS * PLATFORM_BLOCK_BYTES];
    uint8_t marked[(size_t)LIFE_BLOCKS * PLATFORM_BLOCK_BYTES];
} * world;

uint64_t *life_note;

void life_disk_new(void) {
    if (!world)
        world = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(world != MAP_FAILED);
    memset(world->disk, 0, sizeof world->disk);
    memset(world->note, 0, sizeof world->note);
    world->now_ns = world->seed = 0;
    life_note = world->note;
}

void life_disk_mark(void) {
    memcpy(world->marked, world->disk, sizeof world->disk);
}

void life_disk_back(void) {
    memcpy(world->disk, world->marked, sizeof world->disk);
}

static void end(int code) {
    sim_disk_cut();
    sim_disk_unload(world->disk);
    world->now_ns = platform_now_ns();
    fflush(NULL);
    _exit(test_failed() ? 1 : code);
}

static void start_anew(void) {
    end(ANEW);
}

/* The range that was inherited is watched by the parent. */
static void open_machine(void) {
    munmap((void *)PLATFORM_RANGE_BASE, PLATFORM_RANGE_BYTES);
    sim_start();
}

static void live(void (*action)(void)) {
    test_begin();
    open_machine();
    sim_seed(++world->seed);
    sim_time_set_ns(world->now_ns);
    sim_disk_lend(LIFE_BLOCKS, world->disk);
    sim_screen_size(800, 600);
    sim_log_clear();
    sim_on_restart(start_anew);
    action();
    end(0);
}

bool life_run(void (*action)(void)) {
    int status = 1;
    fflush(NULL);
    pid_t process = fork();
    CHECK(process >= 0);
    if (process == 0)
        live(action);
    waitpid(process, &status, 0);
    bool anew = WIFEXITED(status) && WEXITSTATUS(status) == ANEW;
    EXPECT(anew || status == 0);
    return anew;
}

void life_run_whole(void (*action)(void)) {
    EXPECT(!life_run(action));
}

/* ---- Within a life ---- */

void life_start(void) {
    sim_setting("headless", "1"); /* who cannot start says so and ends */
    sim_setting("memory_mb", "32");
    if (!platform_setting("interval_ms")) /* snapshots that are asked for */
        sim_setting("interval_ms", "3600000");
    sim_setting("audit", "1");
    system_start();
}

/* One turn, which takes so much time: whatever it would sleep for, it is woken
 * then. */
static void turn(uint64_t ns) {
    uint64_t until_ns = platform_now_ns() + ns;
    system_step();
    sim_time_set_ns(until_ns);
}

void life_turns(uint32_t count) {
    while (count-- > 0)
        turn(TURN_NS);
}

void life_last(uint64_t ns) {
    for (uint64_t lived_ns = 0; lived_ns < ns; lived_ns += LONG_TURN_NS)
        turn(LONG_TURN_NS);
}

bool life_until(const char *prefix) {
    for (int i = 0; i < TURNS_MOST && !sim_log_find(prefix); i++)
        life_turns(1);
    bool found = sim_log_find(prefix);
    sim_log_clear();
    return found;
}

uint64_t life_snapshot(void) {
    sim_log_clear();
    sim_console("snapshot");
    EXPECT(life_until("snapshot: begun"));
    EXPECT(life_until("snapshot: durable"));
    return snapshot_durable();
}

static void key(uint16_t usage, bool shift, uint32_t text) {
    InputEvent event = {.kind = INPUT_KEY,
                        .usage = usage,
                        .down = true,
                        .modifiers = shift ? INPUT_SHIFT : 0,
                        .text = text,
                        .time_ns = platform_now_ns()};
    sim_input(event);
    event.down = false;
    event.text = 0;
    sim_input(event);
}

static void press(char letter) {
    uint16_t usage;
    bool shift;
    if (keymap_find((unsigned char)letter, &usage, &shift))
        key(usage, shift, (unsigned char)letter);
}

void life_press(const char *text) {
    for (; *text; text++)
        press(*text);
}

uint32_t life_apps(void) {
    answers_list();
    return answers_listed_apps();
}

void life_type(const char *text) {
    for (; *text; text++) {
        press(*text);
        life_turns(2);
    }
    life_turns(20);
}

static void point(InputKind kind, bool down, int32_t x, int32_t y) {
    sim_input((InputEvent){.kind = kind,
                           .usage = kind == INPUT_BUTTON ? 1 : 0,
                           .down = down,
                           .x = x,
                           .y = y,
                           .time_ns = platform_now_ns()});
}

bool life_click(const char *role, const char *name) {
    int32_t x, y;
    if (!script_find(role, name, &x, &y))
        return false;
    if (notice_is_deaf())
        sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
    point(INPUT_POINTER, false, x, y);
    point(INPUT_BUTTON, true, x, y);
    point(INPUT_BUTTON, false, x, y);
    life_turns(1);
    return true;
}
