/* Calls: receivers, arguments, defaults, constructors. */
#include "vm/compiler/call.h"

#include "kernel/base/bytes.h"
#include "vm/compiler/code.h"
#include "vm/compiler/method.h"
#include "vm/compiler/tree.h"
#include "vm/compiler/value.h"

/* ---- Natives that are instructions ---- */

typedef struct Intrinsic {
    const char *class; /* NULL: a function */
    const char *name;
    Opcode op;
} Intrinsic;

static const Intrinsic intrinsics[] = {
    {"Int", "toDouble", OP_int_to_double},
    {"Int", "toByte", OP_to_byte},
    {"Int", "toChar", OP_to_char},
    {"Double", "toInt", OP_double_to_int},
    {"Byte", "toInt", OP_widen},
    {"Char", "toInt", OP_widen},
    {"Math", "sqrt", OP_double_sqrt},
    {"Math", "abs", OP_double_abs},
    {NULL, "doubleBits", OP_double_bits},
    {NULL, "doubleOfBits", OP_bits_double},
};

static Opcode intrinsic_of(const Generator *g, const Function *function) {
    const Class *owner = function->owner;
    if (function->module != g->world->core || !function->is_native)
        return OP_invalid;
    for (size_t i = 0; i < sizeof intrinsics / sizeof *intrinsics; i++) {
        const Intrinsic *known = &intrinsics[i];
        bool same_owner =
            known->class ? owner && text_equal(owner->name->bytes, known->class)
                         : !owner;
        if (same_owner && text_equal(function->name->bytes, known->name))
            return known->op;
    }
    return OP_invalid;
}

bool call_is_intrinsic(const Generator *g, const Function *function) {
    return intrinsic_of(g, function) != OP_invalid;
}

/* ---- Calling ---- */

static Erased receiver_type(Generator *g, const Function *function) {
    Class *owner = function->owner;
    if (erase_is_scalar_class(g->world, owner))
        return erase_type(g->world, owner->type);
    if (owner->kind == CLASS_INTERFACE)
        owner = g->world->classes.object;
    return (Erased){MODULE_CLASS, owner};
}

static Opcode call_opcode(Generator *g, const Function *function, bool direct) {
    Class *owner = function->owner;
    if (direct || erase_is_free(g->world, function) ||
        function->kind == FUNCTION_INIT || owner->is_native)
        return OP_call;
    return owner->kind == CLASS_INTERFACE ? OP_call_interface : OP_call_virtual;
}

/* A default method of an interface, called past the object's own. */
static Function *dispatched(Generator *g, Function *function) {
    if (!function->owner || function->owner->kind != CLASS_INTERFACE)
        return function;
    return erase_root(g->world, function);
}

static Value finish(Generator *g, Function *function, const Value *all,
                    size_t count, bool direct, Value hint) {
    Signature signature;
    Opcode op = intrinsic_of(g, function);
    erase_signature(g->world, function, &signature);
    for (size_t i = 0; i < count; i++)
        value_release(g, all[i]);
    Value result = signature.result.kind == MODULE_NONE
                       ? value_none
                       : value_target(g, hint, signature.result);
    if (op != OP_invalid)
        code_emit(g, op, result.number, all[0].number, 0);
    else
        code_call(g, call_opcode(g, function, direct), result,
                  erase_method(g->world, g->writer, function), all, count);
    return result;
}

Value call_function(Generator *g, Function *function, Value receiver,
                    Value *arguments, size_t count, bool direct, Value hint) {
    Value all[MODULE_PARAMETERS_MAX + 1];
    size_t at = 0;
    function = dispatched(g, function);
    if (!function->is_static && function->owner)
        all[at++] =
            value_convert(g, receiver, receiver_type(g, function), value_none);
    if (count + at > MODULE_PARAMETERS_MAX) {
        g->writer->full = true;
        return value_none;
    }
    for (size_t i = 0; i < count; i++)
        all[at++] = arguments[i];
    return finish(g, function, all, at, direct, hint);
}

Function *call_member_of(Generator *g, Class *class, const char *name) {
    Name wanted = name_of(&g->compile->names, name);
    for (Function *f = class->functions; f; f = NEXT(f))
        if (f->name == wanted && f->kind != FUNCTION_SETTER)
            return f;
    g->writer->full = true;
    return class->functions;
}

Value call_of_core(Generator *g, const char *name, Value *arguments,
                   size_t count, Value hint) {
    Function *function = type_core_function(g->world, name);
    if (!function) {
        g->writer->full = true;
        return value_none;
    }
    return call_function(g, function, value_none, arguments, count, false,
                         hint);
}

/* ---- Defaults ---- */

/* A default that is not a literal: its own function, called with what stands
 * before it. */
static Value call_default(Generator *g, Function *function, Value receiver,
                          const Value *before, size_t index) {
    Signature signature = {.count = 0};
    Value all[MODULE_PARAMETERS_MAX];
    size_t count = 0;
    Variable *parameter = function->parameters;
    bool has_this = function->owner && !function->is_static &&
                    function->kind != FUNCTION_INIT;
    if (has_this) {
        all[count] = value_convert(g, value_borrowed(receiver),
                                   receiver_type(g, function), value_none);
        signature.parameters[count++] = receiver_type(g, function);
    }
    for (size_t i = 0; i < index; i++, parameter = NEXT(parameter)) {
        Erased type = erase_type(g->world, parameter->type);
        all[count] =
            value_convert(g, value_borrowed(before[i]), type, value_none);
        signature.parameters[count++] = type;
    }
    signature.count = count;
    signature.result = erase_type(g->world, parameter->type);
    for (size_t i = 0; i < count; i++)
        value_release(g, all[i]);
    Value result = value_new(g, signature.result);
    code_call(g, OP_call, result,
              erase_signature_method(g->world, g->writer, 0,
                                     method_default_name(g, function, index),
                                     function->module->name, &signature),
              all, count);
    return result;
}

