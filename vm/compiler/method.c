/* Methods: registers for parameters, the body, and the entry in the file. */
#include "vm/compiler/method.h"

#include "vm/compiler/bridge.h"
#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/value.h"
#include "vm/compiler/variable.h"

Generator method_begin(const Generator *of, Function *function) {
    bool has_lines = !function->is_synthetic;
    return (Generator){
        .world = of->world,
        .compile = of->compile,
        .writer = of->writer,
        .module = of->module,
        .closures = of->closures,
        .function = function,
        .line = has_lines ? code_line(of, function->place) : 0,
    };
}

/* ---- Parameters ---- */

static Value take_register(Generator *g, Erased type) {
    Bank *bank = erase_is_reference(type) ? &g->references : &g->scalars;
    Register *reg = ARENA_PUSH(&g->compile->arena, bank);
    reg->type = erase_number(g->world, g->writer, type);
    reg->in_use = true;
    g->taken++;
    return (Value){.is_reference = erase_is_reference(type),
                   .number = (uint16_t)(bank->count - 1),
                   .type = type};
}

void method_parameters(Generator *g, Erased this_type) {
    Value values[MODULE_PARAMETERS_MAX];
    Variable *parameter = g->function->parameters;
    size_t skip = 0;
    if (this_type.kind != MODULE_NONE)
        g->this_value = take_register(g, this_type);
    for (size_t i = 0; i < g->signature.count; i++)
        values[i] = take_register(g, g->signature.parameters[i]);
    for (Variable *p = parameter; p; p = NEXT(p))
        skip++;
    skip = g->signature.count > skip ? g->signature.count - skip : 0;
    if (skip > 0 && this_type.kind == MODULE_NONE)
        g->this_value = values[0]; /* of a scalar */
    for (size_t i = skip; parameter && i < g->signature.count;
         i++, parameter = NEXT(parameter)) {
        Value value = value_convert(
            g, values[i], erase_type(g->world, parameter->type), value_none);
        if (value.is_temporary)
            variable_declare(g, parameter, value);
        else
            parameter->index = value.number;
    }
}

/* ---- The entry in the file ---- */

static void write_head(Generator *g, Name name, uint16_t class_type,
                       unsigned flags, const Signature *signature) {
    Writer *writer = g->writer;
    Buffer *out = &writer->bodies;
    bool has_code = !(flags & (MODULE_NATIVE | MODULE_NO_CODE));
    writer_put32(writer, out, writer_string(writer, name));
    writer_put16(writer, out, class_type);
    writer_put16(writer, out, (uint16_t)flags);
    writer_put16(writer, out,
                 erase_number(g->world, writer, signature->result));
    writer_put16(writer, out, (uint16_t)signature->count);
    writer_put16(writer, out, has_code ? (uint16_t)g->references.count : 0);
    writer_put16(writer, out, has_code ? (uint16_t)g->scalars.count : 0);
    writer_put32(writer, out, has_code ? (uint32_t)g->words.count : 0);
    writer_put16(writer, out, has_code ? (uint16_t)g->handlers.count : 0);
    writer_put16(writer, out, has_code ? (uint16_t)g->lines.count : 0);
}

static void write_parameters(Generator *g, const Signature *signature,
                             const Variable *parameter) {
    Writer *writer = g->writer;
    Buffer *out = &writer->bodies;
    for (size_t i = 0; i < signature->count; i++) {
        unsigned flags = 0;
        if (parameter && type_is_nullable(parameter->type))
            flags |= MODULE_NULLABLE;
        if (parameter && parameter->has_range)
            flags |= MODULE_RANGE;
        writer_put16(writer, out,
                     erase_number(g->world, writer, signature->parameters[i]));
        writer_put16(writer, out, (uint16_t)flags);
        if (flags & MODULE_RANGE) {
            writer_put64(writer, out, (uint64_t)parameter->range_low);
            writer_put64(writer, out, (uint64_t)parameter->range_high);
        }
        parameter = parameter ? parameter->next : NULL;
    }
}

