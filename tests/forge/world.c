/* The world that is forged, and its lives. */
#include "tests/forge/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/system/install.h"
#include "kernel/system/notices/answers.h"
#include "kernel/system/system.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/code/whole.h"
#include "vm/heap/class.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/rights.h"
#include "vm/heap/trust.h"
#include "vm/run/vm.h"

enum {
    BLOCKS = 8192,
    OBJECTS_MOST = 1 << 18,
    SOURCE_BYTES = 1 << 14,
    LIFE_SECONDS = 60, /* of CPU: more is a hang */
    LIVES = 3,
    END_ANEW = 77,
    END_REFUSED = 78,
    END_SAME = 79,
};

#define SECOND_NS 1000000000ull

/* Shared with the processes of lives. */
static struct World {
    uint64_t now_ns, generation;
    uint64_t next_domain;     /* apps with smaller numbers were made with it */
    uint64_t apps_left, apps; /* that run after a life, and where nothing was
                                 forged */
    bool desktop;
    char source[SOURCE_BYTES];
    uint64_t objects[OBJECTS_MOST];
    uint64_t object_count, app_count;
    uint8_t made[(size_t)BLOCKS * PLATFORM_BLOCK_BYTES];
    uint8_t disk[(size_t)BLOCKS * PLATFORM_BLOCK_BYTES];
} * world;

WorldObjects world_objects(void) {
    return (WorldObjects){world->objects, world->object_count};
}

uint64_t world_app_objects(void) {
    return world->app_count;
}

/* ---- A life ---- */

static uint8_t *disk_from;

static void end(int code) {
    world->generation = snapshot_durable();
    sim_disk_cut();
    if (code == END_ANEW && disk_from == world->made)
        memcpy(world->disk, world->made, sizeof world->disk);
    if (disk_from != world->made || code == END_ANEW)
        sim_disk_unload(world->disk);
    world->now_ns = platform_now_ns();
    fflush(NULL);
    _exit(code);
}

static void start_anew(void) {
    end(END_ANEW);
}

/* A sentence that says why it does not go on is no panic. */
static void stopped(void) {
    if (sim_log_find("recovery: cannot "))
        end(END_REFUSED);
    fprintf(stderr, "%s\n", sim_log_find("panic:"));
    abort();
}

static void begin(uint64_t seed) {
    struct itimerval bound = {.it_value = {.tv_sec = LIFE_SECONDS}};
    munmap((void *)PLATFORM_RANGE_BASE, PLATFORM_RANGE_BYTES);
    sim_start();
    panic_set_stop(stopped);
    sim_seed(seed);
    sim_time_set_ns(world->now_ns);
    sim_disk_lend(BLOCKS, disk_from);
    sim_screen_size(640, 480);
    sim_log_clear();
    sim_on_restart(start_anew);
    setitimer(ITIMER_VIRTUAL, &bound, NULL);
}

/* ---- Making the world ---- */

static void list_region(uint32_t region) {
    uint64_t base = region_address(region);
    for (uint64_t at = base + REGION_OBJECTS_AT;
         at < base + MEMORY_REGION_BYTES && world->object_count < OBJECTS_MOST;
         at += 1024)
        for (uint64_t bits = *region_start_word(at);
             bits && world->object_count < OBJECTS_MOST; bits &= bits - 1)
            world->objects[world->object_count++] =
                at + (uint64_t)__builtin_ctzll(bits) * 16;
}

static void list_objects(void) {
    world->object_count = 0;
    for (uint32_t region = 1; region < ROOT->next_region; region++)
        list_region(region);
    world->app_count = world->object_count;
    list_region(0);
}

static void open_from_source(const char *name) {
    sim_setting("app", world->source);
    sim_setting("app_name", name);
    sim_setting("app_rights", "all");
    install_setting();
    sim_setting("app", NULL);
    life_turns(30);
}

