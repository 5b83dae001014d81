/* What a name means where it stands: locals inside out, then members of the
 * class, the module, its imports, and core. */
#include "vm/compiler/check.h"

/* ---- Suggestions ---- */

Suggestion check_suggestion(Name wanted) {
    unsigned allowed = wanted->length < 4 ? 1 : wanted->length < 8 ? 2 : 3;
    return (Suggestion){wanted, NULL, allowed + 1};
}

void check_offer(Suggestion *suggestion, Name name) {
    unsigned distance = name_distance(suggestion->wanted, name);
    if (distance == 0 && name == suggestion->wanted)
        return;
    if (distance < suggestion->distance && distance < name->length) {
        suggestion->distance = distance;
        suggestion->best = name;
    }
}

const char *check_suggested(Checker *checker, const Suggestion *suggestion) {
    char buffer[200];
    Text text = text_on(buffer, sizeof buffer);
    if (suggestion->best)
        text_add_format(&text, "; did you mean \"%s\"?",
                        suggestion->best->bytes);
    return arena_copy(&checker->compile->arena, text_end(&text), text.length);
}

/* ---- Modules ---- */

/* An open table, at most half full. */
void check_index_classes(Compile *compile, Module *module) {
    size_t count = 0;
    for (Class *c = module->classes; c; c = NEXT(c))
        count++;
    module->class_slots = 16;
    while (module->class_slots < 2 * count)
        module->class_slots *= 2;
    module->class_table = arena_take(
        &compile->arena, module->class_slots * sizeof *module->class_table);
    for (Class *c = module->classes; c; c = NEXT(c)) {
        size_t at = c->name->hash & (module->class_slots - 1);
        while (module->class_table[at] &&
               module->class_table[at]->name != c->name) {
            at = (at + 1) & (module->class_slots - 1);
            work_add(1);
        }
        if (!module->class_table[at])
            module->class_table[at] = c;
    }
}

Class *check_class_in(Module *module, Name name) {
    size_t mask = module->class_slots - 1;
    if (module->class_table) {
        for (size_t at = name->hash & mask; module->class_table[at];
             at = (at + 1) & mask, work_add(1))
            if (module->class_table[at]->name == name)
                return module->class_table[at];
        return NULL;
    }
    for (Class *class = module->classes; class; class = NEXT(class))
        if (class->name == name)
            return class;
    return NULL;
}

static Function *function_in(Module *module, Name name) {
    for (Function *f = module->functions; f; f = NEXT(f))
        if (f->name == name)
            return f;
    return NULL;
}

static Variable *variable_in(Module *module, Name name) {
    for (Variable *v = module->variables; v; v = NEXT(v))
        if (v->name == name)
            return v;
    return NULL;
}

/* Own module first, then imports, then core. Private things of others are
 * found too, so that messages can say so. */
#define FIND_IN_MODULES(checker, name, find)                                   \
    do {                                                                       \
        if (find((checker)->module, (name)))                                   \
            return find((checker)->module, (name));                            \
        for (Import *i = (checker)->module->imports; i; i = NEXT(i))           \
            if (i->module && find(i->module, (name)))                          \
                return find(i->module, (name));                                \
        return (checker)->world->core ? find((checker)->world->core, (name))   \
                                      : NULL;                                  \
    } while (0)

Class *check_find_class(Checker *checker, Name name) {
    FIND_IN_MODULES(checker, name, check_class_in);
}

static Function *check_find_function(Checker *checker, Name name) {
    FIND_IN_MODULES(checker, name, function_in);
}

static Variable *check_find_module_variable(Checker *checker, Name name) {
    FIND_IN_MODULES(checker, name, variable_in);
}

Module *check_find_import(Checker *checker, Name name) {
    for (Import *i = checker->module->imports; i; i = NEXT(i))
        if (i->name == name)
            return i->module;
    if (checker->world->core && checker->world->core->name == name)
        return checker->world->core;
    return checker->module->name == name ? checker->module : NULL;
}

Class *check_find_case(Class *enum_class, Name name) {
    for (Class *c = enum_class->cases; c; c = NEXT(c))
        if (c->name == name)
            return c;
    return NULL;
}

