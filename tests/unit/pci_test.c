/* Walking over PCI, and the screen's card, on a faked machine behind
 * kernel/device.h. */
#include "drivers/bochs.h"
#include "drivers/pci.h"

#include <string.h>

#include "tests/test.h"

enum { FUNCTIONS = 4, WORDS = 64, BUS_OF_BRIDGE = 5 };

/* What this machine has. */
static struct Function {
    uint8_t bus, slot, function;
    uint32_t words[WORDS];
} functions[FUNCTIONS];

static uint32_t *word_of(uint8_t bus, uint8_t slot, uint8_t function,
                         uint8_t offset) {
    for (int i = 0; i < FUNCTIONS; i++)
        if (functions[i].words[0] && functions[i].bus == bus &&
            functions[i].slot == slot && functions[i].function == function)
            return &functions[i].words[offset / 4];
    return NULL;
}

uint32_t device_config_read(uint8_t bus, uint8_t slot, uint8_t function,
                            uint8_t offset) {
    const uint32_t *word = word_of(bus, slot, function, offset);
    return word ? *word : UINT32_MAX;
}

void device_config_write(uint8_t bus, uint8_t slot, uint8_t function,
                         uint8_t offset, uint32_t value) {
    uint32_t *word = word_of(bus, slot, function, offset);
    if (word)
        *word = value;
}

static uint32_t registers[4];
static uint16_t card[16]; /* registers of the screen's card */
static DeviceHandler *claimed;

void *device_map(uint64_t physical, uint64_t bytes, DeviceCaching caching) {
    (void)caching;
    if (physical == 0xfeb00500 && bytes == sizeof card)
        return card;
    return physical == 0x100002000 ? registers : NULL;
}

bool device_claim_message(DeviceHandler *handler, void *context,
                          DeviceMessage *message_out) {
    (void)context;
    claimed = handler;
    *message_out = (DeviceMessage){.address = 0x1fee00000, .data = 0x41};
    return true;
}

static struct Function *add(int i, uint8_t bus, uint8_t slot,
                            uint8_t function) {
    functions[i] = (struct Function){
        .bus = bus, .slot = slot, .function = function, .words = {0x10001af4}};
    return &functions[i];
}

static PciDevice only(struct Function **function_out) {
    memset(functions, 0, sizeof functions);
    *function_out = add(0, 0, 3, 0);
    return (PciDevice){.slot = 3};
}

/* ---- Finding ---- */

static unsigned visits;
static uint32_t places;

static void visit(const PciDevice *device) {
    visits++;
    places = places << 8 | (uint32_t)(device->bus << 4) | device->function;
}

TEST("all functions are found, also behind a bridge, each once") {
    memset(functions, 0, sizeof functions);
    add(0, 0, 1, 0)->words[3] = 0x00800000; /* several functions */
    add(1, 0, 1, 2);
    struct Function *bridge = add(2, 0, 7, 0);
    bridge->words[3] = 0x00010000;
    bridge->words[6] = BUS_OF_BRIDGE << 8;
    add(3, BUS_OF_BRIDGE, 0, 0);
    visits = places = 0;
    pci_each(visit);
    EXPECT_EQUAL(visits, 4);
    EXPECT_EQUAL(places, 0x00020050);
}

TEST("a device of one function is not asked for others") {
    memset(functions, 0, sizeof functions);
    add(0, 0, 1, 0);
    add(1, 0, 1, 3); /* an echo */
    visits = 0;
    pci_each(visit);
    EXPECT_EQUAL(visits, 1);
}

/* ---- Addresses and capabilities ---- */

TEST("an address of memory has 32 or 64 bits, one of ports is none") {
    struct Function *function;
    PciDevice device = only(&function);
    function->words[4] = 0xc0001;
    function->words[5] = 0xfebf0000;
    function->words[6] = 0x0000000c; /* 64 bits, prefetchable */
    function->words[7] = 0x00000080;
    EXPECT_EQUAL(pci_bar(&device, 0), 0);
    EXPECT_EQUAL(pci_bar(&device, 1), 0xfebf0000);
    EXPECT_EQUAL(pci_bar(&device, 2), 0x8000000000);
    EXPECT_EQUAL(pci_bar(&device, 6), 0);
}

