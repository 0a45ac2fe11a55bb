#include "compiler/check/formula_bound.h"

#include "compiler/check/rational.h"
#include "runtime/base/memory.h"

void eml_value_bound_init(eml_value_bound *bound) { mpq_inits(bound->lo, bound->hi, bound->error, bound->grid, NULL); }

void eml_value_bound_set(eml_value_bound *out, const eml_value_bound *from) {
    mpq_set(out->lo, from->lo);
    mpq_set(out->hi, from->hi);
    mpq_set(out->error, from->error);
    mpq_set(out->grid, from->grid);
}

void eml_value_bound_free(eml_value_bound *bound) { mpq_clears(bound->lo, bound->hi, bound->error, bound->grid, NULL); }

/* ----- Numbers */

enum { LONG_BITS = 1024, SHORT_BITS = 192 };

/* A long number to the multiple of a power of 2 that is next, down or up. */
static void shorten(mpq_t value, bool up) {
    size_t top = mpz_sizeinbase(mpq_numref(value), 2), bottom = mpz_sizeinbase(mpq_denref(value), 2);
    if (top + bottom <= LONG_BITS || mpz_cmp_ui(mpq_denref(value), 1) == 0) return;
    long shift = SHORT_BITS - ((long)top - (long)bottom);
    mpz_t steps;
    mpz_init(steps);
    eml_rational_scale2(value, value, shift);
    (up ? mpz_cdiv_q : mpz_fdiv_q)(steps, mpq_numref(value), mpq_denref(value));
    mpq_set_z(value, steps);
    eml_rational_scale2(value, value, -shift);
    mpz_clear(steps);
}

/* out may be an end of the bound. */
static void magnitude(const eml_value_bound *bound, mpq_t out) {
    mpq_t below, above;
    mpq_inits(below, above, NULL);
    mpq_abs(below, bound->lo);
    mpq_abs(above, bound->hi);
    mpq_set(out, mpq_cmp(above, below) > 0 ? above : below);
    mpq_clears(below, above, NULL);
}

static bool is_zero(const eml_value_bound *bound) { return mpq_sgn(bound->lo) == 0 && mpq_sgn(bound->hi) == 0; }
static bool holds_zero(const eml_value_bound *bound) { return mpq_sgn(bound->lo) <= 0 && mpq_sgn(bound->hi) >= 0; }

/* The coarsest grid on which both are. */
static void join_grids(eml_value_bound *a, const eml_value_bound *b) {
    if (is_zero(b)) return;
    if (is_zero(a)) {
        mpq_set(a->grid, b->grid);
    } else if (mpq_sgn(a->grid) == 0 || mpq_sgn(b->grid) == 0) {
        mpq_set_ui(a->grid, 0, 1);
    } else { /* gcd(p/q, r/s) = gcd(p s, r q) / (q s) */
        mpz_t left, right;
        mpz_inits(left, right, NULL);
        mpz_mul(left, mpq_numref(a->grid), mpq_denref(b->grid));
        mpz_mul(right, mpq_numref(b->grid), mpq_denref(a->grid));
        mpz_mul(mpq_denref(a->grid), mpq_denref(a->grid), mpq_denref(b->grid));
        mpz_gcd(mpq_numref(a->grid), left, right);
        mpq_canonicalize(a->grid);
        mpz_clears(left, right, NULL);
    }
}

static void set_whole(eml_value_bound *bound, unsigned long hi) {
    mpq_set_ui(bound->lo, 0, 1);
    mpq_set_ui(bound->hi, hi, 1);
    mpq_set_ui(bound->error, 0, 1);
    mpq_set_ui(bound->grid, 1, 1);
}

/* ----- Arithmetic; each changes a */

static void add(eml_value_bound *a, const eml_value_bound *b, bool negate) {
    join_grids(a, b);
    (negate ? mpq_sub : mpq_add)(a->lo, a->lo, negate ? b->hi : b->lo);
    (negate ? mpq_sub : mpq_add)(a->hi, a->hi, negate ? b->lo : b->hi);
    mpq_add(a->error, a->error, b->error);
}

