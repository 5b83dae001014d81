/* build/rvdisk: checks disk images, shows, compares, pins and returns to their
 * generations, and carries one from an image to another.
 *
 * Runs on the hosted machine's disk, with the store as the system has it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel/base/text.h"
#include "kernel/host/host.h"
#include "persist/tools/export.h"
#include "persist/tools/rvdisk.h"

enum { DEFAULT_MB = 256, REGION_PAGES = 16384 };

static const char usage[] =
    "usage: rvdisk check IMAGE                     verify every kept "
    "generation\n"
    "       rvdisk check --whole IMAGE             and whether the newest can "
    "be "
    "run,\n"
    "                                              whoever wrote it\n"
    "       rvdisk repair IMAGE                    mend bad copies from good "
    "ones,\n"
    "                                              and the map of free blocks\n"
    "       rvdisk list IMAGE                      show the generations\n"
    "       rvdisk export IMAGE FILE [GENERATION]  the newest, or that one, as "
    "a file\n"
    "       rvdisk show IMAGE GENERATION           what it holds\n"
    "       rvdisk diff IMAGE GENERATION OTHER     pages that differ\n"
    "       rvdisk rollback IMAGE GENERATION       go on from it, on a new "
    "branch\n"
    "       rvdisk pin IMAGE GENERATION NAME       keep it\n"
    "       rvdisk unpin IMAGE GENERATION          keep it no longer\n"
    "       rvdisk import FILE IMAGE [MEGABYTES]   onto a blank or new image\n"
    "       rvdisk resize IMAGE MEGABYTES          with all generations\n"
    "       rvdisk --help\n"
    "exit status: 0 good, 1 the image is bad or it cannot be done, 2 wrong "
    "use,\n"
    "             3 the image is in use by another program\n";

/* ---- Images ---- */

Store *rvdisk_open(const char *path, uint64_t generation,
                   StoreOpening *opening_out) {
    Store *store;
    Status status = store_open(generation, &store, opening_out);
    rvdisk_opened = *opening_out;
    if (status == STATUS_OK)
        return store;
    rvdisk_complain(path, opening_out->message);
    return NULL;
}

int rvdisk_with(const char *path, uint64_t generation,
                int (*command)(Store *, const char *), const char *argument) {
    StoreOpening opening;
    if (access(path, R_OK) != 0)
        return rvdisk_complain_errno(path);
    if (!host_disk_open(path, 0))
        return rvdisk_not_opened();
    Store *store = rvdisk_open(path, generation, &opening);
    int result = store ? command(store, argument) : BAD;
    store_close(store);
    host_disk_close();
    return result;
}

/* ---- Generations ---- */

static void print_time(int64_t wall_us) {
    time_t seconds = (time_t)(wall_us / 1000000);
    char when[32] = "?";
    struct tm parts;
    if (gmtime_r(&seconds, &parts))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &parts);
    printf("%-20s", when);
}

static const char *pin_of(const Store *store, const FormatRecord *record) {
    const char *name = store_pin_name(store, record->generation);
    if (!(record->flags & FORMAT_PINNED))
        return "no";
    return name && name[0] ? name : "yes";
}

static int list(Store *store, const char *unused) {
    (void)unused;
    printf("%10s %10s %6s %-20s %8s %10s %s\n", "generation", "parent",
           "branch", "time (UTC)", "pages", "bytes", "pinned");
    for (uint32_t i = 0; i < store_record_count(store); i++) {
        FormatRecord record = store_record(store, i);
        printf("%10lu %10lu %6lu ", record.generation, record.parent,
               record.branch);
        print_time(record.wall_us);
        printf(" %8lu %10lu %s\n", record.pages, record.bytes,
               pin_of(store, &record));
    }
    return GOOD;
}

