/* Tests of what is asked before C follows a heap that was forged
 * (vm/heap/trust.h, vm/run/trusted.h). */
#include "vm/heap/trust.h"

#include <stdio.h>
#include <string.h>

#include "kernel/system/install.h"
#include "kernel/system/notices/answers.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/collect.h"
#include "vm/heap/frame.h"
#include "vm/run/trusted.h"
#include "vm/run/vm.h"
#include "wm/seat.h"
#include "wm/script.h"

static Domain *editor(void) {
    EXPECT(life_apps() > 0);
    return answers_app(0);
}

static void change(void *word, uint64_t value) {
    EXPECT_EQUAL(memory_write((uintptr_t)word, sizeof value), STATUS_OK);
    *(uint64_t *)word = value;
}

/* The thread that waits for the editor's keys, and its frame. */
static Thread *waiter(void) {
    Thread *found = editor()->waiters;
    EXPECT(found != NULL);
    return found;
}

static uint64_t *frame_of(const Thread *thread) {
    return thread->stack->words + thread->frame;
}

static void begin(void) {
    life_start();
    life_turns(20);
    life_type("word");
}

/* It is offered its last whole state, and the desktop is there. */
static void expect_stopped(const char *line) {
    EXPECT(life_until(line));
    life_turns(20);
    EXPECT(script_shows("Editor was stopped"));
}

/* ---- In the middle of a life ---- */

static void tree_in_a_circle(void) {
    begin();
    Thread *top = waiter();
    change(&top->less, (uintptr_t)top);
    change(&top->greater, (uintptr_t)top);
    life_press("x");
    expect_stopped("app: Editor stopped: a tree of its threads is damaged");
}

TEST("an app whose waiting threads are a tree in a circle is stopped") {
    life_disk_new();
    life_run_whole(tree_in_a_circle);
}

static void list_of_something(void) {
    begin();
    change(&editor()->run_last, (uintptr_t)editor()->name);
    change(&editor()->run_first, (uintptr_t)editor()->name);
    life_press("x");
    expect_stopped("app: Editor stopped: a list of its threads is damaged");
}

TEST("an app whose list of threads leads to something else is stopped") {
    life_disk_new();
    life_run_whole(list_of_something);
}

static void list_of_one_that_waits(void) {
    begin();
    change(&editor()->run_last, (uintptr_t)waiter());
    change(&editor()->run_first, (uintptr_t)waiter());
    life_press("x");
    expect_stopped("app: Editor stopped: a list of its threads is damaged");
}

TEST("an app whose list has a thread that waits is stopped") {
    life_disk_new();
    life_run_whole(list_of_one_that_waits);
}

static const uint64_t nowhere[] = {0x18, (1ull << 47) - 4096,
                                   MEMORY_ROOT + (8ull << 40), 1ull << 63};

static uint64_t stray;

static void live_with_each(void (*life)(void)) {
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        stray = nowhere[i];
        life_disk_new();
        life_run_whole(life);
    }
}

/* By the Tab key. */
static void root_of_nothing(void) {
    begin();
    change(&seat_first_of(editor())->object->root, stray);
    life_press("\t");
    expect_stopped("app: Editor stopped: a reference of it leads nowhere");
}

TEST("an app whose program follows a reference to nowhere is stopped") {
    live_with_each(root_of_nothing);
}

static void change_texts(struct WidgetObject *widget) {
    if (widget->text)
        change(&widget->text, stray);
    for (struct WidgetObject *child = widget->first_child; child;
         child = child->next_sibling)
        change_texts(child);
}

/* Texts are measured by natives when a window is painted. */
static void text_of_nothing(void) {
    begin();
    change_texts(seat_first_of(editor())->object->root);
    life_press("\t");
    expect_stopped("app: Editor stopped: a reference of it leads nowhere");
}

TEST("an app that gives a native what is nowhere is stopped") {
    live_with_each(text_of_nothing);
}

