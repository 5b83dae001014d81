/* The rules of opcodes.def, written a second time: what the verifier must think
 * of an instruction. */
#include <string.h>

#include "tests/fuzz/fuzz.h"

static const struct {
    const char *operands[3], *rule;
} forms[] = {
#define OPCODE(name, a, b, c, rule, meaning) {{#a, #b, #c}, #rule},
#include "vm/code/opcodes.def"
#undef OPCODE
};

const char *judge_operand(Opcode op, unsigned index) {
    return forms[op].operands[index];
}

bool judge_is_call(Opcode op) {
    return op == OP_call || op == OP_call_virtual || op == OP_call_interface;
}

static bool is_below(int value, int of) {
    while (value >= 0 && value != of)
        value = plan.refs[value].super;
    return value >= 0;
}

bool judge_fits(int value, int of) {
    return value >= 0 && of >= 0 &&
           (plan.refs[of].open || value == of ||
            (!plan.refs[value].open && is_below(value, of)));
}

/* ---- Registers ---- */

static int reference(const Body *body, uint16_t n) {
    return n < body->reference_count ? body->references[n] : -1;
}

static uint8_t scalar(const Body *body, uint16_t n) {
    return n < body->scalar_count ? body->scalars[n] : MODULE_NONE;
}

static bool is_code_point(uint64_t value) {
    return value < 0xD800 || (value > 0xDFFF && value <= 0x10FFFF);
}

static uint8_t kind_of_letter(char letter) {
    return letter == 'i'   ? MODULE_INT
           : letter == 'd' ? MODULE_DOUBLE
           : letter == 'b' ? MODULE_BOOL
           : letter == 'y' ? MODULE_BYTE
                           : MODULE_CHAR;
}

static bool has_callee(uint16_t number, const Callee **out) {
    for (unsigned i = 0; i < plan.callee_count; i++)
        if (plan.callees[i].number == number) {
            *out = &plan.callees[i];
            return true;
        }
    return false;
}

static const Field *find(const Field *list, unsigned count, uint16_t number) {
    for (unsigned i = 0; i < count; i++)
        if (list[i].number == number)
            return &list[i];
    return NULL;
}

static int ref_of_type(uint16_t type) {
    for (unsigned i = 0; i < plan.ref_count; i++)
        if (plan.refs[i].type == type)
            return (int)i;
    return -1;
}

static bool is_one_of(const uint16_t *list, size_t count, uint16_t value) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == value)
            return true;
    return false;
}

/* Operand `index` by itself. */
static bool operand_good(const Body *body, const Instruction *in,
                         unsigned index) {
    const char *kind = judge_operand((Opcode)in->word.op, index);
    uint16_t value = index == 0   ? in->word.a
                     : index == 1 ? in->word.b
                                  : in->word.c;
    const Callee *callee;
    if (!strcmp(kind, "none"))
        return value == 0;
    if (!strcmp(kind, "imm") || !strcmp(kind, "uimm"))
        return true;
    if (!strcmp(kind, "to"))
        return in->targets[0] >= 0;
    if (!strcmp(kind, "rs"))
        return value < body->reference_count;
    if (!strcmp(kind, "rd"))
        return value < body->reference_count &&
               !(body->constructs && value == 0);
    if (!strcmp(kind, "xd") || !strcmp(kind, "xs"))
        return value < body->scalar_count;
    if (!strcmp(kind, "ns"))
        return scalar(body, value) != MODULE_NONE &&
               scalar(body, value) != MODULE_DOUBLE;
    if (!strcmp(kind, "k"))
        return value < 6;
    if (!strcmp(kind, "text"))
        return is_one_of(plan.texts, 4, value);
    if (!strcmp(kind, "type"))
        return ref_of_type(value) >= 0 ||
               is_one_of(plan.kinds, MODULE_KINDS, value);
    if (!strcmp(kind, "field"))
        return find(plan.fields, plan.field_count, value) != NULL;
    if (!strcmp(kind, "var"))
        return find(plan.variables, plan.variable_count, value) != NULL;
    if (!strcmp(kind, "method"))
        return has_callee(value, &callee);
    return scalar(body, value) == kind_of_letter(kind[0]);
}

/* ---- Rules ---- */

static bool small_good(const Body *body, const Instruction *in) {
    switch (scalar(body, in->word.a)) {
    case MODULE_INT:
        return true;
    case MODULE_BOOL:
        return in->word.b <= 1;
    case MODULE_BYTE:
        return in->word.b <= 255;
    case MODULE_CHAR:
        return in->word.b <= 0x7FFF;
    default:
        return false;
    }
}

