/* Whole files: read with a cap, written so that nobody ever sees half of one. */
#ifndef EML_BASE_FILE_H
#define EML_BASE_FILE_H

#include "runtime/base/sink.h"

/* Appends the whole file to *out. Fails (EML_ERR_IO) when it cannot be read, (EML_ERR_INPUT) when it is longer than
 * limit bytes or is a directory; the message names the path. path "-" reads standard input. */
EML_NODISCARD eml_status eml_file_read(const char *path, size_t limit, eml_buf *out, eml_error *err);

/* What a secret key file begins with (8 bytes). No file that does is ever replaced or removed. */
#define EML_FILE_KEPT_MAGIC "EMLSECK\n"
/* And the bundle of a hidden model with its weights and salts (runtime/bundle/bundle.h): replaced only by another, when
 * whoever writes says that it could be made again. */
#define EML_FILE_OWNERS_MAGIC                                                                                          \
    "\x83\x70"                                                                                                         \
    "eml ow"

/* And the opening of a commitment (runtime/bundle/opening.h): never replaced or removed. */
#define EML_FILE_OPENING_MAGIC                                                                                         \
    "\x83\x6b"                                                                                                         \
    "eml op"

/* Who may read the file, and whether it may replace another. */
typedef enum eml_file_access {
    EML_FILE_ORDINARY,   /* a new file's mode is 0666 less the umask, an existing file's stays */
    EML_FILE_SECRET,     /* mode 0600 */
    EML_FILE_NEW_SECRET, /* mode 0600; fails when there is a file */
    EML_FILE_OWNERS,     /* mode 0600; may replace an owner's bundle */
} eml_file_access;

typedef struct eml_file_content {
    const char *path; /* "-": standard output */
    const void *bytes;
    size_t count;
    eml_file_access access;
    /* Not NULL: hands the bytes to the sink a piece at a time, instead. When it fails, nothing is put in place. It does
     * not leave for a guard. */
    eml_status (*produce)(void *context, const eml_sink *sink, eml_error *err);
    void *context;
} eml_file_content;

/* Writes files that belong together. Each is written to a temporary file beside its place and synced before the first
 * is put in place by renaming. Of several, the last is what vouches for the others: its old file is removed before any
 * other is replaced, and it is put in place last, so that it never stands beside what it was not made with. Programs
 * that create new secrets in one folder take turns.
 *
 * On failure, and when the process is sent a signal that ends it, no temporary file is left; what is not in place yet
 * is as it was. Symbolic links stay, what they lead to is replaced or created. What is no regular file (a pipe, a
 * device, /dev/stdout) is written in place. Fails (EML_ERR_IO, EML_ERR_INPUT for a file that is never replaced) with
 * the path named. */
EML_NODISCARD eml_status eml_files_write(const eml_file_content *files, size_t count, eml_error *err);

EML_NODISCARD eml_status eml_file_write(const char *path, const void *bytes, size_t count, eml_file_access access,
                                        eml_error *err);

/* Fails as eml_file_write would before it writes anything: said before long work, not after it. */
EML_NODISCARD eml_status eml_file_check_writable(const char *path, eml_file_access access, eml_error *err);

#endif
