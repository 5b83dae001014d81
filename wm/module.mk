WM_SOURCES += $(sort $(wildcard wm/*.c))
