/* compiler_native.h: the natives of module system's class Compiler. */
#ifndef VM_NATIVE_COMPILER_NATIVE_H
#define VM_NATIVE_COMPILER_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Finds the compiled module "module/NAME" that lines may import; the bytes stay
 * for ever. */
typedef bool (*CompilerFind)(const char *name, const uint8_t **data_out,
                             size_t *size_bytes_out);

void compiler_native_register(CompilerFind find);

#endif
