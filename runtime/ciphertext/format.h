/* What every key and ciphertext file opens with: 8 bytes of magic, EML_FORMAT_VERSION u32, then the parameters: degree
 * u32, rank u32, modulus 16 bytes. Little-endian. Byte layouts: docs/encryption.md. */
#ifndef EML_CIPHERTEXT_FORMAT_H
#define EML_CIPHERTEXT_FORMAT_H

#include "runtime/base/bytes.h"
#include "runtime/base/file.h"
#include "runtime/base/status.h"
#include "runtime/field/f128.h"

enum { EML_LATTICE_MAGIC_BYTES = 8, EML_LATTICE_HEADER_BYTES = 36 };

#define EML_MAGIC_PUBLIC_KEY "EMLPUBK\n"
#define EML_MAGIC_SECRET_KEY EML_FILE_KEPT_MAGIC /* the writer of files knows it */
#define EML_MAGIC_CIPHERTEXT "EMLCIPH\n"

/* The first bytes of a file tell what it is; false for anything shorter or different. */
bool eml_lwe_has_magic(const uint8_t *bytes, size_t count, const char *magic);

void eml_lwe_put_header(eml_buf *out, const char *magic);

/* Refuses (EML_ERR_INPUT, naming the field) other magic, versions and parameters. what: "public key", for the sentence;
 * again: how to get a file of this version, for the one on versions. */
EML_NODISCARD eml_status eml_lwe_read_header(eml_reader *reader, const char *magic, const char *what, const char *again,
                                             eml_error *err);
#define EML_AGAIN_KEY "make a new pair with `eml keygen`"

/* Field elements: 16 bytes each, canonical. Reading refuses (EML_ERR_INPUT, naming the element) a value of p or more,
 * and fewer than 16 * count bytes left before it writes anything. */
void eml_lwe_put_elements(eml_buf *out, const eml_fe *elements, size_t count);
EML_NODISCARD eml_status eml_lwe_read_elements(eml_reader *reader, eml_fe *out, size_t count, eml_error *err);

/* EML_ERR_INPUT unless every byte was read. */
EML_NODISCARD eml_status eml_lwe_read_end(const eml_reader *reader, const char *what, eml_error *err);

#endif