static void look_at_frame(void) {
    trusted_frame(waiter(), frame_of(waiter()));
}

/* Behind the call stand the numbers of its arguments. */
static void place_in_a_list(void) {
    begin();
    uint64_t *frame = frame_of(waiter());
    EXPECT(vm_guarded(look_at_frame));
    change(frame + FRAME_PC, frame[FRAME_PC] - 8);
    EXPECT(!vm_guarded(look_at_frame));
    expect_stopped("app: Editor stopped: a frame is damaged");
}

TEST("an app whose frame stands where no instruction begins is stopped") {
    life_disk_new();
    life_run_whole(place_in_a_list);
}

static void result_beyond(void) {
    begin();
    Thread *thread = waiter();
    EXPECT_EQUAL(memory_write((uintptr_t)thread, sizeof *thread), STATUS_OK);
    thread->result_word = 60000;
    life_press("x");
    expect_stopped("app: Editor stopped: a thread's result goes nowhere");
}

TEST("a result that would lie beyond its frame is not written") {
    life_disk_new();
    life_run_whole(result_beyond);
}

static void title_of_words(void) {
    begin();
    Seat *seat = seat_first_of(editor());
    change(&seat->object->title, (uintptr_t)seat->object->events);
    seat_refresh(seat);
    EXPECT_EQUAL(seat->window.title_bytes, 0);
    life_type("x");
    EXPECT(script_shows("1 word"));
}

TEST("a title that is no text is none") {
    life_disk_new();
    life_run_whole(title_of_words);
}

/* Its links are those of the run queue then. */
static void in_tree_and_list(void) {
    begin();
    Thread *top = waiter();
    EXPECT_EQUAL(memory_write((uintptr_t)top, sizeof *top), STATUS_OK);
    top->state = THREAD_RUNNABLE;
    life_press("x");
    expect_stopped("app: Editor stopped: a tree of its threads is damaged");
}

TEST("an app one of whose threads runs and waits at once is stopped") {
    life_disk_new();
    life_run_whole(in_tree_and_list);
}

static void widget_of_nothing(void) {
    begin();
    Seat *seat = seat_first_of(editor());
    EXPECT(script_shows("1 word"));
    change(&seat->object->root, MEMORY_ROOT + 8);
    EXPECT(!script_shows("1 word"));
    change(&seat->object->root, (uintptr_t)seat->object->events);
    EXPECT(!script_shows("1 word"));
}

TEST("a widget that is none is not looked at") {
    life_disk_new();
    life_run_whole(widget_of_nothing);
}

static void collect_editor(void) {
    EXPECT(collect_domain(editor()) != STATUS_OK);
    EXPECT(!"it goes on");
}

static void collected(void) {
    begin();
    change(&editor()->memory_error, MEMORY_ROOT + 8);
    EXPECT(!vm_guarded(collect_editor));
    EXPECT(sim_log_find("app: Editor stopped: its memory is damaged") != NULL);
    EXPECT_EQUAL(collect_domain(ROOT->domains[0]), STATUS_BUSY);
    life_turns(20);
    EXPECT(script_shows("Editor was stopped"));
}

TEST("nothing of a heap is swept that was not looked at whole") {
    life_disk_new();
    life_run_whole(collected);
}

/* ---- What a native of another app meets ---- */

static char printed[100];

/* The first time, in the middle of print(). */
static void meet(const Domain *domain, const char *bytes, size_t count) {
    static bool met;
    (void)domain;
    if (!met) {
        met = true;
        trust_refuse(editor(), "another met it");
    }
    size_t have = strlen(printed);
    snprintf(printed + have, sizeof printed - have, "%.*s", (int)count, bytes);
}