/* The constants of every module, by number. */
static const uint64_t constants[6] = {0,      1,        0x10FFFF,
                                      0xD800, 0x110000, UINT64_MAX};

static bool constant_good(const Body *body, const Instruction *in) {
    uint8_t kind = scalar(body, in->word.a);
    return kind == MODULE_INT || kind == MODULE_DOUBLE ||
           (kind == MODULE_CHAR && is_code_point(constants[in->word.b]));
}

static bool has_constructor(int ref) {
    for (unsigned i = 0; i < plan.callee_count; i++)
        if (plan.callees[i].constructor && plan.callees[i].owner == ref)
            return true;
    return false;
}

static bool may_write_let(const Body *body, const Instruction *in,
                          const Field *field) {
    bool own = body->owner == field->owner ||
               (body->owner >= 0 && !field->foreign &&
                plan.refs[body->owner].super == field->owner &&
                !has_constructor(field->owner));
    return !(field->flags & MODULE_LET) ||
           (body->constructs && in->word.a == 0 && own);
}

/* Clauses: the object has it; the value fits; a `let`; what is only read. */
static unsigned field_bad(const Body *body, const Instruction *in, bool writes,
                          bool of_reference) {
    const Field *field = find(plan.fields, plan.field_count, in->word.c);
    int of = reference(body, writes ? in->word.a : in->word.b);
    uint16_t value = writes ? in->word.b : in->word.a;
    int reg = reference(body, value);
    bool fits =
        of_reference
            ? field->of.ref >= 0 && (writes ? judge_fits(reg, field->of.ref)
                                            : judge_fits(field->of.ref, reg))
            : field->of.ref < 0 && scalar(body, value) == field->of.kind;
    bool has = of >= 0 && !plan.refs[of].open && is_below(of, field->owner);
    bool may = !(field->flags & MODULE_READONLY) || !field->foreign ||
               body->fresh == in->word.a;
    return (has ? 0u : 1u) | (fits ? 0u : 2u) |
           (!writes || may_write_let(body, in, field) ? 0u : 4u) |
           (!writes || may ? 0u : 8u);
}

/* Clauses: the value fits; a `let`; what is only read. */
static unsigned variable_bad(const Body *body, const Instruction *in,
                             bool writes, bool of_reference) {
    const Field *v = find(plan.variables, plan.variable_count, in->word.b);
    int reg = reference(body, in->word.a);
    bool fits = of_reference
                    ? v->of.ref >= 0 && (writes ? judge_fits(reg, v->of.ref)
                                                : judge_fits(v->of.ref, reg))
                    : v->of.ref < 0 && scalar(body, in->word.a) == v->of.kind;
    bool let = v->flags & MODULE_LET && (v->foreign || !body->is_first);
    bool read = v->flags & MODULE_READONLY && v->foreign;
    return (fits ? 0u : 1u) | (writes && let ? 2u : 0u) |
           (writes && read ? 4u : 0u);
}

static uint8_t array_of(const Body *body, uint16_t n) {
    int ref = reference(body, n);
    return ref < 0 ? MODULE_NONE : plan.refs[ref].array;
}

/* Clauses: the instruction is for such elements; the array has them. */
static unsigned element_bad(const Body *body, uint16_t array, uint16_t value,
                            uint8_t kind1, uint8_t kind2) {
    uint8_t kind = scalar(body, value);
    bool has = array_of(body, array) == kind - MODULE_INT + MODULE_INT_ARRAY;
    return (kind == kind1 || kind == kind2 ? 0u : 1u) | (has ? 0u : 2u);
}

/* Clauses: it may be made, or is an array; it fits the register. */
static unsigned class_bad(const Body *body, const Instruction *in) {
    Opcode op = (Opcode)in->word.op;
    int of = ref_of_type(op == OP_new ? in->word.b : in->word.c);
    bool good = of >= 0 && (op != OP_new || plan.refs[of].made) &&
                (op != OP_new_array || plan.refs[of].array);
    bool fits = of < 0 || judge_fits(of, reference(body, in->word.a));
    return (good ? 0u : 1u) | (fits ? 0u : 2u);
}

/* ---- Calls ---- */

static bool receiver_good(const Body *body, const Instruction *in,
                          const Callee *callee) {
    int given = reference(body, in->arguments[0]);
    return given >= 0 && judge_fits(given, callee->owner);
}