static void write_code(Generator *g) {
    Writer *writer = g->writer;
    Buffer *out = &writer->bodies;
    for (size_t i = 0; i < g->references.count; i++)
        writer_put16(writer, out, g->references.items[i].type);
    for (size_t i = 0; i < g->scalars.count; i++)
        writer_put16(writer, out, g->scalars.items[i].type);
    for (size_t i = 0; i < g->words.count; i++)
        writer_put64(writer, out, g->words.items[i]);
    for (size_t i = 0; i < g->handlers.count; i++) {
        const Handler *handler = &g->handlers.items[i];
        writer_put16(writer, out, (uint16_t)handler->from);
        writer_put16(writer, out, (uint16_t)handler->to);
        writer_put16(writer, out, (uint16_t)handler->at);
        writer_put16(writer, out, handler->reg);
        writer_put16(writer, out, handler->type);
        writer_put16(writer, out, 0);
    }
    for (size_t i = 0; i < g->lines.count; i++) {
        writer_put16(writer, out, (uint16_t)g->lines.items[i].word);
        writer_put16(writer, out, 0);
        writer_put32(writer, out, g->lines.items[i].line);
    }
}

static void count_body(Generator *g) {
    if (++g->writer->body_count > UINT16_MAX)
        g->writer->full = true;
}

void method_write(Generator *g, Name name, uint16_t class_type, unsigned flags,
                  const Signature *signature, const Variable *ranges) {
    if (g->words.count > MODULE_CODE_WORDS_MAX ||
        g->references.count + g->scalars.count > MODULE_REGISTERS_MAX ||
        g->handlers.count > UINT16_MAX)
        source_error(g->compile, g->function->place, "\"%s\" is too long",
                     g->function->name->bytes);
    else
        code_check(g);
    write_head(g, name, class_type, flags, signature);
    write_parameters(g, signature, ranges);
    write_code(g);
    count_body(g);
}

/* An entry without code; `parameters` give ranges and nullability. */
static void method_write_empty(Generator *g, Name name, uint16_t class_type,
                               unsigned flags, const Signature *signature,
                               const Variable *parameters) {
    write_head(g, name, class_type, flags, signature);
    write_parameters(g, signature, parameters);
    count_body(g);
}

/* The last instruction must not fall through. */
void method_end(Generator *g) {
    Erased result = g->signature.result;
    /* A jump may lead to the end although nothing falls there. */
    if (g->ended && g->words.count > 0)
        return;
    g->ended = false;
    if (result.kind == MODULE_NONE) {
        code_emit(g, OP_return, 0, 0, 0);
        return;
    }
    Value value = value_zero(g, result);
    code_emit(g, value.is_reference ? OP_return_ref : OP_return_value,
              value.number, 0, 0);
}

/* ---- Functions ---- */

static unsigned function_flags(Generator *g, const Function *function) {
    unsigned flags = function->is_private ? MODULE_PRIVATE : 0;
    if (function->is_native)
        flags |= MODULE_NATIVE;
    else if (!function->body)
        flags |= MODULE_NO_CODE;
    if (erase_is_free(g->world, function))
        flags |= function->owner ? MODULE_STATIC : 0;
    else
        flags |= MODULE_VIRTUAL;
    return flags;
}

static void expression_body(Generator *g, Function *function) {
    Erased result = g->signature.result;
    if (type_kind(function->result) == TYPE_VOID ||
        result.kind == MODULE_NONE) {
        generate_statement(g, function->body);
        return;
    }
    Value value = generate_erased(
        g, function->body, erase_type(g->world, function->result), value_none);
    value = value_convert(g, value, result, value_none);
    code_emit(g, value.is_reference ? OP_return_ref : OP_return_value,
              value.number, 0, 0);
    value_release(g, value);
}

static void function_body(Generator *g, Function *function) {
    if (function->is_expression)
        expression_body(g, function);
    else
        generate_block(g, function->body, value_none);
    method_end(g);
}

static bool is_interface_method(const Function *function) {
    return function->owner && function->owner->kind == CLASS_INTERFACE &&
           !function->is_static;
}

