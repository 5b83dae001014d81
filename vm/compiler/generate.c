/* The module: its classes in order, variables, and every method. */
#include "vm/compiler/generate.h"

#include "vm/compiler/bridge.h"
#include "vm/compiler/method.h"
#include "vm/compiler/variable.h"

/* ---- Class entries ---- */

static bool is_own_field(const Variable *variable) {
    return !variable->is_static;
}

static size_t count_fields(const Class *class) {
    size_t count = 0;
    for (Variable *v = class->parameters; v; v = NEXT(v))
        count += v->field != NULL;
    for (Variable *v = class->fields; v; v = NEXT(v))
        count += is_own_field(v);
    return count;
}

static unsigned variable_flags(const Variable *variable) {
    return (variable->is_transient ? MODULE_TRANSIENT : 0) |
           (variable->is_let ? MODULE_LET : 0) |
           (variable->is_readonly ? MODULE_READONLY : 0) |
           (variable->is_private ? MODULE_PRIVATE : 0);
}

/* The items of a list: a loop reads them and a literal gives them to the list
 * that it makes, in any module. */
static bool is_open_to_literals(const Generator *g, const Variable *field) {
    return field->owner_class == g->world->classes.list &&
           text_equal(field->name->bytes, "items");
}

static void write_field(Generator *g, Variable *field) {
    Writer *writer = g->writer;
    Buffer *out = &writer->classes;
    unsigned flags =
        is_open_to_literals(g, field) ? MODULE_READONLY : variable_flags(field);
    writer_put32(writer, out, writer_string(writer, field->name));
    writer_put16(writer, out,
                 erase_number(g->world, writer, variable_type(g, field)));
    writer_put16(writer, out, (uint16_t)flags);
}

static unsigned kind_flags(const Class *class) {
    if (class->kind == CLASS_INTERFACE)
        return MODULE_INTERFACE;
    if (class->is_native)
        return MODULE_NATIVE_LAYOUT;
    if (class->is_abstract || class->kind == CLASS_ENUM)
        return MODULE_ABSTRACT;
    return class->kind == CLASS_CASE ? MODULE_FINAL : 0;
}

static unsigned class_flags(const Class *class) {
    bool is_private = class->is_private ||
                      (class->enum_class && class->enum_class->is_private);
    return kind_flags(class) | (is_private ? MODULE_PRIVATE : 0);
}

static Name simple_name(Generator *g, const Class *class) {
    if (!class->enum_class)
        return class->name;
    return name_join(&g->compile->names, class->enum_class->name, "$",
                     class->name);
}

static void write_class(Generator *g, Class *class) {
    Writer *writer = g->writer;
    Buffer *out = &writer->classes;
    writer_put32(writer, out, writer_string(writer, simple_name(g, class)));
    writer_put16(writer, out, erase_class(writer, class));
    writer_put16(writer, out,
                 class->super ? erase_class(writer, class->super->class) : 0);
    writer_put16(writer, out, (uint16_t)class_flags(class));
    writer_put16(writer, out, (uint16_t) class->interface_count);
    writer_put16(writer, out, (uint16_t)count_fields(class));
    writer_put16(writer, out, 0);
    for (size_t i = 0; i < class->interface_count; i++, work_add(1))
        writer_put16(writer, out,
                     erase_class(writer, class->interfaces[i]->class));
    for (Variable *v = class->parameters; v; v = NEXT(v))
        if (v->field)
            write_field(g, v->field);
    for (Variable *v = class->fields; v; v = NEXT(v))
        if (is_own_field(v))
            write_field(g, v);
    writer->class_count++;
}

/* Arrays are a type of the compiler's, not a class of the module's. */
static bool is_emitted(const Generator *g, const Class *class) {
    return class != g->world->classes.array;
}

/* After its superclass and interfaces of the module. */
static void write_in_order(Generator *g, Class *class) {
    if (class->is_written || class->module != g->module ||
        !is_emitted(g, class))
        return;
    class->is_written = true;
    if (class->super)
        write_in_order(g, class->super->class);
    for (size_t i = 0; i < class->interface_count; i++, work_add(1))
        write_in_order(g, class->interfaces[i]->class);
    write_class(g, class);
    for (Class *c = class->cases; c; c = NEXT(c))
        write_in_order(g, c);
}

/* ---- Variables ---- */

static void write_variable(Generator *g, Variable *variable) {
    Writer *writer = g->writer;
    Buffer *out = &writer->module_variables;
    if (variable->is_constant)
        return;
    Name name = variable->name;
    if (variable->owner_class)
        name = name_join(&g->compile->names, variable->owner_class->name, ".",
                         name);
    writer_put32(writer, out, writer_string(writer, name));
    writer_put16(writer, out,
                 erase_number(g->world, writer, variable_type(g, variable)));
    writer_put16(writer, out, (uint16_t)variable_flags(variable));
    writer->module_variable_count++;
}

static void write_variables(Generator *g, Module *module) {
    for (Class *c = module->classes; c; c = NEXT(c))
        for (Variable *v = c->fields; v; v = NEXT(v))
            if (v->is_static)
                write_variable(g, v);
    for (Variable *v = module->variables; v; v = NEXT(v))
        write_variable(g, v);
}

/* ---- Methods ---- */

static void class_methods(Generator *g, Class *class) {
    if (!is_emitted(g, class))
        return;
    if (class->kind != CLASS_INTERFACE && class->kind != CLASS_ENUM &&
        !class->is_native) {
        method_constructor(g, class);
        method_defaults(g, class->init);
    }
    for (Function *f = class->functions; f; f = NEXT(f)) {
        method_function(g, f);
        method_defaults(g, f);
    }
    bridge_class(g, class);
    for (Class *c = class->cases; c; c = NEXT(c))
        class_methods(g, c);
}

static void check_natives(Generator *g, Module *module, bool allowed) {
    for (Function *f = module->functions; f; f = NEXT(f))
        if (f->is_native && !allowed)
            source_error(g->compile, f->place,
                         "only system modules have native functions");
    for (Class *c = module->classes; c; c = NEXT(c)) {
        if (c->is_native && !allowed)
            source_error(g->compile, c->place,
                         "only system modules have native classes");
        for (Function *f = c->functions; f; f = NEXT(f))
            if (f->is_native && !allowed)
                source_error(g->compile, f->place,
                             "only system modules have native functions");
    }
}

void generate_check_natives(World *world, Module *module, bool allowed) {
    Generator g = {.world = world, .compile = world->compile};
    check_natives(&g, module, allowed);
}

void generate_module(World *world, Writer *writer, Module *module) {
    uint32_t closures = 0;
    Generator g = {.world = world,
                   .compile = world->compile,
                   .writer = writer,
                   .module = module,
                   .closures = &closures};
    for (Class *c = module->classes; c; c = NEXT(c))
        write_in_order(&g, c);
    write_variables(&g, module);
    method_module_init(&g, module);
    for (Class *c = module->classes; c; c = NEXT(c))
        class_methods(&g, c);
    for (Function *f = module->functions; f; f = NEXT(f)) {
        method_function(&g, f);
        method_defaults(&g, f);
    }
    for (Function *f = module->tests; f; f = NEXT(f))
        method_function(&g, f);
    if (module->line_function)
        method_line(&g, module);
    if (writer->full)
        source_error(world->compile, (Place){.line = 1, .length = 1},
                     "this module is too large");
}
