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

void eml_header_put_shape(eml_buf *out, const eml_shape *shape) {
    eml_cbor_put_map(out, 7);
    eml_cbor_put_text(out, "S");
    eml_cbor_put_uint(out, shape->S);
    eml_cbor_put_text(out, "W");
    eml_cbor_put_uint(out, shape->W);
    eml_cbor_put_text(out, "n");
    eml_cbor_put_uint(out, shape->n);
    eml_cbor_put_text(out, "delta");
    eml_header_put_elements(out, &shape->delta, 1);
    eml_cbor_put_text(out, "output_len");
    eml_cbor_put_uint(out, shape->output_len);
    eml_cbor_put_text(out, "public_len");
    eml_cbor_put_uint(out, shape->public_len);
    eml_cbor_put_text(out, "secret_len");
    eml_cbor_put_uint(out, shape->secret_len);
}

void eml_header_shape(eml_cbor_reader *reader, eml_shape *out) {
    eml_shape shape = {0};
    eml_cbor_map(reader, 7);
    eml_cbor_key(reader, "S");
    shape.S = (uint32_t)eml_cbor_uint(reader, EML_SPONGES_MAX);
    eml_cbor_key(reader, "W");
    shape.W = (uint32_t)eml_cbor_uint(reader, EML_STACK_MAX);
    eml_cbor_key(reader, "n");
    shape.n = (uint32_t)eml_cbor_uint(reader, EML_N_MAX);
    eml_cbor_key(reader, "delta");
    eml_header_elements(reader, &shape.delta, 1);
    /* A row writes at most 5 elements and reads one value. */
    eml_cbor_key(reader, "output_len");
    shape.output_len = eml_cbor_uint(reader, (uint64_t)EML_CT_ELEMENTS * EML_N_MAX);
    eml_cbor_key(reader, "public_len");
    shape.public_len = eml_cbor_uint(reader, EML_N_MAX);
    eml_cbor_key(reader, "secret_len");
    shape.secret_len = eml_cbor_uint(reader, EML_N_MAX);
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
