/* Instructions drawn by chance: operands of the right kind mostly, and wild
 * ones where something is to be wrong. */
#include <string.h>

#include "tests/fuzz/fuzz.h"

uint16_t draw_kind(const Body *body, uint8_t kind) {
    uint16_t found = 0;
    unsigned seen = 0;
    for (uint16_t i = 0; i < body->scalar_count; i++)
        if (body->scalars[i] == kind && fuzz_one_in(++seen))
            found = i;
    return found;
}

uint16_t draw_fitting(const Body *body, int of) {
    uint16_t found = 0;
    unsigned seen = 0;
    for (uint16_t i = 0; i < body->reference_count; i++)
        if (judge_fits(body->references[i], of) && fuzz_one_in(++seen))
            found = i;
    return found;
}

/* What natives that take any object look at is mostly an array. */
static uint16_t any_array(const Body *body) {
    uint16_t found = draw_fitting(body, REF_OBJECT);
    unsigned seen = 0;
    for (uint16_t i = 0; i < body->reference_count; i++)
        if (plan.refs[body->references[i]].array && fuzz_one_in(++seen))
            found = i;
    return found;
}

static uint16_t draw_operand(const Body *body, const char *kind, bool wild) {
    bool outside = wild && fuzz_one_in(6);
    if (!strcmp(kind, "none") || !strcmp(kind, "to"))
        return outside ? 1 : 0;
    if (!strcmp(kind, "imm") || !strcmp(kind, "uimm"))
        return (uint16_t)(fuzz_one_in(6)   ? fuzz_below(65536)
                          : fuzz_one_in(3) ? fuzz_below(256)
                          : fuzz_one_in(2) ? fuzz_below(4)
                                           : fuzz_below(70));
    if (!strcmp(kind, "rd") || !strcmp(kind, "rs"))
        return (uint16_t)fuzz_below(body->reference_count + outside);
    if (!strcmp(kind, "xd") || !strcmp(kind, "xs") || !strcmp(kind, "ns"))
        return (uint16_t)fuzz_below(body->scalar_count + outside);
    if (outside)
        return kind[1] && strlen(kind) == 2 ? (uint16_t)body->scalar_count
                                            : FUZZ_OUTSIDE;
    if (!strcmp(kind, "k"))
        return (uint16_t)fuzz_below(6);
    if (!strcmp(kind, "text"))
        return plan.texts[fuzz_below(4)];
    if (!strcmp(kind, "type"))
        return fuzz_one_in(8) ? plan.kinds[fuzz_below(MODULE_KINDS)]
                              : plan.refs[fuzz_below(plan.ref_count)].type;
    if (!strcmp(kind, "field"))
        return plan.fields[fuzz_below(plan.field_count)].number;
    if (!strcmp(kind, "var"))
        return plan.variables[fuzz_below(plan.variable_count)].number;
    if (wild && fuzz_one_in(3))
        return (uint16_t)fuzz_below(body->scalar_count);
    switch (kind[0]) {
    case 'i':
        return draw_kind(body, MODULE_INT);
    case 'd':
        return draw_kind(body, MODULE_DOUBLE);
    case 'b':
        return draw_kind(body, MODULE_BOOL);
    case 'y':
        return draw_kind(body, MODULE_BYTE);
    default:
        return draw_kind(body, MODULE_CHAR);
    }
}

static void draw_targets(Instruction *in, unsigned count, bool wild) {
    for (unsigned i = 0; i < count && i < TARGETS_MOST; i++)
        in->targets[i] =
            wild && fuzz_one_in(4) ? -1 : (int)fuzz_below(INSTRUCTIONS_MOST);
}

