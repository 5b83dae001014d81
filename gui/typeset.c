/* Lines of text. One pen walks over the characters for every purpose. */
#include "gui/typeset.h"

#include "kernel/base/utf8.h"

/* "…" */
static const char ELLIPSIS[] = "\xe2\x80\xa6";
#define ELLIPSIS_BYTES (sizeof ELLIPSIS - 1)

/* A pen before its next character. */
typedef struct Pen {
    Font font;
    const char *text;
    size_t size_bytes;
    size_t offset; /* of the next character */
    int64_t x64;   /* 1/64 pixel from the start */
    FontChar last; /* the one before; glyph 0 at the start */
} Pen;

static Pen pen_at_start(Font font, const char *text, size_t size_bytes) {
    return (Pen){.font = font, .text = text, .size_bytes = size_bytes};
}

/* Takes the next character: sets it and where it stands, and moves behind it.
 * False at the end. */
static bool take(Pen *pen, FontChar *character_out, int64_t *x64_out) {
    if (pen->offset >= pen->size_bytes)
        return false;
    uint32_t code_point = utf8_next(pen->text, pen->size_bytes, &pen->offset);
    FontChar character = fonts_char(pen->font, code_point);
    pen->x64 += fonts_kern(pen->font, pen->last, character);
    *character_out = character;
    *x64_out = pen->x64;
    pen->x64 += character.advance64;
    pen->last = character;
    return true;
}

static int32_t whole(int64_t x64) {
    return rect_clamp((x64 + 63) >> 6);
}

/* ---- Drawing ---- */

static void draw_glyph(Canvas *canvas, const FontGlyph *glyph, int64_t x,
                       int64_t baseline, Colour colour) {
    Rect box = rect_between(x + glyph->left, baseline - glyph->top,
                            x + glyph->left + glyph->width,
                            baseline - glyph->top + glyph->height);
    if (!canvas_sees(canvas, box))
        return;
    for (int32_t row = 0; row < glyph->height; row++)
        canvas_tint(canvas, box.x, box.y + row,
                    glyph->coverage + row * glyph->width, glyph->width, colour);
}

int32_t typeset_draw(Canvas *canvas, Font font, int32_t x, int32_t baseline,
                     const char *text, size_t size_bytes, Colour colour) {
    Pen pen = pen_at_start(font, text, size_bytes);
    FontChar character;
    int64_t x64, end = (int64_t)canvas->now.clip.x + canvas->now.clip.width -
                       canvas->now.x;
    while (take(&pen, &character, &x64)) {
        int64_t quarters = x64 + 8; /* to the nearest quarter of a pixel */
        int64_t at = x + (quarters >> 6);
        if (at > end + 2 * FONTS_MAX_SIZE)
            continue; /* right of the clip; the width is still wanted */
        if (character.advance64 == 0 && character.glyph == 0)
            continue;
        const FontGlyph *glyph =
            fonts_glyph(font, character, (uint32_t)(quarters >> 4) & 3);
        if (glyph)
            draw_glyph(canvas, glyph, at, baseline, colour);
    }
    return rect_clamp((int64_t)x + whole(pen.x64));
}

/* ---- Measuring ---- */

int32_t typeset_width(Font font, const char *text, size_t size_bytes) {
    Pen pen = pen_at_start(font, text, size_bytes);
    FontChar character;
    int64_t x64;
    while (take(&pen, &character, &x64))
        continue;
    return whole(pen.x64);
}

int32_t typeset_x(Font font, const char *text, size_t size_bytes,
                  size_t offset) {
    Pen pen = pen_at_start(font, text, size_bytes);
    FontChar character;
    int64_t x64;
    while (pen.offset < offset) {
        Pen before = pen;
        if (!take(&pen, &character, &x64))
            break;
        if (pen.offset > offset) { /* inside this character */
            pen = before;
            break;
        }
    }
    return rect_clamp((pen.x64 + 32) >> 6);
}