/* A default body in an interface is a function that takes the object. */
static void interface_default(Generator *of, Function *function) {
    Generator g = method_begin(of, function);
    World *world = of->world;
    Erased object = {MODULE_CLASS, world->classes.object};
    Signature full = {.count = 0};
    erase_signature(world, function, &g.signature);
    full = g.signature;
    for (size_t i = full.count; i > 0; i--)
        full.parameters[i] = full.parameters[i - 1];
    full.parameters[0] = object;
    full.count++;
    g.class = function->owner;
    g.this_type = function->owner->type;
    method_parameters(&g, object);
    function_body(&g, function);
    method_write(&g, bridge_default_name(&g, function), 0, 0, &full, NULL);
}

void method_function(Generator *of, Function *function) {
    Generator g = method_begin(of, function);
    World *world = of->world;
    Class *owner = function->owner;
    if (call_is_intrinsic(of, function))
        return;
    if (!erase_signature(world, function, &g.signature)) {
        source_error(of->compile, function->place,
                     "a function has at most 31 parameters");
        return;
    }
    Name name = erase_function_name(of->writer, function);
    uint16_t class_type = owner ? erase_class(of->writer, owner) : 0;
    unsigned flags = function_flags(of, function);
    if (is_interface_method(function)) {
        if (function->body)
            interface_default(of, function);
        method_write_empty(&g, name, class_type,
                           MODULE_VIRTUAL | MODULE_NO_CODE, &g.signature, NULL);
        return;
    }
    if (!function->body) {
        method_write_empty(&g, name, class_type, flags, &g.signature,
                           function->parameters);
        return;
    }
    bool has_this = !erase_is_free(world, function);
    g.class = owner;
    g.this_type = owner && !function->is_static ? owner->type : NULL;
    method_parameters(&g, has_this ? erase_type(world, owner->type)
                                   : (Erased){MODULE_NONE, NULL});
    function_body(&g, function);
    method_write(&g, name, class_type, flags, &g.signature, NULL);
}

/* ---- Defaults ---- */

bool method_default_is_inline(const Variable *parameter) {
    if (!parameter->initial)
        return false;
    switch ((int)parameter->initial->kind) {
    case NODE_INT:
    case NODE_DOUBLE:
    case NODE_CHAR:
    case NODE_BOOL:
    case NODE_STRING:
    case NODE_NULL:
        return true;
    default:
        return false;
    }
}

/* "Class.function:2" */
Name method_default_name(Generator *g, const Function *function, size_t index) {
    NameTable *names = &g->compile->names;
    char buffer[16];
    Text text = text_on(buffer, sizeof buffer);
    text_add_format(&text, "%u", (unsigned)index);
    Name name = name_join(names, erase_function_name(g->writer, function), ":",
                          name_of(names, buffer));
    if (!function->owner)
        return name;
    return name_join(names, function->owner->name, ".", name);
}

static void one_default(Generator *of, Function *function, Variable *last,
                        size_t index) {
    Generator g = method_begin(of, function);
    World *world = of->world;
    Class *owner = function->owner;
    bool has_this =
        owner && !function->is_static && function->kind != FUNCTION_INIT;
    Erased this_type = {MODULE_NONE, NULL};
    Variable *parameter = function->parameters;
    if (has_this) {
        this_type = erase_type(world, owner->type);
        g.this_value = take_register(&g, this_type);
        g.signature.parameters[g.signature.count++] = this_type;
    }
    g.class = owner;
    g.this_type = has_this ? owner->type : NULL;
    for (size_t i = 0; i < index; i++, parameter = NEXT(parameter)) {
        Erased type = erase_type(world, parameter->type);
        g.signature.parameters[g.signature.count++] = type;
        parameter->index = take_register(&g, type).number;
    }
    g.signature.result = erase_type(world, last->type);
    Value value = generate_as(&g, last->initial, last->type, value_none);
    code_emit(&g, value.is_reference ? OP_return_ref : OP_return_value,
              value.number, 0, 0);
    method_end(&g);
    method_write(&g, method_default_name(of, function, index), 0,
                 function->is_private ? MODULE_PRIVATE : 0, &g.signature, NULL);
}

void method_defaults(Generator *of, Function *function) {
    size_t index = 0;
    for (Variable *p = function->parameters; p; p = NEXT(p), index++)
        if (p->initial && !method_default_is_inline(p))
            one_default(of, function, p, index);
}

/* ---- Constructors ---- */

