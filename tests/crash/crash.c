/* build/crash: kills a machine again and again and looks at what comes back.
 *
 *     crash host|pc [--kills N] [--seed S]
 *
 * All lives are on one disk, with the program tests/crash/invariants.rev, and
 * each ends in SIGKILL at a random moment of its start, its work, or a
 * snapshot. The seed gives the moments; how far the machine came by then is the
 * computer's business, so a run is not repeated exactly. The first violation
 * ends it and leaves disk and log in RUN_DIR or build/crash/. The pc's disk is
 * begun by the hosted machine. Ends in "N passed, N failed". */
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/uitest.h"

enum { WRONG_USE = 2, PATIENCE_MS = 120000, WORDS_MAX = 48 };
#define DISK_BYTES (64l << 20)

static struct {
    bool pc;
    unsigned kills;
    uint64_t seed;
} options = {.kills = 40, .seed = 1};

/* How a life is to end. */
typedef enum End { IN_START, IN_WORK, IN_SNAPSHOT, IN_ORDER } End;

typedef struct Life {
    unsigned number;
    bool pc, asan;
    End end;
    int process;
    UiStream output;  /* host: log and answers; pc: COM1 */
    UiStream monitor; /* pc: QMP, whose replies are not of interest */
    int input;        /* host: script; pc: COM1 */
    bool ready, good; /* lines that were seen */
    bool cut;
    int64_t started_ms;
} Life;

/* What the machine has promised so far, over all lives. */
static uint64_t durable_generation, durable_count, last_count, restored_lives;
static int64_t start_ms = 400; /* until the desktop, in the life before */
static char disk[256], log_path[256];
static FILE *log_file;
static char failure[UI_LINE_BYTES];

bool ui_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (!failure[0])
        vsnprintf(failure, sizeof failure, format, arguments);
    va_end(arguments);
    return false;
}

/* splitmix64 */
static uint64_t random_below(uint64_t limit) {
    uint64_t z = (options.seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % limit;
}

/* ---- What the machine says ---- */

static const char *const bad_words[] = {
    "panic: ",       "recovery: ",  "app: ",   " ended: ",
    "VIOLATED",      "auditor: ",   "apps: ",  "AddressSanitizer",
    "runtime error", "snapshot: g", "error: ", "fault",
};

static bool number_after(const char *line, const char *mark, uint64_t *out) {
    const char *found = strstr(line, mark);
    if (found)
        *out = strtoull(found + strlen(mark), NULL, 10);
    return found != NULL;
}

static void see_restored(const char *line) {
    uint64_t generation = 0;
    number_after(line, "generation=", &generation);
    if (generation < durable_generation)
        ui_fail("generation %llu came back, %llu was durable",
                (unsigned long long)generation,
                (unsigned long long)durable_generation);
    restored_lives += generation > 0;
}

static void see_line(Life *life, const char *line) {
    uint64_t number;
    for (size_t i = 0; i < sizeof bad_words / sizeof bad_words[0]; i++)
        if (strstr(line, bad_words[i]))
            ui_fail("%s", line);
    if (number_after(line, "snapshot: durable generation=", &number))
        durable_generation = number;
    if (strstr(line, "desktop: ready")) {
        life->ready = true;
        start_ms = ui_now_ms() - life->started_ms;
        see_restored(line);
    }
    if (number_after(line, "invariants: durable a=", &number))
        durable_count = number;
    if (number_after(line, "invariants: restarted a=", &number) &&
        number < durable_count)
        ui_fail("the count is %llu, %llu was durable",
                (unsigned long long)number, (unsigned long long)durable_count);
    if (number_after(line, "invariants: good a=", &last_count))
        life->good = true;
}

static void see_lines(Life *life) {
    char line[UI_LINE_BYTES];
    while (ui_stream_line(&life->output, line)) {
        line[strcspn(line, "\r")] = 0;
        fprintf(log_file, "%u: %s\n", life->number, line);
        see_line(life, line);
    }
}

static void read_stream(UiStream *stream) {
    if (ui_stream_ready(stream) && !ui_stream_fill(stream)) {
        close(stream->file);
        stream->file = -1;
    }
}

/* Reads until the deadline or until `*reached`; false when the machine ended or
 * something is wrong. */
static bool listen_until(Life *life, int64_t deadline_ms, const bool *reached) {
    while (!failure[0] && !(reached && *reached)) {
        int files[] = {life->output.file, life->monitor.file};
        if (ui_now_ms() >= deadline_ms)
            return true;
        ui_poll(files, 2, deadline_ms);
        read_stream(&life->output);
        read_stream(&life->monitor);
        life->monitor.used = 0;
        see_lines(life);
        if (life->output.file < 0)
            return ui_fail("the machine ended by itself");
    }
    return !failure[0];
}

/* ---- Starting ---- */

static const char *words[WORDS_MAX];
static char word_room[WORDS_MAX][128];
static int word_count;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(word_room[word_count], sizeof word_room[0], format, arguments);
    va_end(arguments);
    words[word_count] = word_room[word_count];
    words[++word_count] = NULL;
}

