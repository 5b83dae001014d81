/* List, set, array and map literals. */
#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"
#include "vm/compiler/variable.h"

static Opcode array_put(ModuleKind kind) {
    switch ((int)kind) {
    case MODULE_OBJECT_ARRAY:
        return OP_array_put_ref;
    case MODULE_CHAR_ARRAY:
        return OP_array_put_char;
    case MODULE_BYTE_ARRAY:
    case MODULE_BOOL_ARRAY:
        return OP_array_put_byte;
    default:
        return OP_array_put_word;
    }
}

void generate_array_put(Generator *g, Value array, Value index, Value item) {
    code_emit(g, array_put(array.type.kind), array.number, index.number,
              item.number);
}

static size_t count_items(const Node *items) {
    size_t count = 0;
    for (; items; items = NEXT(items))
        count++;
    return count;
}

static Value filled_array(Generator *g, Node *items, Erased type, Erased item,
                          size_t least) {
    size_t count = count_items(items);
    Value index =
        value_int(g, (int64_t)(count > least ? count : least), value_none);
    Value array = value_new(g, type);
    int64_t at = 0;
    code_emit(g, OP_new_array, array.number, index.number,
              erase_number(g->world, g->writer, type));
    for (Node *n = items; n; n = NEXT(n), at++) {
        Value value = generate_erased(g, n, item, value_none);
        value_set_int(g, index, at);
        generate_array_put(g, array, index, value);
        value_release(g, value);
    }
    value_release(g, index);
    return array;
}

/* A list is its array and its size; its constructor would make another array.
 * Both are written right behind `new`: the verifier wants it so. */
static Value list(Generator *g, Node *node) {
    World *world = g->world;
    Class *class = world->classes.list;
    Erased object = {MODULE_CLASS, world->classes.object};
    Value array = filled_array(g, node->items,
                               (Erased){MODULE_OBJECT_ARRAY, NULL}, object, 4);
    Value size = value_int(g, (int64_t)count_items(node->items), value_none);
    Value made = value_new(g, (Erased){MODULE_CLASS, class});
    code_emit(g, OP_new, made.number, erase_class(g->writer, class), 0);
    variable_store_field(g, variable_core_field(g, class, "items"), made,
                         array);
    value_release(g, array);
    variable_store_field(g, variable_core_field(g, class, "size"), made, size);
    value_release(g, size);
    return made;
}

static Value new_object(Generator *g, Class *class) {
    Value made = value_new(g, (Erased){MODULE_CLASS, class});
    code_emit(g, OP_new, made.number, erase_class(g->writer, class), 0);
    call_function(g, class->init, value_borrowed(made), NULL, 0, true,
                  value_none);
    return made;
}

Value generate_list(Generator *g, Node *node, Value hint) {
    World *world = g->world;
    Type *type = type_of_unknown(node->type);
    (void)hint;
    if (type->class == world->classes.list)
        return list(g, node);
    if (type->class == world->classes.array)
        return filled_array(g, node->items, erase_type(world, type),
                            erase_type(world, type->arguments[0]), 0);
    Value set = new_object(g, world->classes.set);
    Function *add = call_member_of(g, world->classes.set, "add");
    for (Node *n = node->items; n; n = NEXT(n))
        value_release(g, call_method(g, add, value_borrowed(set), &n, 1,
                                     world->scalars[TYPE_BOOL], value_none));
    return set;
}

Value generate_map(Generator *g, Node *node, Value hint) {
    World *world = g->world;
    Value map = new_object(g, world->classes.map);
    Function *set = call_member_of(g, world->classes.map, "set");
    (void)hint;
    for (Node *n = node->items; n && n->next; n = n->next->next) {
        Node *both[2] = {n, n->next};
        call_method(g, set, value_borrowed(map), both, 2, world->void_type,
                    value_none);
    }
    return map;
}
