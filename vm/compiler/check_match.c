/* match: patterns, and whether they cover everything. */
#include "kernel/base/bytes.h"
#include "vm/compiler/check.h"

/* What is still open of the subject's values. */
typedef struct Cover {
    Type *subject; /* without null */
    Class *enum_class;
    bool null_open;
    bool rest_open; /* some value that is not null */
    bool is_past;   /* a guard may have changed the variable it came from */
    bool bools_open[2];
    bool *cases_open; /* by tag */
    size_t case_count;
} Cover;

static Cover new_cover(Checker *checker, Type *type) {
    World *world = checker->world;
    Cover cover = {.subject = type_not_null(world, type),
                   .null_open = type_is_nullable(type),
                   .rest_open = true,
                   .bools_open = {true, true}};
    Class *class = type_class(world, cover.subject);
    if (class && class->kind == CLASS_ENUM) {
        cover.enum_class = class;
        for (Class *c = class->cases; c; c = NEXT(c))
            cover.case_count++;
        cover.cases_open =
            arena_take(&checker->compile->arena, cover.case_count);
        bytes_fill(cover.cases_open, 1, cover.case_count);
    }
    return cover;
}

/* ---- Patterns ---- */

static bool check_pattern(Checker *checker, Pattern *pattern, Type *subject);

static void unknown_case(Checker *checker, Pattern *pattern, Class *class) {
    Suggestion suggestion = check_suggestion(pattern->name);
    for (Class *c = class->cases; c; c = NEXT(c))
        check_offer(&suggestion, c->name);
    source_error(checker->compile, pattern->place, "%s has no case \"%s\"%s",
                 class->name->bytes, pattern->name->bytes,
                 check_suggested(checker, &suggestion));
}

/* True when it fits every value of its case. */
static bool check_case(Checker *checker, Pattern *pattern, Type *subject) {
    World *world = checker->world;
    Class *class = type_class(world, subject);
    Class *found = check_find_case(class, pattern->name);
    Binding *bindings = type_bindings(world, subject, NULL);
    bool whole = true;
    if (!found) {
        unknown_case(checker, pattern, class);
        return true;
    }
    pattern->enum_case = found;
    pattern->type = subject;
    Variable *field = found->parameters;
    Pattern *item = pattern->items;
    for (; field && item; field = NEXT(field), item = NEXT(item))
        whole &= check_pattern(checker, item,
                               type_substitute(world, field->type, bindings)) &&
                 item->kind != PATTERN_CASE;
    if (pattern->has_items && (field || item))
        source_error(checker->compile, pattern->place,
                     "the case \"%s\" has %s values than this pattern",
                     found->name->bytes, field ? "more" : "fewer");
    return whole;
}

static void check_bind(Checker *checker, Pattern *pattern, Type *subject) {
    Variable *variable = ARENA_NEW(&checker->compile->arena, Variable);
    variable->name = pattern->name;
    variable->place = pattern->place;
    variable->is_let = true;
    variable->type = subject;
    pattern->variable = variable;
    check_push(checker, variable);
}

static void check_is_pattern(Checker *checker, Pattern *pattern,
                             Type *subject) {
    World *world = checker->world;
    pattern->type = check_raw_type(checker, pattern->type_node);
    TypeKind kind = type_kind(pattern->type);
    Type *from = type_not_null(world, subject);
    Class *have = type_class(world, from);
    Class *want = type_class(world, pattern->type);
    bool related =
        kind == TYPE_BAD || !have || !want || have->kind == CLASS_INTERFACE ||
        want->kind == CLASS_INTERFACE || type_kind(from) == TYPE_PARAMETER ||
        type_as_super(world, from, want) ||
        type_as_super(world, pattern->type, have);
    if (!related)
        source_error(checker->compile, pattern->place, "%s is never %s",
                     type_text(world, subject),
                     type_text(world, pattern->type));
}

