#include "runtime/bundle/header.h"

#include <string.h>

void eml_header_put_elements(eml_buf *out, const eml_fe *elements, size_t count) {
    eml_buf bytes = {0};
    for (size_t i = 0; i < count; i++) {
        uint8_t element[EML_FE_BYTES];
        eml_fe_to_bytes(elements[i], element);
        eml_buf_put(&bytes, element, sizeof element);
    }
    eml_cbor_put_bytes(out, bytes.data, bytes.len);
    eml_buf_free(&bytes);
}

static bool elements_of_bytes(const uint8_t *bytes, size_t count, eml_fe *out) {
    for (size_t i = 0; i < count; i++)
        if (!eml_fe_from_bytes(bytes + i * EML_FE_BYTES, &out[i])) return false;
    return true;
}

void eml_header_elements(eml_cbor_reader *reader, eml_fe *out, size_t count) {
    size_t length;
    const uint8_t *bytes = eml_cbor_bytes(reader, SIZE_MAX, &length);
    if (length != count * EML_FE_BYTES) eml_cbor_fail(reader, "%zu field elements of 16 bytes were expected", count);
    if (eml_cbor_ok(reader) && !elements_of_bytes(bytes, count, out))
        eml_cbor_fail(reader, "a field element is not below p");
}

static void put_uint(eml_buf *out, const char *key, uint64_t value) {
    eml_cbor_put_text(out, key);
    eml_cbor_put_uint(out, value);
}

static uint64_t read_uint(eml_cbor_reader *reader, const char *key, uint64_t max) {
    eml_cbor_key(reader, key);
    return eml_cbor_uint(reader, max);
}

void eml_header_put_shape(eml_buf *out, const eml_shape *shape) {
    eml_cbor_put_map(out, 13);
    put_uint(out, "S", shape->S);
    put_uint(out, "W", shape->W);
    put_uint(out, "n", shape->n);
    put_uint(out, "form", shape->form);
    eml_cbor_put_text(out, "delta");
    eml_header_put_elements(out, &shape->delta, 1);
    put_uint(out, "salted", shape->salted);
    eml_cbor_put_text(out, "schema");
    eml_header_put_elements(out, shape->schema, EML_RESCUE_DIGEST);
    put_uint(out, "hash_id", shape->hash_id);
    put_uint(out, "abi_flags", shape->abi_flags);
    put_uint(out, "output_len", shape->output_len);
    put_uint(out, "public_len", shape->public_len);
    put_uint(out, "secret_len", shape->secret_len);
    put_uint(out, "committed_len", shape->committed_len);
}

void eml_header_shape(eml_cbor_reader *reader, eml_shape *out) {
    eml_shape shape = {0};
    eml_cbor_map(reader, 13);
    shape.S = (uint32_t)read_uint(reader, "S", EML_SPONGES_MAX);
    shape.W = (uint32_t)read_uint(reader, "W", EML_STACK_MAX);
    shape.n = (uint32_t)read_uint(reader, "n", EML_N_MAX);
    shape.form = (uint32_t)read_uint(reader, "form", UINT32_MAX);
    eml_cbor_key(reader, "delta");
    eml_header_elements(reader, &shape.delta, 1);
    shape.salted = (uint32_t)read_uint(reader, "salted", UINT32_MAX);
    eml_cbor_key(reader, "schema");
    eml_header_elements(reader, shape.schema, EML_RESCUE_DIGEST);
    shape.hash_id = (uint32_t)read_uint(reader, "hash_id", UINT32_MAX);
    shape.abi_flags = (uint32_t)read_uint(reader, "abi_flags", UINT32_MAX);
    /* A row writes at most 5 elements and reads one value. */
    shape.output_len = read_uint(reader, "output_len", (uint64_t)EML_CT_ELEMENTS * EML_N_MAX);
    shape.public_len = read_uint(reader, "public_len", EML_N_MAX);
    shape.secret_len = read_uint(reader, "secret_len", EML_N_MAX);
    shape.committed_len = read_uint(reader, "committed_len", UINT64_MAX);
    eml_error why;
    if (eml_cbor_ok(reader) && eml_shape_check(&shape, &why) != EML_OK) eml_cbor_fail(reader, "%s", why.text);
    *out = shape;
}

void eml_header_put_digests(eml_buf *out, const eml_shape *shape, const eml_fe *digests) {
    eml_header_put_elements(out, digests, (size_t)shape->S * EML_RESCUE_DIGEST);
}

void eml_header_digests(eml_cbor_reader *reader, const eml_shape *shape,
                        eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]) {
    memset(digests, 0, EML_SPONGES_MAX * sizeof digests[0]);
    if (eml_cbor_ok(reader)) eml_header_elements(reader, &digests[0][0], (size_t)shape->S * EML_RESCUE_DIGEST);
}

void eml_header_put_abi(eml_buf *out, const eml_abi *abi) {
    eml_buf bytes = {0};
    eml_abi_encode(abi, &bytes);
    eml_cbor_put_bytes(out, bytes.data, bytes.len);
    eml_buf_free(&bytes);
}

void eml_header_abi(eml_cbor_reader *reader, eml_abi *out) {
    size_t count;
    eml_error why;
    *out = (eml_abi){0};
    const uint8_t *bytes = eml_cbor_bytes(reader, SIZE_MAX, &count);
    if (eml_cbor_ok(reader) && eml_abi_decode(bytes, count, out, &why) != EML_OK) eml_cbor_fail(reader, "%s", why.text);
}
