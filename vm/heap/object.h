/* object.h: what objects look like to C.
 *
 * Every object lies in the persistent range, aligned to 16 bytes, and never
 * moves. It begins with 8 bytes:
 *
 *   0  4  class id        4  1  flags        5  3  zero
 *
 * After it come words of 8 bytes: the fields of a class in the order of
 * declaration, inherited ones first, each one word whatever its type (a
 * transient field has two: the boot number of its value, then the value).
 * The pointers in these structures are references, plain addresses; they are
 * stored with HEAP_SET only, after memory_write() of persist/memory/memory.h.
 * Only objects made since the last safepoint may be filled without announcing.
 *
 * Shapes (known.def): which words are references.
 *   OBJECT      as the class's reference map says
 *   STRING, WORDS, BYTES, CHARS, BOX   none
 *   REFERENCES  all after the length
 *   CLASS, METHOD, MODULE, DOMAIN, GATE   the first *_REFERENCES words
 *   THREAD      the first words, and its stack by walking the frames
 *   STACK       none by itself (see THREAD) */
#ifndef VM_HEAP_OBJECT_H
#define VM_HEAP_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "persist/memory/memory.h"

enum {                       /* flags of an object */
       OBJECT_IMMUTABLE = 1, /* no store ever; may be copied through a gate */
       OBJECT_WEAKLY = 2,    /* something refers to it weakly */
       OBJECT_LARGE = 4,     /* alone in its blocks */
       OBJECT_HASHED = 8,    /* has an identity hash in the domain's table */
};

enum { /* ids of the classes that C knows */
       CLASS_NONE = 0,
#define KNOWN(name, text, shape) CLASS_##name,
#include "vm/heap/known.def"
#undef KNOWN
       CLASS_FIRST_FREE = 256, /* the first id for any other class */
};

/* Ids and selectors from here on are a domain's own (own.h): each domain counts
 * for itself, and only its own objects and code have them. */
#define OWN_FIRST 0x80000000u

typedef enum Shape {
    SHAPE_NONE,
    SHAPE_OBJECT,
    SHAPE_STRING,
    SHAPE_BOX,
    SHAPE_WORDS,
    SHAPE_BYTES,
    SHAPE_CHARS,
    SHAPE_REFERENCES,
    SHAPE_CLASS,
    SHAPE_METHOD,
    SHAPE_MODULE,
    SHAPE_THREAD,
    SHAPE_STACK,
    SHAPE_DOMAIN,
    SHAPE_GATE,
} Shape;

typedef struct Object {
    uint32_t class_id;
    uint8_t flags;
    uint8_t zero[3];
} Object;

/* Stores a reference into a slot that memory_write() has announced. */
#define HEAP_SET(slot, reference)                                              \
    heap_set((uint64_t *)(void *)&(slot), (uint64_t)(uintptr_t)(reference))

/* The word of a field; number 1 is the first after the header. */
static inline uint64_t *object_word(Object *object, size_t number) {
    return (uint64_t *)(void *)object + number;
}

/* Immutable UTF-8, no zero at the end. */
typedef struct String {
    Object head;
    uint64_t length; /* bytes */
    char bytes[];
} String;

/* All arrays: the length in elements, then the elements without gaps. */
typedef struct Array {
    Object head;
    uint64_t length;
    union {
        uint64_t words[1]; /* Int; Double as bits */
        double doubles[1];
        uint32_t chars[1];
        uint8_t bytes[1]; /* Byte, Bool */
        Object *references[1];
    } at;
} Array;

typedef struct Box {
    Object head;
    uint64_t value; /* as in a register */
} Box;

struct Class;
struct Method;
struct Module;
struct Thread;
struct Domain;

#define CLASS_DEPTH_MAX 24
#define CLASS_REFERENCES 11

typedef struct Class {
    Object head;
    struct Module *module;
    String *name; /* qualified, "module.Class" */
    struct Class *super;
    Array *vtable;        /* references: Method */
    Array *selectors;     /* words: selector << 32 | place in vtable, sorted */
    Array *interfaces;    /* words: ids of all interfaces, sorted */
    Array *reference_map; /* words: bit i of word j: word 64 j + i is a
                             reference (bit 0, the header, is 0) */
    Array *field_names;   /* references: String, of own and inherited fields */
    Array *field_types;   /* words: FIELD_* below, same order */
    Array *methods;       /* references: Method, declared in this class */
    Array *boxes;         /* references: shared boxes (boxes.h), or null */
    uint32_t id;
    uint32_t flags; /* MODULE_* of module.h */
    uint16_t shape;
    uint16_t depth;                    /* core.Object has 0 */
    uint32_t instance_words;           /* header included; OBJECT shape only */
    uint32_t display[CLASS_DEPTH_MAX]; /* ids of the ancestors by depth, this
                                          class last */
} Class;

