/* Going over the nodes of a tree. */
#include "vm/compiler/tree.h"

static bool each(Node *first, TreeVisit *visit, void *context) {
    for (Node *node = first; node; node = NEXT(node))
        if (visit(node, context))
            return true;
    return false;
}

static bool one(Node *node, TreeVisit *visit, void *context) {
    return node && visit(node, context);
}

static bool patterns_below(Pattern *first, TreeVisit *visit, void *context) {
    for (Pattern *p = first; p; p = NEXT(p))
        if (patterns_below(p->items, visit, context) ||
            (p->kind == PATTERN_VALUE && one(p->value, visit, context)))
            return true;
    return false;
}

static bool arms_below(MatchArm *first, TreeVisit *visit, void *context) {
    for (MatchArm *arm = first; arm; arm = NEXT(arm))
        if (patterns_below(arm->patterns, visit, context) ||
            one(arm->guard, visit, context) || one(arm->body, visit, context))
            return true;
    return false;
}

static bool catches_below(CatchArm *first, TreeVisit *visit, void *context) {
    for (CatchArm *arm = first; arm; arm = NEXT(arm))
        if (one(arm->body, visit, context))
            return true;
    return false;
}

/* `a += b` is generated from its third part, of which b is one. */
static bool assignment_below(Node *node, TreeVisit *visit, void *context) {
    return one(node->left, visit, context) ||
           one(node->third ? node->third : node->right, visit, context);
}

bool tree_below(Node *node, TreeVisit *visit, void *context) {
    switch ((int)node->kind) {
    case NODE_ASSIGN:
        return assignment_below(node, visit, context);
    case NODE_CLOSURE:
        return one(node->closure->body, visit, context);
    case NODE_MATCH:
        return one(node->left, visit, context) ||
               arms_below(node->arms, visit, context);
    case NODE_TRY:
        return one(node->left, visit, context) ||
               catches_below(node->catches, visit, context) ||
               one(node->third, visit, context);
    default:
        return one(node->left, visit, context) ||
               one(node->right, visit, context) ||
               one(node->third, visit, context) ||
               each(node->items, visit, context);
    }
}

static bool assigns(Node *node, void *context) {
    (void)context;
    return tree_assigns(node);
}

bool tree_assigns(Node *node) {
    if (!node || node->kind == NODE_CLOSURE)
        return false;
    if (node->assigns == ASSIGNS_UNKNOWN)
        node->assigns =
            node->kind == NODE_ASSIGN || tree_below(node, assigns, NULL)
                ? ASSIGNS_SOMETHING
                : ASSIGNS_NOTHING;
    return node->assigns == ASSIGNS_SOMETHING;
}
