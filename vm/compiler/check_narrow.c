/* Narrowing: what tests tell about locals and fields, and when it is over. */
#include "vm/compiler/check.h"

bool check_narrow_key(const Node *node, Variable **root_out,
                      Variable **field_out) {
    if (node->kind == NODE_NAME && node->reference == REFERENCE_VARIABLE) {
        *root_out = node->variable;
        *field_out = NULL;
        return true;
    }
    if (node->kind != NODE_MEMBER || node->reference != REFERENCE_VARIABLE ||
        node->safe || node->variable->kind != VARIABLE_FIELD)
        return false;
    *field_out = node->variable;
    *root_out = NULL;
    if (node->left->kind == NODE_THIS)
        return true;
    if (node->left->kind != NODE_NAME ||
        node->left->reference != REFERENCE_VARIABLE)
        return false;
    *root_out = node->left->variable;
    return true;
}

Narrowing *check_new_narrowing(Checker *checker, Variable *root,
                               Variable *field, Type *type, Narrowing *rest) {
    Narrowing *new = ARENA_NEW(&checker->compile->arena, Narrowing);
    *new = (Narrowing){root, field, type, rest};
    return new;
}

static const Narrowing *find(const Narrowing *list, const Variable *root,
                             const Variable *field) {
    for (; list; list = NEXT(list))
        if (list->root == root && list->field == field)
            return list;
    return NULL;
}

Type *check_narrowed(Checker *checker, Variable *root, Variable *field,
                     Type *declared) {
    const Narrowing *found = find(checker->narrowings, root, field);
    if (root && root->is_changed_inside && root->function == checker->function)
        return declared; /* any call may run the closure */
    return found && found->type ? found->type : declared;
}

/* An assignment: what was known of the variable, and of its fields, is over;
 * now it has the type of its new value. `names` are those that were assigned to
 * while that was found. */
void check_narrow(Checker *checker, const Node *node, Type *type,
                  AssignedNames names) {
    Variable *root, *field;
    if (!check_narrow_key(node, &root, &field))
        return;
    Type *declared = check_variable_type(checker, field ? field : root);
    Type *narrowed = NULL;
    if (type_is_nullable(declared) && !type_is_nullable(type) &&
        type_kind(type) != TYPE_BAD && type_kind(type) != TYPE_NEVER)
        narrowed = type_not_null(checker->world, declared);
    if (field && narrowed)
        narrowed = type; /* the declared type may need the receiver's */
    if (field && check_is_assigned(names, root))
        narrowed = NULL; /* that was a field of the object before */
    for (const Narrowing *n = checker->narrowings; n && !field; n = NEXT(n))
        if (n->root == root && n->field && n->type)
            checker->narrowings = check_new_narrowing(
                checker, root, n->field, NULL, checker->narrowings);
    checker->narrowings = check_new_narrowing(checker, root, field, narrowed,
                                              checker->narrowings);
}

void check_apply(Checker *checker, const Narrowing *facts) {
    for (; facts; facts = NEXT(facts))
        checker->narrowings =
            check_new_narrowing(checker, facts->root, facts->field, facts->type,
                                checker->narrowings);
}

/* What holds on both ways: the entries of `a` that `b` has too. */
Narrowing *check_merge(Checker *checker, Narrowing *a, Narrowing *b) {
    Narrowing *merged = NULL;
    if (a == b)
        return a;
    for (Narrowing *n = a; n; n = NEXT(n)) {
        const Narrowing *other = find(b, n->root, n->field);
        if (find(merged, n->root, n->field) || !n->type || !other ||
            !other->type || find(a, n->root, n->field) != n)
            continue;
        if (type_equal(n->type, other->type))
            merged = check_new_narrowing(checker, n->root, n->field, n->type,
                                         merged);
    }
    return merged;
}

/* What took the place of an entry since may tell less: an assignment's. */
static bool is_over(const Checker *checker, const Narrowing *n) {
    const Narrowing *now = find(checker->narrowings, n->root, n->field);
    return n->type && (!now || !now->type ||
                       !type_fits(checker->world, n->type, now->type));
}

Narrowing *check_still(Checker *checker, Narrowing *before) {
    Narrowing *kept = NULL;
    bool all = true;
    for (Narrowing *n = before; n; n = NEXT(n))
        all &= !is_over(checker, n);
    if (all)
        return before;
    for (Narrowing *n = before; n; n = NEXT(n))
        if (!is_over(checker, n) && find(before, n->root, n->field) == n)
            kept =
                check_new_narrowing(checker, n->root, n->field, n->type, kept);
    return kept;
}

