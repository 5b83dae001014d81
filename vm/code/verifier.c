/* The verifier. Operand kinds come from opcodes.def; rules are the functions
 * below named after them. */
#include "vm/code/verifier.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"

typedef enum Operand {
    OPERAND_none,
    OPERAND_rd,
    OPERAND_rs,
    OPERAND_xd,
    OPERAND_xs,
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
    OPERAND_ns,
    OPERAND_imm,
    OPERAND_uimm,
    OPERAND_to,
    OPERAND_k,
    OPERAND_text,
    OPERAND_type,
    OPERAND_field,
    OPERAND_method,
    OPERAND_var,
} Operand;

/* One method while it is verified. */
typedef struct Check {
    Link *link;
    const FileMethod *file;
    Method *method;
    uint64_t *words; /* linked so far */
    uint8_t *starts; /* per word: STARTS, IS_TARGET */
    uint32_t at;     /* number of the word being checked */
    ModuleWord word; /* as in the file */
    ModuleWord to;   /* as linked */
    uint32_t length; /* words of this instruction */
    uint32_t fresh;  /* R register with an object that only this code has, made
                        right before, or NOT_FRESH */
    bool constructs; /* the method is a constructor */
    const char *bad; /* what is wrong, or NULL */
    Status status;
} Check;

enum {                /* of a word */
       STARTS = 1,    /* an instruction begins here */
       IS_TARGET = 2, /* and something leads to it */
};
#define NOT_FRESH UINT32_MAX

static void fail(Check *check, const char *what) {
    if (!check->bad)
        check->bad = what;
}

static void need(Check *check, bool condition, const char *what) {
    if (!condition)
        fail(check, what);
}

/* ---- Registers ---- */

static uint16_t register_type(const Check *check, uint32_t index) {
    return module_file_number(check->file->registers, index);
}

/* The kind of S register `n`; MODULE_NONE when there is none. */
static uint8_t scalar_kind(const Check *check, uint16_t n) {
    if (n >= check->file->scalars)
        return MODULE_NONE;
    uint16_t type = register_type(check, check->file->references + n);
    return check->link->file.types[type].kind;
}

/* The class of R register `n`; NULL when there is none. */
static Class *reference_class(const Check *check, uint16_t n) {
    if (n >= check->file->references)
        return NULL;
    return check->link->types[register_type(check, n)];
}

static bool is_open(const Class *of) {
    return of->id == CLASS_Object || of->flags & MODULE_INTERFACE;
}

/* A value of class `value` may stand where `of` is declared. */
static bool fits(const Class *value, const Class *of) {
    return is_open(of) || value == of ||
           (!is_open(value) && class_is_a(value, of));
}

/* Words of the frame for registers: parameters of R last, of S first. */
static uint16_t reference_word(const Check *check, uint16_t n) {
    return link_reference_word(check->method, n);
}

static uint16_t scalar_word(const Check *check, uint16_t n) {
    const Method *method = check->method;
    return (uint16_t)(method->references_at + method->reference_count + n);
}

/* ---- Operands ---- */

static uint8_t operand_kind(Operand operand) {
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
    default:
        return MODULE_CHAR;
    }
}

/* A constructor keeps its `this`: what it may write is known by the register.
 */
static void need_not_this(Check *check, uint16_t register_written) {
    need(check, !check->constructs || register_written > 0,
         "a constructor changes its \"this\"");
}

static bool starts_at(const Check *check, uint32_t word) {
    return check->starts[word] & STARTS;
}

static uint16_t link_target(Check *check, uint16_t target, uint32_t from) {
    need(check, target < check->file->words && starts_at(check, target),
         "a branch leads to no instruction");
    return (uint16_t)(target - from);
}

static void check_index(Check *check, uint16_t value, uint32_t count) {
    need(check, value < count, "a number is outside its table");
}

