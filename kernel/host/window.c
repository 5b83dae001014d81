/* The window of the hosted machine, by SDL2. */
#include "kernel/host/host.h"

#include <SDL.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/base/keymap.h"

static SDL_Window *window;
static SDL_Renderer *renderer;
static SDL_Texture *texture;

static _Noreturn void give_up(const char *what) {
    fprintf(stderr, "revenant: %s: %s; try --headless\n", what, SDL_GetError());
    exit(EXIT_FAILURE);
}

void host_window_open(uint32_t width, uint32_t height) {
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    if (SDL_Init(SDL_INIT_VIDEO) != 0)
        give_up("SDL");
    window =
        SDL_CreateWindow("Revenant", SDL_WINDOWPOS_UNDEFINED,
                         SDL_WINDOWPOS_UNDEFINED, (int)width, (int)height, 0);
    if (!window)
        give_up("window");
    renderer = SDL_CreateRenderer(window, -1, 0);
    texture = renderer ? SDL_CreateTexture(renderer, SDL_PIXELFORMAT_RGB888,
                                           SDL_TEXTUREACCESS_STREAMING,
                                           (int)width, (int)height)
                       : NULL;
    if (!texture)
        give_up("window contents");
    SDL_ShowCursor(SDL_DISABLE);
    SDL_StartTextInput();
}

void host_window_close(void) {
    if (window)
        SDL_Quit();
}

void host_window_show(const uint32_t *pixels, size_t stride,
                      const ScreenRect *rects, size_t count) {
    for (size_t i = 0; i < count; i++) {
        SDL_Rect part = {rects[i].x, rects[i].y, rects[i].width,
                         rects[i].height};
        SDL_UpdateTexture(texture, &part,
                          pixels + (size_t)part.y * stride + part.x,
                          (int)(stride * sizeof *pixels));
    }
    SDL_RenderCopy(renderer, texture, NULL, NULL);
    SDL_RenderPresent(renderer);
}

static uint16_t modifiers(void) {
    SDL_Keymod state = SDL_GetModState();
    uint16_t bits = 0;
    bits |= state & KMOD_SHIFT ? INPUT_SHIFT : 0;
    bits |= state & KMOD_CTRL ? INPUT_CTRL : 0;
    bits |= state & KMOD_ALT ? INPUT_ALT : 0;
    bits |= state & KMOD_GUI ? INPUT_META : 0;
    bits |= state & KMOD_CAPS ? INPUT_CAPS : 0;
    return bits;
}

/* The code point at *at, which moves behind it; 0 at the end. SDL's text is
 * valid UTF-8. */
static uint32_t next_code_point(const char **at) {
    const unsigned char *byte = (const unsigned char *)*at;
    uint32_t first = byte[0];
    int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    uint32_t value = more ? first & (0x3Fu >> more) : first;
    for (int i = 1; i <= more; i++)
        value = value << 6 | (byte[i] & 0x3Fu);
    *at += 1 + more;
    return value;
}

static void put_text(const char *text) {
    while (*text)
        host_input_put((InputEvent){.kind = INPUT_KEY,
                                    .down = true,
                                    .modifiers = modifiers(),
                                    .text = next_code_point(&text)});
}

/* SDL's scan codes are USB HID usages (SDL_scancode.h). What the pad types
 * comes as text. */
static void put_key(const SDL_KeyboardEvent *key) {
    static KeymapPad pad;
    uint16_t usage =
        keymap_pad(&pad, (uint16_t)key->keysym.scancode,
                   key->type == SDL_KEYDOWN, SDL_GetModState() & KMOD_NUM);
    if (usage == 0)
        return;
    host_input_put((InputEvent){.kind = INPUT_KEY,
                                .usage = usage,
                                .down = key->type == SDL_KEYDOWN,
                                .repeat = key->repeat != 0,
                                .modifiers = modifiers()});
}

static void put_button(const SDL_MouseButtonEvent *button) {
    static const uint16_t usages[] = {0, 1, 3, 2}; /* SDL: 2 middle, 3 right */
    if (button->button < 1 || button->button > 3)
        return;
    host_input_put((InputEvent){.kind = INPUT_BUTTON,
                                .usage = usages[button->button],
                                .down = button->type == SDL_MOUSEBUTTONDOWN,
                                .modifiers = modifiers(),
                                .x = button->x,
                                .y = button->y});
}

static void put_wheel(const SDL_MouseWheelEvent *wheel) {
    int x, y;
    SDL_GetMouseState(&x, &y);
    host_input_put(
        (InputEvent){.kind = INPUT_WHEEL, .wheel = wheel->y, .x = x, .y = y});
}

static void put(const SDL_Event *event) {
    switch (event->type) {
    case SDL_QUIT:
        host_input_put((InputEvent){.kind = INPUT_CLOSE});
        break;
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        put_key(&event->key);
        break;
    case SDL_TEXTINPUT:
        put_text(event->text.text);
        break;
    case SDL_MOUSEMOTION:
        host_input_put((InputEvent){.kind = INPUT_POINTER,
                                    .modifiers = modifiers(),
                                    .x = event->motion.x,
                                    .y = event->motion.y});
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        put_button(&event->button);
        break;
    case SDL_MOUSEWHEEL:
        put_wheel(&event->wheel);
        break;
    default:
        break;
    }
}

void host_window_pump(int timeout) {
    SDL_Event event;
    if (timeout != 0 && SDL_WaitEventTimeout(&event, timeout))
        put(&event);
    while (SDL_PollEvent(&event))
        put(&event);
}
