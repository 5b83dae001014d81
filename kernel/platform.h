/* platform.h: the one door between Revenant and a machine.
 *
 * Everything above includes this and nothing of a machine; a machine (kernel/pc
 * with drivers, kernel/host, tests/sim) defines every function here, together
 * with alloc_* (base/alloc.h). Which machine is linked is the only difference
 * between the builds.
 *
 * All functions are called on one thread, the main one, and none of them from
 * an interrupt. Only platform_range_* and reading the disk may be called while
 * a fault is handled. Times are nanoseconds since the machine started, unless a
 * name says otherwise. */
#ifndef KERNEL_PLATFORM_H
#define KERNEL_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"

/* ---- Time, randomness, settings, the end ---- */

uint64_t platform_now_ns(void); /* never goes back, stops for nothing */
int64_t platform_wall_us(void); /* UTC, microseconds since 1970 */

/* Random bytes for seeds; from the simulator's seed in tests. */
void platform_random(void *bytes, size_t count);

/* The value of a setting (design: size, memory_mb, interval_ms, keep, app,
 * seed, test, frozen), or NULL when nobody set it. Lives until the end. */
const char *platform_setting(const char *name);

/* Waits until input, a finished disk request, or `until_ns`, whichever is
 * first; UINT64_MAX waits for the first two only. May return early. */
void platform_idle(uint64_t until_ns);

/* Ends the machine in order: power off, or exit with `code`. */
_Noreturn void platform_stop(int code);

/* Starts the machine anew, as if it had been switched off and on; settings
 * stay. Nothing may be under way on the disk. */
_Noreturn void platform_restart(void);

/* ---- The persistent range ----
 *
 * 16 TiB of addresses, the same on every machine, in pages of 4 KiB. A page is
 * absent (an access faults) or present, and a present one is writable or not.
 * The range is never executable. */

#define PLATFORM_PAGE_BYTES 4096u
#define PLATFORM_RANGE_BASE 0x200000000000ull
#define PLATFORM_RANGE_BYTES (16ull << 40)

/* What the fault handler says about an access to the persistent range. */
typedef enum PlatformFault {
    PLATFORM_FAULT_MENDED, /* the access can be tried again */
    PLATFORM_FAULT_LOST,   /* it never can: go on in the escape function */
    PLATFORM_FAULT_STRAY,  /* nothing can ever be there, see below */
    PLATFORM_FAULT_BUG,    /* nobody expected this access: panic */
} PlatformFault;

/* Called for each access to an absent page, or write to a page that is not
 * writable. Runs on the stack of the interrupted code, interrupts as they
 * were; must not touch the persistent range itself. `escape` is where the
 * interrupted code goes on after PLATFORM_FAULT_LOST: it is entered like a
 * called function with the interrupted stack pointer and must not return. */
void platform_range_set_fault(PlatformFault (*handler)(uint64_t address,
                                                       bool write),
                              void (*escape)(void));

/* A stray access, to an address that nothing is behind, in the range or not, is
 * a panic, unless `is_expected`, which is asked with that address (0: the
 * machine does not tell) and the instruction's. Then the interrupted code goes
 * on in `escape`, as above. Both are called for no interrupt's handler. */
void platform_set_stray(bool (*is_expected)(uint64_t address,
                                            uint64_t instruction),
                        void (*escape)(void));

/* Makes an absent page present and writable with these 4,096 bytes, or zeros
 * for NULL. STATUS_NO_MEMORY: the page stays absent. */
Status platform_range_give(uint64_t address, const void *contents);

/* Makes `count` pages absent and frees their frames; absent ones are passed
 * over. */
void platform_range_take(uint64_t address, size_t count);

/* Allows or forbids writing to `count` pages; absent ones are passed over. */
void platform_range_writable(uint64_t address, size_t count, bool writable);

/* Bytes that the page had before the machine started anew, if RAM still has
 * them. Nobody vouches for them: they count when their hash is the right one.
 * Once for a page. False: there are none. */
bool platform_warm_page(uint64_t address, void *bytes);

/* ---- Transient memory ---- */

/* RAM of the machine that the system may use at most, for budgets. */
uint64_t platform_memory_bytes(void);

/* Reserves transient addresses for a table; nothing is behind them until
 * platform_table_commit makes `bytes` from `table + offset` on (both multiples
 * of 4,096) zeroed memory. Never given back. NULL: out of addresses. */
void *platform_table_reserve(uint64_t bytes);
Status platform_table_commit(void *table, uint64_t offset, uint64_t bytes);

/* ---- Another stack ----
 *
 * For long work in C that is to give way now and then: it runs on a stack of
 * its own, which stays as it is while others go on. Nothing on it is
 * persistent. It must not touch the persistent range. */