/* An app that brings its own code. */
static void open_own(void) {
    CompilerSource source = {"mine", world->source, strlen(world->source)};
    CompilerResult result;
    char why[200];
    Text text = text_on(why, sizeof why);
    Domain *domain;
    if (install_compile("mine", &source, false, &result) != STATUS_OK ||
        vm_start_program(result.bytes, result.size_bytes, "mine", 32u << 20, 0,
                         NULL, &domain, &text) != STATUS_OK)
        panic("the app with its own code: %s", text_end(&text));
    compiler_free(&result);
    life_turns(30);
}

static void end_newest(void) {
    Domain *newest = NULL;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i] &&
            (!newest || ROOT->domains[i]->number > newest->number))
            newest = ROOT->domains[i];
    answers_end(newest);
    life_turns(10);
}

static void make(void) {
    disk_from = world->made;
    begin(1);
    life_start();
    life_turns(20);
    life_type("words of the editor ");
    life_snapshot();
    sim_console("open \"Shell\"");
    life_turns(40);
    life_type("1 + 2\n");
    sim_console("open \"Counter\"");
    life_turns(40);
    open_from_source("much");
    open_own();
    open_from_source("ended");
    end_newest();
    life_last(6 * SECOND_NS);
    life_snapshot();
    list_objects();
    world->next_domain = ROOT->next_domain;
    sim_disk_cut();
    sim_disk_unload(world->made);
    world->now_ns = platform_now_ns();
    fflush(NULL);
    _exit(test_failed() ? EXIT_FAILURE : EXIT_SUCCESS);
}

static int run(void (*action)(uint64_t), uint64_t seed) {
    int status = 1;
    fflush(NULL);
    pid_t process = fork();
    if (process == 0) {
        action(seed);
        end(EXIT_SUCCESS);
    }
    waitpid(process, &status, 0);
    return status;
}

static void make_seeded(uint64_t seed) {
    (void)seed;
    make();
}

/* ---- Forging ---- */

void world_write(void *word, uint64_t value) {
    Status status = memory_write((uintptr_t)word, sizeof value);
    if (status != STATUS_OK)
        panic("nothing can be forged: %s", status_text(status));
    *(uint64_t *)word = value;
}

static bool (*forge_with)(uint64_t *state);

static void lost(void) {
    panic("a page is lost while it is forged");
}

static void open_memory(bool look) {
    MemoryOptions options = {
        .limit_bytes = 32u << 20, .lost = lost, .look = look};
    StoreOpening opening;
    if (store_open(0, &options.store, &opening) != STATUS_OK)
        panic("the world is not there");
    options.regions = 0;
    if (memory_open(&options) != STATUS_OK ||
        memory_attach((uint32_t)ROOT->next_region - 1) != STATUS_OK)
        panic("no memory");
}

/* What is written here was looked at by nobody. */
static void forge(uint64_t seed) {
    open_memory(false);
    uint64_t state = seed;
    if (!forge_with(&state)) {
        fflush(NULL);
        _exit(END_SAME);
    }
    if (snapshot_now() != STATUS_OK)
        panic("the forgery is not saved");
    memory_close();
}

/* ---- Living ---- */

static void click_all(void) {
    life_click("button", "Count");
    life_click("button", "Throw");
    life_click("item", "Leave it closed");
}

static uint64_t count_apps(void) {
    uint64_t count = 0;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[i];
        count += domain && domain->state == DOMAIN_RUNNING &&
                 domain->number < world->next_domain;
    }
    return count;
}

static void live(void) {
    life_start();
    world->desktop = true;
    life_type("ab\n");
    life_press("\t");
    life_last(SECOND_NS / 4);
    click_all();
    sim_console("open \"Shell\"");
    life_turns(20);
    life_type("apps\n");
    sim_console("snapshot");
    life_last(SECOND_NS);
    click_all();
    life_type("cd\n");
    sim_console("snapshot");
    life_last(SECOND_NS / 4);
    life_type("e");
    world->apps_left = count_apps();
}

static void forge_and_live(uint64_t seed) {
    begin(seed);
    forge(seed);
    live();
}

static void live_again(uint64_t seed) {
    begin(seed);
    live();
}

