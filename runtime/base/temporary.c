#include "runtime/base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/region.h"

static int open_in(const char *folder) {
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0) return fd;
    char name[4096];
    if (snprintf(name, sizeof name, "%s/.eml-XXXXXX", folder) >= (int)sizeof name) return -1;
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0) unlink(name);
    return fd;
}

/* For large files that need not outlive the process: what the host says, else where the system wants such files. */
static int open_any(void) {
    const char *folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        int fd = folders[i] == NULL || folders[i][0] == '\0' ? -1 : open_in(folders[i]);
        if (fd >= 0) return fd;
    }
    return -1;
}

const int *eml_temporary_open(void) {
    int fd = open_any();
    if (fd < 0) return NULL;
    const int *file = eml_piece_own(fd);
    if (file == NULL) close(fd);
    return file;
}

eml_status eml_temporary_write(const int *file, const void *bytes, size_t count, uint64_t at, eml_error *err) {
    const uint8_t *next = bytes;
    while (count > 0) {
        ssize_t n = pwrite(*file, next, count, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return eml_fail_as(err, EML_ERR_IO, EML_CODE_FILE,
                               "a temporary file for the table cannot be written (TMPDIR names another folder): %s",
                               strerror(n < 0 ? errno : ENOSPC));
        next += n, count -= (size_t)n, at += (size_t)n;
    }
    return EML_OK;
}

bool eml_temporary_read(const int *file, void *bytes, size_t count, uint64_t at) {
    uint8_t *next = bytes;
    while (count > 0) {
        ssize_t n = pread(*file, next, count, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        next += n, count -= (size_t)n, at += (size_t)n;
    }
    return true;
}

eml_status eml_temporary_unreadable(eml_error *err) {
    return eml_fail_as(err, EML_ERR_IO, EML_CODE_FILE, "the temporary file with the table cannot be read");
}

void eml_temporary_close(const int *file) { eml_piece_free((void *)(uintptr_t)file); }
