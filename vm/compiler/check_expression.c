/* Expressions: what each kind of node gives. */
#include "vm/compiler/check.h"

/* ---- Fitting, with words ---- */

bool check_fits(Checker *checker, Place place, Type *wanted, Type *given,
                const char *what) {
    World *world = checker->world;
    if (type_fits(world, wanted, given))
        return true;
    const char *text = type_text(world, wanted);
    if (type_kind(given) == TYPE_NULL)
        source_error(checker->compile, place,
                     "the %s cannot be null: it must be %s", what, text);
    else if (type_is_nullable(given) &&
             type_fits(world, wanted, type_not_null(world, given)))
        source_error(checker->compile, place,
                     "this may be null, but the %s must be %s; give another "
                     "value with \"??\" or test it first",
                     what, text);
    else if (type_kind(given) == TYPE_VOID)
        source_error(checker->compile, place,
                     "this gives no value, but the %s must be %s", what, text);
    else
        source_error(checker->compile, place, "the %s must be %s, not %s", what,
                     text, type_text(world, given));
    return false;
}

Type *check_value(Checker *checker, Node *node, Type *wanted,
                  const char *what) {
    Type *given = check_expression(checker, node, wanted);
    check_fits(checker, node->place, wanted, given, what);
    return given;
}

/* ---- Literals ---- */

static bool is_negative(const Node *node) {
    return node->is_let;
}

static Type *check_int(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    uint64_t limit = (uint64_t)INT64_MAX + is_negative(node);
    uint64_t magnitude = is_negative(node) ? 0 - node->number : node->number;
    Type *wanted = expected ? type_not_null(world, expected) : NULL;
    TypeKind kind = wanted ? type_kind(wanted) : TYPE_INT;
    if (magnitude > limit)
        source_error(checker->compile, node->place,
                     "this number does not fit into an Int");
    if (kind == TYPE_DOUBLE) {
        node->real = is_negative(node) ? -(double)magnitude : (double)magnitude;
        node->kind = NODE_DOUBLE;
        return world->scalars[TYPE_DOUBLE];
    }
    if (kind != TYPE_BYTE)
        return world->scalars[TYPE_INT];
    if (is_negative(node) ? magnitude != 0 : magnitude > 255)
        source_error(checker->compile, node->place,
                     "a Byte is a number from 0 to 255");
    return world->scalars[TYPE_BYTE];
}

static Type *check_text(Checker *checker, Node *node) {
    for (Node *part = node->items; part; part = NEXT(part)) {
        Type *type = check_expression(checker, part, NULL);
        if (type_kind(type) == TYPE_VOID)
            source_error(checker->compile, part->place,
                         "this gives no value to show");
    }
    return checker->world->string;
}

/* The one type argument that is welcome for items, or NULL. */
static Type *wanted_argument(Checker *checker, Type *expected,
                             const Class *class, size_t index) {
    if (!expected)
        return NULL;
    Type *wanted = type_not_null(checker->world, expected);
    if (!type_is_class(wanted, class))
        return NULL;
    return type_of_unknown(wanted)->arguments[index];
}

static bool is_known(Type *type) {
    return type && type_kind(type) != TYPE_UNKNOWN;
}

static Type *check_items(Checker *checker, Node *node, Type *item) {
    World *world = checker->world;
    Type *joined = world->never;
    for (Node *n = node->items; n; n = NEXT(n)) {
        if (is_known(item)) {
            check_value(checker, n, item, "item");
            continue;
        }
        Type *type = check_expression(checker, n, NULL);
        if (type_kind(type) == TYPE_VOID)
            source_error(checker->compile, n->place, "this gives no value");
        joined = type_join(world, joined, type);
    }
    if (is_known(item))
        return item;
    if (item && type_kind(joined) == TYPE_NEVER)
        return item;
    if (item && !type_fits(world, item, joined))
        return joined;
    return joined;
}

static Type *check_list(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    Class *class = world->classes.list;
    Class *others[] = {world->classes.set, world->classes.array};
    Type *item = wanted_argument(checker, expected, class, 0);
    for (size_t i = 0; i < 2 && !item; i++) {
        item = wanted_argument(checker, expected, others[i], 0);
        if (item)
            class = others[i];
    }
    item = check_items(checker, node, item);
    TypeKind kind = type_kind(item);
    if (kind == TYPE_NEVER || kind == TYPE_NULL) {
        source_error(checker->compile, node->place,
                     "the type of this list must be written, as in "
                     "\"let names: List<String> = []\"");
        item = world->bad;
    }
    return type_of_one(world, class, item);
}

