/* Expressions by kind; names, members, null. */
#include "kernel/base/bytes.h"
#include "vm/compiler/call.h"
#include "vm/compiler/code.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/value.h"
#include "vm/compiler/variable.h"

static Erased erased(Generator *g, const Node *node) {
    return erase_type(g->world, node->type);
}

/* ---- Literals ---- */

static Value number(Generator *g, Node *node, Value hint) {
    Value to = value_target(g, hint, erased(g, node));
    value_set_int(g, to, (int64_t)node->number);
    return to;
}

static Value real(Generator *g, Node *node, Value hint) {
    uint64_t bits;
    Value to = value_target(g, hint, erased(g, node));
    bytes_copy(&bits, &node->real, sizeof bits);
    code_emit(g, OP_constant, to.number, writer_constant(g->writer, bits), 0);
    return to;
}

static Value null(Generator *g, Erased type, Value hint) {
    Value to = value_target(g, hint, type);
    code_emit(g, OP_null, to.number, 0, 0);
    return to;
}

/* ---- Names and members ---- */

Value generate_this(Generator *g) {
    if (g->function->kind != FUNCTION_CLOSURE)
        return g->this_value;
    Value this = value_of(g, g->this_type);
    for (Capture *c = g->function->captures; c; c = NEXT(c))
        if (!c->variable)
            code_emit(g, this.is_reference ? OP_get_ref : OP_get, this.number,
                      0, c->index);
    return this;
}

static Value case_without_values(Generator *g, Class *class, Value hint) {
    Value made = value_new(g, (Erased){MODULE_CLASS, class});
    (void)hint;
    code_emit(g, OP_new, made.number, erase_class(g->writer, class), 0);
    call_function(g, class->init, value_borrowed(made), NULL, 0, true,
                  value_none);
    return made;
}

static Value field(Generator *g, Node *node, Value hint) {
    Variable *variable = node->variable;
    Erased wanted = erased(g, node);
    Value object = generate_erased(
        g, node->left, (Erased){MODULE_CLASS, variable->owner_class},
        value_none);
    Value direct =
        erase_equal(wanted, variable_type(g, variable)) ? hint : value_none;
    value_release(g, object);
    Value value = variable_load_field(g, variable, object, direct);
    return value_convert(g, value, wanted, hint);
}

static Value length(Generator *g, Node *node, Value hint) {
    Value array = generate(g, node->left, value_none);
    value_release(g, array);
    Value to = value_target(g, hint, (Erased){MODULE_INT, NULL});
    code_emit(g, OP_array_length, to.number, array.number, 0);
    return to;
}

static Value getter(Generator *g, Node *node, Value hint) {
    Value receiver = value_none;
    if (node->kind == NODE_MEMBER && !node->function->is_static)
        receiver = generate(g, node->left, value_none);
    bool direct = node->kind == NODE_MEMBER && node->left->kind == NODE_SUPER;
    Value result =
        call_function(g, node->function, receiver, NULL, 0, direct, hint);
    return value_convert(g, result, erased(g, node), hint);
}

static Value reference(Generator *g, Node *node, Value hint) {
    switch ((int)node->reference) {
    case REFERENCE_VARIABLE:
        if (node->kind == NODE_MEMBER && node->variable->kind == VARIABLE_FIELD)
            return field(g, node, hint);
        return value_convert(g, variable_load(g, node->variable, hint),
                             erased(g, node), hint);
    case REFERENCE_GETTER:
        return getter(g, node, hint);
    case REFERENCE_FUNCTION:
        return generate_function_value(g, node, hint);
    case REFERENCE_LENGTH:
        return length(g, node, hint);
    case REFERENCE_CASE:
        return case_without_values(g, node->class, hint);
    default:
        return value_zero(g, erased(g, node));
    }
}

/* ---- Null ---- */

Value generate_safe(Generator *g, Node *node, Node *member, Value hint) {
    Node *left = member->left;
    Erased type = erased(g, node);
    Type *plain = type_not_null(g->world, left->type);
    Label *is_null = code_label(g), *end = code_label(g);
    Value object = value_own(g, generate(g, left, value_none));
    Value result = type.kind == MODULE_NONE ? value_none : value_new(g, type);
    (void)hint;
    if (object.is_reference)
        code_branch(g, OP_if_null, object.number, 0, is_null);
    Value held = value_convert(g, value_borrowed(object),
                               erase_type(g->world, plain), value_none);
    Value borrowed = value_borrowed(held);
    Node present = {.kind = NODE_PRESENT, .type = plain, .held = &borrowed};
    member->left = &present;
    member->safe = false;
    if (result.none)
        value_release(g, generate(g, node, value_none));
    else
        generate_into(g, node, result);
    member->left = left;
    member->safe = true;
    value_release(g, held);
    code_jump(g, end);
    code_bind(g, is_null);
    if (!result.none && result.is_reference)
        code_emit(g, OP_null, result.number, 0, 0);
    code_bind(g, end);
    value_release(g, object);
    return result;
}

