/* The kinds: each changes one thing, chosen by the seed. */
#include "tests/forge/kinds.h"

#include "tests/forge/world.h"
#include "tests/test.h"
#include "vm/code/module.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "wm/surface.h"
#include "wm/window_object.h"

static uint64_t below(uint64_t *state, uint64_t count) {
    return count ? test_random(state) % count : 0;
}

/* ---- Values ---- */

static uint64_t any_object(uint64_t *state) {
    WorldObjects all = world_objects();
    return all.at[below(state, all.count)];
}

static uint64_t app_object(uint64_t *state) {
    return world_objects().at[below(state, world_app_objects())];
}

/* In place of a reference: null, another object, none, nowhere. */
static uint64_t forged_reference(uint64_t *state, uint64_t before) {
    switch (below(state, 12)) {
    case 0:
        return 0;
    case 1:
    case 2:
        return any_object(state);
    case 3:
    case 4:
        return app_object(state);
    case 5:
        return any_object(state) + 16;
    case 6:
        return any_object(state) + 1 + below(state, 15);
    case 7:
        return MEMORY_ROOT + below(state, 1 << 20) * 8;
    case 8:
        return MEMORY_ROOT + ROOT->next_region * MEMORY_REGION_BYTES +
               below(state, 1 << 20) * 16;
    case 9:
        return before ^ 1ull << below(state, 64);
    case 10:
        return below(state, 1 << 16);
    default:
        return test_random(state);
    }
}

/* In place of a number. */
static uint64_t forged_number(uint64_t *state, uint64_t before) {
    switch (below(state, 10)) {
    case 0:
        return 0;
    case 1:
        return before + 1;
    case 2:
        return before - 1;
    case 3:
        return before * 2;
    case 4:
        return below(state, 1000);
    case 5:
        return UINT64_MAX - below(state, 16);
    case 6:
        return before ^ 1ull << below(state, 64);
    case 7:
        return 1ull << below(state, 64);
    case 8:
        return any_object(state);
    default:
        return test_random(state);
    }
}

static bool put_reference(uint64_t *state, void *slot) {
    uint64_t before = *(uint64_t *)slot;
    uint64_t value = forged_reference(state, before);
    world_write(slot, value);
    return value != before;
}

static bool put_number(uint64_t *state, void *slot) {
    uint64_t before = *(uint64_t *)slot;
    uint64_t value = forged_number(state, before);
    world_write(slot, value);
    return value != before;
}

/* A word of `count` from `first` on. */
static bool put_word(uint64_t *state, void *first, uint64_t count) {
    uint64_t *word = (uint64_t *)first + below(state, count);
    return below(state, 2) ? put_reference(state, word)
                           : put_number(state, word);
}

/* Of a word of 64 bits, the part of `bits` from bit `from` on. */
static bool put_part(uint64_t *state, uint64_t *word, unsigned from,
                     unsigned bits) {
    uint64_t mask = ((1ull << bits) - 1) << from, before = *word;
    uint64_t value = forged_number(state, (before & mask) >> from);
    world_write(word, (before & ~mask) | (value << from & mask));
    return *word != before;
}

/* ---- Who ---- */

/* An app's; NULL never: the world has some. */
static Domain *some_app(uint64_t *state) {
    Domain *found = NULL;
    for (uint64_t at = 1 + below(state, 8); at > 0;)
        for (size_t i = 1; i < ROOT_DOMAINS_MAX && at > 0; i++)
            if (ROOT->domains[i] && at-- > 0)
                found = ROOT->domains[i];
    return found;
}

/* One of the first `count` objects with this class; NULL: there is none. */
static void *some_among(uint64_t *state, uint64_t count, uint32_t class_id) {
    WorldObjects all = world_objects();
    uint64_t from = below(state, count);
    for (uint64_t i = 0; i < count; i++) {
        Object *object = (Object *)all.at[(from + i) % count];
        if (object->class_id == class_id)
            return object;
    }
    return NULL;
}

static void *some_of(uint64_t *state, uint32_t class_id) {
    return some_among(state, world_app_objects(), class_id);
}

/* The table of an app with windows; NULL: chance found none. */
static Array *some_windows(uint64_t *state) {
    for (int i = 0; i < 20; i++) {
        Array *table = (Array *)(void *)some_app(state)->seat;
        if (table)
            return table;
    }
    return NULL;
}

