/* Tests of the compiler as a library; what the language does is tested in
 * tests/language. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/decimal.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/compiler_core.h"

/* ---- Compiling ---- */

static CompilerSource source_of(const char *text) {
    return (CompilerSource){"test.rev", text, strlen(text)};
}

static CompilerResult compile(const char *text) {
    CompilerSource source = source_of(text);
    CompilerResult result;
    CompilerLibrary core = compiler_core();
    CompilerRequest request = {.module = "test",
                               .sources = &source,
                               .source_count = 1,
                               .libraries = &core,
                               .library_count = 1};
    EXPECT_EQUAL(compiler_compile(&request, &result), STATUS_OK);
    return result;
}

static CompilerResult compile_line(const char *text,
                                   const CompilerVariable *variables,
                                   size_t count) {
    CompilerSource source = source_of(text);
    CompilerResult result;
    CompilerLibrary core = compiler_core();
    CompilerRequest request = {.module = "line",
                               .sources = &source,
                               .source_count = 1,
                               .libraries = &core,
                               .library_count = 1,
                               .line = true,
                               .variables = variables,
                               .variable_count = count};
    EXPECT_EQUAL(compiler_compile(&request, &result), STATUS_OK);
    return result;
}

/* ---- Tests ---- */

TEST("an error shows its line, a caret and one sentence") {
    CompilerResult result = compile("fun main() {\n\tprint(cuont)\n}\n"
                                    "let count = 1\n");
    char buffer[300];
    Text text = text_on(buffer, sizeof buffer);
    EXPECT_EQUAL(result.error_count, 1);
    compiler_show(&result.diagnostics[0], &text);
    EXPECT_TEXT(buffer, "test.rev:2:8: error: there is no \"cuont\" here; did "
                        "you mean \"count\"?\n"
                        "    2 | \tprint(cuont)\n"
                        "      | \t      ^~~~~\n");
    EXPECT(!result.bytes);
    compiler_free(&result);
}

TEST("a line declares no type that has a name of core's") {
    static const char *const names[] = {"Object", "String", "List", "Map"};
    char source[60], sentence[100];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(source, sizeof source, "class %s {}", names[i]);
        snprintf(sentence, sizeof sentence,
                 "\"%s\" is a type of core; a line cannot declare it anew",
                 names[i]);
        CompilerResult result = compile_line(source, NULL, 0);
        EXPECT_EQUAL(result.error_count, 1);
        EXPECT_TEXT(result.diagnostics[0].sentence, sentence);
        compiler_free(&result);
    }
    CompilerResult own = compile_line("class Objects {}", NULL, 0);
    EXPECT_EQUAL(own.error_count, 0);
    compiler_free(&own);
}

/* `before` columns, then a name that nobody knows, then `behind`. */
static void expect_shown(int before, int behind, const char *shown,
                         const char *mark) {
    char source[1000], wanted[2000], got[2000];
    snprintf(source, sizeof source, "fun main() {\n%*s%s%*s\n}\n", before, "",
             "nope()", behind, ";");
    snprintf(wanted, sizeof wanted,
             "test.rev:2:%d: error: there is no \"nope\" here\n%s\n%s\n",
             before + 1, shown, mark);
    CompilerResult result = compile(source);
    Text text = text_on(got, sizeof got);
    compiler_show(&result.diagnostics[0], &text);
    EXPECT_TEXT(got, wanted);
    compiler_free(&result);
}

TEST("of a long line the part around the mark is shown") {
    char shown[400], mark[400];
    snprintf(shown, sizeof shown, "    2 | %100s%60s", "nope()", ";");
    snprintf(mark, sizeof mark, "      | %98s", "^~~~");
    expect_shown(94, 60, shown, mark); /* all of it fits */
    snprintf(shown, sizeof shown, "    2 | ...%86s%74s...", "nope()", "");
    snprintf(mark, sizeof mark, "      |    %84s", "^~~~");
    expect_shown(300, 300, shown, mark);
    snprintf(shown, sizeof shown, "    2 | ...%86s%10s", "nope()", ";");
    expect_shown(300, 10, shown, mark);
    snprintf(shown, sizeof shown, "    2 | %16s%144s...", "nope()", "");
    snprintf(mark, sizeof mark, "      | %14s", "^~~~");
    expect_shown(10, 300, shown, mark);
}