/* A word of field_types: bits 0-15 the word's number, 16-23 ModuleKind, 24-31
 * MODULE_* flags, 32-63 class id for MODULE_CLASS. */
#define FIELD_WORD(packed) ((uint16_t)(packed))
#define FIELD_KIND(packed) ((uint8_t)((packed) >> 16))
#define FIELD_FLAGS(packed) ((uint8_t)((packed) >> 24))
#define FIELD_CLASS(packed) ((uint32_t)((packed) >> 32))

#define METHOD_REFERENCES 11

/* Immutable but for `native_index` nothing here is transient: natives are
 * found again by name and signature after each restart (native.h). */
typedef struct Method {
    Object head;
    struct Class *owner; /* null for a function */
    struct Module *module;
    String *name;
    String *signature; /* as module.h says */
    Array *code;       /* words, linked (link.h); null without code */
    Array *pool;       /* references: the module's, see Module */
    Array *constants;  /* words: the module's */
    Array *handlers;   /* words, two each (below), or null */
    Array *lines;      /* words: first word << 32 | line, ascending, or null */
    Array *parameters; /* words: natives' checks (native.h), or null */
    String
        *selector_text; /* of an own selector, which lives with it; or null */
    uint64_t signature_hash;
    uint32_t selector; /* number of name and signature, virtual methods */
    uint16_t flags;    /* MODULE_* */
    uint16_t vtable_place;
    uint16_t frame_words;         /* header included */
    uint16_t arguments_at;        /* word of the frame where arguments begin */
    uint16_t argument_count;      /* R then S */
    uint16_t references_at;       /* word of the frame where bank R begins */
    uint16_t reference_count;     /* registers of bank R */
    uint16_t reference_arguments; /* of argument_count, with `this` */
    uint16_t result_kind;         /* ModuleKind */
    uint16_t cost;                /* of a call, in units (vm/run/worker.h) */
} Method;

/* A handler: first word, word after the last, handler word and the frame's word
 * that takes the exception, 16 bits each; then the place of the class in the
 * pool, or: */
#define EXCEPTION_ANY 0xFFFFu

/* The words of core.Exception and everything below. */
enum {
    EXCEPTION_MESSAGE = 1, /* String or null */
    EXCEPTION_METHODS = 2, /* Array of Method, innermost first, or null */
    EXCEPTION_PLACES = 3,  /* Array of Int: their instruction words */
    EXCEPTION_WORDS = 4,
};

#define MODULE_REFERENCES 12

/* A loaded module. Never changed after it is published, but for its variables:
 * those of a module that a domain brought hang on it, so that both go together;
 * of the others each domain that uses them has some (Domain.environments). */
typedef struct Module {
    Object head;
    String *name;
    String *file;
    Array *pool;      /* references: interned strings, then classes, then
                         methods, as the module's tables had them */
    Array *constants; /* words */
    Array *classes;   /* references: Class, declared here */
    Array *functions; /* references: Method */
    Array *imports;   /* references: Module */
    struct Class *environment; /* class of the object with the variables */
    struct Method *initialise; /* `$init` or null */
    struct Module *previous;   /* the version installed before, or null */
    Object *variables;         /* of an own module; null: none yet */
    Array *image; /* bytes: its file, so that it can be linked anew (relink.h);
                     null: an older build loaded it */
    uint64_t number; /* its place in the table of modules */
    uint64_t hash;
    uint64_t system; /* 1: loaded as a module of the system */
    uint64_t own;    /* 1: in the tables of the domain it lies in (own.h) */
    uint64_t order;  /* later ones of one table have a higher one */
    uint64_t bytes;  /* of its file */
} Module;

/* Where code finds a module's variables: the number, and whether it is own. */
static inline uint64_t module_place(const Module *module) {
    return module->number * 2 + module->own;
}

/* A frame in a stack, from its first word:
 *   0  method   1  address of the next instruction   2  words back to the
 *   caller's frame << 16 | word of the caller's frame that takes the result
 *   3  takes unwanted results; then R registers (arguments last), then S
 *   registers (arguments first). So all arguments are one run. */
#define FRAME_METHOD 0
#define FRAME_PC 1
#define FRAME_LINK 2
#define FRAME_SINK 3
#define FRAME_HEADER_WORDS 4

typedef struct Stack {
    Object head;
    uint64_t length; /* words */
    uint64_t words[];
} Stack;

typedef enum ThreadState {
    THREAD_NEW,      /* made, not in any queue */
    THREAD_RUNNABLE, /* in the run queue of its domain */
    THREAD_PARKED,   /* waits: `wait` says for what */
    THREAD_ENDED,
} ThreadState;