typedef struct PlatformStack PlatformStack;

/* A stack of at least so many bytes, on which run(context) will be called.
 * NULL: no memory. */
PlatformStack *platform_stack_take(size_t bytes, void (*run)(void *context),
                                   void *context);

/* Goes on there until it gives way (true) or run() has returned (false: only
 * platform_stack_give() may follow). Not from another such stack. */
bool platform_stack_go(PlatformStack *stack);

/* On such a stack: platform_stack_go() returns, and this does with the next. */
void platform_stack_pause(void);

/* Whatever runs on it never goes on. */
void platform_stack_give(PlatformStack *stack);

/* ---- The disk ----
 *
 * Blocks of 4 KiB. Requests are asynchronous and may complete in any order. A
 * write is on the medium only when a flush that was submitted after its
 * completion has completed; before that a power cut may keep any part of it,
 * in units of 512 bytes. */

#define PLATFORM_BLOCK_BYTES 4096u

typedef enum DiskAction {
    DISK_READ,
    DISK_WRITE,
    DISK_FLUSH,
} DiskAction;

/* The submitter owns the request and its buffer and leaves both alone until
 * `done`. The buffer is transient memory of alloc_take. */
typedef struct DiskRequest {
    DiskAction action;
    uint64_t block; /* first block; not for a flush */
    uint32_t count; /* blocks, 1 to 256; not for a flush */
    void *buffer;   /* count * 4,096 bytes; not for a flush */
    bool done;      /* set by the machine, within platform_disk_poll */
    Status status;  /* valid when done: OK or IO_ERROR */
    void *machine;  /* the machine's own use */
    struct DiskRequest *next; /* the machine's own use */
} DiskRequest;

/* How many disks the machine can drive; one of them is the disk, the first as
 * long as no other was chosen. Nothing may be under way then. */
uint32_t platform_disk_count(void);
void platform_disk_choose(uint32_t place);

/* Whole blocks of the disk, 0 when there is none. */
uint64_t platform_disk_blocks(void);

/* When there is none, why, for a person: that there is no disk at all, or which
 * one this machine cannot drive. No full stop. */
const char *platform_disk_missing(void);

/* What the disk said when a request failed last, for a person; NULL: nothing.
 * Lives until the next call. */
const char *platform_disk_trouble(void);

/* Starts a request. STATUS_BUSY: the queue is full, poll and try again. */
Status platform_disk_submit(DiskRequest *request);

/* Marks finished requests as done. With `wait`, first waits until at least one
 * is, if any is under way. */
void platform_disk_poll(bool wait);

/* ---- The screen ---- */

typedef struct Screen {
    uint32_t width, height; /* pixels; 0 x 0 when there is no screen */
} Screen;

typedef struct ScreenRect {
    int32_t x, y, width, height; /* pixels */
} ScreenRect;

Screen platform_screen(void);

/* Copies the rectangles (inside the screen) of a picture of the screen's size
 * to the screen. A pixel is 0x00RRGGBB, a row is `stride` pixels long. */
void platform_screen_show(const uint32_t *pixels, size_t stride,
                          const ScreenRect *rects, size_t count);

/* ---- Input ---- */

typedef enum InputKind {
    INPUT_KEY,     /* usage, down, modifiers, text */
    INPUT_POINTER, /* x, y */
    INPUT_BUTTON,  /* usage 1 left, 2 right, 3 middle; down; x, y */
    INPUT_WHEEL,   /* wheel; x, y */
    INPUT_CLOSE, /* the hosted window was closed, or the power button pressed */
} InputKind;

enum { /* modifiers, bits, as they are after the event */
       INPUT_SHIFT = 1,
       INPUT_CTRL = 2,
       INPUT_ALT = 4,
       INPUT_META = 8,
       INPUT_CAPS = 16,
};

typedef struct InputEvent {
    InputKind kind;
    uint16_t usage;     /* key: USB HID usage, page 7; or the button */
    bool down;          /* pressed; false: released */
    bool repeat;        /* a held key speaks again */
    uint16_t modifiers; /* INPUT_* bits */
    uint32_t text;      /* code point that a key press types, 0 if none */
    int32_t x, y;       /* pixels of the screen */
    int32_t wheel;      /* notches, positive away from the person */
    uint64_t time_ns;   /* when the machine received it */
} InputEvent;

/* The next event in order of arrival. False: none waits. */
bool platform_input_next(InputEvent *event_out);

/* The next whole line that came over the console (COM1, or the hosted UI
 * script), without its newline, cut to `capacity` - 1 bytes. False: none. */
bool platform_console_next(char *line_out, size_t capacity);

#endif