static void check_value_pattern(Checker *checker, Pattern *pattern,
                                Type *subject) {
    World *world = checker->world;
    Node *value = pattern->value;
    Type *type = check_expression(checker, value, subject);
    Type *core = type_not_null(world, subject);
    if (type_kind(type) == TYPE_NULL && !type_is_nullable(subject))
        source_error(checker->compile, pattern->place, "%s is never null",
                     type_text(world, subject));
    if (value->kind == NODE_RANGE || type_kind(type) == TYPE_NULL ||
        type_kind(type) == TYPE_BAD || type_kind(core) == TYPE_BAD) {
        if (value->kind == NODE_RANGE &&
            !type_fits(world, world->scalars[TYPE_INT], core))
            source_error(checker->compile, pattern->place,
                         "%s is never in a range", type_text(world, subject));
        return;
    }
    if (!type_fits(world, core, type) && !type_fits(world, type, core))
        source_error(checker->compile, pattern->place,
                     "%s is never equal to %s", type_text(world, subject),
                     type_text(world, type));
}

/* A name alone where the subject is no enum is a value by that name. */
static void name_to_value(Checker *checker, Pattern *pattern) {
    Node *node = ARENA_NEW(&checker->compile->arena, Node);
    node->kind = NODE_NAME;
    node->place = pattern->place;
    node->name = pattern->name;
    pattern->kind = PATTERN_VALUE;
    pattern->value = node;
}

static bool is_enum(World *world, Type *type) {
    Class *class = type_class(world, type);
    return class && class->kind == CLASS_ENUM;
}

/* Color.red written in full is the case, too. */
static void value_to_case(Checker *checker, Pattern *pattern, Type *subject) {
    Node *value = pattern->value;
    Node *call = value->kind == NODE_CALL ? value : NULL;
    Node *member = call ? call->left : value;
    Class *class = type_class(checker->world, subject);
    if (call || member->kind != NODE_MEMBER ||
        member->left->kind != NODE_NAME || member->left->name != class->name)
        return;
    pattern->kind = PATTERN_CASE;
    pattern->name = member->name;
}

static bool check_pattern(Checker *checker, Pattern *pattern, Type *subject) {
    World *world = checker->world;
    Type *core = type_not_null(world, subject);
    bool of_enum = is_enum(world, core);
    if (pattern->kind == PATTERN_CASE && !of_enum) {
        if (pattern->has_items && type_kind(core) != TYPE_BAD)
            source_error(checker->compile, pattern->place, "%s is not an enum",
                         type_text(world, subject));
        name_to_value(checker, pattern);
        if (pattern->has_items)
            return false;
    }
    if (pattern->kind == PATTERN_BIND && of_enum &&
        check_find_case(type_class(world, core), pattern->name))
        pattern->kind = PATTERN_CASE;
    if (pattern->kind == PATTERN_VALUE && of_enum)
        value_to_case(checker, pattern, core);
    switch (pattern->kind) {
    case PATTERN_CASE:
        return check_case(checker, pattern, core);
    case PATTERN_BIND:
        check_bind(checker, pattern, subject);
        return true;
    case PATTERN_IS:
        check_is_pattern(checker, pattern, subject);
        return type_fits(world, pattern->type, subject);
    case PATTERN_VALUE:
        check_value_pattern(checker, pattern, subject);
        return false;
    case PATTERN_ANY:
    default:
        return true;
    }
}

/* ---- Covering ---- */

static void cover(Checker *checker, Cover *open, const Pattern *pattern,
                  bool whole) {
    World *world = checker->world;
    if (pattern->kind == PATTERN_ANY) {
        open->rest_open = open->null_open = false;
    } else if (pattern->kind == PATTERN_CASE && pattern->enum_case && whole) {
        open->cases_open[pattern->enum_case->tag] = false;
    } else if (pattern->kind == PATTERN_IS) {
        if (type_fits(world, pattern->type, open->subject))
            open->rest_open = false;
    } else if (pattern->kind == PATTERN_VALUE) {
        if (pattern->value->kind == NODE_NULL)
            open->null_open = false;
        else if (pattern->value->kind == NODE_BOOL)
            open->bools_open[pattern->value->number] = false;
    }
}

static const char *missing_value(const Cover *open) {
    TypeKind kind = type_kind(open->subject);
    if (open->rest_open && open->enum_class) {
        for (Class *c = open->enum_class->cases; c; c = NEXT(c))
            if (open->cases_open[c->tag])
                return c->name->bytes;
    } else if (open->rest_open && kind == TYPE_BOOL) {
        if (open->bools_open[1])
            return "true";
        if (open->bools_open[0])
            return "false";
    } else if (open->rest_open && kind != TYPE_BAD && kind != TYPE_NEVER) {
        return "else";
    }
    return open->null_open ? "null" : NULL;
}

