/* Tests of the coverage of shapes, paths, strokes and shadows: against twins
 * that ask many points of every pixel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/path.h"
#include "gui/shadow.h"
#include "gui/shape.h"
#include "gui/stroke.h"
#include "kernel/lib/math.h"
#include "tests/test.h"
#include "tests/unit/gui_support.h"

enum { SIDE = 48, POINTS = 32 };

static double larger(double a, double b) {
    return a > b ? a : b;
}

static double smaller(double a, double b) {
    return a < b ? a : b;
}

/* White on black: a pixel's colour is its coverage. */
static Canvas black_canvas(void) {
    static uint32_t memory[SIDE * SIDE];
    Canvas canvas;
    canvas_begin(&canvas, (Bitmap){memory, SIDE, SIDE, SIDE});
    canvas_fill(&canvas, (Rect){0, 0, SIDE, SIDE}, 0xff000000);
    return canvas;
}

/* The largest difference between the picture and the share of points of each
 * pixel that are inside. */
static int worst(const Canvas *canvas, bool (*inside)(double x, double y)) {
    int most = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int hits = 0;
            for (int i = 0; i < POINTS * POINTS; i++)
                hits += inside(x + (i % POINTS + 0.5) / POINTS,
                               y + (i / POINTS + 0.5) / POINTS);
            int wanted = hits * 255 / (POINTS * POINTS);
            int got = (int)(*bitmap_at(&canvas->bitmap, x, y) & 255);
            most = abs(got - wanted) > most ? abs(got - wanted) : most;
        }
    return most;
}

static double round_left, round_top, round_right, round_bottom, round_radius;

static bool in_rounded(double x, double y) {
    if (x < round_left || x > round_right || y < round_top || y > round_bottom)
        return false;
    double dx = larger(
        larger(round_left + round_radius - x, x - round_right + round_radius),
        0);
    double dy = larger(
        larger(round_top + round_radius - y, y - round_bottom + round_radius),
        0);
    return dx * dx + dy * dy <= round_radius * round_radius;
}

TEST("rounded rectangles cover what their points say, within 3 of 255") {
    for (int32_t radius = 0; radius <= 20; radius++) {
        Canvas canvas = black_canvas();
        shape_fill(&canvas, (Rect){3, 4, 41, 40}, radius, 0xffffffff);
        round_left = 3, round_top = 4, round_right = 44, round_bottom = 44;
        round_radius = radius;
        EXPECT(worst(&canvas, in_rounded) <= 3);
    }
}

static bool in_ring(double x, double y) {
    if (!in_rounded(x, y))
        return false;
    double left = round_left, radius = round_radius;
    round_left += 2, round_top += 2, round_right -= 2, round_bottom -= 2;
    round_radius -= 2;
    bool hole = in_rounded(x, y);
    round_left = left, round_top -= 2, round_right += 2, round_bottom += 2;
    round_radius = radius;
    return !hole;
}

TEST("the line along a rounded rectangle covers what its points say") {
    for (int32_t radius = 2; radius <= 20; radius += 3) {
        Canvas canvas = black_canvas();
        shape_stroke(&canvas, (Rect){3, 4, 41, 40}, radius, 2, 0xffffffff);
        round_left = 3, round_top = 4, round_right = 44, round_bottom = 44;
        round_radius = radius;
        EXPECT(worst(&canvas, in_ring) <= 4);
    }
}

static double triangle[6];

static double side_of(int a, int b, double x, double y) {
    return (triangle[b] - triangle[a]) * (y - triangle[a + 1]) -
           (triangle[b + 1] - triangle[a + 1]) * (x - triangle[a]);
}

static bool in_triangle(double x, double y) {
    double a = side_of(0, 2, x, y), b = side_of(2, 4, x, y);
    double c = side_of(4, 0, x, y);
    return (a >= 0 && b >= 0 && c >= 0) || (a <= 0 && b <= 0 && c <= 0);
}

TEST("filled triangles cover what their points say, within 12 of 255") {
    static Path path;
    uint64_t state = 4;
    for (int round = 0; round < 60; round++) {
        int32_t p[6];
        for (int i = 0; i < 6; i++) {
            p[i] = gui_between(&state, -10 * 256, 58 * 256);
            triangle[i] = p[i] / 256.0;
        }
        path_begin(&path);
        path_move(&path, p[0], p[1]);
        path_line(&path, p[2], p[3]);
        path_line(&path, p[4], p[5]);
        Canvas canvas = black_canvas();
        path_fill(&canvas, &path, 0xffffffff);
        int most = worst(&canvas, in_triangle);
        if (most > 12)
            printf("  round %d: %d\n", round, most);
        EXPECT(most <= 12);
    }
}

static bool in_circle(double x, double y) {
    return (x - 24) * (x - 24) + (y - 24) * (y - 24) <= 17.5 * 17.5;
}

/* Two triangles, beside each other. */
static uint64_t two_triangles(bool closed) {
    Path path;
    Canvas canvas = black_canvas();
    path_begin(&path);
    for (int32_t left = 2; left < 40; left += 20) {
        path_move(&path, left * PATH_UNIT, 4 * PATH_UNIT);
        path_line(&path, (left + 16) * PATH_UNIT, 4 * PATH_UNIT);
        path_line(&path, (left + 8) * PATH_UNIT, 30 * PATH_UNIT);
        if (closed)
            path_close(&path);
    }
    path_fill(&canvas, &path, 0xffffffff);
    uint64_t sum = 0;
    for (int i = 0; i < SIDE * SIDE; i++)
        sum = sum * 31 + canvas.bitmap.pixels[i];
    return sum;
}

