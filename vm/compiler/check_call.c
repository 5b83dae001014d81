/* Calls: which argument goes to which parameter, and what type parameters
 * stand for. */
#include "vm/compiler/check.h"

static size_t count_parameters(const Variable *list) {
    size_t count = 0;
    for (; list; list = NEXT(list))
        count++;
    return count;
}

/* ---- Arguments to parameters ---- */

static const char *call_name(const Function *function) {
    return function->kind == FUNCTION_INIT ? function->owner->name->bytes
                                           : function->name->bytes;
}

static bool is_function(Type *type) {
    TypeKind kind = type_kind(type);
    return kind == TYPE_FUNCTION ||
           (kind == TYPE_NULLABLE &&
            type_kind(type_of_unknown(type)->inner) == TYPE_FUNCTION);
}

static size_t named_parameter(Checker *checker, const Function *function,
                              Node *argument) {
    size_t index = 0;
    Suggestion suggestion = check_suggestion(argument->label);
    for (Variable *p = function->parameters; p; p = NEXT(p), index++) {
        if (p->name == argument->label)
            return index;
        check_offer(&suggestion, p->name);
    }
    source_error(checker->compile, argument->place,
                 "%s has no parameter \"%s\"%s", call_name(function),
                 argument->label->bytes, check_suggested(checker, &suggestion));
    return SIZE_MAX;
}

/* A trailing closure goes to the last parameter that is a function and has no
 * argument yet. */
static size_t trailing_parameter(const Function *function, Node **arguments) {
    size_t index = 0, found = SIZE_MAX;
    for (Variable *p = function->parameters; p; p = NEXT(p), index++)
        if (!arguments[index] && is_function(p->type))
            found = index;
    return found;
}

static void say_count(Checker *checker, Node *call, const Function *function,
                      size_t count) {
    size_t given = 0;
    for (Node *n = call->items; n; n = NEXT(n))
        given++;
    source_error(checker->compile, call->place,
                 "%s takes %u argument%s, not %u", call_name(function),
                 (unsigned)count, count == 1 ? "" : "s", (unsigned)given);
}

static bool place_argument(Checker *checker, Node *call,
                           const Function *function, Node *argument,
                           size_t *position, size_t count) {
    size_t index = *position;
    if (argument->label) {
        index = named_parameter(checker, function, argument);
        if (index == SIZE_MAX)
            return false;
    } else if (call->has_trailing && !argument->next) {
        size_t trailing = trailing_parameter(function, call->arguments);
        if (trailing != SIZE_MAX)
            index = trailing;
    } else {
        (*position)++;
    }
    if (index >= count) {
        say_count(checker, call, function, count);
        return false;
    }
    if (call->arguments[index]) {
        source_error(checker->compile, argument->place,
                     "this parameter already has an argument");
        return false;
    }
    call->arguments[index] = argument;
    return true;
}

static bool place_arguments(Checker *checker, Node *call,
                            const Function *function) {
    size_t count = count_parameters(function->parameters), position = 0;
    call->arguments =
        arena_take(&checker->compile->arena, count * sizeof(Node *));
    call->argument_count = count;
    for (Node *argument = call->items; argument; argument = NEXT(argument))
        if (!place_argument(checker, call, function, argument, &position,
                            count))
            return false;
    size_t index = 0;
    for (Variable *p = function->parameters; p; p = NEXT(p), index++) {
        if (call->arguments[index] || p->has_default || p->initial)
            continue;
        if (!call->items || !call->items->label)
            say_count(checker, call, function, count);
        else
            source_error(checker->compile, call->place,
                         "the argument \"%s\" is missing", p->name->bytes);
        return false;
    }
    return true;
}

/* ---- Type parameters ---- */

static Binding *bind_explicit(Checker *checker, Node *call,
                              TypeParameter *parameters, Binding *bindings) {
    TypeNode *node = call->type_nodes;
    for (; parameters && node; parameters = NEXT(parameters), node = NEXT(node))
        bindings = type_bind(checker->world, parameters,
                             check_type(checker, node), bindings);
    if (parameters || node)
        source_error(checker->compile, call->place,
                     "there are too %s type arguments", node ? "many" : "few");
    for (; parameters; parameters = NEXT(parameters))
        bindings = type_bind(checker->world, parameters, checker->world->bad,
                             bindings);
    return bindings;
}

static Binding *bind_unknown(Checker *checker, TypeParameter *parameters,
                             Binding *bindings) {
    for (; parameters; parameters = NEXT(parameters))
        bindings =
            type_bind(checker->world, parameters,
                      type_new_unknown(checker->world, parameters), bindings);
    return bindings;
}

