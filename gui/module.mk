GUI_SOURCES += $(sort $(wildcard gui/*.c))
# The encoder that this test makes its pictures with shifts into the sign bit.
EXTRA_tests/unit/gui_image_test := -fno-sanitize=undefined
