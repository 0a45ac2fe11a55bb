/* UTF-8, as far as reading and reporting need it. */
#ifndef EML_LANG_UTF8_H
#define EML_LANG_UTF8_H

#include <stddef.h>

/* Bytes of the well-formed sequence (Unicode 15, table 3-7) at text, of which `left` bytes may be read: 1 to 4, or 0
 * when there is none. */
size_t eml_utf8_length(const char *text, size_t left);

#endif