bool check_is_assigned(AssignedNames names, const Variable *variable) {
    for (size_t i = 0; variable && i < names.count; i++, work_add(1))
        if (names.names[i] == variable->name)
            return true;
    return false;
}

void check_forget(Checker *checker, AssignedNames names) {
    Narrowing *kept = NULL;
    for (Narrowing *n = checker->narrowings; n; n = NEXT(n))
        if (n->type && !check_is_assigned(names, n->root) &&
            !check_is_assigned(names, n->field) &&
            !find(kept, n->root, n->field) &&
            find(checker->narrowings, n->root, n->field) == n)
            kept =
                check_new_narrowing(checker, n->root, n->field, n->type, kept);
    checker->narrowings = kept;
}

/* In a closure, which may run later: only what never changes stays. */
void check_forget_variables(Checker *checker) {
    Narrowing *kept = NULL;
    for (Narrowing *n = checker->narrowings; n; n = NEXT(n)) {
        bool fixed =
            (!n->root || n->root->is_let) && (!n->field || n->field->is_let);
        if (fixed && n->type && !find(kept, n->root, n->field) &&
            find(checker->narrowings, n->root, n->field) == n)
            kept =
                check_new_narrowing(checker, n->root, n->field, n->type, kept);
    }
    checker->narrowings = kept;
}

/* ---- Conditions ---- */

static bool is_null(const Node *node) {
    return node->kind == NODE_NULL;
}

static Narrowing *fact(Checker *checker, const Node *node, Type *type) {
    Variable *root, *field;
    if (!check_narrow_key(node, &root, &field))
        return NULL;
    return check_new_narrowing(checker, root, field, type, NULL);
}

static Narrowing *append(Narrowing *first, Narrowing *second) {
    Narrowing **end = &first;
    while (*end)
        end = NEXT_PLACE(end);
    *end = second;
    return first;
}

static Facts null_test(Checker *checker, Node *node) {
    Node *value = is_null(node->right) ? node->left : node->right;
    Facts facts = {0};
    Type *type = value->type;
    if (!type || !type_is_nullable(type) || type_kind(type) == TYPE_NULL)
        return facts;
    Narrowing *not_null =
        fact(checker, value, type_not_null(checker->world, type));
    if (node->operator== TOKEN_NOT_EQUAL || node->operator== TOKEN_NOT_SAME)
        facts.when_true = not_null;
    else
        facts.when_false = not_null;
    return facts;
}

static Facts both(Checker *checker, Node *node, bool is_and) {
    Narrowing *before = checker->narrowings;
    Facts left = check_condition(checker, node->left);
    check_apply(checker, is_and ? left.when_true : left.when_false);
    Facts right = check_condition(checker, node->right);
    left.when_true = check_still(checker, left.when_true);
    left.when_false = check_still(checker, left.when_false);
    checker->narrowings = check_still(checker, before);
    node->type = checker->world->scalars[TYPE_BOOL];
    if (is_and)
        return (Facts){append(left.when_true, right.when_true), NULL};
    return (Facts){NULL, append(left.when_false, right.when_false)};
}

static bool is_null_test(const Node *node) {
    return node->kind == NODE_BINARY &&
           (node->operator== TOKEN_EQUAL ||
            node->
            operator== TOKEN_NOT_EQUAL || node->
            operator== TOKEN_SAME || node->
            operator== TOKEN_NOT_SAME) &&
           (is_null(node->left) || is_null(node->right));
}

Facts check_condition(Checker *checker, Node *node) {
    Type *bool_type = checker->world->scalars[TYPE_BOOL];
    if (node->kind == NODE_AND || node->kind == NODE_OR)
        return both(checker, node, node->kind == NODE_AND);
    if (node->kind == NODE_UNARY && node->operator== TOKEN_NOT) {
        Facts facts = check_condition(checker, node->left);
        node->type = bool_type;
        return (Facts){facts.when_false, facts.when_true};
    }
    check_value(checker, node, bool_type, "condition");
    if (node->kind == NODE_IS && node->aimed)
        return (Facts){fact(checker, node->left, node->aimed), NULL};
    if (is_null_test(node))
        return null_test(checker, node);
    return (Facts){0};
}