/* Checks one operand and returns its linked form. */
static uint16_t check_operand(Check *check, Operand operand, uint16_t value) {
    const ModuleFile *file = &check->link->file;
    switch (operand) {
    case OPERAND_none:
        need(check, value == 0, "an unused operand is not 0");
        return 0;
    case OPERAND_imm:
    case OPERAND_uimm:
        return value;
    case OPERAND_rd:
        need_not_this(check, value);
        /* fall through */
    case OPERAND_rs:
        need(check, value < check->file->references, "no such R register");
        return reference_word(check, value);
    case OPERAND_xd:
    case OPERAND_xs:
        need(check, value < check->file->scalars, "no such S register");
        return scalar_word(check, value);
    case OPERAND_ns: {
        uint8_t kind = scalar_kind(check, value);
        need(check, kind != MODULE_NONE && kind != MODULE_DOUBLE,
             "no such S register of a whole-number kind");
        return scalar_word(check, value);
    }
    case OPERAND_id:
    case OPERAND_is:
    case OPERAND_dd:
    case OPERAND_ds:
    case OPERAND_bd:
    case OPERAND_bs:
    case OPERAND_yd:
    case OPERAND_ys:
    case OPERAND_cd:
    case OPERAND_cs:
        need(check, scalar_kind(check, value) == operand_kind(operand),
             "an S register has another kind");
        return scalar_word(check, value);
    case OPERAND_to:
        return link_target(check, value, check->at + 1);
    case OPERAND_k:
        check_index(check, value, file->constant_count);
        return value;
    case OPERAND_text:
        check_index(check, value, file->string_count);
        return (uint16_t)link_text_place(value);
    case OPERAND_type:
        check_index(check, value, file->type_count);
        return (uint16_t)link_type_place(check->link, value);
    case OPERAND_field:
        check_index(check, value, file->field_ref_count);
        return value;
    case OPERAND_method:
        check_index(check, value, file->method_ref_count);
        return (uint16_t)link_method_place(check->link, value);
    case OPERAND_var:
        check_index(check, value, file->var_ref_count);
        return value;
    }
    return 0;
}

/* ---- Rules; operands are good by then ---- */

static void rule_never(Check *check) {
    fail(check, "no such instruction");
}

static void rule_plain(Check *check) {
    (void)check;
}

static void rule_assign(Check *check) {
    need(check,
         fits(reference_class(check, check->word.b),
              reference_class(check, check->word.a)),
         "a reference does not fit the register");
}

static void rule_same(Check *check) {
    need(check,
         scalar_kind(check, check->word.a) == scalar_kind(check, check->word.b),
         "the S registers have different kinds");
}

static void rule_same_ab(Check *check) {
    rule_same(check);
}

static void rule_same_bc(Check *check) {
    need(check,
         scalar_kind(check, check->word.b) == scalar_kind(check, check->word.c),
         "the S registers have different kinds");
}