static Type *check_map(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    Class *map = world->classes.map;
    Type *key = wanted_argument(checker, expected, map, 0);
    Type *value = wanted_argument(checker, expected, map, 1);
    Type *joined[2] = {world->never, world->never};
    Type *wanted[2] = {key, value};
    size_t side = 0;
    for (Node *n = node->items; n; n = NEXT(n), side ^= 1) {
        if (is_known(wanted[side]))
            check_value(checker, n, wanted[side], side ? "value" : "key");
        else
            joined[side] = type_join(world, joined[side],
                                     check_expression(checker, n, NULL));
    }
    Type **arguments = arena_take(&checker->compile->arena, 2 * sizeof(Type *));
    for (side = 0; side < 2; side++) {
        arguments[side] = is_known(wanted[side]) ? wanted[side] : joined[side];
        TypeKind kind = type_kind(arguments[side]);
        if (kind == TYPE_NEVER && wanted[side])
            arguments[side] = wanted[side];
        else if (kind == TYPE_NEVER || kind == TYPE_NULL || kind == TYPE_VOID) {
            source_error(checker->compile, node->place,
                         "the type of this map must be written, as in "
                         "\"let ages: Map<String, Int> = [:]\"");
            arguments[side] = world->bad;
        }
    }
    return type_new_class(world, map, arguments, 2);
}

/* ---- Null ---- */

/* A variable that is known not to be null just here may be null elsewhere. */
static bool never_null(const Node *node) {
    bool variable = (node->kind == NODE_NAME || node->kind == NODE_MEMBER) &&
                    node->reference == REFERENCE_VARIABLE;
    if (type_kind(node->type) == TYPE_BAD || type_is_nullable(node->type) ||
        node->kind == NODE_PRESENT)
        return false;
    return !variable || !type_is_nullable(node->variable->type);
}

static Type *check_coalesce(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    Type *left = check_expression(
        checker, node->left, expected ? type_nullable(world, expected) : NULL);
    Type *value = type_not_null(world, left);
    Narrowing *before = checker->narrowings;
    Type *hint = expected && !type_has_unknown(expected) ? expected : value;
    Type *right = check_expression(checker, node->right, hint);
    if (type_kind(right) != TYPE_NEVER)
        before = check_still(checker, before);
    checker->narrowings = before;
    if (never_null(node->left))
        source_error(checker->compile, node->place,
                     "the value before \"??\" is never null");
    if (type_kind(right) == TYPE_VOID) {
        source_error(checker->compile, node->right->place,
                     "this gives no value");
        return world->bad;
    }
    return type_join(world, value, right);
}

static Type *check_surely(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    Type *hint = expected ? type_nullable(world, expected) : NULL;
    Type *type = check_expression(checker, node->left, hint);
    if (never_null(node->left))
        source_error(checker->compile, node->place,
                     "this is never null; \"!\" is not needed");
    return type_not_null(world, type);
}

/* ---- Types asked for ---- */

static bool may_be(Checker *checker, Type *from, Type *to) {
    World *world = checker->world;
    Type *a = type_not_null(world, from), *b = type_not_null(world, to);
    Class *have = type_class(world, a), *want = type_class(world, b);
    if (type_kind(a) == TYPE_BAD || type_kind(b) == TYPE_BAD)
        return true;
    if (!have || !want)
        return false;
    if (type_kind(a) == TYPE_PARAMETER || type_kind(b) == TYPE_PARAMETER)
        return true;
    if (have->kind == CLASS_INTERFACE || want->kind == CLASS_INTERFACE)
        return true;
    return type_as_super(world, a, want) || type_as_super(world, b, have);
}

