/* Where text goes, a piece at a time. */
#ifndef EML_BASE_SINK_H
#define EML_BASE_SINK_H

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"

typedef struct eml_sink {
    eml_status (*write)(void *context, const void *bytes, size_t count, eml_error *err);
    void *context;
} eml_sink;

static inline eml_status eml_sink_append_(void *context, const void *bytes, size_t count, eml_error *err) {
    (void)err;
    eml_buf_put(context, bytes, count);
    return EML_OK;
}
/* Appends to the buffer; never fails. */
static inline eml_sink eml_sink_of_buf(eml_buf *buf) { return (eml_sink){eml_sink_append_, buf}; }

/* Hands the buffer's bytes on and empties it. */
static inline eml_status eml_sink_flush(const eml_sink *sink, eml_buf *buf, eml_error *err) {
    size_t count = buf->len;
    buf->len = 0;
    return count == 0 ? EML_OK : sink->write(sink->context, buf->data, count, err);
}

#endif
