/* What names need of Unicode 15.0 (names.h). Tables are in order of code points. */
#ifndef EML_TEXT_UNICODE_TABLES_H
#define EML_TEXT_UNICODE_TABLES_H

#include <stddef.h>
#include <stdint.h>

typedef struct eml_unicode_range {
    uint32_t first, last;
} eml_unicode_range;

/* first, first + step, .. last: each becomes itself + delta. */
typedef struct eml_unicode_map {
    uint32_t first, last, step;
    int32_t delta;
} eml_unicode_map;

/* Code points that show: no control, format, surrogate, private-use, unassigned or default-ignorable one, no separator
 * of lines or paragraphs, and no space but U+0020. */
extern const eml_unicode_range eml_unicode_visible[];
extern const size_t eml_unicode_visible_count;
/* From full and half width and from mathematical alphabets to the ordinary form. */
extern const eml_unicode_map eml_unicode_plain[];
extern const size_t eml_unicode_plain_count;
/* Simple case folding. */
extern const eml_unicode_map eml_unicode_fold[];
extern const size_t eml_unicode_fold_count;

#endif
