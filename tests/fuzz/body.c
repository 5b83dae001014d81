/* Code: registers, instructions, branches, handlers. */
#include <string.h>

#include "kernel/base/bytes.h"
#include "tests/fuzz/fuzz.h"

#define A (&fuzz_assembler)

enum {
    TRIES = 80,
    TRIES_BROKEN = 400, /* in each body */
};

/* ---- Registers ---- */

static void add_register(Body *body, Of of) {
    if (of.kind == MODULE_NONE)
        return;
    if (of.ref >= 0)
        body->references[body->reference_count++] = of.ref;
    else
        body->scalars[body->scalar_count++] = of.kind;
}

static Of of_ref(int ref) {
    return (Of){MODULE_CLASS, ref};
}

/* `this` and the parameters first; then some of each kind. */
static void take_registers(Body *body) {
    static const int always[] = {REF_OBJECT, REF_EXCEPTION, REF_STRING};
    body->reference_count = body->scalar_count = 0;
    if (body->owner >= 0 && !(body->flags & MODULE_STATIC))
        add_register(body, of_ref(body->owner));
    for (unsigned i = 0; i < body->parameter_count; i++)
        add_register(body, body->parameters[i]);
    for (size_t i = 0; i < 3; i++)
        add_register(body, of_ref(always[i]));
    add_register(body, of_ref(REF_ARRAYS + (int)fuzz_below(6)));
    add_register(body, of_ref(REF_ARRAYS + (int)fuzz_below(6)));
    for (int i = 0; i < 8; i++)
        add_register(body, of_ref((int)fuzz_below(plan.ref_count)));
    for (uint8_t kind = MODULE_INT; kind <= MODULE_CHAR; kind++)
        for (int i = 0; i < 2; i++)
            add_register(body, (Of){kind, -1});
    add_register(body, body->result);
}

/* ---- Bodies ---- */

static void append(Body *body, const Instruction *in) {
    Instruction *place = &body->list[body->count++];
    *place = *in;
    bool stays = body->fresh >= 0 && judge_fresh_after(body, in) >= 0 &&
                 in->word.op != OP_new;
    place->sealed = stays || judge_needs_fresh(body, in);
    body->fresh = judge_fresh_after(body, in);
}

static bool add_one(Body *body, Opcode op) {
    Instruction in;
    if (body->count + 2 >= INSTRUCTIONS_MOST)
        return false;
    for (int i = 0; i < TRIES; i++) {
        draw_instruction(body, op, &in, false);
        if (judge(body, &in))
            continue;
        append(body, &in);
        return true;
    }
    return false;
}

/* The constructor of what was made right before, if it has one. */
static void construct(Body *body) {
    Instruction in = {.word = {.op = OP_call, .a = CALL_NO_RESULT}};
    int fresh = body->fresh;
    if (fresh < 0)
        return;
    for (unsigned i = 0; i < plan.callee_count; i++) {
        const Callee *callee = &plan.callees[i];
        if (!callee->constructor || callee->owner != body->references[fresh])
            continue;
        in.word.c = callee->number;
        draw_arguments(body, callee, &in);
        in.arguments[0] = (uint16_t)fresh;
        if (!judge(body, &in))
            append(body, &in);
        return;
    }
}

static void add_word(Body *body, Opcode op, unsigned a, unsigned b,
                     unsigned c) {
    Instruction in = {
        .word = {(uint16_t)op, (uint16_t)a, (uint16_t)b, (uint16_t)c}};
    if (!judge(body, &in))
        append(body, &in);
}

static void fill_scalars(Body *body) {
    unsigned from = 0;
    for (unsigned i = 0; i < body->parameter_count; i++)
        from += body->parameters[i].ref < 0;
    for (unsigned i = from; i < body->scalar_count; i++) {
        uint8_t kind = body->scalars[i];
        if (kind == MODULE_DOUBLE)
            add_word(body, OP_constant, i, fuzz_below(6), 0);
        else
            add_word(body, OP_small, i,
                     fuzz_below(kind == MODULE_BYTE   ? 256
                                : kind == MODULE_BOOL ? 2
                                : kind == MODULE_INT  ? 6
                                                      : 0x8000),
                     0);
    }
}

/* Something into each register, so that not all is null or 0. */
static void fill_registers(Body *body) {
    uint16_t integer = draw_kind(body, MODULE_INT);
    fill_scalars(body);
    for (unsigned i = 0; i < body->reference_count; i++) {
        const Ref *ref = &plan.refs[body->references[i]];
        if (fuzz_one_in(4))
            continue;
        if (ref->array) {
            add_word(body, OP_small, integer, fuzz_below(5), 0);
            add_word(body, OP_new_array, i, integer, ref->type);
            add_word(body, OP_small, integer, 0, 0);
            if (ref->array == MODULE_BYTE_ARRAY)
                add_word(body, OP_array_put_byte, i, integer,
                         draw_kind(body, MODULE_BYTE));
        } else if (body->references[i] == REF_STRING) {
            add_word(body, OP_text, i, plan.texts[fuzz_below(4)], 0);
        } else if (ref->made) {
            add_word(body, OP_new, i, ref->type, 0);
            construct(body);
        } else {
            add_one(body, fuzz_one_in(2) ? OP_box : OP_new);
        }
    }
}

