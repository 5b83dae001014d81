/* build/asan/machine: the whole system in the simulator, under power cuts.
 *
 *     machine [--travel] [--lives N] [A-B]    seeds, or SEEDS=A-B; default 1-5
 *
 * A world is one disk and one seed. It has some lives: the system starts, gets
 * random input in virtual time, and loses its power at some request of the
 * disk, which keeps any part of what was not flushed. Each life is a process of
 * its own, so that nothing survives but the disk. What must hold is in
 * README.md. The same seed is the same run, bit for bit; SIM_LOG=1 shows the
 * log. Ends in "N passed, N failed". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/base/keymap.h"
#include "kernel/system/apps.h"
#include "kernel/system/install.h"
#include "kernel/system/system.h"
#include "persist/memory/pages.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store_parts.h"
#include "tests/machine/input.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "vm/heap/heap.h"
#include "vm/heap/heap_check.h"
#include "vm/run/domain.h"
#include "vm/run/vm.h"
#include "wm/desk.h"
#include "wm/desktop.h"
#include "wm/ring.h"
#include "wm/router.h"
#include "wm/wm_state.h"
#include "vm/heap/rights.h"

enum {
    HISTORY = 256,
    BLOCKS_SMALL = 5120, /* least that a desktop can do with */
    BLOCKS_MAX = 16384,
    LIVES = 8,
    LIVES_MAX = 64,
    STEPS_MAX = 1500,
    TURN_MOST = 120000, /* units of work between two looks at input */
    REQUESTS_MAX = 500,
    LOOK_STEPS = 100, /* between two looks at everything */
    WRONG_USE = 2,
};

static void end_life(void);

/* What the system looked like at the barrier of a generation. */
typedef struct Taken {
    uint64_t generation;
    uint32_t crc, windows;
} Taken;

/* The last return to an older generation that was begun. */
typedef struct Return {
    uint64_t to;    /* 0: none, or it is over and something newer is durable */
    uint64_t limit; /* the highest number when it was; what is above is newer */
    bool must;      /* the machine started anew for it: nothing else may be */
} Return;

/* What outlives a life; memory that the processes share. */
typedef struct World {
    uint64_t seed, life;
    uint64_t blocks;
    uint64_t durable; /* newest generation that was reported */
    uint64_t restored, steps, pages;
    uint64_t now_ns;
    bool failed;
    bool travels; /* a program goes back in time */
    Return back;
    uint64_t returns, cut_returns; /* done, and met by a power cut */
    uint64_t apps_taken;           /* apps that went back alone */
    uint64_t left[LIVES_MAX];      /* presents that were left */
    uint32_t left_count;
    Taken taken[HISTORY]; /* by generation mod HISTORY */
    char program[1 << 16], traveller[1 << 12];
    uint8_t disk[(size_t)BLOCKS_MAX * PLATFORM_BLOCK_BYTES];
} World;

static World *world;

