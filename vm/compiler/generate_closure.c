/* Closures: a class each, below core.Function, with what it captures. */
#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/method.h"
#include "vm/compiler/value.h"
#include "vm/compiler/variable.h"

static Erased object_type(Generator *g) {
    return (Erased){MODULE_CLASS, g->world->classes.object};
}

static Name new_name(Generator *g) {
    char buffer[32];
    Text text = text_on(buffer, sizeof buffer);
    text_add_format(&text, "closure$%u", (unsigned)(*g->closures)++);
    return name_of(&g->compile->names, buffer);
}

/* The class's entry: simple name, fields. */
static void closure_class(Generator *g, Name name, const Erased *fields,
                          const Name *names, size_t count) {
    Writer *writer = g->writer;
    Buffer *out = &writer->classes;
    Name full = name_join(&g->compile->names, g->module->name, ".", name);
    writer_put32(writer, out, writer_string(writer, name));
    writer_put16(writer, out, writer_type(writer, MODULE_CLASS, full));
    writer_put16(writer, out, erase_class(writer, g->world->classes.function));
    writer_put16(writer, out, MODULE_FINAL);
    writer_put16(writer, out, 0);
    writer_put16(writer, out, (uint16_t)count);
    writer_put16(writer, out, 0);
    for (size_t i = 0; i < count; i++) {
        writer_put32(writer, out, writer_string(writer, names[i]));
        writer_put16(writer, out, erase_number(g->world, writer, fields[i]));
        writer_put16(writer, out, MODULE_PRIVATE);
    }
    writer->class_count++;
}

static Class *made_up_class(Generator *g, Name name) {
    Class *class = ARENA_NEW(&g->compile->arena, Class);
    class->name = name;
    class->module = g->module;
    class->super =
        type_new_class(g->world, g->world->classes.function, NULL, 0);
    return class;
}

static Erased capture_type(Generator *g, const Capture *capture) {
    if (!capture->variable)
        return erase_type(g->world, g->this_type);
    if (variable_is_cell(capture->variable))
        return (Erased){MODULE_CLASS, g->world->classes.cell};
    return variable_type(g, capture->variable);
}

/* What goes into the closure: the value, or the cell that is shared. */
static Value captured_value(Generator *g, const Capture *capture) {
    Variable *variable = capture->variable;
    if (!variable)
        return generate_this(g);
    if (!variable_is_cell(variable))
        return variable_load(g, variable, value_none);
    Erased type = capture_type(g, capture);
    if (variable->function == g->function)
        return (Value){.is_reference = true,
                       .number = (uint16_t)variable->index,
                       .type = type};
    Value cell = value_new(g, type);
    for (Capture *c = g->function->captures; c; c = NEXT(c))
        if (c->variable == variable)
            code_emit(g, OP_get_ref, cell.number, 0, c->index);
    return cell;
}

typedef struct Fields {
    Erased *types;
    Name *names;
    size_t count;
} Fields;

/* Fields for the captures; each capture gets its field's number. */
static Fields fields_of(Generator *g, Class *class, Capture *captures) {
    Fields fields = {0};
    Arena *arena = &g->compile->arena;
    for (Capture *c = captures; c; c = NEXT(c))
        fields.count++;
    fields.types = arena_take(arena, fields.count * sizeof *fields.types);
    fields.names = arena_take(arena, fields.count * sizeof *fields.names);
    size_t at = 0;
    for (Capture *c = captures; c; c = NEXT(c), at++) {
        char buffer[24];
        Text text = text_on(buffer, sizeof buffer);
        text_add_format(&text, "c%u", (unsigned)at);
        fields.types[at] = capture_type(g, c);
        fields.names[at] = name_of(&g->compile->names, buffer);
        c->index =
            writer_field(g->writer, erase_class(g->writer, class),
                         erase_number(g->world, g->writer, fields.types[at]),
                         fields.names[at]);
    }
    return fields;
}

static Signature invoke_signature(Generator *g, size_t count) {
    Signature signature = {.result = object_type(g), .count = count};
    signature.result_type = g->world->object;
    for (size_t i = 0; i < count; i++) {
        signature.parameters[i] = object_type(g);
        signature.types[i] = g->world->object;
    }
    return signature;
}

static Name invoke_name(Generator *g, size_t count) {
    char buffer[24];
    Text text = text_on(buffer, sizeof buffer);
    text_add_format(&text, "invoke%u", (unsigned)count);
    return name_of(&g->compile->names, buffer);
}

static size_t parameter_count(const Function *function) {
    size_t count = 0;
    for (Variable *p = function->parameters; p; p = NEXT(p))
        count++;
    return count;
}

