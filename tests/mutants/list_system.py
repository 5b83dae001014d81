"""Mutants of kernel/base, kernel/system and the drivers (system.py)."""

MUTANTS = [
    ("caps-shift", "kernel/base/keymap.c",
     "letter ? shift != caps : shift", "letter ? shift || caps : shift",
     "caps lock and shift together type capitals",
     ("unit", "keymap")),
]
