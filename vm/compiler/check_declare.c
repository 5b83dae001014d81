/* Declaring: supertypes, fields and signatures of a module's classes and
 * functions. */
#include "vm/compiler/check.h"
#include "vm/compiler/start.h"

/* ---- Names once ---- */

static void say_twice(Compile *compile, Place place, Name name) {
    source_error(compile, place, "\"%s\" is declared twice", name->bytes);
}

static void check_module_names(Compile *compile, Module *module) {
    for (Class *c = module->classes; c; c = NEXT(c))
        for (Class *d = module->classes; d != c; d = NEXT(d))
            if (c->name == d->name)
                say_twice(compile, c->place, c->name);
    for (Function *f = module->functions; f; f = NEXT(f)) {
        for (Function *g = module->functions; g != f; g = NEXT(g))
            if (f->name == g->name)
                say_twice(compile, f->place, f->name);
        if (check_class_in(module, f->name))
            say_twice(compile, f->place, f->name);
    }
    for (Variable *v = module->variables; v; v = NEXT(v)) {
        for (Variable *w = module->variables; w != v; w = NEXT(w))
            if (v->name == w->name)
                say_twice(compile, v->place, v->name);
        if (check_class_in(module, v->name))
            say_twice(compile, v->place, v->name);
    }
}

/* Later lines read what this one declares by the names of types alone. */
static void check_core_names(World *world, Module *line) {
    for (Class *c = line->classes; c; c = NEXT(c))
        if (check_class_in(world->core, c->name))
            source_error(world->compile, c->place,
                         "\"%s\" is a type of core; a line cannot declare it "
                         "anew",
                         c->name->bytes);
}

/* ---- Class types and supertypes ---- */

static void make_class_type(World *world, Class *class) {
    TypeParameter *own = class->enum_class ? class->enum_class->type_parameters
                                           : class->type_parameters;
    size_t count = 0;
    for (TypeParameter *p = own; p; p = NEXT(p)) {
        if (!p->type)
            p->type = type_new_parameter(world, p);
        count++;
    }
    Type **arguments =
        arena_take(&world->compile->arena, count * sizeof(Type *));
    count = 0;
    for (TypeParameter *p = own; p; p = NEXT(p))
        arguments[count++] = p->type;
    class->type = type_new_class(world, class, arguments, count);
}

/* Before any bound is looked at: what `Self` stands for in an interface. */
static void make_self(World *world, Class *class) {
    make_class_type(world, class);
    class->self = ARENA_NEW(&world->compile->arena, TypeParameter);
    class->self->name = name_of(&world->compile->names, "Self");
    class->self->bound = class->type;
    class->self->type = type_new_parameter(world, class->self);
}

static void add_interface(Checker *checker, Class *class, Type *type) {
    size_t count = class->interface_count;
    class->interfaces =
        arena_grow(&checker->compile->arena, class->interfaces,
                   count * sizeof(Type *), (count + 1) * sizeof(Type *));
    class->interfaces[count] = type;
    class->interface_count++;
}

static void add_super(Checker *checker, Class *class, SuperNode *node) {
    Type *type = check_type(checker, node->type);
    Place place = node->type->place;
    if (type_kind(type) == TYPE_BAD)
        return;
    Class *super = type_kind(type) == TYPE_CLASS ? type->class : NULL;
    if (!super || super->kind == CLASS_ENUM) {
        source_error(checker->compile, place, "%s cannot be extended",
                     type_text(checker->world, type));
    } else if (super->kind == CLASS_INTERFACE) {
        add_interface(checker, class, type);
    } else if (class->kind != CLASS_CLASS) {
        source_error(checker->compile, place,
                     "%s is a class; only interfaces can stand here",
                     super->name->bytes);
    } else if (class->super) {
        source_error(checker->compile, place,
                     "a class extends one class; %s is the second",
                     super->name->bytes);
    } else if (super->is_native) {
        source_error(checker->compile, place, "%s cannot be extended",
                     super->name->bytes);
    } else {
        class->super = type;
    }
}

/* ---- The shape of the hierarchy ---- */

/* Ways up to supertypes, counted for each class: what recurses over supertypes
 * goes each of them. */
#define SUPER_PATHS_MAX 300u

/* Superclasses, Object included; the VM allows 24 classes in a chain. */
#define SUPER_CHAIN_MAX 22u

enum { UNSEEN, UNDER_WAY, SEEN };