static Binding *bind_parameters(Checker *checker, Node *call,
                                TypeParameter *parameters, Binding *bindings) {
    if (call->type_nodes)
        return bind_explicit(checker, call, parameters, bindings);
    return bind_unknown(checker, parameters, bindings);
}

static void check_bounds(Checker *checker, Node *call,
                         TypeParameter *parameters, const Binding *bindings) {
    World *world = checker->world;
    for (TypeParameter *p = parameters; p; p = NEXT(p)) {
        Type *type = type_substitute(world, p->type, bindings);
        Type *bound = type_substitute(world, p->bound, bindings);
        if (type_kind(type) == TYPE_UNKNOWN) {
            source_error(checker->compile, call->place,
                         "what %s stands for cannot be seen here; write it, "
                         "as in name<Int>(…)",
                         p->name->bytes);
            type_of_unknown(type)->inner = world->bad;
        } else if (bound && !type_fits(world, bound, type)) {
            source_error(checker->compile, call->place,
                         "%s must be %s, and %s is not", p->name->bytes,
                         type_text(world, bound), type_text(world, type));
        }
    }
}

/* ---- Checking the values ---- */

static void check_argument(Checker *checker, Node *argument,
                           Variable *parameter, const Binding *bindings) {
    Type *wanted = type_substitute(checker->world, parameter->type, bindings);
    check_value(checker, argument, wanted, "argument");
}

/* First the plain arguments, which tell what type parameters stand for, then
 * the closures, which want to know. */
static void check_values(Checker *checker, Node *call, Function *function,
                         const Binding *bindings) {
    for (int closures = 0; closures < 2; closures++) {
        size_t index = 0;
        for (Variable *p = function->parameters; p; p = NEXT(p), index++) {
            Node *argument = call->arguments[index];
            if (argument && (argument->kind == NODE_CLOSURE) == closures)
                check_argument(checker, argument, p, bindings);
        }
    }
}

static void check_rest(Checker *checker, Node *call) {
    for (Node *n = call->items; n; n = NEXT(n))
        if (!n->type && n->kind != NODE_CLOSURE)
            check_expression(checker, n, NULL);
}

/* An expected type may tell what the arguments do not. */
static void use_expected(Checker *checker, Type *result, Type *expected) {
    if (!expected || type_has_unknown(expected))
        return;
    Type *wanted = type_not_null(checker->world, expected);
    result = type_not_null(checker->world, result);
    if (type_kind(result) == TYPE_CLASS && type_has_unknown(result) &&
        type_is_class(wanted, type_of_unknown(result)->class))
        type_fits(checker->world, wanted, result);
}

/* Defaults of a compiled module have no types yet. */
static void check_defaults(Checker *checker, Function *function) {
    for (Variable *p = function->parameters; p; p = NEXT(p)) {
        if (!p->initial || p->is_checked || !function->module->is_interface)
            continue;
        p->is_checked = true;
        check_expression(checker, p->initial, p->type);
    }
}

Type *check_arguments(Checker *checker, Node *call, Function *function,
                      Binding *bindings, Type *result, Type *expected) {
    World *world = checker->world;
    TypeParameter *own = function->type_parameters;
    call->function = function;
    check_defaults(checker, function);
    bindings = bind_parameters(checker, call, own, bindings);
    result = type_substitute(world, result, bindings);
    if (!place_arguments(checker, call, function)) {
        check_rest(checker, call);
        return type_has_unknown(result) ? world->bad : result;
    }
    use_expected(checker, result, expected);
    check_values(checker, call, function, bindings);
    check_bounds(checker, call, own, bindings);
    return result;
}

/* ---- What is called ---- */

static Type *call_function(Checker *checker, Node *call, Type *expected) {
    World *world = checker->world;
    Node *callee = call->left;
    Function *function = callee->function;
    Binding *bindings = NULL;
    bool of_value = callee->kind == NODE_MEMBER && callee->receiver;
    if (of_value) {
        Type *receiver = type_not_null(world, callee->left->type);
        Class *owner = type_class(world, callee->receiver);
        bindings = type_bindings(world, callee->receiver, NULL);
        if (owner->self)
            bindings = type_bind(world, owner->self, receiver, bindings);
        call->direct = callee->left->kind == NODE_SUPER;
        if (call->direct && function->is_abstract)
            source_error(checker->compile, callee->place,
                         "\"%s\" is abstract in %s", function->name->bytes,
                         owner->name->bytes);
    }
    call->reference = REFERENCE_FUNCTION;
    Type *result = check_arguments(checker, call, function, bindings,
                                   check_result(checker, function), expected);
    if (callee->kind == NODE_MEMBER && callee->safe)
        result = type_nullable(world, result);
    return result;
}

