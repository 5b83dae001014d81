/* What the battery clock's registers say. */
#include "drivers/rtc_time.h"
#include "tests/test.h"

#define DECIMAL RTC_TIME_24_HOURS

TEST("the clock's decimal digits are read, with their century") {
    RtcTime time = {0x50, 0x59, 0x23, 0x28, 0x02, 0x00, 0x21};
    EXPECT_EQUAL(rtc_time_seconds(&time, DECIMAL), 4107542390); /* 2100 */
    time.century = 0x20;
    EXPECT_EQUAL(rtc_time_seconds(&time, DECIMAL), 951782390); /* 2000 */
    time.century = 0x19;
    time.year = 0x70;
    time.month = time.day = 1;
    EXPECT_EQUAL(rtc_time_seconds(&time, DECIMAL), 86390); /* 1970 */
}

TEST("2000 has a leap day and 2100 has none") {
    RtcTime first = {0, 0, 0, 0x28, 0x02, 0x00, 0x21};
    RtcTime next = {0, 0, 0, 0x01, 0x03, 0x00, 0x21};
    EXPECT_EQUAL(rtc_time_seconds(&next, DECIMAL) -
                     rtc_time_seconds(&first, DECIMAL),
                 86400);
    first.century = next.century = 0x20;
    EXPECT_EQUAL(rtc_time_seconds(&next, DECIMAL) -
                     rtc_time_seconds(&first, DECIMAL),
                 2 * 86400);
}

TEST("the last second that the clock can say is that of 2199") {
    RtcTime time = {0x59, 0x59, 0x23, 0x31, 0x12, 0x99, 0x21};
    EXPECT_EQUAL(rtc_time_seconds(&time, DECIMAL), 7258118399);
}

TEST("a century that makes no sense is the twentieth hundred") {
    RtcTime time = {0, 0, 0, 1, 1, 0x26, 0x20};
    int64_t good = rtc_time_seconds(&time, DECIMAL);
    static const uint8_t others[] = {0x00, 0x18, 0x22, 0x80, 0xff};
    for (unsigned i = 0; i < sizeof others; i++) {
        time.century = others[i];
        EXPECT_EQUAL(rtc_time_seconds(&time, DECIMAL), good);
    }
}

TEST("binary registers and half days are read") {
    RtcTime noon = {5, 30, 0x80 | 12, 15, 8, 26, 20};
    RtcTime same = {5, 30, 12, 15, 8, 26, 20};
    EXPECT_EQUAL(rtc_time_seconds(&noon, RTC_TIME_BINARY),
                 rtc_time_seconds(&same, RTC_TIME_BINARY | RTC_TIME_24_HOURS));
    noon.hour = 12; /* midnight */
    same.hour = 0;
    EXPECT_EQUAL(rtc_time_seconds(&noon, RTC_TIME_BINARY),
                 rtc_time_seconds(&same, RTC_TIME_BINARY | RTC_TIME_24_HOURS));
}
