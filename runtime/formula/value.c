/* What a formula gives, by a stack of exact rationals. */
#include "runtime/formula/formula.h"

static eml_status refuse(eml_error *err, const char *sentence) {
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE, "%s", sentence);
}

static size_t bits_of(const mpq_t value) {
    return mpz_sizeinbase(mpq_numref(value), 2) + mpz_sizeinbase(mpq_denref(value), 2);
}

static void set_condition(mpq_t out, bool holds) { mpq_set_ui(out, holds, 1); }

static eml_status divide(mpq_t a, const mpq_t b, eml_error *err) {
    if (mpq_sgn(b) == 0) return refuse(err, "a division by 0");
    mpq_div(a, a, b);
    return EML_OK;
}

static eml_status raise(mpq_t a, int32_t exponent, eml_error *err) {
    unsigned long power = exponent < 0 ? -(unsigned long)exponent : (unsigned long)exponent;
    if (exponent < 0 && mpq_sgn(a) == 0) return refuse(err, "a division by 0");
    if (bits_of(a) * power > 2 * EML_FORMULA_BITS_MAX) return refuse(err, "a number too large to go on with");
    mpz_pow_ui(mpq_numref(a), mpq_numref(a), power);
    mpz_pow_ui(mpq_denref(a), mpq_denref(a), power);
    if (exponent < 0) mpq_inv(a, a);
    return EML_OK;
}

static void take_floor(mpq_t a) {
    mpz_fdiv_q(mpq_numref(a), mpq_numref(a), mpq_denref(a));
    mpz_set_ui(mpq_denref(a), 1);
}

/* The first of the largest. */
static void take_argmax(mpq_t *values, uint32_t count) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < count; i++)
        if (mpq_cmp(values[i], values[best]) > 0) best = i;
    mpq_set_ui(values[0], best, 1);
}

static eml_status rounded(const eml_formula_node *node, mpq_t *values, eml_error *err) {
    mpz_t steps;
    mpz_init(steps);
    eml_status status =
        node->operator== EML_FORMULA_SOFTMAX
            ? eml_function_softmax_round(node->column, (const mpq_t *)values, node->operands, node->number, steps, err)
            : eml_function_round(node->function, values[0], node->number, steps, err);
    if (status == EML_OK) {
        mpq_set_z(values[0], steps);
        mpq_mul(values[0], values[0], node->number);
    }
    mpz_clear(steps);
    if (status == EML_OK) return EML_OK;
    if (err != NULL) err->code = EML_CODE_RANGE;
    return EML_ERR_NO;
}

/* values: the operands; the value comes in place of the first. */
static eml_status apply(const eml_formula_node *node, mpq_t *values, eml_error *err) {
    mpq_ptr a = values[0];
    mpq_srcptr b = node->operands > 1 ? values[1] : NULL;
    switch (node->operator) {
    case EML_FORMULA_ADD: mpq_add(a, a, b); break;
    case EML_FORMULA_SUBTRACT: mpq_sub(a, a, b); break;
    case EML_FORMULA_MULTIPLY: mpq_mul(a, a, b); break;
    case EML_FORMULA_DIVIDE: return divide(a, b, err);
    case EML_FORMULA_NEGATE: mpq_neg(a, a); break;
    case EML_FORMULA_POWER: return raise(a, node->exponent, err);
    case EML_FORMULA_ABS: mpq_abs(a, a); break;
    case EML_FORMULA_MIN:
        if (mpq_cmp(b, a) < 0) mpq_set(a, b);
        break;
    case EML_FORMULA_MAX:
        if (mpq_cmp(b, a) > 0) mpq_set(a, b);
        break;
    case EML_FORMULA_FLOOR: take_floor(a); break;
    case EML_FORMULA_EQUAL: set_condition(a, mpq_equal(a, b)); break;
    case EML_FORMULA_LESS: set_condition(a, mpq_cmp(a, b) < 0); break;
    case EML_FORMULA_LESS_EQUAL: set_condition(a, mpq_cmp(a, b) <= 0); break;
    case EML_FORMULA_AND: set_condition(a, mpq_sgn(a) != 0 && mpq_sgn(b) != 0); break;
    case EML_FORMULA_OR: set_condition(a, mpq_sgn(a) != 0 || mpq_sgn(b) != 0); break;
    case EML_FORMULA_NOT: set_condition(a, mpq_sgn(a) == 0); break;
    case EML_FORMULA_IF: mpq_set(a, mpq_sgn(a) != 0 ? b : values[2]); break;
    case EML_FORMULA_ARGMAX: take_argmax(values, node->operands); break;
    case EML_FORMULA_FUNCTION:
    case EML_FORMULA_SOFTMAX: return rounded(node, values, err);
    case EML_FORMULA_NUMBER:
    case EML_FORMULA_COLUMN: break; /* pushed */
    }
    return EML_OK;
}

/* The stack grows to what is needed and stays so. */
typedef struct stack {
    mpq_t *values;
    size_t depth, made, capacity;
} stack;

static mpq_ptr push(stack *s) {
    if (s->depth == s->made) {
        s->values = eml_grow(s->values, &s->capacity, s->made + 1, sizeof *s->values);
        mpq_init(s->values[s->made++]);
    }
    return s->values[s->depth++];
}

static eml_status step(const eml_formula_node *node, const mpq_t *columns, stack *s, eml_error *err) {
    if (node->operator== EML_FORMULA_NUMBER || node->operator== EML_FORMULA_COLUMN) {
        mpq_set(push(s), node->operator== EML_FORMULA_NUMBER ? node->number : columns[node->column]);
        return EML_OK;
    }
    s->depth -= node->operands;
    mpq_t *values = s->values + s->depth++;
    EML_TRY(apply(node, values, err));
    return bits_of(values[0]) <= EML_FORMULA_BITS_MAX ? EML_OK : refuse(err, "a number too large to go on with");
}

eml_status eml_formula_value(const eml_formula *formula, const mpq_t *columns, mpq_t out, eml_error *err) {
    stack s = {0};
    eml_status status = EML_OK;
    for (size_t i = 0; i < formula->count && status == EML_OK; i++) status = step(&formula->nodes[i], columns, &s, err);
    if (status == EML_OK) mpq_set(out, s.values[0]);
    for (size_t i = 0; i < s.made; i++) mpq_clear(s.values[i]);
    eml_free(s.values);
    return status;
}