static void cut_supers(Class *class) {
    class->super = NULL;
    class->interface_count = 0;
    class->paths = class->chain = 1;
}

static void measure(Checker *checker, Class *class, unsigned depth);

static void measure_super(Checker *checker, Class *class, Class *super,
                          unsigned depth) {
    if (super->seen == UNDER_WAY || depth > SUPER_PATHS_MAX) {
        source_error(checker->compile, class->place,
                     depth > SUPER_PATHS_MAX ? "%s has too many supertypes"
                                             : "%s extends itself",
                     class->name->bytes);
        cut_supers(class);
        return;
    }
    measure(checker, super, depth + 1);
    class->paths += super->paths;
    if (class->super && super == class->super->class)
        class->chain += super->chain;
}

static void measure(Checker *checker, Class *class, unsigned depth) {
    if (class->seen != UNSEEN)
        return;
    class->seen = UNDER_WAY;
    class->paths = class->chain = 1;
    if (class->super)
        measure_super(checker, class, class->super->class, depth);
    for (size_t i = 0; i < class->interface_count; i++, work_add(1))
        measure_super(checker, class, class->interfaces[i]->class, depth);
    if (class->paths > SUPER_PATHS_MAX || class->chain > SUPER_CHAIN_MAX) {
        source_error(checker->compile, class->place,
                     "%s has too many supertypes", class->name->bytes);
        cut_supers(class);
    }
    class->seen = SEEN;
}

static void extend_object(World *world, Class *class) {
    Class *object = world->classes.object;
    if (!class->super && class->kind != CLASS_INTERFACE && class != object)
        class->super = type_new_class(world, object, NULL, 0);
}

static void declare_supers(Checker *checker, Class *class) {
    check_type_parameters(checker, class->type_parameters);
    make_class_type(checker->world, class);
    for (SuperNode *n = class->supers; n; n = NEXT(n))
        add_super(checker, class, n);
}

/* ---- Functions ---- */

static void declare_parameters(Checker *checker, Variable *parameters) {
    for (Variable *p = parameters; p; p = NEXT(p)) {
        p->type = check_type(checker, p->type_node);
        p->function = checker->function;
        p->module = checker->module;
        if (type_kind(p->type) == TYPE_VOID) {
            source_error(checker->compile, p->place,
                         "a parameter cannot be Void");
            p->type = checker->world->bad;
        }
        for (Variable *q = parameters; q != p; q = NEXT(q))
            if (q->name == p->name)
                say_twice(checker->compile, p->place, p->name);
    }
}

static bool body_is_inferred(const Function *function) {
    return function->is_expression && function->body;
}

static void declare_function(Checker *checker, Function *function) {
    Checker inside = *checker;
    inside.function = function;
    function->module = checker->module;
    function->owner = checker->class;
    check_type_parameters(&inside, function->type_parameters);
    declare_parameters(&inside, function->parameters);
    if (function->result_node)
        function->result = check_type(&inside, function->result_node);
    else if (!body_is_inferred(function))
        function->result = checker->world->void_type;
    size_t count = 0;
    for (Variable *p = function->parameters; p; p = NEXT(p))
        count++;
    if (function->kind == FUNCTION_GETTER && count > 0)
        source_error(checker->compile, function->place,
                     "a getter has no parameters");
    if (function->kind == FUNCTION_SETTER && count != 1)
        source_error(checker->compile, function->place,
                     "a setter has one parameter");
}

/* ---- Fields and constructors ---- */

static void declare_field(Checker *checker, Class *class, Variable *field) {
    field->owner_class = class;
    field->module = checker->module;
    if (field->type_node)
        field->type = check_type(checker, field->type_node);
    if (field->type && type_kind(field->type) == TYPE_VOID) {
        source_error(checker->compile, field->place, "a field cannot be Void");
        field->type = checker->world->bad;
    }
}

/* A parameter with let or var is a parameter and a field. */
static void make_field(Checker *checker, Class *class, Variable *parameter) {
    Variable *field = ARENA_NEW(&checker->compile->arena, Variable);
    *field = *parameter;
    field->kind = VARIABLE_FIELD;
    field->initial = NULL;
    field->next = NULL;
    field->owner_class = class;
    field->function = NULL;
    parameter->field = field;
    parameter->is_let = true;
}

