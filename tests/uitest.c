/* build/uitest: runs one UI script on the hosted machine or in QEMU.
 *
 *     uitest host|pc SCRIPT [--out DIR] [--disk FILE] [--size WxH]
 *         [--firmware bios|uefi|kernel] [--golden DIR] [--update]
 *         [--set NAME=VALUE] [--memory MIB] [--patience SECONDS]
 *         [--filter DRIVER,OPTION=VALUE...]
 *
 * The commands are in tests/ui/README.md, one a line. Exit status: 0 good, 1
 * the script failed, 2 wrong use. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/base/text.h"
#include "tests/uitest.h"

enum { GOOD = 0, FAILED = 1, WRONG_USE = 2 };
#define DISK_BYTES (256l << 20)
#define PATIENCE_S 60

/* Test mode is on for steady pictures; --set test=0 ends it. */
UiOptions ui_options = {.settings = {"test=1"},
                        .setting_count = 1,
                        .firmware = "kernel",
                        .memory = "256",
                        .patience_ms = PATIENCE_S * 1000};
const UiMachine *ui_machine;
static char failure[UI_LINE_BYTES];

bool ui_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure, sizeof failure, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- Pictures ---- */

static const char *out_path(const char *name, const char *ending) {
    static char paths[8][UI_PATH_BYTES];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, UI_PATH_BYTES, "%s/%s%s", ui_options.out, name, ending);
    return path;
}

/* Masks are files of rectangles, NULL: all pixels count. */
static bool compare(const char *path_a, const char *path_b, const char *mask_a,
                    const char *mask_b, const char *diff_path) {
    UiPicture a, b, diff;
    if (!ui_picture_read(path_a, &a))
        return false;
    if (!ui_picture_read(path_b, &b)) {
        ui_picture_free(&a);
        return false;
    }
    const char *masks[] = {mask_a, mask_b};
    for (int i = 0; i < 2 && masks[i]; i++) {
        ui_picture_mask(&a, masks[i]);
        ui_picture_mask(&b, masks[i]);
    }
    uint64_t different = ui_picture_compare(&a, &b, &diff);
    if (different > 0)
        ui_picture_write(diff_path, &diff);
    ui_picture_free(&a);
    ui_picture_free(&b);
    ui_picture_free(&diff);
    return different == 0 || ui_fail("%llu pixels differ, see %s",
                                     (unsigned long long)different, diff_path);
}

static bool copy_file(const char *from, const char *to) {
    char bytes[4096];
    size_t count;
    FILE *source = fopen(from, "rb"), *copy = source ? fopen(to, "wb") : NULL;
    bool good = copy != NULL;
    while (good && (count = fread(bytes, 1, sizeof bytes, source)) > 0)
        good = fwrite(bytes, 1, count, copy) == count;
    good = good && !ferror(source);
    if (source)
        fclose(source);
    if (copy && fclose(copy) != 0)
        good = false;
    return good || ui_fail("%s cannot be copied to %s", from, to);
}

/* Takes the picture and compares it with the golden one, or becomes it; with
 * `masks` some of it does not count. */
static bool expect(const char *name, bool masks) {
    char golden[UI_PATH_BYTES], golden_masks[UI_PATH_BYTES];
    const char *actual = out_path(name, ".png");
    snprintf(golden, sizeof golden, "%s/%s.png", ui_options.golden, name);
    snprintf(golden_masks, sizeof golden_masks, "%s/%s.masks",
             ui_options.golden, name);
    if (!ui_machine->screenshot(name))
        return false;
    if (ui_options.update) {
        mkdir(ui_options.golden, 0777);
        return copy_file(actual, golden) &&
               (!masks || copy_file(out_path(name, ".masks"), golden_masks));
    }
    if (compare(golden, actual, masks ? golden_masks : NULL,
                masks ? out_path(name, ".masks") : NULL,
                out_path(name, ".diff.png")))
        return true;
    rename(actual, out_path(name, ".actual.png"));
    return false;
}

/* Two screenshots of this run: `masks` is the ending of the files that say what
 * is left out, NULL: nothing is. */
static bool equal(const char *rest, const char *masks) {
    char a[256], b[256], diff[600];
    if (sscanf(rest, "%255s %255s", a, b) != 2)
        return ui_fail("wanted: the names of two screenshots");
    snprintf(diff, sizeof diff, "%s-%s", a, b);
    return compare(out_path(a, ".png"), out_path(b, ".png"),
                   masks ? out_path(a, masks) : NULL,
                   masks ? out_path(b, masks) : NULL,
                   out_path(diff, ".diff.png"));
}

/* "pixel NAME X Y RRGGBB": one pixel of a screenshot of this run. */
static bool pixel(const char *rest) {
    char name[256];
    unsigned x, y, wanted;
    UiPicture picture;
    if (sscanf(rest, "%255s %u %u %x", name, &x, &y, &wanted) != 4)
        return ui_fail("wanted: pixel NAME X Y RRGGBB");
    if (!ui_picture_read(out_path(name, ".png"), &picture))
        return false;
    unsigned got = UINT32_MAX;
    if (x < picture.width && y < picture.height) {
        const uint8_t *at =
            picture.pixels + ((size_t)y * picture.width + x) * 3;
        got = (unsigned)(at[0] << 16 | at[1] << 8 | at[2]);
    }
    ui_picture_free(&picture);
    return got == wanted || ui_fail("the pixel is %06X", got);
}

