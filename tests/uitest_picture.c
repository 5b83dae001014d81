/* Pictures: PNG by libpng, PPM as QEMU dumps it, comparing with masks. */
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/uitest.h"

static size_t bytes_of(const UiPicture *picture) {
    return (size_t)picture->width * picture->height * 3;
}

bool ui_picture_read(const char *path, UiPicture *picture_out) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    *picture_out = (UiPicture){0, 0, NULL};
    if (!png_image_begin_read_from_file(&image, path))
        return ui_fail("%s: %s", path, image.message);
    image.format = PNG_FORMAT_RGB;
    *picture_out =
        (UiPicture){image.width, image.height, malloc(PNG_IMAGE_SIZE(image))};
    if (png_image_finish_read(&image, NULL, picture_out->pixels, 0, NULL))
        return true;
    ui_picture_free(picture_out);
    return ui_fail("%s: %s", path, image.message);
}

bool ui_picture_read_ppm(const char *path, UiPicture *picture_out) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return ui_fail("%s: %s", path, strerror(errno));
    bool good = fscanf(file, "P6 %u %u 255", &picture_out->width,
                       &picture_out->height) == 2 &&
                fgetc(file) == '\n';
    picture_out->pixels = good ? malloc(bytes_of(picture_out)) : NULL;
    good = good && fread(picture_out->pixels, 1, bytes_of(picture_out), file) ==
                       bytes_of(picture_out);
    fclose(file);
    if (good)
        return true;
    ui_picture_free(picture_out);
    return ui_fail("%s is no whole PPM picture", path);
}

bool ui_picture_write(const char *path, const UiPicture *picture) {
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = picture->width,
                       .height = picture->height,
                       .format = PNG_FORMAT_RGB};
    if (png_image_write_to_file(&image, path, 0, picture->pixels, 0, NULL))
        return true;
    return ui_fail("%s: %s", path, image.message);
}

void ui_picture_free(UiPicture *picture) {
    free(picture->pixels);
    *picture = (UiPicture){0, 0, NULL};
}

static void blacken(UiPicture *picture, int x, int y, int width, int height) {
    for (int row = y < 0 ? 0 : y;
         row < y + height && row < (int)picture->height; row++)
        for (int column = x < 0 ? 0 : x;
             column < x + width && column < (int)picture->width; column++)
            memset(picture->pixels +
                       ((size_t)row * picture->width + (size_t)column) * 3,
                   0, 3);
}

void ui_picture_mask(UiPicture *picture, const char *path) {
    FILE *file = fopen(path, "r");
    int x, y, width, height;
    if (!file)
        return;
    while (fscanf(file, "%d %d %d %d", &x, &y, &width, &height) == 4)
        blacken(picture, x, y, width, height);
    fclose(file);
}

/* A grey copy of `picture` for the places that are equal. */
static UiPicture faded(const UiPicture *picture) {
    UiPicture result = {picture->width, picture->height,
                        malloc(bytes_of(picture))};
    for (size_t i = 0; i < bytes_of(picture); i++)
        result.pixels[i] = (uint8_t)(192 + picture->pixels[i] / 4);
    return result;
}

uint64_t ui_picture_compare(const UiPicture *a, const UiPicture *b,
                            UiPicture *diff_out) {
    static const uint8_t red[3] = {255, 0, 0};
    uint64_t count = (uint64_t)a->width * a->height, different = 0;
    if (diff_out)
        *diff_out = faded(a);
    if (a->width != b->width || a->height != b->height)
        return count;
    for (uint64_t i = 0; i < count; i++) {
        if (memcmp(a->pixels + i * 3, b->pixels + i * 3, 3) == 0)
            continue;
        different++;
        if (diff_out)
            memcpy(diff_out->pixels + i * 3, red, 3);
    }
    return different;
}
