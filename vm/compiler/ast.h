/* What the parser makes and the checker completes: types as written,
 * declarations, statements and expressions.
 *
 * Declarations serve both sources and the interfaces of compiled modules: an
 * interface is Rev text without bodies. Everything lives in the arena; lists
 * are linked by `next`. Fields below a line "checked" are filled in by the
 * declaring and checking passes, everything above by the parser. */
#ifndef COMPILER_AST_H
#define COMPILER_AST_H

#include "vm/compiler/source.h"

typedef struct Type Type;
typedef struct TypeNode TypeNode;
typedef struct Node Node;
typedef struct Variable Variable;
typedef struct Function Function;
typedef struct Class Class;
typedef struct Module Module;
typedef struct TypeParameter TypeParameter;

/* ---- Types as written ---- */

typedef enum TypeNodeKind {
    TYPE_NODE_NAME,     /* module.Name<arguments> */
    TYPE_NODE_NULLABLE, /* inner? */
    TYPE_NODE_FUNCTION, /* (arguments) => inner */
} TypeNodeKind;

struct TypeNode {
    TypeNodeKind kind;
    Place place;
    Name module; /* NULL: unqualified */
    Name name;
    TypeNode *arguments;
    TypeNode *inner;
    TypeNode *next;
};

struct TypeParameter {
    Name name;
    Place place;
    TypeNode *bound_node;
    TypeParameter *next;
    /* checked */
    Type *bound; /* NULL: none */
    Type *type;  /* the type that stands for it */
};

/* ---- Variables: locals, parameters, fields, module variables ---- */

typedef enum VariableKind {
    VARIABLE_LOCAL,
    VARIABLE_PARAMETER,
    VARIABLE_FIELD,
    VARIABLE_MODULE, /* and static fields: a slot of the app's environment */
    VARIABLE_SLOT,   /* a shell's persistent variable */
} VariableKind;

struct Variable {
    VariableKind kind;
    Name name;
    Name doc;
    Place place;
    TypeNode *type_node; /* NULL: inferred */
    Node *initial;       /* or default value; NULL: none */
    bool is_let, is_private, is_transient, is_static;
    bool is_readonly; /* @readonly: other modules see a `let` */
    bool makes_field; /* a constructor's `let` or `var` parameter */
    bool has_default; /* in an interface the value itself may be missing */
    bool has_range;   /* @range(low, high) */
    int64_t range_low, range_high;
    Variable *next;
    Variable *next_slot; /* of a shell's new variables */
    /* checked */
    Type *type;
    Class *owner_class; /* fields */
    Module *module;
    Function *function;     /* locals and parameters: where they live */
    Variable *field;        /* a constructor parameter's field */
    bool is_captured;       /* a closure inside `function` uses it */
    bool is_reassigned;     /* after its initial value */
    bool is_changed_inside; /* by a closure that was seen already */
    bool is_used;
    bool being_inferred, is_checked;
    bool is_constant; /* a literal known at compile time: `initial` */
    uint32_t index;   /* generator: register or slot */
};

/* ---- Functions ---- */

typedef struct Capture {
    Variable *variable; /* NULL: `this` */
    struct Capture *next;
    uint32_t index; /* generator: field of the closure */
} Capture;

typedef enum FunctionKind {
    FUNCTION_PLAIN,
    FUNCTION_GETTER,
    FUNCTION_SETTER,
    FUNCTION_INIT,      /* a class's constructor */
    FUNCTION_TEST,      /* test "sentence" { } */
    FUNCTION_RESTARTED, /* restarted { } */
    FUNCTION_CLOSURE,
} FunctionKind;