static bool later_may_assign(Node *const *arguments, size_t from,
                             size_t count) {
    for (size_t i = from; i < count; i++)
        if (tree_assigns(arguments[i]))
            return true;
    return false;
}

static void argument_values(Generator *g, Function *function, Value receiver,
                            Node **arguments, size_t count, Value *out) {
    Signature signature;
    Function *target = dispatched(g, function);
    Variable *parameter = function->parameters;
    erase_signature(g->world, target, &signature);
    size_t skip = signature.count > count ? signature.count - count : 0;
    for (size_t i = 0; i < count && parameter;
         i++, parameter = NEXT(parameter)) {
        Erased type = signature.parameters[skip + i];
        Node *node = arguments[i];
        uint32_t line = g->line;
        if (node)
            out[i] = generate_erased(g, node, type, value_none);
        else if (method_default_is_inline(parameter))
            out[i] = generate_erased(g, parameter->initial, type, value_none);
        else
            out[i] =
                value_convert(g, call_default(g, function, receiver, out, i),
                              type, value_none);
        if (!node)
            g->line = line; /* a default is written elsewhere */
        if (later_may_assign(arguments, i + 1, count))
            out[i] = value_own(g, out[i]);
    }
}

/* ---- Methods and functions ---- */

static Value call_with(Generator *g, Function *function, Value receiver,
                       Node **arguments, size_t count, bool direct,
                       Type *result, Value hint) {
    Value values[MODULE_PARAMETERS_MAX];
    if (count >= MODULE_PARAMETERS_MAX) {
        g->writer->full = true;
        return value_none;
    }
    if (!receiver.none && later_may_assign(arguments, 0, count))
        receiver = value_own(g, receiver);
    argument_values(g, function, receiver, arguments, count, values);
    Value value =
        call_function(g, function, receiver, values, count, direct, hint);
    return value_convert(g, value, erase_type(g->world, result), hint);
}

Value call_method(Generator *g, Function *function, Value receiver,
                  Node **arguments, size_t count, Type *result, Value hint) {
    return call_with(g, function, receiver, arguments, count, false, result,
                     hint);
}

/* Super's default method of an interface is a function. */
static Value call_plain(Generator *g, Node *node, Value hint) {
    Function *function = node->function;
    Node *callee = node->left;
    Value receiver = value_none;
    if (callee->kind == NODE_MEMBER && !function->is_static && function->owner)
        receiver = generate(g, callee->left, value_none);
    return call_with(g, function, receiver, node->arguments,
                     node->argument_count, node->direct, node->type, hint);
}

/* ---- Constructors ---- */

static Value new_array(Generator *g, Node *node, Value hint) {
    Value length = generate_erased(g, node->arguments[0],
                                   (Erased){MODULE_INT, NULL}, value_none);
    Erased type = erase_type(g->world, node->type);
    value_release(g, length);
    Value to = value_target(g, hint, type);
    code_emit(g, OP_new_array, to.number, length.number,
              erase_number(g->world, g->writer, type));
    return to;
}

static Value construct(Generator *g, Node *node, Value hint) {
    Class *class = node->class;
    if (class == g->world->classes.array)
        return new_array(g, node, hint);
    Value values[MODULE_PARAMETERS_MAX];
    size_t count = node->argument_count;
    if (count >= MODULE_PARAMETERS_MAX) {
        g->writer->full = true;
        return value_none;
    }
    argument_values(g, class->init, value_none, node->arguments, count, values);
    Value made = value_new(g, (Erased){MODULE_CLASS, class});
    code_emit(g, OP_new, made.number, erase_class(g->writer, class), 0);
    call_function(g, class->init, value_borrowed(made), values, count, true,
                  value_none);
    return made;
}

/* ---- Values that are functions ---- */

static Value call_closure(Generator *g, Node *node, Value hint) {
    World *world = g->world;
    Erased object = {MODULE_CLASS, world->classes.object};
    Signature signature = {.result = object};
    Value all[MODULE_PARAMETERS_MAX];
    size_t count = 0;
    char text[16];
    all[count++] = value_own(g, generate(g, node->left, value_none));
    for (Node *n = node->items; n && count < MODULE_PARAMETERS_MAX;
         n = NEXT(n)) {
        signature.parameters[signature.count++] = object;
        for (size_t i = 0; i < count; i++)
            all[i] = value_keep(g, all[i], n);
        all[count++] = generate_erased(g, n, object, value_none);
    }
    for (size_t i = 0; i < count; i++)
        value_release(g, all[i]);
    Text name = text_on(text, sizeof text);
    text_add_format(&name, "invoke%u", (unsigned)signature.count);
    Value result =
        type_kind(node->type) == TYPE_VOID ? value_none : value_new(g, object);
    code_call(g, OP_call_virtual, result,
              erase_signature_method(
                  world, g->writer,
                  erase_class(g->writer, world->classes.function),
                  name_of(&g->compile->names, text), NULL, &signature),
              all, count);
    return value_convert(g, result, erase_type(world, node->type), hint);
}

Value generate_call(Generator *g, Node *node, Value hint) {
    Node *callee = node->left;
    if (callee->kind == NODE_MEMBER && callee->safe)
        return generate_safe(g, node, callee, hint);
    switch ((int)node->reference) {
    case REFERENCE_FUNCTION:
        return call_plain(g, node, hint);
    case REFERENCE_CLASS:
    case REFERENCE_CASE:
        return construct(g, node, hint);
    default:
        return call_closure(g, node, hint);
    }
}
