/* Whether a class keeps what its supertypes promise. */
#include "vm/compiler/check.h"

static bool same_parameters(Checker *checker, const Function *own,
                            const Function *theirs, const Binding *bindings) {
    const Variable *a = own->parameters;
    const Variable *b = theirs->parameters;
    for (; a && b; a = NEXT(a), b = NEXT(b))
        if (!type_equal(a->type,
                        type_substitute(checker->world, b->type, bindings)))
            return false;
    return !a && !b;
}

/* What is private stays so, and what is not stays open: calls through the
 * supertype reach it. */
static bool same_access(Checker *checker, const Function *own,
                        const Function *theirs, const char *where) {
    const char *name = own->name->bytes;
    bool is_hidden = theirs->is_private && theirs->module != own->module;
    bool hides = own->is_private && !theirs->is_private;
    if (is_hidden)
        source_error(checker->compile, own->place,
                     "\"%s\" is private in %s, a class of module %s", name,
                     where, theirs->module->name->bytes);
    else if (hides)
        source_error(checker->compile, own->place,
                     "\"%s\" cannot be private, since it is not so in %s", name,
                     where);
    return !is_hidden && !hides;
}

/* `own` stands for `theirs`: same parameters, a result that fits. Own type
 * parameters are taken by position. */
static void check_override(Checker *checker, Function *own, Function *theirs,
                           Type *super, Binding *bindings) {
    World *world = checker->world;
    const char *name = own->name->bytes;
    const char *where = super->class->name->bytes;
    TypeParameter *a = own->type_parameters;
    TypeParameter *b = theirs->type_parameters;
    if (!same_access(checker, own, theirs, where))
        return;
    for (; a && b; a = NEXT(a), b = NEXT(b))
        bindings = type_bind(world, b, a->type, bindings);
    if (own->kind != theirs->kind) {
        source_error(checker->compile, own->place,
                     "\"%s\" is something else in %s", name, where);
        return;
    }
    if (a || b || !same_parameters(checker, own, theirs, bindings)) {
        source_error(checker->compile, own->place,
                     "the parameters of \"%s\" differ from those in %s", name,
                     where);
        return;
    }
    Type *wanted =
        type_substitute(world, check_result(checker, theirs), bindings);
    Type *given = check_result(checker, own);
    bool both_void =
        type_kind(wanted) == TYPE_VOID && type_kind(given) == TYPE_VOID;
    if (!both_void && !type_fits(world, wanted, given))
        source_error(checker->compile, own->place,
                     "\"%s\" must give %s as in %s, not %s", name,
                     type_text(world, wanted), where, type_text(world, given));
}

static Function *own_function(Class *class, const Function *like) {
    for (Function *f = class->functions; f; f = NEXT(f))
        if (f->name == like->name && !f->is_static &&
            f->kind != FUNCTION_RESTARTED &&
            (f->kind == FUNCTION_SETTER) == (like->kind == FUNCTION_SETTER))
            return f;
    return NULL;
}

/* The method that answers for `like` in objects of `class`, or NULL. */
static Function *implementation(Class *class, const Function *like) {
    for (Class *c = class; c; c = class_above(c)) {
        Function *found = own_function(c, like);
        if (found)
            return found->is_abstract ? NULL : found;
    }
    return NULL;
}

static void missing(Checker *checker, Class *class, const Function *function,
                    Type *super) {
    Function *default_one = implementation(class, function);
    bool has_default = function->body || function->is_default;
    if (default_one || has_default || !function->is_abstract)
        return;
    if (class->is_abstract || class->kind == CLASS_INTERFACE)
        return;
    source_error(checker->compile, class->place,
                 "%s lacks \"%s\", which %s promises", class->name->bytes,
                 function->name->bytes, super->class->name->bytes);
}

/* Each function of a supertype and of its supertypes in turn. */
static void check_super(Checker *checker, Class *class, Type *super,
                        unsigned depth) {
    World *world = checker->world;
    Class *theirs = super->class;
    Binding *bindings = type_bindings(world, super, NULL);
    if (depth > 100)
        return;
    if (theirs->self)
        bindings = type_bind(world, theirs->self, class->type, bindings);
    for (Function *f = theirs->functions; f; f = NEXT(f)) {
        Function *own = own_function(class, f);
        if (f->is_static || f->kind == FUNCTION_RESTARTED)
            continue;
        if (own && own != f)
            check_override(checker, own, f, super, bindings);
        missing(checker, class, f, super);
    }
    if (theirs->super)
        check_super(checker, class,
                    type_substitute(world, theirs->super, bindings), depth + 1);
    for (size_t i = 0; i < theirs->interface_count; i++, work_add(1))
        check_super(checker, class,
                    type_substitute(world, theirs->interfaces[i], bindings),
                    depth + 1);
}

static void check_abstract(Checker *checker, Class *class) {
    for (Function *f = class->functions; f; f = NEXT(f)) {
        if (!f->is_abstract || class->kind == CLASS_INTERFACE)
            continue;
        if (!class->is_abstract)
            source_error(checker->compile, f->place,
                         "only an abstract class has abstract functions");
        if (f->body)
            source_error(checker->compile, f->place,
                         "an abstract function has no body");
    }
}

static void check_hidden_fields(Checker *checker, Class *class,
                                Variable *field) {
    for (Type *super = class->super; super;
         super = super->class->super, work_add(1)) {
        Class *c = super->class;
        for (Variable *v = c->fields; v; v = NEXT(v))
            if (v->name == field->name && !v->is_static && !v->is_private)
                source_error(checker->compile, field->place,
                             "%s already has a field \"%s\"", c->name->bytes,
                             v->name->bytes);
        for (Variable *v = c->parameters; v; v = NEXT(v))
            if (v->makes_field && v->name == field->name && !v->is_private)
                source_error(checker->compile, field->place,
                             "%s already has a field \"%s\"", c->name->bytes,
                             v->name->bytes);
    }
}

void check_conformance(Checker *checker, Class *class) {
    Checker new = *checker;
    new.class = class;
    check_abstract(&new, class);
    for (Variable *v = class->fields; v; v = NEXT(v))
        if (!v->is_static)
            check_hidden_fields(&new, class, v);
    for (Variable *v = class->parameters; v; v = NEXT(v))
        if (v->makes_field)
            check_hidden_fields(&new, class, v);
    if (class->super)
        check_super(&new, class, class->super, 0);
    for (size_t i = 0; i < class->interface_count; i++, work_add(1))
        check_super(&new, class, class->interfaces[i], 0);
}
