/* Tests of gui/paint.c: lists made at random, damaged, and changed between two
 * steps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/icons.h"
#include "gui/paint_read.h"
#include "gui/paint_write.h"
#include "gui/shadow.h"
#include "gui/shape.h"
#include "gui/typeset.h"
#include "tests/test.h"
#include "tests/unit/gui_support.h"

enum { WIDTH = 120, HEIGHT = 90, MOST = 2048, IMAGES = 2 };

static uint8_t memory[MOST];

static PaintWriter new_writer(void) {
    return (PaintWriter){.bytes = memory, .capacity = MOST};
}

static size_t random_path(uint64_t *state, uint8_t *to) {
    size_t size = 0;
    for (int i = 0; i < 8; i++) {
        char verb = "MLQCZ"[test_random(state) % 5];
        int points = verb == 'Z' ? 0 : verb == 'Q' ? 2 : verb == 'C' ? 3 : 1;
        to[size++] = (uint8_t)verb;
        for (int k = 0; k < 2 * points; k++, size += 2) {
            int16_t at = (int16_t)gui_between(state, -400, 2000);
            memcpy(to + size, &at, 2);
        }
    }
    return size;
}

/* Adds a command with fields that mostly hit the bitmap. */
static void add_random(PaintWriter *writer, uint64_t *state, int *depth) {
    int32_t fields[PAINT_MAX_FIELDS];
    uint8_t text[200];
    PaintCode code = (PaintCode)gui_between(state, 1, PAINT_CODES - 1);
    for (int i = 0; i < PAINT_MAX_FIELDS; i++)
        fields[i] = gui_between(state, -10, 100);
    size_t text_bytes = test_random(state) % 20;
    for (size_t i = 0; i < text_bytes; i++)
        text[i] = (uint8_t)gui_between(state, 32, 126);
    if (code == PAINT_PUSH && ++*depth > 5)
        *depth -= 1, code = PAINT_FILL;
    if (code == PAINT_POP && (*depth)-- == 0)
        *depth += 1, code = PAINT_FILL;
    if (code == PAINT_IMAGE)
        fields[0] = gui_between(state, 0, IMAGES - 1);
    if (code == PAINT_PATH) {
        fields[0] = gui_between(state, 0, 60);
        text_bytes = random_path(state, text);
    }
    if (code == PAINT_CLIP)
        fields[0] = fields[1] = 5;
    if (code == PAINT_PIXELS) {
        fields[2] = gui_between(state, 0, 10);
        fields[3] = gui_between(state, 0, 5);
        text_bytes = (size_t)(fields[2] * fields[3] * 4);
        memset(text, (int)test_random(state) % 256, text_bytes);
    }
    paint_write(writer, code, fields, text, text_bytes);
}

static PaintWriter random_list(uint64_t *state) {
    PaintWriter writer = new_writer();
    int depth = 0, count = gui_between(state, 1, 25);
    for (int i = 0; i < count; i++)
        add_random(&writer, state, &depth);
    while (depth-- > 0)
        paint_write(&writer, PAINT_POP, NULL, NULL, 0);
    return writer;
}

static Bitmap images[IMAGES];

static void make_images(void) {
    gui_fonts();
    images[0] = gui_guarded(20, 30, 5, true);
    images[1] = gui_guarded(7, 3, 6, false);
}

static void free_images(void) {
    for (int i = 0; i < IMAGES; i++)
        gui_guarded_free(&images[i]);
}

/* Draws a list with one budget for all steps, or a random one for each. */
static Bitmap draw(const PaintWriter *writer, uint32_t budget, uint64_t *state,
                   int32_t scale) {
    Bitmap bitmap = gui_guarded(WIDTH, HEIGHT, 77, true);
    static Paint paint;
    paint_begin(&paint, bitmap, writer->bytes, writer->size_bytes, images,
                IMAGES, &theme_light, scale);
    Status status = STATUS_BUSY;
    for (int steps = 0; status == STATUS_BUSY && steps < 100000; steps++)
        status = paint_step(&paint, state ? (uint32_t)test_random(state) % 2000
                                          : budget);
    EXPECT_EQUAL(status, STATUS_OK);
    return bitmap;
}

