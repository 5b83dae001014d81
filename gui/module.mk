GUI_SOURCES += $(sort $(wildcard gui/*.c))