TEST("each figure that is left open is filled as if it were closed") {
    EXPECT_EQUAL(two_triangles(false), two_triangles(true));
}

TEST("a circle of four curves is round") {
    static Path path;
    path_begin(&path);
    path_circle(&path, 24 * 256, 24 * 256, 17 * 256 + 128);
    Canvas canvas = black_canvas();
    path_fill(&canvas, &path, 0xffffffff);
    EXPECT(worst(&canvas, in_circle) <= 20);
}

static double stroke_line[4];

/* Coverage by exact distance, the definition of a stroke. */
static int naive_stroke(int px, int py, double half) {
    double dx = stroke_line[2] - stroke_line[0];
    double dy = stroke_line[3] - stroke_line[1];
    double x = px + 0.5 - stroke_line[0], y = py + 0.5 - stroke_line[1];
    double square = dx * dx + dy * dy;
    double t = square > 0 ? (x * dx + y * dy) / square : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    double distance = math_hypot(x - t * dx, y - t * dy);
    return (int)(255 * larger(0, smaller(1, half + 0.5 - distance)));
}

TEST("strokes are as dark as their distance says, within 4 of 255") {
    static Path path;
    uint64_t state = 9;
    for (int round = 0; round < 200; round++) {
        int32_t p[4], width = gui_between(&state, 256, 2000);
        for (int i = 0; i < 4; i++) {
            p[i] = gui_between(&state, -5 * 256, 53 * 256);
            stroke_line[i] = p[i] / 256.0;
        }
        path_begin(&path);
        path_move(&path, p[0], p[1]);
        path_line(&path, p[2], p[3]);
        Canvas canvas = black_canvas();
        stroke_draw(&canvas, &path, width, 0xffffffff);
        int most = 0;
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                int got = (int)(*bitmap_at(&canvas.bitmap, x, y) & 255);
                int by = abs(got - naive_stroke(x, y, width / 512.0));
                most = by > most ? by : most;
            }
        if (most > 4)
            printf("  round %d: %d\n", round, most);
        EXPECT(most <= 4);
    }
}

/* Corners of a coarse grid, so that many lines are upright or level, cross, and
 * lie upon each other. */
static void random_corners(uint64_t *state, int32_t corners[5][2]) {
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 2; k++)
            corners[i][k] = gui_between(state, 0, 3) * 12 * PATH_UNIT + 1000;
}

/* What a stroke covers, white on black. */
static Canvas stroked(const Path *path, int32_t width) {
    Canvas canvas = black_canvas();
    stroke_draw(&canvas, path, width, 0xffffffff);
    return canvas;
}

TEST("a closed figure is stroked like its lines, each pixel like the nearest") {
    uint64_t state = 47;
    for (int round = 0; round < 200; round++) {
        static uint32_t most[SIDE * SIDE];
        static Path path, line;
        int32_t corners[5][2], width = gui_between(&state, 100, 2000);
        uint32_t count = (uint32_t)gui_between(&state, 2, 5);
        random_corners(&state, corners);
        memset(most, 0, sizeof most);
        path_begin(&path);
        path_move(&path, corners[0][0], corners[0][1]);
        for (uint32_t i = 0; i < count; i++) {
            const int32_t *to = corners[(i + 1) % count];
            path_begin(&line);
            path_move(&line, corners[i][0], corners[i][1]);
            path_line(&line, to[0], to[1]);
            Canvas alone = stroked(&line, width);
            for (int k = 0; k < SIDE * SIDE; k++)
                if (alone.bitmap.pixels[k] > most[k])
                    most[k] = alone.bitmap.pixels[k];
            if (i + 1 < count)
                path_line(&path, to[0], to[1]);
        }
        path_close(&path);
        Canvas whole = stroked(&path, width);
        if (memcmp(whole.bitmap.pixels, most, sizeof most)) {
            printf("  round %d\n", round);
            EXPECT(!"its lines");
        }
    }
}

TEST("a path that is full stays full and draws what it has") {
    static Path path;
    path_begin(&path);
    for (int i = 0; i < PATH_MAX_LINES + 10; i++)
        path_line(&path, i * 7 % 4000, i * 13 % 4000);
    EXPECT(path.full);
    EXPECT_EQUAL(path.count, PATH_MAX_LINES);
    Canvas canvas = black_canvas();
    path_fill(&canvas, &path, 0xffffffff);
}

TEST("a shadow is the same on both sides and thins out towards its edge") {
    static uint32_t memory[160 * 160];
    Canvas canvas;
    canvas_begin(&canvas, (Bitmap){memory, 160, 160, 160});
    canvas_fill(&canvas, (Rect){0, 0, 160, 160}, 0xffffffff);
    Rect rect = {40, 40, 80, 80};
    Shadow shadow = {0, 24, 8, 0xff000000};
    shadow_draw(&canvas, rect, shadow);
    for (int y = 0; y < 160; y++)
        for (int x = 0; x < 80; x++)
            if (memory[y * 160 + x] != memory[y * 160 + 159 - x])
                EXPECT(false);
    for (int x = 1; x < 40; x++)
        EXPECT((memory[80 * 160 + x] & 255) <=
               (memory[80 * 160 + x - 1] & 255));
    EXPECT_EQUAL(memory[80 * 160 + 60] & 255, 255); /* left to the window */
    EXPECT((memory[80 * 160 + 39] & 255) < 160);
    EXPECT_EQUAL(memory[80 * 160 + 1] & 255, 255);
}