/* ---- Captures ---- */

/* Notes that the closures from the current one out to where the variable
 * lives (NULL: `this`) need it. */
static void capture(Checker *checker, Variable *variable) {
    Function *home = variable ? variable->function : NULL;
    for (Function *f = checker->function;
         f && f != home && f->kind == FUNCTION_CLOSURE; f = f->outer) {
        Capture **end = &f->captures;
        while (*end && (*end)->variable != variable)
            end = NEXT_PLACE(end);
        if (*end)
            continue;
        *end = ARENA_NEW(&checker->compile->arena, Capture);
        (*end)->variable = variable;
        if (variable)
            variable->is_captured = true;
    }
}

/* ---- Names ---- */

static Type *local(Checker *checker, Node *node, Variable *variable) {
    Type *type = check_variable_type(checker, variable);
    node->reference = REFERENCE_VARIABLE;
    node->variable = variable;
    variable->is_used = true;
    if (variable->kind == VARIABLE_SLOT)
        capture(checker, checker->module->slot_array);
    else
        capture(checker, variable);
    return check_narrowed(checker, variable, NULL, type);
}

static Variable *slot_named(Checker *checker, Name name) {
    for (Variable *v = checker->slots; v; v = NEXT(v))
        if (v->name == name)
            return v;
    return NULL;
}

/* A shell's variables belong to its line and the closures in it; functions and
 * classes stand outside. */
static bool sees_slots(const Checker *checker) {
    const Function *f = checker->function;
    while (f && f->kind == FUNCTION_CLOSURE)
        f = f->outer;
    return f && f == checker->module->line_function;
}

static Variable *in_scope(Checker *checker, Name name) {
    for (Scope *s = checker->scope; s; s = NEXT(s))
        if (s->variable->name == name)
            return s->variable;
    return sees_slots(checker) ? slot_named(checker, name) : NULL;
}

/* The implicit parameter `it` of the closure around here. */
static Variable *implicit_it(Checker *checker, Name name) {
    if (!text_equal(name->bytes, "it"))
        return NULL;
    for (Function *f = checker->function; f; f = f->outer)
        if (f->kind == FUNCTION_CLOSURE && f->it)
            return f->it;
    return NULL;
}

static bool has_member(Checker *checker, Name name) {
    Member member;
    return checker->class && !checker->is_static &&
           (check_find_member(checker->world, checker->class->type, name,
                              &member) ||
            check_find_setter(checker->world, checker->class->type, name));
}

/* A member of `this`, written without it: made `this.name`. */
static Type *own_member(Checker *checker, Node *node, bool called) {
    Node *this = ARENA_NEW(&checker->compile->arena, Node);
    this->kind = NODE_THIS;
    this->place = node->place;
    node->kind = NODE_MEMBER;
    node->left = this;
    node->implicit_this = true;
    return check_member(checker, node, called);
}

static Type *function_as_value(Checker *checker, Node *node,
                               Function *function) {
    size_t count = 0;
    for (Variable *p = function->parameters; p; p = NEXT(p))
        count++;
    Type **types = arena_take(&checker->compile->arena, count * sizeof(Type *));
    count = 0;
    for (Variable *p = function->parameters; p; p = NEXT(p))
        types[count++] = p->type;
    if (function->type_parameters) {
        source_error(checker->compile, node->place,
                     "a generic function must be called");
        return checker->world->bad;
    }
    return type_new_function(checker->world, types, count,
                             check_result(checker, function));
}

Type *check_function_type(Checker *checker, Node *node, Function *function,
                          bool called) {
    if (function->kind == FUNCTION_GETTER)
        return check_result(checker, function);
    return called ? checker->world->void_type
                  : function_as_value(checker, node, function);
}

static Type *own_static(Checker *checker, Node *node, bool called) {
    Function *function = check_find_static(checker->class, node->name);
    Variable *variable = check_find_static_variable(checker->class, node->name);
    if (function) {
        node->reference = function->kind == FUNCTION_GETTER
                              ? REFERENCE_GETTER
                              : REFERENCE_FUNCTION;
        node->function = function;
        return check_function_type(checker, node, function, called);
    }
    if (!variable)
        return NULL;
    node->reference = REFERENCE_VARIABLE;
    node->variable = variable;
    return check_variable_type(checker, variable);
}

