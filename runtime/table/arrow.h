/* Record batches of the Arrow C Data Interface, as columns in memory. */
#ifndef EML_TABLE_ARROW_H
#define EML_TABLE_ARROW_H

#include "runtime/table/array.h"

/* name: for messages. EML_ERR_INPUT: no record batch, or its structures contradict themselves. A column of a format
 * that cannot be read is EML_ARRAY_UNKNOWN: it may be one that nobody wants. The columns are owned by the caller, each
 * to be freed. */
EML_NODISCARD eml_status eml_arrow_open(const char *name, const struct ArrowSchema *schema,
                                        const struct ArrowArray *batch, eml_array_view **columns, size_t *count,
                                        size_t *rows, eml_error *err);

#endif
