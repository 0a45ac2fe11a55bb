/* Formulas packed: of each node its code and what it says besides, one after the other. */
#include "runtime/base/packed.h"
#include "runtime/formula/formula.h"

enum { CODE_MAX = 127 };

void eml_formula_encode(const eml_formula *formula, eml_buf *out) {
    for (size_t i = 0; i < formula->count; i++) {
        const eml_formula_node *node = &formula->nodes[i];
        eml_packed_put_uint(out, (uint64_t)node->operator);
        switch (node->operator) {
        case EML_FORMULA_COLUMN: eml_packed_put_uint(out, node->column); break;
        case EML_FORMULA_POWER: eml_packed_put_int(out, node->exponent); break;
        case EML_FORMULA_ARGMAX: eml_packed_put_uint(out, node->operands); break;
        case EML_FORMULA_FUNCTION: eml_packed_put_uint(out, (uint64_t)node->function); break;
        case EML_FORMULA_SOFTMAX:
            eml_packed_put_uint(out, node->operands);
            eml_packed_put_uint(out, node->column);
            break;
        default: break;
        }
        if (node->operator== EML_FORMULA_NUMBER || eml_formula_rounds(node)) eml_packed_put_rational(out, node->number);
    }
}

static bool read_uint(eml_reader *reader, uint32_t *out) {
    uint64_t value;
    if (!eml_packed_uint(reader, UINT32_MAX, &value)) return false;
    *out = (uint32_t)value;
    return true;
}

static bool read_exponent(eml_reader *reader, int32_t *out) {
    int64_t value;
    if (!eml_packed_int(reader, INT32_MAX, &value)) return false;
    *out = (int32_t)value;
    return true;
}

static bool read_function(eml_reader *reader, eml_function *out) {
    uint64_t value;
    if (!eml_packed_uint(reader, EML_FUNCTION_COUNT - 1, &value)) return false;
    *out = (eml_function)value;
    return true;
}

static bool read_details(eml_reader *reader, eml_formula_node *node) {
    bool good = true;
    switch (node->operator) {
    case EML_FORMULA_COLUMN: good = read_uint(reader, &node->column); break;
    case EML_FORMULA_POWER: good = read_exponent(reader, &node->exponent); break;
    case EML_FORMULA_ARGMAX: good = read_uint(reader, &node->operands); break;
    case EML_FORMULA_FUNCTION: good = read_function(reader, &node->function); break;
    case EML_FORMULA_SOFTMAX: good = read_uint(reader, &node->operands) && read_uint(reader, &node->column); break;
    default: break;
    }
    bool number = node->operator== EML_FORMULA_NUMBER || eml_formula_rounds(node);
    return good && (!number || eml_packed_rational(reader, node->number));
}

static bool read_node(eml_reader *reader, eml_formula *out) {
    uint64_t code;
    if (!eml_packed_uint(reader, CODE_MAX, &code) || !eml_formula_is_operator(code)) return false;
    eml_formula_operator operator=(eml_formula_operator) code;
    return read_details(reader, eml_formula_add(out, operator, eml_formula_operands(operator)));
}

eml_status eml_formula_decode(const uint8_t *bytes, size_t count, eml_formula *out, eml_error *err) {
    eml_reader reader = {bytes, count};
    eml_formula formula = {0};
    bool good = true;
    while (good && reader.left > 0 && formula.count < EML_FORMULA_NODES_MAX) good = read_node(&reader, &formula);
    if (good && reader.left == 0) {
        *out = formula;
        return EML_OK;
    }
    size_t node = formula.count;
    eml_formula_free(&formula);
    return eml_fail(err, EML_ERR_INPUT, "node %zu cannot be read", node);
}
