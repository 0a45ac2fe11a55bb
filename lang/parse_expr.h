/* Expressions of the language, read at the cursor. */
#ifndef EML_LANG_PARSE_EXPR_H
#define EML_LANG_PARSE_EXPR_H

#include "lang/cursor.h"

eml_expr *eml_parse_expression(eml_cursor *p); /* NULL after an error */
eml_expr *eml_parse_csv(eml_cursor *p);        /* at `csv (` */
bool eml_at_csv(const eml_cursor *p);
bool eml_parse_dims(eml_cursor *p, eml_dims *out); /* `[a, b]`, or nothing */

/* The categories `"a", "b" }`, after the opener. */
bool eml_parse_words(eml_cursor *p, eml_token opener, eml_words *out);

#endif
