#include "runtime/isa/program.h"

#include <string.h>

enum { HEADER_ELEMENTS = 18 };

eml_program_hash eml_program_hash_of(const eml_shape *shape, uint64_t output_count, const eml_digest *abi_digest,
                                     eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]) {
    eml_fe input[HEADER_ELEMENTS + EML_SPONGES_MAX * EML_RESCUE_DIGEST] = {
        eml_fe_from_u64(EML_FORMAT_VERSION),
        eml_fe_from_u64(shape->n),
        eml_fe_from_u64(shape->W),
        eml_fe_from_u64(shape->S),
        shape->delta,
        eml_fe_from_u64(shape->public_len),
        eml_fe_from_u64(shape->secret_len),
        eml_fe_from_u64(shape->output_len),
        eml_fe_from_u64(shape->committed_len),
        eml_fe_from_u64(output_count),
        eml_fe_from_u64(shape->form),
        eml_fe_from_u64(shape->salted),
        eml_fe_from_u64(shape->hash_id),
        eml_fe_from_u64(shape->abi_flags),
        shape->schema[0],
        shape->schema[1],
        eml_fe_from_bytes_mod(abi_digest->bytes),
        eml_fe_from_bytes_mod(abi_digest->bytes + EML_FE_BYTES),
    };
    size_t digest_elements = (size_t)shape->S * EML_RESCUE_DIGEST;
    memcpy(input + HEADER_ELEMENTS, digests, digest_elements * sizeof *input);
    eml_program_hash hash;
    eml_rescue_hash(input, HEADER_ELEMENTS + digest_elements, hash.digest);
    return hash;
}

void eml_program_hash_to_hex(const eml_program_hash *hash, char out[EML_PROGRAM_HASH_HEX + 1]) {
    eml_rescue_digest_to_hex(hash->digest, out);
}

bool eml_program_hash_from_hex(const char *text, size_t length, eml_program_hash *out) {
    return eml_rescue_digest_from_hex(text, length, out->digest);
}

bool eml_program_hash_eq(const eml_program_hash *a, const eml_program_hash *b) {
    return eml_fe_eq(a->digest[0], b->digest[0]) && eml_fe_eq(a->digest[1], b->digest[1]);
}
