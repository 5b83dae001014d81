/* Tests of painting: from a program's list to the pixels of its window. */
#include <string.h>

#include "gui/theme.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "wm/desktop.h"
#include "wm/wm_state.h"

/* Of its windows at most seven are drawn at once, in a 32nd of the RAM. */
enum { MANY = 12, PICTURE = 700 * 400 * 4, PICTURES_MOST = (256 << 20) / 32 };

/* Its window takes a whole picture of work of several steps, in another colour
 * after each key; after this one there are MANY. */
enum { KEY_MORE = 99 };
static const char source[] =
    "import ui\n"
    "class Square: Widget() {\n"
    "    var colour = 9\n"
    "    get takesFocus: Bool => true\n"
    "    fun measure() { wants(700, 400) }\n"
    "    fun key(event: Event): Bool {\n"
    "        if event.usage == 99 { return more() }\n"
    "        colour = event.usage\n"
    "        changed()\n"
    "        return true\n"
    "    }\n"
    "    fun more(): Bool {\n"
    "        for i in 1..<12 { spawn { Window(\"More\", Square()).run() } }\n"
    "        return true\n"
    "    }\n"
    "    fun paint(painter: Painter) {\n"
    "        for i in 0..<9 { painter.fill(0, 0, width, height, colour) }\n"
    "        painter.fill(5, 5, 1, 1, 5)\n"
    "    }\n"
    "}\n"
    "class Paints: App {\n"
    "    fun open() { window(\"Paints\", Square()) }\n"
    "}\n";

static uint32_t pixel_of(const Seat *seat, uint32_t x, uint32_t y) {
    uint32_t row[1] = {0};
    if (seat->window.surface)
        surface_row(seat->window.surface, x, y, 1, row);
    return row[0];
}

static uint32_t pixel(uint32_t x, uint32_t y) {
    return pixel_of(window_world_seat(), x, y);
}

static bool corners_are(const Seat *seat, Colour colour) {
    uint32_t wanted = bitmap_pixel(colour);
    return pixel_of(seat, 0, 0) == wanted && pixel_of(seat, 699, 0) == wanted &&
           pixel_of(seat, 0, 399) == wanted &&
           pixel_of(seat, 699, 399) == wanted;
}

/* The whole picture is the one for this colour. */
static bool shows(Colour colour) {
    return corners_are(window_world_seat(), colour) &&
           pixel(5, 5) == bitmap_pixel(theme_light.text);
}

static void start(void) {
    window_world_start(source);
    EXPECT(shows(theme_light.danger));
}

/* Another picture is begun, but not finished. */
static void begin_another(void) {
    window_world_key(THEME_NUMBER_success);
    for (int i = 0; i < 1000 && !window_world_seat()->painting; i++)
        window_world_turn(1);
    EXPECT(window_world_seat()->painting != NULL);
}

TEST("a picture is seen when it is finished, not before") {
    unsigned halves = 0;
    start();
    begin_another();
    while (window_world_seat()->painting && halves < 100) {
        halves++;
        EXPECT(shows(theme_light.danger));
        window_world_turn(1);
    }
    EXPECT(halves > 1);
    EXPECT(shows(theme_light.success));
    window_world_rest();
    window_world_stop();
}

TEST("an event that comes while a picture is drawn is heard after it") {
    start();
    begin_another();
    window_world_key(THEME_NUMBER_accent);
    EXPECT(window_world_seat()->painting != NULL);
    window_world_rest();
    EXPECT(shows(theme_light.accent));
    window_world_stop();
}

TEST("a picture that was half drawn at a power cut is drawn after it") {
    start();
    begin_another();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    EXPECT(shows(theme_light.danger));
    EXPECT(!window_world_seat()->painting);
    window_world_rest();
    EXPECT(shows(theme_light.success));
    window_world_stop();
}

TEST("a window that goes while it is painted takes its picture along") {
    start();
    begin_another();
    Seat *seat = window_world_seat();
    EXPECT(seat->painting != NULL);
    desktop_remove(seat);
    EXPECT_EQUAL(desktop_window_count(), 0);
    for (int i = 0; i < 20; i++)
        window_world_turn(100000);
    EXPECT(sim_log_find("app: app stopped: core.ValueError") != NULL);
    window_world_stop();
}

TEST("a window that is another size gets a picture of that size") {
    start();
    WmWindow *window = &window_world_seat()->window;
    window->wanted.width = 500;
    window->wanted.height = 300;
    windows_changed(window);
    window_world_rest();
    EXPECT_EQUAL(window_world_seat()->window.surface->width, 500);
    EXPECT_EQUAL(window_world_seat()->window.surface->height, 300);
    EXPECT_EQUAL(pixel(499, 299), bitmap_pixel(theme_light.danger));
    window->wanted.height = 350;
    windows_changed(window);
    window_world_rest();
    EXPECT_EQUAL(window_world_seat()->window.surface->height, 350);
    EXPECT_EQUAL(pixel(499, 349), bitmap_pixel(theme_light.danger));
    window_world_stop();
}

TEST("a picture for another theme is asked for and comes") {
    start();
    bar_press(BAR_THEME);
    EXPECT(wm_desk().dark);
    window_world_rest();
    EXPECT(pixel(0, 0) == bitmap_pixel(theme_dark.danger));
    EXPECT_EQUAL(window_world_seat()->window.surface->stamp, wm_stamp());
    window_world_stop();
}

/* ---- Many at once ---- */

static void start_many(void) {
    start();
    window_world_key(KEY_MORE);
    window_world_rest();
    EXPECT_EQUAL(desktop_window_count(), MANY);
}

/* Of all pictures that are being drawn. */
static uint64_t picture_bytes(void) {
    uint64_t bytes = 0;
    for (const Seat *seat = seat_first(); seat; seat = seat->next)
        bytes += seat->painting ? PICTURE : 0;
    return bytes;
}

static bool all_are(Colour colour) {
    for (const Seat *seat = seat_first(); seat; seat = seat->next)
        if (!corners_are(seat, colour))
            return false;
    return true;
}

TEST("of an app so many pictures are drawn at once as the RAM has room for") {
    uint64_t most = 0;
    start_many();
    bar_press(BAR_THEME);
    for (int i = 0; i < 20000 && !all_are(theme_dark.danger); i++) {
        window_world_turn(1);
        most = picture_bytes() > most ? picture_bytes() : most;
    }
    EXPECT(all_are(theme_dark.danger));
    EXPECT_EQUAL(most, PICTURES_MOST / PICTURE * PICTURE);
    window_world_stop();
}

TEST("a picture that waited at a power cut is drawn after it") {
    start_many();
    bar_press(BAR_THEME);
    while (picture_bytes() < PICTURES_MOST / PICTURE * PICTURE)
        window_world_turn(1);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    window_world_cut();
    window_world_rest();
    EXPECT(all_are(theme_dark.danger));
    window_world_stop();
}