uint64_t test_random(uint64_t *state) { /* splitmix64, for the simulator */
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void expect(bool good, const char *what, const char *detail) {
    if (good)
        return;
    fprintf(stderr, "machine: seed %lu, life %lu: %s: %s\n", world->seed,
            world->life, what, detail ? detail : "");
    world->failed = true;
}

/* ---- Looking ---- */

/* The crc that the pure blit of this state has: the pointer, the launcher and
 * the theme are the desk's, hover follows from them, and nothing is held down.
 */
static uint32_t blit_crc(void) {
    Wm live = wm_state;
    WmDesk desk = {.x = wm_state.scene.width / 2,
                   .y = wm_state.scene.height / 2};
    desk_read(&desk);
    wm_state.drag = WM_DRAG_NONE;
    wm_state.x = desk.x;
    wm_state.y = desk.y;
    wm_state.launcher_open = desk.launcher_open;
    wm_state.theme = desk.dark ? &theme_dark : &theme_light;
    wm_state.durable = true;
    router_look();
    wm_damage(bitmap_rect(&wm_state.scene));
    wm_compose();
    uint32_t crc = wm_crc();
    wm_state = live;
    wm_damage(bitmap_rect(&wm_state.scene));
    wm_compose();
    return crc;
}

static void look_at_log(void) {
    static const char *const bad[] = {
        "app: ", "recovery: ", "auditor: ", "thread "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *line = sim_log_find(bad[i]);
        bool wanted = line && world->travels && strstr(line, "was asked for; ");
        expect(!line || wanted, "the log", line);
    }
    const char *said = sim_log_find("invariants: VIOLATED");
    expect(!said, "the program", said);
}

static void look_at_work(void) {
    char most[32];
    Text text = text_on(most, sizeof most);
    text_add_format(&text, "%lu units", vm_figures().most_units);
    expect(vm_figures().most_units <= TURN_MOST, "a turn does too much",
           text_end(&text));
}

static void look_at_all(void) {
    char why[300];
    Text text = text_on(why, sizeof why);
    expect(heap_check(&text), "heap_check", text_end(&text));
    const char *wrong = windows_check();
    expect(!wrong, "windows_check", wrong);
    wrong = ring_check();
    expect(!wrong, "ring_check", wrong);
    wrong = memory_check();
    expect(!wrong, "memory_check", wrong);
    wrong = domain_check();
    expect(!wrong, "domain_check", wrong);
    look_at_log();
    look_at_work();
}

static void note_barrier(uint64_t number) {
    world->taken[number % HISTORY] =
        (Taken){number, blit_crc(), desktop_window_count()};
}

/* A return that this turn began and that did not end in a start anew. */
static void note_return(uint64_t number) {
    const char *line = sim_log_find("travel: app ");
    world->apps_taken += line && strstr(line, "is from generation");
    if (sim_log_find("travel: "))
        look_at_log(); /* before it is cleared, so that nothing counts twice */
    line = sim_log_find("travel: going back to generation ");
    if (!line) {
        if (sim_log_find("travel: "))
            sim_log_clear();
        return;
    }
    world->back = (Return){.limit = number};
    sscanf(line, "travel: going back to generation %lu", &world->back.to);
    sim_log_clear();
}

static void note_durable(uint64_t durable) {
    if (durable > world->back.limit)
        world->back.to = 0;
    if (world->back.to && durable == world->back.to)
        return; /* it is where it went, and nothing newer is durable yet */
    expect(durable >= world->durable, "a durable generation is gone", NULL);
    world->durable = durable;
}

/* After each turn of the loop: was there a barrier, or something durable? */
static void note(void) {
    static uint64_t last_number;
    uint64_t number = pages_all.store->last_number;
    /* A return that fails may have been durable before the turn's own one. */
    uint64_t from = world->travels && last_number ? last_number + 1 : number;
    for (; number != last_number && from <= number; from++)
        note_barrier(from);
    last_number = number;
    note_return(number);
    note_durable(snapshot_durable());
}

/* The present that is left is durable, and so is the mark. */
static void start_anew(void) {
    note_barrier(snapshot_durable());
    note_return(snapshot_durable());
    world->durable = snapshot_durable();
    world->back.must = true;
    end_life();
    fflush(NULL);
    _exit(0);
}

/* The present that was left is kept, and says why. */
static void look_at_left(void) {
    unsigned long to = 0, from = 0;
    const char *line = sim_log_find("recovery: generation ");
    if (!line || sscanf(line, "recovery: generation %lu was asked for; %lu",
                        &to, &from) != 2)
        return;
    const char *name = store_pin_name(pages_all.store, from);
    expect(name && strcmp(name, "left") == 0, "what was left has no pin", line);
    expect(from == world->back.limit || !world->back.must,
           "another present was left", line);
    world->returns++;
    if (world->left_count < LIVES_MAX)
        world->left[world->left_count++] = from;
}

static void look_at_restored(void) {
    unsigned long generation = 0, threads, windows;
    unsigned crc;
    const char *line = sim_log_find("restore: ");
    if (!line) {
        expect(world->durable == 0, "nothing came back", NULL);
        return;
    }
    sscanf(line, "restore: generation=%lu threads=%lu windows=%lu crc=%x",
           &generation, &threads, &windows, &crc);
    Taken *taken = &world->taken[generation % HISTORY];
    bool went = world->back.to && generation == world->back.to;
    expect(went || !world->back.must || generation > world->back.limit,
           "it did not go back", line);
    expect(went || generation >= world->durable,
           "an older generation came back", line);
    expect(taken->generation == generation, "an unknown generation", line);
    expect(taken->windows == windows, "the number of windows differs", line);
    expect(taken->crc == crc, "the picture differs", line);
    world->restored++;
    world->cut_returns += world->back.to && !world->back.must;
    if (went)
        look_at_left();
    note_durable(generation);
}

/* ---- A life, in a process of its own ---- */

static void end_life(void) {
    world->now_ns = platform_now_ns();
    sim_disk_cut();
    sim_disk_unload(world->disk);
}

static void set_up(void) {
    static const char *const intervals_ms[] = {"10", "50", "200", "1000"};
    static const char *const memory_mb[] = {"8", "16", "64", "128"};
    sim_start();
    sim_seed(world->seed * 1000003 + world->life);
    pagemap_recent_most = world->life % 2 ? FORMAT_RECENT : 8;
    sim_time_set_ns(world->now_ns + sim_random() % 5000000000);
    sim_disk_lend(world->blocks, world->disk);
    sim_screen_size(world->seed % 2 ? 640 : 800, world->seed % 2 ? 480 : 600);
    sim_setting("test", "1");
    sim_setting("audit", "1");
    sim_setting("interval_ms", intervals_ms[sim_random() % 4]);
    sim_setting("memory_mb", memory_mb[sim_random() % 4]);
    sim_setting("scrub_minutes", sim_random() % 2 ? "0" : "1440");
    sim_setting("app", world->program);
    sim_setting("app_name", "invariants");
}

static bool runs(const char *name) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[i];
        if (domain && domain->name->length == strlen(name) &&
            memcmp(domain->name->bytes, name, strlen(name)) == 0)
            return true;
    }
    return false;
}

