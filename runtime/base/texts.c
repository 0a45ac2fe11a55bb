#include "runtime/base/texts.h"

#include <assert.h>

#include "runtime/base/temporary.h"

enum { LENGTH_BYTES = 4 };

eml_status eml_texts_put(eml_texts *texts, const char *text, size_t length, eml_error *err) {
    assert(length <= UINT32_MAX);
    eml_buf_put_u32(&texts->tail, (uint32_t)length);
    eml_buf_put(&texts->tail, text, length);
    if (texts->tail.len < EML_TEXTS_RESIDENT_MAX) return EML_OK;
    if (texts->file == NULL) texts->file = eml_temporary_open();
    if (texts->file == NULL) return EML_OK; /* then they stay in memory */
    EML_TRY(eml_temporary_write(texts->file, texts->tail.data, texts->tail.len, texts->filed, err));
    texts->filed += texts->tail.len;
    texts->tail.len = 0;
    return EML_OK;
}

void eml_texts_free(eml_texts *texts) {
    eml_buf_free(&texts->tail);
    eml_temporary_close(texts->file);
    *texts = (eml_texts){0};
}

/* count bytes from where reading is, in the window. */
static eml_status want(eml_texts_reader *reader, size_t count, eml_error *err) {
    enum { STEP = 1 << 16 };
    const eml_texts *texts = reader->texts;
    eml_buf *window = &reader->window;
    if (window->len - reader->next >= count) return EML_OK;
    eml_buf rest = {0};
    eml_buf_put(&rest, window->data + reader->next, window->len - reader->next);
    eml_buf_free(window);
    *window = rest;
    reader->next = 0;
    while (window->len < count) {
        bool filed = reader->at < texts->filed;
        uint64_t left = filed ? texts->filed - reader->at : texts->filed + texts->tail.len - reader->at;
        size_t step = left < STEP ? (size_t)left : STEP;
        eml_buf_reserve(window, step);
        if (!filed)
            eml_buf_put(window, texts->tail.data + (reader->at - texts->filed), step);
        else if (eml_temporary_read(texts->file, window->data + window->len, step, reader->at))
            window->len += step;
        else
            return eml_temporary_unreadable(err);
        reader->at += step;
    }
    return EML_OK;
}

eml_status eml_texts_next(eml_texts_reader *reader, const char **text, size_t *length, eml_error *err) {
    EML_TRY(want(reader, LENGTH_BYTES, err));
    *length = (size_t)eml_le_get(reader->window.data + reader->next, LENGTH_BYTES);
    EML_TRY(want(reader, LENGTH_BYTES + *length, err));
    *text = (const char *)reader->window.data + reader->next + LENGTH_BYTES;
    reader->next += LENGTH_BYTES + *length;
    return EML_OK;
}

void eml_texts_reader_free(eml_texts_reader *reader) { eml_buf_free(&reader->window); }