struct Function {
    FunctionKind kind;
    Name name;
    Name doc;
    Place place;
    TypeParameter *type_parameters;
    Variable *parameters;
    TypeNode *result_node; /* NULL: inferred or nothing */
    Node *body;            /* NULL: native, abstract, in an interface text */
    bool is_expression;    /* => body */
    bool is_static, is_native, is_abstract, is_private;
    bool is_default;   /* a body exists, though the text does not show it */
    bool is_synthetic; /* made by the compiler: no lines, no interface */
    bool no_parameter_list; /* a closure without `names =>` */
    Function *next;
    /* checked */
    Type *result;
    Class *owner;
    Module *module;
    Function *outer; /* the function around a closure */
    Capture *captures;
    Variable *it;          /* a closure's implicit parameter, once used */
    Type *inferred_result; /* while a body is checked */
    bool being_inferred, is_checked, uses_this;
    uint32_t index; /* generator: number within the module */
};

/* ---- Classes ---- */

typedef enum ClassKind {
    CLASS_CLASS,
    CLASS_INTERFACE,
    CLASS_ENUM,
    CLASS_CASE, /* one case of an enum: its payload are its fields */
} ClassKind;

typedef struct SuperNode {
    TypeNode *type;
    Node *arguments; /* of the super constructor */
    bool has_arguments;
    struct SuperNode *next;
} SuperNode;

struct Class {
    ClassKind kind;
    Name name;
    Name doc;
    Place place;
    TypeParameter *type_parameters;
    Variable *parameters; /* of the constructor */
    SuperNode *supers;
    Variable *fields; /* declared ones; payload of a case */
    Function *functions;
    Node *init_blocks;
    Class *cases; /* of an enum, linked by next */
    bool is_private, is_abstract, is_native;
    Class *next;
    /* checked */
    Module *module;
    Class *enum_class; /* of a case */
    uint32_t tag;      /* of a case */
    Type *type;        /* with its own parameters as arguments */
    Type *super;       /* NULL: Object itself, or an interface */
    Type **interfaces;
    size_t interface_count;
    Function *init;
    Node *super_call;     /* NODE_CALL of the super constructor, or NULL */
    TypeParameter *self;  /* an interface's Self */
    uint16_t type_number; /* generator: in the module's types, 0: not yet */
    unsigned seen, paths, chain; /* see check_declare.c */
    bool is_written;             /* generator: its entry is in the file */
    uint32_t index;
};

/* ---- Modules ---- */

typedef struct Import {
    Name name;
    Place place;
    Module *module; /* checked */
    struct Import *next;
} Import;

struct Module {
    Name name;
    bool is_interface; /* compiled before */
    bool is_core;
    bool runs_tests; /* its start runs them */
    bool tests_only; /* and not `main` */
    Import *imports;
    Class *classes;
    Function *functions;
    Variable *variables;
    Function *tests;
    Node *line;           /* a shell's statements */
    Function *init;       /* checked: gives the variables their first values */
    uint32_t slot_count;  /* a shell's variables so far */
    Variable *slot_array; /* checked: the parameter of that */
    Class **class_table;  /* checked: by name, see check_index_classes */
    size_t class_slots;   /* a power of two */
    Function *line_function; /* checked: `run` of a shell's line */
    Module *next;
};

/* ---- Expressions and statements ---- */

typedef enum NodeKind {
    NODE_BAD, /* after an error: has the bad type */
    /* literals */
    NODE_INT,
    NODE_DOUBLE,
    NODE_CHAR,
    NODE_STRING,
    NODE_BOOL,
    NODE_NULL,
    NODE_TEXT, /* interpolated string: `items` */
    NODE_LIST,
    NODE_MAP, /* items alternate: key, value */
    NODE_CLOSURE,
    /* names and parts */
    NODE_NAME,
    NODE_THIS,
    NODE_SUPER,
    NODE_MEMBER,  /* left.name, left?.name */
    NODE_INDEX,   /* left[right] */
    NODE_PRESENT, /* what is assigned to, before: see check_statement.c */
    NODE_CALL,    /* left(items) */
    /* operators */
    NODE_UNARY,
    NODE_BINARY, /* arithmetic, comparison, identity */
    NODE_AND,
    NODE_OR,
    NODE_COALESCE, /* left ?? right */
    NODE_SURELY,   /* left! */
    NODE_IS,
    NODE_AS,
    NODE_IN,
    NODE_RANGE,
    /* with blocks inside; have values too */
    NODE_IF,
    NODE_MATCH,
    NODE_BLOCK,
    /* statements */
    NODE_LET,
    NODE_ASSIGN,
    NODE_WHILE,
    NODE_FOR,
    NODE_TRY,
    NODE_RETURN,
    NODE_THROW,
    NODE_BREAK,
    NODE_CONTINUE,
} NodeKind;