static void start_traveller(void) {
    CompilerSource source = {"traveller", world->traveller,
                             strlen(world->traveller)};
    CompilerResult result;
    char why[200];
    Text text = text_on(why, sizeof why);
    Module *module;
    Domain *domain = NULL;
    Status status = install_compile("traveller", &source, false, &result);
    if (status == STATUS_OK)
        status = vm_load_module(result.bytes, result.size_bytes, false, &module,
                                &text);
    if (status == STATUS_OK)
        status =
            vm_start_app("traveller", "traveller", 16u << 20, 0, NULL, &domain);
    expect(status == STATUS_OK, "the traveller", text_end(&text));
    if (domain)
        domain->rights = RIGHTS_ALL;
    compiler_free(&result);
}

static void live(void) {
    set_up();
    sim_on_restart(start_anew);
    system_start();
    if (world->travels && !runs("traveller"))
        start_traveller();
    look_at_restored();
    look_at_all();
    sim_disk_freeze_after(sim_random() % REQUESTS_MAX);
    uint64_t steps = 1 + sim_random() % STEPS_MAX;
    for (uint64_t i = 1; i <= steps && !sim_disk_frozen(); i++) {
        input_random();
        system_step();
        note();
        world->steps++;
        if (i % LOOK_STEPS == 0 && !sim_disk_frozen())
            look_at_all();
    }
    if (!sim_disk_frozen())
        look_at_all();
    end_life();
}

/* ---- A life in which the heap gets damaged ---- */

static uint64_t sound; /* the generation before the damage */

static void start_from_sound(void) {
    expect(sim_log_find("recovery: a snapshot is not taken: ") != NULL,
           "the system started anew", "without a reason");
    expect(snapshot_durable() == sound, "damage was saved", NULL);
    end_life();
    fflush(NULL);
    _exit(0);
}

/* A wild write, announced so that only the look at pages can find it. No
 * program uses what it hits. */
static void damage(void) {
    Domain *domain = ROOT->domains[1];
    for (size_t i = 2; i < ROOT_DOMAINS_MAX && !domain; i++)
        domain = ROOT->domains[i];
    if (!domain || heap_write(domain, sizeof *domain) != STATUS_OK)
        return;
    sound = snapshot_durable();
    HEAP_SET(domain->memory_error, MEMORY_ROOT + 8);
    sim_on_restart(start_from_sound);
    sim_console("snapshot");
}

static void live_damaged(void) {
    set_up();
    system_start();
    look_at_restored();
    for (int i = 0; i < LOOK_STEPS; i++) {
        system_step();
        note();
        sim_time_set_ns(platform_now_ns() + 1000000);
        if (i == LOOK_STEPS / 2 && !snapshot_under_way())
            damage();
    }
    expect(sound == 0, "damage was not found", NULL);
    end_life();
}