static void is_met(void) {
    begin();
    vm_set_print(meet);
    sim_setting("app",
                "fun main() {\n"
                "    try { print(\"one\") }\n"
                "    catch e: IoError { print(\"{e.message ?? \"\"}\") }\n"
                "}\n");
    sim_setting("app_name", "other");
    install_setting();
    expect_stopped("app: Editor stopped: another met it");
    EXPECT_TEXT(printed, "the app that it asked about is damaged\n");
    EXPECT(!sim_log_find("app: other stopped"));
}

TEST("whose native meets another app's forgery goes on with an exception") {
    life_disk_new();
    life_run_whole(is_met);
}

/* ---- From one life to the next ---- */

/* With no turn in between, and nobody looks at the pages. */
static void save_forged(void *word, uint64_t value) {
    snapshot_set_check(NULL);
    change(word, value);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
}

static void forges_place(void) {
    begin();
    save_forged(&ROOT->domains[7], MEMORY_ROOT + 8);
}

static void place_is_left_out(void) {
    life_start();
    EXPECT(sim_log_find("app: number 7 stopped: ") != NULL);
    life_type("!");
    EXPECT(script_shows("1 word"));
    life_snapshot();
}

TEST("a place of the root that leads to no domain is left out") {
    life_disk_new();
    life_run_whole(forges_place);
    life_run_whole(place_is_left_out);
}

static void forges_twin(void) {
    begin();
    save_forged(&ROOT->domains[7], (uintptr_t)editor());
}

static void twin_is_left_out(void) {
    place_is_left_out();
    EXPECT(ROOT->domains[7] == NULL);
}

TEST("an app in two places of the root is in the first of them") {
    life_disk_new();
    life_run_whole(forges_twin);
    life_run_whole(twin_is_left_out);
}

static void forges_name(void) {
    begin();
    save_forged(&editor()->name, MEMORY_ROOT + 8);
}

static void name_is_none(void) {
    life_start();
    EXPECT(sim_log_find("app: number ") != NULL);
    life_turns(20);
    life_snapshot();
}

TEST("an app whose name is no text is left out") {
    life_disk_new();
    life_run_whole(forges_name);
    life_run_whole(name_is_none);
}

static void forges_ending(void) {
    begin();
    save_forged(&ROOT->ending[3], editor()->first_region);
}

static void ending_is_dropped(void) {
    life_start();
    life_turns(20);
    EXPECT(sim_log_find("vm: a region that is to be given back is somebody's"));
    EXPECT_EQUAL(ROOT->ending[3], 0);
    life_type("!");
    EXPECT(script_shows("1 word"));
    life_snapshot();
}

TEST("a region that is somebody's is not given back, whatever the root says") {
    life_disk_new();
    life_run_whole(forges_ending);
    life_run_whole(ending_is_dropped);
}

static void forges_root(void) {
    begin();
    save_forged(&ROOT->string_count, 0);
}

static void start(void *argument) {
    (void)argument;
    life_start();
}

static void is_refused(void) {
    EXPECT(sim_panics(start, NULL));
    EXPECT(sim_log_find("recovery: cannot start: what the system needs"));
}

TEST("a world whose root was forged is refused in a sentence") {
    life_disk_new();
    life_run_whole(forges_root);
    life_run_whole(is_refused);
}

static void forges_window(void) {
    begin();
    save_forged(&editor()->seat, (uintptr_t)editor()->name);
}

static void window_is_none(void) {
    life_start();
    EXPECT(sim_log_find("app: Editor stopped: its windows are damaged"));
    life_turns(20);
    EXPECT(script_shows("Editor was stopped"));
}

TEST("an app whose window is none is stopped before it is shown") {
    life_disk_new();
    life_run_whole(forges_window);
    life_run_whole(window_is_none);
}

static void forges_restarts(void) {
    begin();
    save_forged(&editor()->restarted_count, 1000);
}

static void tables_are_seen(void) {
    life_start();
    expect_stopped("app: Editor stopped: its tables are damaged");
}

TEST("an app whose tables are too short is stopped before it runs") {
    life_disk_new();
    life_run_whole(forges_restarts);
    life_run_whole(tables_are_seen);
}