static bool same(const Bitmap *a, const Bitmap *b) {
    for (int32_t y = 0; y < HEIGHT; y++)
        if (memcmp(bitmap_at(a, 0, y), bitmap_at(b, 0, y), WIDTH * 4) != 0)
            return false;
    return gui_guards_hold(a) && gui_guards_hold(b);
}

TEST("a picture is the same however its drawing is cut into steps") {
    make_images();
    for (uint64_t seed = 1; seed <= 250; seed++) {
        uint64_t state = seed;
        PaintWriter writer = random_list(&state);
        int32_t scale = gui_between(&state, 1, 3);
        Bitmap whole = draw(&writer, UINT32_MAX, NULL, scale);
        Bitmap tiny = draw(&writer, 1, NULL, scale);
        Bitmap some = draw(&writer, 0, &state, scale);
        if (!same(&whole, &tiny) || !same(&whole, &some)) {
            printf("  seed %lu\n", (unsigned long)seed);
            EXPECT(false);
        }
        gui_guarded_free(&whole);
        gui_guarded_free(&tiny);
        gui_guarded_free(&some);
    }
    free_images();
}

/* The most work of a step, and of all. */
static uint64_t work_of(PaintCode code, const int32_t *fields, const void *text,
                        size_t text_bytes, uint64_t *all_out) {
    enum { SIDE = 1000, STEP = 20000 };
    static Paint paint;
    Bitmap bitmap;
    PaintWriter writer = new_writer();
    uint64_t most = 0;
    EXPECT_EQUAL(bitmap_make(SIDE, SIDE, &bitmap), STATUS_OK);
    paint_write(&writer, code, fields, text, text_bytes);
    paint_begin(&paint, bitmap, memory, writer.size_bytes, NULL, 0,
                &theme_light, 1);
    for (Status status = STATUS_BUSY; status == STATUS_BUSY;) {
        uint64_t before = paint.work;
        status = paint_step(&paint, STEP);
        most = paint.work - before > most ? paint.work - before : most;
    }
    bitmap_free(&bitmap);
    *all_out = paint.work;
    return most;
}

TEST("a step of painting does about as much work as it may") {
    enum { LINES = 100, MOST_STEP = 30000 };
    static const int32_t fill[] = {0, 0, 1000, 1000, 0x40102030};
    static const int32_t icon[] = {5, 0, 0, 255, 0x40102030};
    uint8_t lines[5 * LINES];
    uint64_t all, thin;
    gui_fonts();
    for (int i = 0; i < LINES; i++) { /* each over all rows */
        uint8_t *to = lines + 5 * i;
        uint16_t x = (uint16_t)(i * 160), y = i % 2 ? 16000 : 0;
        to[0] = i ? 'L' : 'M';
        memcpy(to + 1, &x, 2);
        memcpy(to + 3, &y, 2);
    }
    EXPECT(work_of(PAINT_FILL, fill, NULL, 0, &all) < MOST_STEP);
    EXPECT(all > 1000 * 1000 / 20);
    EXPECT(work_of(PAINT_ICON, icon, NULL, 0, &all) < MOST_STEP);
    int32_t path[] = {16, 0x40102030};
    EXPECT(work_of(PAINT_PATH, path, lines, sizeof lines, &thin) < MOST_STEP);
    path[0] = 2000;
    EXPECT(work_of(PAINT_PATH, path, lines, sizeof lines, &all) < MOST_STEP);
    EXPECT(all > 4 * thin);
}

static uint64_t all_work(PaintCode code, const int32_t *fields) {
    uint64_t all;
    work_of(code, fields, NULL, 0, &all);
    return all;
}