static Type *construct(Checker *checker, Node *call, Class *class, Class *made,
                       Type *expected) {
    World *world = checker->world;
    if (!made->init || !class->type)
        return world->bad;
    if (class->is_abstract || class->kind == CLASS_INTERFACE)
        source_error(
            checker->compile, call->place,
            "%s is %s; no object can be made of it", class->name->bytes,
            class->kind == CLASS_INTERFACE ? "an interface" : "abstract");
    else if (class->is_native && class != world->classes.array)
        source_error(checker->compile, call->place, "%s has no constructor",
                     class->name->bytes);
    else if (class->kind == CLASS_ENUM && made == class)
        source_error(checker->compile, call->place,
                     "an enum is made by its cases, as in %s.%s",
                     class->name->bytes,
                     class->cases ? class->cases->name->bytes : "name");
    Binding *bindings =
        bind_parameters(checker, call, class->type_parameters, NULL);
    Type *type = type_substitute(world, class->type, bindings);
    TypeNode *explicit = call->type_nodes;
    call->type_nodes = NULL;
    call->reference = made == class ? REFERENCE_CLASS : REFERENCE_CASE;
    use_expected(checker, type, expected);
    check_arguments(checker, call, made->init, bindings, world->void_type,
                    NULL);
    check_bounds(checker, call, class->type_parameters, bindings);
    call->type_nodes = explicit;
    call->class = made;
    return type;
}

static Type *call_value(Checker *checker, Node *call, Type *type) {
    World *world = checker->world;
    size_t count = 0;
    if (type_kind(type) == TYPE_BAD) {
        check_rest(checker, call);
        return type;
    }
    type = type_of_unknown(type);
    if (type->kind != TYPE_FUNCTION) {
        bool nullable = is_function(type);
        source_error(checker->compile, call->left->place,
                     nullable ? "this function may be null; test it first%s"
                              : "%s cannot be called",
                     nullable ? "" : type_text(world, type));
        check_rest(checker, call);
        return world->bad;
    }
    for (Node *n = call->items; n; n = NEXT(n), count++)
        if (count < type->count)
            check_value(checker, n, type->arguments[count], "argument");
    if (count != type->count)
        source_error(checker->compile, call->place,
                     "this function takes %u argument%s, not %u",
                     (unsigned)type->count, type->count == 1 ? "" : "s",
                     (unsigned)count);
    call->reference = REFERENCE_NONE;
    return type->inner;
}

/* print(a, b) shows its arguments with blanks between: one text. */
static void join_arguments(Checker *checker, Node *call) {
    Function *function = call->left->function;
    bool joins = function && function->module == checker->world->core &&
                 !function->owner &&
                 (text_equal(function->name->bytes, "print") ||
                  text_equal(function->name->bytes, "log"));
    if (!joins || !call->items || !call->items->next)
        return;
    Node *text = ARENA_NEW(&checker->compile->arena, Node);
    text->kind = NODE_TEXT;
    text->place = call->items->place;
    Node **end = &text->items;
    for (Node *n = call->items, *next; n; n = next) {
        next = n->next;
        n->next = NULL;
        n->label = NULL;
        *end = n;
        if (!next)
            break;
        Node *blank = ARENA_NEW(&checker->compile->arena, Node);
        blank->kind = NODE_STRING;
        blank->place = n->place;
        blank->name = name_of(&checker->compile->names, " ");
        n->next = blank;
        end = &blank->next;
    }
    call->items = text;
    call->has_trailing = false;
}

static Type *call_callee(Checker *checker, Node *call, Type *type,
                         Type *expected) {
    Node *callee = call->left;
    switch ((int)callee->reference) {
    case REFERENCE_FUNCTION:
        if (callee->kind != NODE_NAME && callee->kind != NODE_MEMBER)
            break;
        join_arguments(checker, call);
        return call_function(checker, call, expected);
    case REFERENCE_CLASS:
        return construct(checker, call, callee->class, callee->class, expected);
    case REFERENCE_CASE:
        return construct(checker, call, callee->class->enum_class,
                         callee->class, expected);
    default:
        break;
    }
    return call_value(checker, call, type);
}

Type *check_call(Checker *checker, Node *call, Type *expected) {
    Node *callee = call->left;
    Type *type;
    if (callee->kind == NODE_NAME)
        type = check_called_name(checker, callee);
    else if (callee->kind == NODE_MEMBER)
        type = check_member(checker, callee, true);
    else
        type = check_expression(checker, callee, NULL);
    Narrowing *before = checker->narrowings;
    type = call_callee(checker, call, type, expected);
    if (callee->kind == NODE_MEMBER && callee->safe) /* perhaps left out */
        checker->narrowings = check_merge(checker, before, checker->narrowings);
    return type;
}
