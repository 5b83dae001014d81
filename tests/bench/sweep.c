/* How much CPU time stands behind a unit of work (vm/run/worker.h): each
 * instruction, native and command of a paint list, with large arguments.
 *
 * usage: sweep-bench [WORD...]   only cases whose name has a word
 *
 * Prints one JSON object a line: `vm/unit/NAME` is the time per charged unit by
 * that of an empty loop, which should be 20 at most for everything a program
 * can ask for. A line on standard error for each says more: the time, and the
 * most units and time of one call, behind which nobody looks at input.
 *
 * The whole system runs on the simulated machine. Each case is a program of its
 * own (sweep.rev, and lines of sweep.def in an endless loop) in a process of
 * its own. Of instructions the time of whole turns counts, of natives only that
 * of their calls, of paint lists that of paint_step(). Calls in which pages
 * came count only where there are no others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gui/paint_write.h"
#include "kernel/base/bytes.h"
#include "kernel/system/install.h"
#include "kernel/system/system.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "vm/code/loader.h"
#include "vm/run/native_call.h"
#include "vm/run/slice.h"
#include "vm/run/vm.h"
#include "vm/run/worker.h"
#include "wm/wm.h"

enum {
    SCREEN_WIDTH = 1280,
    SCREEN_HEIGHT = 800,
    DISK_BLOCKS = 65536,
    LIMIT_MB = 200,
    BASES = 3, /* the least of them counts */
    REPEATED = 16,
    WARM_NS = 20000000,
    MEASURED_NS = 30000000,
    CASE_NS = 600000000,
    CALLS_LEAST = 10,
    TURNS_MOST = 20000,
    SOURCE_BYTES = 1 << 16,
    PAINT_SIDE = 2000,
    PAINT_COMMANDS = 100,
    GOAL = 20,
};

typedef enum SweepKind { OF_OP, OF_NATIVE, OF_PAINT, OF_NOTHING } SweepKind;

typedef struct Case {
    SweepKind kind;
    int number; /* of the instruction or the command */
    const char *name, *before, *lines;
} Case;

enum {
#define OPCODE(name, a, b, c, rule, meaning) NUMBER_##name,
#include "vm/code/opcodes.def"
#undef OPCODE
    NUMBER_FIRST_QUICK,
    NUMBER_BEFORE_QUICK = NUMBER_FIRST_QUICK - 1,
#define QUICK(name, meaning) NUMBER_##name,
#include "vm/code/quick.def"
#undef QUICK
};

static const Case cases[] = {
#define SWEEP_OP(name, before, lines)                                          \
    {OF_OP, NUMBER_##name, #name, before, lines},
#define SWEEP_NATIVE(name, before, lines) {OF_NATIVE, 0, name, before, lines},
#define SWEEP_PAINT(name, fields, text)                                        \
    {OF_PAINT, PAINT_##name, #name, fields, text},
#define SWEEP_NO_OP(name, why)
#define SWEEP_NO_NATIVE(name, why)
#include "tests/bench/sweep.def"
#include "vm/heap/rights.h"
};

/* What a case showed; memory that the processes share. */
typedef struct Shown {
    uint64_t ns, units, calls;
    uint64_t paged_ns, paged_units; /* of calls in which pages came */
    uint64_t most_units, most_ns;   /* of one call */
} Shown;

static Shown *shown;
static const Case *current;
static bool begun, measuring;
static char common[SOURCE_BYTES], source[SOURCE_BYTES * 2];

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "sweep-bench: %s: %s\n", current ? current->name : "start",
            what);
    exit(EXIT_FAILURE);
}

uint64_t test_random(uint64_t *state) { /* the simulator wants one */
    return *state = *state * 6364136223846793005u + 1442695040888963407u;
}

static uint64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* A moment: clocks, and what the computer did for this process so far. */
typedef struct Moment {
    uint64_t ns, cpu_ns;
    long pages, switches;
} Moment;

static Moment moment(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    uint64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    return (Moment){clock_ns(CLOCK_MONOTONIC), cpu_ns, usage.ru_minflt,
                    usage.ru_nivcsw};
}

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* ---- What is measured ---- */

