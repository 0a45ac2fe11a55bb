#include "runtime/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static eml_code code_of(eml_status status, eml_code before) {
    switch (status) {
    case EML_OK: return before;
    case EML_ERR_NO: return EML_CODE_SHAPE;
    case EML_ERR_INPUT: return EML_CODE_FORMAT;
    case EML_ERR_IO: return EML_CODE_FILE;
    case EML_ERR_MEMORY: return EML_CODE_MEMORY;
    case EML_ERR_INTERNAL: return EML_CODE_INTERNAL;
    }
    return EML_CODE_INTERNAL;
}

static void write_error(eml_error *err, eml_code code, const char *format, va_list args) {
    vsnprintf(err->text, sizeof err->text, format, args);
    err->code = code;
}

eml_status eml_fail(eml_error *err, eml_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (err) write_error(err, code_of(status, err->code), format, args);
    va_end(args);
    return status;
}

eml_status eml_fail_as(eml_error *err, eml_status status, eml_code code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (err) write_error(err, code, format, args);
    va_end(args);
    return status;
}

void eml_error_prefix(eml_error *err, const char *format, ...) {
    if (!err) return;
    char text[EML_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t used = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    snprintf(text + used, sizeof text - used, ": %.*s", (int)(sizeof text - used), err->text);
    memcpy(err->text, text, sizeof text);
}

eml_answer eml_answer_of(eml_status status) {
    switch (status) {
    case EML_OK: return EML_ANSWER_YES;
    case EML_ERR_NO: return EML_ANSWER_NO;
    case EML_ERR_INPUT:
    case EML_ERR_IO: return EML_ANSWER_INPUT;
    case EML_ERR_MEMORY:
    case EML_ERR_INTERNAL: return EML_ANSWER_FAULT;
    }
    return EML_ANSWER_FAULT;
}