static StoreView *open_view(Store *store, uint64_t generation) {
    StoreView *view;
    Status status = store_view_open(store, generation, &view);
    if (status != STATUS_OK)
        fprintf(stderr, "rvdisk: generation %lu: %s\n", generation,
                status_text(status));
    return view;
}

/* What a generation holds, by region of 64 MiB. */
static int show(Store *store, uint64_t generation, const char *unused) {
    (void)unused;
    StoreView *view = open_view(store, generation);
    if (!view)
        return BAD;
    FormatRecord record = store_view_record(view);
    printf("generation %lu, parent %lu, branch %lu, ", record.generation,
           record.parent, record.branch);
    print_time(record.wall_us);
    printf("UTC, pinned: %s\n", pin_of(store, &record));
    uint64_t pages = 0, total = 0, region = 0, page = 0;
    Status status = store_view_next_page(view, 0, &page);
    while (status == STATUS_OK && page != UINT64_MAX) {
        if (page / REGION_PAGES != region && pages > 0) {
            printf("region %4lu: %lu pages\n", region, pages);
            pages = 0;
        }
        region = page / REGION_PAGES;
        pages++;
        total++;
        status = store_view_next_page(view, page + 1, &page);
    }
    if (pages > 0)
        printf("region %4lu: %lu pages\n", region, pages);
    printf("%lu pages of %u regions\n", total, record.regions);
    store_view_close(view);
    return status == STATUS_OK ? GOOD : rvdisk_complain_status("show", status);
}

static bool same_page(StoreView *a, StoreView *b, uint64_t page,
                      Status *status) {
    static uint8_t first[PLATFORM_BLOCK_BYTES], second[PLATFORM_BLOCK_BYTES];
    *status = store_view_read_page(a, page, first);
    if (*status == STATUS_OK)
        *status = store_view_read_page(b, page, second);
    return memcmp(first, second, sizeof first) == 0;
}

/* The pages from `first` up to before `end`. */
static void print_run(uint64_t first, uint64_t end) {
    if (first < end)
        printf("pages %lu to %lu\n", first, end - 1);
}

/* Pages that differ, in runs. */
static Status print_diff(StoreView *a, StoreView *b) {
    uint64_t first = 0, end = 0, count = 0, page;
    Status status = store_view_next_difference(a, b, 0, &page);
    for (; status == STATUS_OK && page != UINT64_MAX;) {
        if (!same_page(a, b, page, &status)) {
            if (page != end) {
                print_run(first, end);
                first = page;
            }
            end = page + 1;
            count++;
        }
        if (status == STATUS_OK)
            status = store_view_next_difference(a, b, page + 1, &page);
    }
    print_run(first, end);
    printf("%lu pages differ\n", count);
    return status;
}

static int diff(Store *store, uint64_t generation, const char *other) {
    uint64_t number = 0;
    text_to_u64(other, &number);
    StoreView *a = open_view(store, generation);
    StoreView *b = a ? open_view(store, number) : NULL;
    Status status = a && b ? print_diff(a, b) : STATUS_NOT_FOUND;
    store_view_close(a);
    store_view_close(b);
    if (!a || !b)
        return BAD;
    return status == STATUS_OK ? GOOD : rvdisk_complain_status("diff", status);
}

/* An empty generation makes what was decided durable; it deletes none. */
static Status commit_empty(Store *store) {
    uint32_t regions = 1;
    store_set_retention(store, &(StoreRetention){.last = STORE_KEEP_ALL});
    uint64_t from = store_durable_generation(store);
    for (uint32_t i = 0; i < store_record_count(store); i++)
        if (store_record(store, i).generation == from)
            regions = store_record(store, i).regions;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    store_begin(store, now.tv_sec * 1000000ll + now.tv_nsec / 1000, regions);
    Status status;
    while ((status = store_finish(store, UINT32_MAX)) == STATUS_BUSY)
        platform_disk_poll(true);
    return status;
}