/* ---- match ---- */

static bool fits_null(const Pattern *pattern) {
    return pattern->kind == PATTERN_ANY || pattern->kind == PATTERN_BIND ||
           (pattern->kind == PATTERN_IS && type_is_nullable(pattern->type)) ||
           (pattern->kind == PATTERN_VALUE &&
            type_is_nullable(pattern->value->type));
}

/* What the arm knows of a subject that is a variable: the type of a pattern
 * that stands alone, or that null fits none of them. */
static void narrow_subject(Checker *checker, Node *subject,
                           const Pattern *patterns, const Cover *open) {
    Variable *root, *field;
    bool may_be_null = false;
    if (open->is_past || !check_narrow_key(subject, &root, &field))
        return;
    for (const Pattern *p = patterns; p; p = NEXT(p))
        may_be_null |= open->null_open && fits_null(p);
    Type *type = may_be_null ? NULL : open->subject;
    if (patterns->kind == PATTERN_IS && !patterns->next)
        type = patterns->type;
    if (type && type_kind(type) != TYPE_BAD)
        checker->narrowings = check_new_narrowing(checker, root, field, type,
                                                  checker->narrowings);
}

/* A guard may have run before the next arm is tried. */
static void forget_guard(Checker *checker, const Node *subject,
                         const MatchArm *arm, Cover *open) {
    Variable *root, *field;
    check_forget(checker, arm->assigned);
    if (check_narrow_key(subject, &root, &field))
        open->is_past |= check_is_assigned(arm->assigned, root) ||
                         check_is_assigned(arm->assigned, field);
}

static Type *check_arm(Checker *checker, Node *node, MatchArm *arm, Cover *open,
                       Type *expected) {
    Scope *scope = checker->scope;
    Cover before = *open;
    bool wants_value = !node->is_statement;
    for (Pattern *p = arm->patterns; p; p = NEXT(p)) {
        bool whole = check_pattern(checker, p, node->left->type);
        if (arm->patterns->next && checker->scope != scope)
            source_error(checker->compile, p->place,
                         "only a pattern that stands alone can give names");
        if (!arm->guard)
            cover(checker, open, p, whole);
    }
    narrow_subject(checker, node->left, arm->patterns, &before);
    if (arm->guard)
        check_apply(checker, check_condition(checker, arm->guard).when_true);
    arm->body->is_statement = !wants_value;
    Type *type;
    if (arm->body->kind == NODE_BLOCK)
        type = check_block(checker, arm->body, expected, wants_value);
    else if (wants_value)
        type = check_expression(checker, arm->body, expected);
    else
        type = check_statement(checker, arm->body) ? checker->world->never
                                                   : checker->world->void_type;
    checker->scope = scope;
    return type;
}

Type *check_match(Checker *checker, Node *node, Type *expected) {
    World *world = checker->world;
    Type *subject = check_expression(checker, node->left, NULL);
    Cover open = new_cover(checker, subject);
    Type *joined = world->never;
    Narrowing *before = checker->narrowings, *after = NULL;
    bool first = true, fits = expected && !type_has_unknown(expected);
    bool at_top = checker->at_line_top;
    checker->at_line_top = false;
    for (MatchArm *arm = node->arms; arm; arm = NEXT(arm)) {
        Type *type = check_arm(checker, node, arm, &open, expected);
        joined = type_join(world, joined, type);
        fits = fits && type_fits(world, expected, type);
        if (type_kind(type) != TYPE_NEVER) {
            after = first ? checker->narrowings
                          : check_merge(checker, after, checker->narrowings);
            first = false;
        }
        checker->narrowings = before;
        forget_guard(checker, node->left, arm, &open);
        before = checker->narrowings;
    }
    checker->at_line_top = at_top;
    if (!first)
        checker->narrowings = after;
    const char *missing = missing_value(&open);
    if (missing && type_kind(subject) != TYPE_BAD)
        source_error(checker->compile, node->place,
                     "this match lacks the case \"%s\"", missing);
    if (type_kind(joined) == TYPE_NEVER || node->is_statement || !fits)
        return joined;
    return expected;
}
