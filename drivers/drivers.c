/* Which drivers there are, and the order of their start. */
#include "drivers/drivers.h"

#include "drivers/bochs.h"
#include "drivers/disk.h"
#include "drivers/input.h"
#include "drivers/pci.h"
#include "drivers/power.h"
#include "drivers/ps2.h"
#include "drivers/screen.h"
#include "drivers/tablet.h"
#include "drivers/undriven.h"

/* Each driver takes the devices that it knows. */
static void visit(const PciDevice *device) {
    bochs_visit(device);
    disk_visit(device);
    tablet_visit(device);
    undriven_visit(device);
    power_visit(device);
}

void drivers_start(const DeviceScreen *screen) {
    pci_each(visit);
    screen_start(screen);
    input_start();
    ps2_start();
    power_start();
}

bool drivers_have_news(void) {
    return input_has_news() || disk_has_news();
}