static Type *aimed_type(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *from = check_expression(checker, node->left, NULL);
    Type *to = check_raw_type(checker, node->type_nodes);
    TypeKind kind = type_kind(to);
    if (kind == TYPE_VOID || kind == TYPE_NEVER ||
        (node->kind == NODE_IS &&
         (kind == TYPE_PARAMETER || kind == TYPE_FUNCTION ||
          kind == TYPE_NULLABLE))) {
        source_error(checker->compile, node->type_nodes->place,
                     "a value cannot be tested for %s", type_text(world, to));
        return world->bad;
    }
    if (!may_be(checker, from, to)) {
        source_error(checker->compile, node->place, "%s is never %s",
                     type_text(world, from), type_text(world, to));
        return world->bad;
    }
    /* A generic supertype's arguments say what the subtype's must be. */
    Type *above =
        kind == TYPE_CLASS && to->count && !node->type_nodes->arguments
            ? type_as_super(world, type_not_null(world, from), to->class)
            : NULL;
    return above ? above : to;
}

static Type *check_is(Checker *checker, Node *node) {
    node->aimed = aimed_type(checker, node);
    return checker->world->scalars[TYPE_BOOL];
}

static Type *check_as(Checker *checker, Node *node) {
    node->aimed = aimed_type(checker, node);
    return node->aimed;
}

static Type *check_in(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *right = check_expression(checker, node->right, NULL);
    Type *bool_type = world->scalars[TYPE_BOOL];
    Member member;
    if (type_kind(right) == TYPE_BAD) {
        check_expression(checker, node->left, NULL);
        return bool_type;
    }
    if (type_is_nullable(right) ||
        !check_find_method(checker, right, "contains", &member) ||
        !member.function->parameters) {
        source_error(checker->compile, node->right->place,
                     "%s has no method \"contains\" for \"in\"",
                     type_text(world, right));
        check_expression(checker, node->left, NULL);
        return bool_type;
    }
    node->function = member.function;
    node->reference = REFERENCE_FUNCTION;
    node->receiver = member.owner;
    check_value(checker, node->left,
                type_substitute(world, member.function->parameters->type,
                                member.bindings),
                "value");
    return bool_type;
}

static Type *check_range(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *int_type = world->scalars[TYPE_INT];
    check_value(checker, node->left, int_type, "start of a range");
    check_value(checker, node->right, int_type, "end of a range");
    return type_new_class(world, world->classes.range, NULL, 0);
}

/* ---- Names ---- */

static Type *check_reference(Checker *checker, Node *node) {
    Type *type = node->kind == NODE_NAME ? check_name(checker, node)
                                         : check_member(checker, node, false);
    if (node->reference == REFERENCE_CLASS) {
        source_error(checker->compile, node->place,
                     "%s is a class; an object is made by %s(…)",
                     node->class->name->bytes, node->class->name->bytes);
        return checker->world->bad;
    }
    if (node->reference == REFERENCE_MODULE) {
        source_error(checker->compile, node->place,
                     "%s is a module, not a value", node->name->bytes);
        return checker->world->bad;
    }
    if (node->reference == REFERENCE_CASE) {
        if (node->class->parameters)
            source_error(checker->compile, node->place,
                         "the case \"%s\" needs its values: %s(…)",
                         node->name->bytes, node->name->bytes);
        Class *owner = node->class->enum_class;
        if (owner->type_parameters) {
            Binding *bindings = NULL;
            for (TypeParameter *p = owner->type_parameters; p; p = NEXT(p))
                bindings =
                    type_bind(checker->world, p,
                              type_new_unknown(checker->world, p), bindings);
            return type_substitute(checker->world, owner->type, bindings);
        }
        return owner->type;
    }
    return type;
}

static Type *check_super(Checker *checker, Node *node) {
    Type *this = check_this(checker, node);
    if (type_kind(this) == TYPE_BAD)
        return this;
    return checker->class->super ? checker->class->super : this;
}

/* ---- Ways out ---- */

static Type *check_return(Checker *checker, Node *node) {
    World *world = checker->world;
    Function *function = checker->function;
    Type *result = function ? function->result : NULL;
    Place place = node->left ? node->left->place : node->place;
    if (!function || function->kind == FUNCTION_INIT) {
        source_error(checker->compile, node->place,
                     "there is nothing to return from here");
    } else if (!result) { /* a closure: its result is being inferred */
        Type *type = node->left ? check_expression(checker, node->left, NULL)
                                : world->void_type;
        function->inferred_result =
            function->inferred_result
                ? type_join(world, function->inferred_result, type)
                : type;
    } else if (node->left && type_kind(result) == TYPE_VOID) {
        source_error(checker->compile, place, "this function returns nothing");
        check_expression(checker, node->left, NULL);
    } else if (node->left) {
        check_value(checker, node->left, result, "result");
    } else if (type_kind(result) != TYPE_VOID &&
               type_kind(result) != TYPE_BAD) {
        source_error(checker->compile, place, "\"return\" needs a value: %s",
                     type_text(world, result));
    }
    return world->never;
}