/* A list of names assigned to inside a piece of source: Parser.assigned. */
typedef struct AssignedNames {
    const Name *names;
    size_t count;
} AssignedNames;

typedef enum PatternKind {
    PATTERN_ANY,   /* _ or else */
    PATTERN_BIND,  /* a name for a payload value */
    PATTERN_CASE,  /* name(items) */
    PATTERN_IS,    /* is Type */
    PATTERN_VALUE, /* an expression: equal, or in a range */
} PatternKind;

typedef struct Pattern {
    PatternKind kind;
    Place place;
    Name name;
    struct Pattern *items; /* of a case */
    bool has_items;
    TypeNode *type_node;
    Node *value;
    struct Pattern *next;
    /* checked */
    Variable *variable;
    Class *enum_case;
    Type *type;
} Pattern;

typedef struct MatchArm {
    Place place;
    Pattern *patterns; /* any of them */
    Node *guard;
    AssignedNames assigned; /* in the guard */
    Node *body;
    struct MatchArm *next;
} MatchArm;

typedef struct CatchArm {
    Place place;
    Variable *variable;
    Node *body;
    struct CatchArm *next;
} CatchArm;

/* What a NODE_NAME or NODE_MEMBER turned out to be. */
typedef enum ReferenceKind {
    REFERENCE_NONE,
    REFERENCE_VARIABLE, /* `variable`: of any kind */
    REFERENCE_FUNCTION, /* `function`: called, or made a closure of */
    REFERENCE_GETTER,   /* `function`, called without arguments */
    REFERENCE_CLASS,    /* `class`, before ( or . */
    REFERENCE_CASE,     /* `class` is an enum's case */
    REFERENCE_MODULE,   /* `module`, before . */
    REFERENCE_LENGTH,   /* an array's length */
} ReferenceKind;

/* See tree_assigns. */
typedef enum Assigns {
    ASSIGNS_UNKNOWN, /* not yet asked */
    ASSIGNS_NOTHING,
    ASSIGNS_SOMETHING,
} Assigns;

struct Node {
    NodeKind kind;
    uint16_t operator; /* a TokenKind */
    bool safe;         /* ?. */
    bool in_parens;
    bool is_let;
    bool has_trailing; /* the last argument is a trailing closure */
    Place place;
    Node *next;
    Name name;  /* NAME, MEMBER, STRING; an argument's label; FORMAT */
    Name label; /* of a named argument; format of a text's part */
    union {
        uint64_t number;
        double real;
    };
    Node *left, *right, *third;
    Node *items;
    union {
        TypeNode *type_nodes; /* CALL's type arguments; IS, AS */
        Variable *variables;  /* LET, FOR: one, or a tuple's names */
    };
    union {
        Function *closure;
        MatchArm *arms;
        CatchArm *catches;
    };
    AssignedNames assigned; /* in a loop, a try, a closure, an assigned value */
    /* checked */
    Type *type;  /* of its value; NULL: not checked */
    Type *aimed; /* IS, AS: the type asked for; FOR: of the elements */
    ReferenceKind reference;
    union {
        Variable *variable;
        Function *function;
        Class *class;
        Module *module;
    };
    Type *receiver;   /* MEMBER: the type that declares the member */
    Function *setter; /* ASSIGN: to a property; INDEX: get, set */
    Node **arguments; /* CALL: by parameter; NULL: the default */
    size_t argument_count;
    const void *held;   /* PRESENT: the generator's value */
    bool implicit_this; /* NAME that is a member of `this` */
    bool direct;        /* CALL: of super's method */
    bool is_statement;  /* its value is not wanted */
    bool ends;          /* control never comes behind it */
    Assigns assigns;
};

#endif
