#!/bin/sh
# Copies the fonts of fonts.list from their installed packages to a folder, one
# file for each role. Packages differ in where they put a font, so the list of
# the package is asked.
# usage: collect.sh FONTS.LIST FOLDER
set -eu
mkdir -p "$2"
grep -v '^#' "$1" | while read -r role package file licence; do
    path=$(dpkg -L "$package" | grep "/$file\$" | head -n 1)
    if [ -z "$path" ]; then
        echo "fonts: $package ($licence) has no $file" >&2
        exit 1
    fi
    cp "$path" "$2/$role"
done