static void negate(eml_value_bound *a) {
    mpq_swap(a->lo, a->hi);
    mpq_neg(a->lo, a->lo);
    mpq_neg(a->hi, a->hi);
}

/* |a b - a' b'| <= |a| |b - b'| + |b'| |a - a'| */
static void multiply(eml_value_bound *a, const eml_value_bound *b) {
    mpq_t corner, lo, hi, left, right;
    mpq_inits(corner, lo, hi, left, right, NULL);
    magnitude(a, left);
    magnitude(b, right);
    mpq_mul(left, left, b->error);
    mpq_mul(right, right, a->error);
    mpq_add(a->error, left, right);
    for (int i = 0; i < 4; i++) {
        mpq_mul(corner, i & 1 ? a->hi : a->lo, i & 2 ? b->hi : b->lo);
        if (i == 0 || mpq_cmp(corner, lo) < 0) mpq_set(lo, corner);
        if (i == 0 || mpq_cmp(corner, hi) > 0) mpq_set(hi, corner);
    }
    mpq_swap(a->lo, lo);
    mpq_swap(a->hi, hi);
    mpq_mul(a->grid, a->grid, b->grid);
    mpq_clears(corner, lo, hi, left, right, NULL);
}

/* 1 / a, of a range without 0: |1/a - 1/a'| = |a - a'| / |a a'|. */
static void invert(eml_value_bound *a) {
    mpq_t least;
    mpq_init(least);
    mpq_abs(least, mpq_sgn(a->lo) > 0 ? a->lo : a->hi);
    mpq_mul(least, least, least);
    mpq_div(a->error, a->error, least);
    bool one = mpq_equal(a->lo, a->hi);
    mpq_inv(a->lo, a->lo);
    mpq_inv(a->hi, a->hi);
    mpq_swap(a->lo, a->hi);
    if (one)
        mpq_abs(a->grid, a->lo);
    else
        mpq_set_ui(a->grid, 0, 1);
    mpq_clear(least);
}

static void raise_to(mpq_t value, unsigned long power) {
    mpz_pow_ui(mpq_numref(value), mpq_numref(value), power);
    mpz_pow_ui(mpq_denref(value), mpq_denref(value), power);
}

/* |a^n - a'^n| <= n |a|^(n-1) |a - a'|, n > 0 */
static void raise(eml_value_bound *a, unsigned long power) {
    mpq_t slope;
    mpq_init(slope);
    magnitude(a, slope);
    raise_to(slope, power - 1);
    mpq_mul(a->error, a->error, slope);
    mpq_set_ui(slope, power, 1);
    mpq_mul(a->error, a->error, slope);
    bool even = power % 2 == 0, across = even && holds_zero(a), below = even && mpq_sgn(a->hi) < 0;
    if (across) {
        magnitude(a, a->hi);
        mpq_set_ui(a->lo, 0, 1);
    }
    if (below) mpq_swap(a->lo, a->hi);
    raise_to(a->lo, power);
    raise_to(a->hi, power);
    raise_to(a->grid, power);
    mpq_clear(slope);
}

static void take_absolute(eml_value_bound *a) {
    if (mpq_sgn(a->hi) < 0) negate(a);
    if (mpq_sgn(a->lo) >= 0) return;
    mpq_neg(a->lo, a->lo);
    if (mpq_cmp(a->lo, a->hi) > 0) mpq_swap(a->lo, a->hi);
    mpq_set_ui(a->lo, 0, 1);
}

static void keep_greater(mpq_t a, const mpq_t b) {
    if (mpq_cmp(b, a) > 0) mpq_set(a, b);
}
static void keep_less(mpq_t a, const mpq_t b) {
    if (mpq_cmp(b, a) < 0) mpq_set(a, b);
}

