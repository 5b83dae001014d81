/* for: over ranges, arrays and lists without an iterator. */
#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"
#include "vm/compiler/variable.h"

static const Erased int_type = {MODULE_INT, NULL};

static Erased object_type(Generator *g) {
    return (Erased){MODULE_CLASS, g->world->classes.object};
}

/* A register that the loop's body cannot change: its own, or a `let`'s. */
static Value steady(Generator *g, Node *node) {
    Value value = generate(g, node, value_none);
    bool fixed = node->kind == NODE_NAME &&
                 node->reference == REFERENCE_VARIABLE &&
                 !node->variable->is_reassigned;
    return fixed ? value : value_own(g, value);
}

static void declare_item(Generator *g, Node *node, Value item) {
    Variable *first = node->variables;
    if (!first->next) {
        variable_declare(
            g, first,
            value_convert(g, item, variable_type(g, first), value_none));
        return;
    }
    for (Variable *v = first; v; v = NEXT(v)) {
        if (!v->field)
            continue;
        Value object = value_convert(
            g, value_borrowed(item),
            (Erased){MODULE_CLASS, v->field->owner_class}, value_none);
        Value part = variable_load_field(g, v->field, object, value_none);
        value_release(g, object);
        variable_declare(
            g, v, value_convert(g, part, variable_type(g, v), value_none));
    }
    value_release(g, item);
}

static void forget_items(Generator *g, Node *node) {
    for (Variable *v = node->variables; v; v = NEXT(v))
        variable_forget(g, v);
}

static void body(Generator *g, Node *node, Label *again, Label *end) {
    Loop loop = {g->loop, again, end, g->tries};
    g->loop = &loop;
    generate_block(g, node->right, value_none);
    g->loop = loop.outer;
}

/* ---- Ranges ---- */

/* One instruction counts, tests and goes back. The loop's variable is the
 * counter itself unless a closure keeps it. */
static void count(Generator *g, Node *node, Value counter, Value end_value,
                  bool below) {
    Label *top = code_label(g), *again = code_label(g), *end = code_label(g);
    Variable *variable = node->variables;
    if (below)
        code_branch(g, OP_if_le, end_value.number, counter.number, end);
    else
        code_branch(g, OP_if_lt, end_value.number, counter.number, end);
    code_bind(g, top);
    variable->index = counter.number;
    body(g, node, again, end);
    code_bind(g, again);
    code_branch(g, below ? OP_loop_lt : OP_loop_up, counter.number,
                end_value.number, top);
    code_bind(g, end);
}

static void for_range(Generator *g, Node *node) {
    Node *range = node->left;
    bool below = range->operator== TOKEN_RANGE_BELOW;
    Value counter = value_own(g, generate(g, range->left, value_none));
    Value end = steady(g, range->right);
    count(g, node, counter, end, below);
    value_release(g, end);
    value_release(g, counter);
}

static void for_range_object(Generator *g, Node *node) {
    Class *class = g->world->classes.range;
    Value range = generate(g, node->left, value_none);
    Value counter = variable_load_field(
        g, variable_core_field(g, class, "start"), range, value_none);
    Value end = variable_load_field(g, variable_core_field(g, class, "end"),
                                    range, value_none);
    value_release(g, range);
    count(g, node, counter, end, false);
    value_release(g, end);
    value_release(g, counter);
}

/* ---- Arrays and lists ---- */

static void for_array(Generator *g, Node *node) {
    Label *top = code_label(g), *again = code_label(g), *end = code_label(g);
    Value array = steady(g, node->left);
    Value length = value_new(g, int_type);
    Value index = value_int(g, 0, value_none);
    code_emit(g, OP_array_length, length.number, array.number, 0);
    code_branch(g, OP_if_le, length.number, index.number, end);
    code_bind(g, top);
    declare_item(g, node,
                 generate_array_get(g, array, index,
                                    erase_type(g->world, node->aimed),
                                    value_none));
    body(g, node, again, end);
    forget_items(g, node);
    code_bind(g, again);
    code_branch(g, OP_loop_lt, index.number, length.number, top);
    code_bind(g, end);
    value_release(g, index);
    value_release(g, length);
    value_release(g, array);
}

/* By number, the size read anew at each turn: the list may change. */
static void for_list(Generator *g, Node *node) {
    Class *class = g->world->classes.list;
    Variable *size_field = variable_core_field(g, class, "size");
    Variable *items_field = variable_core_field(g, class, "items");
    Label *top = code_label(g), *again = code_label(g), *end = code_label(g);
    Value list = steady(g, node->left);
    Value index = value_int(g, 0, value_none);
    Value size = variable_load_field(g, size_field, list, value_none);
    code_branch(g, OP_if_le, size.number, index.number, end);
    code_bind(g, top);
    Value items = value_new(g, (Erased){MODULE_OBJECT_ARRAY, NULL});
    code_emit(g, OP_get_ref, items.number, list.number,
              variable_field_number(g, items_field));
    value_release(g, items);
    Value item = value_new(g, object_type(g));
    code_emit(g, OP_array_get_ref, item.number, items.number, index.number);
    declare_item(g, node, item);
    body(g, node, again, end);
    forget_items(g, node);
    code_bind(g, again);
    code_emit(g, OP_get, size.number, list.number,
              variable_field_number(g, size_field));
    code_branch(g, OP_loop_lt, index.number, size.number, top);
    code_bind(g, end);
    value_release(g, size);
    value_release(g, index);
    value_release(g, list);
}

/* ---- Iterators ---- */

static Function *iterator_method(Generator *g, Type *type, const char *name) {
    Class *class = type_class(g->world, type);
    Name wanted = name_of(&g->compile->names, name);
    for (Class *c = class; c; c = class_above(c))
        for (Function *f = c->functions; f; f = NEXT(f))
            if (f->name == wanted)
                return f;
    return call_member_of(g, g->world->classes.iterator, name);
}

static void for_iterator(Generator *g, Node *node) {
    Label *top = code_label(g), *again = code_label(g), *end = code_label(g);
    Value source = generate(g, node->left, value_none);
    Value iterator = value_own(
        g, value_convert(g,
                         call_function(g, node->function, source, NULL, 0,
                                       false, value_none),
                         erase_type(g->world, node->receiver), value_none));
    Function *has_next = iterator_method(g, node->receiver, "hasNext");
    Function *next = iterator_method(g, node->receiver, "next");
    bool unreachable = g->ended;
    code_jump(g, again);
    code_bind(g, top);
    g->ended = unreachable; /* the way back comes later */
    Value item = call_function(g, next, value_borrowed(iterator), NULL, 0,
                               false, value_none);
    declare_item(
        g, node,
        value_convert(g, item, erase_type(g->world, node->aimed), value_none));
    body(g, node, again, end);
    forget_items(g, node);
    code_bind(g, again);
    Value more = call_function(g, has_next, value_borrowed(iterator), NULL, 0,
                               false, value_none);
    code_branch(g, OP_if_true, more.number, 0, top);
    value_release(g, more);
    code_bind(g, end);
    value_release(g, iterator);
}

void generate_for(Generator *g, Node *node) {
    CoreClasses *classes = &g->world->classes;
    Type *type = node->left->type;
    Variable *variable = node->variables;
    bool own_counter = !variable->next;
    if (type_is_class(type, classes->range) && own_counter) {
        if (node->left->kind == NODE_RANGE)
            for_range(g, node);
        else
            for_range_object(g, node);
    } else if (type_is_class(type, classes->array)) {
        for_array(g, node);
    } else if (type_is_class(type, classes->list)) {
        for_list(g, node);
    } else {
        for_iterator(g, node);
    }
}
