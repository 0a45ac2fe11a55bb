#include "runtime/formula/formula.h"

enum { VARIES = 0 };

static const struct {
    uint32_t operands;
    const char *name;
} operators[] = {
#define OPERATOR(code, NAME, operands, precedence, text, follows, value) [code] = {operands, text},
#include "runtime/formula/operator.def"
#undef OPERATOR
};

enum { OPERATORS = sizeof operators / sizeof *operators };

bool eml_formula_is_operator(uint64_t code) { return code < OPERATORS; }
uint32_t eml_formula_operands(eml_formula_operator operator) { return operators[operator].operands;
}
const char *eml_formula_operator_name(eml_formula_operator operator) { return operators[operator].name;
}

eml_formula_node *eml_formula_add(eml_formula *formula, eml_formula_operator operator, uint32_t operands) {
    formula->nodes = eml_grow(formula->nodes, &formula->capacity, formula->count + 1, sizeof *formula->nodes);
    eml_formula_node *node = &formula->nodes[formula->count++];
    *node = (eml_formula_node){.operator= operator, .operands = operands };
    mpq_init(node->number);
    return node;
}

void eml_formula_add_number(eml_formula *formula, const mpq_t number) {
    mpq_set(eml_formula_add(formula, EML_FORMULA_NUMBER, 0)->number, number);
}

void eml_formula_add_column(eml_formula *formula, uint32_t column) {
    eml_formula_add(formula, EML_FORMULA_COLUMN, 0)->column = column;
}

void eml_formula_append(eml_formula *formula, const eml_formula *other) {
    for (size_t i = 0; i < other->count; i++) {
        const eml_formula_node *from = &other->nodes[i];
        eml_formula_node *to = eml_formula_add(formula, from->operator, from->operands);
        to->column = from->column;
        to->exponent = from->exponent;
        to->function = from->function;
        to->pinned = from->pinned;
        mpq_set(to->number, from->number);
    }
}

void eml_formula_free(eml_formula *formula) {
    for (size_t i = 0; i < formula->count; i++) mpq_clear(formula->nodes[i].number);
    eml_free(formula->nodes);
    *formula = (eml_formula){0};
}

/* What is wrong with the node by itself; NULL: nothing. */
static const char *fault_of(const eml_formula_node *node, uint32_t columns) {
    if (!eml_formula_is_operator((uint64_t)node->operator)) return "is no operator";
    uint32_t fixed = operators[node->operator].operands;
    bool varies = node->operator== EML_FORMULA_ARGMAX || node->operator== EML_FORMULA_SOFTMAX;
    if (varies ? node->operands == 0 || node->operands > EML_FORMULA_OPERANDS_MAX : node->operands != fixed)
        return "has a number of operands that it does not take";
    if (node->operator== EML_FORMULA_COLUMN && node->column >= columns) return "is of a column that is not there";
    if (node->operator== EML_FORMULA_SOFTMAX && node->column >= node->operands)
        return "is of an operand that is not there";
    if (mpz_sizeinbase(mpq_numref(node->number), 2) > EML_FORMULA_NUMBER_BITS_MAX ||
        mpz_sizeinbase(mpq_denref(node->number), 2) > EML_FORMULA_NUMBER_BITS_MAX)
        return "has a number that is too long";
    if (node->exponent < -EML_FORMULA_EXPONENT_MAX || node->exponent > EML_FORMULA_EXPONENT_MAX)
        return "has an exponent that is too large";
    if (node->operator== EML_FORMULA_FUNCTION &&(unsigned) node->function >= EML_FUNCTION_COUNT)
        return "is no function";
    if (eml_formula_rounds(node) && mpq_sgn(node->number) <= 0) return "has a unit that is not above 0";
    return NULL;
}

eml_status eml_formula_check(const eml_formula *formula, uint32_t columns, eml_error *err) {
    size_t depth = 0;
    if (formula->count == 0 || formula->count > EML_FORMULA_NODES_MAX)
        return eml_fail(err, EML_ERR_INPUT, "a formula has 1 to %d nodes, not %zu", EML_FORMULA_NODES_MAX,
                        formula->count);
    for (size_t i = 0; i < formula->count; i++) {
        const eml_formula_node *node = &formula->nodes[i];
        const char *fault = fault_of(node, columns);
        if (fault != NULL) return eml_fail(err, EML_ERR_INPUT, "node %zu %s", i, fault);
        if (node->operands > depth) return eml_fail(err, EML_ERR_INPUT, "node %zu lacks operands", i);
        depth += 1 - (size_t)node->operands;
    }
    if (depth != 1) return eml_fail(err, EML_ERR_INPUT, "it leaves %zu values, not one", depth);
    return EML_OK;
}