static bool ends(uint16_t op) {
    return op == OP_jump || op == OP_return || op == OP_return_ref ||
           op == OP_return_value || op == OP_throw;
}

static void add_end(Body *body) {
    Opcode op = body->result.kind == MODULE_NONE ? OP_return
                : body->result.ref >= 0          ? OP_return_ref
                                                 : OP_return_value;
    if (!add_one(body, op))
        add_word(body, OP_return_ref, body->reference_count - 1, 0, 0);
}

static int any_target(const Body *body, int wanted) {
    for (unsigned i = 0; i < body->count; i++) {
        int at = (int)(((unsigned)wanted + i) % body->count);
        if (!body->list[at].sealed)
            return at;
    }
    return 0;
}

/* Mostly forward: code that goes round and round gets nowhere. */
static void settle_targets(Body *body) {
    for (unsigned i = 0; i < body->count; i++)
        for (int k = 0; k < TARGETS_MOST; k++) {
            int *target = &body->list[i].targets[k];
            if (*target >= 0 && i + 1 < body->count && !fuzz_one_in(12))
                *target = (int)(i + 1 + fuzz_below(body->count - i - 1));
            if (*target >= 0)
                *target = any_target(body, *target);
        }
}

static void add_handler(Body *body, int from, int end, int at) {
    uint16_t reg = draw_fitting(body, REF_EXCEPTION);
    int of = body->references[reg];
    while (body->constructs && reg == 0)
        reg = (uint16_t)fuzz_below(body->reference_count), of = -1;
    if (of < 0)
        of = body->references[reg];
    if (!plan.refs[of].exception && !plan.refs[of].open)
        return;
    bool catches_all = of != REF_EXCEPTION && !plan.refs[of].open;
    uint16_t type = catches_all      ? plan.refs[of].type
                    : fuzz_one_in(3) ? plan.refs[REF_VALUE_ERROR].type
                                     : 0;
    body->handlers[body->handler_count++] =
        (HandlerPlan){from, end, at, reg, type, false};
}

/* Takes each exception. */
static void add_catch_all(Body *body, int from, int at) {
    for (uint16_t i = body->constructs; i < body->reference_count; i++)
        if (body->references[i] == REF_EXCEPTION) {
            body->handlers[body->handler_count++] =
                (HandlerPlan){from, from + 1, at, i, 0, false};
            return;
        }
}

static void add_handlers(Body *body, bool everywhere) {
    for (unsigned i = 0; everywhere && i + 1 < body->count; i++)
        if (!body->list[i + 1].sealed)
            add_catch_all(body, (int)i, (int)i + 1);
    for (unsigned i = fuzz_below(3); i > 0; i--) {
        int from = (int)fuzz_below(body->count);
        int end = from + 1 + (int)fuzz_below(body->count - (unsigned)from);
        add_handler(body, from, end,
                    any_target(body, (int)fuzz_below(body->count)));
    }
}

static void fill(Body *body) {
    bool is_main = body->owner < 0 && !strcmp(body->name, "main");
    unsigned length = is_main ? 30 + fuzz_below(90) : 4 + fuzz_below(26);
    take_registers(body);
    body->count = body->handler_count = 0;
    body->fresh = -1;
    fill_registers(body);
    for (unsigned i = 0; i < length; i++) {
        Opcode op = (Opcode)(1 + fuzz_below(OP_COUNT - 1));
        if (is_main && fuzz_one_in(2))
            op = fuzz_one_in(4) ? (Opcode)(OP_call + (int)fuzz_below(3))
                                : OP_call;
        if (ends((uint16_t)op) && !fuzz_one_in(8))
            continue;
        if (add_one(body, op) && op == OP_new)
            construct(body);
    }
    if (is_main && !fuzz_one_in(8))
        add_one(body, OP_jump); /* it goes on for ever */
    else
        add_end(body);
    settle_targets(body);
    add_handlers(body, is_main || fuzz_one_in(2));
}

void body_fill_all(void) {
    for (unsigned i = 0; i < plan.body_count; i++)
        fill(&plan.bodies[i]);
}

/* ---- Breaking ---- */

/* In the place of an instruction that nothing behind relies on. */
static bool put_broken(Body *body, const Instruction *in) {
    unsigned at = body->count - 1; /* before the end */
    uint16_t before = at > 0 ? body->list[at - 1].word.op : OP_invalid;
    bool is_fresh =
        before == OP_new || before == OP_put || before == OP_put_ref;
    if (body->count + 1 >= INSTRUCTIONS_MOST || is_fresh)
        return false;
    body->list[at + 1] = body->list[at];
    body->list[at] = *in;
    body->count++;
    for (int k = 0; k < TARGETS_MOST; k++)
        if (body->list[at].targets[k] > 0)
            body->list[at].targets[k] = 0;
    return true;
}

