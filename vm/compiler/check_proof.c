/* Looks at each node of a checked module for what check.h says of it. */
#include "vm/compiler/check.h"
#include "vm/compiler/tree.h"

typedef struct Proof {
    World *world;
    const Function *function; /* whose code it is, closures included */
    const Node *called;       /* the callee of the call around it */
    Place place;
    const char *wrong; /* NULL: nothing so far */
} Proof;

static void need(Proof *proof, bool condition, const char *what) {
    if (!condition && !proof->wrong)
        proof->wrong = what;
}

/* ---- Types ---- */

static bool is_known(Type *type) {
    bool simple = type && type->kind <= TYPE_CLASS && type->count == 0;
    if (simple) /* as most are: this is asked of each node */
        return type->kind != TYPE_BAD;
    return type && type_kind(type) != TYPE_BAD && !type_has_unknown(type);
}

static bool is_only_statement(const Node *node) {
    return node->kind == NODE_LET || node->kind == NODE_ASSIGN ||
           node->kind == NODE_WHILE || node->kind == NODE_FOR ||
           node->kind == NODE_TRY;
}

static bool is_name(const Node *node) {
    return node->kind == NODE_NAME || node->kind == NODE_MEMBER;
}

/* A class, a module, or a function that is called: no value. */
static bool names_no_value(const Proof *proof, const Node *node) {
    return is_name(node) &&
           (node->reference == REFERENCE_CLASS ||
            node->reference == REFERENCE_MODULE ||
            (node->reference == REFERENCE_FUNCTION && node == proof->called));
}

static void prove_type(Proof *proof, Node *node) {
    if (is_only_statement(node) || names_no_value(proof, node))
        return;
    need(proof, is_known(node->type), "C1, a value has no type");
    if (is_name(node) && node->reference == REFERENCE_FUNCTION && node->type)
        need(proof,
             type_kind(type_not_null(proof->world, node->type)) ==
                 TYPE_FUNCTION,
             "C2, a function has another type");
}

static void prove_condition(Proof *proof, const Node *node) {
    TypeKind kind = node->type ? type_kind(node->type) : TYPE_BAD;
    need(proof, kind == TYPE_BOOL || kind == TYPE_NEVER,
         "C3, a condition is no Bool");
}

/* ---- References ---- */

static bool captures(const Function *closure, const Variable *variable) {
    for (const Capture *c = closure->captures; c; c = NEXT(c))
        if (c->variable == variable)
            return true;
    return false;
}

static bool is_within_reach(const Proof *proof, const Variable *variable) {
    const Function *f = proof->function;
    if (variable->kind != VARIABLE_LOCAL &&
        variable->kind != VARIABLE_PARAMETER)
        return true;
    while (f && f != variable->function && f->kind == FUNCTION_CLOSURE &&
           captures(f, variable))
        f = f->outer;
    return f == variable->function;
}

static void prove_name(Proof *proof, const Node *node) {
    switch (node->reference) {
    case REFERENCE_VARIABLE:
        need(proof, node->variable && is_known(node->variable->type),
             "C4, a name stands for nothing");
        if (node->kind == NODE_NAME && node->variable)
            need(proof, is_within_reach(proof, node->variable),
                 "C5, a closure does not capture what it uses");
        break;
    case REFERENCE_FUNCTION:
    case REFERENCE_GETTER:
        need(proof, node->function && node->function->result,
             "C4, a name stands for nothing");
        break;
    case REFERENCE_CLASS:
    case REFERENCE_CASE:
        need(proof, node->class && node->class->type,
             "C4, a name stands for nothing");
        break;
    case REFERENCE_MODULE:
        need(proof, node->module, "C4, a name stands for nothing");
        break;
    case REFERENCE_LENGTH:
        break;
    case REFERENCE_NONE:
    default:
        need(proof, false, "C4, a name stands for nothing");
    }
}

static void prove_arguments(Proof *proof, const Node *call,
                            const Function *function) {
    size_t index = 0;
    for (const Variable *p = function->parameters; p; p = NEXT(p), index++)
        need(proof,
             index < call->argument_count &&
                 (call->arguments[index] || p->initial || p->has_default),
             "C6, a parameter gets no value");
    need(proof, index == call->argument_count, "C6, a parameter gets no value");
}

static void prove_call(Proof *proof, const Node *call) {
    if (call->reference == REFERENCE_FUNCTION)
        prove_arguments(proof, call, call->function);
    else if (call->reference == REFERENCE_CLASS ||
             call->reference == REFERENCE_CASE)
        prove_arguments(proof, call, call->class->init);
}

