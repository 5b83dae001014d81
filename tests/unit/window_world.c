/* A desktop with one program, on the simulated machine. */
#include "tests/unit/window_world.h"

#include <stdio.h>

#include "gui/gui.h"
#include "kernel/system/apps.h"
#include "kernel/system/assets.h"
#include "kernel/system/first.h"
#include "kernel/system/install.h"
#include "persist/memory/memory.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "wm/desk.h"
#include "wm/desktop.h"
#include "wm/ring.h"
#include "wm/wm_state.h"

enum { BLOCKS = 16384 };

const char window_world_told[] =
    "import ui\n"
    "class Told: Window(\"Told\", Label(\"told\"), 200, 120) {\n"
    "    fun handle(event: Event) {\n"
    "        let down = if event.isDown { 1 } else { 0 }\n"
    "        print(\"{event.kind}.{event.usage}.{down}.{event.x}\")\n"
    "        super.handle(event)\n"
    "    }\n"
    "}\n"
    "class Tells: App {\n"
    "    fun open() { Told().run() }\n"
    "}\n";

static const char *clock_text(void) {
    return "12:34";
}

static void open_desktop(void) {
    WmHooks hooks = {
        .launch = apps_launch, .app_name = apps_name, .clock = clock_text};
    WmDesk desk = {.x = 1, .y = 1};
    desktop_hooks(&hooks);
    EXPECT_EQUAL(gui_start(assets_find), STATUS_OK);
    desk_read(&desk);
    EXPECT_EQUAL(wm_start((Screen){WORLD_WIDTH, WORLD_HEIGHT}, &hooks, &desk),
                 STATUS_OK);
    EXPECT_EQUAL(desktop_restore(), STATUS_OK);
}

/* What a power cut takes from the machine: nothing of it is in the heap. */
static void close_desktop(void) {
    while (seat_first())
        desktop_remove(seat_first());
    bitmap_free(&wm_state.scene);
}

void window_world_start(const char *source) {
    char why[300];
    Text text = text_on(why, sizeof why);
    sim_disk_new(BLOCKS);
    sim_screen_size(WORLD_WIDTH, WORLD_HEIGHT);
    harness_open_memory();
    apps_register();
    EXPECT_EQUAL(first_clone(&text), STATUS_OK);
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    vm_set_print(harness_print);
    open_desktop();
    sim_log_clear();
    sim_setting("app", source);
    install_setting();
    const char *wrong = sim_log_find("apps: ");
    EXPECT_TEXT(wrong ? wrong : "", "");
    window_world_rest();
    harness_printed[0] = 0;
}

void window_world_stop(void) {
    window_world_check();
    close_desktop();
    sim_setting("app", NULL);
    memory_close();
}

void window_world_cut(void) {
    close_desktop();
    sim_disk_cut();
    memory_close();
    harness_open_memory();
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    open_desktop();
    window_world_check();
}

void window_world_turn(uint64_t budget) {
    wm_settle();
    desktop_step();
    window_world_check();
    vm_run(budget);
    apps_reap();
    wm_settle();
    desktop_step();
    wm_compose();
    window_world_check();
}

void window_world_rest(void) {
    enum { TURNS_MOST = 400 };
    for (int i = 0; i < TURNS_MOST && (i == 0 || !desktop_quiet()); i++)
        window_world_turn(100000);
    EXPECT(desktop_quiet());
}

Seat *window_world_seat(void) {
    Seat *seat = seat_first();
    EXPECT(seat && !seat->next);
    return seat;
}

void window_world_tell(InputEvent event) {
    ring_deliver(&window_world_seat()->window, &event);
}

void window_world_key(unsigned usage) {
    window_world_tell((InputEvent){
        .kind = INPUT_KEY, .usage = (uint16_t)usage, .down = true});
}

const char *window_world_heard(void) {
    for (char *at = harness_printed; *at; at++)
        *at = *at == '\n' ? ' ' : *at;
    return harness_printed;
}

void window_world_check(void) {
    const char *wrong[] = {windows_check(), ring_check()};
    for (int i = 0; i < 2; i++)
        EXPECT_TEXT(wrong[i] ? wrong[i] : "", "");
    harness_check();
}
