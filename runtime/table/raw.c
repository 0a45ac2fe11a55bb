/* Raw tapes and results of programs made from assembly. */
#include <stdio.h>
#include <string.h>

#include "runtime/text/json.h"
#include "runtime/table/raw.h"
#include "runtime/base/memory.h"
#include "runtime/isa/program.h"

/* Where an element stands, for messages. */
typedef struct place {
    const char *file, *key;
} place;

static eml_status read_element(const place *at, size_t index, const json_t *value, eml_fe *out, eml_error *err) {
    if (json_is_string(value) && eml_fe_from_decimal(json_string_value(value), json_string_length(value), out))
        return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "%s: %s[%zu]: a field element was expected: decimal digits, below p", at->file,
                    at->key, index);
}

static eml_status read_list(const place *at, const json_t *list, eml_fe *out, eml_error *err) {
    for (size_t i = 0; i < json_array_size(list); i++)
        EML_TRY(read_element(at, i, json_array_get(list, i), &out[i], err));
    return EML_OK;
}

static eml_status read_ciphertext_list(const place *at, const json_t *list, eml_fe *out, eml_error *err) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *ciphertext = json_array_get(list, i);
        char key[64];
        snprintf(key, sizeof key, "%s[%zu]", at->key, i);
        if (!json_is_array(ciphertext) || json_array_size(ciphertext) != EML_CT_ELEMENTS)
            return eml_fail(err, EML_ERR_INPUT, "%s: %s: a list of 5 elements was expected: mask0..mask3, body",
                            at->file, key);
        EML_TRY(read_list(&(place){at->file, key}, ciphertext, out + i * EML_CT_ELEMENTS, err));
    }
    return EML_OK;
}

/* One list of an object: elements, or ciphertexts of five. Absent: empty. */
static eml_status read_vector(const char *file, const json_t *object, const char *key, bool ciphertexts, eml_fe **out,
                              size_t *length, eml_error *err) {
    const json_t *list = json_object_get(object, key);
    place at = {file, key};
    if (list && !json_is_array(list))
        return eml_fail(err, EML_ERR_INPUT, "%s: %s: %s where a list was expected", file, key, eml_json_kind(list));
    *length = json_array_size(list); /* 0 of NULL */
    size_t width = ciphertexts ? EML_CT_ELEMENTS : 1;
    *out = eml_alloc(*length, width * sizeof **out);
    return ciphertexts ? read_ciphertext_list(&at, list, *out, err) : read_list(&at, list, *out, err);
}

/* An object with no keys but these one or two. */
static eml_status load_object(const char *file, const char *text, size_t length, const char *const keys[2],
                              json_t **out, eml_error *err) {
    json_t *object = NULL;
    EML_TRY(eml_json_load(file, text, length, &object, err));
    size_t known = 0;
    for (size_t i = 0; i < 2 && keys[i] != NULL; i++) known += json_object_get(object, keys[i]) != NULL;
    if (json_is_object(object) && json_object_size(object) == known) {
        *out = object;
        return EML_OK;
    }
    json_decref(object);
    if (keys[1] == NULL)
        return eml_fail(err, EML_ERR_INPUT, "%s: an object with \"%s\" and nothing else was expected", file, keys[0]);
    return eml_fail(err, EML_ERR_INPUT, "%s: an object with \"%s\" and \"%s\" and nothing else was expected", file,
                    keys[0], keys[1]);
}

static const char *const tape_keys[2] = {"public_tape", "secret_tape"};
static const char *const result_keys[2] = {"final_stack", "output_tape"};
static const char *const value_keys[2] = {"committed_tape"};

eml_status eml_raw_tapes_parse(const char *name, const char *text, size_t length, eml_raw_tapes *out, eml_error *err) {
    json_t *object = NULL;
    eml_raw_tapes tapes = {0};
    EML_TRY(load_object(name, text, length, tape_keys, &object, err));
    eml_status status = read_vector(name, object, tape_keys[0], false, &tapes.public_tape, &tapes.public_len, err);
    if (status == EML_OK)
        status = read_vector(name, object, tape_keys[1], true, &tapes.secret_tape, &tapes.secret_len, err);
    json_decref(object);
    if (status == EML_OK)
        *out = tapes;
    else
        eml_raw_tapes_free(&tapes);
    return status;
}

eml_status eml_raw_result_parse(const char *name, const char *text, size_t length, eml_raw_result *out,
                                eml_error *err) {
    json_t *object = NULL;
    eml_raw_result result = {0};
    EML_TRY(load_object(name, text, length, result_keys, &object, err));
    eml_status status = read_vector(name, object, result_keys[0], false, &result.stack, &result.stack_len, err);
    if (status == EML_OK)
        status = read_vector(name, object, result_keys[1], false, &result.output_tape, &result.output_len, err);
    json_decref(object);
    if (status == EML_OK)
        *out = result;
    else
        eml_raw_result_free(&result);
    return status;
}

eml_status eml_raw_values_parse(const char *name, const char *text, size_t length, eml_fe **out, size_t *count,
                                eml_error *err) {
    json_t *object = NULL;
    EML_TRY(load_object(name, text, length, value_keys, &object, err));
    eml_status status = read_vector(name, object, value_keys[0], false, out, count, err);
    json_decref(object);
    return status;
}

static void put_list(const char *key, const eml_fe *elements, size_t count, eml_buf *out) {
    eml_buf_printf(out, "  \"%s\": [", key);
    for (size_t i = 0; i < count; i++) {
        char digits[EML_FE_DECIMAL_MAX];
        eml_fe_to_decimal(elements[i], digits);
        eml_buf_printf(out, "%s\"%s\"", i > 0 ? ", " : "", digits);
    }
    eml_buf_put_text(out, "]");
}

void eml_raw_result_print(const eml_raw_result *result, eml_buf *out) {
    eml_buf_put_text(out, "{\n");
    put_list(result_keys[0], result->stack, result->stack_len, out);
    eml_buf_put_text(out, ",\n");
    put_list(result_keys[1], result->output_tape, result->output_len, out);
    eml_buf_put_text(out, "\n}\n");
}

void eml_raw_tapes_free(eml_raw_tapes *tapes) {
    eml_free(tapes->public_tape);
    eml_free(tapes->secret_tape);
    *tapes = (eml_raw_tapes){0};
}

void eml_raw_result_free(eml_raw_result *result) {
    eml_free(result->stack);
    eml_free(result->output_tape);
    *result = (eml_raw_result){0};
}