static Type *of_modules(Checker *checker, Node *node, bool called) {
    Function *function = check_find_function(checker, node->name);
    if (function) {
        node->reference = REFERENCE_FUNCTION;
        node->function = function;
        check_access(checker, node->place, function->is_private,
                     function->module, function->name);
        return check_function_type(checker, node, function, called);
    }
    Variable *variable = check_find_module_variable(checker, node->name);
    if (variable) {
        node->reference = REFERENCE_VARIABLE;
        node->variable = variable;
        check_access(checker, node->place, variable->is_private,
                     variable->module, variable->name);
        return check_narrowed(checker, variable, NULL,
                              check_variable_type(checker, variable));
    }
    Class *class = check_find_class(checker, node->name);
    if (class) {
        node->reference = REFERENCE_CLASS;
        node->class = class;
        check_access(checker, node->place, class->is_private, class->module,
                     class->name);
        return class->type ? class->type : checker->world->bad;
    }
    Module *module = check_find_import(checker, node->name);
    if (!module)
        return NULL;
    node->reference = REFERENCE_MODULE;
    node->module = module;
    return checker->world->void_type;
}

static void offer_module(Suggestion *suggestion, const Module *module) {
    for (Function *f = module->functions; f; f = NEXT(f))
        check_offer(suggestion, f->name);
    for (Variable *v = module->variables; v; v = NEXT(v))
        check_offer(suggestion, v->name);
    for (Class *c = module->classes; c; c = NEXT(c))
        check_offer(suggestion, c->name);
}

static Type *unknown_name(Checker *checker, Node *node) {
    if (slot_named(checker, node->name)) {
        source_error(checker->compile, node->place,
                     "\"%s\" is a variable of the shell, which functions and "
                     "classes do not see; give it to them as an argument",
                     node->name->bytes);
        return checker->world->bad;
    }
    Suggestion suggestion = check_suggestion(node->name);
    for (Scope *s = checker->scope; s; s = NEXT(s))
        check_offer(&suggestion, s->variable->name);
    for (Variable *v = sees_slots(checker) ? checker->slots : NULL; v;
         v = NEXT(v))
        check_offer(&suggestion, v->name);
    for (Class *c = checker->class; c; c = class_above(c)) {
        for (Variable *v = c->fields; v; v = NEXT(v))
            check_offer(&suggestion, v->name);
        for (Function *f = c->functions; f; f = NEXT(f))
            check_offer(&suggestion, f->name);
    }
    offer_module(&suggestion, checker->module);
    for (Import *i = checker->module->imports; i; i = NEXT(i))
        if (i->module)
            offer_module(&suggestion, i->module);
    offer_module(&suggestion, checker->world->core);
    bool is_it = text_equal(node->name->bytes, "it");
    source_error(checker->compile, node->place,
                 is_it ? "\"%s\" has a meaning only in a closure with one "
                         "parameter%s"
                       : "there is no \"%s\" here%s",
                 node->name->bytes,
                 is_it ? "" : check_suggested(checker, &suggestion));
    return checker->world->bad;
}

static Type *resolve(Checker *checker, Node *node, bool called) {
    Variable *variable = in_scope(checker, node->name);
    if (!variable)
        variable = implicit_it(checker, node->name);
    if (variable)
        return local(checker, node, variable);
    if (has_member(checker, node->name))
        return own_member(checker, node, called);
    Type *type = checker->class ? own_static(checker, node, called) : NULL;
    if (!type)
        type = of_modules(checker, node, called);
    return type ? type : unknown_name(checker, node);
}

Type *check_name(Checker *checker, Node *node) {
    return node->type = resolve(checker, node, false);
}

Type *check_called_name(Checker *checker, Node *node) {
    return node->type = resolve(checker, node, true);
}

Type *check_this(Checker *checker, Node *node) {
    if (!checker->class || checker->is_static) {
        source_error(checker->compile, node->place,
                     "there is no \"this\" outside the methods of a class");
        return node->type = checker->world->bad;
    }
    capture(checker, NULL);
    return node->type = checker->class->type;
}
