/* How large an output's noise and message can be, worked out by the program itself: run with every weight and public
 * value replaced by the largest magnitude that it can have, and every ciphertext by its bound, sums and products become
 * those of the triangle inequality. What SADD adds has no noise, so for noise Delta is 0; for messages it is 1. The
 * compiler saw to it that nothing here reaches p; of a program that it did not make, a bound that wrapped around
 * refuses a decryption or is above what decryption bears anyway. */
#include "runtime/session/session.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/vm/vm.h"

static eml_fe magnitude(eml_fe value) { return eml_fe_is_negative(value) ? eml_fe_neg(value) : value; }

/* max |k| over the column's range, rounded up; below 2^EML_ABI_INTEGER_BITS + 1. */
static eml_fe largest_integer(const eml_input_column *column) {
    mpq_t below, above;
    mpq_inits(below, above, NULL);
    mpq_sub(below, column->offset, column->lo);
    mpq_sub(above, column->hi, column->offset);
    mpq_abs(below, below);
    mpq_abs(above, above);
    if (mpq_cmp(below, above) > 0) mpq_swap(below, above);
    mpq_div(above, above, column->unit);
    mpz_cdiv_q(mpq_numref(above), mpq_numref(above), mpq_denref(above));
    eml_fe integer = eml_fe_from_mpz(mpq_numref(above));
    mpq_clears(below, above, NULL);
    return integer;
}

static eml_program magnitudes_of(const eml_program *program, eml_fe delta) {
    size_t groups = eml_shape_code_rows(&program->shape) / eml_shape_group(&program->shape);
    eml_program result = {.shape = program->shape, .code = program->code};
    result.shape.delta = delta;
    result.immediates = eml_alloc(groups, sizeof *result.immediates);
    for (size_t i = 0; i < groups; i++) result.immediates[i] = magnitude(program->immediates[i]);
    return result;
}

/* secrets: for each input what its ciphertexts are at most; one: what the trivial ciphertext is. */
static void run(const eml_bundle *bundle, eml_fe delta, const eml_fe *inputs, const eml_fe *secrets, eml_fe one,
                eml_u128 *bounds) {
    const eml_abi *abi = &bundle->abi;
    eml_fe *public_tape = eml_abi_tape_of(abi, false, inputs, EML_FE_ONE);
    eml_fe *secret_tape = eml_abi_tape_of(abi, true, secrets, one);
    eml_program program = magnitudes_of(&bundle->program, delta);
    eml_outcome outcome;
    eml_vm_run(&program, &(eml_tapes){public_tape, secret_tape}, &outcome);
    const eml_fe *results = abi->output_count == 1 ? outcome.stack : outcome.output_tape;
    for (size_t i = 0; i < abi->output_count; i++)
        bounds[i] = eml_fe_u128_(eml_fe_canon(results[i * EML_CT_ELEMENTS + EML_CT_ELEMENTS - 1]));
    eml_outcome_free(&outcome);
    eml_free(program.immediates);
    eml_free(public_tape);
    eml_free(secret_tape);
}

void eml_session_bounds(const eml_bundle *bundle, eml_u128 *noise, eml_u128 *messages) {
    size_t count = bundle->abi.input_count;
    eml_fe *integers = eml_alloc(count, sizeof *integers), *fresh = eml_alloc(count, sizeof *fresh);
    for (size_t i = 0; i < count; i++) {
        integers[i] = largest_integer(&bundle->abi.inputs[i]);
        fresh[i] = eml_fe_from_u64(EML_LATTICE_NOISE_BOUND);
    }
    run(bundle, EML_FE_ZERO, integers, fresh, EML_FE_ZERO, noise);
    run(bundle, EML_FE_ONE, integers, integers, EML_FE_ONE, messages);
    eml_free(integers);
    eml_free(fresh);
}
