/* Status codes: how a function that can fail for a reason outside the program says so.
 *
 * A function that returns eml_status leaves its outputs untouched unless it returns EML_OK, and has then written one
 * sentence for a person into *err (when err is not NULL): what is wrong, where (file, row, column, field name), and
 * what was expected. Rejections of proofs have their own enumeration (runtime/stark/reject.h); source diagnostics
 * theirs (lang/diag.h); bugs are assertions. A status is for our own functions; the answer that it becomes is for who
 * calls the library and, being the exit status too, for who runs the command. */
#ifndef EML_BASE_STATUS_H
#define EML_BASE_STATUS_H

#include "runtime/include/eml.h" /* eml_code, which host programs see */

typedef enum eml_status {
    EML_OK = 0,
    EML_ERR_NO,       /* a definite no: a proof that does not verify, a failing test, a wrong key   (exit 1) */
    EML_ERR_INPUT,    /* bad usage or bad input: malformed, out of range, over a documented limit    (exit 2) */
    EML_ERR_IO,       /* a file could not be read or written                                         (exit 2) */
    EML_ERR_MEMORY,   /* there is no memory left; only a guard says so (guard.h)                     (exit 3) */
    EML_ERR_INTERNAL, /* an internal fault: a check of our own failed                                (exit 3) */
} eml_status;

enum { EML_ERROR_TEXT_MAX = 512 };

typedef struct eml_error {
    char text[EML_ERROR_TEXT_MAX]; /* one sentence, no trailing newline; empty when nothing failed */
    eml_code code;                 /* what kind of thing went wrong; EML_CODE_NONE when nothing did */
} eml_error;

#if defined(__GNUC__)
#define EML_PRINTF(fmt_index, first_arg) __attribute__((format(printf, fmt_index, first_arg)))
#define EML_NODISCARD                    __attribute__((warn_unused_result))
#else
#define EML_PRINTF(fmt_index, first_arg)
#define EML_NODISCARD
#endif

/* Writes the sentence (cut to fit) into *err unless err is NULL, and returns status. The code is the status's own:
 * SHAPE for a no, FORMAT for bad input, FILE, INTERNAL; of EML_OK, which only writes a sentence, the one that is there.
 */
eml_status eml_fail(eml_error *err, eml_status status, const char *format, ...) EML_PRINTF(3, 4);
/* Likewise, with another code. */
eml_status eml_fail_as(eml_error *err, eml_status status, eml_code code, const char *format, ...) EML_PRINTF(4, 5);

/* Puts "prefix: " before the sentence already in *err: how a caller adds a file name or field to a
 * lower layer's error. */
void eml_error_prefix(eml_error *err, const char *format, ...) EML_PRINTF(2, 3);

/* What a host program and, as exit status, whoever calls the command is told. */
eml_answer eml_answer_of(eml_status status);

#define EML_TRY(expression)                                                                                            \
    do {                                                                                                               \
        eml_status eml_try_status_ = (expression);                                                                     \
        if (eml_try_status_ != EML_OK) return eml_try_status_;                                                         \
    } while (0)

#endif