static bool arguments_good(const Body *body, const Instruction *in,
                           const Callee *callee) {
    unsigned next = callee->owner >= 0, scalar_at = next;
    for (unsigned i = 0; i < callee->count; i++)
        scalar_at += callee->parameters[i].ref >= 0;
    for (unsigned i = 0; i < callee->count; i++) {
        Of of = callee->parameters[i];
        if (of.ref < 0) {
            if (scalar(body, in->arguments[scalar_at++]) != of.kind)
                return false;
            continue;
        }
        int given = reference(body, in->arguments[next++]);
        if (given < 0 || !judge_fits(given, of.ref))
            return false;
    }
    return true;
}

static bool result_good(const Body *body, uint16_t a, Of result) {
    if (a == CALL_NO_RESULT)
        return true;
    if (result.ref < 0)
        return result.kind != MODULE_NONE && scalar(body, a) == result.kind;
    int to = reference(body, a);
    return to >= 0 && judge_fits(result.ref, to) &&
           !(body->constructs && a == 0);
}

static bool constructor_good(const Body *body, const Instruction *in,
                             const Callee *callee) {
    uint16_t receiver = in->arguments[0];
    if (body->fresh == receiver)
        return true;
    return body->constructs && receiver == 0 && body->owner != callee->owner &&
           is_below(body->owner, callee->owner);
}

static unsigned argument_count(const Callee *callee) {
    return callee->count + (callee->owner >= 0);
}

/* Clauses: it is called so; the receiver, the arguments; a constructor. */
static unsigned call_bad(const Body *body, const Instruction *in,
                         const Callee *callee) {
    Opcode op = (Opcode)in->word.op;
    bool form = op == OP_call           ? callee->has_code && !callee->first
                : op == OP_call_virtual ? callee->is_virtual
                                        : callee->is_interface;
    bool receiver = callee->owner < 0 || receiver_good(body, in, callee);
    bool constructor =
        !callee->constructor || constructor_good(body, in, callee);
    return (form ? 0u : 1u) | (receiver ? 0u : 2u) |
           (arguments_good(body, in, callee) ? 0u : 4u) |
           (op != OP_call || constructor ? 0u : 8u);
}

static unsigned judge_call(const Body *body, const Instruction *in) {
    const Callee *callee;
    if (!has_callee(in->word.c, &callee))
        return PART_C;
    if (in->word.b != argument_count(callee))
        return PART_B;
    return (result_good(body, in->word.a, callee->result) ? 0u : PART_A) |
           call_bad(body, in, callee) * PART_RULE;
}

static bool targets_good(const Instruction *in) {
    for (unsigned i = 0; i < in->word.b; i++)
        if (in->targets[i] < 0)
            return false;
    return true;
}

/* Those rules that have one clause. */
static bool rule_good(const Body *body, const Instruction *in) {
    ModuleWord w = in->word;
    const char *rule = forms[w.op].rule;
    Of result = body->result;
    if (!strcmp(rule, "plain"))
        return true;
    if (!strcmp(rule, "never"))
        return false;
    if (!strcmp(rule, "assign"))
        return judge_fits(reference(body, w.b), reference(body, w.a));
    if (!strcmp(rule, "same") || !strcmp(rule, "same_ab"))
        return scalar(body, w.a) == scalar(body, w.b);
    if (!strcmp(rule, "same_bc"))
        return scalar(body, w.b) == scalar(body, w.c);
    if (!strcmp(rule, "small"))
        return small_good(body, in);
    if (!strcmp(rule, "constant"))
        return constant_good(body, in);
    if (!strcmp(rule, "text"))
        return judge_fits(REF_STRING, reference(body, w.a));
    if (!strcmp(rule, "divisor"))
        return w.c != 0 && w.c != 0xFFFF;
    if (!strcmp(rule, "shift"))
        return w.c < 64;
    if (!strcmp(rule, "targets"))
        return targets_good(in);
    if (!strcmp(rule, "plain_class"))
        return ref_of_type(w.c) >= 0;
    if (!strcmp(rule, "box"))
        return judge_fits(REF_BOXES + scalar(body, w.b) - MODULE_INT,
                          reference(body, w.a));
    if (!strcmp(rule, "unbox"))
        return true;
    if (!strcmp(rule, "any_array"))
        return array_of(body, w.b) != 0;
    if (!strcmp(rule, "array_put_ref"))
        return array_of(body, w.a) == MODULE_OBJECT_ARRAY;
    if (!strcmp(rule, "array_get_char"))
        return array_of(body, w.b) == MODULE_CHAR_ARRAY;
    if (!strcmp(rule, "array_put_char"))
        return array_of(body, w.a) == MODULE_CHAR_ARRAY;
    if (!strcmp(rule, "return_none"))
        return result.kind == MODULE_NONE;
    if (!strcmp(rule, "return_ref"))
        return result.ref >= 0 && judge_fits(reference(body, w.a), result.ref);
    if (!strcmp(rule, "return_value"))
        return result.ref < 0 && scalar(body, w.a) == result.kind;
    if (!strcmp(rule, "throw"))
        return judge_fits(reference(body, w.a), REF_EXCEPTION);
    return false; /* a rule that is not known here: nothing of it is made */
}