/* What a call took; the clock of CPU time is slow, so it serves only where
 * other processes ran. Where pages came is counted apart. */
static void note_call(const Moment *before, uint64_t now_ns, uint64_t units) {
    Moment after = moment();
    uint64_t ns = after.switches == before->switches
                      ? now_ns - before->ns
                      : after.cpu_ns - before->cpu_ns;
    if (!measuring)
        return;
    shown->calls++;
    shown->most_units = larger(shown->most_units, units);
    if (after.pages != before->pages) {
        shown->paged_ns += ns;
        shown->paged_units += units;
        return;
    }
    shown->ns += ns;
    shown->units += units;
    shown->most_ns = larger(shown->most_ns, ns);
}

/* Calls of natives lead through here. */
NativeResult __real_native_call(Method *method, const uint16_t *list);
NativeResult __wrap_native_call(Method *method, const uint16_t *list);

NativeResult __wrap_native_call(Method *method, const uint16_t *list) {
    const NativeEntry *entry = native_call_entry(worker.domain, method);
    if (!entry || !current || current->kind != OF_NATIVE ||
        strcmp(entry->name, current->name) != 0)
        return __real_native_call(method, list);
    Moment before = moment();
    NativeResult result = __real_native_call(method, list);
    note_call(&before, clock_ns(CLOCK_MONOTONIC), (uint64_t)worker.call.cost);
    return result;
}

uint64_t __real_vm_run(uint64_t budget);
uint64_t __wrap_vm_run(uint64_t budget);

uint64_t __wrap_vm_run(uint64_t budget) {
    int64_t units = slice_figures().units;
    Moment before = moment();
    uint64_t until_ns = __real_vm_run(budget);
    units = slice_figures().units - units;
    if (current && current->kind == OF_OP && units > 0)
        note_call(&before, clock_ns(CLOCK_MONOTONIC), (uint64_t)units);
    return until_ns;
}

/* ---- Programs ---- */

static void start_machine(void) {
    sim_start();
    sim_seed(1);
    sim_time_set_ns(1000000000);
    sim_disk_new(DISK_BLOCKS);
    sim_screen_size(SCREEN_WIDTH, SCREEN_HEIGHT);
    sim_setting("memory_mb", "256");
    sim_setting("interval_ms", "60000");
    sim_setting("test", "1");
    system_start();
    for (int i = 0; i < 200; i++)
        system_step();
}

static void write_source(void) {
    size_t repeated = current->kind == OF_OP ? REPEATED : 1;
    int at = snprintf(
        source, sizeof source,
        "%s\nfun main() {\n"
        "    var i = 1; var j = 4; var k = 3; let one = 1; var at = 0\n"
        "    var x = 1.5; var y = 2.5; var z = 3.5; var b = true\n"
        "    var c = 'c'; var w = 7.toByte(); var s = \"s\"\n"
        "    let m = Node(1); var n: Node? = m; var o: Object? = m\n"
        "    var e: E30 = Many(); let base: D0 = Many()\n"
        "    var words = Array<Int>(1048576); let objects = "
        "Array<Object?>(262144)\n"
        "    let chars = Array<Char>(1048576); let bytes = "
        "Array<Byte>(1048576)\n"
        "    let text = long(\"a\"); let other = long(\"aa\")\n"
        "    let wide = different()\n"
        "    let parts = Array<String?>(20000)\n"
        "    for q in 0..<parts.length { parts[q] = \"part {q}\" }\n"
        "    for q in 0..<2048 { words[512 * q] = 1; chars[512 * q] = c; "
        "bytes[512 * q] = w }\n"
        "    for q in 0..<512 { objects[512 * q] = null }\n"
        "    %s\n    print(\"begin\")\n    while true {\n",
        common, current->before);
    for (size_t i = 0; i < repeated; i++)
        at += snprintf(source + at, sizeof source - (size_t)at, "        %s\n",
                       current->lines);
    snprintf(source + at, sizeof source - (size_t)at, "    }\n}\n");
}

