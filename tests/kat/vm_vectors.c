#include "tests/kat/vm_vectors.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void broken(const char *what) {
    fprintf(stderr, "tests/kat/vm.json: %s\n", what);
    abort();
}

static eml_fe element(const json_t *value) {
    const char *text = json_string_value(value);
    eml_fe out;
    if (!text || !eml_fe_from_decimal(text, strlen(text), &out)) broken("not a field element");
    return out;
}

static uint32_t number(const json_t *vector, const char *key) {
    const json_t *value = json_object_get(vector, key);
    if (!json_is_integer(value)) broken(key);
    return (uint32_t)json_integer_value(value);
}

static const json_t *member(const json_t *vector, const char *key) {
    const json_t *value = json_object_get(vector, key);
    if (!value) broken(key);
    return value;
}

/* A tape is a list of elements or of lists of elements. */
static eml_fe *tape(const json_t *list, size_t *count) {
    eml_fe *cells = eml_alloc(EML_CT_ELEMENTS * json_array_size(list), sizeof *cells);
    *count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        if (!json_is_array(entry)) cells[(*count)++] = element(entry);
        for (size_t j = 0; j < json_array_size(entry); j++) cells[(*count)++] = element(json_array_get(entry, j));
    }
    return cells;
}

static uint8_t opcode(const char *name) {
    for (uint8_t code = 0; code < 32; code++)
        if (eml_op_name(code) && strcmp(eml_op_name(code), name) == 0) return code;
    broken("unknown opcode");
}

static void load_program(const json_t *json, eml_program *program) {
    eml_shape *shape = &program->shape;
    *shape = (eml_shape){.n = number(json, "n"), .W = number(json, "W"), .S = number(json, "S")};
    shape->delta = element(member(json, "Delta"));
    uint32_t rows = eml_shape_code_rows(shape), groups = rows / eml_shape_group(shape);
    program->code = eml_alloc(rows, 1);
    program->immediates = eml_alloc(groups, sizeof *program->immediates);
    const json_t *code = member(json, "code");
    if (json_array_size(code) > rows) broken("too much code");
    for (size_t i = 0; i < json_array_size(code); i++)
        program->code[i] = opcode(json_string_value(json_array_get(code, i)));
    const char *group;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)member(json, "immediates"), group, value) {
        if (strtoul(group, NULL, 10) >= groups) broken("immediate beyond the code");
        program->immediates[strtoul(group, NULL, 10)] = element(value);
    }
}

static void load_vector(const json_t *json, vm_vector *v) {
    const char *name = json_string_value(member(json, "name"));
    v->name = eml_alloc(strlen(name) + 1, 1);
    strcpy(v->name, name);
    load_program(json, &v->program);
    size_t public_count, secret_count, output_count;
    v->public_tape = tape(member(json, "public_tape"), &public_count);
    v->secret_tape = tape(member(json, "secret_tape"), &secret_count);
    v->output_tape = tape(member(json, "output_tape"), &output_count);
    v->tapes = (eml_tapes){.public_tape = v->public_tape, .secret_tape = v->secret_tape};
    v->program.shape.public_len = public_count;
    v->program.shape.secret_len = secret_count / EML_CT_ELEMENTS;
    v->program.shape.output_len = output_count;
    v->depth = number(json, "depth_at_T");
    const json_t *stack = member(json, "final_stack"), *digests = member(json, "sponge_digests");
    const json_t *states = member(json, "sponge_states_at_row_5");
    if (json_array_size(stack) != v->program.shape.W) broken("final_stack");
    for (uint32_t i = 0; i < v->program.shape.W; i++) v->stack[i] = element(json_array_get(stack, i));
    for (uint32_t k = 0; k < v->program.shape.S; k++) {
        for (uint32_t i = 0; i < EML_RESCUE_DIGEST; i++)
            v->digests[k][i] = element(json_array_get(json_array_get(digests, k), i));
        for (uint32_t i = 0; i < EML_RESCUE_WIDTH; i++)
            v->state_at_5[k][i] = element(json_array_get(json_array_get(states, k), i));
    }
}

void vm_vectors_load(vm_vectors *out) {
    json_error_t error;
    json_t *root = json_load_file(EML_KAT_DIR "/vm.json", 0, &error);
    if (!root) broken(error.text);
    const json_t *list = member(root, "vectors");
    out->count = json_array_size(list);
    out->items = eml_alloc(out->count, sizeof *out->items);
    for (size_t i = 0; i < out->count; i++) load_vector(json_array_get(list, i), &out->items[i]);
    json_decref(root);
}

void vm_vectors_free(vm_vectors *vectors) {
    for (size_t i = 0; i < vectors->count; i++) {
        vm_vector *v = &vectors->items[i];
        eml_free(v->name);
        eml_program_free(&v->program);
        eml_free(v->public_tape);
        eml_free(v->secret_tape);
        eml_free(v->output_tape);
    }
    eml_free(vectors->items);
}

eml_claim vm_vector_claim(const vm_vector *vector) {
    eml_claim claim = {.shape = vector->program.shape,
                       .public_tape = vector->public_tape,
                       .secret_tape = vector->secret_tape,
                       .output_tape = vector->output_tape};
    memcpy(claim.digests, vector->digests, sizeof claim.digests);
    memcpy(claim.stack, vector->stack, sizeof claim.stack);
    return claim;
}
