/* Bridges: methods that make a class answer under another signature.
 *
 * A class needs one where an interface's method has other erased types than the
 * method that answers for it, where only the interface has a body, and where a
 * scalar's method, which takes an unboxed `this`, is called on a box. */
#include "vm/compiler/bridge.h"

#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/method.h"
#include "vm/compiler/value.h"

Name bridge_default_name(Generator *g, const Function *function) {
    return name_join(&g->compile->names, function->owner->name, "$",
                     erase_function_name(g->writer, function));
}

static Function *method_named(const Class *class, const Function *like) {
    for (Function *f = class->functions; f; f = NEXT(f))
        if (f->name == like->name && !f->is_static &&
            f->kind != FUNCTION_RESTARTED && !f->is_abstract &&
            (f->kind == FUNCTION_SETTER) == (like->kind == FUNCTION_SETTER))
            return f;
    return NULL;
}

static Function *implementation(const Class *class, const Function *like) {
    for (; class; class = class_above(class)) {
        Function *found = method_named(class, like);
        if (found)
            return found;
    }
    return NULL;
}

/* ---- Writing one ---- */

/* Registers for the box and the parameters; the arguments as `target` takes
 * them. */
static void take_arguments(Generator *g, const Signature *target, size_t skip,
                           Value *out) {
    for (size_t i = 0; i < g->signature.count; i++) {
        Erased type = g->signature.parameters[i];
        size_t number = erase_is_reference(type) ? 1 : 0;
        for (size_t j = 0; j < i; j++)
            number += erase_is_reference(g->signature.parameters[j]) ==
                      erase_is_reference(type);
        Value given = {.is_reference = erase_is_reference(type),
                       .number = (uint16_t)number,
                       .type = type};
        out[i] =
            value_convert(g, given, target->parameters[skip + i], value_none);
    }
}

static void return_converted(Generator *g, Value value) {
    if (g->signature.result.kind == MODULE_NONE)
        return;
    value = value_convert(g, value, g->signature.result, value_none);
    code_emit(g, value.is_reference ? OP_return_ref : OP_return_value,
              value.number, 0, 0);
}

static Generator begin(Generator *of, Class *class, Function *promised) {
    static const Function nameless = {0};
    Function *stub = ARENA_NEW(&of->compile->arena, Function);
    *stub = nameless;
    stub->name = promised->name;
    stub->place = class->place;
    stub->result = promised->result;
    Generator g = method_begin(of, stub);
    erase_signature(of->world, promised, &g.signature);
    method_parameters(&g, (Erased){MODULE_CLASS, class});
    return g;
}

/* The promised method calls the class's own. */
static void to_method(Generator *of, Class *class, Function *promised,
                      Function *own) {
    Generator g = begin(of, class, promised);
    Signature target;
    Value arguments[MODULE_PARAMETERS_MAX];
    erase_signature(of->world, own, &target);
    size_t skip = target.count - g.signature.count;
    take_arguments(&g, &target, skip, arguments);
    Value result = call_function(&g, own, g.this_value, arguments,
                                 g.signature.count, false, value_none);
    return_converted(&g, result);
    method_end(&g);
    method_write(&g, erase_function_name(of->writer, promised),
                 erase_class(of->writer, class), MODULE_VIRTUAL, &g.signature,
                 NULL);
}

/* The promised method calls the interface's default. */
static void to_default(Generator *of, Class *class, Function *promised,
                       Function *with_body) {
    Generator g = begin(of, class, promised);
    Erased object = {MODULE_CLASS, of->world->classes.object};
    Signature target;
    Value all[MODULE_PARAMETERS_MAX + 1];
    erase_signature(of->world, with_body, &target);
    all[0] = g.this_value;
    take_arguments(&g, &target, 0, all + 1);
    for (size_t i = target.count; i > 0; i--)
        target.parameters[i] = target.parameters[i - 1];
    target.parameters[0] = object;
    target.count++;
    Value result = target.result.kind == MODULE_NONE
                       ? value_none
                       : value_new(&g, target.result);
    code_call(&g, OP_call, result,
              erase_signature_method(of->world, of->writer, 0,
                                     bridge_default_name(of, with_body),
                                     with_body->owner->module->name, &target),
              all, target.count);
    return_converted(&g, result);
    method_end(&g);
    method_write(&g, erase_function_name(of->writer, promised),
                 erase_class(of->writer, class), MODULE_VIRTUAL, &g.signature,
                 NULL);
}

/* ---- Which are needed ---- */

/* Selectors that the class has got a bridge for. */
typedef struct Made {
    Name name;
    Signature signature;
    struct Made *next;
} Made;

static bool already_made(Generator *g, Made **made, Name name,
                         const Signature *signature) {
    for (Made *m = *made; m; m = NEXT(m))
        if (m->name == name && erase_same(&m->signature, signature))
            return true;
    Made *new = ARENA_NEW(&g->compile->arena, Made);
    *new = (Made){name, *signature, *made};
    *made = new;
    return false;
}

static bool scalar_method(Generator *g, const Function *function) {
    return erase_is_scalar_class(g->world, function->owner);
}

static bool has_default(const Function *function) {
    return (function->body || function->is_default) &&
           function->owner->kind == CLASS_INTERFACE;
}

static void bridge_one(Generator *of, Class *class, Function *promised,
                       Function *with_body, Made **made) {
    Function *own = implementation(class, promised);
    Signature wanted, have;
    Name name = erase_function_name(of->writer, promised);
    erase_signature(of->world, promised, &wanted);
    if (own) {
        erase_signature(of->world, own, &have);
        if (!scalar_method(of, own) && erase_same(&wanted, &have))
            return;
        if (!already_made(of, made, name, &wanted))
            to_method(of, class, promised, own);
    } else if (has_default(with_body)) {
        if (!already_made(of, made, name, &wanted))
            to_default(of, class, promised, with_body);
    }
}

static void bridge_interface(Generator *of, Class *class, Class *interface,
                             Made **made, unsigned depth) {
    if (depth > 100)
        return;
    for (Function *f = interface->functions; f; f = NEXT(f))
        if (!f->is_static)
            bridge_one(of, class, erase_root(of->world, f), f, made);
    for (size_t i = 0; i < interface->interface_count; i++, work_add(1))
        bridge_interface(of, class, interface->interfaces[i]->class, made,
                         depth + 1);
}

/* Methods that a scalar's class has from Object. */
static void bridge_scalar(Generator *of, Class *class, Made **made) {
    Class *object = of->world->classes.object;
    for (Function *f = object->functions; f; f = NEXT(f))
        if (!f->is_static && method_named(class, f))
            bridge_one(of, class, f, f, made);
}

void bridge_class(Generator *of, Class *class) {
    Made *made = NULL;
    if (class->kind == CLASS_INTERFACE)
        return;
    if (erase_is_scalar_class(of->world, class))
        bridge_scalar(of, class, &made);
    for (size_t i = 0; i < class->interface_count; i++, work_add(1))
        bridge_interface(of, class, class->interfaces[i]->class, &made, 0);
}
