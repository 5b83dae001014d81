/* Lines of text. One pen walks over the characters for every purpose. */
#include "gui/typeset.h"

#include "kernel/base/utf8.h"

/* "…" */
static const char ELLIPSIS[] = "\xe2\x80\xa6";
#define ELLIPSIS_BYTES (sizeof ELLIPSIS - 1)

/* A pen on its text. */
typedef struct Pen {
    Font font;
    const char *text;
    size_t size_bytes;
    TypesetPen at;
} Pen;

static Pen pen_at_start(Font font, const char *text, size_t size_bytes) {
    return (Pen){.font = font, .text = text, .size_bytes = size_bytes};
}

/* Takes the next character: sets it and where it stands, and moves behind it.
 * False at the end. */
static bool take(Pen *pen, FontChar *character_out, int64_t *x64_out) {
    if (pen->at.offset >= pen->size_bytes)
        return false;
    uint32_t code_point =
        utf8_next(pen->text, pen->size_bytes, &pen->at.offset);
    FontChar character = fonts_char(pen->font, code_point);
    pen->at.x64 += fonts_kern(pen->font, pen->at.last, character);
    *character_out = character;
    *x64_out = pen->at.x64;
    pen->at.x64 += character.advance64;
    pen->at.last = character;
    return true;
}

static int32_t whole(int64_t x64) {
    return rect_clamp((x64 + 63) >> 6);
}

/* Work that goes on until a limit is reached. */
typedef struct Work {
    uint64_t begun, done, most; /* the first of fonts_work() */
} Work;

static Work work_of(uint64_t most) {
    return (Work){fonts_work(), 0, most};
}

static uint64_t work_done(const Work *work) {
    return work->done + (fonts_work() - work->begun);
}

/* Another character is looked at; false: not now. */
static bool work_on(Work *work) {
    if (work_done(work) >= work->most)
        return false;
    work->done += TYPESET_A_CHARACTER;
    return true;
}

/* ---- Drawing ---- */

/* Returns the work. */
static uint64_t draw_glyph(Canvas *canvas, const FontGlyph *glyph, int64_t x,
                           int64_t baseline, Colour colour) {
    Rect box = rect_between(x + glyph->left, baseline - glyph->top,
                            x + glyph->left + glyph->width,
                            baseline - glyph->top + glyph->height);
    if (!canvas_sees(canvas, box))
        return 0;
    for (int32_t row = 0; row < glyph->height; row++)
        canvas_tint(canvas, box.x, box.y + row,
                    glyph->coverage + row * glyph->width, glyph->width, colour);
    return (uint64_t)glyph->height * (1 + (uint64_t)glyph->width / 8);
}

/* Draws from the pen on, whose text begins at x. */
static void draw_on(Canvas *canvas, Pen *pen, int32_t x, int32_t baseline,
                    Colour colour, Work *work) {
    FontChar character;
    int64_t x64, end = (int64_t)canvas->now.clip.x + canvas->now.clip.width -
                       canvas->now.x;
    while (work_on(work) && take(pen, &character, &x64)) {
        int64_t quarters = x64 + 8; /* to the nearest quarter of a pixel */
        int64_t at = x + (quarters >> 6);
        if (at > end + 2 * FONTS_MAX_SIZE)
            continue; /* right of the clip; the width is still wanted */
        if (character.advance64 == 0 && character.glyph == 0)
            continue;
        const FontGlyph *glyph =
            fonts_glyph(pen->font, character, (uint32_t)(quarters >> 4) & 3);
        if (glyph)
            work->done += draw_glyph(canvas, glyph, at, baseline, colour);
    }
}

uint64_t typeset_draw_piece(Canvas *canvas, Font font, int32_t x,
                            int32_t baseline, const char *text,
                            size_t size_bytes, Colour colour, TypesetPen *pen,
                            uint64_t most) {
    Pen here = {font, text, size_bytes, *pen};
    Work work = work_of(most);
    draw_on(canvas, &here, x, baseline, colour, &work);
    *pen = here.at;
    return work_done(&work);
}

/* ---- Measuring ---- */

/* Whether the answer is known before the next character is taken, or with it.
 */
static bool is_answered(TypesetWanted wanted, int64_t value, const Pen *before,
                        const Pen *pen, int64_t *answer_out) {
    switch (wanted) {
    case TYPESET_WIDTH:
        return false;
    case TYPESET_X: /* inside this character, or before it */
        if (pen->at.offset <= (size_t)value)
            return false;
        *answer_out = rect_clamp((before->at.x64 + 32) >> 6);
        return true;
    case TYPESET_HIT:
        *answer_out = (int64_t)before->at.offset;
        return value * 64 < (before->at.x64 + pen->at.x64) / 2;
    case TYPESET_FIT:
        *answer_out = (int64_t)before->at.offset;
        return pen->at.x64 > value * 64;
    }
    return false;
}

