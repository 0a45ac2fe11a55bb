#include "runtime/verify/verify.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/file.h"
#include "runtime/base/memory.h"

const char *eml_verify_file_name(const eml_file *file) {
    if (file->path == NULL) return "(memory)";
    return file->bytes == NULL && file->path[0] == '-' && file->path[1] == '\0' ? "standard input" : file->path;
}

eml_status eml_verify_open_file(const eml_file *file, eml_feed *out, eml_error *err) {
    if (file->bytes == NULL && file->path == NULL)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "neither a path nor bytes were given");
    if (file->bytes == NULL) return eml_feed_open(out, file->path, err);
    eml_feed_of_bytes(out, eml_verify_file_name(file), file->bytes, file->size);
    return EML_OK;
}

eml_status eml_verify_read_file(const eml_file *file, size_t limit, eml_buf *out, eml_error *err) {
    eml_feed feed;
    EML_TRY(eml_verify_open_file(file, &feed, err));
    eml_status status = eml_feed_read_all(&feed, limit, out, err);
    eml_feed_close(&feed);
    return status;
}

static eml_bytes hand_over(eml_buf *buf) {
    eml_detach(buf->data);
    eml_bytes bytes = {buf->data, buf->len - 1};
    *buf = (eml_buf){0};
    return bytes;
}

eml_bytes eml_bytes_take(eml_buf *buf) {
    eml_buf_put_u8(buf, 0);
    return hand_over(buf);
}

void eml_bytes_take_both(eml_buf *first, eml_buf *second, eml_bytes *first_out, eml_bytes *second_out) {
    eml_buf_put_u8(first, 0);
    eml_buf_put_u8(second, 0);
    *first_out = hand_over(first);
    *second_out = hand_over(second);
}

void eml_bytes_free(eml_bytes *bytes) {
    eml_free(bytes->data);
    *bytes = (eml_bytes){0};
}

void eml_bytes_wipe(eml_bytes *bytes) {
    if (bytes->data != NULL) explicit_bzero(bytes->data, bytes->size);
    eml_bytes_free(bytes);
}

eml_answer eml_answer_no_memory(eml_error *err) { return eml_answer_of(eml_guard_fail(err)); }

eml_error *eml_error_new(void) { return calloc(1, sizeof(eml_error)); }
const char *eml_error_text(const eml_error *error) { return error->text; }
eml_code eml_error_code(const eml_error *error) { return error->code; }
void eml_error_free(eml_error *error) { free(error); }
