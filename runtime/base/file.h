/* Whole files: read with a cap, written so that nobody ever sees half of one. */
#ifndef EML_BASE_FILE_H
#define EML_BASE_FILE_H

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"

/* Appends the whole file to *out. Fails (EML_ERR_IO) when it cannot be read, (EML_ERR_INPUT) when it is longer than
 * limit bytes or is a directory; the message names the path. path "-" reads standard input. */
EML_NODISCARD eml_status eml_file_read(const char *path, size_t limit, eml_buf *out, eml_error *err);

/* Writes count bytes to a temporary file beside path, syncs it and renames it over path; on failure path is as it was
 * and the temporary file is gone. A symbolic link is followed; devices and pipes are written in place. mode is the
 * permission bits (0644; 0600 for secrets). path "-" writes standard output. */
EML_NODISCARD eml_status eml_file_write(const char *path, const void *bytes, size_t count, unsigned mode,
                                        eml_error *err);

#endif
