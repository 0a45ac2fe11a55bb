#include "runtime/isa/program.h"

#include "runtime/base/memory.h"
#include "runtime/isa/discipline.h"

/* One meaning each, the first: what another value would mean is not known here, so no constraint set is built for it.
 */
static eml_status check_reserved(const eml_shape *shape, eml_error *err) {
    if (shape->hash_id != 0)
        return eml_fail(err, EML_ERR_INPUT, "hash_id is %u: reserved, only 0 is defined", shape->hash_id);
    if ((shape->abi_flags & ~(uint32_t)(EML_ABI_DERIVED | EML_ABI_RESULTS | EML_ABI_CATEGORIES | EML_ABI_ONEHOT |
                                        EML_ABI_HIDDEN | EML_ABI_COMMITTED)) != 0)
        return eml_fail(err, EML_ERR_INPUT,
                        "abi_flags is %u: only bits 0 (derived inputs), 1 (results), 2 (categories), 3 (one-hot "
                        "groups), 4 (committed inputs) and 5 (hidden params) are defined",
                        shape->abi_flags);
    return EML_OK;
}

/* Numbers are bounded before they are multiplied. The commitment must stand where transitions are enforced, or any
 * other would verify. */
static eml_status check_committed(const eml_shape *shape, eml_error *err) {
    bool schema = !eml_fe_is_zero(shape->schema[0]) || !eml_fe_is_zero(shape->schema[1]);
    if (schema && !eml_shape_is_committed(shape))
        return eml_fail(err, EML_ERR_INPUT, "schema is not zero, but the program has no committed tape");
    if (!eml_shape_is_committed(shape)) return EML_OK;
    if (!eml_shape_is_hidden(shape))
        return eml_fail(err, EML_ERR_INPUT,
                        "the program has a committed tape, but its form is not hidden: a transparent proof would show "
                        "what is committed");
    uint64_t rows = eml_shape_code_rows(shape), reads = eml_shape_reads_of_each(shape);
    if (shape->committed_len > rows)
        return eml_fail(err, EML_ERR_INPUT, "committed_len is %llu: a program of %llu instructions reads no more",
                        (unsigned long long)shape->committed_len, (unsigned long long)rows);
    if (shape->committed_len % reads != 0)
        return eml_fail(err, EML_ERR_INPUT, "committed_len is %llu: not as many for each of %llu outputs",
                        (unsigned long long)shape->committed_len, (unsigned long long)reads);
    if (EML_CYCLE * eml_shape_commitment_pairs(shape) > rows)
        return eml_fail(err, EML_ERR_INPUT,
                        "committed_len is %llu: to commit to %llu values takes more than the %llu rows of the code",
                        (unsigned long long)shape->committed_len, (unsigned long long)eml_shape_committed(shape),
                        (unsigned long long)rows);
    return EML_OK;
}

static eml_status check_form(const eml_shape *shape, eml_error *err) {
    if (shape->form >= EML_FORM_COUNT)
        return eml_fail(err, EML_ERR_INPUT, "form is %u: only 0 (transparent) and 1 (hidden) are defined", shape->form);
    if (shape->salted > 1) return eml_fail(err, EML_ERR_INPUT, "salted is %u: only 0 and 1 are defined", shape->salted);
    if (shape->salted && !eml_shape_is_hidden(shape))
        return eml_fail(err, EML_ERR_INPUT, "the program is salted, but its form is not hidden");
    if (!eml_shape_is_hidden(shape)) return EML_OK;
    if (shape->n < EML_HIDDEN_N_MIN || shape->n > EML_HIDDEN_N_MAX)
        return eml_fail(err, EML_ERR_INPUT, "the trace of a hidden program has from %d to %d rows, not %u",
                        EML_HIDDEN_N_MIN, EML_HIDDEN_N_MAX, shape->n);
    if (shape->secret_len > 0)
        return eml_fail(err, EML_ERR_INPUT,
                        "a hidden program has no secret tape: encrypted outputs would give its weights away");
    if (shape->public_len == 0 && shape->output_len == 0 && shape->committed_len == 0)
        return eml_fail(err, EML_ERR_INPUT, "a hidden program needs a public, a committed or an output tape");
    return EML_OK;
}

eml_status eml_shape_check(const eml_shape *shape, eml_error *err) {
    EML_TRY(check_reserved(shape, err));
    if (shape->S != 1 && shape->S != 2 && shape->S != EML_SPONGES_MAX)
        return eml_fail(err, EML_ERR_INPUT, "a program has 1, 2 or 4 sponges, not %u", shape->S);
    if (shape->W < EML_STACK_MIN || shape->W > EML_STACK_MAX)
        return eml_fail(err, EML_ERR_INPUT, "a stack has %d to %d registers, not %u", EML_STACK_MIN, EML_STACK_MAX,
                        shape->W);
    if (shape->n < EML_N_MIN || shape->n > EML_N_MAX || (shape->n & (shape->n - 1)) != 0)
        return eml_fail(err, EML_ERR_INPUT, "a trace has a power of two of rows from %d to %d, not %u", EML_N_MIN,
                        EML_N_MAX, shape->n);
    EML_TRY(check_form(shape, err));
    uint64_t rows = eml_shape_code_rows(shape);
    if (shape->public_len > rows || shape->secret_len > rows || shape->output_len > EML_CT_ELEMENTS * rows)
        return eml_fail(err, EML_ERR_INPUT, "the tapes are longer than %llu instructions can use",
                        (unsigned long long)rows);
    EML_TRY(check_committed(shape, err));
    if (shape->secret_len > 0 && shape->W < EML_CT_ELEMENTS)
        return eml_fail(err, EML_ERR_INPUT, "a secret tape needs a stack of at least %d registers, not %u",
                        EML_CT_ELEMENTS, shape->W);
    return EML_OK;
}