typedef enum ThreadWait {
    WAIT_NONE,
    WAIT_PARK,   /* Thread.park(): until unpark */
    WAIT_SLEEP,  /* among the domain's sleepers */
    WAIT_JOIN,   /* in the joiners of another thread */
    WAIT_COMMIT, /* until the generation is durable */
    WAIT_NATIVE, /* a native's: `waiting` says for what */
} ThreadWait;

/* What a thread may use above its domain's limit (heap.h). */
typedef enum ThreadReserve {
    RESERVE_NONE,
    RESERVE_ERROR,   /* it is told that there is no memory */
    RESERVE_HANDLER, /* it calls the `restarted` handlers */
} ThreadReserve;

/* Keys of waiters; a native's that waits for an object has its address. */
enum { WAITS_COMMIT, WAITS_ANSWER, WAITS_UNPARK };

#define THREAD_REFERENCES 13

typedef struct Thread {
    Object head;
    struct Domain *domain;
    Stack *stack; /* null when ended */
    union {       /* of the one list or tree this thread is in */
        struct Thread *next, *less;
    };
    union { /* the same, backwards; what comes behind it in the tree */
        struct Thread *before, *greater;
    };
    struct Thread *joiners;
    Object *waiting;        /* what the native waits for */
    Object *progress;       /* state of a native that goes on in steps */
    Object *thrown;         /* to be thrown when it runs next; when ended: what
                               ended it, or null */
    Object *function;       /* what it runs */
    String *name;           /* or null */
    struct Method *calling; /* the native that waits or goes on */
    Stack *larger;          /* that it grows into (stack.c), or null */
    Object *spare;          /* null */
    uint64_t number;        /* in its domain, from 1 */
    uint64_t frame;         /* word of the stack where its frame begins */
    uint64_t key;    /* a sleeper's: when it wakes, by the experienced clock; a
                        waiter's: WAITS_... or the address of `waiting` */
    uint64_t order;  /* a sleeper's: its number; a waiter's: which came first;
                        for WAIT_COMMIT: which call of the world's it is */
    uint32_t fuel;   /* rest of its slice */
    uint8_t state;   /* ThreadState */
    uint8_t wait;    /* ThreadWait */
    uint8_t permit;  /* an unpark came before the park */
    uint8_t reserve; /* ThreadReserve */
    uint32_t priority;    /* in its tree */
    uint32_t result_word; /* where `calling` puts its result, in the frame */
    uint64_t steps[3];    /* with `progress`: how far it is */
} Thread;

typedef enum DomainState {
    DOMAIN_RUNNING,
    DOMAIN_STOPPED,  /* its threads do not run; its objects stay */
    DOMAIN_IN_TRASH, /* the same, and it may be brought back (trash.h) */
} DomainState;

/* Of vm/run/limits.h: room for them, and the place of the one that limit_bytes
 * comes down to. */
#define DOMAIN_LIMITS 16
#define DOMAIN_LIMIT_MEMORY 0

#define DOMAIN_REFERENCES 19

/* A domain with its root environment. Lies in its own first region; the
 * system root's table refers to it. The first fields are what its threads
 * reach, the rest is the allocator's (heap.h). */
