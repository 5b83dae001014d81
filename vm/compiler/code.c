/* Words of code, labels, lines. */
#include "vm/compiler/code.h"

static void code_word(Generator *g, uint64_t word) {
    work_add(1);
    *ARENA_PUSH(&g->compile->arena, &g->words) = word;
}

static void note_line(Generator *g) {
    Lines *lines = &g->lines;
    if (g->line == 0 ||
        (lines->count && lines->items[lines->count - 1].line == g->line))
        return;
    *ARENA_PUSH(&g->compile->arena, lines) =
        (Line){(uint32_t)g->words.count, g->line};
}

bool code_never_falls(unsigned op) {
    return op == OP_jump || op == OP_return || op == OP_return_ref ||
           op == OP_return_value || op == OP_throw;
}

void code_emit(Generator *g, Opcode op, unsigned a, unsigned b, unsigned c) {
    if (g->ended)
        return;
    note_line(g);
    code_word(g, (uint64_t)op | (uint64_t)(uint16_t)a << 16 |
                     (uint64_t)(uint16_t)b << 32 | (uint64_t)(uint16_t)c << 48);
    g->ended = code_never_falls(op);
}

Label *code_label(Generator *g) {
    Label *label = ARENA_NEW(&g->compile->arena, Label);
    label->next = g->labels;
    return g->labels = label;
}

static void patch(Generator *g, uint32_t word, unsigned lane, uint32_t target) {
    g->words.items[word] |= (uint64_t)(uint16_t)target << (16 * lane);
}

void code_bind(Generator *g, Label *label) {
    label->bound = true;
    label->word = (uint32_t)g->words.count;
    for (LabelUse *use = label->uses; use; use = NEXT(use))
        patch(g, use->word, use->lane, label->word);
    if (label->uses)
        g->ended = false;
}

static void code_use(Generator *g, Label *label, uint32_t word, unsigned lane) {
    if (label->bound) {
        patch(g, word, lane, label->word);
        return;
    }
    LabelUse *use = ARENA_NEW(&g->compile->arena, LabelUse);
    *use = (LabelUse){word, lane, label->uses};
    label->uses = use;
}

void code_branch(Generator *g, Opcode op, unsigned a, unsigned b,
                 Label *label) {
    if (g->ended)
        return;
    code_emit(g, op, a, b, 0);
    code_use(g, label, (uint32_t)g->words.count - 1, 3);
}

void code_jump(Generator *g, Label *label) {
    code_branch(g, OP_jump, 0, 0, label);
}

void code_call(Generator *g, Opcode op, Value result, uint16_t method,
               const Value *arguments, size_t count) {
    if (g->ended)
        return;
    uint64_t word = 0;
    size_t lane = 0;
    code_emit(g, op, result.none ? CALL_NO_RESULT : result.number,
              (unsigned)count, method);
    for (int bank = 1; bank >= 0; bank--) {
        for (size_t i = 0; i < count; i++) {
            if (arguments[i].is_reference != bank)
                continue;
            word |= (uint64_t)arguments[i].number << (16 * (lane % 4));
            if (++lane % 4 == 0) {
                code_word(g, word);
                word = 0;
            }
        }
    }
    if (lane % 4)
        code_word(g, word);
}

/* See LINES in vm/code/module.h: the file's number stands above the line. */
uint32_t code_line(const Generator *g, Place place) {
    uint32_t first = g->world->source_file;
    uint32_t file = place.file >= first ? place.file - first : 0;
    return place.line ? (file & 0xFFF) << 20 | (place.line & 0xFFFFF) : 0;
}

void code_at(Generator *g, const Node *node) {
    if (node->place.line && !g->function->is_synthetic)
        g->line = code_line(g, node->place);
}