/* What is not to be written to before somebody chose an older generation. */
static int refuse_undecided(Store *store) {
    fprintf(stderr,
            "rvdisk: generation %lu, the newest, is damaged; rvdisk rollback "
            "to %lu goes on from the one before\n",
            store_undecided(store), store_durable_generation(store));
    return BAD;
}

/* The second part of repair, which writes more than copies. */
static int rebuild_map(Store *store, const char *unused) {
    (void)unused;
    Status status = store_rebuild_map(store);
    if (status == STATUS_OK)
        status = commit_empty(store);
    if (status != STATUS_OK)
        return rvdisk_complain_status(
            "the map of free blocks cannot be made anew", status);
    printf("the map of free blocks was made anew, with generation %lu\n",
           store_durable_generation(store));
    return GOOD;
}

static int repair_image(const char *path) {
    int result = rvdisk_with(path, STORE_NEWEST_TO_LOOK, rvdisk_repair, NULL);
    if (!rvdisk_map_is_wrong)
        return result;
    int rebuilt = rvdisk_with(path, 0, rebuild_map, NULL);
    return result == GOOD ? rebuilt : result;
}

/* Where the newest generation is damaged this gives it up: it says for which.
 */
static int rollback(Store *store, uint64_t generation, const char *unused) {
    (void)unused;
    Status status = STATUS_OK;
    if (store_undecided(store))
        status = store_take_older(store);
    if (status == STATUS_OK)
        status = store_go_back(store, generation);
    if (status == STATUS_OK)
        status = commit_empty(store);
    if (status != STATUS_OK)
        return rvdisk_complain_status("rollback", status);
    printf("generation %lu is generation %lu again; what was left is pinned\n",
           store_durable_generation(store), generation);
    return GOOD;
}

static int pin(Store *store, uint64_t generation, const char *name) {
    if (store_undecided(store))
        return refuse_undecided(store);
    Status status = store_pin(store, generation, FORMAT_OWNER_PERSON, name);
    if (status != STATUS_OK)
        return rvdisk_complain_status("pin", status);
    printf("generation %lu is kept as \"%s\"\n", generation,
           store_pin_name(store, generation));
    return GOOD;
}

static int unpin(Store *store, uint64_t generation, const char *unused) {
    (void)unused;
    if (store_undecided(store))
        return refuse_undecided(store);
    Status status = store_unpin(store, generation);
    if (status != STATUS_OK)
        return rvdisk_complain_status("unpin", status);
    printf("generation %lu is kept as long as others\n", generation);
    return GOOD;
}

/* ---- Export ---- */

static Status put_to_file(void *context, const void *bytes, size_t count) {
    return fwrite(bytes, 1, count, context) == count ? STATUS_OK
                                                     : STATUS_IO_ERROR;
}

static int write_export(Store *store, const char *path) {
    ExportHeader header;
    Status status = export_describe(store, &header);
    if (status != STATUS_OK)
        return rvdisk_complain(path, "nothing is durable on the disk yet");
    FILE *file = fopen(path, "wbx");
    if (!file)
        return rvdisk_complain_errno(path);
    status = export_write(store, &header,
                          (ExportSink){.put = put_to_file, .context = file});
    if (fclose(file) != 0 && status == STATUS_OK)
        status = STATUS_IO_ERROR;
    if (status != STATUS_OK) {
        unlink(path);
        return rvdisk_complain(path, status_text(status));
    }
    printf("generation %lu, %lu pages\n", header.generation, header.pages);
    return GOOD;
}

/* ---- The command line ---- */

static int check_whole(Store *store, const char *unused) {
    int result = rvdisk_check(store, unused);
    return result == GOOD ? rvdisk_whole(store, unused) : result;
}

static char check_whole_words[] = "check --whole";

/* How many words each has, with the program's and its own, and from which on
 * they are numbers. `writes`: the image becomes another. */
