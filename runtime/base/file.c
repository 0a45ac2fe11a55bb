#include "runtime/base/feed.h"
#include "runtime/base/file.h"

eml_status eml_file_read(const char *path, size_t limit, eml_buf *out, eml_error *err) {
    eml_feed feed;
    eml_buf bytes = {0};
    EML_TRY(eml_feed_open(&feed, path, err));
    eml_status status = eml_feed_read_all(&feed, limit, &bytes, err);
    eml_feed_close(&feed);
    if (status == EML_OK && out->data == NULL) {
        *out = bytes;
        return EML_OK;
    }
    if (status == EML_OK) eml_buf_put(out, bytes.data, bytes.len);
    eml_buf_free(&bytes);
    return status;
}
