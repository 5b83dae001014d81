/* match: the arms are tested in order; an enum's tag is read once. */
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"
#include "vm/compiler/variable.h"

static const Erased int_type = {MODULE_INT, NULL};

typedef struct Subject {
    Node *node;
    Value value;
    Value tag; /* of an enum; -1 for null */
} Subject;

static Value read_tag(Generator *g, Value value, Class *class,
                      bool may_be_null) {
    Variable *field = variable_core_field(g, class, "tag");
    Value tag = value_new(g, int_type);
    Label *known = code_label(g);
    if (may_be_null) {
        value_set_int(g, tag, -1);
        code_branch(g, OP_if_null, value.number, 0, known);
    }
    Value exact = value_convert(g, value_borrowed(value),
                                (Erased){MODULE_CLASS, class}, value_none);
    code_emit(g, OP_get, tag.number, exact.number,
              variable_field_number(g, field));
    value_release(g, exact);
    code_bind(g, known);
    return tag;
}

static void test(Generator *g, Pattern *pattern, Value value, Type *type,
                 Value tag, Label *fails);

/* The values of a case against their patterns. */
static void test_items(Generator *g, Pattern *pattern, Value value,
                       Label *fails) {
    Class *class = pattern->enum_case;
    Variable *parameter = class->parameters;
    Binding *bindings = type_bindings(g->world, pattern->type, NULL);
    if (!pattern->items)
        return;
    Value exact = value_convert(g, value_borrowed(value),
                                (Erased){MODULE_CLASS, class}, value_none);
    for (Pattern *item = pattern->items; item && parameter;
         item = NEXT(item), parameter = NEXT(parameter)) {
        if (item->kind == PATTERN_ANY)
            continue;
        Type *type = type_substitute(g->world, parameter->type, bindings);
        Value part =
            variable_load_field(g, parameter->field, exact, value_none);
        part = value_convert(g, part, erase_type(g->world, type), value_none);
        if (item->kind == PATTERN_BIND) {
            variable_declare(g, item->variable, part);
            continue;
        }
        test(g, item, part, type, value_none, fails);
        value_release(g, part);
    }
    value_release(g, exact);
}

static void test_case(Generator *g, Pattern *pattern, Value value, Type *type,
                      Value tag, Label *fails) {
    Class *class = pattern->enum_case;
    Value own = tag;
    if (tag.none)
        own = read_tag(g, value, class->enum_class, type_is_nullable(type));
    code_branch(g, OP_if_ne_imm, own.number, class->tag, fails);
    if (tag.none)
        value_release(g, own);
    test_items(g, pattern, value, fails);
}

static void test_is(Generator *g, Pattern *pattern, Value value, Label *fails) {
    Value borrowed = value_borrowed(value);
    Node present = {
        .kind = NODE_PRESENT, .held = &borrowed, .type = g->world->object};
    Node node = {.kind = NODE_IS, .left = &present, .aimed = pattern->type};
    if (!value.is_reference) /* known already: the checker saw to it */
        return;
    generate_branch(g, &node, false, fails);
}

/* Equal to the value, in the range, or null. */
static void test_value(Generator *g, Pattern *pattern, Value value, Type *type,
                       Label *fails) {
    Value borrowed = value_borrowed(value);
    Type *plain = type_not_null(g->world, type);
    Node present = {.kind = NODE_PRESENT, .held = &borrowed, .type = type};
    bool in_range = pattern->value->kind == NODE_RANGE;
    Node node = {.kind = in_range ? NODE_IN : NODE_BINARY,
                 .operator= TOKEN_EQUAL,
                 .place = pattern->place,
                 .left = &present,
                 .right = pattern->value,
                 .type = g->world->scalars[TYPE_BOOL]};
    if (!in_range || !type_is_nullable(type)) {
        generate_branch(g, &node, false, fails);
        return;
    }
    code_branch(g, OP_if_null, value.number, 0, fails);
    Value number =
        value_convert(g, borrowed, erase_type(g->world, plain), value_none);
    Value held = value_borrowed(number);
    present.held = &held;
    present.type = plain;
    generate_branch(g, &node, false, fails);
    value_release(g, number);
}

static void test(Generator *g, Pattern *pattern, Value value, Type *type,
                 Value tag, Label *fails) {
    switch (pattern->kind) {
    case PATTERN_CASE:
        if (pattern->enum_case)
            test_case(g, pattern, value, type, tag, fails);
        break;
    case PATTERN_IS:
        test_is(g, pattern, value, fails);
        break;
    case PATTERN_VALUE:
        test_value(g, pattern, value, type, fails);
        break;
    case PATTERN_BIND:
        variable_declare(g, pattern->variable, value_borrowed(value));
        break;
    case PATTERN_ANY:
    default:
        break;
    }
}

static void forget_names(Generator *g, Pattern *pattern) {
    for (Pattern *p = pattern->items; p; p = NEXT(p))
        forget_names(g, p);
    if (pattern->kind == PATTERN_BIND && pattern->variable)
        variable_forget(g, pattern->variable);
}

/* One of several patterns is enough; only a pattern alone gives names. */
static void test_patterns(Generator *g, MatchArm *arm, const Subject *subject,
                          Label *fails) {
    Label *fits = code_label(g);
    for (Pattern *p = arm->patterns; p; p = NEXT(p)) {
        Label *next = p->next ? code_label(g) : fails;
        test(g, p, subject->value, subject->node->type, subject->tag, next);
        if (p->next) {
            code_jump(g, fits);
            code_bind(g, next);
        }
    }
    code_bind(g, fits);
}

static void arm_body(Generator *g, MatchArm *arm, Value to) {
    if (to.none)
        generate_statement(g, arm->body);
    else
        generate_into(g, arm->body, to);
}

static bool uses_tag(const Node *node) {
    for (MatchArm *arm = node->arms; arm; arm = NEXT(arm))
        for (Pattern *p = arm->patterns; p; p = NEXT(p))
            if (p->kind == PATTERN_CASE && p->enum_case)
                return true;
    return false;
}

Value generate_match(Generator *g, Node *node, Value hint) {
    World *world = g->world;
    TypeKind kind = type_kind(node->type);
    bool wants = !node->is_statement && kind != TYPE_VOID && kind != TYPE_NEVER;
    Label *end = code_label(g);
    Subject subject = {.node = node->left, .tag = value_none};
    (void)hint;
    subject.value = value_own(g, generate(g, node->left, value_none));
    Class *class = type_class(world, type_not_null(world, node->left->type));
    if (class && class->kind == CLASS_ENUM && uses_tag(node))
        subject.tag = read_tag(g, subject.value, class,
                               type_is_nullable(node->left->type));
    Value to = wants ? value_of(g, node->type) : value_none;
    for (MatchArm *arm = node->arms; arm; arm = NEXT(arm)) {
        Label *fails = code_label(g);
        test_patterns(g, arm, &subject, fails);
        if (arm->guard)
            generate_branch(g, arm->guard, false, fails);
        arm_body(g, arm, to);
        for (Pattern *p = arm->patterns; p; p = NEXT(p))
            forget_names(g, p);
        code_jump(g, end);
        code_bind(g, fails);
    }
    code_bind(g, end);
    value_release(g, subject.tag);
    value_release(g, subject.value);
    return to;
}