static bool has_code(const Method *method) {
    const Array *code = method->code;
    for (uint64_t i = 0; code && i < code->length; i++) {
        uint64_t word = code->at.words[i];
        if ((uint16_t)word == current->number)
            return true;
        if ((uint16_t)word == NUMBER_call || (uint16_t)word == NUMBER_switch ||
            (uint16_t)word == NUMBER_call_static ||
            (uint16_t)word == NUMBER_call_virtual ||
            (uint16_t)word == NUMBER_call_interface)
            i += ((uint16_t)(word >> 32) + 3u) / 4;
    }
    return false;
}

/* The compiler may make another instruction of the lines than they are for. */
static bool has_instruction(const Module *module) {
    for (uint64_t i = 0; i < module->functions->length; i++)
        if (has_code((const Method *)module->functions->at.references[i]))
            return true;
    return false;
}

static Domain *start_program(void) {
    CompilerSource text = {"sweep", source, strlen(source)};
    CompilerResult result;
    char buffer[1000];
    Text why = text_on(buffer, sizeof buffer);
    Module *module;
    Domain *domain = NULL;
    Status status = install_compile("sweep", &text, false, &result);
    if (result.diagnostic_count > 0)
        compiler_show(&result.diagnostics[0], &why);
    if (status == STATUS_OK && result.error_count == 0)
        status = vm_load_module(result.bytes, result.size_bytes, false, &module,
                                &why);
    else
        status = STATUS_INVALID;
    if (status != STATUS_OK)
        fail(text_end(&why));
    if (current->kind == OF_OP && current->number && !has_instruction(module))
        fail("the lines do not become this instruction");
    if (vm_start_app("sweep", "sweep", (uint64_t)LIMIT_MB << 20, 0, NULL,
                     &domain) != STATUS_OK)
        fail("it does not start");
    domain->rights = RIGHTS_ALL;
    compiler_free(&result);
    return domain;
}

static void note_begin(const Domain *domain, const char *bytes, size_t count) {
    (void)domain;
    begun |= count >= 5 && memcmp(bytes, "begin", 5) == 0;
}

static void step(Domain *domain) {
    int code;
    system_step();
    const char *wrong = sim_log_find("app: ");
    if (wrong || sim_log_find("thread ") || vm_app_ended(domain, &code))
        fail(wrong ? wrong : "the program ended");
}

static void run_program(void) {
    start_machine();
    write_source();
    Domain *domain = start_program();
    sim_log_clear();
    vm_set_print(note_begin);
    while (!begun)
        step(domain);
    uint64_t begun_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < TURNS_MOST && shown->ns < MEASURED_NS; i++) {
        measuring = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begun_ns > WARM_NS;
        step(domain);
        uint64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begun_ns;
        if (cpu_ns > (shown->calls < CALLS_LEAST ? 10 : 1) * (uint64_t)CASE_NS)
            break;
    }
}

/* ---- Paint lists ---- */

static uint8_t paint_list[PAINT_MAX_BYTES];

/* A zigzag over all of the picture, of as many lines as fit. */
static size_t write_path(uint8_t *to) {
    size_t at = 0;
    for (int i = 0; i < 500; i++) {
        to[at] = i ? 'L' : 'M';
        bytes_put16(to + at + 1, (uint16_t)(i % 2 ? 32000 : 0));
        bytes_put16(to + at + 3, (uint16_t)(i * 64));
        at += 5;
    }
    return at;
}

/* The fields as sweep.def has them, and for `text` what is long. */
static void write_command(PaintWriter *writer) {
    static uint8_t text[PAINT_MAX_TEXT];
    int32_t fields[PAINT_MAX_FIELDS] = {0};
    size_t bytes = 0;
    char *at = (char *)(uintptr_t)current->before;
    for (int i = 0; *at && i < PAINT_MAX_FIELDS; i++)
        fields[i] = (int32_t)strtoul(at, &at, 0);
    if (strcmp(current->lines, "text") == 0)
        for (bytes = 0; bytes < sizeof text; bytes++)
            text[bytes] = (uint8_t)('A' + bytes % 26);
    else if (strcmp(current->lines, "pixels") == 0)
        bytes = sizeof text;
    else if (strcmp(current->lines, "path") == 0)
        bytes = write_path(text);
    paint_write(writer, (PaintCode)current->number, fields, text, bytes);
}

