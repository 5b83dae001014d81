/* try: handlers by tables; `finally` is laid down at each way out. */
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"
#include "vm/compiler/variable.h"

static uint32_t here(const Generator *g) {
    return (uint32_t)g->words.count;
}

static void close_range(Generator *g, Try *guarded) {
    if (here(g) == guarded->open)
        return;
    Guarded *range = ARENA_NEW(&g->compile->arena, Guarded);
    *range = (Guarded){guarded->open, here(g), guarded->ranges};
    guarded->ranges = range;
}

static void add_handlers(Generator *g, const Try *guarded, uint32_t at,
                         Value exception, uint16_t type) {
    for (const Guarded *r = guarded->ranges; r; r = NEXT(r))
        *ARENA_PUSH(&g->compile->arena, &g->handlers) =
            (Handler){r->from, r->to, at, exception.number, type};
}

/* Lays down the `finally` blocks from the innermost try out to `until`, which
 * is not left. They are not covered by the handlers that they leave. */
void generate_leave(Generator *g, Try *until) {
    Try *inner = g->tries;
    for (Try *t = inner; t != until && !g->ended; t = t->outer, work_add(1)) {
        if (!t->finally)
            continue;
        for (Try *u = inner; u != t->outer; u = u->outer, work_add(1))
            close_range(g, u);
        g->tries = t->outer;
        generate_block(g, t->finally, value_none);
        g->tries = inner;
        for (Try *u = inner; u != t->outer; u = u->outer, work_add(1))
            u->open = here(g);
    }
}

static Value exception_register(Generator *g, Class *class) {
    return value_new(g, (Erased){MODULE_CLASS, class});
}

static void begin_handler(Generator *g) {
    g->ended = false;
}

static void catch_arm(Generator *g, CatchArm *arm, const Try *guarded,
                      Label *end) {
    Class *class = type_class(g->world, arm->variable->type);
    if (!class)
        class = g->world->classes.exception;
    Value exception = exception_register(g, class);
    add_handlers(g, guarded, here(g), exception, erase_class(g->writer, class));
    begin_handler(g);
    code_at(g, arm->body);
    variable_declare(g, arm->variable, exception);
    generate_block(g, arm->body, value_none);
    variable_forget(g, arm->variable);
    code_jump(g, end);
}

/* Whatever is thrown in the body or a catch: `finally`, then throw again. */
static void finally_handler(Generator *g, Node *finally, const Try *guarded) {
    Class *class = g->world->classes.exception;
    Value exception = exception_register(g, class);
    if (guarded->ranges) {
        add_handlers(g, guarded, here(g), exception, 0);
        begin_handler(g);
        generate_block(g, finally, value_none);
        code_emit(g, OP_throw, exception.number, 0, 0);
    }
    value_release(g, exception);
}

static void guarded_body(Generator *g, Node *node, Label *end) {
    Try inner = {.outer = g->tries, .open = here(g)};
    g->tries = &inner;
    generate_block(g, node->left, value_none);
    close_range(g, &inner);
    g->tries = inner.outer;
    code_jump(g, end);
    for (CatchArm *arm = node->catches; arm && inner.ranges; arm = NEXT(arm))
        catch_arm(g, arm, &inner, end);
}

void generate_try(Generator *g, Node *node) {
    Label *end = code_label(g), *after = code_label(g);
    if (!node->third) {
        guarded_body(g, node, end);
        code_bind(g, end);
        return;
    }
    Try outer = {.outer = g->tries, .finally = node->third, .open = here(g)};
    g->tries = &outer;
    if (node->catches)
        guarded_body(g, node, end);
    else
        generate_block(g, node->left, value_none);
    code_bind(g, end);
    close_range(g, &outer);
    g->tries = outer.outer;
    generate_block(g, node->third, value_none);
    code_jump(g, after);
    finally_handler(g, node->third, &outer);
    code_bind(g, after);
}
