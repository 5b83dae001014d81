/* Where an app starts: the function `$main` of a module with an App class or
 * with a `main` that takes arguments. It is made of the same nodes as if it had
 * been written. */
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

static void add(World *world, Module *module, Place place, Node *statement) {
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
    function->body->items = statement;
    statement->is_statement = true;
    while (*end)
        end = &(*end)->next;
    *end = function;
}

static bool is_app(const World *world, const Class *class) {
    if (class->kind != CLASS_CLASS || class->is_abstract)
        return false;
    for (Type *super = class->super; super; super = super->class->super)
        if (super->class->module == world->core &&
            text_equal(super->class->name->bytes, "App"))
            return true;
    return false;
}

/* main(argumentList(args)) */
static Node *main_call(World *world, const Function *main) {
    Place place = main->place;
    Node *list = call_node(world, place,
                           name_node(world, place, word(world, "argumentList")),
                           name_node(world, place, word(world, "args")));
    return call_node(world, place, name_node(world, place, main->name), list);
}

/* Class().open() */
static Node *open_call(World *world, const Class *class) {
    Place place = class->place;
    Node *open = new_node(world, NODE_MEMBER, place);
    open->left =
        call_node(world, place, name_node(world, place, class->name), NULL);
    open->name = word(world, "open");
    return call_node(world, place, open, NULL);
}

void start_declare(World *world, Module *module) {
    if (module->is_interface || module->is_core || module->line)
        return;
    for (Function *f = module->functions; f; f = f->next) {
        if (!text_equal(f->name->bytes, "main"))
            continue;
        if (f->parameters)
            add(world, module, f->place, main_call(world, f));
        return;
    }
    for (Class *c = module->classes; c; c = c->next) {
        if (is_app(world, c)) {
            add(world, module, c->place, open_call(world, c));
            return;
        }
    }
}
