/* Settings: words NAME=VALUE behind the kernel's name in the boot loader's
 * command, and files named opt/revenant/NAME in QEMU's firmware configuration.
 * Source: QEMU documentation, docs/specs/fw_cfg. */
#include "kernel/pc/settings.h"

#include <stdint.h>

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/pc/cpu.h"
#include "kernel/platform.h"

#define CONFIG_SELECT 0x510
#define CONFIG_DATA 0x511
#define CONFIG_SIGNATURE 0x0000
#define CONFIG_DIRECTORY 0x0019
#define CONFIG_NAME_BYTES 56
#define PREFIX "opt/revenant/"
#define PREFIX_LENGTH (sizeof PREFIX - 1)
#define SETTINGS_MAX 32
#define VALUE_MAX (1u << 20) /* bytes; longer values are left out */
#define LOGGED_MAX 100       /* bytes of a value */

static struct {
    char name[CONFIG_NAME_BYTES]; /* without the prefix */
    uint16_t selector;
    uint32_t size_bytes;
    char *value;
} settings[SETTINGS_MAX];
static uint32_t settings_count;

static void read_bytes(void *to, size_t count) {
    __asm__ volatile("rep insb"
                     : "+D"(to), "+c"(count)
                     : "d"((uint16_t)CONFIG_DATA)
                     : "memory");
}

static uint32_t read_big_endian(unsigned count) {
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | cpu_in8(CONFIG_DATA);
    return value;
}

static void read_entry(void) {
    uint32_t size = read_big_endian(4);
    uint16_t selector = (uint16_t)read_big_endian(2);
    char name[CONFIG_NAME_BYTES];
    read_big_endian(2);
    read_bytes(name, sizeof name);
    name[sizeof name - 1] = 0;
    if (!text_starts_with(name, PREFIX) || size > VALUE_MAX ||
        settings_count == SETTINGS_MAX)
        return;
    bytes_copy(settings[settings_count].name, name + PREFIX_LENGTH,
               sizeof name - PREFIX_LENGTH);
    settings[settings_count].selector = selector;
    settings[settings_count].size_bytes = size;
    settings_count++;
}

static void read_files(void) {
    char signature[4];
    cpu_out16(CONFIG_SELECT, CONFIG_SIGNATURE);
    read_bytes(signature, sizeof signature);
    if (!bytes_equal(signature, "QEMU", sizeof signature))
        return;
    cpu_out16(CONFIG_SELECT, CONFIG_DIRECTORY);
    for (uint32_t left = read_big_endian(4); left > 0; left--)
        read_entry();
    for (uint32_t i = 0; i < settings_count; i++) {
        settings[i].value = alloc_take(settings[i].size_bytes + 1);
        if (!settings[i].value)
            continue;
        cpu_out16(CONFIG_SELECT, settings[i].selector);
        read_bytes(settings[i].value, settings[i].size_bytes);
    }
}

/* NAME=VALUE; other words are not for us. */
static void read_word(char *word, size_t length) {
    size_t name = 0;
    while (name < length && word[name] != '=')
        name++;
    if (name == length || name == 0 || name >= CONFIG_NAME_BYTES ||
        settings_count == SETTINGS_MAX)
        return;
    word[length] = 0;
    bytes_copy(settings[settings_count].name, word, name);
    settings[settings_count++].value = word + name + 1;
}

static void read_command(char *command) {
    for (size_t length; *command; command += length) {
        length = 0;
        while (command[length] && command[length] != ' ')
            length++;
        bool more = command[length] == ' ';
        read_word(command, length);
        length += more;
    }
}

void settings_start(char *command) {
    read_files();
    read_command(command);
    for (uint32_t i = 0; i < settings_count; i++)
        if (settings[i].value)
            log_line("setting: %s=%.*s", settings[i].name, LOGGED_MAX,
                     settings[i].value);
}

const char *platform_setting(const char *name) {
    for (uint32_t i = 0; i < settings_count; i++)
        if (text_equal(settings[i].name, name))
            return settings[i].value;
    return NULL;
}
