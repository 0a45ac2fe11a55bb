#include "runtime/ciphertext/key_info.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/ciphertext/format.h"

static eml_status read_label(eml_reader *reader, eml_secret_key_info *out, eml_error *err) {
    EML_TRY(eml_lwe_read_header(reader, EML_MAGIC_SECRET_KEY, "secret key", EML_AGAIN_KEY, err));
    uint8_t protection;
    const uint8_t *id;
    if (!eml_read_u8(reader, &protection) || !eml_read_bytes(reader, sizeof out->id.bytes, &id))
        return eml_fail(err, EML_ERR_INPUT, "secret key: truncated at the key id");
    if (protection != EML_SECRET_KEY_PLAIN && protection != EML_SECRET_KEY_LOCKED)
        return eml_fail(err, EML_ERR_INPUT, "secret key: unknown protection %u", protection);
    memcpy(out->id.bytes, id, sizeof out->id.bytes);
    out->locked = protection == EML_SECRET_KEY_LOCKED;
    return EML_OK;
}

eml_status eml_secret_key_inspect(const uint8_t *bytes, size_t count, eml_secret_key_info *out, eml_error *err) {
    eml_reader reader = {bytes, count};
    eml_secret_key_info info;
    EML_TRY(read_label(&reader, &info, err));
    size_t body = info.locked ? EML_SECRET_KEY_SALT_BYTES + EML_SECRET_KEY_NONCE_BYTES + EML_SECRET_KEY_BOX_BYTES
                              : EML_LATTICE_SEED_BYTES;
    const uint8_t *rest;
    if (!eml_read_bytes(&reader, body, &rest)) return eml_fail(err, EML_ERR_INPUT, "secret key: truncated at the seed");
    EML_TRY(eml_lwe_read_end(&reader, "secret key", err));
    *out = info;
    return EML_OK;
}

eml_digest eml_public_key_id(const uint8_t *file, size_t count) {
    eml_blake3 hasher;
    eml_digest id;
    eml_blake3_init_derive_key(&hasher, "eml v1 lattice key id");
    eml_blake3_update(&hasher, file, count);
    eml_blake3_finish(&hasher, id.bytes, sizeof id.bytes);
    return id;
}

eml_status eml_public_key_inspect(const uint8_t *bytes, size_t count, eml_digest *id, eml_error *err) {
    enum { ELEMENTS = EML_LATTICE_RANK * EML_LATTICE_DEGREE };
    eml_reader reader = {bytes, count};
    const uint8_t *seed;
    EML_TRY(eml_lwe_read_header(&reader, EML_MAGIC_PUBLIC_KEY, "public key", EML_AGAIN_KEY, err));
    if (!eml_read_bytes(&reader, EML_LATTICE_SEED_BYTES, &seed))
        return eml_fail(err, EML_ERR_INPUT, "public key: truncated at the seed");
    eml_fe *t = eml_alloc_raw(ELEMENTS, sizeof *t);
    eml_status status = eml_lwe_read_elements(&reader, t, ELEMENTS, err);
    eml_free(t);
    EML_TRY(status);
    EML_TRY(eml_lwe_read_end(&reader, "public key", err));
    *id = eml_public_key_id(bytes, count);
    return EML_OK;
}
