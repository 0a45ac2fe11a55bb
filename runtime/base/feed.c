#include "runtime/base/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/escape.h"
#include "runtime/base/memory.h"
#include "runtime/base/region.h"

void eml_feed_of_bytes(eml_feed *feed, const char *name, const void *bytes, size_t count) {
    *feed = (eml_feed){.name = name, .next = bytes, .left = count, .descriptor = -1};
}

eml_status eml_feed_open(eml_feed *feed, const char *path, eml_error *err) {
    if (strcmp(path, "-") == 0) {
        *feed = (eml_feed){.name = "standard input", .descriptor = STDIN_FILENO};
        return EML_OK;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return eml_fail_as(err, EML_ERR_IO, EML_CODE_FILE, "%s: cannot open: %s", path, strerror(errno));
    *feed = (eml_feed){.name = path, .descriptor = fd, .owned = eml_piece_own(fd)};
    if (feed->owned == NULL) {
        close(fd);
        eml_out_of_memory(sizeof fd);
    }
    return EML_OK;
}

eml_status eml_feed_read(eml_feed *feed, uint8_t *to, size_t room, size_t *got, eml_error *err) {
    *got = feed->left < room ? feed->left : room;
    if (*got > 0) memcpy(to, feed->next, *got);
    feed->next += *got;
    feed->left -= *got;
    while (*got < room && feed->descriptor >= 0) {
        ssize_t n = read(feed->descriptor, to + *got, room - *got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return eml_fail_as(err, EML_ERR_IO, EML_CODE_FILE, "%s: cannot read: %s", feed->name, strerror(errno));
        if (n == 0) break;
        *got += (size_t)n;
    }
    return EML_OK;
}

eml_status eml_feed_peek(eml_feed *feed, const uint8_t **bytes, size_t *count, eml_error *err) {
    if (feed->left < EML_FEED_AHEAD && feed->descriptor >= 0 && feed->ahead == NULL) {
        uint8_t *ahead = eml_alloc_raw(EML_FEED_AHEAD, 1);
        size_t got;
        eml_status status = eml_feed_read(feed, ahead, EML_FEED_AHEAD, &got, err);
        if (status != EML_OK) {
            eml_free(ahead);
            return status;
        }
        feed->next = feed->ahead = ahead;
        feed->left = got;
    }
    *bytes = feed->next;
    *count = feed->left;
    return EML_OK;
}

static eml_status refuse_long(const eml_feed *feed, size_t limit, eml_error *err) {
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%s: longer than the limit of %zu bytes", feed->name, limit);
}

/* Room for the whole of a regular file and one byte more, so that its end is seen without growing. */
static size_t expected_size(const eml_feed *feed, size_t limit) {
    enum { UNKNOWN = 64 * 1024 };
    struct stat info;
    size_t size = feed->left;
    if (feed->descriptor >= 0)
        size = fstat(feed->descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 ? (size_t)info.st_size
                                                                                                : UNKNOWN;
    return (size < limit ? size : limit) + 1;
}

eml_status eml_feed_read_all(eml_feed *feed, size_t limit, eml_buf *out, eml_error *err) {
    if (feed->left > limit) return refuse_long(feed, limit, err);
    eml_buf_reserve(out, expected_size(feed, limit));
    for (size_t total = 0, got = 1; got > 0; total += got) {
        if (total > limit) return refuse_long(feed, limit, err);
        eml_buf_reserve(out, 1);
        EML_TRY(eml_feed_read(feed, out->data + out->len, out->cap - out->len, &got, err));
        out->len += got;
    }
    return EML_OK;
}

void eml_feed_close(eml_feed *feed) {
    eml_free(feed->ahead);
    eml_piece_free((void *)(uintptr_t)feed->owned);
    *feed = (eml_feed){.descriptor = -1};
}
