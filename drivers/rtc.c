/* The battery clock. Times are counted from it by the machine's own time, which
 * drifts, so it is looked at again every ten minutes. It is taken to hold UTC,
 * as QEMU's does. */
#include "drivers/rtc_time.h"
#include "kernel/pc/cpu.h"
#include "kernel/platform.h"

#define RTC_INDEX 0x70
#define RTC_DATA 0x71
#define RTC_SECONDS 0
#define RTC_MINUTES 2
#define RTC_HOURS 4
#define RTC_DAY 7
#define RTC_MONTH 8
#define RTC_YEAR 9
#define RTC_STATUS_A 10
#define RTC_STATUS_B 11
#define RTC_CENTURY 0x32
#define A_UPDATING 0x80
#define UPDATE_TRIES 100000 /* reads; an update takes 2 ms */
#define US_PER_S 1000000ll
#define LOOK_AGAIN_US (600 * US_PER_S)

static uint8_t read(uint8_t index) {
    cpu_out8(RTC_INDEX, index);
    return cpu_in8(RTC_DATA);
}

static RtcTime read_all(void) {
    for (int i = 0; i < UPDATE_TRIES; i++)
        if (!(read(RTC_STATUS_A) & A_UPDATING))
            break;
    return (RtcTime){read(RTC_SECONDS), read(RTC_MINUTES), read(RTC_HOURS),
                     read(RTC_DAY),     read(RTC_MONTH),   read(RTC_YEAR),
                     read(RTC_CENTURY)};
}

static int64_t read_seconds(void) {
    RtcTime first = read_all(), time = read_all();
    while (time.second != first.second) {
        first = time;
        time = read_all();
    }
    return rtc_time_seconds(&time, read(RTC_STATUS_B));
}

int64_t platform_wall_us(void) {
    static int64_t start_us, read_us; /* of the machine's own time */
    int64_t now_us = (int64_t)(platform_now_ns() / 1000);
    if (start_us != 0 && now_us - read_us < LOOK_AGAIN_US)
        return start_us + now_us;
    int64_t clock_us = read_seconds() * US_PER_S;
    int64_t drift_us = clock_us - (start_us + now_us);
    if (drift_us >= US_PER_S || drift_us <= -2 * US_PER_S)
        start_us = clock_us - now_us;
    read_us = now_us;
    return start_us + now_us;
}