/* "lit NAME": most of a screenshot is not black. */
static bool lit(const char *name) {
    UiPicture picture;
    uint64_t bright = 0;
    if (!ui_picture_read(out_path(name, ".png"), &picture))
        return false;
    uint64_t count = (uint64_t)picture.width * picture.height;
    for (uint64_t i = 0; i < count * 3; i += 3)
        if (picture.pixels[i] | picture.pixels[i + 1] | picture.pixels[i + 2])
            bright++;
    ui_picture_free(&picture);
    return bright > count / 2 || ui_fail("the picture is nearly black");
}

/* ---- The script ---- */

char *ui_unquote(char *text) {
    char *to = text, *from = text + 1;
    if (*text != '"')
        return NULL;
    for (; *from && *from != '"'; from++) {
        if (*from == '\\' && from[1])
            from++;
        else {
            *to++ = *from;
            continue;
        }
        *to++ = (char)(*from == 'n' ? '\n' : *from == 't' ? '\t' : *from);
    }
    if (*from != '"')
        return NULL;
    *to = 0;
    return text;
}

/* "wait desktop" and "wait "text of a log line"". */
static bool wait_for(char *rest) {
    if (strcmp(rest, "desktop") == 0) {
        if (!ui_log_wait("desktop: ready"))
            return false;
        if (ui_machine->started)
            ui_machine->started(ui_log_waited());
        return true;
    }
    char *text = ui_unquote(rest);
    return text ? ui_log_wait(text)
                : ui_fail("wanted: wait desktop, or wait \"text\"");
}

static bool obey(const char *word, char *rest) {
    if (strcmp(word, "boot") == 0)
        return ui_machine->boot();
    if (strcmp(word, "wait") == 0)
        return wait_for(rest);
    if (strcmp(word, "screenshot") == 0)
        return ui_machine->screenshot(rest);
    if (strcmp(word, "expect") == 0 && strncmp(rest, "text", 4) != 0)
        return expect(rest, true);
    if (strcmp(word, "same") == 0)
        return equal(rest, ".masks");
    if (strcmp(word, "exact") == 0)
        return strchr(rest, ' ') ? equal(rest, NULL) : expect(rest, false);
    if (strcmp(word, "lit") == 0)
        return lit(rest);
    if (strcmp(word, "pixel") == 0)
        return pixel(rest);
    if (strcmp(word, "shutdown") == 0)
        return ui_machine->shutdown();
    if (strcmp(word, "cut") == 0) {
        ui_machine->cut();
        return true;
    }
    return ui_machine->obey(word, rest);
}

/* Splits a line into its word and the rest, without surrounding space. */
static bool obey_line(char *line) {
    line += strspn(line, " \t");
    size_t length = strcspn(line, "\r\n");
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        length--;
    line[length] = 0;
    if (*line == 0 || *line == '#')
        return true;
    char *rest = line + strcspn(line, " \t");
    if (*rest)
        *rest++ = 0;
    return obey(line, rest + strspn(rest, " \t"));
}

static bool run_script(FILE *script) {
    char line[UI_LINE_BYTES], whole[UI_LINE_BYTES];
    for (int number = 1; fgets(line, sizeof line, script); number++) {
        snprintf(whole, sizeof whole, "%.*s", (int)strcspn(line, "\n"), line);
        if (obey_line(line) && ui_log_is_calm())
            continue;
        fprintf(stderr, "%s:%d: %s: %s\n", ui_options.script, number, whole,
                failure);
        return false;
    }
    return true;
}

/* ---- Options ---- */

static const char usage[] =
    "usage: uitest host|pc SCRIPT [--out DIR] [--disk FILE]\n"
    "    [--size WxH] [--firmware bios|uefi|kernel] [--golden DIR]\n"
    "    [--update] [--set NAME=VALUE] [--memory MIB]\n"
    "    [--patience SECONDS] [--filter DRIVER,OPTION=VALUE...]\n"
    "       uitest --help\n";

/* One line: what is wrong, and where to look. */
static _Noreturn void wrong(const char *what, const char *value) {
    fprintf(stderr, "uitest: %s: %s; see uitest --help\n", value, what);
    exit(WRONG_USE);
}

static _Noreturn void help(void) {
    fputs(usage, stdout);
    exit(GOOD);
}

static uint64_t number_of(const char *text) {
    uint64_t number = 0;
    if (!text_to_u64(text, &number) || number == 0 || number > UINT32_MAX)
        wrong("not a number that can be", text);
    return number;
}

