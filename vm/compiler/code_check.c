/* Looks at the code of a method for what generate.h says of it. */
#include "vm/compiler/code.h"

#include "kernel/base/bytes.h"

/* What an operand of opcodes.def is, as far as it is looked at here. */
typedef enum Operand {
    OPERAND_none,
    OPERAND_imm,
    OPERAND_uimm,
    OPERAND_k,
    OPERAND_text,
    OPERAND_type,
    OPERAND_field,
    OPERAND_method,
    OPERAND_var,
    OPERAND_to,
    OPERAND_rd,
    OPERAND_rs,
    OPERAND_xd, /* from here on registers of bank S */
    OPERAND_xs,
    OPERAND_ns,
    OPERAND_id,
    OPERAND_is,
    OPERAND_dd,
    OPERAND_ds,
    OPERAND_bd,
    OPERAND_bs,
    OPERAND_yd,
    OPERAND_ys,
    OPERAND_cd,
    OPERAND_cs,
} Operand;

static const uint8_t operands[][3] = {
#define OPCODE(name, a, b, c, rule, meaning)                                   \
    {OPERAND_##a, OPERAND_##b, OPERAND_##c},
#include "vm/code/opcodes.def"
#undef OPCODE
};

typedef struct Look {
    const Generator *g;
    uint8_t *starts; /* per word: 1 where an instruction begins */
    const char *wrong;
} Look;

static void need(Look *look, bool condition, const char *what) {
    if (!condition && !look->wrong)
        look->wrong = what;
}

static uint16_t part(uint64_t word, size_t lane) {
    return (uint16_t)(word >> (16 * (lane % 4)));
}

/* Words of the instruction: a call's arguments stand behind it. */
static size_t length_of(uint64_t word) {
    switch ((uint16_t)word) {
    case OP_call:
    case OP_call_virtual:
    case OP_call_interface:
    case OP_switch:
        return 1 + (part(word, 2) + 3u) / 4;
    default:
        return 1;
    }
}

static bool begins(const Look *look, uint32_t word) {
    return word < look->g->words.count && look->starts[word];
}

/* ---- Registers ---- */

static uint8_t kind_of(const Generator *g, uint16_t type) {
    return g->writer->types.items[type].bytes[0];
}

/* The kind that an operand wants; MODULE_NONE: any. */
static uint8_t wanted_kind(Operand operand) {
    switch ((int)operand) {
    case OPERAND_id:
    case OPERAND_is:
        return MODULE_INT;
    case OPERAND_dd:
    case OPERAND_ds:
        return MODULE_DOUBLE;
    case OPERAND_bd:
    case OPERAND_bs:
        return MODULE_BOOL;
    case OPERAND_yd:
    case OPERAND_ys:
        return MODULE_BYTE;
    case OPERAND_cd:
    case OPERAND_cs:
        return MODULE_CHAR;
    default:
        return MODULE_NONE;
    }
}

static void look_at_scalar(Look *look, Operand operand, uint16_t number) {
    const Bank *bank = &look->g->scalars;
    need(look, number < bank->count, "G1, there is no such register");
    if (look->wrong)
        return;
    uint8_t kind = kind_of(look->g, bank->items[number].type);
    uint8_t wanted = wanted_kind(operand);
    need(look, wanted == MODULE_NONE || kind == wanted,
         "G1, a register has another kind");
    need(look, operand != OPERAND_ns || kind != MODULE_DOUBLE,
         "G1, a register has another kind");
}

static void look_at_operand(Look *look, Operand operand, uint16_t number) {
    if (operand == OPERAND_to)
        need(look, begins(look, number), "G2, a branch leads nowhere");
    else if (operand == OPERAND_rd || operand == OPERAND_rs)
        need(look, number < look->g->references.count,
             "G1, there is no such register");
    else if (operand >= OPERAND_xd)
        look_at_scalar(look, operand, number);
}

/* ---- Instructions ---- */

#define INSTRUCTION_UNITS 10 /* of work.h, for each */

static void find_starts(Look *look) {
    const Words *words = &look->g->words;
    uint64_t last = 0;
    for (size_t at = 0; at < words->count && !look->wrong;) {
        size_t length = length_of(last = words->items[at]);
        look->starts[at] = 1;
        need(look, length <= words->count - at, "G3, the code is cut");
        at += length;
    }
    need(look, words->count > 0 && code_never_falls((uint16_t)last),
         "G3, the last instruction falls through");
}

static void look_at_targets(Look *look, const uint64_t *word) {
    for (size_t i = 0; i < part(*word, 2); i++)
        need(look, begins(look, part(word[1 + i / 4], i)),
             "G2, a branch leads nowhere");
}

static void look_at_instruction(Look *look, const uint64_t *word) {
    uint16_t op = (uint16_t)*word;
    work_add(INSTRUCTION_UNITS);
    need(look, op != OP_invalid && op < OP_COUNT, "G3, no such instruction");
    for (size_t i = 0; i < 3 && !look->wrong; i++)
        look_at_operand(look, operands[op][i], part(*word, i + 1));
    if (op == OP_switch)
        look_at_targets(look, word);
}

/* ---- The tables ---- */

static void look_at_labels(Look *look) {
    for (const Label *label = look->g->labels; label; label = NEXT(label))
        need(look, label->bound || !label->uses, "G2, a label has no place");
}

static bool lies_within(const Handler *inner, const Handler *outer) {
    return inner->from >= outer->from && inner->to <= outer->to &&
           inner->to - inner->from < outer->to - outer->from;
}

static void look_at_handlers(Look *look) {
    const Handlers *handlers = &look->g->handlers;
    for (size_t i = 0; i < handlers->count; i++) {
        const Handler *h = &handlers->items[i];
        need(look,
             h->from < h->to && begins(look, h->from) && begins(look, h->at) &&
                 (h->to == look->g->words.count || begins(look, h->to)),
             "G4, a handler leads nowhere");
        need(look, h->reg < look->g->references.count,
             "G4, a handler has no register");
        need(look, i == 0 || !lies_within(h, h - 1),
             "G4, an outer handler stands before an inner one");
    }
}

static void look_at_lines(Look *look) {
    const Lines *lines = &look->g->lines;
    for (size_t i = 0; i < lines->count; i++)
        need(look,
             lines->items[i].word < look->g->words.count &&
                 (i == 0 || lines->items[i - 1].word < lines->items[i].word),
             "G5, lines are not in their order");
}

void code_check(Generator *g) {
    Look look = {.g = g, .wrong = g->wrong};
    look.starts = arena_take(&g->compile->arena, g->words.count);
    bytes_fill(look.starts, 0, g->words.count);
    find_starts(&look);
    for (size_t at = 0; at < g->words.count && !look.wrong; at++)
        if (look.starts[at])
            look_at_instruction(&look, g->words.items + at);
    look_at_labels(&look);
    look_at_handlers(&look);
    look_at_lines(&look);
    if (look.wrong)
        source_error(g->compile, g->function->place,
                     "here the compiler itself is wrong: %s", look.wrong);
}
