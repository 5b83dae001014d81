/* Registers and conversions between representations. */
#include "vm/compiler/value.h"

#include "kernel/base/bytes.h"
#include "vm/compiler/code.h"
#include "vm/compiler/tree.h"

const Value value_none = {.none = true};

/* ---- Registers ---- */

static Bank *bank_of(Generator *g, bool is_reference) {
    return is_reference ? &g->references : &g->scalars;
}

Value value_new(Generator *g, Erased type) {
    if (type.kind == MODULE_NONE)
        return value_none;
    bool is_reference = erase_is_reference(type);
    Bank *bank = bank_of(g, is_reference);
    uint16_t number = erase_number(g->world, g->writer, type);
    size_t at = 0;
    while (at < bank->count &&
           (bank->items[at].in_use || bank->items[at].type != number))
        at++;
    work_add(at);
    if (at == bank->count)
        ARENA_PUSH(&g->compile->arena, bank)->type = number;
    bank->items[at].in_use = true;
    g->taken++;
    if (g->references.count + g->scalars.count > MODULE_REGISTERS_MAX)
        g->writer->full = true;
    return (Value){.is_reference = is_reference,
                   .is_temporary = true,
                   .number = (uint16_t)at,
                   .type = type};
}

Value value_of(Generator *g, Type *type) {
    return value_new(g, erase_type(g->world, type));
}

void value_release(Generator *g, Value value) {
    if (value.none || !value.is_temporary)
        return;
    Register *reg = &bank_of(g, value.is_reference)->items[value.number];
    if (!reg->in_use)
        g->wrong = "G6, a register is given back twice";
    g->taken -= reg->in_use;
    reg->in_use = false;
}

Value value_borrowed(Value value) {
    value.is_temporary = false;
    return value;
}

Value value_target(Generator *g, Value hint, Erased type) {
    if (!hint.none && erase_equal(hint.type, type))
        return value_borrowed(hint);
    return value_new(g, type);
}

static bool same_register(Value a, Value b) {
    return a.is_reference == b.is_reference && a.number == b.number;
}

void value_move(Generator *g, Value to, Value from) {
    if (to.none || from.none || same_register(to, from))
        return;
    code_emit(g, to.is_reference ? OP_move_ref : OP_move, to.number,
              from.number, 0);
}

Value value_own(Generator *g, Value value) {
    if (value.none || value.is_temporary)
        return value;
    Value own = value_new(g, value.type);
    value_move(g, own, value);
    return own;
}

Value value_keep(Generator *g, Value value, Node *next) {
    return tree_assigns(next) ? value_own(g, value) : value;
}

/* ---- Constants ---- */

void value_set_int(Generator *g, Value to, int64_t number) {
    if (number >= INT16_MIN && number <= INT16_MAX &&
        to.type.kind != MODULE_DOUBLE)
        code_emit(g, OP_small, to.number, (unsigned)number, 0);
    else
        code_emit(g, OP_constant, to.number,
                  writer_constant(g->writer, (uint64_t)number), 0);
}

Value value_int(Generator *g, int64_t number, Value hint) {
    Value to = value_target(g, hint, (Erased){MODULE_INT, NULL});
    value_set_int(g, to, number);
    return to;
}

static Value value_null(Generator *g, Erased type) {
    Value to = value_new(g, type);
    code_emit(g, OP_null, to.number, 0, 0);
    return to;
}

Value value_text(Generator *g, Name text, Value hint) {
    Value to =
        value_target(g, hint, (Erased){MODULE_CLASS, g->world->classes.string});
    code_emit(g, OP_text, to.number, writer_string(g->writer, text), 0);
    return to;
}

Value value_zero(Generator *g, Erased type) {
    if (type.kind == MODULE_NONE)
        return value_none;
    if (erase_is_reference(type))
        return value_null(g, type);
    Value to = value_new(g, type);
    value_set_int(g, to, 0);
    return to;
}

/* ---- Conversions ---- */

static Value box(Generator *g, Value value, Erased to) {
    Value boxed =
        value_new(g, (Erased){MODULE_CLASS, g->world->classes.object});
    code_emit(g, OP_box, boxed.number, value.number, 0);
    value_release(g, value);
    return value_convert(g, boxed, to, value_none);
}

static Value unbox(Generator *g, Value value, Erased to, Value hint) {
    Value plain = value_target(g, hint, to);
    code_emit(g, OP_unbox, plain.number, value.number, 0);
    value_release(g, value);
    return plain;
}

static Value cast(Generator *g, Value value, Erased to, Value hint) {
    Value result = value_target(g, hint, to);
    code_emit(g, OP_cast, result.number, value.number,
              erase_number(g->world, g->writer, to));
    value_release(g, value);
    return result;
}

static Value widen(Generator *g, Value value, Erased to, Value hint) {
    Value result = value_target(g, hint, to);
    Value whole = value;
    if (value.type.kind != MODULE_INT) {
        whole = to.kind == MODULE_INT
                    ? result
                    : value_new(g, (Erased){MODULE_INT, NULL});
        code_emit(g, OP_widen, whole.number, value.number, 0);
        value_release(g, value);
    }
    if (to.kind == MODULE_DOUBLE) {
        code_emit(g, OP_int_to_double, result.number, whole.number, 0);
        value_release(g, whole);
    }
    return result;
}

Value value_convert(Generator *g, Value value, Erased to, Value hint) {
    if (value.none && to.kind == MODULE_NONE)
        return value;
    if (value.none)
        return value_zero(g, to);
    if (to.kind == MODULE_NONE) {
        value_release(g, value);
        return value_none;
    }
    if (erase_is_reference(to)) {
        if (!value.is_reference)
            return box(g, value, to);
        if (erase_fits(g->world, to, value.type))
            return value;
        return cast(g, value, to, hint);
    }
    if (value.is_reference)
        return unbox(g, value, to, hint);
    if (value.type.kind == to.kind)
        return value;
    return widen(g, value, to, hint);
}