/* The clauses of the rule that do not hold. */
static unsigned rule_bad(const Body *body, const Instruction *in) {
    ModuleWord w = in->word;
    const char *rule = forms[w.op].rule;
    if (!strcmp(rule, "get_ref") || !strcmp(rule, "get"))
        return field_bad(body, in, false, rule[3] != 0);
    if (!strcmp(rule, "put_ref") || !strcmp(rule, "put"))
        return field_bad(body, in, true, rule[3] != 0);
    if (!strncmp(rule, "load_var", 8))
        return variable_bad(body, in, false, rule[8] != 0);
    if (!strncmp(rule, "store_var", 9))
        return variable_bad(body, in, true, rule[9] != 0);
    if (!strcmp(rule, "new") || !strcmp(rule, "cast") ||
        !strcmp(rule, "new_array"))
        return class_bad(body, in);
    if (!strcmp(rule, "array_get_ref"))
        return (array_of(body, w.b) == MODULE_OBJECT_ARRAY ? 0u : 1u) |
               (judge_fits(REF_OBJECT, reference(body, w.a)) ? 0u : 2u);
    if (!strcmp(rule, "array_get_word"))
        return element_bad(body, w.b, w.a, MODULE_INT, MODULE_DOUBLE);
    if (!strcmp(rule, "array_put_word"))
        return element_bad(body, w.a, w.c, MODULE_INT, MODULE_DOUBLE);
    if (!strcmp(rule, "array_get_byte"))
        return element_bad(body, w.b, w.a, MODULE_BYTE, MODULE_BOOL);
    if (!strcmp(rule, "array_put_byte"))
        return element_bad(body, w.a, w.c, MODULE_BYTE, MODULE_BOOL);
    return !rule_good(body, in);
}

unsigned judge(const Body *body, const Instruction *in) {
    unsigned bad = 0;
    if (judge_is_call((Opcode)in->word.op))
        return judge_call(body, in);
    for (unsigned i = 0; i < 3; i++)
        if (!operand_good(body, in, i))
            bad |= 1u << i;
    return bad ? bad : rule_bad(body, in) * PART_RULE;
}

static unsigned clauses_of(Opcode op) {
    static const struct {
        const char *rule;
        unsigned count;
    } many[] = {{"put", 4},
                {"put_ref", 3},
                {"get", 2},
                {"get_ref", 2},
                {"store_var", 3},
                {"store_var_ref", 2},
                {"new", 2},
                {"cast", 2},
                {"new_array", 2},
                {"array_get_ref", 2},
                {"call", 4},
                {"call_virtual", 3},
                {"plain", 0},
                {"unbox", 0},
                {"array_get_word", 2},
                {"array_put_word", 2},
                {"array_get_byte", 2},
                {"array_put_byte", 2},
                {"call_interface", 3}};
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        if (!strcmp(forms[op].rule, many[i].rule))
            return many[i].count;
    return 1;
}

bool judge_can_break(Opcode op, unsigned part) {
    if (part >= PART_RULE)
        return part < (unsigned)PART_RULE << clauses_of(op);
    if (judge_is_call(op))
        return true;
    const char *kind = judge_operand(op, part == PART_A   ? 0
                                         : part == PART_B ? 1
                                                          : 2);
    return strcmp(kind, "imm") && strcmp(kind, "uimm");
}

/* ---- What is fresh ---- */

bool judge_needs_fresh(const Body *body, const Instruction *in) {
    static Body stale;
    if (body->fresh < 0)
        return false;
    stale = *body;
    stale.fresh = -1;
    return judge(&stale, in) != 0;
}

int judge_fresh_after(const Body *body, const Instruction *in) {
    if (in->word.op == OP_new)
        return in->word.a;
    bool is_put = in->word.op == OP_put ||
                  (in->word.op == OP_put_ref && in->word.b != in->word.a);
    return is_put && in->word.a == body->fresh ? body->fresh : -1;
}
