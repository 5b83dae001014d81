/* Included by stb_image, which is given CHECK instead (picture.c). */
