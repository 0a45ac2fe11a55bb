#define _POSIX_C_SOURCE 200809L
#include "runtime/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/guard.h"
#include "runtime/base/memory.h"

static eml_status read_all(int fd, const char *path, size_t limit, eml_buf *out, eml_error *err) {
    uint8_t chunk[64 * 1024];
    size_t total = 0;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return eml_fail(err, EML_ERR_IO, "%s: cannot read: %s", path, strerror(errno));
        if (n == 0) return EML_OK;
        total += (size_t)n;
        if (total > limit) return eml_fail(err, EML_ERR_INPUT, "%s: longer than the limit of %zu bytes", path, limit);
        eml_buf_put(out, chunk, (size_t)n);
    }
}

static void close_file(void *fd) { close(*(int *)fd); }

eml_status eml_file_read(const char *path, size_t limit, eml_buf *out, eml_error *err) {
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return eml_fail(err, EML_ERR_IO, "%s: cannot open: %s", path, strerror(errno));
    eml_buf bytes = {0};
    eml_rescue rescue = {.run = close_file, .context = &fd};
    if (!is_stdin) eml_rescue_add(&rescue);
    eml_status status = read_all(fd, is_stdin ? "standard input" : path, limit, &bytes, err);
    if (!is_stdin) {
        eml_rescue_drop(&rescue);
        close(fd);
    }
    if (status == EML_OK) eml_buf_put(out, bytes.data, bytes.len);
    eml_buf_free(&bytes);
    return status;
}

static bool write_all(int fd, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        ssize_t n = write(fd, bytes, count);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        bytes += n;
        count -= (size_t)n;
    }
    return true;
}

/* A device or pipe is written in place, since renaming would replace it; so is /dev/stdout where it leads to an
 * ordinary file. */
static bool must_write_in_place(const char *path) {
    struct stat info;
    if (stat(path, &info) != 0 || S_ISDIR(info.st_mode)) return false;
    return !S_ISREG(info.st_mode) || strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
}

static eml_status write_in_place(const char *path, const void *bytes, size_t count, eml_error *err) {
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    bool written = fd >= 0 && write_all(fd, bytes, count);
    int cause = errno;
    if (fd >= 0) close(fd);
    return written ? EML_OK : eml_fail(err, EML_ERR_IO, "%s: cannot write: %s", path, strerror(cause));
}

/* A symbolic link stays one: what it leads to is replaced. */
static eml_status replace(const char *path, const void *bytes, size_t count, unsigned mode, eml_error *err) {
    char *resolved = realpath(path, NULL);
    const char *target = resolved == NULL ? path : resolved;
    size_t length = strlen(target);
    char *temporary = eml_alloc(length + 12, 1);
    memcpy(temporary, target, length);
    memcpy(temporary + length, ".tmp.XXXXXX", 12);
    int fd = mkstemp(temporary);
    bool ok = fd >= 0 && fchmod(fd, mode) == 0 && write_all(fd, bytes, count) && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0 && close(fd) != 0 && ok) {
        ok = false;
        cause = errno;
    }
    if (ok && rename(temporary, target) != 0) {
        ok = false;
        cause = errno;
    }
    if (!ok && fd >= 0) unlink(temporary);
    eml_free(temporary);
    free(resolved);
    return ok ? EML_OK : eml_fail(err, EML_ERR_IO, "%s: cannot write: %s", path, strerror(cause));
}

eml_status eml_file_write(const char *path, const void *bytes, size_t count, unsigned mode, eml_error *err) {
    if (strcmp(path, "-") == 0) {
        if (write_all(STDOUT_FILENO, bytes, count)) return EML_OK;
        return eml_fail(err, EML_ERR_IO, "standard output: cannot write: %s", strerror(errno));
    }
    if (must_write_in_place(path)) return write_in_place(path, bytes, count, err);
    return replace(path, bytes, count, mode, err);
}
