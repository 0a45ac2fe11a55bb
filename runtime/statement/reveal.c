#include "runtime/statement/reveal.h"

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/isa/every_op.h"

/* Integers beyond this are taken for any of the field's: nothing is told from how far beyond. */
enum { WIDE_BITS = 136, FIELD_BITS = 128 };

#define NO_READ UINT32_MAX

/* What a register holds: between which integers, and the reads of the committed tape that it depends on, a list. */
typedef struct part {
    mpz_t lo, hi;
    uint32_t first, last; /* NO_READ: none */
} part;

typedef struct range_machine {
    const eml_program *program;
    const eml_abi *abi;
    part stack[EML_STACK_MAX]; /* top last */
    uint32_t depth;
    size_t public_reads;
    uint32_t committed_reads;
    uint32_t *next;   /* read -> the next of its list */
    uint32_t *inputs; /* committed value -> input */
    uint32_t *seen;   /* committed value -> the output, counted from 1, that depended on it last */
    uint64_t *bits;   /* of a committed value, in sixteenths */
    uint32_t outputs; /* so far */
    eml_committed_reveal all, worst;
} range_machine;

/* ----- Sizes */

/* log2 of a count in sixteenths, rounded down, exactly. */
static uint64_t floor_bits(const mpz_t count) {
    mpz_t power;
    if (mpz_cmp_ui(count, 1) <= 0) return 0;
    mpz_init(power);
    mpz_pow_ui(power, count, EML_REVEAL_UNIT);
    uint64_t bits = mpz_sizeinbase(power, 2) - 1;
    mpz_clear(power);
    return bits;
}

static void count_between(const mpz_t lo, const mpz_t hi, mpz_t out) {
    mpz_sub(out, hi, lo);
    mpz_add_ui(out, out, 1);
}

/* Likewise of the values between, rounded up. */
static uint64_t ceil_bits(const mpz_t lo, const mpz_t hi) {
    mpz_t count;
    mpz_init(count);
    count_between(lo, hi, count);
    uint64_t bits = floor_bits(count);
    bool power_of_two = mpz_scan1(count, 0) + 1 == mpz_sizeinbase(count, 2);
    mpz_clear(count);
    bits += !power_of_two;
    return bits < FIELD_BITS * EML_REVEAL_UNIT ? bits : FIELD_BITS * EML_REVEAL_UNIT;
}

/* The multiples of grid in the column's range, counted from the offset. */
static void range_on(const eml_input_column *column, mpq_srcptr grid, mpz_t lo, mpz_t hi) {
    mpq_t end;
    mpq_init(end);
    mpq_sub(end, column->lo, column->offset);
    mpq_div(end, end, grid);
    mpz_cdiv_q(lo, mpq_numref(end), mpq_denref(end));
    mpq_sub(end, column->hi, column->offset);
    mpq_div(end, end, grid);
    mpz_fdiv_q(hi, mpq_numref(end), mpq_denref(end));
    mpq_clear(end);
}

/* The nearest integer to (value - offset) / unit; of two the one that is farther out. */
static void round_end(const eml_input_column *column, mpq_srcptr value, bool low, mpz_t out) {
    mpq_t end, half;
    mpq_inits(end, half, NULL);
    mpq_set_ui(half, 1, 2);
    mpq_sub(end, value, column->offset);
    mpq_div(end, end, column->unit);
    (low ? mpq_sub : mpq_add)(end, end, half);
    (low ? mpz_cdiv_q : mpz_fdiv_q)(out, mpq_numref(end), mpq_denref(end));
    mpq_clears(end, half, NULL);
}

/* The integers that a value can have. */
static void range_of(const eml_input_column *column, mpz_t lo, mpz_t hi) {
    round_end(column, column->lo, true, lo);
    round_end(column, column->hi, false, hi);
}

static uint64_t bits_of(const eml_input_column *column) {
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    range_on(column, mpq_sgn(column->step) != 0 ? column->step : column->unit, lo, hi);
    count_between(lo, hi, hi);
    uint64_t bits = floor_bits(hi);
    mpz_clears(lo, hi, NULL);
    return bits;
}

/* ----- The machine */

static part *top(range_machine *m, uint32_t below) { return &m->stack[m->depth - 1 - below]; }

static part *push(range_machine *m) {
    part *at = &m->stack[m->depth++];
    at->first = at->last = NO_READ;
    return at;
}

static bool is_zero(const part *at) { return mpz_sgn(at->lo) == 0 && mpz_sgn(at->hi) == 0; }

/* *to depends on what both depend on. */
static void join(range_machine *m, part *to, const part *from) {
    if (from->first == NO_READ) return;
    if (to->first == NO_READ)
        to->first = from->first;
    else
        m->next[to->last] = from->first;
    to->last = from->last;
}

static void widen(part *at) {
    if (mpz_sizeinbase(at->lo, 2) <= WIDE_BITS && mpz_sizeinbase(at->hi, 2) <= WIDE_BITS) return;
    mpz_set_ui(at->hi, 1);
    mpz_mul_2exp(at->hi, at->hi, WIDE_BITS);
    mpz_neg(at->lo, at->hi);
}

static void add(range_machine *m) {
    part *a = top(m, 0), *b = top(m, 1);
    mpz_add(b->lo, b->lo, a->lo);
    mpz_add(b->hi, b->hi, a->hi);
    widen(b);
    join(m, b, a);
    m->depth--;
}