static bool is_one_of(const char *word, const char *a, const char *b,
                      const char *c) {
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static void add_setting(const char *setting) {
    if (!strchr(setting, '=') || setting[0] == '=')
        wrong("not NAME=VALUE", setting);
    if (ui_options.setting_count == UI_SETTINGS_MAX)
        wrong("one setting too many", setting);
    if (strncmp(setting, "test=", 5) == 0)
        ui_options.settings[0] = setting;
    else
        ui_options.settings[ui_options.setting_count++] = setting;
}

static void set_option(int letter, const char *word) {
    unsigned width, height;
    char end;
    switch (letter) {
    case 'o':
        ui_options.out = optarg;
        break;
    case 'd':
        ui_options.disk = optarg;
        break;
    case 's':
        if (sscanf(optarg, "%ux%u%c", &width, &height, &end) != 2)
            wrong("not a screen's size such as 1024x768", optarg);
        ui_options.size = optarg;
        break;
    case 'f':
        if (!is_one_of(optarg, "bios", "uefi", "kernel"))
            wrong("the firmware is bios, uefi or kernel", optarg);
        ui_options.firmware = optarg;
        break;
    case 'g':
        ui_options.golden = optarg;
        break;
    case 'u':
        ui_options.update = true;
        break;
    case 'm':
        number_of(optarg);
        ui_options.memory = optarg;
        break;
    case 'p':
        ui_options.patience_ms = (int64_t)number_of(optarg) * 1000;
        break;
    case 'b':
        ui_options.filter = optarg;
        break;
    case '=':
        add_setting(optarg);
        break;
    case 'h':
        help();
    case ':':
        wrong("it wants a value", word);
    default:
        wrong("there is no such option", word);
    }
}

static void read_options(int count, char **words) {
    static const struct option names[] = {
        {"out", required_argument, 0, 'o'},
        {"disk", required_argument, 0, 'd'},
        {"size", required_argument, 0, 's'},
        {"firmware", required_argument, 0, 'f'},
        {"golden", required_argument, 0, 'g'},
        {"update", no_argument, 0, 'u'},
        {"set", required_argument, 0, '='},
        {"memory", required_argument, 0, 'm'},
        {"patience", required_argument, 0, 'p'},
        {"filter", required_argument, 0, 'b'},
        {"help", no_argument, 0, 'h'},
        {0, 0, 0, 0},
    };
    int letter;
    opterr = 0;
    while ((letter = getopt_long(count, words, ":", names, NULL)) != -1)
        set_option(letter, words[optind - 1]);
    if (count - optind < 2)
        wrong("a machine and a script are wanted", words[count - 1]);
    if (count - optind > 2)
        wrong("a word too many", words[optind + 2]);
    if (!is_one_of(words[optind], "host", "pc", "pc"))
        wrong("the machine is host or pc", words[optind]);
    ui_options.pc = strcmp(words[optind], "pc") == 0;
    if (ui_options.filter && !ui_options.pc)
        wrong("only QEMU has block drivers", "--filter");
    ui_options.script = words[optind + 1];
}

/* "tests/ui/first.ui" on the pc: "build/ui/first-pc"; in a test run its own
 * folder instead of build/ui. */
static void choose_folders(void) {
    static char out[UI_PATH_BYTES], golden[UI_PATH_BYTES];
    char copy[UI_PATH_BYTES];
    snprintf(copy, sizeof copy, "%s", ui_options.script);
    snprintf(golden, sizeof golden, "%s/golden", dirname(copy));
    snprintf(copy, sizeof copy, "%s", ui_options.script);
    char *name = basename(copy);
    name[strcspn(name, ".")] = 0;
    const char *run = getenv("RUN_DIR");
    snprintf(out, sizeof out, "%s/%.200s-%s", run ? run : "build/ui", name,
             ui_options.pc ? ui_options.firmware : "host");
    if (!ui_options.golden)
        ui_options.golden = golden;
    if (!ui_options.out)
        ui_options.out = out;
}

static bool make_folder(const char *path) {
    char part[UI_PATH_BYTES];
    for (size_t i = 1; path[i]; i++)
        if (path[i] == '/') {
            snprintf(part, sizeof part, "%.*s", (int)i, path);
            mkdir(part, 0777);
        }
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    return ui_fail("%s: %s", path, strerror(errno));
}

/* A fresh, empty, sparse disk. */
static bool make_disk(void) {
    static char path[UI_PATH_BYTES];
    if (ui_options.disk)
        return true;
    snprintf(path, sizeof path, "%s/disk.img", ui_options.out);
    ui_options.disk = path;
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || ftruncate(file, DISK_BYTES) != 0)
        return ui_fail("%s: %s", path, strerror(errno));
    close(file);
    return true;
}

int main(int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
    read_options(count, words);
    choose_folders();
    ui_machine = ui_options.pc ? &uitest_pc : &uitest_host;
    FILE *script = fopen(ui_options.script, "r");
    if (!script) {
        fprintf(stderr, "uitest: %s: %s\n", ui_options.script, strerror(errno));
        return WRONG_USE;
    }
    bool good = make_folder(ui_options.out) && make_disk();
    if (!good)
        fprintf(stderr, "uitest: %s\n", failure);
    good = good && run_script(script);
    ui_machine->cut();
    fclose(script);
    return good ? GOOD : FAILED;
}
