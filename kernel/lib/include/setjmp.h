/* setjmp by the compiler's builtins: FreeType's rasteriser leaves its inner
 * loop this way when its pool of cells is full. */
#ifndef LIB_SETJMP_H
#define LIB_SETJMP_H

typedef void *jmp_buf[5]; /* what gcc's builtins need, "Nonlocal Gotos" */
#define setjmp(buffer) __builtin_setjmp(buffer)
#define longjmp(buffer, value) __builtin_longjmp(buffer, 1)

#endif
