/* The gallery: sheets that show what gui draws, as PNG files to look at, and a
 * line "name hash" for each on standard output.
 * usage: gallery FOLDER */
#include <inttypes.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/icons.h"
#include "gui/shape.h"
#include "gui/theme.h"
#include "gui/typeset.h"
#include "kernel/base/check.h"
#include "kernel/system/assets.h"
#include "tests/gallery/sheets.h"

static void write_png(const char *folder, const char *name,
                      const Bitmap *bitmap) {
    char path[1000];
    snprintf(path, sizeof path, "%s/%s.png", folder, name);
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)bitmap->width,
                       .height = (png_uint_32)bitmap->height,
                       .format = PNG_FORMAT_BGRA};
    if (!png_image_write_to_file(&image, path, 0, bitmap->pixels,
                                 (png_int_32)bitmap->stride * 4, NULL)) {
        fprintf(stderr, "gallery: cannot write %s\n", path);
        exit(EXIT_FAILURE);
    }
}

/* FNV-1a over the pixels: the same for the same picture, whatever zlib. */
static uint64_t hash_of(const Bitmap *bitmap) {
    uint64_t hash = 14695981039346656037u;
    for (int32_t y = 0; y < bitmap->height; y++)
        for (int32_t x = 0; x < bitmap->width; x++)
            hash = (hash ^ *bitmap_at(bitmap, x, y)) * 1099511628211u;
    return hash;
}

int main(int count, char **words) {
    if (count != 2) {
        fprintf(stderr, "usage: gallery FOLDER\n");
        return 2;
    }
    CHECK(fonts_open(assets_find) == STATUS_OK);
    for (const Sheet *sheet = sheets; sheet->name; sheet++) {
        for (int dark = 0; dark < 2; dark++) {
            Bitmap bitmap;
            Canvas canvas;
            char name[100];
            CHECK(bitmap_make(sheet->width, sheet->height, &bitmap) ==
                  STATUS_OK);
            canvas_begin(&canvas, bitmap);
            sheet->draw(&canvas, dark ? &theme_dark : &theme_light);
            snprintf(name, sizeof name, "%s-%s", sheet->name,
                     dark ? "dark" : "light");
            write_png(words[1], name, &bitmap);
            printf("%s %016" PRIx64 "\n", name, hash_of(&bitmap));
            bitmap_free(&bitmap);
        }
    }
    return EXIT_SUCCESS;
}