typedef struct Command {
    const char *name;
    int least, most, numbers, number_count;
    bool writes;
    int (*alone)(Store *, const char *);
    int (*of_generation)(Store *, uint64_t, const char *);
} Command;

static const Command commands[] = {
    {"check", 3, 3, 0, 0, false, rvdisk_check, NULL},
    {check_whole_words, 3, 3, 0, 0, false, check_whole, NULL},
    {"repair", 3, 3, 0, 0, true, NULL, NULL},
    {"list", 3, 3, 0, 0, false, list, NULL},
    {"export", 4, 5, 4, 1, false, write_export, NULL},
    {"import", 4, 5, 4, 1, true, NULL, NULL},
    {"resize", 4, 4, 3, 1, true, NULL, NULL},
    {"show", 4, 4, 3, 1, false, NULL, show},
    {"diff", 5, 5, 3, 2, false, NULL, diff},
    {"rollback", 4, 4, 3, 1, true, NULL, rollback},
    {"pin", 5, 5, 3, 1, true, NULL, pin},
    {"unpin", 4, 4, 3, 1, true, NULL, unpin},
};

/* One line: what is wrong, and where to look. */
static const Command *wrong(const char *word, const char *what) {
    fprintf(stderr, "rvdisk: %s: %s; see rvdisk --help\n", word, what);
    return NULL;
}

/* A generation, or megabytes. */
static bool is_number(const char *word) {
    uint64_t number;
    return text_to_u64(word, &number) && number > 0 && number < UINT32_MAX;
}

/* The command that the words are for; NULL: they are for none, which was said.
 */
static const Command *read_words(int count, char **words) {
    const Command *command = NULL;
    if (count < 2)
        return wrong(words[0], "a command is wanted");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(words[1], commands[i].name) == 0)
            command = &commands[i];
    if (!command)
        return wrong(words[1], "there is no such command");
    if (count < command->least)
        return wrong(words[1], "it wants more words");
    if (count > command->most)
        return wrong(words[command->most], "a word too many");
    for (int i = 0; i < command->number_count; i++)
        if (command->numbers + i < count &&
            !is_number(words[command->numbers + i]))
            return wrong(words[command->numbers + i], "not a number that fits");
    return command;
}

static const Command *command_now;
static uint64_t generation_now;

static int run_of_generation(Store *store, const char *argument) {
    return command_now->of_generation(store, generation_now, argument);
}

static int obey(int count, char **words) {
    const Command *command = read_words(count, words);
    uint64_t number = 0;
    if (!command)
        return WRONG_USE;
    if (command->number_count > 0 && command->numbers < count)
        text_to_u64(words[command->numbers], &number);
    if (command->of_generation) {
        command_now = command;
        generation_now = number;
        return rvdisk_with(words[2], command->writes ? 0 : STORE_NEWEST_TO_LOOK,
                           run_of_generation, count > 4 ? words[4] : NULL);
    }
    if (strcmp(command->name, "repair") == 0)
        return repair_image(words[2]);
    if (strcmp(command->name, "resize") == 0)
        return rvdisk_resize(words[2], number);
    if (command->alone)
        return rvdisk_with(words[2], number ? number : STORE_NEWEST_TO_LOOK,
                           command->alone, count > 3 ? words[3] : NULL);
    return rvdisk_import(words[2], words[3], number ? number : DEFAULT_MB);
}

/* "check --whole" counts as one word. */
static int join_words(int count, char **words) {
    if (count < 3 || strcmp(words[1], "check") != 0 ||
        strcmp(words[2], "--whole") != 0)
        return count;
    words[1] = check_whole_words;
    for (int i = 3; i <= count; i++)
        words[i - 1] = words[i];
    return count - 1;
}

int main(int count, char **words) {
    host_start();
    count = join_words(count, words);
    if (count == 2 && strcmp(words[1], "--help") == 0) {
        fputs(usage, stdout);
        return GOOD;
    }
    return obey(count, words);
}
