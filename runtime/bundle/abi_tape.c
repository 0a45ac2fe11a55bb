#include "runtime/bundle/abi.h"

#include <string.h>

size_t eml_abi_columns(const eml_abi *abi, bool secret) {
    size_t count = 0;
    for (size_t i = 0; i < abi->input_count; i++) count += abi->inputs[i].secret == secret;
    return count;
}

void eml_abi_tape_init(eml_abi_tape *tape, const eml_abi *abi, bool secret) {
    const uint32_t *inputs = secret ? abi->secret_tape : abi->public_tape;
    *tape = (eml_abi_tape){.length = secret ? abi->secret_len : abi->public_len};
    tape->inputs = eml_alloc(eml_abi_columns(abi, secret), sizeof *tape->inputs);
    tape->entries = eml_alloc(tape->length, sizeof *tape->entries);
    uint32_t *column_of = eml_alloc(abi->input_count, sizeof *column_of);
    for (uint32_t i = 0; i < abi->input_count; i++) {
        if (abi->inputs[i].secret != secret) continue;
        column_of[i] = (uint32_t)tape->columns;
        tape->inputs[tape->columns++] = i;
    }
    for (size_t j = 0; j < tape->length; j++)
        tape->entries[j] = inputs[j] == EML_TAPE_ONE ? EML_TAPE_ONE : column_of[inputs[j]];
    eml_free(column_of);
}

void eml_abi_tape_fill(const eml_abi_tape *tape, const void *values, const void *one, size_t size, void *out) {
    for (size_t j = 0; j < tape->length; j++) {
        bool is_one = tape->entries[j] == EML_TAPE_ONE;
        memcpy((char *)out + j * size, is_one ? one : (const char *)values + tape->entries[j] * size, size);
    }
}

void eml_abi_tape_free(eml_abi_tape *tape) {
    eml_free(tape->inputs);
    eml_free(tape->entries);
    *tape = (eml_abi_tape){0};
}

eml_fe *eml_abi_tape_of(const eml_abi *abi, bool secret, const eml_fe *inputs, eml_fe one) {
    const uint32_t *entries = secret ? abi->secret_tape : abi->public_tape;
    size_t length = secret ? abi->secret_len : abi->public_len, width = secret ? EML_CT_ELEMENTS : 1;
    eml_fe *tape = eml_alloc(length, width * sizeof *tape);
    for (size_t j = 0; j < length; j++)
        tape[j * width + width - 1] = entries[j] == EML_TAPE_ONE ? one : inputs[entries[j]];
    return tape;
}