void draw_arguments(const Body *body, const Callee *callee, Instruction *in) {
    unsigned next = 0;
    if (callee->owner >= 0)
        in->arguments[next++] = draw_fitting(body, callee->owner);
    for (unsigned i = 0; i < callee->count; i++)
        if (callee->parameters[i].ref >= 0)
            in->arguments[next++] =
                callee->parameters[i].ref == REF_OBJECT && fuzz_one_in(2)
                    ? any_array(body)
                    : draw_fitting(body, callee->parameters[i].ref);
    for (unsigned i = 0; i < callee->count; i++)
        if (callee->parameters[i].ref < 0)
            in->arguments[next++] = draw_kind(body, callee->parameters[i].kind);
    in->word.b = (uint16_t)next;
}

static void draw_call(const Body *body, Opcode op, Instruction *in, bool wild) {
    unsigned natives = plan.callee_count - plan.first_native;
    const Callee *callee =
        natives && fuzz_one_in(2)
            ? &plan.callees[plan.first_native + fuzz_below(natives)]
            : &plan.callees[fuzz_below(plan.callee_count)];
    in->word.op = (uint16_t)op;
    in->word.c = callee->number;
    draw_arguments(body, callee, in);
    in->word.a = CALL_NO_RESULT;
    if (callee->result.kind != MODULE_NONE && !fuzz_one_in(4))
        in->word.a = (uint16_t)(callee->result.ref < 0
                                    ? draw_kind(body, callee->result.kind)
                                    : fuzz_below(body->reference_count));
    if (!wild)
        return;
    switch (fuzz_below(5)) {
    case 0:
        in->word.a = (uint16_t)fuzz_below(REGISTERS_MOST);
        break;
    case 1:
        in->word.b = (uint16_t)(fuzz_one_in(2) ? in->word.b + 1 : 0);
        break;
    case 2:
        in->word.c = FUZZ_OUTSIDE;
        break;
    case 3:
        in->arguments[fuzz_below(in->word.b)] =
            (uint16_t)fuzz_below(REGISTERS_MOST);
        break;
    default:
        break;
    }
    if (in->word.b > ARGUMENTS_MOST)
        in->word.b = ARGUMENTS_MOST;
}

/* Registers of which the object has the field; mostly those for its value. */
static void draw_field(const Body *body, Opcode op, Instruction *in) {
    const Field *field = &plan.fields[fuzz_below(plan.field_count)];
    bool writes = op == OP_put || op == OP_put_ref;
    uint16_t object = draw_fitting(body, field->owner), value;
    if (field->of.ref < 0)
        value = draw_kind(body, field->of.kind);
    else if (writes)
        value = draw_fitting(body, field->of.ref);
    else
        value = (uint16_t)fuzz_below(body->reference_count);
    bool keep = fuzz_one_in(4);
    in->word.c = field->number;
    *(writes ? &in->word.a : &in->word.b) = object;
    if (!keep)
        *(writes ? &in->word.b : &in->word.a) = value;
}

/* A variable, and a register of its very class or kind. */
static void draw_variable(const Body *body, Instruction *in) {
    const Field *v = &plan.variables[fuzz_below(plan.variable_count)];
    in->word.b = v->number;
    in->word.a = v->of.ref < 0 ? draw_kind(body, v->of.kind)
                               : draw_fitting(body, v->of.ref);
}

void draw_instruction(const Body *body, Opcode op, Instruction *in, bool wild) {
    memset(in, 0, sizeof *in);
    if (judge_is_call(op)) {
        draw_call(body, op, in, wild);
        return;
    }
    in->word = (ModuleWord){(uint16_t)op,
                            draw_operand(body, judge_operand(op, 0), wild),
                            draw_operand(body, judge_operand(op, 1), wild),
                            draw_operand(body, judge_operand(op, 2), wild)};
    if (!strcmp(judge_operand(op, 2), "field") && !fuzz_one_in(4))
        draw_field(body, op, in);
    if (!strcmp(judge_operand(op, 1), "var") && !fuzz_one_in(4))
        draw_variable(body, in);
    if (op == OP_switch)
        in->word.b = (uint16_t)fuzz_below(TARGETS_MOST + 1);
    if (!strcmp(judge_operand(op, 2), "to"))
        in->word.c = 0;
    draw_targets(in, op == OP_switch ? in->word.b : 1, wild);
}