static void declare_constructor(Checker *checker, Class *class) {
    Function *init = ARENA_NEW(&checker->compile->arena, Function);
    Checker inside = *checker;
    init->kind = FUNCTION_INIT;
    init->name = name_of(&checker->compile->names, "init");
    init->place = class->place;
    init->parameters = class->parameters;
    init->result = checker->world->void_type;
    init->owner = class;
    init->module = checker->module;
    init->is_private = false;
    class->init = init;
    inside.function = init;
    declare_parameters(&inside, class->parameters);
    for (Variable *p = class->parameters; p; p = NEXT(p))
        if (p->makes_field)
            make_field(checker, class, p);
}

static void check_member_names(Checker *checker, Class *class) {
    for (Variable *v = class->fields; v; v = NEXT(v)) {
        for (Variable *w = class->fields; w != v; w = NEXT(w))
            if (v->name == w->name)
                say_twice(checker->compile, v->place, v->name);
        for (Variable *w = class->parameters; w; w = NEXT(w))
            if (w->makes_field && v->name == w->name)
                say_twice(checker->compile, v->place, v->name);
    }
    for (Function *f = class->functions; f; f = NEXT(f)) {
        for (Function *g = class->functions; g != f; g = NEXT(g))
            if (f->name == g->name &&
                (f->kind == FUNCTION_SETTER) == (g->kind == FUNCTION_SETTER))
                say_twice(checker->compile, f->place, f->name);
        for (Variable *v = class->fields; v; v = NEXT(v))
            if (f->name == v->name)
                say_twice(checker->compile, f->place, f->name);
    }
}

static void declare_members(Checker *checker, Class *class) {
    Checker inside = *checker;
    inside.class = class;
    if (class->kind == CLASS_INTERFACE && class->fields)
        source_error(checker->compile, class->fields->place,
                     "an interface has no fields");
    declare_constructor(&inside, class);
    for (Variable *v = class->fields; v; v = NEXT(v))
        declare_field(&inside, class, v);
    for (Function *f = class->functions; f; f = NEXT(f))
        declare_function(&inside, f);
    check_member_names(checker, class);
    for (Class *c = class->cases; c; c = NEXT(c)) {
        for (Class *d = class->cases; d != c; d = NEXT(d))
            if (c->name == d->name)
                say_twice(checker->compile, c->place, c->name);
        declare_members(checker, c);
    }
}

static void declare_case_types(Checker *checker, Class *class) {
    for (Class *c = class->cases; c; c = NEXT(c)) {
        c->module = checker->module;
        make_class_type(checker->world, c);
        c->super = class->type;
    }
}

/* ---- Modules ---- */

static void resolve_imports(World *world, Module *module) {
    for (Import *i = module->imports; i; i = NEXT(i)) {
        for (Module *m = world->modules; m; m = NEXT(m))
            if (m->name == i->name && m != module)
                i->module = m;
        if (!i->module && !module->is_interface)
            source_error(world->compile, i->place, "there is no module \"%s\"",
                         i->name->bytes);
    }
}

void check_declare(World *world, Module *module) {
    Checker checker = {
        .world = world, .compile = world->compile, .module = module};
    resolve_imports(world, module);
    check_index_classes(world->compile, module);
    check_module_names(world->compile, module);
    module->init = ARENA_NEW(&world->compile->arena, Function);
    module->init->name = name_of(&world->compile->names, "$init");
    module->init->module = module;
    module->init->is_static = true;
    if (module->is_core) {
        world->core = module;
        if (!type_find_core(world))
            return;
    }
    if (module->line)
        check_core_names(world, module);
    for (Class *c = module->classes; c; c = NEXT(c)) {
        c->module = module;
        if (c->kind == CLASS_INTERFACE)
            make_self(world, c);
    }
    for (Class *c = module->classes; c; c = NEXT(c)) {
        checker.class = c;
        declare_supers(&checker, c);
        if (c->self)
            c->self->bound = c->type;
    }
    for (Class *c = module->classes; c; c = NEXT(c)) {
        measure(&checker, c, 0);
        extend_object(world, c);
        declare_case_types(&checker, c);
    }
    checker.class = NULL;
    start_declare(world, module);
    for (Class *c = module->classes; c; c = NEXT(c))
        declare_members(&checker, c);
    for (Function *f = module->functions; f; f = NEXT(f))
        declare_function(&checker, f);
    for (Function *f = module->tests; f; f = NEXT(f))
        declare_function(&checker, f);
    module->init->result = world->void_type;
    for (Variable *v = module->variables; v; v = NEXT(v)) {
        v->module = module;
        v->is_static = true;
        if (v->type_node)
            v->type = check_type(&checker, v->type_node);
    }
}
