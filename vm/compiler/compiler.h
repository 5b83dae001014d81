/* The Rev compiler: sources in memory to the bytes of a module.
 *
 * It knows no files and keeps nothing between calls; the same functions serve
 * the host program revc and the class Compiler inside the system. Nothing it
 * is given makes it crash: it answers with diagnostics. */
#ifndef COMPILER_COMPILER_H
#define COMPILER_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"
#include "kernel/base/text.h"

typedef struct CompilerSource {
    const char *name; /* for messages, as the person knows it */
    const char *text;
    size_t length; /* bytes */
} CompilerSource;

/* Bytes of an already compiled module (.rvc) that may be imported. */
typedef struct CompilerLibrary {
    const uint8_t *bytes;
    size_t size_bytes;
} CompilerLibrary;

/* A persistent variable of a shell; see `line`. */
typedef struct CompilerVariable {
    const char *name;
    const char *type; /* as written in Rev, e.g. "List<Int>?" */
    bool is_let;      /* may not be assigned to */
} CompilerVariable;

typedef struct CompilerRequest {
    const char *module; /* the module's name */
    const CompilerSource *sources;
    size_t source_count;
    const CompilerLibrary *libraries; /* core first, unless `is_core` */
    size_t library_count;
    bool is_core;   /* this is the core library itself */
    bool is_system; /* native functions may be declared */
    bool check_only;
    bool run_tests;      /* the module's start runs its tests, after `main` */
    bool only_tests;     /* ... instead of `main`, and says how many passed */
    size_t memory_bytes; /* that it may use at most; 0: 512 MiB */
    size_t stack_bytes;  /* the same, and some kilobytes; 0: any */

    /* For a shell: the one source is a list of statements and declarations. It
     * becomes a static function `run` of the module, from an array of objects
     * to an object: the value of a last expression, or null. The array holds
     * the persistent variables in the order of `variables`; new ones of this
     * line come behind them and are named in the result. */
    bool line;
    const CompilerVariable *variables;
    size_t variable_count;
} CompilerRequest;

typedef struct Diagnostic {
    const char *file;
    uint32_t line, column; /* from 1; columns are code points */
    uint32_t length;       /* code points to underline, at least 1 */
    const char *sentence;
    const char *line_text; /* the line of the source, without its end */
    size_t line_length;    /* bytes */
} Diagnostic;

typedef struct CompilerResult {
    uint8_t *bytes; /* NULL when there are errors or nothing was wanted */
    size_t size_bytes;
    const Diagnostic *diagnostics;
    size_t diagnostic_count;
    size_t error_count;                    /* may be more than are kept */
    const CompilerVariable *new_variables; /* of a shell's line */
    size_t new_variable_count;
    bool line_has_value;    /* the line ended in an expression with a value */
    const char *line_type;  /* its type, NULL without a value */
    const char *line_names; /* classes and functions that it has for later
                               lines, one a line; NULL: none */
    const char *interface;  /* the module's, see interface.h */
    void *memory;           /* all of the above; compiler_free gives it back */
} CompilerResult;

/* STATUS_OK: look at error_count. STATUS_NO_MEMORY: the result is empty.
 * STATUS_CORRUPT: a library is not a module of this format. The result is to
 * be given to compiler_free in each case. */
Status compiler_compile(const CompilerRequest *request,
                        CompilerResult *result_out);

void compiler_free(CompilerResult *result);

/* Bytes that it has taken so far, also while it runs. */
size_t compiler_memory(const CompilerResult *result);

/* From now on the compiler may do so much work before it calls give_way(), and
 * whenever it has done it; that returns when it may go on, after another call
 * of this. A unit is about an element that is looked at (work.h). Until it is
 * called first, there is no limit. */
void compiler_allow(int64_t units, void (*give_way)(void));

/* What is left of it; negative: it did so much more. */
int64_t compiler_allowed(void);

/* A diagnostic as people see it, three lines each with its newline. */
void compiler_show(const Diagnostic *diagnostic, Text *text);

#endif
