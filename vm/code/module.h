/* module.h: the .rvc file, compiled classes of one module.
 *
 * Position-independent data, little endian, without alignment. The compiler
 * writes it, loader.c reads, checks and links it into heap objects. A reader
 * trusts nothing: every count, index and type is checked, and a file that is
 * cut or changed anywhere is refused. Numbers here are append-only; another
 * MODULE_FORMAT is refused.
 *
 * HEADER, 56 bytes
 *    0  4  magic "RVC" and a zero byte
 *    4  2  format, MODULE_FORMAT
 *    6  2  zero
 *    8  8  hash of the bytes from 16 to the end (module_hash)
 *   16  4  bytes of the whole file
 *   20  4  name of the module: string number (no dot in it)
 *   24  2  strings          26  2  types         28  2  constants
 *   30  2  field references 32  2  method references
 *   34  2  variable references
 *   36  2  classes          38  2  variables     40  2  methods
 *   42  2  imports          44  4  source files: string number, one a line
 *   48  4  interface: string number of the public declarations as Rev text,
 *          for the compiler; the VM only keeps it    52  4  zero
 * Then the tables in this order, each entry right after the other:
 *
 * STRING     4 length in bytes, then UTF-8 (checked) without a zero
 * TYPE       1 ModuleKind, 1 zero, 2 zero, 4 string number of "module.Class"
 *            for MODULE_CLASS, else 0. Type 0 is always MODULE_NONE.
 * CONSTANT   8 bits of an Int, Double or Char
 * IMPORT     4 string number of a module's name: all modules named in types
 *            and references but this one; they must be loaded before
 * FIELD REF  2 class (type number), 2 type of the field, 4 name (string)
 * METHOD REF 2 class (type number; 0: a function), 2 result type (0: none),
 *            4 name (string), 4 module (string; functions only, else 0),
 *            2 parameter count (without `this`), then 2 type each
 * VAR REF    4 module (string), 4 name (string), 2 type, 2 zero
 * CLASS      4 simple name (string), 2 type number of this class, 2 type of the
 *            superclass (0 for core.Object and for interfaces), 2 ModuleClass
 *            flags, 2 interface count, 2 own field count, 2 zero; then
 *            2 type number per interface (for an interface: those it extends),
 *            then per field: 4 name, 2 type, 2 ModuleField flags
 *            A class stands after its superclass and interfaces of this module.
 * VARIABLE   4 name (string), 2 type, 2 ModuleField flags
 * METHOD     4 name (string), 2 class (type number of a class of this module;
 *            0: a function), 2 ModuleMethod flags, 2 result type,
 *            2 parameter count, 2 R registers, 2 S registers, 4 words of code,
 *            2 handler count, 2 line count; then
 *            per parameter: 2 type, 2 ModuleParameter flags, and with
 *            MODULE_RANGE 8 smallest, 8 largest Int;
 *            per R register 2 type, per S register 2 type (parameters
 *            included, first; `this` is R0 of its class);
 *            the words of code, 8 each;
 *            per handler: 2 first word, 2 word after the last, 2 handler word,
 *            2 R register that takes the exception, 2 type (0: any), 2 zero;
 *            the first handler that covers the word and fits is taken;
 *            per line: 2 first word, 2 zero, 4 line number (bits 20-31: number
 *            of the file among the lines of the header's), words ascending.
 *            native, abstract and interface methods: 0 registers, words,
 *            handlers and lines.
 *
 * MODULE_PRIVATE, MODULE_READONLY and MODULE_LET say what other modules, or
 * other methods, may do; loader and verifier hold them to it. Files of older
 * compilers have none of them.
 *
 * Names with a meaning: the function `$init` of a module (no parameters, no
 * result) gives its variables their first values, once per app, imports first;
 * `main`; constructors are non-virtual methods named `init`, called directly
 * after `new` and the instructions that give that object's fields values, or by
 * the constructor of a subclass; closures' classes contain a `$`. A method
 * overrides the superclass's virtual method of the same name, the same
 * parameter types and the same result type; the compiler gives an override the
 * erased types of the first declaration. A class implements an interface method
 * by a virtual method of the same selector. No two methods of a class have one
 * selector, no two functions of a module one name. */
#ifndef VM_CODE_MODULE_H
#define VM_CODE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/heap/kind.h"

#define MODULE_MAGIC 0x00435652u /* "RVC", 0 */
#define MODULE_FORMAT 1u
#define MODULE_HEADER_BYTES 56u
#define MODULE_SIZE_AT 16u /* places in the header */
#define MODULE_CLASS_COUNT_AT 36u
#define MODULE_IMPORT_COUNT_AT 42u
#define MODULE_NAME_BYTES_MAX 255u
#define MODULE_CODE_WORDS_MAX 32767u
#define MODULE_REGISTERS_MAX 4096u /* R and S together */
#define MODULE_PARAMETERS_MAX 32u  /* `this` included */

/* FNV-1a, 64 bits: parameters from the authors' page, isthe.com/chongo/tech/
 * comp/fnv. For identity of content, not against an adversary. */
static inline uint64_t module_hash(const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ at[i]) * 0x100000001b3u;
    return hash;
}

/* The signature text of a method, used for selectors and to bind natives:
 * "(" types of parameters ")" result, where a type is I D B Y C for Int,
 * Double, Bool, Byte, Char, V for none, "Lmodule.Class;" for a class and [I [D
 * [B [Y [C [O for arrays. For natives only, a nullable parameter has a `?` in
 * front. Example: String.indexOf(part: String, from: Int): Int is
 * "(Lcore.String;I)I". */

/* One instruction. */
typedef struct ModuleWord {
    uint16_t op, a, b, c;
} ModuleWord;
_Static_assert(sizeof(ModuleWord) == 8, "a word of code has 8 bytes");

typedef enum Opcode {
#define OPCODE(name, a, b, c, rule, meaning) OP_##name,
#include "vm/code/opcodes.def"
#undef OPCODE
    OP_COUNT
} Opcode;

/* Instructions that only linked code has. */
enum {
    QUICK_BEFORE = OP_COUNT - 1,
#define QUICK(name, meaning) OP_##name,
#include "vm/code/quick.def"
#undef QUICK
    OP_ALL, /* of files and of linked code */
};

/* Words of the linked instruction that begins with this one. */
static inline uint64_t module_words_of(uint64_t linked) {
    uint16_t code = (uint16_t)linked, count = (uint16_t)(linked >> 32);
    bool has_list = code == OP_call_virtual || code == OP_call_interface ||
                    code == OP_call || code == OP_call_static ||
                    code == OP_switch;
    return 1 + (has_list ? (count + 3u) / 4 : 0);
}

#endif
