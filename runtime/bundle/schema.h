/* The schema of a model's committed inputs: what a commitment's numbers mean, whoever the model is. Models that declare
 * the same inputs have the same schema, so that one commitment serves them all. */
#ifndef EML_BUNDLE_SCHEMA_H
#define EML_BUNDLE_SCHEMA_H

#include "runtime/bundle/abi.h"
#include "runtime/hash/rescue_prime.h"

/* The digest: BLAKE3 derive_key("eml v2 schema of committed inputs") of the number of committed inputs and, of each in
 * order, name, unit, offset, lo, hi and step (0: none) as text ("p" or "p/q" in lowest terms), numbers and the texts'
 * lengths as 8 bytes, little-endian; its two halves mod p. 0 without committed inputs. */
void eml_schema_digest(const eml_abi *abi, eml_fe digest[EML_RESCUE_DIGEST]);

/* The committed inputs alone, as an ABI that has nothing else; raw and empty when abi is raw. */
void eml_schema_columns(const eml_abi *abi, eml_abi *out);

/* The schema as a file for whoever commits without the model: JSON, docs/formats.md. */
enum { EML_SCHEMA_BYTES_MAX = 1 << 26 };
void eml_schema_print(const eml_abi *abi, eml_buf *out);
bool eml_schema_begins(const char *text, size_t length); /* as such a file begins: with its kind */
/* An ABI with nothing but the committed inputs, which pass eml_abi_check_inputs. Errors name file, input and field. */
EML_NODISCARD eml_status eml_schema_parse(const char *name, const char *text, size_t length, eml_abi *out,
                                          eml_error *err);

#endif