static WindowObject *some_window(uint64_t *state) {
    const Array *table = some_windows(state);
    uint64_t from = table ? below(state, table->length) : 0;
    for (uint64_t i = 0; table && i < table->length; i++) {
        Object *at = table->at.references[(from + i) % table->length];
        if (at)
            return (WindowObject *)(void *)at;
    }
    return NULL;
}

/* One that has not ended. */
static Thread *some_thread(uint64_t *state) {
    for (int i = 0; i < 50; i++) {
        Thread *thread = some_of(state, CLASS_Thread);
        if (thread && thread->stack)
            return thread;
    }
    return NULL;
}

/* ---- The root ---- */

static bool forge_root(uint64_t *state) {
    return put_word(state, ROOT, offsetof(SystemRoot, ending) / 8);
}

static bool forge_root_numbers(uint64_t *state) {
    uint64_t *const numbers[] = {
        &ROOT->boot,        &ROOT->next_class,     &ROOT->next_domain,
        &ROOT->next_region, &ROOT->next_gate,      &ROOT->next_module,
        &ROOT->commits,     &ROOT->next_selector,  &ROOT->birth,
        &ROOT->next_turn,   &ROOT->experienced_ns, &ROOT->string_count,
        &ROOT->random,      &ROOT->ended};
    return put_number(
        state, numbers[below(state, sizeof numbers / sizeof numbers[0])]);
}

static bool forge_root_tables(uint64_t *state) {
    Array *tables[] = {ROOT->classes, ROOT->strings, ROOT->selectors,
                       ROOT->selector_numbers, ROOT->modules};
    Array *table = tables[below(state, sizeof tables / sizeof tables[0])];
    if (below(state, 3) == 0)
        return put_number(state, &table->length);
    if (table == ROOT->classes && below(state, 2))
        table = (Array *)table->at.references[0];
    uint64_t place = below(state, table->length);
    for (uint64_t i = 0; i < table->length && !table->at.words[place]; i++)
        place = (place + 1) % table->length;
    return table == ROOT->selector_numbers
               ? put_number(state, &table->at.words[place])
               : put_reference(state, &table->at.words[place]);
}

static bool forge_ending(uint64_t *state) {
    return put_number(state, &ROOT->ending[below(state, ROOT_ENDING_MAX)]);
}

/* ---- Domains ---- */

static bool forge_domain_slot(uint64_t *state) {
    Domain *one = some_app(state), *other = some_app(state);
    size_t slot = below(state, 12);
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i] == one && below(state, 3))
            slot = i;
    if (below(state, 4) == 0) { /* two with one number */
        world_write(&one->number, other->number);
        return one != other;
    }
    return put_reference(state, &ROOT->domains[slot]);
}

static bool forge_domain(uint64_t *state) {
    return put_word(state, some_app(state), sizeof(Domain) / 8);
}

static bool forge_system_domain(uint64_t *state) {
    return put_word(state, ROOT->domains[0], sizeof(Domain) / 8);
}

/* ---- Threads ---- */

static bool forge_thread(uint64_t *state) {
    Thread *thread = some_thread(state);
    return thread && put_word(state, thread, sizeof(Thread) / 8);
}

/* Links, in circles or into another app. */
static bool forge_thread_links(uint64_t *state) {
    Thread *thread = some_thread(state), *other = some_thread(state);
    if (!thread || !other)
        return false;
    Thread **const links[] = {&thread->next,
                              &thread->before,
                              &thread->joiners,
                              &thread->domain->run_first,
                              &thread->domain->run_last,
                              &thread->domain->sleepers,
                              &thread->domain->waiters};
    Thread **link = links[below(state, sizeof links / sizeof links[0])];
    if (below(state, 3) == 0)
        return put_reference(state, link);
    Thread *value = below(state, 3) ? other : thread;
    bool differs = *link != value;
    world_write(link, (uintptr_t)value);
    return differs;
}

/* Two threads of one tree that have each other below them. */
static bool forge_trees(uint64_t *state) {
    Domain *domain = some_app(state);
    Thread *top = below(state, 2) ? domain->sleepers : domain->waiters;
    if (!top)
        return false;
    Thread *low = top->less && below(state, 2) ? top->less
                  : top->greater               ? top->greater
                                               : top;
    world_write(below(state, 2) ? &low->less : &low->greater, (uintptr_t)top);
    if (below(state, 3) == 0)
        put_number(state, &low->key);
    return true;
}

/* ---- Frames and stacks ---- */

