/* Pieces of the JSON that dumps are made of. */
#ifndef EML_COMPILER_EMIT_JSON_H
#define EML_COMPILER_EMIT_JSON_H

#include "compiler/check/rational.h"
#include "runtime/base/decimal.h"
#include "runtime/text/text.h"

static inline void eml_json_put_text(const char *key, const char *text, eml_buf *out) {
    eml_buf_printf(out, "\"%s\": ", key);
    eml_text_put_json(text, out);
}

/* "KEY": "0.25", or "1/3". */
static inline void eml_json_put_rational(const char *key, const mpq_t value, eml_buf *out) {
    eml_buf_printf(out, "\"%s\": \"", key);
    eml_decimal_print_exact(value, out);
    eml_buf_put_text(out, "\"");
}

static inline void eml_json_put_integer(const char *key, const mpz_t value, eml_buf *out) {
    mpq_t rational;
    mpq_init(rational);
    mpq_set_z(rational, value);
    eml_json_put_rational(key, rational, out);
    mpq_clear(rational);
}

/* An array of objects, one a line: begin, and for each item and "}", then end. */
static inline void eml_json_begin(const char *key, eml_buf *out) { eml_buf_printf(out, "%s: [", key); }
static inline void eml_json_item(size_t i, eml_buf *out) { eml_buf_put_text(out, i == 0 ? "\n {" : ",\n {"); }
static inline void eml_json_end(eml_buf *out) { eml_buf_put_text(out, "]"); }

#endif