static void closure_method(Generator *of, Function *closure, Class *class) {
    Generator g = method_begin(of, closure);
    size_t count = parameter_count(closure);
    if (count > 6)
        source_error(of->compile, closure->place,
                     "a closure has at most 6 parameters");
    g.class = of->class;
    g.this_type = of->this_type;
    g.closure_class = class;
    g.signature = invoke_signature(of, count > 6 ? 6 : count);
    method_parameters(&g, (Erased){MODULE_CLASS, class});
    Type *result = closure->result;
    if (type_kind(result) == TYPE_VOID || type_kind(result) == TYPE_NEVER) {
        generate_block(&g, closure->body, value_none);
    } else {
        Value value = value_of(&g, result);
        generate_block(&g, closure->body, value);
        if (!g.ended) {
            Value boxed = value_convert(&g, value, object_type(&g), value_none);
            code_emit(&g, OP_return_ref, boxed.number, 0, 0);
        }
    }
    method_end(&g);
    method_write(&g, invoke_name(of, count), erase_class(of->writer, class),
                 MODULE_VIRTUAL, &g.signature, NULL);
}

Value generate_closure(Generator *g, Node *node, Value hint) {
    Function *closure = node->closure;
    Class *class = made_up_class(g, new_name(g));
    (void)hint;
    Fields fields = fields_of(g, class, closure->captures);
    closure_class(g, class->name, fields.types, fields.names, fields.count);
    closure_method(g, closure, class);
    Value made =
        value_new(g, (Erased){MODULE_CLASS, g->world->classes.function});
    Value exact = value_new(g, (Erased){MODULE_CLASS, class});
    code_emit(g, OP_new, exact.number, erase_class(g->writer, class), 0);
    for (Capture *c = closure->captures; c; c = NEXT(c)) {
        Value value = captured_value(g, c);
        code_emit(g, value.is_reference ? OP_put_ref : OP_put, exact.number,
                  value.number, c->index);
        value_release(g, value);
    }
    value_move(g, made, exact);
    value_release(g, exact);
    return made;
}

/* ---- Functions as values ---- */

/* A closure that calls the function with its arguments. */
static void forwarding_method(Generator *of, Node *node, Class *class,
                              uint16_t receiver_field, Erased receiver_type) {
    Function *function = node->function;
    Function stub = {.kind = FUNCTION_CLOSURE,
                     .name = function->name,
                     .result = function->result,
                     .place = node->place};
    Generator g = method_begin(of, &stub);
    size_t count = parameter_count(function);
    Signature target;
    Value arguments[MODULE_PARAMETERS_MAX], receiver = value_none;
    g.signature = invoke_signature(of, count > 6 ? 6 : count);
    method_parameters(&g, (Erased){MODULE_CLASS, class});
    erase_signature(of->world, function, &target);
    size_t skip = target.count - count;
    for (size_t i = 0; i < g.signature.count; i++) {
        Value given = {.is_reference = true,
                       .number = (uint16_t)(i + 1),
                       .type = object_type(of)};
        arguments[i] =
            value_convert(&g, given, target.parameters[skip + i], value_none);
    }
    if (receiver_type.kind != MODULE_NONE) {
        receiver = value_new(&g, receiver_type);
        code_emit(&g, receiver.is_reference ? OP_get_ref : OP_get,
                  receiver.number, 0, receiver_field);
    }
    Value result = call_function(&g, function, receiver, arguments,
                                 g.signature.count, false, value_none);
    if (!result.none) {
        result = value_convert(&g, result, object_type(of), value_none);
        code_emit(&g, OP_return_ref, result.number, 0, 0);
    }
    method_end(&g);
    method_write(&g, invoke_name(of, count), erase_class(of->writer, class),
                 MODULE_VIRTUAL, &g.signature, NULL);
}

Value generate_function_value(Generator *g, Node *node, Value hint) {
    Class *class = made_up_class(g, new_name(g));
    bool bound = node->kind == NODE_MEMBER && !node->function->is_static &&
                 node->function->owner;
    Value receiver = value_none;
    Name name = name_of(&g->compile->names, "c0");
    uint16_t field = 0;
    (void)hint;
    if (parameter_count(node->function) > 6)
        source_error(g->compile, node->place,
                     "a function used as a value has at most 6 parameters");
    if (bound) {
        receiver = generate(g, node->left, value_none);
        field = writer_field(g->writer, erase_class(g->writer, class),
                             erase_number(g->world, g->writer, receiver.type),
                             name);
    }
    closure_class(g, class->name, &receiver.type, &name, bound ? 1 : 0);
    forwarding_method(g, node, class, field, receiver.type);
    Value made =
        value_new(g, (Erased){MODULE_CLASS, g->world->classes.function});
    Value exact = value_new(g, (Erased){MODULE_CLASS, class});
    code_emit(g, OP_new, exact.number, erase_class(g->writer, class), 0);
    if (bound)
        code_emit(g, receiver.is_reference ? OP_put_ref : OP_put, exact.number,
                  receiver.number, field);
    value_release(g, receiver);
    value_move(g, made, exact);
    value_release(g, exact);
    return made;
}
