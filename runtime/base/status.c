#include "runtime/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

eml_status eml_fail(eml_error *err, eml_status code, const char *format, ...) {
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return code;
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

int eml_status_exit(eml_status status) {
    switch (status) {
    case EML_OK: return 0;
    case EML_ERR_NO: return 1;
    case EML_ERR_INPUT:
    case EML_ERR_IO: return 2;
    case EML_ERR_MEMORY:
    case EML_ERR_INTERNAL: return 3;
    }
    return 3;
}