TEST("a line tells its value's type and its new variables") {
    CompilerResult result = compile_line(
        "let a = [1, 2]\nvar b: String? = null\na.size + 1", NULL, 0);
    EXPECT_EQUAL(result.error_count, 0);
    EXPECT_EQUAL(result.new_variable_count, 2);
    EXPECT_TEXT(result.new_variables[0].name, "a");
    EXPECT_TEXT(result.new_variables[0].type, "List<Int>");
    EXPECT(result.new_variables[0].is_let);
    EXPECT_TEXT(result.new_variables[1].type, "String?");
    EXPECT(result.line_has_value);
    EXPECT_TEXT(result.line_type, "Int");
    EXPECT(result.bytes != NULL);
    compiler_free(&result);
}

TEST("a line knows the variables of earlier lines") {
    CompilerVariable known[] = {{"a", "List<Int>", true}, {"n", "Int", false}};
    CompilerResult result =
        compile_line("n += a[0]; spawn { n = 5 }", known, 2);
    EXPECT_EQUAL(result.error_count, 0);
    compiler_free(&result);
    result = compile_line("a = [1]", known, 2);
    EXPECT_EQUAL(result.error_count, 1);
    compiler_free(&result);
}

TEST("a function of a line does not see the shell's variables") {
    CompilerVariable known[] = {{"a", "Int", false}};
    CompilerResult result = compile_line("fun f(): Int => a", known, 1);
    EXPECT_EQUAL(result.error_count, 1);
    compiler_free(&result);
}

TEST("a module imports what another declares, by its interface") {
    CompilerResult shapes = compile(
        "let pi = 3.140000000000001\n"
        "let text = \"a\\n\\\"{1 + 1}\\{\"\n"
        "enum Kind { round(r: Double), flat }\n"
        "class Box<T: Comparable>(let value: T, private var n: Int = -5) {\n"
        "    fun map<R>(f: (T) => R): List<R> => [f(value)]\n"
        "    get double => n * 2\n"
        "}\n"
        "fun make(x: Int, y: List<Int> = [x], z: Char = 'z') => y\n");
    EXPECT_EQUAL(shapes.error_count, 0);
    CompilerLibrary libraries[] = {compiler_core(),
                                   {shapes.bytes, shapes.size_bytes}};
    CompilerSource source = source_of(
        "import test\n"
        "fun main() {\n"
        "    let box = test.Box(3)\n"
        "    let list: List<String> = box.map { \"{it}\" }\n"
        "    print(list, box.double + 1, make(1), pi * 2, text.length)\n"
        "    match test.Kind.round(1.5) { round(r) => print(r), flat => "
        "print(0) }\n"
        "}\n");
    CompilerRequest request = {.module = "user",
                               .sources = &source,
                               .source_count = 1,
                               .libraries = libraries,
                               .library_count = 2};
    CompilerResult result;
    EXPECT_EQUAL(compiler_compile(&request, &result), STATUS_OK);
    EXPECT_EQUAL(result.error_count, 0);
    for (size_t i = 0; i < result.diagnostic_count; i++)
        printf("  %u: %s\n", result.diagnostics[i].line,
               result.diagnostics[i].sentence);
    compiler_free(&result);
    compiler_free(&shapes);
}

