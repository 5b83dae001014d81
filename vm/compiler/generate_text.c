/* Strings with values inside, and `+` on strings. */
#include "vm/compiler/call.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"

static Erased string_type(Generator *g) {
    return (Erased){MODULE_CLASS, g->world->classes.string};
}

static Value formatted(Generator *g, Node *node) {
    TypeKind kind = type_kind(node->type);
    Value both[2];
    const char *name = kind == TYPE_INT      ? "formatInt"
                       : kind == TYPE_DOUBLE ? "formatDouble"
                                             : "formatted";
    Erased object = {MODULE_CLASS, g->world->classes.object};
    bool direct = kind == TYPE_INT || kind == TYPE_DOUBLE;
    both[0] = direct ? generate(g, node, value_none)
                     : generate_erased(g, node, object, value_none);
    both[1] = value_text(g, node->label, value_none);
    return call_of_core(g, name, both, 2, value_none);
}

/* The value as a String. */
static Value as_text(Generator *g, Node *node) {
    World *world = g->world;
    Erased object = {MODULE_CLASS, world->classes.object};
    Value value;
    if (node->label && node->in_parens)
        return formatted(g, node);
    if (type_is_class(node->type, world->classes.string))
        return generate(g, node, value_none);
    TypeKind kind = type_kind(node->type);
    if (kind == TYPE_INT || kind == TYPE_DOUBLE || kind == TYPE_CHAR) {
        value = generate(g, node, value_none);
        return call_of_core(g,
                            kind == TYPE_INT      ? "intText"
                            : kind == TYPE_DOUBLE ? "doubleText"
                                                  : "charText",
                            &value, 1, value_none);
    }
    value = generate_erased(g, node, object, value_none);
    return call_of_core(g, "textOf", &value, 1, value_none);
}

static void keep_all(Generator *g, Value *parts, size_t count, Node *next) {
    for (size_t i = 0; i < count; i++)
        parts[i] = value_keep(g, parts[i], next);
}

/* Joins up to four texts by one call; the result stands first. */
static size_t join(Generator *g, Value *parts, size_t count, Value hint) {
    static const char *const names[] = {"join2", "join3", "join4"};
    if (count > 1)
        parts[0] = call_of_core(g, names[count - 2], parts, count, hint);
    return 1;
}

Value generate_text_node(Generator *g, Node *node, Value hint) {
    Value parts[4];
    size_t count = 0;
    for (Node *n = node->items; n; n = NEXT(n)) {
        if (count == 4)
            count = join(g, parts, 4, value_none);
        keep_all(g, parts, count, n);
        parts[count++] = as_text(g, n);
    }
    if (count == 0)
        return value_text(g, name_of(&g->compile->names, ""), hint);
    join(g, parts, count, hint);
    return value_convert(g, parts[0], string_type(g), hint);
}

static size_t add_operand(Generator *g, Node *node, Value *parts, size_t count);

/* The operands of a chain of `+`, left to right. */
static size_t add_operands(Generator *g, Node *left, Node *right, Value *parts,
                           size_t count) {
    count = add_operand(g, left, parts, count);
    if (count == 4)
        count = join(g, parts, 4, value_none);
    keep_all(g, parts, count, right);
    parts[count++] = as_text(g, right);
    return count;
}

static size_t add_operand(Generator *g, Node *node, Value *parts,
                          size_t count) {
    if (node->kind == NODE_BINARY &&
        node->operator== TOKEN_PLUS && node->reference == REFERENCE_NONE &&
        type_is_class(node->type, g->world->classes.string))
        return add_operands(g, node->left, node->right, parts, count);
    parts[count++] = as_text(g, node);
    return count;
}

Value generate_join(Generator *g, Node *left, Node *right, Value hint) {
    Value parts[4];
    size_t count = add_operands(g, left, right, parts, 0);
    join(g, parts, count, hint);
    return parts[0];
}
