/* fuzz.h: a module made at random, and what must hold of it.
 *
 * declare.c makes up classes, fields, methods and variables; body.c fills the
 * methods with instructions, each drawn (draw.c) until judge.c, which knows the
 * rules of opcodes.def by itself, finds nothing wrong with it, or, where a
 * module is to be refused, exactly one thing. broken.c breaks declarations.
 * oracle.c looks at what is left of a run: each value must be one that its
 * place may hold. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "tests/unit/vm_assembler.h"
#include "vm/heap/object.h"

enum {
    REFS_MOST = 48,
    FIELDS_MOST = 64,
    METHODS_MOST = 96,
    BODIES_MOST = 32,
    INSTRUCTIONS_MOST = 400,
    REGISTERS_MOST = 48,
    ARGUMENTS_MOST = 8,
    TARGETS_MOST = 6,
    FUZZ_OUTSIDE = 60000, /* no table is so long */
};

/* A class, an interface or an array. */
typedef struct Ref {
    uint16_t type;  /* number in the module */
    int super;      /* place in `refs`, -1: none */
    bool open;      /* anything fits it */
    bool made;      /* `new` makes it */
    bool exception; /* or below it */
    uint8_t array;  /* ModuleKind of the array, or 0 */
    bool foreign;   /* of another module */
} Ref;

/* What a value is declared to be. */
typedef struct Of {
    uint8_t kind; /* ModuleKind */
    int ref;      /* of a reference, else -1 */
} Of;

typedef struct Field {
    uint16_t number; /* of its reference */
    int owner;       /* the class that declares it; -1: a variable */
    Of of;
    uint16_t flags;
    bool foreign;
} Field;

typedef struct Callee {
    uint16_t number;
    int owner; /* -1: none, or it is static */
    bool is_virtual, is_interface, has_code, constructor, first;
    Of parameters[ARGUMENTS_MOST], result;
    unsigned count;
} Callee;

typedef struct Instruction {
    ModuleWord word;
    uint16_t arguments[ARGUMENTS_MOST + 1]; /* registers */
    int targets[TARGETS_MOST]; /* numbers of instructions; -1: bad on purpose */
    bool sealed;               /* nothing leads here */
    uint32_t at;               /* its first word */
} Instruction;

typedef struct HandlerPlan {
    int from, end, at; /* numbers of instructions; end may be their count */
    uint16_t reg, type;
    bool inside; /* `at` is one word further than an instruction */
} HandlerPlan;

typedef struct Body {
    char name[16];
    int owner; /* place in `refs`, -1: a function */
    uint16_t flags;
    Of parameters[ARGUMENTS_MOST], result;
    unsigned parameter_count;
    int references[REGISTERS_MOST]; /* place in `refs` */
    uint8_t scalars[REGISTERS_MOST];
    unsigned reference_count, scalar_count;
    bool constructs, is_first;
    int fresh; /* R register, -1: none */
    Instruction list[INSTRUCTIONS_MOST];
    unsigned count;
    HandlerPlan handlers[INSTRUCTIONS_MOST];
    unsigned handler_count;
} Body;

/* The module being made. */
typedef struct Plan {
    Ref refs[REFS_MOST];
    Field fields[FIELDS_MOST], variables[FIELDS_MOST];
    Callee callees[METHODS_MOST];
    Body bodies[BODIES_MOST];
    unsigned ref_count, field_count, variable_count, callee_count, body_count;
    unsigned first_native;        /* of the callees: from here on */
    uint16_t kinds[MODULE_KINDS]; /* type numbers */
    uint16_t texts[4], constants[6];
    uint32_t strings; /* of the file when it was finished */
} Plan;

extern Plan plan;
extern Assembler fuzz_assembler;

enum { /* places in `refs` of what is always there */
       REF_OBJECT,
       REF_STRING,
       REF_EXCEPTION,
       REF_VALUE_ERROR,
       REF_FUNCTION,
       REF_BOXES, /* Int, Double, Bool, Byte, Char */
       REF_ARRAYS = REF_BOXES + 5,
       REF_KNOWN = REF_ARRAYS + 6,
};

/* ---- Chance ---- */
void fuzz_seed(uint64_t seed);
uint32_t fuzz_below(uint32_t limit); /* 0 when limit is 0 */
bool fuzz_one_in(uint32_t count);

/* ---- Making ---- */
/* The module "lib" that the others use, for machine_load. */
size_t declare_lib(void);
/* Classes and the heads of methods: everything of `plan` but code. */
void declare_module(void);
/* Code of all bodies, in the assembler. */
void body_fill_all(void);
void body_write_all(void);
/* Breaks one instruction of some method as `part` says; false: not possible
 * here. Before body_write_all. */
bool body_break(Opcode op, unsigned part);
bool body_break_handler(unsigned way);
#define BODY_HANDLER_WAYS 4u

/* An S register of this kind, an R register that fits; 0 when there is none. */
uint16_t draw_kind(const Body *body, uint8_t kind);
uint16_t draw_fitting(const Body *body, int of);
void draw_arguments(const Body *body, const Callee *callee,
                    Instruction *instruction);
/* `wild`: something of it may be wrong. */
void draw_instruction(const Body *body, Opcode op, Instruction *instruction,
                      bool wild);

/* Ways to break a declaration, `broken_count` of them; after declare_module,
 * before the methods are written or behind them. */
unsigned broken_count(void);
const char *broken_name(unsigned way);
void broken_make(unsigned way);

/* ---- Rules ---- */
enum { /* what is wrong with an instruction */
       PART_A = 1,
       PART_B = 2,
       PART_C = 4,
       PART_RULE = 8, /* the first of its rule's clauses, */
       PARTS = 7,     /* which are the bits from there on */
};

unsigned judge(const Body *body, const Instruction *instruction);
/* Whether an instruction of this kind can be wrong in this part at all. */
bool judge_can_break(Opcode op, unsigned part);
bool judge_fits(int value, int of);
bool judge_needs_fresh(const Body *body, const Instruction *instruction);
/* The register that is fresh behind the instruction. */
int judge_fresh_after(const Body *body, const Instruction *instruction);
/* Kinds of the operands of an instruction, as opcodes.def names them. */
const char *judge_operand(Opcode op, unsigned index);
bool judge_is_call(Opcode op);

/* ---- After a run ---- */
/* NULL, or what is wrong in the app: in what its threads and variables lead to,
 * and, when it is `whole`, in its heap (vm/heap/heap_check.h). */
const char *oracle_look(const Domain *domain, const Module *module, bool whole);

#endif
