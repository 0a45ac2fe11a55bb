#include "runtime/ciphertext/format.h"

#include <inttypes.h>
#include <string.h>

#include "runtime/base/format.h"
#include "runtime/ciphertext/params.h"
#include "runtime/text/file_kind.h"

bool eml_lwe_has_magic(const uint8_t *bytes, size_t count, const char *magic) {
    return count >= EML_LATTICE_MAGIC_BYTES && memcmp(bytes, magic, EML_LATTICE_MAGIC_BYTES) == 0;
}

void eml_lwe_put_header(eml_buf *out, const char *magic) {
    eml_buf_put(out, magic, EML_LATTICE_MAGIC_BYTES);
    eml_buf_put_u32(out, EML_FORMAT_VERSION);
    eml_buf_put_u32(out, EML_LATTICE_DEGREE);
    eml_buf_put_u32(out, EML_LATTICE_RANK);
    eml_buf_put_u64(out, EML_FE_P_LO);
    eml_buf_put_u64(out, EML_FE_P_HI);
}

/* One u32 field that has exactly one good value. */
static eml_status read_fixed(eml_reader *reader, uint32_t expected, const char *what, const char *field,
                             eml_error *err) {
    uint32_t value;
    if (!eml_read_u32(reader, &value)) return eml_fail(err, EML_ERR_INPUT, "%s: truncated at the %s", what, field);
    if (value == expected) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "%s: the %s is %" PRIu32 ", only %" PRIu32 " is supported", what, field, value,
                    expected);
}

static eml_status read_modulus(eml_reader *reader, const char *what, eml_error *err) {
    uint64_t low, high;
    if (!eml_read_u64(reader, &low) || !eml_read_u64(reader, &high))
        return eml_fail(err, EML_ERR_INPUT, "%s: truncated at the modulus", what);
    if (low == EML_FE_P_LO && high == EML_FE_P_HI) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT,
                    "%s: the modulus is 0x%016" PRIx64 "%016" PRIx64 ", only 2^128 - 45 * 2^40 + 1 is supported", what,
                    high, low);
}

static eml_status read_version(eml_reader *reader, const char *what, const char *again, eml_error *err) {
    uint32_t version;
    if (!eml_read_u32(reader, &version))
        return eml_fail(err, EML_ERR_INPUT, "%s: truncated at the format version", what);
    if (version == EML_FORMAT_VERSION) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT,
                    "%s: format version %" PRIu32 "; this program reads version %d" EML_FORMAT_STATE ": %s", what,
                    version, EML_FORMAT_VERSION, again);
}

static eml_status refuse_magic(const eml_reader *reader, const char *what, eml_error *err) {
    eml_file_kind kind = eml_file_kind_of(reader->next, reader->left);
    if (kind == EML_FILE_KIND_UNKNOWN) return eml_fail(err, EML_ERR_INPUT, "not a %s file: wrong magic", what);
    return eml_fail(err, EML_ERR_INPUT, "this is %s, not a %s file", eml_file_kind_name(kind), what);
}

eml_status eml_lwe_read_header(eml_reader *reader, const char *magic, const char *what, const char *again,
                               eml_error *err) {
    const uint8_t *start;
    if (!eml_lwe_has_magic(reader->next, reader->left, magic) ||
        !eml_read_bytes(reader, EML_LATTICE_MAGIC_BYTES, &start))
        return refuse_magic(reader, what, err);
    EML_TRY(read_version(reader, what, again, err));
    EML_TRY(read_fixed(reader, EML_LATTICE_DEGREE, what, "ring degree", err));
    EML_TRY(read_fixed(reader, EML_LATTICE_RANK, what, "rank", err));
    return read_modulus(reader, what, err);
}

void eml_lwe_put_elements(eml_buf *out, const eml_fe *elements, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[EML_FE_BYTES];
        eml_fe_to_bytes(elements[i], bytes);
        eml_buf_put(out, bytes, sizeof bytes);
    }
}

eml_status eml_lwe_read_elements(eml_reader *reader, eml_fe *out, size_t count, eml_error *err) {
    const uint8_t *bytes;
    if (count > reader->left / EML_FE_BYTES || !eml_read_bytes(reader, count * EML_FE_BYTES, &bytes))
        return eml_fail(err, EML_ERR_INPUT, "truncated: %zu bytes left for %zu field elements", reader->left, count);
    for (size_t i = 0; i < count; i++)
        if (!eml_fe_from_bytes(bytes + i * EML_FE_BYTES, &out[i]))
            return eml_fail(err, EML_ERR_INPUT, "element %zu is not below the modulus", i);
    return EML_OK;
}

eml_status eml_lwe_read_end(const eml_reader *reader, const char *what, eml_error *err) {
    if (reader->left == 0) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "%s: %zu bytes too many at the end", what, reader->left);
}
