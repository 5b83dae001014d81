/* uitest.h: what the parts of build/uitest share.
 *
 * uitest.c reads the script and compares pictures; a UiMachine drives one
 * machine. Whatever can fail returns false after ui_fail has kept the reason.
 * Time-outs are generous and only end what hangs: nothing here sleeps. */
#ifndef TESTS_UITEST_H
#define TESTS_UITEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UI_LINE_BYTES 4096
#define UI_PATH_BYTES 1024
#define UI_SETTINGS_MAX 16

typedef struct UiOptions {
    bool pc;
    const char *script;
    const char *out;      /* folder of pictures and logs */
    const char *disk;     /* image file, exists */
    const char *golden;   /* folder */
    const char *size;     /* "1280x800", or NULL */
    const char *firmware; /* "bios", "uefi" or "kernel" */
    const char *memory;   /* MiB */
    const char *filter;   /* QEMU's block driver above the image, or NULL */
    const char *settings[UI_SETTINGS_MAX]; /* NAME=VALUE */
    int setting_count;
    int64_t patience_ms; /* for each wait */
    bool update;         /* make golden pictures instead of comparing */
} UiOptions;
extern UiOptions ui_options;

/* Keeps the reason of a failure; always false. */
bool ui_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Decodes \n \t \" \\ between quotes, in place. NULL: not a text. */
char *ui_unquote(char *text);

/* ---- The machine under test ---- */

typedef struct UiMachine {
    bool (*boot)(void);
    /* It has started, perhaps anew by itself; its log begins at `log_from`.
     * May be NULL. */
    void (*started)(size_t log_from);
    /* Any command of the script but those below: word and rest of the line. */
    bool (*obey)(const char *word, char *rest);
    /* Writes OUT/NAME.png. */
    bool (*screenshot)(const char *name);
    /* Reads what the machine says until `deadline_ms` or until something came;
     * false at the deadline or when the machine has ended. */
    bool (*listen)(int64_t deadline_ms);
    /* Ends it without warning, or makes sure that it is gone. */
    void (*cut)(void);
    /* Asks it to end in order, and waits for that. */
    bool (*shutdown)(void);
} UiMachine;

extern const UiMachine uitest_host, uitest_pc;
extern const UiMachine *ui_machine;

int64_t ui_now_ms(void);

/* ---- The machine's log, since the last boot (uitest_log.c) ---- */

void ui_log_start(void);
void ui_log_feed(const char *bytes, size_t count);

/* Waits for a whole line that contains `text`, behind the line that the last
 * such wait found. False: time-out, panic, or the machine ended. */
bool ui_log_wait(const char *text);

/* The log's length in bytes, and the end of the line that was waited for last;
 * places to look from. */
size_t ui_log_length(void);
size_t ui_log_waited(void);

/* The end of the first whole line behind place `from` that contains `text`; 0:
 * there is none. */
size_t ui_log_after(size_t from, const char *text);

/* The newest whole line behind place `from` that contains `text`, or NULL;
 * good until the next call. */
const char *ui_log_newest(size_t from, const char *text);

/* False, and ui_fail: a handler of a window ended in an exception, which nobody
 * sees on the screen. */
bool ui_log_is_calm(void);

/* The number after `name` ("input=") in the newest "ui: settled" line behind
 * `from`, -1 when there is none yet. */
int64_t ui_log_settled(size_t from, const char *name);

/* Listens until `reached`; `what` names it for the time-out's message. */
bool ui_wait(bool (*reached)(void), const char *what);

/* ---- Processes and their lines (uitest_process.c) ---- */

typedef struct UiStream {
    int file; /* -1: closed */
    char bytes[1 << 16];
    size_t used;
} UiStream;

/* Starts a program with this process's end of life as its own. `files` are
 * the descriptors that it inherits as 0, 1, 2, 3, ... */
int ui_spawn(const char *const words[], const int *files, int file_count);

/* Both ends of a stream, closed on exec; the first is ours. */
bool ui_pair(int ends_out[2]);

/* Adds what can be read now; false at the end of the stream. */
bool ui_stream_fill(UiStream *stream);

/* True when something, or its end, can be read at once. */
bool ui_stream_ready(const UiStream *stream);

/* Takes the first whole line, without its newline. False: there is none. */
bool ui_stream_line(UiStream *stream, char line_out[UI_LINE_BYTES]);

/* Waits until one of the files can be read or the deadline is over. */
void ui_poll(const int *files, int count, int64_t deadline_ms);

bool ui_write(int file, const char *bytes, size_t count);

/* Waits for the end of a process: its status as of waitpid. */
bool ui_reap(int process, int64_t deadline_ms, int *status_out);
void ui_kill(int process);

/* ---- Pictures (uitest_picture.c) ---- */

typedef struct UiPicture {
    uint32_t width, height;
    uint8_t *pixels; /* R, G, B */
} UiPicture;

bool ui_picture_read(const char *path, UiPicture *picture_out);
bool ui_picture_read_ppm(const char *path, UiPicture *picture_out);
bool ui_picture_write(const char *path, const UiPicture *picture);
void ui_picture_free(UiPicture *picture);

/* Blackens the rectangles "X Y W H" of a file, a line each; a missing file
 * has none. */
void ui_picture_mask(UiPicture *picture, const char *path);

/* The number of pixels that differ; all of them when the sizes do. With
 * `diff_out`, a picture of the difference, to be freed. */
uint64_t ui_picture_compare(const UiPicture *a, const UiPicture *b,
                            UiPicture *diff_out);

#endif