bool eml_shape_eq(const eml_shape *a, const eml_shape *b) {
    return a->n == b->n && a->W == b->W && a->S == b->S && a->public_len == b->public_len &&
           a->secret_len == b->secret_len && a->output_len == b->output_len && eml_fe_eq(a->delta, b->delta) &&
           a->form == b->form && a->salted == b->salted && a->hash_id == b->hash_id && a->abi_flags == b->abi_flags &&
           a->committed_len == b->committed_len && eml_fe_eq(a->schema[0], b->schema[0]) &&
           eml_fe_eq(a->schema[1], b->schema[1]);
}

static eml_status check_tape(const char *tape, const char *unit, uint64_t has, uint64_t uses, eml_error *err) {
    if (has == uses) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "the code uses %llu %s of the %s tape, which has %llu",
                    (unsigned long long)uses, unit, tape, (unsigned long long)has);
}

static eml_status check_code(const eml_program *program, eml_error *err) {
    const eml_shape *shape = &program->shape;
    eml_discipline at = {.limit = shape->W};
    for (uint32_t i = 0; i < eml_shape_code_rows(shape); i++) {
        EML_TRY(eml_discipline_step(&at, program->code[i], i, err));
        const char *exhausted = at.public_len > shape->public_len         ? "public"
                                : at.secret_len > shape->secret_len       ? "secret"
                                : at.committed_len > shape->committed_len ? "committed"
                                : at.output_len > shape->output_len       ? "output"
                                                                          : NULL;
        if (exhausted)
            return eml_fail(err, EML_ERR_INPUT, "instruction %u (%s) goes past the end of the %s tape", i,
                            eml_op_name(program->code[i]), exhausted);
    }
    EML_TRY(eml_discipline_end(&at, err));
    EML_TRY(check_tape("public", "values", shape->public_len, at.public_len, err));
    EML_TRY(check_tape("secret", "ciphertexts", shape->secret_len, at.secret_len, err));
    EML_TRY(check_tape("committed", "values", shape->committed_len, at.committed_len, err));
    return check_tape("output", "elements", shape->output_len, at.output_len, err);
}

static bool group_has_immediate(const eml_program *program, uint32_t group) {
    uint32_t length = eml_shape_group(&program->shape);
    for (uint32_t i = 0; i < length; i++)
        if (eml_op_info_of(program->code[group * length + i]).immediate) return true;
    return false;
}

/* Two independent elements a sponge: without them a digest would test guesses of the immediates that its sponge
 * absorbs. */
static eml_status check_salts(const eml_program *program, eml_error *err) {
    const eml_fe *salts = program->immediates;
    uint32_t count = eml_shape_salt_groups(&program->shape);
    for (uint32_t row = 0; count > 0 && row < EML_SALT_ROWS; row++)
        if (program->code[row] != EML_OP_NOOP)
            return eml_fail(err, EML_ERR_INPUT, "instruction %u stands where the program's salts are", row);
    for (uint32_t i = 0; i < count; i++) {
        if (eml_fe_is_zero(salts[i])) return eml_fail(err, EML_ERR_INPUT, "salt %u of the program is zero", i);
        for (uint32_t j = 0; j < i; j++)
            if (eml_fe_eq(salts[i], salts[j]))
                return eml_fail(err, EML_ERR_INPUT, "salts %u and %u of the program are equal", j, i);
    }
    return EML_OK;
}

eml_status eml_program_check(const eml_program *program, eml_error *err) {
    EML_TRY(eml_shape_check(&program->shape, err));
    EML_TRY(check_salts(program, err));
    EML_TRY(check_code(program, err));
    uint32_t length = eml_shape_group(&program->shape);
    for (uint32_t g = eml_shape_salt_groups(&program->shape); g < eml_shape_code_rows(&program->shape) / length; g++)
        if (!eml_fe_is_zero(program->immediates[g]) && !group_has_immediate(program, g))
            return eml_fail(err, EML_ERR_INPUT, "instructions %u to %u have an immediate but no push", g * length,
                            g * length + length - 1);
    return EML_OK;
}

void eml_program_free(eml_program *program) {
    eml_free(program->code);
    eml_free(program->immediates);
    eml_free(program->kept.states);
    *program = (eml_program){0};
}
