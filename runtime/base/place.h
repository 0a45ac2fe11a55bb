/* Where a path leads: a folder, and a name in it. Symbolic links are followed, also one that leads to nothing yet. */
#ifndef EML_BASE_PLACE_H
#define EML_BASE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "runtime/base/status.h"

typedef struct eml_place {
    int folder; /* owned descriptor for openat and its like; -1: none */
    char name[NAME_MAX + 1];
    bool exists;
    bool descriptor;  /* one that is open already: /dev/stdout, /proc/self/fd/3 */
    struct stat info; /* when it exists */
} eml_place;

/* Fails (EML_ERR_IO, no file named) when the folder cannot be reached. Close with eml_place_close. */
EML_NODISCARD eml_status eml_place_find(const char *path, eml_place *out, eml_error *err);
/* The file behind an open descriptor: a place without folder and name. */
eml_place eml_place_of_descriptor(int descriptor);
void eml_place_close(eml_place *place);

/* An ordinary file, whole on a disk; not a terminal, pipe, device or folder. */
bool eml_place_is_regular(const eml_place *place);

/* Whether both are one ordinary file, or will be when they are written. Hard links are one file. */
bool eml_place_same(const eml_place *a, const eml_place *b);

#endif