size_t typeset_hit(Font font, const char *text, size_t size_bytes, int32_t x) {
    Pen pen = pen_at_start(font, text, size_bytes);
    FontChar character;
    int64_t x64, wanted = (int64_t)x * 64;
    for (;;) {
        Pen before = pen;
        if (!take(&pen, &character, &x64))
            return size_bytes;
        if (wanted < (before.x64 + pen.x64) / 2)
            return before.offset;
    }
}

size_t typeset_fit(Font font, const char *text, size_t size_bytes,
                   int32_t width, bool ellipsis) {
    Pen pen = pen_at_start(font, text, size_bytes);
    FontChar character;
    int64_t x64, room = (int64_t)width * 64;
    int64_t less = ellipsis ? room - 64 * (int64_t)typeset_width(font, ELLIPSIS,
                                                                 ELLIPSIS_BYTES)
                            : room;
    size_t fits = 0; /* with the ellipsis */
    while (take(&pen, &character, &x64)) {
        if (pen.x64 > room)
            return fits;
        if (pen.x64 <= less)
            fits = pen.offset;
    }
    return size_bytes;
}

size_t typeset_break(Font font, const char *text, size_t size_bytes,
                     int32_t width, size_t *shown_out) {
    Pen pen = pen_at_start(font, text, size_bytes);
    FontChar character;
    int64_t x64, room = (int64_t)width * 64;
    size_t word = 0, shown = 0; /* where the next line could begin, and why */
    while (pen.offset < size_bytes) {
        size_t start = pen.offset;
        char c = text[start];
        if (c == '\n') {
            *shown_out = start;
            return start + 1;
        }
        take(&pen, &character, &x64);
        if (c == ' ') {
            shown = word > 0 && word == start ? shown : start;
            word = pen.offset;
        } else if (pen.x64 > room && start > 0) {
            *shown_out = word > 0 ? shown : start;
            return word > 0 ? word : start;
        }
    }
    *shown_out = size_bytes;
    return size_bytes;
}

int32_t typeset_baseline(Font font, int32_t top, int32_t height) {
    int32_t cap64 = fonts_measures(font).cap_height64;
    return rect_clamp(top + (((int64_t)height * 64 + cap64) / 2 + 63) / 64);
}

void typeset_label(Canvas *canvas, Font font, Rect rect, TypesetAlign align,
                   const char *text, size_t size_bytes, Colour colour) {
    if (!canvas_sees(canvas, rect_inset(rect, -2 * FONTS_MAX_SIZE)))
        return;
    size_t fits = typeset_fit(font, text, size_bytes, rect.width, true);
    bool cut = fits < size_bytes;
    if (cut && rect.width < typeset_width(font, ELLIPSIS, ELLIPSIS_BYTES))
        return;
    int32_t width = typeset_width(font, text, fits);
    if (cut)
        width += typeset_width(font, ELLIPSIS, ELLIPSIS_BYTES);
    int32_t x = rect.x;
    if (align == TYPESET_MIDDLE)
        x += (rect.width - width) / 2;
    else if (align == TYPESET_END)
        x += rect.width - width;
    int32_t baseline = typeset_baseline(font, rect.y, rect.height);
    int32_t end = typeset_draw(canvas, font, x, baseline, text, fits, colour);
    if (cut)
        typeset_draw(canvas, font, end, baseline, ELLIPSIS, ELLIPSIS_BYTES,
                     colour);
}

int32_t typeset_lines(Canvas *canvas, Font font, Rect rect, int32_t height,
                      int32_t most, const char *text, size_t size_bytes,
                      Colour colour) {
    int32_t lines = 0;
    for (; size_bytes > 0 && lines < most; lines++) {
        size_t shown;
        size_t used = typeset_break(font, text, size_bytes, rect.width, &shown);
        Rect line = {rect.x, rect.y + lines * height, rect.width, height};
        if (canvas)
            typeset_label(canvas, font, line, TYPESET_START, text, shown,
                          colour);
        text += used;
        size_bytes -= used;
    }
    return lines * height;
}