/* The least and the greatest of four corners; of a product with 0 nothing depends on anything. */
static void multiply(range_machine *m) {
    part *a = top(m, 0), *b = top(m, 1);
    bool zero = is_zero(a) || is_zero(b);
    mpz_t corners[4];
    for (int i = 0; i < 4; i++) {
        mpz_init(corners[i]);
        mpz_mul(corners[i], i / 2 ? a->hi : a->lo, i % 2 ? b->hi : b->lo);
    }
    mpz_set(b->lo, corners[0]);
    mpz_set(b->hi, corners[0]);
    for (int i = 0; i < 4; i++) {
        if (mpz_cmp(corners[i], b->lo) < 0) mpz_set(b->lo, corners[i]);
        if (mpz_cmp(corners[i], b->hi) > 0) mpz_set(b->hi, corners[i]);
        mpz_clear(corners[i]);
    }
    widen(b);
    join(m, b, a);
    if (zero) b->first = b->last = NO_READ;
    m->depth--;
}

static void read_public(range_machine *m) {
    part *at = push(m);
    uint32_t entry = m->abi->public_tape[m->public_reads++];
    if (entry != EML_TAPE_ONE) {
        range_of(&m->abi->inputs[entry], at->lo, at->hi);
        return;
    }
    mpz_set_ui(at->lo, 1); /* of the only row */
    mpz_set_ui(at->hi, 1);
}

static uint32_t value_of(const range_machine *m, uint32_t read) {
    return read % (uint32_t)eml_shape_committed(&m->program->shape);
}

static void read_committed(range_machine *m) {
    part *at = push(m);
    uint32_t read = m->committed_reads++;
    range_of(&m->abi->inputs[m->inputs[value_of(m, read)]], at->lo, at->hi);
    at->first = at->last = read;
}

/* Keeps what is determined by the fewest proofs. */
static void keep_worse(range_machine *m, eml_committed_reveal with) {
    if (with.row_bits == 0) return;
    if (m->worst.row_bits == 0 || (eml_u128)with.bits * m->worst.row_bits < (eml_u128)m->worst.bits * with.row_bits)
        m->worst = with;
}

/* What is on top leaves. */
static void give(range_machine *m) {
    const part *at = top(m, 0);
    eml_committed_reveal one = {0};
    m->outputs++;
    for (uint32_t read = at->first; read != NO_READ; read = read == at->last ? NO_READ : m->next[read]) {
        uint32_t value = value_of(m, read);
        if (m->seen[value] == m->outputs) continue;
        if (m->seen[value] == 0) m->all.bits += m->bits[value];
        m->seen[value] = m->outputs;
        one.bits += m->bits[value];
    }
    if (at->first != NO_READ) one.row_bits = ceil_bits(at->lo, at->hi);
    m->all.row_bits += one.row_bits;
    keep_worse(m, one);
    m->depth--;
}

static void step(range_machine *m, eml_op op, eml_fe immediate) {
    part *at;
    switch (op) {
    case EML_OP_PUSH:
        at = push(m);
        eml_fe_to_mpz(immediate, at->lo);
        mpz_set(at->hi, at->lo);
        break;
    case EML_OP_READ: read_public(m); break;
    case EML_OP_READ3: read_committed(m); break;
    case EML_OP_ADD: add(m); break;
    case EML_OP_MUL: multiply(m); break;
    case EML_OP_WRITE: give(m); break;
    /* Not in programs with a committed tape: eml_program_check. */
    case EML_OP_READ2:
    case EML_OP_SADD:
    case EML_OP_SMUL:
    case EML_OP_ADD2:
    case EML_OP_WRITE2:
    case EML_OP_NOOP: break;
    }
}

static void open_machine(range_machine *m) {
    size_t count = eml_abi_columns(m->abi, EML_COMMITTED);
    m->next = eml_alloc(m->program->shape.committed_len, sizeof *m->next);
    m->inputs = eml_alloc(count, sizeof *m->inputs);
    m->seen = eml_alloc(count, sizeof *m->seen);
    m->bits = eml_alloc(count, sizeof *m->bits);
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, m->abi, EML_COMMITTED);
    for (size_t i = 0; i < count; i++) {
        m->inputs[i] = tape.inputs[i];
        m->bits[i] = bits_of(&m->abi->inputs[tape.inputs[i]]);
    }
    eml_abi_tape_free(&tape);
    for (size_t i = 0; i < EML_STACK_MAX; i++) mpz_inits(m->stack[i].lo, m->stack[i].hi, NULL);
}

static void close_machine(range_machine *m) {
    for (size_t i = 0; i < EML_STACK_MAX; i++) mpz_clears(m->stack[i].lo, m->stack[i].hi, NULL);
    eml_free(m->next);
    eml_free(m->inputs);
    eml_free(m->seen);
    eml_free(m->bits);
}

eml_committed_reveal eml_reveal_of(const eml_program *program, const eml_abi *abi) {
    range_machine m = {.program = program, .abi = abi};
    open_machine(&m);
    uint32_t rows = eml_shape_code_rows(&program->shape), group = eml_shape_group(&program->shape);
    for (uint32_t row = 0; row < rows; row++) step(&m, (eml_op)program->code[row], program->immediates[row / group]);
    while (m.depth > 0) give(&m); /* a single output, and whatever else is claimed to be 0 */
    keep_worse(&m, m.all);
    close_machine(&m);
    return m.worst;
}
