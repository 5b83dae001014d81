/* Names that FreeType's headers mention; no file is ever opened. */
#ifndef LIB_STDIO_H
#define LIB_STDIO_H

typedef struct LibNoFile FILE;

#endif