static void add_capabilities(struct Function *function) {
    function->words[1] = 1u << 20;
    function->words[13] = 0x40;
    function->words[16] = 0x00005009; /* at 0x40: vendor's, next 0x50 */
    function->words[20] = 0x00006009; /* at 0x50: the same */
    function->words[24] = 0x00000011; /* at 0x60: MSI-X, the last */
}

TEST("capabilities are found one after the other, and a ring ends") {
    struct Function *function;
    PciDevice device = only(&function);
    EXPECT_EQUAL(pci_capability(&device, 9, 0), 0);
    add_capabilities(function);
    EXPECT_EQUAL(pci_capability(&device, 9, 0), 0x40);
    EXPECT_EQUAL(pci_capability(&device, 9, 0x40), 0x50);
    EXPECT_EQUAL(pci_capability(&device, 9, 0x50), 0);
    EXPECT_EQUAL(pci_capability(&device, 0x11, 0), 0x60);
    function->words[24] = 0x00004011;
    EXPECT_EQUAL(pci_capability(&device, 5, 0), 0);
}

static void handle(void *context) {
    (void)context;
}

TEST("a device that interrupts by messages is told where, and let loose") {
    struct Function *function;
    PciDevice device = only(&function);
    EXPECT(!pci_use_message(&device, handle, NULL));
    add_capabilities(function);
    function->words[4] = 4;
    function->words[5] = 1;           /* 0x100000000 */
    function->words[24] = 0x40000011; /* all masked */
    function->words[25] = 0x00002000; /* table: in the first, there */
    registers[3] = 1;
    EXPECT(pci_use_message(&device, handle, NULL));
    EXPECT(claimed == handle);
    EXPECT_EQUAL(registers[0], 0xfee00000);
    EXPECT_EQUAL(registers[1], 1);
    EXPECT_EQUAL(registers[2], 0x41);
    EXPECT_EQUAL(registers[3], 0);
    EXPECT_EQUAL(function->words[24], 0x80000011);
}

/* ---- The screen's card ---- */

/* As many units of 64 KiB of memory. */
static void blank_card(uint16_t units) {
    memset(card, 0, sizeof card);
    card[0] = 0xb0c5;
    card[10] = units;
}

/* Nothing was written. */
static bool card_is_blank(void) {
    for (int i = 1; i < 10; i++)
        if (card[i])
            return false;
    return true;
}

static void add_card(void) {
    struct Function *function;
    DeviceScreen screen;
    PciDevice device = only(&function);
    function->words[4] = 0xd0000008; /* its memory */
    function->words[6] = 0xfeb00000; /* its registers */
    bochs_visit(&device);
    EXPECT(!bochs_set_mode(640, 480, &screen)); /* not this one */
    device.vendor = 0x1234;
    device.device = 0x1111;
    bochs_visit(&device);
    EXPECT_EQUAL(function->words[1] & 6, 6);
}

TEST("a mode is set when the card has room for all of its pixels") {
    static const uint16_t modes[][3] = {
        /* 640 * 480 * 4 is 18.75 units, 1920 * 1080 * 4 126.6 */
        {640, 480, 19},
        {1920, 1080, 127},
        {1024, 768, 48}};
    add_card();
    for (int i = 0; i < 3; i++) {
        uint16_t width = modes[i][0], height = modes[i][1];
        DeviceScreen screen = {.address = 1, .width = 2};
        blank_card(modes[i][2] - 1);
        EXPECT(!bochs_set_mode(width, height, &screen));
        EXPECT(card_is_blank() && screen.address == 1 && screen.width == 2);
        blank_card(modes[i][2]);
        EXPECT(bochs_set_mode(width, height, &screen));
        const uint16_t wanted[] = {width, height, 32, 0x41, 0,
                                   width, height, 0,  0};
        EXPECT(memcmp(card + 1, wanted, sizeof wanted) == 0);
        EXPECT_EQUAL(screen.address, 0xd0000000);
        EXPECT_EQUAL(screen.pitch, width * 4u);
        EXPECT(screen.width == width && screen.height == height);
        EXPECT(screen.bits == 32 && screen.red_shift == 16 &&
               screen.green_shift == 8 && screen.blue_shift == 0);
    }
    blank_card(256);
    card[0] = 0xb0a0; /* no such card */
    EXPECT(!bochs_set_mode(640, 480, &(DeviceScreen){0}));
    EXPECT(card_is_blank());
}