static void add_setting(bool pc, const char *name, unsigned value) {
    add("%s", pc ? "-fw_cfg" : "--set");
    add(pc ? "name=opt/revenant/%s,string=%u" : "%s=%u", name, value);
}

static void add_host(const Life *life) {
    add("build/%srevenant", life->asan ? "asan/" : "");
    add("--headless");
    add("--disk");
    add("%s", disk);
    add("--ui");
    add("-");
    if (durable_count == 0) { /* it may not be on the disk yet */
        add("--app");
        add("tests/crash/invariants.rev");
    }
}

/* Descriptors 3 and 4 are COM1 and QMP. */
static void add_pc(void) {
    static const char line[] =
        "qemu-system-x86_64 -machine q35,accel=tcg -cpu max -vga std -nic none "
        "-no-reboot -display none -monitor none -m 256 -kernel "
        "build/revenant.elf -chardev socket,id=com1,fd=3 -serial chardev:com1 "
        "-chardev socket,id=qmp,fd=4 -mon chardev=qmp,mode=control "
        "-device virtio-blk-pci,drive=disk,werror=report,rerror=report "
        "-device virtio-tablet-pci -drive";
    char copy[sizeof line];
    memcpy(copy, line, sizeof line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        add("%s", word);
    add("if=none,id=disk,format=raw,file=%s", disk);
}

static void add_settings(const Life *life) {
    static const unsigned intervals_ms[] = {10, 50, 200, 1000};
    add_setting(life->pc, "interval_ms", intervals_ms[random_below(4)]);
    add_setting(life->pc, "held", 0); /* most lives are short */
    if (life->asan)
        add_setting(life->pc, "audit", 1);
    if (random_below(4) == 0)
        add_setting(life->pc, "memory_mb", 16);
}

static bool start(Life *life) {
    int ends[2], monitor_ends[2];
    word_count = 0;
    if (life->pc)
        add_pc();
    else
        add_host(life);
    add_settings(life);
    if (!ui_pair(ends) || !ui_pair(monitor_ends))
        return false;
    int files[] = {ends[1], ends[1], ends[1], ends[1], monitor_ends[1]};
    life->started_ms = ui_now_ms();
    life->process = ui_spawn(words, files, life->pc ? 5 : 3);
    close(ends[1]);
    close(monitor_ends[1]);
    life->output.file = life->input = ends[0];
    life->monitor.file = monitor_ends[0];
    static const char hello[] = "{\"execute\":\"qmp_capabilities\"}\n";
    if (life->pc)
        ui_write(life->monitor.file, hello, sizeof hello - 1);
    return life->process > 0;
}

/* ---- Using it ---- */

static void send_line(const Life *life, const char *line) {
    ui_write(life->input, line, strlen(line));
    ui_write(life->input, "\n", 1);
}

static void press(const Life *life, const char *host_key,
                  const char *qemu_key) {
    char line[256];
    if (!life->pc) {
        snprintf(line, sizeof line, "key %s", host_key);
        send_line(life, line);
        return;
    }
    for (int down = 1; down >= 0; down--) {
        snprintf(line, sizeof line,
                 "{\"execute\":\"input-send-event\",\"arguments\":{\"events\":"
                 "[{\"type\":\"key\",\"data\":{\"down\":%s,\"key\":{\"type\":"
                 "\"qcode\",\"data\":\"%s\"}}}]}}\n",
                 down ? "true" : "false", qemu_key);
        ui_write(life->monitor.file, line, strlen(line));
    }
}

static void use(const Life *life) {
    switch (random_below(8)) {
    case 0:
        press(life, "tab", "tab");
        break;
    case 1:
        press(life, "enter", "ret");
        break;
    case 2:
        press(life, "x", "x");
        break;
    case 3:
        if (random_below(20) == 0)
            send_line(life, "open \"Counter\"");
        break;
    case 4:
        send_line(life, "snapshot");
        break;
    default:
        press(life, "space", "spc");
        break;
    }
}

static bool work(Life *life, int64_t length_ms) {
    int64_t end_ms = ui_now_ms() + length_ms;
    while (ui_now_ms() < end_ms) {
        int64_t next_ms = ui_now_ms() + (int64_t)random_below(20);
        use(life);
        if (!listen_until(life, next_ms < end_ms ? next_ms : end_ms, NULL))
            return false;
    }
    return true;
}

/* ---- Ending it ---- */

static bool cut(Life *life) {
    if (life->process > 0) {
        int status;
        kill(life->process, SIGKILL);
        waitpid(life->process, &status, 0);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            ui_fail("the machine had ended with status %x", (unsigned)status);
    }
    while (life->output.file >= 0) { /* what it said before */
        read_stream(&life->output);
        see_lines(life);
    }
    close(life->monitor.file);
    return !failure[0];
}

static bool end_in_order(Life *life) {
    int status = 0;
    send_line(life, "shutdown");
    while (life->output.file >= 0) {
        int files[] = {life->output.file};
        ui_poll(files, 1, ui_now_ms() + PATIENCE_MS);
        if (!ui_stream_ready(&life->output))
            return ui_fail("it does not shut down");
        read_stream(&life->output);
        see_lines(life);
    }
    if (!ui_reap(life->process, ui_now_ms() + PATIENCE_MS, &status))
        return false;
    life->process = 0;
    return status == 0 || ui_fail("shutting down: status %x", (unsigned)status);
}

static bool wait_good(Life *life) {
    return listen_until(life, ui_now_ms() + PATIENCE_MS, &life->good) &&
           (life->good || ui_fail("the program did not go on"));
}

static bool live_until(Life *life) {
    switch (life->end) {
    case IN_START:
        return listen_until(
            life, ui_now_ms() + (int64_t)random_below((uint64_t)start_ms + 50),
            NULL);
    case IN_WORK:
        return wait_good(life) && work(life, (int64_t)random_below(500));
    case IN_SNAPSHOT:
        if (!wait_good(life) || !work(life, (int64_t)random_below(60)))
            return false;
        send_line(life, "snapshot");
        return listen_until(life, ui_now_ms() + (int64_t)random_below(12),
                            NULL);
    case IN_ORDER:
        return wait_good(life) && end_in_order(life);
    }
    return false;
}

static const char *const ends[] = {"start", "work", "snapshot", "order"};

static bool live(unsigned number, bool pc, End end) {
    static Life life;
    life = (Life){.number = number,
                  .pc = pc,
                  .asan = !pc && random_below(5) == 0,
                  .end = end,
                  .output = {.file = -1},
                  .monitor = {.file = -1}};
    fprintf(log_file, "%u: ---- until %s%s\n", number, ends[end],
            life.asan ? ", asan" : "");
    bool good = start(&life) && live_until(&life);
    return cut(&life) && good;
}

static bool check_disk(void) {
    char command[600];
    snprintf(command, sizeof command, "build/rvdisk check %s >>%s", disk,
             log_path);
    fflush(log_file);
    return system(command) == 0 || ui_fail("rvdisk check: see %s", log_path);
}

/* Enough lives to be sure that the program is durable. */
static bool begin_disk(void) {
    for (unsigned i = 0; i < 3 && durable_count == 0; i++)
        if (!live(0, false, IN_WORK))
            return false;
    return live(0, false, IN_ORDER) && durable_count > 0;
}

static bool campaign(unsigned *lives_out) {
    *lives_out = 0;
    if (options.pc && !begin_disk())
        return false;
    for (unsigned i = 1; i <= options.kills; i++) {
        End end = i == 1 ? IN_START : (End)random_below(3);
        if (!live(i, options.pc, end))
            return false;
        ++*lives_out;
    }
    if (!live(options.kills + 1, options.pc, IN_ORDER) || !check_disk())
        return false;
    ++*lives_out;
    return true;
}

/* ---- Options ---- */

static _Noreturn void wrong(void) {
    fputs("usage: crash host|pc [--kills N] [--seed S]\n", stderr);
    exit(WRONG_USE);
}

static void read_options(int count, char **arguments) {
    static const struct option names[] = {
        {"kills", required_argument, 0, 'k'},
        {"seed", required_argument, 0, 's'},
        {0, 0, 0, 0},
    };
    const char *seeds = getenv("SEEDS");
    if (seeds && *seeds)
        options.seed = strtoull(seeds, NULL, 10);
    int letter;
    while ((letter = getopt_long(count, arguments, "", names, NULL)) != -1) {
        if (letter == 'k')
            options.kills = (unsigned)strtoul(optarg, NULL, 10);
        else if (letter == 's')
            options.seed = strtoull(optarg, NULL, 10);
        else
            wrong();
    }
    if (count - optind != 1)
        wrong();
    options.pc = strcmp(arguments[optind], "pc") == 0;
    if (!options.pc && strcmp(arguments[optind], "host") != 0)
        wrong();
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    read_options(count, arguments);
    const char *machine = options.pc ? "pc" : "host";
    unsigned long long seed = options.seed;
    const char *run = getenv("RUN_DIR");
    const char *folder = run ? run : "build/crash";
    snprintf(disk, sizeof disk, "%s/%s.img", folder, machine);
    snprintf(log_path, sizeof log_path, "%s/%s.log", folder, machine);
    remove(disk);
    log_file = fopen(log_path, "w");
    FILE *image = fopen(disk, "w");
    if (!log_file || !image || ftruncate(fileno(image), DISK_BYTES) != 0) {
        perror(disk);
        return EXIT_FAILURE;
    }
    fclose(image);
    unsigned lives;
    bool good = campaign(&lives);
    if (!good)
        fprintf(stderr, "crash %s: seed %llu, life %u: %s; see %s and %s\n",
                machine, seed, lives + 1, failure, log_path, disk);
    printf("crash %s: seed %llu: %u lives, %llu restored, generation %llu, "
           "count %llu\n",
           machine, seed, lives, (unsigned long long)restored_lives,
           (unsigned long long)durable_generation,
           (unsigned long long)last_count);
    printf("%u passed, %d failed\n", lives, good ? 0 : 1);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