TEST("a frame costs what its sides cost, wherever most of them lies") {
    enum { COLOUR = 0x40102030, ROUNDED = 3000 };
    static const int32_t sizes[][2] = {
        {1000, 100}, {100, 1000}, {300, 300}, {1000, 30}};
    for (size_t i = 0; i < 4; i++) {
        int32_t wide = sizes[i][0], high = sizes[i][1];
        for (int32_t in = 1; 2 * in < wide && 2 * in < high; in += 6) {
            int32_t frame[] = {0, 0, wide, high, in, COLOUR};
            int32_t level[] = {0, 0, wide, in, COLOUR};
            int32_t upright[] = {0, 0, in, high - 2 * in, COLOUR};
            uint64_t sides = 2 * all_work(PAINT_FILL, level) +
                             2 * all_work(PAINT_FILL, upright);
            uint64_t got = all_work(PAINT_FRAME, frame);
            EXPECT(got + got / 10 + ROUNDED >= sides);
            EXPECT(got <= sides + sides / 10 + ROUNDED);
            int32_t round[] = {0, 0, wide, high, in, 1, COLOUR};
            int32_t corners[] = {0, 0, 2 * in, 2 * in, COLOUR};
            EXPECT(all_work(PAINT_ROUND_LINE, round) + ROUNDED / 3 >=
                   all_work(PAINT_FILL, corners));
        }
    }
}

TEST("only a shadow that was drawn costs less the next time") {
    for (int32_t blur = 7; blur <= 13; blur += 3) {
        uint64_t before = 0;
        for (int32_t radius = 1; radius < 24; radius += 3) {
            int32_t shadow[] = {20, 20, 200, 200, radius, blur, 0, 0x40102030};
            Shadow same = {0, blur, radius, 0};
            EXPECT(shadow_work(same) > before);
            before = shadow_work(same);
            all_work(PAINT_SHADOW, shadow);
            EXPECT_EQUAL(shadow_work(same), 0);
        }
    }
}

/* Draws whatever the bytes are; they lie at the end of their memory. */
static void draw_damaged(const uint8_t *list, size_t size, uint64_t *state,
                         bool change) {
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, list, size);
    Bitmap bitmap = gui_guarded(WIDTH, HEIGHT, 77, true);
    static Paint paint;
    paint_begin(&paint, bitmap, copy, size, images, IMAGES, &theme_dark,
                gui_between(state, -1, 9));
    Status status = STATUS_BUSY;
    for (int steps = 0; status == STATUS_BUSY && steps < 3000; steps++) {
        status = paint_step(&paint, 500);
        if (change && size > 0)
            copy[test_random(state) % size] = (uint8_t)test_random(state);
    }
    EXPECT(gui_guards_hold(&bitmap));
    gui_guarded_free(&bitmap);
    free(copy);
}

TEST("damaged lists are refused or draw something, inside the bitmap") {
    make_images();
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        uint64_t state = seed;
        PaintWriter writer = random_list(&state);
        for (int i = gui_between(&state, 0, 4); i > 0; i--)
            memory[test_random(&state) % writer.size_bytes] =
                (uint8_t)test_random(&state);
        size_t size = writer.size_bytes;
        if (seed % 4 == 0)
            size = test_random(&state) % (size + 1);
        draw_damaged(memory, size, &state, seed % 3 == 0);
    }
    free_images();
}

TEST("random bytes are no danger") {
    make_images();
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        uint64_t state = seed;
        uint8_t bytes[64];
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)test_random(&state);
        bytes[0] = (uint8_t)gui_between(&state, 1, PAINT_CODES - 1);
        draw_damaged(bytes, test_random(&state) % sizeof bytes, &state, false);
    }
    free_images();
}

TEST("what is written is read again, cut to its range") {
    PaintWriter writer = new_writer();
    int32_t fields[] = {40000, -40000, 12, 13, 300, -1, (int32_t)0x80123456};
    paint_write(&writer, PAINT_ROUND_LINE, fields, NULL, 0);
    PaintCommand command;
    size_t offset = 0;
    EXPECT_EQUAL(paint_read(memory, writer.size_bytes, 1, &offset, &command),
                 STATUS_OK);
    EXPECT_EQUAL(offset, writer.size_bytes);
    EXPECT_EQUAL(command.code, PAINT_ROUND_LINE);
    EXPECT(command.fields[0] == INT16_MAX && command.fields[1] == INT16_MIN);
    EXPECT(command.fields[4] == 255 && command.fields[5] == 0);
    EXPECT_EQUAL((uint32_t)command.fields[6], 0x80123456);
    EXPECT_EQUAL(paint_read(memory, writer.size_bytes, 1, &offset, &command),
                 STATUS_INVALID);
}