bool body_break(Opcode op, unsigned part) {
    unsigned first = fuzz_below(plan.body_count);
    for (unsigned b = 0; b < plan.body_count; b++) {
        Body *body = &plan.bodies[(first + b) % plan.body_count];
        body->fresh = -1;
        for (int i = 0; i < TRIES_BROKEN; i++) {
            Instruction in;
            draw_instruction(body, op, &in, true);
            if (judge(body, &in) == part && put_broken(body, &in))
                return true;
        }
    }
    return false;
}

bool body_break_handler(unsigned way) {
    Body *body = &plan.bodies[plan.body_count - 1];
    uint16_t caught = draw_fitting(body, REF_EXCEPTION);
    HandlerPlan *bad = &body->handlers[body->handler_count++];
    *bad = (HandlerPlan){0, 1, (int)body->count - 1, caught, 0, false};
    switch (way) {
    case 0: /* nothing is covered */
        bad->end = 0;
        return true;
    case 1: /* leads behind the end */
        bad->inside = true;
        return true;
    case 2: /* catches what is no exception */
        bad->type = plan.refs[REF_STRING].type;
        return true;
    default: /* into a register of another class */
        for (uint16_t i = 0; i < body->reference_count; i++)
            if (!judge_fits(REF_EXCEPTION, body->references[i])) {
                bad->reg = i;
                return true;
            }
        return false;
    }
}

/* ---- Writing ---- */

static unsigned extra_words(ModuleWord word) {
    bool has = judge_is_call((Opcode)word.op) || word.op == OP_switch;
    return has ? (word.b + 3u) / 4 : 0;
}

static uint16_t word_of(const Body *body, int target) {
    return target < 0 ? FUZZ_OUTSIDE : (uint16_t)body->list[target].at;
}

static void write_instruction(const Body *body, const Instruction *in) {
    ModuleWord w = in->word;
    uint16_t extra[(ARGUMENTS_MOST + 4) / 4 * 4 + 4] = {0};
    bool branches = !strcmp(judge_operand((Opcode)w.op, 2), "to");
    if (w.op < OP_COUNT && branches)
        w.c = word_of(body, in->targets[0]);
    assembler_word(A, w.op, w.a, w.b, w.c);
    for (unsigned i = 0; i < w.b && extra_words(w); i++)
        extra[i] = w.op == OP_switch ? word_of(body, in->targets[i])
                                     : in->arguments[i];
    for (unsigned i = 0; i < extra_words(w); i++)
        assembler_word(A, extra[i * 4], extra[i * 4 + 1], extra[i * 4 + 2],
                       extra[i * 4 + 3]);
}

static uint16_t type_of(Of of) {
    return of.ref >= 0 ? plan.refs[of.ref].type : plan.kinds[of.kind];
}

static void write_body(Body *body) {
    uint32_t at = 0;
    for (unsigned i = 0; i < body->count; i++) {
        body->list[i].at = at;
        at += 1 + extra_words(body->list[i].word);
    }
    assembler_method(A, body->name,
                     body->owner >= 0 ? plan.refs[body->owner].type : 0,
                     body->flags, type_of(body->result));
    bool has_this = body->owner >= 0 && !(body->flags & MODULE_STATIC);
    for (unsigned i = 0; i < body->parameter_count; i++)
        assembler_parameter(A, type_of(body->parameters[i]));
    unsigned references = has_this, scalars = 0;
    for (unsigned i = 0; i < body->parameter_count; i++)
        *(body->parameters[i].ref >= 0 ? &references : &scalars) += 1;
    for (unsigned i = references; i < body->reference_count; i++)
        assembler_register(A, plan.refs[body->references[i]].type);
    for (unsigned i = scalars; i < body->scalar_count; i++)
        assembler_register(A, plan.kinds[body->scalars[i]]);
    for (unsigned i = 0; i < body->count; i++)
        write_instruction(body, &body->list[i]);
    for (unsigned i = 0; i < body->handler_count; i++) {
        const HandlerPlan *h = &body->handlers[i];
        uint16_t end = h->end < (int)body->count
                           ? (uint16_t)body->list[h->end].at
                           : (uint16_t)at;
        assembler_handler(A, (uint16_t)body->list[h->from].at, end,
                          h->inside ? (uint16_t)at
                                    : (uint16_t)body->list[h->at].at,
                          h->reg, h->type);
    }
    assembler_end(A);
}

void body_write_all(void) {
    for (unsigned i = 0; i < plan.body_count; i++)
        write_body(&plan.bodies[i]);
}