static void say_bad(const char *sentence) {
    expect(false, "the disk", sentence);
}

/* Every block of every kept generation, after the last cut. */
static void verify_disk(void) {
    Store *store;
    StoreOpening opening;
    StoreReport report = {.say = say_bad};
    sim_start();
    sim_disk_lend(world->blocks, world->disk);
    Status status = store_open(0, &store, &opening);
    expect(status == STATUS_OK, "the disk", opening.message);
    if (status != STATUS_OK || store_durable_generation(store) == 0)
        return;
    status = store_verify(store, &report);
    expect(status == STATUS_OK && report.bad == 0 && report.unmarked == 0,
           "the disk", status_text(status));
    world->pages += report.pages;
    /* One to which the machine went back later is in the past again, and its
     * pin is gone. */
    for (uint32_t i = 0; i < world->left_count; i++)
        expect(store_pin_name(store, world->left[i]) != NULL ||
                   store_is_ancestor(store, world->left[i]),
               "a present that was left is not kept", NULL);
}

static bool in_process(void (*action)(void)) {
    int status = 0;
    fflush(NULL);
    pid_t process = fork();
    if (process == 0) {
        action();
        fflush(NULL);
        _exit(0);
    }
    waitpid(process, &status, 0);
    if (status != 0)
        expect(false, "the process ended", "see above; SIM_LOG=1 shows more");
    return !world->failed;
}

/* ---- Worlds ---- */

static bool run_world(uint64_t seed, uint64_t lives) {
    memset(world->disk, 0, sizeof world->disk);
    memset(world->taken, 0, sizeof world->taken);
    world->seed = seed;
    world->durable = 0;
    world->back = (Return){0};
    world->left_count = 0;
    world->now_ns = 0;
    world->failed = false;
    world->blocks =
        seed % 4 == 0 && !world->travels
            ? BLOCKS_SMALL + seed * 2654435761u % (BLOCKS_MAX - BLOCKS_SMALL)
            : BLOCKS_MAX;
    for (world->life = 1; world->life <= lives; world->life++)
        if (!in_process(world->life == lives / 2 && !world->travels
                            ? live_damaged
                            : live))
            return false;
    return in_process(verify_disk);
}

static bool read_program(const char *path, char *to, size_t capacity) {
    FILE *file = fopen(path, "r");
    size_t count = 0;
    if (file) {
        count = fread(to, 1, capacity - 1, file);
        fclose(file);
    }
    return count > 0;
}

static bool read_programs(void) {
    return read_program("tests/crash/invariants.rev", world->program,
                        sizeof world->program) &&
           read_program("tests/machine/traveller.rev", world->traveller,
                        sizeof world->traveller);
}

int main(int count, char **words) {
    unsigned long first = 1, last = 5, lives = LIVES;
    const char *seeds = getenv("SEEDS");
    int at = 1;
    bool travels = at < count && strcmp(words[at], "--travel") == 0;
    at += travels;
    if (at + 1 < count && strcmp(words[at], "--lives") == 0) {
        lives = strtoul(words[at + 1], NULL, 10);
        at += 2;
    }
    if (seeds && *seeds)
        sscanf(seeds, "%lu-%lu", &first, &last);
    if (at < count && sscanf(words[at], "%lu-%lu", &first, &last) != 2) {
        fputs("usage: machine [--travel] [--lives N] [A-B]\n", stderr);
        return WRONG_USE;
    }
    world = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (world == MAP_FAILED || !read_programs()) {
        perror("machine");
        return EXIT_FAILURE;
    }
    world->travels = travels;
    unsigned passed = 0, failed = 0;
    for (unsigned long seed = first; seed <= last; seed++) {
        if (run_world(seed, lives))
            passed++;
        else
            failed++;
    }
    printf("machine: seeds %lu-%lu: %lu lives each, %lu restored, %lu turns, "
           "%lu pages verified\n",
           first, last, lives, world->restored, world->steps, world->pages);
    if (travels)
        printf(
            "machine: %lu returns, %lu times met by a power cut; %lu of apps "
            "alone\n",
            world->returns, world->cut_returns, world->apps_taken);
    printf("%u passed, %u failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