static uint64_t *some_frame(uint64_t *state) {
    Thread *thread = some_thread(state);
    if (!thread)
        return NULL;
    uint64_t *frame = thread->stack->words + thread->frame;
    for (uint64_t up = below(state, 6); up > 0 && frame_caller(frame); up--)
        frame = frame_caller(frame);
    return frame;
}

static bool forge_frame(uint64_t *state) {
    uint64_t *frame = some_frame(state);
    if (!frame)
        return false;
    switch (below(state, 5)) {
    case 0:
        return put_reference(state, frame + FRAME_METHOD);
    case 1: {
        void *other = some_of(state, CLASS_Method);
        uint64_t before = frame[FRAME_METHOD];
        world_write(frame + FRAME_METHOD,
                    other ? (uintptr_t)other : (uintptr_t)ROOT->start);
        return frame[FRAME_METHOD] != before;
    }
    case 2: {
        uint64_t before = frame[FRAME_PC];
        world_write(frame + FRAME_PC, before + 8 * below(state, 64) -
                                          8 * below(state, 64) +
                                          (below(state, 4) ? 0 : 4));
        return frame[FRAME_PC] != before;
    }
    case 3:
        return put_number(state, frame + FRAME_PC);
    default:
        return put_part(state, frame + FRAME_LINK, below(state, 2) ? 16 : 0,
                        16);
    }
}

static bool forge_stack(uint64_t *state) {
    Thread *thread = some_thread(state);
    if (!thread)
        return false;
    if (below(state, 3) == 0)
        return put_number(state, &thread->frame);
    return below(state, 2) ? put_number(state, &thread->stack->length)
                           : put_word(state, thread->stack, 2);
}

/* ---- Regions ---- */

static bool forge_region(uint64_t *state) {
    uint32_t region = (uint32_t)below(state, ROOT->next_region);
    return put_word(state, region_header(region), sizeof(RegionHeader) / 8);
}

static bool forge_blocks(uint64_t *state) {
    uint64_t object = app_object(state);
    uint32_t region = region_of(object), block = region_block_of(object);
    switch (below(state, 4)) {
    case 0:
        return put_number(state, (uint64_t *)region_lines(region, block) +
                                     below(state, REGION_BLOCK_LINES / 2));
    case 1:
        world_write(region_start_word(object),
                    *region_start_word(object) ^ 1ull << below(state, 64));
        return true;
    default:
        block += (uint32_t)below(state, 4);
        return put_part(state, (uint64_t *)region_block(region, block),
                        below(state, 2) ? 0 : 32, below(state, 2) ? 8 : 32);
    }
}

/* ---- Objects ---- */

static bool forge_length(uint64_t *state) {
    for (int i = 0; i < 100; i++) {
        Array *array = (Array *)app_object(state);
        const Class *of = class_find_of(&array->head);
        if (of && heap_shape_has_length((Shape)of->shape))
            return put_number(state, &array->length);
    }
    return false;
}

static bool forge_class_id(uint64_t *state) {
    Object *object = (Object *)app_object(state);
    if (below(state, 2)) { /* of another object's class */
        const Object *other = (const Object *)any_object(state);
        bool differs = object->class_id != other->class_id;
        world_write(object, *(const uint64_t *)(const void *)other);
        return differs;
    }
    return put_part(state, (uint64_t *)(void *)object, 0, 32);
}

static bool forge_class_table(uint64_t *state) {
    Class *of = NULL;
    for (int i = 0; i < 100 && !of; i++)
        of = class_find(below(state, 4) ? 256 + (uint32_t)below(state, 400)
                                        : (uint32_t)below(state, 40));
    return of && put_word(state, of, sizeof(Class) / 8);
}

static bool forge_box(uint64_t *state) {
    Box *box = some_among(state, world_objects().count,
                          (uint32_t)(CLASS_Int + below(state, 5)));
    return box && put_word(state, box, 2);
}

static bool forge_field(uint64_t *state) {
    Object *object = (Object *)app_object(state);
    uint64_t words = heap_object_bytes(object) / 8;
    return words > 1 && put_word(state, object_word(object, 1), words - 1);
}

/* ---- Windows ---- */

static bool forge_window(uint64_t *state) {
    WindowObject *window = some_window(state);
    return window && put_word(state, window, sizeof *window / 8);
}