static Value coalesce(Generator *g, Node *node) {
    Erased type = erased(g, node);
    Label *is_null = code_label(g), *end = code_label(g);
    Value left = generate(g, node->left, value_none);
    if (!left.is_reference) /* known not to be null here */
        return value_convert(g, left, type, value_none);
    Value result = value_new(g, type);
    code_branch(g, OP_if_null, left.number, 0, is_null);
    Value plain = value_convert(g, left, type, result);
    value_move(g, result, plain);
    value_release(g, plain);
    code_jump(g, end);
    code_bind(g, is_null);
    generate_into(g, node->right, result);
    code_bind(g, end);
    return result;
}

static Value surely(Generator *g, Node *node, Value hint) {
    Value value = generate(g, node->left, value_none);
    Erased type = erased(g, node);
    if (value.is_reference && erase_is_reference(type))
        code_emit(g, OP_check_null, value.number, 0, 0);
    return value_convert(g, value, type, hint);
}

/* ---- Types ---- */

static Value as(Generator *g, Node *node, Value hint) {
    Type *aimed = node->aimed;
    Type *plain = type_not_null(g->world, aimed);
    Value value = generate(g, node->left, value_none);
    Class *class = type_class(g->world, plain);
    bool checks = value.is_reference && class &&
                  type_kind(plain) != TYPE_PARAMETER &&
                  (class->kind == CLASS_INTERFACE ||
                   (type_is_scalar(plain) && type_is_nullable(aimed)));
    if (checks) {
        Value seen =
            value_new(g, (Erased){MODULE_CLASS, g->world->classes.object});
        code_emit(g, OP_cast, seen.number, value.number,
                  erase_class(g->writer, class));
        value_release(g, value);
        value = seen;
    }
    bool null_matters = !type_is_nullable(aimed) &&
                        type_is_nullable(node->left->type) &&
                        erase_is_reference(erase_type(g->world, aimed));
    if (null_matters)
        code_emit(g, OP_check_null, value.number, 0, 0);
    return value_convert(g, value, erase_type(g->world, aimed), hint);
}

/* ---- Indexes ---- */

static Opcode array_get(ModuleKind kind) {
    switch ((int)kind) {
    case MODULE_OBJECT_ARRAY:
        return OP_array_get_ref;
    case MODULE_CHAR_ARRAY:
        return OP_array_get_char;
    case MODULE_BYTE_ARRAY:
    case MODULE_BOOL_ARRAY:
        return OP_array_get_byte;
    default:
        return OP_array_get_word;
    }
}

Value generate_array_get(Generator *g, Value array, Value index, Erased wanted,
                         Value hint) {
    bool of_references = array.type.kind == MODULE_OBJECT_ARRAY;
    Erased item = of_references
                      ? (Erased){MODULE_CLASS, g->world->classes.object}
                      : wanted;
    Value to = value_target(g, hint, item);
    code_emit(g, array_get(array.type.kind), to.number, array.number,
              index.number);
    return value_convert(g, to, wanted, hint);
}

static Value indexed(Generator *g, Node *node, Value hint) {
    Erased wanted = erased(g, node);
    Value object = generate(g, node->left, value_none);
    if (type_is_class(node->left->type, g->world->classes.array)) {
        object = value_keep(g, object, node->right);
        Value index = generate(g, node->right, value_none);
        value_release(g, object);
        value_release(g, index);
        return generate_array_get(g, object, index, wanted, hint);
    }
    return call_method(g, node->function, object, &node->right, 1, node->type,
                       hint);
}

/* ---- if, blocks, jumps ---- */

static void branch_into(Generator *g, Node *node, Value to) {
    if (to.none)
        generate_statement(g, node);
    else
        generate_into(g, node, to);
}

static Value if_value(Generator *g, Node *node, Value hint) {
    Erased type = erased(g, node);
    bool wants = !node->is_statement && node->third &&
                 type.kind != MODULE_NONE &&
                 type_kind(node->type) != TYPE_NEVER;
    Value to = wants ? value_target(g, hint, type) : value_none;
    Label *otherwise = code_label(g), *end = code_label(g);
    generate_branch(g, node->left, false, otherwise);
    branch_into(g, node->right, to);
    if (node->third)
        code_jump(g, end);
    code_bind(g, otherwise);
    if (node->third)
        branch_into(g, node->third, to);
    code_bind(g, end);
    return to;
}

static void forget_locals(Generator *g, Node *first) {
    for (Node *node = first; node; node = NEXT(node))
        for (Variable *v = node->kind == NODE_LET ? node->variables : NULL; v;
             v = NEXT(v))
            if (v->kind == VARIABLE_LOCAL)
                variable_forget(g, v);
}

void generate_block(Generator *g, Node *block, Value to) {
    size_t taken = g->taken;
    for (Node *node = block->items; node; node = NEXT(node)) {
        if (!to.none && !node->next && !node->is_statement)
            generate_into(g, node, to);
        else
            generate_statement(g, node);
    }
    forget_locals(g, block->items);
    if (g->taken != taken)
        g->wrong = "G6, a register is not given back";
}