static void take_extreme(eml_value_bound *a, const eml_value_bound *b, bool largest) {
    join_grids(a, b);
    (largest ? keep_greater : keep_less)(a->lo, b->lo);
    (largest ? keep_greater : keep_less)(a->hi, b->hi);
    keep_greater(a->error, b->error);
}

/* Either of them. */
static void unite(eml_value_bound *a, const eml_value_bound *b) {
    join_grids(a, b);
    keep_less(a->lo, b->lo);
    keep_greater(a->hi, b->hi);
    keep_greater(a->error, b->error);
}

static void round_down(mpq_t value) {
    mpz_fdiv_q(mpq_numref(value), mpq_numref(value), mpq_denref(value));
    mpz_set_ui(mpq_denref(value), 1);
}

/* ----- Nodes */

typedef struct walk {
    const eml_value_bound *columns;
    bool printed;
    eml_error *sentence;
} walk;

static eml_bound_fault refuse(walk *w, eml_bound_fault fault, const char *text) {
    eml_fail(w->sentence, EML_ERR_INPUT, "%s", text);
    return fault;
}

static void put_range(const eml_value_bound *bound, eml_buf *out) {
    eml_buf_put_u8(out, '[');
    eml_rational_print_short(bound->lo, out);
    eml_buf_put_text(out, ", ");
    eml_rational_print_short(bound->hi, out);
    eml_buf_put_text(out, "]");
    eml_buf_put_u8(out, 0);
}

static eml_bound_fault refuse_zero(walk *w, const eml_value_bound *divisor) {
    eml_buf range = {0};
    put_range(divisor, &range);
    eml_fail(w->sentence, EML_ERR_INPUT, "the divisor can be 0: its range is %s", (const char *)range.data);
    eml_buf_free(&range);
    return EML_BOUND_DOMAIN;
}

/* Whether all operands are exact, as what is compared has to be. */
static eml_bound_fault need_exact(walk *w, const eml_value_bound *operands, uint32_t count, const char *what) {
    for (uint32_t i = 0; i < count && !w->printed; i++) {
        if (mpq_sgn(operands[i].error) == 0) continue;
        eml_fail(w->sentence, EML_ERR_INPUT,
                 "%s of a rounded value has no bound of its error: declare the inputs `integer` or with a `step`, and "
                 "use no function that "
                 "rounds",
                 what);
        return EML_BOUND_ROUNDED;
    }
    return EML_BOUND_FINE;
}

/* Behind the sentence that is there. */
static void tell_range(walk *w, const eml_value_bound *operand) {
    eml_error said = *w->sentence;
    eml_buf range = {0};
    put_range(operand, &range);
    eml_fail(w->sentence, EML_ERR_INPUT, "%s: the range of its operand is %s", said.text, (const char *)range.data);
    eml_buf_free(&range);
}

static void add_rounding(eml_value_bound *a, const mpq_t unit) {
    mpq_t half;
    mpq_init(half);
    mpq_div_2exp(half, unit, 1);
    mpq_sub(a->lo, a->lo, half);
    mpq_add(a->hi, a->hi, half);
    mpq_add(a->error, a->error, half);
    mpq_set_ui(a->grid, 0, 1);
    mpq_clear(half);
}

static eml_bound_fault bound_function(walk *w, const eml_formula_node *node, eml_value_bound *a) {
    mpq_t slope, lo, hi;
    mpq_inits(slope, lo, hi, NULL);
    eml_bound_fault fault = EML_BOUND_FINE;
    if (eml_function_range(node->function, a->lo, a->hi, lo, hi, w->sentence) != EML_OK) fault = EML_BOUND_DOMAIN;
    if (fault == EML_BOUND_FINE && mpq_sgn(a->error) != 0) {
        if (eml_function_slope(node->function, a->lo, a->hi, slope, w->sentence) != EML_OK) fault = EML_BOUND_ROUNDED;
        mpq_mul(a->error, a->error, slope);
    }
    if (fault == EML_BOUND_FINE) {
        mpq_swap(a->lo, lo);
        mpq_swap(a->hi, hi);
        add_rounding(a, node->number);
    } else {
        tell_range(w, a);
    }
    mpq_clears(slope, lo, hi, NULL);
    return fault;
}