static void prove_pattern(Proof *proof, const Pattern *pattern) {
    if (pattern->kind == PATTERN_CASE)
        need(proof, pattern->enum_case, "C7, a pattern has no case");
    if (pattern->kind == PATTERN_BIND)
        need(proof, pattern->variable && is_known(pattern->variable->type),
             "C7, a pattern's name has no type");
    for (const Pattern *p = pattern->items; p; p = NEXT(p))
        prove_pattern(proof, p);
}

static void prove_arms(Proof *proof, const Node *match) {
    for (const MatchArm *arm = match->arms; arm; arm = NEXT(arm)) {
        if (arm->guard)
            prove_condition(proof, arm->guard);
        for (const Pattern *p = arm->patterns; p; p = NEXT(p))
            prove_pattern(proof, p);
    }
}

static void prove_variables(Proof *proof, const Variable *first) {
    for (const Variable *v = first; v; v = NEXT(v))
        need(proof, is_known(v->type), "C1, a variable has no type");
}

/* ---- Nodes ---- */

static bool prove(Node *node, void *context);

static void below(Proof *proof, Node *node) {
    const Function *outer = proof->function;
    const Node *called = proof->called;
    if (node->kind == NODE_CLOSURE)
        proof->function = node->closure;
    if (node->kind == NODE_CALL)
        proof->called = node->left;
    tree_below(node, prove, proof);
    proof->function = outer;
    proof->called = called;
}

static void prove_kind(Proof *proof, Node *node) {
    switch ((int)node->kind) {
    case NODE_NAME:
    case NODE_MEMBER:
        prove_name(proof, node);
        break;
    case NODE_CALL:
        prove_call(proof, node);
        break;
    case NODE_IF:
    case NODE_WHILE:
        prove_condition(proof, node->left);
        break;
    case NODE_MATCH:
        prove_arms(proof, node);
        break;
    case NODE_LET:
    case NODE_FOR:
        prove_variables(proof, node->variables);
        break;
    default:
        break;
    }
}

/* Goes on until something is wrong. */
static bool prove(Node *node, void *context) {
    Proof *proof = context;
    if (node->place.line)
        proof->place = node->place;
    prove_type(proof, node);
    prove_kind(proof, node);
    if (!proof->wrong)
        below(proof, node);
    return proof->wrong != NULL;
}

static void prove_one(Proof *proof, Node *node, const Function *function) {
    proof->function = function;
    if (node && !proof->wrong)
        prove(node, proof);
}

static void prove_all(Proof *proof, Node *first, const Function *function) {
    for (Node *node = first; node; node = NEXT(node))
        prove_one(proof, node, function);
}

/* ---- Declarations ---- */

static void prove_functions(Proof *proof, Function *first) {
    for (Function *f = first; f; f = NEXT(f)) {
        prove_variables(proof, f->parameters);
        for (Variable *p = f->parameters; p; p = NEXT(p))
            prove_one(proof, p->initial, f);
        prove_one(proof, f->body, f);
    }
}

static void prove_first_values(Proof *proof, Variable *first,
                               const Function *home) {
    prove_variables(proof, first);
    for (Variable *v = first; v; v = NEXT(v))
        prove_one(proof, v->initial,
                  v->kind == VARIABLE_MODULE ? v->module->init : home);
}

static void prove_class(Proof *proof, Class *class) {
    prove_first_values(proof, class->parameters, class->init);
    prove_first_values(proof, class->fields, class->init);
    prove_all(proof, class->init_blocks, class->init);
    if (class->super_call) {
        prove_arguments(proof, class->super_call, class->super->class->init);
        prove_all(proof, class->super_call->items, class->init);
    }
    prove_functions(proof, class->functions);
    for (Class *c = class->cases; c; c = NEXT(c))
        prove_class(proof, c);
}

void check_proof(World *world, Module *module) {
    Proof proof = {.world = world, .place = {.line = 1, .length = 1}};
    prove_first_values(&proof, module->variables, module->init);
    for (Class *c = module->classes; c; c = NEXT(c))
        prove_class(&proof, c);
    prove_functions(&proof, module->functions);
    prove_functions(&proof, module->tests);
    prove_one(&proof, module->line, module->line_function);
    if (proof.wrong)
        source_error(world->compile, proof.place,
                     "here the compiler itself is wrong: %s", proof.wrong);
}