uint64_t typeset_piece(Font font, const char *text, size_t size_bytes,
                       TypesetWanted wanted, int64_t value, TypesetPen *at,
                       uint64_t most, int64_t *answer_out) {
    Pen pen = {font, text, size_bytes, *at};
    Work work = work_of(most);
    FontChar character;
    int64_t x64;
    *answer_out = TYPESET_NOT_YET;
    while (work_on(&work)) {
        Pen before = pen;
        if (!take(&pen, &character, &x64)) {
            *answer_out = wanted == TYPESET_WIDTH ? whole(pen.at.x64)
                          : wanted == TYPESET_X
                              ? rect_clamp((pen.at.x64 + 32) >> 6)
                              : (int64_t)size_bytes;
            break;
        }
        if (is_answered(wanted, value, &before, &pen, answer_out))
            break;
        *answer_out = TYPESET_NOT_YET;
    }
    *at = pen.at;
    return work_done(&work);
}

int32_t typeset_width(Font font, const char *text, size_t size_bytes) {
    TypesetPen pen = {0};
    int64_t answer;
    typeset_piece(font, text, size_bytes, TYPESET_WIDTH, 0, &pen, UINT64_MAX,
                  &answer);
    return (int32_t)answer;
}

/* As much as fits, and where its end is, into `fitting`; what is cut
 * leaves room for "…". */
static bool fit_piece(Pen *pen, int32_t width, TypesetPen *fitting,
                      Work *work) {
    FontChar character;
    int64_t x64, room = (int64_t)width * 64;
    int64_t less =
        room - 64 * (int64_t)typeset_width(pen->font, ELLIPSIS, ELLIPSIS_BYTES);
    while (work_on(work)) {
        if (!take(pen, &character, &x64)) {
            *fitting = pen->at;
            fitting->offset = pen->size_bytes;
            return true;
        }
        if (pen->at.x64 > room)
            return true;
        if (pen->at.x64 <= less)
            *fitting = pen->at;
    }
    return false;
}

size_t typeset_break(Font font, const char *text, size_t size_bytes,
                     int32_t width, size_t *shown_out) {
    Pen pen = pen_at_start(font, text, size_bytes);
    FontChar character;
    int64_t x64, room = (int64_t)width * 64;
    size_t word = 0, shown = 0; /* where the next line could begin, and why */
    while (pen.at.offset < size_bytes) {
        size_t start = pen.at.offset;
        char c = text[start];
        if (c == '\n') {
            *shown_out = start;
            return start + 1;
        }
        take(&pen, &character, &x64);
        if (c == ' ') {
            shown = word > 0 && word == start ? shown : start;
            word = pen.at.offset;
        } else if (pen.at.x64 > room && start > 0) {
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

/* Where the line begins, of this width. */
static int32_t label_start(Rect rect, TypesetAlign align, int32_t width) {
    if (align == TYPESET_MIDDLE)
        return rect.x + (rect.width - width) / 2;
    return align == TYPESET_END ? rect.x + rect.width - width : rect.x;
}

/* Its text fits as far as label->fitting says: it is drawn from there on. */
static void label_fits(Font font, Rect rect, TypesetAlign align,
                       size_t size_bytes, TypesetLabel *label) {
    bool cut = label->fitting.offset < size_bytes;
    int32_t dots = cut ? typeset_width(font, ELLIPSIS, ELLIPSIS_BYTES) : 0;
    label->state = cut && rect.width < dots ? TYPESET_DONE : TYPESET_DRAWS;
    label->cut = cut;
    label->pen = (TypesetPen){0};
    label->x = label_start(rect, align, whole(label->fitting.x64) + dots);
}

uint64_t typeset_label_piece(Canvas *canvas, Font font, Rect rect,
                             TypesetAlign align, const char *text,
                             size_t size_bytes, Colour colour,
                             TypesetLabel *label, uint64_t most) {
    int32_t baseline = typeset_baseline(font, rect.y, rect.height);
    Pen pen = {font, text, size_bytes, label->pen};
    Work work = work_of(most);
    if (!canvas_sees(canvas, rect_inset(rect, -2 * FONTS_MAX_SIZE)))
        label->state = TYPESET_DONE;
    if (label->state == TYPESET_FITS) {
        bool fits = fit_piece(&pen, rect.width, &label->fitting, &work);
        label->pen = pen.at;
        if (fits)
            label_fits(font, rect, align, size_bytes, label);
    }
    if (label->state != TYPESET_DRAWS)
        return work_done(&work);
    size_t fits = label->fitting.offset; /* the text may have changed */
    pen = (Pen){font, text, fits < size_bytes ? fits : size_bytes, label->pen};
    draw_on(canvas, &pen, label->x, baseline, colour, &work);
    label->pen = pen.at;
    if (pen.at.offset < pen.size_bytes)
        return work_done(&work);
    int32_t end = rect_clamp((int64_t)label->x + whole(label->pen.x64));
    if (label->cut)
        typeset_draw(canvas, font, end, baseline, ELLIPSIS, ELLIPSIS_BYTES,
                     colour);
    label->state = TYPESET_DONE;
    return work_done(&work);
}

void typeset_label(Canvas *canvas, Font font, Rect rect, TypesetAlign align,
                   const char *text, size_t size_bytes, Colour colour) {
    TypesetLabel label = {0};
    typeset_label_piece(canvas, font, rect, align, text, size_bytes, colour,
                        &label, UINT64_MAX);
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