static void run_paint(void) {
    static uint32_t pixels[64 * 64];
    const Bitmap image = {pixels, 64, 64, 64};
    PaintWriter writer = {paint_list, 0, sizeof paint_list, false};
    Paint paint;
    Bitmap bitmap;
    start_machine();
    if (bitmap_make(PAINT_SIDE, PAINT_SIDE, &bitmap) != STATUS_OK)
        fail("no memory");
    for (int i = 0; i < PAINT_COMMANDS; i++) {
        if (current->number == PAINT_POP)
            paint_write(&writer, PAINT_PUSH, NULL, NULL, 0);
        write_command(&writer);
        if (current->number == PAINT_PUSH)
            paint_write(&writer, PAINT_POP, NULL, NULL, 0);
    }
    while (shown->ns < MEASURED_NS) {
        paint_begin(&paint, bitmap, paint_list, writer.size_bytes, &image, 1,
                    wm_theme(), 1);
        Status status = STATUS_BUSY;
        while (status == STATUS_BUSY) {
            Moment before = moment();
            uint64_t work = paint.work;
            status = paint_step(&paint, NATIVE_STEP_UNITS);
            note_call(&before, clock_ns(CLOCK_MONOTONIC), paint.work - work);
            if (status != STATUS_OK && status != STATUS_BUSY)
                fail("no such list");
            measuring = true;
        }
    }
}

/* ---- Processes ---- */

static bool in_process(void (*action)(void)) {
    int status = 0;
    *shown = (Shown){0};
    fflush(NULL);
    pid_t process = fork();
    if (process == 0) {
        action();
        fflush(NULL);
        _exit(0);
    }
    waitpid(process, &status, 0);
    return status == 0;
}

/* Where pages came in each call they count, too. */
static double ns_a_unit(void) {
    if (shown->units)
        return (double)shown->ns / (double)shown->units;
    return shown->paged_units
               ? (double)shown->paged_ns / (double)shown->paged_units
               : 0;
}

static bool is_wanted(const Case *at, int count, char **words) {
    static const char *const kinds[] = {"op", "native", "paint"};
    for (int i = 1; i < count; i++)
        if (strstr(at->name, words[i]) ||
            strcmp(words[i], kinds[at->kind]) == 0)
            return true;
    return count < 2;
}

int main(int count, char **words) {
    static const Case empty = {OF_OP, 0, "an empty loop", "", ""};
    FILE *file = fopen("tests/bench/sweep.rev", "r");
    if (!file || fread(common, 1, sizeof common - 1, file) == 0)
        fail("no sweep.rev");
    shown = mmap(NULL, sizeof *shown, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    current = &empty;
    double base = 1e9;
    for (int i = 0; i < BASES; i++)
        if (in_process(run_program) && shown->units && ns_a_unit() < base)
            base = ns_a_unit();
    int above = 0, without = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        current = &cases[i];
        if (!is_wanted(current, count, words))
            continue;
        if (!in_process(current->kind == OF_PAINT ? run_paint : run_program) ||
            ns_a_unit() == 0) {
            fprintf(stderr, "%-32s no figure\n", current->name);
            without++;
            continue;
        }
        double ratio = ns_a_unit() / base;
        above += ratio > GOAL;
        printf("{\"name\": \"vm/unit/%s\", \"machine\": \"host\", "
               "\"value\": %.2f, \"unit\": \"ratio\", "
               "\"peer\": \"an empty loop\"}\n",
               current->name, ratio);
        fprintf(stderr, "%-32s %7.1f  %8lu calls  most %8lu units %8lu us\n",
                current->name, ratio, shown->calls, shown->most_units,
                shown->most_ns / 1000);
    }
    fprintf(stderr, "a unit is %.2f ns; %d above %d, %d without a figure\n",
            base, above, GOAL, without);
    return EXIT_SUCCESS;
}
