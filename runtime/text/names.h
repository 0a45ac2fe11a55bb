/* Names that people read: of models, inputs, outputs and the columns of tables. Text is UTF-8.
 *
 * A name must show what it is. So it has visible code points only (unicode_tables.h), and two names of one model must
 * not be *alike*: they are when they become the same by case: full and half width and mathematical letters become
 * ordinary ones, then letters are folded (simple folding), or script: the same, but before the folding the letters of
 * Greek and Cyrillic that look like one of Latin become that one. */
#ifndef EML_TEXT_NAMES_H
#define EML_TEXT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False, and the first code point that does not show. */
bool eml_name_is_visible(const char *text, size_t length, uint32_t *hidden);

/* False when text can be such a name: UTF-8, all of it visible, not empty and without blanks at its ends. True, and
 * what is wrong with it: "is empty". */
enum { EML_NAME_FAULT_TEXT = 64 };
bool eml_name_has_fault(const char *text, size_t length, char fault[EML_NAME_FAULT_TEXT]);

/* Names to find alike ones in. The names are borrowed. */
typedef struct eml_name_key {
    char *key; /* owned */
    const char *name;
} eml_name_key;

typedef struct eml_name_index {
    eml_name_key *keys; /* owned, sorted */
    size_t count;
} eml_name_index;

void eml_name_index_init(eml_name_index *index, const char *const *names, size_t count);
/* Two of the names that are alike and not equal; false: there are none. */
bool eml_name_index_pair(const eml_name_index *index, const char **a, const char **b);
/* A name that is like text, or equal; NULL: there is none. */
const char *eml_name_index_find(const eml_name_index *index, const char *text, size_t length);
void eml_name_index_free(eml_name_index *index);

#endif
