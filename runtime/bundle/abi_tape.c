#include "runtime/bundle/abi.h"

#include <string.h>

size_t eml_abi_columns(const eml_abi *abi, eml_visibility visibility) {
    size_t count = 0;
    for (size_t i = 0; i < abi->input_count; i++)
        count += abi->inputs[i].visibility == visibility && !abi->inputs[i].kept;
    return count;
}

void eml_abi_mark_kept(eml_abi *abi) {
    for (size_t i = 0; i < abi->input_count; i++) abi->inputs[i].kept = false;
    for (size_t i = 0; i < abi->input_count; i++) {
        const eml_formula *formula = &abi->inputs[i].formula;
        if (abi->inputs[i].visibility == EML_SECRET && formula->count > 0) abi->inputs[i].kept = true;
        for (size_t k = 0; k < formula->count; k++)
            if (formula->nodes[k].operator== EML_FORMULA_COLUMN && abi->inputs[i].visibility == EML_SECRET)
                abi->inputs[formula->nodes[k].column].kept = true;
    }
    for (size_t j = 0; j < abi->secret_len; j++)
        if (abi->secret_tape[j] != EML_TAPE_ONE) abi->inputs[abi->secret_tape[j]].kept = false;
}

static size_t length_of(const eml_abi *abi, eml_visibility visibility) {
    switch (visibility) {
    case EML_PUBLIC: return abi->public_len;
    case EML_SECRET: return abi->secret_len;
    default: return eml_abi_columns(abi, visibility);
    }
}

void eml_abi_tape_init(eml_abi_tape *tape, const eml_abi *abi, eml_visibility visibility) {
    const uint32_t *inputs = visibility == EML_PUBLIC   ? abi->public_tape
                             : visibility == EML_SECRET ? abi->secret_tape
                                                        : NULL;
    *tape = (eml_abi_tape){.length = length_of(abi, visibility)};
    tape->inputs = eml_alloc(eml_abi_columns(abi, visibility), sizeof *tape->inputs);
    tape->entries = eml_alloc(tape->length, sizeof *tape->entries);
    uint32_t *column_of = eml_alloc(abi->input_count, sizeof *column_of);
    for (uint32_t i = 0; i < abi->input_count; i++) {
        if (abi->inputs[i].visibility != visibility || abi->inputs[i].kept) continue;
        column_of[i] = (uint32_t)tape->columns;
        tape->inputs[tape->columns++] = i;
    }
    for (size_t j = 0; j < tape->length; j++)
        tape->entries[j] = inputs == NULL              ? (uint32_t)j
                           : inputs[j] == EML_TAPE_ONE ? EML_TAPE_ONE
                                                       : column_of[inputs[j]];
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

eml_fe *eml_abi_tape_of(const eml_abi *abi, eml_visibility visibility, const eml_fe *inputs, eml_fe one) {
    size_t width = visibility == EML_SECRET ? EML_CT_ELEMENTS : 1;
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, visibility);
    eml_fe *values = eml_alloc(tape.length, width * sizeof *values);
    for (size_t j = 0; j < tape.length; j++)
        values[j * width + width - 1] = tape.entries[j] == EML_TAPE_ONE ? one : inputs[tape.inputs[tape.entries[j]]];
    eml_abi_tape_free(&tape);
    return values;
}