static Type *check_throw(Checker *checker, Node *node) {
    World *world = checker->world;
    Type *exception = type_new_class(world, world->classes.exception, NULL, 0);
    if (node->left)
        check_value(checker, node->left, exception, "thrown value");
    return world->never;
}

static Type *check_jump(Checker *checker, Node *node) {
    if (checker->loops == 0)
        source_error(checker->compile, node->place,
                     "\"%s\" stands outside a loop",
                     node->kind == NODE_BREAK ? "break" : "continue");
    checker->has_break |= node->kind == NODE_BREAK;
    return checker->world->never;
}

/* ---- All kinds ---- */

static Type *expression(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    switch ((int)node->kind) {
    case NODE_INT:
        return check_int(checker, node, expected);
    case NODE_DOUBLE:
        return world->scalars[TYPE_DOUBLE];
    case NODE_CHAR:
        return world->scalars[TYPE_CHAR];
    case NODE_STRING:
        return world->string;
    case NODE_BOOL:
        return world->scalars[TYPE_BOOL];
    case NODE_NULL:
        return world->null;
    case NODE_PRESENT:
        return node->type;
    case NODE_TEXT:
        return check_text(checker, node);
    case NODE_LIST:
        return check_list(checker, node, expected);
    case NODE_MAP:
        return check_map(checker, node, expected);
    case NODE_CLOSURE:
        return check_closure(checker, node, expected);
    case NODE_NAME:
    case NODE_MEMBER:
        return check_reference(checker, node);
    case NODE_THIS:
        return check_this(checker, node);
    case NODE_SUPER:
        return check_super(checker, node);
    case NODE_INDEX:
        return check_index(checker, node);
    case NODE_CALL:
        return check_call(checker, node, expected);
    case NODE_UNARY:
        return check_unary(checker, node, expected);
    case NODE_BINARY:
        return check_binary(checker, node, expected);
    case NODE_AND:
    case NODE_OR:
        check_condition(checker, node);
        return world->scalars[TYPE_BOOL];
    case NODE_COALESCE:
        return check_coalesce(checker, node, expected);
    case NODE_SURELY:
        return check_surely(checker, node, expected);
    case NODE_IS:
        return check_is(checker, node);
    case NODE_AS:
        return check_as(checker, node);
    case NODE_IN:
        return check_in(checker, node);
    case NODE_RANGE:
        return check_range(checker, node);
    case NODE_IF:
        return check_if(checker, node, expected);
    case NODE_MATCH:
        return check_match(checker, node, expected);
    case NODE_RETURN:
        return check_return(checker, node);
    case NODE_THROW:
        return check_throw(checker, node);
    case NODE_BREAK:
    case NODE_CONTINUE:
        return check_jump(checker, node);
    case NODE_BLOCK:
        return check_block(checker, node, expected, !node->is_statement);
    case NODE_LET:
    case NODE_ASSIGN:
    case NODE_WHILE:
    case NODE_FOR:
    case NODE_TRY:
        return check_statement(checker, node) ? world->never : world->void_type;
    default:
        return world->bad;
    }
}

bool check_enter(Checker *checker, Node *node) {
    World *world = checker->world;
    work_add(NODE_UNITS);
    if (node->place.line)
        world->at = node->place;
    if (world->depth++ < CHECK_DEPTH)
        return true;
    source_error(world->compile, node->place,
                 "too much hangs together here; write the types of what this "
                 "uses");
    return false;
}

void check_leave(Checker *checker) {
    checker->world->depth--;
}

Type *check_expression(Checker *checker, Node *node, Type *expected) {
    Type *type = checker->world->bad;
    if (check_enter(checker, node))
        type = expression(checker, node, expected);
    check_leave(checker);
    return node->type = type;
}
