/* verifier.h: proves that a method's code cannot break the VM, and links it.
 *
 * One linear pass: each instruction is checked against the declared types of
 * the registers it names, by itself, and its linked form is written. What
 * passes cannot forge a reference, use a value as another type, jump outside,
 * or leave its frame (V1 operands are registers of the right bank and type; V2
 * branches and handlers lead to the beginning of an instruction of the method;
 * V3 the last instruction does not fall through; V4 calls pass what the callee
 * declares; V5 fields belong to the class of the object). */
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