/* "HEAD", LINE with the numbers i and i + 1 for each i, "TAIL". */
static void expect_one_error(const char *head, const char *line,
                             const char *tail, int count) {
    static char text[1 << 18];
    size_t at = (size_t)snprintf(text, sizeof text, "%s", head);
    for (int i = 0; i < count; i++) {
        const char *from = line;
        for (int number = i; *from && at < sizeof text - 20; from++) {
            if (*from == '#')
                at += (size_t)sprintf(text + at, "%d", number++);
            else
                text[at++] = *from;
        }
    }
    snprintf(text + at, sizeof text - at, "%s", tail);
    CompilerResult result = compile(text);
    EXPECT(result.error_count >= 1);
    compiler_free(&result);
}

TEST("a chain of inference that is too long ends in an error") {
    expect_one_error("", "fun f#() => f#() + 1\n", "fun f3000() => 1\n", 3000);
    expect_one_error("let a3000 = 1\n", "let a# = a#\n", "", 3000);
}

TEST("a type that grows too large ends in an error") {
    static char text[1 << 16];
    size_t at = (size_t)sprintf(text, "fun f() {\nlet a0 = [1]\n");
    for (int i = 0; i < 1000; i++)
        at += (size_t)sprintf(text + at, "let a%d = [a%d]\n", i + 1, i);
    sprintf(text + at, "}\n");
    CompilerResult result = compile(text);
    EXPECT(result.error_count >= 1);
    compiler_free(&result);
}

TEST("a damaged library is refused") {
    CompilerSource source = source_of("fun main() {}\n");
    CompilerResult result;
    CompilerLibrary core = compiler_core();
    uint8_t *damaged = malloc(core.size_bytes);
    CompilerLibrary library = {damaged, core.size_bytes};
    CompilerRequest request = {.module = "test",
                               .sources = &source,
                               .source_count = 1,
                               .libraries = &library,
                               .library_count = 1};
    uint64_t seed = 1;
    for (int i = 0; i < 50; i++) {
        memcpy(damaged, core.bytes, core.size_bytes);
        damaged[test_random(&seed) % core.size_bytes] ^= 0x10;
        Status status = compiler_compile(&request, &result);
        /* two bytes of the header are not hashed and mean nothing */
        EXPECT(status == STATUS_CORRUPT || status == STATUS_OK);
        compiler_free(&result);
    }
    library.size_bytes = core.size_bytes - 1;
    EXPECT_EQUAL(compiler_compile(&request, &result), STATUS_CORRUPT);
    compiler_free(&result);
    free(damaged);
}

TEST("when memory ends, the compilation ends and gives all of it back") {
    CompilerSource source =
        source_of("fun main() { print([1, 2].map { it }) }");
    bool finished = false;
    CompilerLibrary core = compiler_core();
    CompilerRequest request = {.module = "test",
                               .sources = &source,
                               .source_count = 1,
                               .libraries = &core,
                               .library_count = 1};
    for (uint64_t k = 1; k < 500 && !finished; k++) {
        CompilerResult result;
        sim_alloc_fail(k, false);
        Status status = compiler_compile(&request, &result);
        sim_alloc_fail(0, false);
        finished = status == STATUS_OK;
        EXPECT(finished || status == STATUS_NO_MEMORY);
        compiler_free(&result);
    }
    EXPECT(finished);
}

TEST("the nearest double of a decimal number is found") {
    uint64_t seed = 42;
    char text[64];
    static const char *const hard[] = {"2.2250738585072011e-308",
                                       "5e-324",
                                       "2.4703282292062327e-324",
                                       "1.7976931348623157e308",
                                       "1e309",
                                       "9007199254740993",
                                       "0.1",
                                       "1e23",
                                       "8.5e-1",
                                       "123456789012345678901",
                                       "4.35e-5",
                                       "0.000001e6"};
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
        EXPECT(decimal_to_double(hard[i], strlen(hard[i])) ==
               strtod(hard[i], NULL));
    for (int i = 0; i < 300; i++) {
        uint64_t digits = test_random(&seed) >> (test_random(&seed) % 60);
        int exponent = (int)(test_random(&seed) % 640) - 330;
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits,
                 exponent);
        EXPECT(decimal_to_double(text, strlen(text)) == strtod(text, NULL));
    }
}
