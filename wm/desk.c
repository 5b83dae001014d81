/* The desk's words and the clipboard's slots. */
#include "wm/desk.h"

#include "vm/heap/heap.h"
#include "vm/heap/trust.h"

enum { WORDS, CLIPBOARD, COMING, REFERENCES }; /* of the desk's array */

/* An array of words in the system domain, or NULL. */
static Array *desk(void) {
    Array *seat = desk_references();
    return seat ? (Array *)seat->at.references[WORDS] : NULL;
}

static uint64_t *desk_words(void) {
    return desk()->at.words;
}

Array *desk_references(void) {
    return (Array *)(void *)ROOT->domains[0]->seat;
}

Status desk_make(void) {
    Status status;
    Domain *system = ROOT->domains[0];
    Array *both =
        heap_new_array(system, CLASS_ObjectArray, REFERENCES, &status);
    Array *words =
        both ? heap_new_array(system, CLASS_IntArray, DESK_WORDS, &status)
             : NULL;
    if (!words)
        return status;
    HEAP_SET(both->at.references[WORDS], words);
    status = heap_write(&system->seat, sizeof system->seat);
    if (status == STATUS_OK)
        HEAP_SET(system->seat, both);
    return status;
}

bool desk_read(WmDesk *desk_out) {
    const uint64_t *words = desk_exists() ? desk_words() : NULL;
    if (!words || !words[DESK_POINTED])
        return false;
    *desk_out = (WmDesk){.x = (int32_t)words[DESK_X],
                         .y = (int32_t)words[DESK_Y],
                         .launcher_open = words[DESK_LAUNCHER] != 0,
                         .dark = words[DESK_DARK] != 0};
    return true;
}

static bool desk_is_kept(const WmDesk *now) {
    WmDesk old;
    return desk_read(&old) && old.x == now->x && old.y == now->y &&
           old.launcher_open == now->launcher_open && old.dark == now->dark;
}

void desk_keep(void) {
    WmDesk now = wm_desk();
    Array *words = desk();
    if (desk_is_kept(&now) ||
        heap_write(words, heap_object_bytes(&words->head)) != STATUS_OK)
        return;
    desk_words()[DESK_X] = (uint64_t)now.x;
    desk_words()[DESK_Y] = (uint64_t)now.y;
    desk_words()[DESK_LAUNCHER] = now.launcher_open;
    desk_words()[DESK_DARK] = now.dark;
    desk_words()[DESK_POINTED] = 1;
}

static bool is_text(const Domain *system, const String *text) {
    return !text || trust_is_array(system, text, CLASS_String);
}

bool desk_exists(void) {
    const Domain *system = ROOT->domains[0];
    const Array *all = desk_references();
    if (!all || !trust_is_array(system, all, CLASS_ObjectArray) ||
        all->length < REFERENCES)
        return false;
    const Array *words = (const Array *)all->at.references[WORDS];
    return trust_is_array(system, words, CLASS_IntArray) &&
           words->length >= DESK_WORDS && is_text(system, *desk_clipboard()) &&
           is_text(system, *desk_coming());
}

Status desk_announce(void) {
    Array *words = desk();
    return heap_write(words, heap_object_bytes(&words->head));
}

uint64_t *desk_word(uint32_t place) {
    return &desk_words()[place];
}

int64_t desk_next_window(void) {
    return (int64_t)++desk_words()[DESK_WINDOWS];
}

static String **text_at(uint32_t place) {
    return (String **)(void *)(desk_references()->at.references + place);
}

String **desk_clipboard(void) {
    return text_at(CLIPBOARD);
}

String **desk_coming(void) {
    return text_at(COMING);
}
