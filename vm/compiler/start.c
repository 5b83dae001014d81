/* Where an app starts: the function `$main`, made of the same nodes as if it
 * had been written. */
#include "vm/compiler/start.h"

static Node *new_node(World *world, NodeKind kind, Place place) {
    Node *node = ARENA_NEW(&world->compile->arena, Node);
    node->kind = kind;
    node->place = place;
    return node;
}

static Node *name_node(World *world, Place place, Name name) {
    Node *node = new_node(world, NODE_NAME, place);
    node->name = name;
    return node;
}

static Node *call_node(World *world, Place place, Node *left, Node *argument) {
    Node *node = new_node(world, NODE_CALL, place);
    node->left = left;
    node->items = argument;
    return node;
}

static Name word(World *world, const char *text) {
    return name_of(&world->compile->names, text);
}

static TypeNode *type_node(World *world, Place place, const char *name) {
    TypeNode *node = ARENA_NEW(&world->compile->arena, TypeNode);
    node->kind = TYPE_NODE_NAME;
    node->place = place;
    node->name = word(world, name);
    return node;
}

/* "args: Array<Object>", what the machine hands over. */
static Variable *parameter(World *world, Place place) {
    Variable *variable = ARENA_NEW(&world->compile->arena, Variable);
    variable->kind = VARIABLE_PARAMETER;
    variable->is_let = true;
    variable->name = word(world, "args");
    variable->place = place;
    variable->type_node = type_node(world, place, "Array");
    variable->type_node->arguments = type_node(world, place, "Object");
    return variable;
}

static void add(World *world, Module *module, Place place, Node *statements) {
    Function *function = ARENA_NEW(&world->compile->arena, Function);
    Function **end = &module->functions;
    function->kind = FUNCTION_PLAIN;
    function->name = word(world, "$main");
    function->place = place;
    function->is_static = true;
    function->is_private = true;
    function->is_synthetic = true;
    function->parameters = parameter(world, place);
    function->body = new_node(world, NODE_BLOCK, place);
    function->body->items = statements;
    for (Node *n = statements; n; n = NEXT(n))
        n->is_statement = true;
    while (*end)
        end = NEXT_PLACE(end);
    *end = function;
}

static bool is_app(const World *world, const Class *class) {
    if (class->kind != CLASS_CLASS || class->is_abstract)
        return false;
    for (Type *super = class->super; super;
         super = super->class->super, work_add(1))
        if (super->class->module == world->core &&
            text_equal(super->class->name->bytes, "App"))
            return true;
    return false;
}

/* main(), or main(argumentList(args)) */
static Node *main_call(World *world, const Function *main) {
    Place place = main->place;
    Node *list = NULL;
    if (main->parameters)
        list = call_node(world, place,
                         name_node(world, place, word(world, "argumentList")),
                         name_node(world, place, word(world, "args")));
    return call_node(world, place, name_node(world, place, main->name), list);
}

/* openApp(Class()) */
static Node *open_call(World *world, const Class *class) {
    Place place = class->place;
    Node *app =
        call_node(world, place, name_node(world, place, class->name), NULL);
    return call_node(world, place,
                     name_node(world, place, word(world, "openApp")), app);
}

/* runTest("sentence") { … } */
static Node *test_call(World *world, Function *test) {
    Place place = test->place;
    Node *sentence = new_node(world, NODE_STRING, place);
    Node *body = new_node(world, NODE_CLOSURE, place);
    sentence->name = test->doc;
    sentence->next = body;
    body->closure = test;
    test->kind = FUNCTION_CLOSURE;
    test->name = word(world, "closure");
    return call_node(world, place,
                     name_node(world, place, word(world, "runTest")), sentence);
}

/* The tests as calls, no longer functions of the module. */
static Node *test_calls(World *world, Module *module) {
    Node *first = NULL;
    Node **end = &first;
    for (Function *f = module->tests, *next; f; f = next) {
        next = f->next;
        f->next = NULL;
        *end = test_call(world, f);
        end = NEXT_PLACE(end);
    }
    module->tests = NULL;
    return first;
}

static void append(Node *list, Node *node) {
    while (list->next)
        list = NEXT(list);
    list->next = node;
}

static Function *find_main(const Module *module) {
    for (Function *f = module->functions; f; f = NEXT(f))
        if (text_equal(f->name->bytes, "main"))
            return f;
    return NULL;
}

static Class *find_app(const World *world, const Module *module) {
    for (Class *c = module->classes; c; c = NEXT(c))
        if (is_app(world, c))
            return c;
    return NULL;
}

void start_declare(World *world, Module *module) {
    if (module->is_interface || module->line)
        return;
    const Function *main = find_main(module);
    const Class *app = find_app(world, module);
    bool runs_tests = module->runs_tests && module->tests;
    Place place = runs_tests ? module->tests->place
                  : main     ? main->place
                  : app      ? app->place
                             : (Place){0};
    Node *start = NULL;
    bool takes_list = main && main->parameters && !main->parameters->next;
    bool runs_main = main && !(runs_tests && module->tests_only) &&
                     (takes_list || (!main->parameters && runs_tests));
    if (runs_main)
        start = main_call(world, main);
    else if (!main && app && !runs_tests)
        start = open_call(world, app);
    Node **end = start ? &start->next : &start;
    if (runs_tests)
        *end = test_calls(world, module);
    if (runs_tests && module->tests_only)
        append(start,
               call_node(world, place,
                         name_node(world, place, word(world, "endTests")),
                         NULL));
    if (start)
        add(world, module, place, start);
}