/* The app's that gets the keys. */
static WindowObject *window_in_front(void) {
    WindowObject *front = NULL;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[i];
        bool runs = domain && domain->state == DOMAIN_RUNNING;
        const Array *table = runs ? (Array *)(void *)domain->seat : NULL;
        for (uint64_t j = 0; table && j < table->length; j++) {
            void *at = table->at.references[j];
            if (at && (!front || ((WindowObject *)at)->focus > front->focus))
                front = at;
        }
    }
    return front;
}

/* Programs follow it, and nothing is there: five kinds of addresses, one for
 * each seed that is a number to 5. */
static bool forge_stray(uint64_t *state) {
    static const uint64_t nowhere[] = {0x18, 0x7ffffffff000,
                                       MEMORY_ROOT + (8ull << 40),
                                       1ull << 63 | 0x10, 0xffffdffffffff000};
    WindowObject *window = window_in_front();
    if (!window)
        return false;
    world_write(&window->root,
                nowhere[*state % (sizeof nowhere / sizeof nowhere[0])]);
    return true;
}

static bool forge_window_table(uint64_t *state) {
    Array *table = some_windows(state);
    if (!table)
        return false;
    Object **place = &table->at.references[below(state, table->length)];
    switch (below(state, 4)) {
    case 0:
        return put_number(state, &table->length);
    case 1: {
        Domain *domain = some_app(state);
        bool differs = domain->seat != &table->head;
        world_write(&domain->seat, (uintptr_t)table);
        return differs;
    }
    case 2: {
        const void *other = some_window(state), *before = *place;
        world_write(place, (uintptr_t)other);
        return before != other;
    }
    default:
        return put_reference(state, place);
    }
}

static bool forge_title(uint64_t *state) {
    WindowObject *window = some_window(state);
    if (!window || !window->title)
        return false;
    return below(state, 2) ? put_reference(state, &window->title)
                           : put_number(state, &window->title->length);
}

static bool forge_ring(uint64_t *state) {
    WindowObject *window = some_window(state);
    if (!window || !window->events)
        return false;
    switch (below(state, 4)) {
    case 0:
        return put_reference(state, &window->events);
    case 1:
        return put_number(state, &window->events->length);
    case 2:
        return put_number(state, &window->event_first);
    default:
        return put_number(state, &window->event_count);
    }
}

static bool forge_surface(uint64_t *state) {
    WindowObject *window = some_window(state);
    if (!window || !window->surface)
        return false;
    uint64_t page = ((uintptr_t)window->surface->at.words + 4095) & ~4095ull;
    switch (below(state, 4)) {
    case 0:
        return put_reference(state, &window->surface);
    case 1:
        return put_number(state, &window->surface->length);
    default:
        return put_part(state, (uint64_t *)page + below(state, 3),
                        below(state, 2) ? 0 : 32, 32);
    }
}

static bool forge_desk(uint64_t *state) {
    Domain *system = ROOT->domains[0];
    Array *desk = (Array *)(void *)system->seat;
    if (!desk)
        return false;
    switch (below(state, 4)) {
    case 0:
        return put_reference(state, &system->seat);
    case 1:
        return put_word(state, &desk->length, 3);
    default: {
        Array *words = (Array *)desk->at.references[0];
        return put_word(state, words, 2 + words->length);
    }
    }
}

/* ---- Tables of a domain ---- */

/* Its length, or one of its words. */
static bool put_table(uint64_t *state, Array *table) {
    if (!table)
        return false;
    if (below(state, 3) == 0)
        return put_number(state, &table->length);
    uint64_t place = below(state, table->length);
    for (uint64_t i = 0; i < table->length && !table->at.words[place]; i++)
        place = (place + 1) % table->length;
    return table->length > 0 && put_word(state, &table->at.words[place], 1);
}

static bool forge_restarts(uint64_t *state) {
    Domain *domain = some_app(state);
    if (below(state, 4) == 0)
        return put_number(state, below(state, 2) ? &domain->restarted_count
                                                 : &domain->restarted_place);
    return put_table(state, domain->restarted);
}

static bool forge_hashes(uint64_t *state) {
    Domain *domain = some_app(state);
    if (below(state, 4) == 0)
        return put_number(state, &domain->hash_count);
    if (domain->hashes && below(state, 4) == 0) { /* full of others */
        for (uint64_t i = 0; i < domain->hashes->length; i += 2)
            if (!domain->hashes->at.words[i])
                world_write(&domain->hashes->at.words[i], any_object(state));
        return true;
    }
    return put_table(state, domain->hashes);
}

