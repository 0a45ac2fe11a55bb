#include "compiler/check/formula_bound.h"

#include <stdlib.h>

#include "compiler/check/rational.h"
#include "runtime/base/memory.h"

void eml_value_bound_init(eml_value_bound *bound) {
    mpq_inits(bound->lo, bound->hi, bound->error, bound->grid, NULL);
    bound->top_bits = bound->bottom_bits = 1;
}

void eml_value_bound_set(eml_value_bound *out, const eml_value_bound *from) {
    mpq_set(out->lo, from->lo);
    mpq_set(out->hi, from->hi);
    mpq_set(out->error, from->error);
    mpq_set(out->grid, from->grid);
    out->top_bits = from->top_bits;
    out->bottom_bits = from->bottom_bits;
}

void eml_value_bound_free(eml_value_bound *bound) { mpq_clears(bound->lo, bound->hi, bound->error, bound->grid, NULL); }

/* ----- Numbers */

enum { LONG_BITS = 1024, SHORT_BITS = 192, GRID_BITS = 3000 };

/* To a multiple of 2^-EML_FORMULA_BITS_MAX, when it is nearer to 0 than that is. */
static void clamp(mpq_t value, bool up) {
    long bits = (long)mpz_sizeinbase(mpq_denref(value), 2) - (long)mpz_sizeinbase(mpq_numref(value), 2);
    if (bits <= EML_FORMULA_BITS_MAX || mpq_sgn(value) == 0) return;
    bool away = up == (mpq_sgn(value) > 0);
    mpq_set_si(value, away ? mpq_sgn(value) : 0, 1);
    eml_rational_scale2(value, value, -EML_FORMULA_BITS_MAX);
}