TEST("a list draws what the functions draw") {
    make_images();
    PaintWriter writer = new_writer();
    int32_t back[] = {0, 0, WIDTH, HEIGHT, PAINT_WRITE_THEME(panel, 255)};
    int32_t push[] = {10, 8};
    int32_t round[] = {0, 0, 80, 28, 6, PAINT_WRITE_THEME(accent, 0)};
    int32_t label[] = {FONT_UI, 13, TYPESET_MIDDLE,     4, 0,
                       72,      28, (int32_t)0xffffffff};
    int32_t text[] = {FONT_UI, 13, 2, 50, (int32_t)0xffffffff};
    int32_t icon[] = {ICON_CHECK, 60, 40, 16, PAINT_WRITE_THEME(text, 128)};
    paint_write(&writer, PAINT_FILL, back, NULL, 0);
    paint_write(&writer, PAINT_PUSH, NULL, NULL, 0);
    paint_write(&writer, PAINT_MOVE, push, NULL, 0);
    paint_write(&writer, PAINT_ROUND, round, NULL, 0);
    paint_write(&writer, PAINT_LABEL, label, "Add one", 7);
    paint_write(&writer, PAINT_TEXT, text, "or two", 6);
    paint_write(&writer, PAINT_POP, NULL, NULL, 0);
    paint_write(&writer, PAINT_ICON, icon, NULL, 0);
    Bitmap painted = draw(&writer, 300, NULL, 1);
    Bitmap drawn = gui_guarded(WIDTH, HEIGHT, 1, true);
    Canvas canvas;
    canvas_begin(&canvas, drawn);
    canvas_fill(&canvas, (Rect){0, 0, WIDTH, HEIGHT}, theme_light.panel);
    shape_fill(&canvas, (Rect){10, 8, 80, 28}, 6, theme_light.accent);
    typeset_label(&canvas, THEME_FONT, (Rect){14, 8, 72, 28}, TYPESET_MIDDLE,
                  "Add one", 7, 0xffffffff);
    typeset_draw(&canvas, THEME_FONT, 12, 58, "or two", 6, 0xffffffff);
    icons_draw(&canvas, ICON_CHECK, 60, 40, 16,
               bitmap_faded(theme_light.text, 128));
    EXPECT(same(&painted, &drawn));
    gui_guarded_free(&painted);
    gui_guarded_free(&drawn);
    free_images();
}

TEST("pushes and pops must be in pairs, and not too many") {
    static Paint paint;
    Bitmap bitmap = gui_guarded(4, 4, 1, true);
    PaintWriter writer = new_writer();
    for (int i = 0; i < PAINT_MAX_DEPTH + 1; i++)
        paint_write(&writer, PAINT_PUSH, NULL, NULL, 0);
    paint_begin(&paint, bitmap, memory, writer.size_bytes, NULL, 0,
                &theme_light, 1);
    EXPECT_EQUAL(paint_step(&paint, UINT32_MAX), STATUS_LIMIT);
    paint_begin(&paint, bitmap, memory, 1, NULL, 0, &theme_light, 1);
    EXPECT_EQUAL(paint_step(&paint, UINT32_MAX), STATUS_INVALID);
    paint_begin(&paint, bitmap, memory, 0, NULL, 0, &theme_light, 1);
    EXPECT_EQUAL(paint_step(&paint, 1), STATUS_OK);
    gui_guarded_free(&bitmap);
}

TEST("a list that does not fit its buffer stays whole and says so") {
    PaintWriter writer = {.bytes = memory, .capacity = 20};
    int32_t fields[] = {1, 2, 3, 4, 5};
    paint_write(&writer, PAINT_FILL, fields, NULL, 0);
    EXPECT(!writer.full);
    EXPECT_EQUAL(writer.size_bytes, 13);
    paint_write(&writer, PAINT_FILL, fields, NULL, 0);
    EXPECT(writer.full);
    EXPECT_EQUAL(writer.size_bytes, 13);
}