static bool forge_environments(uint64_t *state) {
    return put_table(state, some_app(state)->environments);
}

static bool forge_own(uint64_t *state) {
    for (int i = 0; i < 50; i++) {
        Domain *domain = some_app(state);
        Array *const tables[] = {domain->own_classes, domain->own_modules,
                                 domain->own_selectors};
        Array *table = tables[below(state, 3)];
        if (table)
            return put_table(state, table);
    }
    return false;
}

static bool forge_gates(uint64_t *state) {
    Domain *domain = some_app(state);
    if (below(state, 3) == 0 || !domain->gate_targets)
        return put_number(state, &domain->gate_count);
    return put_table(state, below(state, 2) ? domain->gate_targets
                                            : domain->gate_numbers);
}

/* ---- What an app may ---- */

static bool forge_rights(uint64_t *state) {
    static const size_t at[] = {
        offsetof(Domain, rights),        offsetof(Domain, lasting),
        offsetof(Domain, asked),         offsetof(Domain, line),
        offsetof(Domain, pastes),        offsetof(Domain, paste_of),
        offsetof(Domain, limit_bytes),   offsetof(Domain, used_bytes),
        offsetof(Domain, since_bytes),   offsetof(Domain, collect_at_bytes),
        offsetof(Domain, debt),          offsetof(Domain, thread_count),
        offsetof(Domain, sleeper_count), offsetof(Domain, code_bytes)};
    Domain *domain = some_app(state);
    if (below(state, 3) == 0)
        return put_number(state, &domain->limits[below(state, DOMAIN_LIMITS)]);
    size_t place = at[below(state, sizeof at / sizeof at[0])] / 8;
    return put_number(state, (uint64_t *)(void *)domain + place);
}

/* ---- Linked code ---- */

/* A method that is run. */
static const Method *some_method(uint64_t *state) {
    uint64_t *frame = below(state, 2) ? some_frame(state) : NULL;
    const Method *method =
        frame ? frame_method(frame)
              : some_among(state, world_objects().count, CLASS_Method);
    return method && method->code && method->code->length ? method : NULL;
}

/* The next thing that it does is none, or a division that the verifier lets not
 * through. Other operands are trusted (docs/trust.md). */
static bool forge_code(uint64_t *state) {
    const Method *method = some_method(state);
    if (!method)
        return false;
    uint64_t place = below(state, 2) ? 0 : below(state, method->code->length);
    uint64_t *word = &method->code->at.words[place];
    uint64_t code = below(state, 2) ? OP_div_imm : OP_rem_imm;
    uint64_t divisor = below(state, 2) ? 0 : UINT16_MAX;
    if (below(state, 3) == 0)
        world_write(word, (OP_ALL + below(state, UINT8_MAX + 1 - OP_ALL)) |
                              (*word & ~0xFFFFull));
    else
        world_write(word, code | (*word & 0xFFFFFFFF0000) | divisor << 48);
    return true;
}

const Kind kinds[] = {
    {"root", forge_root, false},
    {"root's numbers", forge_root_numbers, false},
    {"root's tables", forge_root_tables, false},
    {"regions that are given back", forge_ending, false},
    {"places of domains", forge_domain_slot, false},
    {"domain", forge_domain, true},
    {"system's domain", forge_system_domain, false},
    {"thread", forge_thread, true},
    {"links of threads", forge_thread_links, true},
    {"trees of threads", forge_trees, true},
    {"frame", forge_frame, true},
    {"stack", forge_stack, true},
    {"region", forge_region, false},
    {"blocks", forge_blocks, true},
    {"length", forge_length, true},
    {"class id", forge_class_id, true},
    {"class", forge_class_table, false},
    {"box", forge_box, false},
    {"field", forge_field, true},
    {"window", forge_window, true},
    {"stray", forge_stray, true},
    {"table of windows", forge_window_table, true},
    {"title", forge_title, true},
    {"ring", forge_ring, true},
    {"surface", forge_surface, true},
    {"desk", forge_desk, false},
    {"restarts", forge_restarts, true},
    {"hashes", forge_hashes, true},
    {"environments", forge_environments, true},
    {"own tables", forge_own, true},
    {"gates", forge_gates, true},
    {"rights and limits", forge_rights, true},
    {"code", forge_code, false},
};
const size_t kind_count = sizeof kinds / sizeof kinds[0];
