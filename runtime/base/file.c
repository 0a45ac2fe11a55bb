#include "runtime/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/guard.h"

/* Room for the whole of a regular file and one byte more, so that its end is seen without growing. */
static size_t expected_size(int fd, size_t limit) {
    enum { UNKNOWN = 64 * 1024 };
    struct stat info;
    size_t size = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 ? (size_t)info.st_size : UNKNOWN;
    return (size < limit ? size : limit) + 1;
}

static eml_status read_all(int fd, const char *path, size_t limit, eml_buf *out, eml_error *err) {
    eml_buf_reserve(out, expected_size(fd, limit));
    for (size_t total = 0;;) {
        eml_buf_reserve(out, 1);
        ssize_t n = read(fd, out->data + out->len, out->cap - out->len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return eml_fail(err, EML_ERR_IO, "%s: cannot read: %s", path, strerror(errno));
        if (n == 0) return EML_OK;
        total += (size_t)n;
        if (total > limit)
            return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%s: longer than the limit of %zu bytes", path,
                               limit);
        out->len += (size_t)n;
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
    if (status == EML_OK && out->data == NULL) {
        *out = bytes;
        return EML_OK;
    }
    if (status == EML_OK) eml_buf_put(out, bytes.data, bytes.len);
    eml_buf_free(&bytes);
    return status;
}