/* A share changes by no more than half of what the operands change by at the most: the sum over j of |ds_i/dx_j| is 2
 * s_i (1 - s_i). */
static void bound_softmax(const eml_formula_node *node, eml_value_bound *operands) {
    mpq_t error;
    mpq_init(error);
    for (uint32_t i = 0; i < node->operands; i++) keep_greater(error, operands[i].error);
    mpq_div_2exp(error, error, 1);
    set_whole(&operands[0], 1);
    mpq_set(operands[0].error, error);
    add_rounding(&operands[0], node->number);
    mpq_clear(error);
}

static eml_bound_fault bound_condition(walk *w, eml_value_bound *operands, uint32_t count) {
    eml_bound_fault fault = need_exact(w, operands, count, "a comparison");
    set_whole(&operands[0], 1);
    return fault;
}

static eml_bound_fault bound_power(walk *w, int32_t exponent, eml_value_bound *a) {
    if (exponent < 0 && holds_zero(a)) return refuse_zero(w, a);
    if (exponent == 0) {
        set_whole(a, 1);
        mpq_set(a->lo, a->hi);
        return EML_BOUND_FINE;
    }
    raise(a, exponent < 0 ? -(unsigned long)exponent : (unsigned long)exponent);
    if (exponent < 0) invert(a);
    return EML_BOUND_FINE;
}

static eml_bound_fault bound_if(walk *w, eml_value_bound *operands) {
    eml_bound_fault fault = need_exact(w, operands, 1, "a condition");
    unite(&operands[1], &operands[2]);
    eml_value_bound_set(&operands[0], &operands[1]);
    return fault;
}

static eml_bound_fault bound_node(walk *w, const eml_formula_node *node, eml_value_bound *operands) {
    eml_value_bound *a = &operands[0];
    const eml_value_bound *b = node->operands > 1 ? &operands[1] : NULL;
    eml_bound_fault fault = EML_BOUND_FINE;
    switch (node->operator) {
    case EML_FORMULA_NUMBER:
        mpq_set(a->lo, node->number);
        mpq_set(a->hi, node->number);
        mpq_set_ui(a->error, 0, 1);
        mpq_abs(a->grid, node->number);
        break;
    case EML_FORMULA_COLUMN: eml_value_bound_set(a, &w->columns[node->column]); break;
    case EML_FORMULA_ADD:
    case EML_FORMULA_SUBTRACT: add(a, b, node->operator== EML_FORMULA_SUBTRACT); break;
    case EML_FORMULA_MULTIPLY: multiply(a, b); break;
    case EML_FORMULA_DIVIDE:
        if (holds_zero(b)) return refuse_zero(w, b);
        invert(&operands[1]);
        multiply(a, b);
        break;
    case EML_FORMULA_NEGATE: negate(a); break;
    case EML_FORMULA_POWER: return bound_power(w, node->exponent, a);
    case EML_FORMULA_ABS: take_absolute(a); break;
    case EML_FORMULA_MIN:
    case EML_FORMULA_MAX: take_extreme(a, b, node->operator== EML_FORMULA_MAX); break;
    case EML_FORMULA_FLOOR:
        fault = need_exact(w, a, 1, "`floor`");
        round_down(a->lo);
        round_down(a->hi);
        mpq_set_ui(a->error, 0, 1);
        mpq_set_ui(a->grid, 1, 1);
        break;
    case EML_FORMULA_EQUAL:
    case EML_FORMULA_LESS:
    case EML_FORMULA_LESS_EQUAL:
    case EML_FORMULA_AND:
    case EML_FORMULA_OR:
    case EML_FORMULA_NOT: return bound_condition(w, operands, node->operands);
    case EML_FORMULA_IF: return bound_if(w, operands);
    case EML_FORMULA_ARGMAX:
        fault = need_exact(w, operands, node->operands, "`argmax`");
        set_whole(a, node->operands - 1);
        break;
    case EML_FORMULA_FUNCTION: return bound_function(w, node, a);
    case EML_FORMULA_SOFTMAX: bound_softmax(node, operands); break;
    }
    return fault;
}

