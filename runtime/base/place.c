#include "runtime/base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; /* as Linux follows them */

static eml_status fail(int cause, eml_error *err) { return eml_fail(err, EML_ERR_IO, "%s", strerror(cause)); }

/* The folder of a path and the name after it. */
static eml_status open_folder(const char *path, eml_place *out, eml_error *err) {
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    if (path[0] == '\0') return fail(ENOENT, err);
    if (name[0] == '\0') return fail(EISDIR, err);
    if (strlen(name) > NAME_MAX) return fail(ENAMETOOLONG, err);
    char folder[PATH_MAX];
    int length = slash == NULL ? snprintf(folder, sizeof folder, ".")
                               : snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path), path);
    if (length < 0 || (size_t)length >= sizeof folder) return fail(ENAMETOOLONG, err);
    int descriptor = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return fail(errno, err);
    *out = (eml_place){.folder = descriptor};
    memcpy(out->name, name, strlen(name) + 1);
    return EML_OK;
}

/* The link's text, which begins at the folder of the link itself. False when the place is no symbolic link. */
static bool read_link(const eml_place *place, const char *path, char next[PATH_MAX], eml_status *status,
                      eml_error *err) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(place->folder, place->name, target, sizeof target - 1);
    *status = EML_OK;
    if (length < 0) return false;
    target[length] = '\0';
    const char *slash = strrchr(path, '/');
    int before = target[0] == '/' || slash == NULL ? 0 : (int)(slash + 1 - path);
    int written = snprintf(next, PATH_MAX, "%.*s%s", before, path, target);
    if (written < 0 || written >= PATH_MAX) *status = fail(ENAMETOOLONG, err);
    return true;
}

/* Links under /proc lead to what is open, whatever their text says. */
static bool is_proc(int folder) {
    struct statfs info;
    return fstatfs(folder, &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

static eml_status look(eml_place *place, eml_error *err) {
    place->exists = fstatat(place->folder, place->name, &place->info, 0) == 0;
    return place->exists || errno == ENOENT ? EML_OK : fail(errno, err);
}

/* Follows path, which is written to. */
static eml_status follow(char path[PATH_MAX], eml_place *out, eml_error *err) {
    for (int links = 0; links <= LINKS_MAX; links++) {
        char next[PATH_MAX];
        eml_status status;
        EML_TRY(open_folder(path, out, err));
        out->descriptor = is_proc(out->folder);
        if (out->descriptor || !read_link(out, path, next, &status, err)) return look(out, err);
        eml_place_close(out);
        EML_TRY(status);
        memcpy(path, next, sizeof next);
    }
    return fail(ELOOP, err);
}

eml_status eml_place_find(const char *path, eml_place *out, eml_error *err) {
    char text[PATH_MAX];
    if (strlen(path) >= sizeof text) return fail(ENAMETOOLONG, err);
    memcpy(text, path, strlen(path) + 1);
    eml_place place = {.folder = -1};
    eml_status status = follow(text, &place, err);
    if (status == EML_OK)
        *out = place;
    else
        eml_place_close(&place);
    return status;
}

eml_place eml_place_of_descriptor(int descriptor) {
    eml_place place = {.folder = -1, .descriptor = true};
    place.exists = fstat(descriptor, &place.info) == 0;
    return place;
}

void eml_place_close(eml_place *place) {
    if (place->folder >= 0) close(place->folder);
    place->folder = -1;
}

bool eml_place_is_regular(const eml_place *place) { return place->exists && S_ISREG(place->info.st_mode); }

static bool same_inode(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool eml_place_same(const eml_place *a, const eml_place *b) {
    if (a->exists != b->exists) return false;
    if (a->exists) return eml_place_is_regular(a) && same_inode(&a->info, &b->info);
    struct stat folder_a, folder_b;
    return a->folder >= 0 && b->folder >= 0 && strcmp(a->name, b->name) == 0 && fstat(a->folder, &folder_a) == 0 &&
           fstat(b->folder, &folder_b) == 0 && same_inode(&folder_a, &folder_b);
}
