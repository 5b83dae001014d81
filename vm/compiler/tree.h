/* tree.h: going over the nodes of a tree, whatever their kind. */
#ifndef COMPILER_TREE_H
#define COMPILER_TREE_H

#include "vm/compiler/ast.h"

/* Says whether the search may end here. */
typedef bool TreeVisit(Node *node, void *context);

/* Visits the nodes right below this one in the order of their evaluation, until
 * a visit says true; then it is true. The body of a closure is below it, the
 * values of patterns are below a match. */
bool tree_below(Node *node, TreeVisit *visit, void *context);

/* Whether evaluating the node may assign to a local that lives in a register.
 * What a closure assigns to lives in a cell. NULL: nothing is evaluated. */
bool tree_assigns(Node *node);

#endif