static bool is_large(const eml_value_bound *bound) {
    return mpz_sizeinbase(mpq_numref(bound->lo), 2) + mpz_sizeinbase(mpq_numref(bound->hi), 2) > EML_FORMULA_BITS_MAX;
}

eml_bound_fault eml_formula_bound(const eml_formula *formula, const eml_value_bound *columns, bool printed,
                                  eml_value_bound *out, eml_error *sentence) {
    walk w = {columns, printed, sentence};
    eml_value_bound *stack = NULL;
    size_t depth = 0, made = 0, capacity = 0;
    eml_bound_fault fault = EML_BOUND_FINE;
    for (size_t i = 0; i < formula->count && fault == EML_BOUND_FINE; i++) {
        depth -= formula->nodes[i].operands;
        if (depth == made) {
            stack = eml_grow(stack, &capacity, made + 1, sizeof *stack);
            eml_value_bound_init(&stack[made++]);
        }
        eml_value_bound *top = &stack[depth++];
        fault = bound_node(&w, &formula->nodes[i], top);
        shorten(top->lo, false);
        shorten(top->hi, true);
        shorten(top->error, true);
        if (fault == EML_BOUND_FINE && is_large(top))
            fault = refuse(&w, EML_BOUND_DOMAIN, "the value can be too large to compute with");
    }
    if (fault == EML_BOUND_FINE) eml_value_bound_set(out, &stack[0]);
    for (size_t i = 0; i < made; i++) eml_value_bound_free(&stack[i]);
    eml_free(stack);
    return fault;
}

/* ----- Units */

void eml_small_part(const mpq_t allowed, mpq_t out) { mpq_div_2exp(out, allowed, 40); }

void eml_unit_for(const mpq_t part, const mpq_t error, const mpq_t allowed, size_t count, mpq_t unit) {
    mpq_t scale;
    mpq_init(scale);
    mpq_set_ui(scale, 2 * count, 1);
    mpq_mul(scale, scale, error);
    mpq_mul(unit, part, allowed);
    mpq_div(unit, unit, scale);
    eml_rational_floor_power10(unit, unit);
    mpq_clear(scale);
}

/* By what each alone would do to the value. */
eml_bound_fault eml_formula_choose_units(eml_formula *formula, size_t nodes, const eml_value_bound *columns,
                                         bool printed, const mpq_t allowed, size_t count, eml_error *sentence) {
    mpq_t part;
    eml_value_bound bound;
    mpq_init(part);
    eml_value_bound_init(&bound);
    mpq_t *units = eml_rationals_new(formula->count);
    eml_small_part(allowed, part);
    eml_bound_fault fault = EML_BOUND_FINE;
    for (size_t i = 0; i < nodes && fault == EML_BOUND_FINE; i++) {
        eml_formula_node *node = &formula->nodes[i];
        if (!eml_formula_rounds(node)) continue;
        mpq_set(node->number, part);
        fault = eml_formula_bound(formula, columns, printed, &bound, sentence);
        mpq_set_ui(node->number, 0, 1);
        if (fault == EML_BOUND_FINE && mpq_sgn(bound.error) != 0)
            eml_unit_for(part, bound.error, allowed, count, units[i]);
        /* Whatever it is, it does not count, but where it is compared. */
        if (fault == EML_BOUND_FINE && mpq_sgn(bound.error) == 0) eml_rational_floor_power10(allowed, units[i]);
    }
    for (size_t i = 0; i < nodes; i++)
        if (eml_formula_rounds(&formula->nodes[i])) mpq_set(formula->nodes[i].number, units[i]);
    eml_rationals_free(units, formula->count);
    eml_value_bound_free(&bound);
    mpq_clear(part);
    return fault;
}