static Value block_value(Generator *g, Node *node, Value hint) {
    Erased type = erased(g, node);
    TypeKind kind = type_kind(node->type);
    Value to = node->is_statement || kind == TYPE_VOID || kind == TYPE_NEVER
                   ? value_none
                   : value_target(g, hint, type);
    generate_block(g, node, to);
    return to;
}

static Value return_value(Generator *g, Node *node) {
    Erased result = g->signature.result;
    Value value = value_none;
    if (node->left)
        value = generate_as(g, node->left, g->function->result, value_none);
    if (result.kind == MODULE_NONE) {
        value_release(g, value);
        generate_leave(g, NULL);
        code_emit(g, OP_return, 0, 0, 0);
        return value_none;
    }
    value = value_convert(g, value, result, value_none);
    if (g->tries)
        value = value_own(g, value);
    generate_leave(g, NULL);
    code_emit(g, value.is_reference ? OP_return_ref : OP_return_value,
              value.number, 0, 0);
    value_release(g, value);
    return value_none;
}

static Value throw(Generator * g, Node *node) {
    Value value = generate_erased(
        g, node->left, (Erased){MODULE_CLASS, g->world->classes.exception},
        value_none);
    code_emit(g, OP_throw, value.number, 0, 0);
    value_release(g, value);
    return value_none;
}

static Value leave_loop(Generator *g, Node *node) {
    Loop *loop = g->loop;
    if (!loop)
        return value_none;
    generate_leave(g, loop->tries);
    code_jump(g, node->kind == NODE_BREAK ? loop->end : loop->again);
    return value_none;
}

/* ---- All kinds ---- */

static Value range(Generator *g, Node *node) {
    Value ends[2];
    Function *init = g->world->classes.range->init;
    Erased type = {MODULE_CLASS, g->world->classes.range};
    ends[0] = value_own(g, generate(g, node->left, value_none));
    ends[1] = generate(g, node->right, value_none);
    if (node->operator== TOKEN_RANGE_BELOW) {
        Value last = value_new(g, (Erased){MODULE_INT, NULL});
        code_emit(g, OP_add_imm, last.number, ends[1].number, (unsigned)-1);
        value_release(g, ends[1]);
        ends[1] = last;
    }
    Value made = value_new(g, type);
    code_emit(g, OP_new, made.number, erase_class(g->writer, type.class), 0);
    call_function(g, init, value_borrowed(made), ends, 2, true, value_none);
    return made;
}

Value generate(Generator *g, Node *node, Value hint) {
    code_at(g, node);
    switch ((int)node->kind) {
    case NODE_INT:
    case NODE_CHAR:
    case NODE_BOOL:
        return number(g, node, hint);
    case NODE_DOUBLE:
        return real(g, node, hint);
    case NODE_STRING:
        return value_text(g, node->name, hint);
    case NODE_NULL:
        return null(g, erased(g, node), hint);
    case NODE_PRESENT:
        return *(const Value *)node->held;
    case NODE_TEXT:
        return generate_text_node(g, node, hint);
    case NODE_LIST:
        return generate_list(g, node, hint);
    case NODE_MAP:
        return generate_map(g, node, hint);
    case NODE_CLOSURE:
        return generate_closure(g, node, hint);
    case NODE_NAME:
    case NODE_MEMBER:
        if (node->safe)
            return generate_safe(g, node, node, hint);
        return reference(g, node, hint);
    case NODE_THIS:
    case NODE_SUPER:
        return generate_this(g);
    case NODE_INDEX:
        return indexed(g, node, hint);
    case NODE_CALL:
        return generate_call(g, node, hint);
    case NODE_UNARY:
        return generate_unary(g, node, hint);
    case NODE_BINARY:
        return generate_binary(g, node, hint);
    case NODE_AND:
    case NODE_OR:
    case NODE_IS:
    case NODE_IN:
        return generate_bool(g, node, hint);
    case NODE_COALESCE:
        return coalesce(g, node);
    case NODE_SURELY:
        return surely(g, node, hint);
    case NODE_AS:
        return as(g, node, hint);
    case NODE_RANGE:
        return range(g, node);
    case NODE_IF:
        return if_value(g, node, hint);
    case NODE_MATCH:
        return generate_match(g, node, hint);
    case NODE_BLOCK:
        return block_value(g, node, hint);
    case NODE_RETURN:
        return return_value(g, node);
    case NODE_THROW:
        return throw(g, node);
    case NODE_BREAK:
    case NODE_CONTINUE:
        return leave_loop(g, node);
    default:
        generate_statement(g, node);
        return value_none;
    }
}

Value generate_erased(Generator *g, Node *node, Erased to, Value hint) {
    if (node->kind == NODE_NULL && erase_is_reference(to))
        return null(g, to, hint);
    bool same = erase_equal(erased(g, node), to);
    Value value = generate(g, node, same ? hint : value_none);
    return value_convert(g, value, to, hint);
}

Value generate_as(Generator *g, Node *node, Type *to, Value hint) {
    return generate_erased(g, node, erase_type(g->world, to), hint);
}

void generate_into(Generator *g, Node *node, Value to) {
    Value value = generate_erased(g, node, to.type, to);
    value_move(g, to, value);
    value_release(g, value);
}