/* A long number to the multiple of a power of 2 that is next, down or up. */
static void shorten(mpq_t value, bool up) {
    clamp(value, up);
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

/* Whether |value| is far above what may be computed with. */
static bool is_huge(const mpq_t value) {
    return mpz_sizeinbase(mpq_numref(value), 2) > mpz_sizeinbase(mpq_denref(value), 2) + EML_FORMULA_BITS_MAX;
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

/* An end, no shorter than a bound has to be; what is huge is left so. */
static void raise_to(mpq_t value, unsigned long power, bool up) {
    mpq_t square;
    mpq_init(square);
    bool negative = mpq_sgn(value) < 0 && power % 2 != 0;
    up = up != negative; /* of the size */
    mpq_abs(square, value);
    mpq_set_ui(value, 1, 1);
    for (; power > 0; power >>= 1) {
        if (power & 1) mpq_mul(value, value, square);
        shorten(value, up);
        if (is_huge(value)) break;
        if (power == 1) break;
        mpq_mul(square, square, square);
        shorten(square, up);
        if (is_huge(square)) { /* and a later factor is */
            mpq_set(value, square);
            break;
        }
    }
    if (negative) mpq_neg(value, value);
    mpq_clear(square);
}

static void raise_grid(mpq_t grid, unsigned long power) {
    if (power * (mpz_sizeinbase(mpq_numref(grid), 2) + mpz_sizeinbase(mpq_denref(grid), 2)) > 2 * GRID_BITS) {
        mpq_set_ui(grid, 0, 1);
        return;
    }
    mpz_pow_ui(mpq_numref(grid), mpq_numref(grid), power);
    mpz_pow_ui(mpq_denref(grid), mpq_denref(grid), power);
}

/* |a^n - a'^n| <= n |a|^(n-1) |a - a'|, n > 0 */
static void raise(eml_value_bound *a, unsigned long power) {
    mpq_t slope;
    mpq_init(slope);
    magnitude(a, slope);
    raise_to(slope, power - 1, true);
    mpq_mul(a->error, a->error, slope);
    mpq_set_ui(slope, power, 1);
    mpq_mul(a->error, a->error, slope);
    bool even = power % 2 == 0, across = even && holds_zero(a), below = even && mpq_sgn(a->hi) < 0;
    if (across) {
        magnitude(a, a->hi);
        mpq_set_ui(a->lo, 0, 1);
    }
    if (below) mpq_swap(a->lo, a->hi);
    raise_to(a->lo, power, false);
    raise_to(a->hi, power, true);
    raise_grid(a->grid, power);
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
    const eml_value_bound *columns, *pins;
    bool printed, probing; /* probing: units are finer than those that will stand, and lengths do not count */
    eml_error *sentence;
} walk;

static eml_bound_fault refuse(walk *w, eml_bound_fault fault, const char *text) {
    eml_fail(w->sentence, EML_ERR_INPUT, "%s", text);
    return fault;
}

static eml_bound_fault refuse_large(walk *w) {
    return refuse(w, EML_BOUND_DOMAIN, "the value can be too large to compute with");
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
                 "use no function that rounds",
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
    raise(a, (unsigned long)labs((long)exponent));
    if (is_huge(a->lo) || is_huge(a->hi) || (exponent < 0 && holds_zero(a))) return refuse_large(w);
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

/* ----- How long the computed value is */

typedef struct size {
    size_t top, bottom;
} size;

static size size_of(const mpq_t number) {
    return (size){mpz_sizeinbase(mpq_numref(number), 2), mpz_sizeinbase(mpq_denref(number), 2)};
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/* Before a node takes its operands: what its value comes to, as it is computed (runtime/formula/value.c). */
static size size_after(const eml_formula_node *node, const eml_value_bound *operands) {
    size a = {1, 1}, b = {1, 1};
    if (node->operands > 0) a = (size){operands[0].top_bits, operands[0].bottom_bits};
    if (node->operands > 1) b = (size){operands[1].top_bits, operands[1].bottom_bits};
    size_t power = (size_t)labs((long)node->exponent);
    switch (node->operator) {
    case EML_FORMULA_NUMBER: return size_of(node->number);
    case EML_FORMULA_ADD:
    case EML_FORMULA_SUBTRACT: return (size){larger(a.top + b.bottom, a.bottom + b.top) + 1, a.bottom + b.bottom};
    case EML_FORMULA_MULTIPLY: return (size){a.top + b.top, a.bottom + b.bottom};
    case EML_FORMULA_DIVIDE: return (size){a.top + b.bottom, a.bottom + b.top};
    case EML_FORMULA_POWER:
        if (power == 0) return (size){1, 1};
        return node->exponent < 0 ? (size){power * a.bottom, power * a.top} : (size){power * a.top, power * a.bottom};
    case EML_FORMULA_MIN:
    case EML_FORMULA_MAX: return (size){larger(a.top, b.top), larger(a.bottom, b.bottom)};
    case EML_FORMULA_IF: return (size){larger(b.top, operands[2].top_bits), larger(b.bottom, operands[2].bottom_bits)};
    case EML_FORMULA_ARGMAX: return (size){sizeof node->operands * 8, 1};
    case EML_FORMULA_FLOOR: return (size){a.top, 1};
    case EML_FORMULA_NEGATE:
    case EML_FORMULA_ABS: return a;
    case EML_FORMULA_COLUMN: /* these by their grids, once they have a unit */
    case EML_FORMULA_FUNCTION:
    case EML_FORMULA_SOFTMAX:
    case EML_FORMULA_EQUAL:
    case EML_FORMULA_LESS:
    case EML_FORMULA_LESS_EQUAL:
    case EML_FORMULA_AND:
    case EML_FORMULA_OR:
    case EML_FORMULA_NOT: break;
    }
    return (size){1, 1};
}

/* k p / q has no more than q below, and above no more than the largest value times that. */
static size size_on_grid(const mpq_t grid, const eml_value_bound *bound) {
    mpq_t most;
    mpq_init(most);
    magnitude(bound, most);
    size of = size_of(most);
    size_t bottom = mpz_sizeinbase(mpq_denref(grid), 2), top = of.top + 1 + bottom;
    mpq_clear(most);
    return (size){top > of.bottom ? top - of.bottom + 1 : 1, bottom};
}

static void keep_size(const eml_formula_node *node, size structural, eml_value_bound *top) {
    bool rounds = eml_formula_rounds(node), alone = rounds || node->operator== EML_FORMULA_COLUMN;
    mpq_srcptr grid = rounds ? node->number : top->grid;
    if (mpq_sgn(grid) != 0) {
        size on = size_on_grid(grid, top);
        if (alone || on.top + on.bottom < structural.top + structural.bottom) structural = on;
    }
    if (is_zero(top)) structural = (size){1, 1};
    top->top_bits = structural.top;
    top->bottom_bits = structural.bottom;
}

static eml_bound_fault check_size(walk *w, const eml_formula_node *node, const eml_value_bound *top) {
    if (is_huge(top->lo) || is_huge(top->hi) || is_huge(top->error)) return refuse_large(w);
    if (w->probing) return EML_BOUND_FINE;
    if (top->top_bits + top->bottom_bits > EML_FORMULA_BITS_MAX) return refuse_large(w);
    if (eml_formula_rounds(node) && top->top_bits > EML_FUNCTION_BITS_MAX + size_of(node->number).top)
        return refuse(w, EML_BOUND_DOMAIN, "the value can be too large for the unit that it is rounded to");
    return EML_BOUND_FINE;
}

/* A step has at most so many digits, and a fine grid is none to compute on. */
static void drop_long_grid(eml_value_bound *top) {
    size of = size_of(top->grid);
    if (of.top > GRID_BITS || of.bottom > GRID_BITS) mpq_set_ui(top->grid, 0, 1);
}

/* To the range that the input of the same formula is held to. There it was computed with its own error from what is
 * meant, here with another: neither this value nor what is meant is farther outside than both errors. */
static void narrow(const eml_value_bound *pin, eml_value_bound *top) {
    mpq_t lo, hi;
    mpq_inits(lo, hi, NULL);
    mpq_add(hi, pin->error, top->error);
    mpq_sub(lo, pin->lo, hi);
    mpq_add(hi, pin->hi, hi);
    keep_greater(lo, top->lo);
    keep_less(hi, top->hi);
    if (mpq_cmp(lo, hi) <= 0) { /* else no row is taken at all */
        mpq_swap(top->lo, lo);
        mpq_swap(top->hi, hi);
    }
    mpq_clears(lo, hi, NULL);
}

static eml_bound_fault bound_formula(walk *w, const eml_formula *formula, eml_value_bound *out) {
    eml_value_bound *stack = NULL;
    size_t depth = 0, made = 0, capacity = 0;
    eml_bound_fault fault = EML_BOUND_FINE;
    for (size_t i = 0; i < formula->count && fault == EML_BOUND_FINE; i++) {
        const eml_formula_node *node = &formula->nodes[i];
        depth -= node->operands;
        if (depth == made) {
            stack = eml_grow(stack, &capacity, made + 1, sizeof *stack);
            eml_value_bound_init(&stack[made++]);
        }
        eml_value_bound *top = &stack[depth++];
        size structural = size_after(node, top);
        fault = bound_node(w, node, top);
        if (fault != EML_BOUND_FINE) break;
        shorten(top->lo, false);
        shorten(top->hi, true);
        shorten(top->error, true);
        if (node->pinned != 0 && w->pins != NULL) narrow(&w->pins[node->pinned - 1], top);
        keep_size(node, structural, top);
        drop_long_grid(top);
        fault = check_size(w, node, top);
    }
    if (fault == EML_BOUND_FINE) eml_value_bound_set(out, &stack[0]);
    for (size_t i = 0; i < made; i++) eml_value_bound_free(&stack[i]);
    eml_free(stack);
    return fault;
}

eml_bound_fault eml_formula_bound(const eml_formula *formula, const eml_value_bound *columns,
                                  const eml_value_bound *pins, bool printed, eml_value_bound *out,
                                  eml_error *sentence) {
    return bound_formula(&(walk){.columns = columns, .pins = pins, .printed = printed, .sentence = sentence}, formula,
                         out);
}

/* ----- Units */

size_t eml_formula_choice_cost(const eml_formula *formula, size_t columns) {
    enum { ROUNDING = 16 }; /* a function's range, in other nodes */
    size_t roundings = 0;
    for (size_t i = 0; i < formula->count; i++) roundings += eml_formula_rounds(&formula->nodes[i]);
    return (roundings + columns) * (formula->count + ROUNDING * roundings);
}

void eml_small_part(const mpq_t allowed, mpq_t out) { mpq_div_2exp(out, allowed, 40); }

void eml_unit_for(const mpq_t part, const mpq_t error, const mpq_t allowed, size_t count, mpq_t unit) {
    mpq_t scale, most;
    mpq_inits(scale, most, NULL);
    mpq_set_ui(scale, 2 * count, 1);
    mpq_mul(scale, scale, error);
    mpq_mul(most, part, allowed);
    mpq_div(most, most, scale);
    eml_rational_floor_power10(most, unit);
    mpq_clears(scale, most, NULL);
}

static void set_units(eml_formula *formula, size_t nodes, mpq_t *units) {
    for (size_t i = 0; i < nodes; i++)
        if (eml_formula_rounds(&formula->nodes[i])) mpq_set(formula->nodes[i].number, units[i]);
}

/* By what each alone would do to the value, by `part`. */
static eml_bound_fault choose_each(walk *w, eml_formula *formula, size_t nodes, const mpq_t allowed, size_t count,
                                   mpq_t *units) {
    mpq_t part;
    eml_value_bound bound;
    mpq_init(part);
    eml_value_bound_init(&bound);
    eml_small_part(allowed, part);
    eml_bound_fault fault = EML_BOUND_FINE;
    for (size_t i = 0; i < nodes && fault == EML_BOUND_FINE; i++) {
        eml_formula_node *node = &formula->nodes[i];
        if (!eml_formula_rounds(node)) continue;
        mpq_set(node->number, part);
        fault = bound_formula(w, formula, &bound);
        mpq_set_ui(node->number, 0, 1);
        if (fault == EML_BOUND_FINE && mpq_sgn(bound.error) != 0)
            eml_unit_for(part, bound.error, allowed, count, units[i]);
        /* Whatever it is, it does not count, but where it is compared. */
        if (fault == EML_BOUND_FINE && mpq_sgn(bound.error) == 0) eml_rational_floor_power10(allowed, units[i]);
    }
    eml_value_bound_free(&bound);
    mpq_clear(part);
    return fault;
}

/* Where the formula bends, a unit does more than its part: all ten times finer until together they do not. */
static eml_bound_fault refine(walk *w, eml_formula *formula, size_t nodes, const mpq_t most, mpq_t *units) {
    enum { TRIES = 200 };
    eml_value_bound bound;
    mpq_t tenth;
    mpq_init(tenth);
    mpq_set_ui(tenth, 1, 10);
    eml_value_bound_init(&bound);
    eml_bound_fault fault = EML_BOUND_FINE;
    for (int tries = 0; tries < TRIES; tries++) {
        set_units(formula, nodes, units);
        fault = bound_formula(w, formula, &bound);
        if (fault == EML_BOUND_ROUNDED || (fault == EML_BOUND_FINE && mpq_cmp(bound.error, most) <= 0)) break;
        for (size_t i = 0; i < nodes; i++) mpq_mul(units[i], units[i], tenth);
    }
    eml_value_bound_free(&bound);
    mpq_clear(tenth);
    return fault;
}

eml_bound_fault eml_formula_choose_units(eml_formula *formula, size_t nodes, const eml_value_bound *columns,
                                         const eml_value_bound *pins, bool printed, const mpq_t allowed, size_t count,
                                         eml_error *sentence) {
    walk w = {.columns = columns, .pins = pins, .printed = printed, .probing = true, .sentence = sentence};
    mpq_t *units = eml_rationals_new(formula->count);
    eml_value_bound bare;
    eml_value_bound_init(&bare);
    eml_bound_fault fault = bound_formula(&w, formula, &bare);
    bool rounds = false;
    for (size_t i = 0; i < nodes; i++) rounds = rounds || eml_formula_rounds(&formula->nodes[i]);
    if (fault == EML_BOUND_FINE && rounds) fault = choose_each(&w, formula, nodes, allowed, count, units);
    mpq_add(bare.error, bare.error, allowed);
    if (fault == EML_BOUND_FINE && rounds) fault = refine(&w, formula, nodes, bare.error, units);
    eml_value_bound_free(&bare);
    eml_rationals_free(units, formula->count);
    return fault;
}