static void store_first(Generator *g, Variable *field) {
    if (!field->initial || field->is_static)
        return;
    Value value =
        generate_erased(g, field->initial, variable_type(g, field), value_none);
    variable_store_field(g, field, g->this_value, value);
    value_release(g, value);
}

static void store_parameters(Generator *g, Class *class) {
    for (Variable *p = class->parameters; p; p = NEXT(p)) {
        if (!p->field)
            continue;
        Value value = variable_load(g, p, value_none);
        variable_store_field(g, p->field, g->this_value, value);
        value_release(g, value);
    }
}

static void store_tag(Generator *g, Class *class) {
    Value tag = value_int(g, class->tag, value_none);
    variable_store_field(g, variable_core_field(g, class->enum_class, "tag"),
                         g->this_value, tag);
    value_release(g, tag);
}

static void call_super(Generator *g, Class *class) {
    Node *call = class->super_call;
    if (!call || class->super->class == g->world->classes.object)
        return;
    Node this = {.kind = NODE_THIS, .type = class->type};
    Node callee = {.kind = NODE_MEMBER, .left = &this};
    Node node = *call;
    node.left = &callee;
    node.direct = true;
    node.reference = REFERENCE_FUNCTION;
    node.function = class->super->class->init;
    node.type = g->world->void_type;
    value_release(g, generate_call(g, &node, value_none));
}

static bool declares_restarted(const Class *class) {
    for (Function *f = class->functions; f; f = NEXT(f))
        if (f->kind == FUNCTION_RESTARTED)
            return true;
    return false;
}

void method_constructor(Generator *of, Class *class) {
    Generator g = method_begin(of, class->init);
    if (!erase_signature(of->world, class->init, &g.signature))
        source_error(of->compile, class->place,
                     "a class has at most 31 parameters");
    g.class = class;
    g.this_type = class->type;
    method_parameters(&g, (Erased){MODULE_CLASS, class});
    if (class->kind == CLASS_CASE)
        store_tag(&g, class);
    store_parameters(&g, class);
    call_super(&g, class);
    for (Variable *v = class->fields; v; v = NEXT(v))
        store_first(&g, v);
    for (Node *n = class->init_blocks; n; n = NEXT(n))
        generate_block(&g, n, value_none);
    if (declares_restarted(class)) {
        Value this = g.this_value;
        call_of_core(&g, "onRestarted", &this, 1, value_none);
    }
    method_end(&g);
    method_write(&g, class->init->name, erase_class(of->writer, class), 0,
                 &g.signature, NULL);
}

/* ---- Module variables, shell lines ---- */

static void store_module(Generator *g, Variable *variable) {
    if (!variable->initial || variable->is_constant)
        return;
    Value value = generate_erased(g, variable->initial,
                                  variable_type(g, variable), value_none);
    variable_store(g, variable, value);
    value_release(g, value);
}

void method_module_init(Generator *of, Module *module) {
    Generator g = method_begin(of, module->init);
    for (Class *c = module->classes; c; c = NEXT(c))
        for (Variable *v = c->fields; v; v = NEXT(v))
            if (v->is_static)
                store_module(&g, v);
    for (Variable *v = module->variables; v; v = NEXT(v))
        store_module(&g, v);
    if (g.words.count == 0)
        return;
    method_end(&g);
    method_write(&g, module->init->name, 0, 0, &g.signature, NULL);
}

void method_line(Generator *of, Module *module) {
    Function *run = module->line_function;
    Generator g = method_begin(of, run);
    Erased object = {MODULE_CLASS, of->world->classes.object};
    erase_signature(of->world, run, &g.signature);
    method_parameters(&g, (Erased){MODULE_NONE, NULL});
    TypeKind kind = type_kind(run->inferred_result);
    if (kind == TYPE_VOID || kind == TYPE_NEVER) {
        generate_block(&g, run->body, value_none);
    } else {
        Value value = value_of(&g, run->inferred_result);
        generate_block(&g, run->body, value);
        value = value_convert(&g, value, object, value_none);
        code_emit(&g, OP_return_ref, value.number, 0, 0);
    }
    method_end(&g);
    method_write(&g, run->name, 0, 0, &g.signature, NULL);
}