static bool is_code_point(uint64_t value) {
    return value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

static void rule_small(Check *check) {
    uint16_t value = check->word.b;
    uint8_t kind = scalar_kind(check, check->word.a);
    bool good = kind == MODULE_INT || (kind == MODULE_BOOL && value <= 1) ||
                (kind == MODULE_BYTE && value <= 255) ||
                (kind == MODULE_CHAR && value <= 0x7FFF);
    need(check, good, "the value does not fit the register");
}

static void rule_constant(Check *check) {
    uint64_t value =
        bytes_get64(check->link->file.constants + check->word.b * 8u);
    uint8_t kind = scalar_kind(check, check->word.a);
    bool good = kind == MODULE_INT || kind == MODULE_DOUBLE ||
                (kind == MODULE_CHAR && is_code_point(value));
    need(check, good, "the constant does not fit the register");
}

static void rule_text(Check *check) {
    Class *string = class_get(CLASS_String);
    need(check, fits(string, reference_class(check, check->word.a)),
         "a String does not fit the register");
    if (check->bad)
        return;
    const FileString *text = &check->link->file.strings[check->word.b];
    Object **place = &check->link->module->pool->at.references[check->word.b];
    if (*place)
        return;
    String *made = symbols_intern(check->link->domain, text->bytes,
                                  text->length, &check->status);
    if (made)
        HEAP_SET(*place, made);
}

static void rule_divisor(Check *check) {
    need(check, check->word.c != 0 && check->word.c != 0xFFFF,
         "a divisor is 0 or -1");
}

static void rule_shift(Check *check) {
    need(check, check->word.c < 64, "a shift is over 63");
}

static uint16_t word_part(uint64_t word, unsigned index) {
    return (uint16_t)(word >> (index % 4 * 16));
}

static uint64_t file_word(const Check *check, uint32_t index) {
    return bytes_get64(check->file->code + (size_t)index * 8);
}

static void rule_targets(Check *check) {
    uint32_t extra = check->length - 1;
    uint32_t after = check->at + check->length;
    for (uint32_t i = 0; i < extra; i++)
        check->words[check->at + 1 + i] = 0;
    for (uint32_t i = 0; i < check->word.b && !check->bad; i++) {
        uint32_t place = check->at + 1 + i / 4;
        uint16_t target = word_part(file_word(check, place), i);
        uint64_t linked = link_target(check, target, after);
        check->words[place] |= linked << (i % 4 * 16);
    }
}

/* Classes */

static Class *type_class(Check *check, uint16_t type) {
    Class *of =
        type < check->link->file.type_count ? check->link->types[type] : NULL;
    need(check, of != NULL, "the type is no class");
    return of;
}

static void rule_plain_class(Check *check) {
    type_class(check, check->word.c);
}

static void rule_new(Check *check) {
    Class *of = type_class(check, check->word.b);
    if (!of)
        return;
    need(check, !link_is_hidden(check->link, of->module, of->flags),
         "the class is private to another module");
    need(check,
         of->shape == SHAPE_OBJECT &&
             !(of->flags &
               (MODULE_INTERFACE | MODULE_ABSTRACT | MODULE_NATIVE_LAYOUT)),
         "objects of this class are not made by new");
    need(check, fits(of, reference_class(check, check->word.a)),
         "the new object does not fit the register");
}

static void rule_cast(Check *check) {
    Class *of = type_class(check, check->word.c);
    if (of)
        need(check, fits(of, reference_class(check, check->word.a)),
             "the class does not fit the register");
}

static void rule_box(Check *check) {
    uint32_t id = link_kind_class(scalar_kind(check, check->word.b));
    need(check, fits(class_get(id), reference_class(check, check->word.a)),
         "the box does not fit the register");
    check->to.c = (uint16_t)id;
}

static void rule_unbox(Check *check) {
    check->to.c = (uint16_t)link_kind_class(scalar_kind(check, check->word.a));
}

/* Fields and variables */

static const LinkField *field_of(Check *check, uint16_t object) {
    const LinkField *field = &check->link->fields[check->word.c];
    Class *of = reference_class(check, object);
    need(check, !is_open(of) && class_is_a(of, field->owner),
         "the object has no such field");
    check->to.c = FIELD_WORD(field->packed);
    return field;
}

static bool is_transient(uint64_t packed) {
    return FIELD_FLAGS(packed) & MODULE_TRANSIENT;
}

static void rule_get_ref(Check *check) {
    const LinkField *field = field_of(check, check->word.b);
    need(check,
         field->of && fits(field->of, reference_class(check, check->word.a)),
         "the field does not fit the register");
    if (is_transient(field->packed))
        check->to.op = OP_get_transient;
}

static void rule_get(Check *check) {
    const LinkField *field = field_of(check, check->word.b);
    need(check, FIELD_KIND(field->packed) == scalar_kind(check, check->word.a),
         "the field has another kind");
    if (is_transient(field->packed))
        check->to.op = OP_get_transient;
}

/* A `let` that the constructor of its class writes, or that of a class right
 * below when its own has none, as an enum has. */
static bool constructs_let(const Check *check, const LinkField *field) {
    const Class *of = check->method->owner, *declared = field->declared;
    if (!check->constructs || check->word.a != 0)
        return false;
    if (of == declared)
        return true;
    bool has_one = false;
    for (uint64_t i = 0; i < declared->methods->length; i++)
        has_one |= link_is_constructor(
            (const Method *)declared->methods->at.references[i]);
    return of->super == declared && of->module == declared->module && !has_one;
}

static const LinkField *written_field(Check *check) {
    const LinkField *field = field_of(check, check->word.a);
    uint8_t flags = FIELD_FLAGS(field->packed);
    if (check->bad)
        return field;
    need(check, !(flags & MODULE_LET) || constructs_let(check, field),
         "only its constructor writes a \"let\"");
    need(check,
         !(flags & MODULE_READONLY) || check->fresh == check->word.a ||
             field->declared->module == check->link->module,
         "only its own module writes the field");
    return field;
}

static void rule_put_ref(Check *check) {
    const LinkField *field = written_field(check);
    need(check,
         field->of && fits(reference_class(check, check->word.b), field->of),
         "the value does not fit the field");
    if (is_transient(field->packed))
        check->to.op = OP_put_transient;
}

static void rule_put(Check *check) {
    const LinkField *field = written_field(check);
    need(check, FIELD_KIND(field->packed) == scalar_kind(check, check->word.b),
         "the field has another kind");
    if (is_transient(field->packed))
        check->to.op = OP_put_transient;
}

static const LinkVar *var_of(Check *check, uint16_t transient_op) {
    const LinkVar *var = &check->link->vars[check->word.b];
    check->to.b = (uint16_t)var->place;
    check->to.c = FIELD_WORD(var->packed);
    if (is_transient(var->packed))
        check->to.op = transient_op;
    return var;
}

static void rule_load_var_ref(Check *check) {
    const LinkVar *var = var_of(check, OP_load_transient);
    need(check, var->of && fits(var->of, reference_class(check, check->word.a)),
         "the variable does not fit the register");
}

static void rule_load_var(Check *check) {
    const LinkVar *var = var_of(check, OP_load_transient);
    need(check, FIELD_KIND(var->packed) == scalar_kind(check, check->word.a),
         "the variable has another kind");
}

static bool is_first_function(const Method *method) {
    return !method->owner && symbols_equal(method->name, "$init", 5);
}

static const LinkVar *written_var(Check *check) {
    const LinkVar *var = var_of(check, OP_store_transient);
    uint8_t flags = FIELD_FLAGS(var->packed);
    bool is_own = var->module == check->link->module;
    need(check,
         !(flags & MODULE_LET) || (is_own && is_first_function(check->method)),
         "only the module's \"$init\" writes a \"let\"");
    need(check, !(flags & MODULE_READONLY) || is_own,
         "only its own module writes the variable");
    return var;
}

static void rule_store_var_ref(Check *check) {
    const LinkVar *var = written_var(check);
    need(check, var->of && fits(reference_class(check, check->word.a), var->of),
         "the value does not fit the variable");
}

static void rule_store_var(Check *check) {
    const LinkVar *var = written_var(check);
    need(check, FIELD_KIND(var->packed) == scalar_kind(check, check->word.a),
         "the variable has another kind");
}

/* Arrays */

static void rule_new_array(Check *check) {
    Class *of = type_class(check, check->word.c);
    if (!of)
        return;
    uint8_t kind = check->link->file.types[check->word.c].kind;
    need(check, kind >= MODULE_INT_ARRAY && kind <= MODULE_OBJECT_ARRAY,
         "the type is no array");
    need(check, fits(of, reference_class(check, check->word.a)),
         "the array does not fit the register");
    check->to.c = (uint16_t)of->id;
}

static uint32_t array_id(const Check *check, uint16_t n) {
    uint32_t id = reference_class(check, n)->id;
    return id >= CLASS_IntArray && id <= CLASS_ObjectArray ? id : 0;
}

static void rule_any_array(Check *check) {
    need(check, array_id(check, check->word.b), "the object is no array");
}

static void need_array(Check *check, uint16_t array, uint8_t kind) {
    uint8_t array_kind = (uint8_t)(kind - MODULE_INT + MODULE_INT_ARRAY);
    need(check, array_id(check, array) == link_kind_class(array_kind),
         "the array has other elements");
}

static void rule_array_get_ref(Check *check) {
    need(check, array_id(check, check->word.b) == CLASS_ObjectArray,
         "the array has other elements");
    need(check, is_open(reference_class(check, check->word.a)),
         "elements of arrays are of class Object");
}

static void rule_array_put_ref(Check *check) {
    need(check, array_id(check, check->word.a) == CLASS_ObjectArray,
         "the array has other elements");
}

static void check_element(Check *check, uint16_t array, uint16_t scalar,
                          uint8_t kind1, uint8_t kind2) {
    uint8_t kind = scalar_kind(check, scalar);
    need(check, kind == kind1 || kind == kind2,
         "the instruction is for other elements");
    need_array(check, array, kind);
}

static void rule_array_get_word(Check *check) {
    check_element(check, check->word.b, check->word.a, MODULE_INT,
                  MODULE_DOUBLE);
}

static void rule_array_get_char(Check *check) {
    need_array(check, check->word.b, MODULE_CHAR);
}

static void rule_array_get_byte(Check *check) {
    check_element(check, check->word.b, check->word.a, MODULE_BYTE,
                  MODULE_BOOL);
}

static void rule_array_put_word(Check *check) {
    check_element(check, check->word.a, check->word.c, MODULE_INT,
                  MODULE_DOUBLE);
}

static void rule_array_put_char(Check *check) {
    need_array(check, check->word.a, MODULE_CHAR);
}

static void rule_array_put_byte(Check *check) {
    check_element(check, check->word.a, check->word.c, MODULE_BYTE,
                  MODULE_BOOL);
}

/* Calls */

static bool has_receiver(const Method *method) {
    return method->owner && !(method->flags & MODULE_STATIC);
}

/* The argument register number `i` as written in the file. */
static uint16_t argument(const Check *check, uint32_t i) {
    return word_part(file_word(check, check->at + 1 + i / 4), i);
}

static void link_argument(Check *check, uint32_t i, uint16_t word) {
    check->words[check->at + 1 + i / 4] |= (uint64_t)word << (i % 4 * 16);
}

static void check_parameter(Check *check, uint16_t type, uint32_t *next_ref,
                            uint32_t *next_scalar) {
    const Class *of = check->link->types[type];
    bool scalar = !of;
    uint32_t i = scalar ? (*next_scalar)++ : (*next_ref)++;
    uint16_t n = argument(check, i);
    if (scalar) {
        need(check, scalar_kind(check, n) == check->link->file.types[type].kind,
             "an argument has another kind");
        link_argument(check, i, scalar_word(check, n));
        return;
    }
    const Class *given = reference_class(check, n);
    need(check, given && fits(given, of), "an argument does not fit");
    link_argument(check, i, reference_word(check, n));
}

static void check_receiver(Check *check, const Method *method) {
    const Class *given = reference_class(check, argument(check, 0));
    need(check, given && fits(given, method->owner),
         "the receiver has another class");
    if (given)
        link_argument(check, 0, reference_word(check, argument(check, 0)));
}

static void check_result(Check *check, const FileMethodRef *ref) {
    uint16_t a = check->word.a;
    const Class *of = check->link->types[ref->result];
    check->to.a = FRAME_SINK;
    if (a == CALL_NO_RESULT)
        return;
    if (of) {
        const Class *to = reference_class(check, a);
        need(check, to && fits(of, to), "the result does not fit");
        need_not_this(check, a);
        check->to.a = reference_word(check, a);
        return;
    }
    uint8_t kind = check->link->file.types[ref->result].kind;
    need(check, kind != MODULE_NONE && scalar_kind(check, a) == kind,
         "the result has another kind");
    check->to.a = scalar_word(check, a);
}

static const Method *check_call(Check *check) {
    const LinkMethod *called = &check->link->methods[check->word.c];
    const Method *method = called->method;
    const FileMethodRef *ref = called->ref;
    bool receiver = has_receiver(method);
    uint32_t next_ref = receiver, next_scalar = method->reference_arguments;
    for (uint32_t i = 1; i < check->length; i++)
        check->words[check->at + i] = 0;
    need(check, check->word.b == method->argument_count,
         "the call has another number of arguments");
    if (check->bad)
        return method;
    if (receiver)
        check_receiver(check, method);
    for (uint32_t i = 0; i < ref->parameter_count && !check->bad; i++)
        check_parameter(check, module_file_number(ref->parameters, i),
                        &next_ref, &next_scalar);
    if (!check->bad)
        check_result(check, ref);
    return method;
}

/* Each object is constructed once: by who made it, before anybody else has it,
 * and in there by the constructors of its superclasses. */
static void check_constructor(Check *check, const Method *method) {
    uint16_t receiver = argument(check, 0);
    const Class *of = check->method->owner;
    bool of_super = check->constructs && receiver == 0 && of != method->owner &&
                    class_is_a(of, method->owner);
    need(check, receiver == check->fresh || of_super,
         "the object of a constructor is not new");
}

static void rule_call(Check *check) {
    const Method *method = check_call(check);
    need(check, !(method->flags & MODULE_NO_CODE), "the method has no code");
    need(check, !is_first_function(method), "only the VM calls \"$init\"");
    if (!check->bad && link_is_constructor(method))
        check_constructor(check, method);
    if (!has_receiver(method))
        check->to.op = OP_call_static;
}

static void rule_call_virtual(Check *check) {
    const Method *method = check_call(check);
    need(check,
         method->flags & MODULE_VIRTUAL && has_receiver(method) &&
             !(method->owner->flags & MODULE_INTERFACE),
         "the method is not virtual");
    check->to.c = method->vtable_place;
}

static void rule_call_interface(Check *check) {
    const Method *method = check_call(check);
    need(check,
         has_receiver(method) && method->owner->flags & MODULE_INTERFACE &&
             method->selector,
         "the method belongs to no interface");
}

/* A call is charged for all words of the method; a return gives back those
 * behind it (worker.h). */
static void link_return(Check *check) {
    check->to.c = (uint16_t)(check->file->words - (check->at + 1));
}

static void rule_return_none(Check *check) {
    link_return(check);
    need(check,
         check->link->file.types[check->file->result].kind == MODULE_NONE,
         "a result is missing");
}

static void rule_return_ref(Check *check) {
    link_return(check);
    const Class *of = check->link->types[check->file->result];
    need(check, of && fits(reference_class(check, check->word.a), of),
         "the result does not fit");
}

static void rule_return_value(Check *check) {
    link_return(check);
    uint8_t kind = check->link->file.types[check->file->result].kind;
    need(check, scalar_kind(check, check->word.a) == kind,
         "the result has another kind");
}

static void rule_throw(Check *check) {
    const Class *of = reference_class(check, check->word.a);
    need(check, !is_open(of) && class_is_a(of, class_get(CLASS_Exception)),
         "only exceptions are thrown");
}

/* ---- The table of instructions ---- */

typedef struct Form {
    uint8_t operands[3];
    void (*rule)(Check *check);
} Form;

static const Form forms[] = {
#define OPCODE(name, a, b, c, rule, meaning)                                   \
    {{OPERAND_##a, OPERAND_##b, OPERAND_##c}, rule_##rule},
#include "vm/code/opcodes.def"
#undef OPCODE
};

static uint32_t instruction_length(ModuleWord word) {
    switch (word.op) {
    case OP_call:
    case OP_call_virtual:
    case OP_call_interface:
    case OP_switch:
        return 1 + (word.b + 3u) / 4;
    default:
        return 1;
    }
}

static bool falls_through(uint16_t op) {
    return op != OP_jump && op != OP_return && op != OP_return_ref &&
           op != OP_return_value && op != OP_throw;
}

static ModuleWord word_at(const Check *check, uint32_t at) {
    uint64_t word = file_word(check, at);
    return (ModuleWord){(uint16_t)word, (uint16_t)(word >> 16),
                        (uint16_t)(word >> 32), (uint16_t)(word >> 48)};
}

static void mark_target(Check *check, uint16_t target) {
    if (target < check->file->words)
        check->starts[target] |= IS_TARGET;
}

static void mark_targets(Check *check, ModuleWord word) {
    if (forms[word.op].operands[2] == OPERAND_to)
        mark_target(check, word.c);
    for (uint32_t i = 0; word.op == OP_switch && i < word.b; i++)
        mark_target(check,
                    word_part(file_word(check, check->at + 1 + i / 4), i));
}

/* Finds where instructions begin and which are led to. */
static void find_starts(Check *check) {
    uint32_t count = check->file->words;
    uint16_t last = OP_invalid;
    for (uint32_t at = 0; at < count && !check->bad;) {
        check->at = at;
        ModuleWord word = word_at(check, at);
        uint32_t length = instruction_length(word);
        need(check, word.op < OP_COUNT, "no such instruction");
        need(check, length <= count - at, "the code is cut");
        if (check->bad)
            return;
        check->starts[at] |= STARTS;
        mark_targets(check, word);
        last = word.op;
        at += length;
    }
    need(check, count > 0 && !falls_through(last),
         "the last instruction falls through");
    for (uint32_t i = 0; i < check->file->handler_count; i++)
        mark_target(check,
                    module_file_number(check->file->handlers + i * 12u, 2));
}

/* Whether an object stays fresh: it is one that `new` made, of which nothing
 * was done since but to give its fields values. */
static uint32_t fresh_after(const Check *check) {
    ModuleWord word = check->word;
    if (word.op == OP_new)
        return word.a;
    bool is_put =
        word.op == OP_put || (word.op == OP_put_ref && word.b != word.a);
    return is_put && word.a == check->fresh ? check->fresh : NOT_FRESH;
}

static void check_instruction(Check *check) {
    ModuleWord word = check->word = word_at(check, check->at);
    const Form *form = &forms[word.op];
    check->length = instruction_length(word);
    if (check->starts[check->at] & IS_TARGET)
        check->fresh = NOT_FRESH;
    check->to.op = word.op;
    check->to.a = check_operand(check, form->operands[0], word.a);
    check->to.b = check_operand(check, form->operands[1], word.b);
    check->to.c = check_operand(check, form->operands[2], word.c);
    if (!check->bad)
        form->rule(check);
    check->fresh = fresh_after(check);
    check->words[check->at] = (uint64_t)check->to.c << 48 |
                              (uint64_t)check->to.b << 32 |
                              (uint64_t)check->to.a << 16 | check->to.op;
}

static void check_handler(Check *check, const uint8_t *entry,
                          uint64_t *words_out) {
    uint16_t from = module_file_number(entry, 0);
    uint16_t end = module_file_number(entry, 1);
    uint16_t handler = module_file_number(entry, 2);
    uint16_t reg = module_file_number(entry, 3);
    uint16_t type = module_file_number(entry, 4);
    uint32_t count = check->file->words;
    Class *exception = class_get(CLASS_Exception);
    Class *of = type ? check->link->types[type] : exception;
    need(check,
         from < end && end <= count && handler < count &&
             starts_at(check, from) && starts_at(check, handler) &&
             (end == count || starts_at(check, end)),
         "a handler leads to no instruction");
    need(check, reg < check->file->references, "no such R register");
    need_not_this(check, reg);
    if (check->bad)
        return;
    need(check, !is_open(of) && class_is_a(of, exception),
         "only exceptions are caught");
    need(check, fits(of, reference_class(check, reg)),
         "the exception does not fit the register");
    words_out[0] = (uint64_t)reference_word(check, reg) << 48 |
                   (uint64_t)handler << 32 | (uint64_t)end << 16 | from;
    words_out[1] = type ? link_type_place(check->link, type) : EXCEPTION_ANY;
}

static void check_all(Check *check, uint64_t *handlers_out) {
    find_starts(check);
    for (check->at = 0; check->at < check->file->words && !check->bad &&
                        check->status == STATUS_OK;
         check->at += check->length)
        check_instruction(check);
    for (uint32_t i = 0; i < check->file->handler_count && !check->bad; i++)
        check_handler(check, check->file->handlers + i * 12u,
                      handlers_out + i * 2u);
}

Status verifier_check(Link *link, const FileMethod *file_method, Method *method,
                      uint64_t *words_out, uint64_t *handlers_out) {
    Check check = {.link = link,
                   .file = file_method,
                   .method = method,
                   .words = words_out,
                   .fresh = NOT_FRESH,
                   .constructs = link_is_constructor(method)};
    check.starts = alloc_take(file_method->words + 1u);
    if (!check.starts)
        return STATUS_NO_MEMORY;
    check_all(&check, handlers_out);
    alloc_give(check.starts);
    if (!check.bad)
        return check.status;
    const FileString *name = &link->file.strings[file_method->name];
    text_add_format(link->why, "%.*s, word %u: %s",
                    (int)bytes_min(name->length, 80), name->bytes, check.at,
                    check.bad);
    return STATUS_INVALID;
}
