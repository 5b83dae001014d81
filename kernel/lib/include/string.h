/* The part of <string.h> that the third-party libraries use. The memory
 * functions are the compiler's; the others are our own (libc.c) on every
 * machine, so that no library behaves differently on another libc. */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stddef.h>

#define memcpy __builtin_memcpy
#define memmove __builtin_memmove
#define memset __builtin_memset
#define memcmp __builtin_memcmp
#define strlen libc_strlen
#define strcmp libc_strcmp
#define strncmp libc_strncmp
#define strcpy libc_strcpy
#define strncpy libc_strncpy
#define strcat libc_strcat
#define strrchr libc_strrchr
#define strstr libc_strstr

size_t libc_strlen(const char *text);
int libc_strcmp(const char *a, const char *b);
int libc_strncmp(const char *a, const char *b, size_t count);
char *libc_strcpy(char *to, const char *from);
char *libc_strncpy(char *to, const char *from, size_t count);
char *libc_strcat(char *to, const char *from);
char *libc_strrchr(const char *text, int wanted);
char *libc_strstr(const char *text, const char *wanted);

#endif
