/* Files without a name, for what is too much for memory: readable by this process alone, gone with it. */
#ifndef EML_BASE_TEMPORARY_H
#define EML_BASE_TEMPORARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/status.h"

/* Of mode 0600, in TMPDIR, else in /var/tmp or /tmp; a piece (region.h), closed when it is freed. NULL: none can be
 * made. */
const int *eml_temporary_open(void);
EML_NODISCARD eml_status eml_temporary_write(const int *file, const void *bytes, size_t count, uint64_t at,
                                             eml_error *err);
/* False when that many cannot be read. */
EML_NODISCARD bool eml_temporary_read(const int *file, void *bytes, size_t count, uint64_t at);
eml_status eml_temporary_unreadable(eml_error *err);
void eml_temporary_close(const int *file); /* NULL: nothing */

#endif