typedef struct Domain {
    Object head;
    Thread *run_first, *run_last; /* the run queue */
    Thread *sleepers;             /* trees (thread_tree.h): those that sleep */
    Thread *waiters;              /* and all other parked threads */
    Array *environments; /* references: per number of a module of the system
                            domain its variables */
    String *name;
    Object *memory_error; /* ready to be thrown */
    Object *stack_error;  /* the same */
    Array *restarted;     /* words: addresses of objects (restarts.h) */
    Array *hashes;        /* words: address, identity hash; open table */
    Array *gate_targets;  /* references: what others may reach by a gate */
    Array *gate_numbers;  /* words: their numbers */
    Object *seat;         /* the window manager's (wm/window_table.h) */
    Module *program;      /* what it runs; null: not known */
    Thread *handling;     /* calls those, or null */
    Object *app;          /* the object of the class that it is, or null */
    Array *own_classes;   /* words: what it brought, weakly (own.h) */
    Array *own_modules;
    Array *own_selectors;
    uint64_t number;      /* never reused; the system domain has 1 */
    uint64_t limit_bytes; /* of used_bytes */
    uint64_t used_bytes;  /* lines and blocks in use */
    uint64_t since_bytes; /* allocated since the last collection */
    uint64_t threads_made;
    uint64_t waits_made; /* waiters so far */
    uint64_t debt;       /* units that it used beyond its turns */
    uint64_t hashes_made;
    uint64_t hash_count; /* entries in `hashes` */
    uint64_t gate_count;
    uint64_t restarted_count, restarted_place;
    uint64_t handled_ns;         /* how long `handling` ran in this start */
    uint64_t own_modules_made;   /* so far */
    uint64_t own_selector_count; /* in the table */
    uint64_t own_selectors_made; /* so far */
    uint64_t own_key;            /* of their hashes */
    uint64_t thread_count;       /* not ended */
    uint64_t collect_at_bytes;   /* since_bytes that ask for one */
    uint64_t bump, bump_end;     /* the hole being filled */
    uint64_t medium, medium_end; /* the same for longer objects */
    uint32_t first_region, last_region; /* chain by the region headers */
    uint32_t cursor_region, cursor_block,
        cursor_line;                      /* next hole: from here */
    uint32_t medium_region, medium_block; /* next free block: from here */
    uint32_t state;                       /* DomainState */
    int32_t exit_code;      /* of one in the trash: which came there first */
    uint32_t rights;        /* RIGHT_... of vm/heap/rights.h */
    uint64_t sleeper_count; /* in `sleepers` */
    uint64_t code_bytes;    /* of the files of its own modules */
    uint64_t limits[DOMAIN_LIMITS];
    uint32_t lasting; /* of its rights: stay when it is started anew */
    uint32_t refused; /* rights that it asked for, and a person said no */
    uint32_t asked;   /* the one that it waits for, or 0 */
    uint32_t had;     /* rights that were its, or of those before it, ever */
    uint64_t line;    /* number of the first whose place it takes, or its own */
    uint64_t pastes;  /* presses of the paste key that it may still use, */
    uint64_t paste_of; /* for the text of the clipboard with this number */
} Domain;

/* A reference into another domain: a number, never reused. */
typedef struct Gate {
    Object head;
    uint64_t number;
    uint64_t domain; /* number of the target's domain */
} Gate;

/* ---- The system root: the first page of the range ---- */

#define ROOT_MAGIC 0x315456524c4f4f52ull
#define ROOT_LAYOUT 4u
#define ROOT_DOMAINS_MAX 448u
#define ROOT_ENDING_MAX 8u

typedef struct SystemRoot {
    uint64_t magic;
    uint32_t layout;     /* ROOT_LAYOUT: of everything in this file */
    uint32_t opcodes;    /* OP_COUNT of the build that made or last ran it */
    uint64_t boot;       /* number of this start; 1 made the heap */
    uint64_t next_class; /* ids and numbers that are never reused */
    uint64_t next_domain;
    uint64_t next_region;
    uint64_t next_gate;
    uint64_t next_module;
    uint64_t next_selector;
    uint64_t experienced_ns; /* the clock of sleeping threads */
    uint64_t commits;        /* calls of commit() so far */
    uint64_t birth;          /* epoch of new lines, from 1 */
    Array *classes;          /* references: Class by id, in two levels: chunks
                                of CLASS_CHUNK */
    Array *strings;          /* references: interned String, open table */
    uint64_t string_count;
    Array *selectors;        /* references: String by hash, open table */
    Array *selector_numbers; /* words: number at the same place */
    Array *modules;          /* references: Module by number */
    Method *start;           /* the first frame of every thread */
    uint64_t next_turn;      /* the domain slot that runs next */
    uint64_t ending[ROOT_ENDING_MAX]; /* regions of apps that are over, first of
                                         a chain each, to be given back */
    uint64_t random; /* state of thread_tree.c; no program sees it */
    uint64_t ended;  /* apps that were put into the trash so far */
    uint64_t spare[2];
    Domain *domains[ROOT_DOMAINS_MAX]; /* 0: the system; null: free */
} SystemRoot;

_Static_assert(sizeof(Object) == 8, "the header has 8 bytes");
_Static_assert(offsetof(String, bytes) == 16, "String: length, bytes");
_Static_assert(offsetof(Array, at) == 16, "Array: length, elements");
_Static_assert(offsetof(Class, id) == 8 + 8 * CLASS_REFERENCES,
               "references of a class come first");
_Static_assert(offsetof(Method, signature_hash) == 8 + 8 * METHOD_REFERENCES,
               "references of a method come first");
_Static_assert(offsetof(Module, number) == 8 + 8 * MODULE_REFERENCES,
               "references of a module come first");
_Static_assert(offsetof(Thread, number) == 8 + 8 * THREAD_REFERENCES,
               "references of a thread come first");
_Static_assert(offsetof(Domain, number) == 8 + 8 * DOMAIN_REFERENCES,
               "references of a domain come first");
_Static_assert(sizeof(SystemRoot) <= PLATFORM_PAGE_BYTES,
               "the root is one page");

#define ROOT ((SystemRoot *)(uintptr_t)MEMORY_ROOT)

#endif
