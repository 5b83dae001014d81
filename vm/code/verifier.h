/* verifier.h: proves that a method's code cannot break the VM, and links it.
 *
 * One linear pass: each instruction is checked against the declared types of
 * the registers it names, by itself, and its linked form is written. What
 * passes cannot forge a reference, use a value as another type, jump outside,
 * or leave its frame (V1 operands are registers of the right bank and type; V2
 * branches and handlers lead to the beginning of an instruction of the method;
 * V3 the last instruction does not fall through; V4 calls pass what the callee
 * declares; V5 fields belong to the class of the object).
 *
 * Nor does it pass a border of its language: V6 what is private to another
 * module is not named (the loader has refused that) nor made; V7 a `let` of an
 * object is written by the constructor of its class, through a `this` that it
 * keeps, and one of a module by its `$init`; V8 what other modules only read is
 * written by its own, and by the code that makes a list; V9 an object is
 * constructed once, before anybody else has it, and the superclass's
 * constructor is called by those of its subclasses; `$init` is called by the VM
 * alone. What a `let` is before its constructor has returned others may see, if
 * the constructor shows them the object. */
#ifndef VM_CODE_VERIFIER_H
#define VM_CODE_VERIFIER_H

#include "vm/code/link.h"

/* Verifies `file_method` and writes its linked code to `words_out` (as many
 * words) and its handlers to `handlers_out` (two words each). Strings that the
 * code uses are put into the pool. STATUS_INVALID with a sentence in link->why,
 * or what interning a string met. */
Status verifier_check(Link *link, const FileMethod *file_method, Method *method,
                      uint64_t *words_out, uint64_t *handlers_out);

#endif