bool world_make(void) {
    world = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    FILE *file = fopen("tests/forge/much.rev", "rb");
    if (world == MAP_FAILED || !file)
        return false;
    size_t size = fread(world->source, 1, SOURCE_BYTES - 1, file);
    fclose(file);
    if (size == 0 || run(make_seeded, 1) != 0)
        return false;
    uint64_t now_ns = world->now_ns;
    disk_from = world->made;
    bool lives = run(live_again, 1) == 0;
    world->now_ns = now_ns;
    world->apps = world->apps_left;
    return lives && world->apps > 0;
}

/* ---- Looking ---- */

enum { FOUND_MOST = 50, NOTHING = 51 };

static void refused(const Domain *domain, const char *what) {
    (void)domain;
    (void)what;
    _exit(1);
}

static bool stray_is_expected(uint64_t address, uint64_t instruction) {
    (void)address, (void)instruction;
    return true;
}

static void stray(void) {
    _exit(1);
}

static void say_nothing(const char *sentence) {
    if (getenv("SIM_LOG"))
        printf("%s\n", sentence);
}

static void look(uint64_t seed) {
    WholeReport report = {.say = say_nothing};
    begin(seed);
    open_memory(true);
    if (class_start() != STATUS_OK)
        panic("no memory");
    if (forge_with && !forge_with(&seed))
        _exit(NOTHING);
    class_start();
    trust_set_refuse(refused);
    platform_set_stray(stray_is_expected, stray);
    if (whole_check(&report) != STATUS_OK)
        panic("not all was looked at");
    fflush(NULL);
    _exit(report.wrong > FOUND_MOST ? FOUND_MOST : (int)report.wrong);
}

int world_look(bool (*forge_one)(uint64_t *state), uint64_t seed) {
    disk_from = world->made;
    forge_with = forge_one;
    int status = run(look, seed);
    return !WIFEXITED(status)                  ? -1
           : WEXITSTATUS(status) == NOTHING    ? -2
           : WEXITSTATUS(status) <= FOUND_MOST ? WEXITSTATUS(status)
                                               : -1;
}

static void forge_only(uint64_t seed) {
    begin(seed);
    if (forge_with)
        forge(seed);
    memcpy(world->disk, world->made, sizeof world->disk);
    sim_disk_cut();
    sim_disk_unload(world->disk);
    fflush(NULL);
    _exit(EXIT_SUCCESS);
}

bool world_write_disk(bool (*forge_one)(uint64_t *state), uint64_t seed,
                      const char *path) {
    disk_from = world->made;
    forge_with = forge_one;
    if (run(forge_only, seed) != 0)
        return false;
    FILE *file = fopen(path, "wb");
    bool good = file && fwrite(world->disk, sizeof world->disk, 1, file) == 1;
    if (file)
        good = fclose(file) == 0 && good;
    return good;
}

/* ---- Ends ---- */

static WorldEnd end_of(int status) {
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGVTALRM ? WORLD_HUNG : WORLD_CRASHED;
    switch (WEXITSTATUS(status)) {
    case EXIT_SUCCESS:
        return WORLD_RAN;
    case END_ANEW:
        return WORLD_RESTARTED;
    case END_REFUSED:
        return WORLD_REFUSED;
    case END_SAME:
        return WORLD_SAME;
    default:
        return WORLD_CRASHED;
    }
}

/* Where it starts anew it goes on, but not twice from the same generation. */
WorldFate world_forge(bool (*forge_one)(uint64_t *state), uint64_t seed) {
    uint64_t now_ns = world->now_ns, before = 0;
    forge_with = forge_one;
    world->desktop = false;
    world->apps_left = world->apps;
    disk_from = world->made;
    WorldEnd ended = end_of(run(forge_and_live, seed));
    disk_from = world->disk;
    for (int i = 1;
         i < LIVES && ended == WORLD_RESTARTED && world->generation != before;
         i++) {
        before = world->generation;
        ended = end_of(run(live_again, seed));
    }
    world->now_ns = now_ns;
    return (WorldFate){ended, world->desktop,
                       world->apps_left + 1 < world->apps};
}
