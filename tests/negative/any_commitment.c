/* What a bare hash and an issued commitment say of a program that reads committed values, of any such program: random
 * ones that combine them with public values by sums and products of any degree, such as a hostile owner may make,
 * hidden or not. One proof is accepted, the one of what the run on the committed values gives. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/commitment.h"
#include "runtime/isa/instructions.h"
#include "runtime/stark/verifier/verifier.h"
#include "runtime/vm/vm.h"
#include "tests/support/random.h"
#include "tests/support/unchecked.h"

enum { PROGRAMS = 300, VALUES_MAX = 6, OUTPUTS_MAX = 3, PUBLIC_MAX = 64 };

typedef struct subject {
    eml_program program;
    eml_air air;
    size_t values, outputs;
    eml_fe public_tape[PUBLIC_MAX], committed[VALUES_MAX], salts[2];
} subject;

/* What a prover shows: the run on these values, with these salts. */
typedef struct shown {
    eml_claim claim;
    eml_matrix trace;
    eml_fe outputs[OUTPUTS_MAX];
} shown;

static size_t below(size_t limit) { return (size_t)test_random() % limit; }

static void put(eml_instructions *list, eml_op op, size_t immediate) {
    eml_instructions_append(list, op, eml_fe_from_u64(immediate));
    if (below(8) == 0) eml_instructions_append(list, EML_OP_NOOP, EML_FE_ZERO);
}

/* A committed value, perhaps with something public added or multiplied. */
static void put_factor(eml_instructions *list, size_t *publics) {
    put(list, EML_OP_READ3, 0);
    for (size_t i = below(3); i > 0 && *publics < PUBLIC_MAX; i--) {
        bool read = below(2) == 0;
        *publics += read;
        put(list, read ? EML_OP_READ : EML_OP_PUSH, read ? 0 : below(5));
        put(list, below(2) == 0 ? EML_OP_ADD : EML_OP_MUL, 0);
    }
}

static void make(subject *s) {
    eml_instructions list = {0};
    eml_layout_options options = {.form = EML_FORM_HIDDEN, .schema = {test_random_fe(), test_random_fe()}};
    size_t publics = 0;
    *s = (subject){.values = 1 + below(VALUES_MAX), .outputs = 1 + below(OUTPUTS_MAX)};
    for (size_t o = 0; o < s->outputs; o++) {
        for (size_t i = 0; i < s->values; i++) {
            put_factor(&list, &publics);
            if (i > 0) put(&list, below(3) == 0 ? EML_OP_MUL : EML_OP_ADD, 0);
        }
        if (s->outputs > 1) put(&list, EML_OP_WRITE, 0);
    }
    options.salted = below(2) == 0;
    for (uint32_t i = 0; i < 2 * EML_SPONGES_MAX && options.salted; i++)
        options.salts[i] = eml_fe_from_u64(below(1000000) * 8 + i + 1);
    assert_int_equal(eml_program_lay_out(&list, &options, &s->program, NULL), EML_OK);
    eml_instructions_free(&list);
    eml_air_build(&s->program.shape, &s->air);
    for (size_t i = 0; i < PUBLIC_MAX; i++) s->public_tape[i] = eml_fe_from_u64(1 + below(100));
    for (size_t i = 0; i < s->values; i++) s->committed[i] = eml_fe_from_u64(1 + below(1000));
    for (size_t i = 0; i < 2; i++) s->salts[i] = test_random_fe();
}

/* The truth about a run on these values: claim, trace. */
static void show(subject *s, const eml_fe *values, shown *out) {
    static const uint8_t seed[32] = {7};
    const eml_shape *shape = &s->program.shape;
    eml_outcome outcome;
    eml_tapes tapes = {.public_tape = s->public_tape, .committed = values, .commitment_salts = s->salts};
    eml_vm_trace(&s->program, &tapes, seed, &out->trace, &outcome);
    out->claim = (eml_claim){.shape = *shape, .public_tape = s->public_tape, .output_tape = out->outputs};
    if (shape->output_len > 0) memcpy(out->outputs, outcome.output_tape, shape->output_len * sizeof(eml_fe));
    memcpy(out->claim.stack, outcome.stack, sizeof outcome.stack);
    eml_program_sponge_digests(&s->program, out->claim.digests);
    eml_commitment_of(shape->schema, s->salts, values, s->values, out->claim.commitment);
    eml_outcome_free(&outcome);
}

/* Takes the trace. */
static bool is_accepted(const subject *s, shown *made) {
    static const uint8_t seed[32] = {9};
    eml_buf proof = {0};
    eml_preset seen;
    test_prove_unchecked(&s->air, &made->claim, &made->trace, eml_preset_params(EML_PRESET_TEST), seed, &proof);
    eml_reject reject = eml_stark_verify(&s->air, &made->claim, proof.data, proof.len, 1u << EML_PRESET_TEST, &seen);
    if (reject != EML_REJECT_NONE) assert_int_equal(reject, EML_REJECT_OUT_OF_DOMAIN);
    eml_buf_free(&proof);
    return reject == EML_REJECT_NONE;
}

static void put_output(const subject *s, shown *made, size_t index, eml_fe value) {
    if (s->outputs > 1)
        made->outputs[index] = value;
    else
        made->claim.stack[0] = value;
}

static eml_fe output_of(const subject *s, const shown *made, size_t index) {
    return s->outputs > 1 ? made->outputs[index] : made->claim.stack[0];
}

static bool same_outputs(const subject *s, const shown *a, const shown *b) {
    for (size_t i = 0; i < s->outputs; i++)
        if (!eml_fe_eq(output_of(s, a, i), output_of(s, b, i))) return false;
    return true;
}

/* Makes of the truth a lie; false when it is none after all. */
static bool lie(subject *s, size_t kind, shown *made) {
    eml_fe values[VALUES_MAX];
    shown other;
    size_t at = below(s->values);
    switch (kind) {
    case 0: /* an output */
        at = below(s->outputs);
        put_output(s, made, at, eml_fe_add(output_of(s, made, at), EML_FE_ONE));
        return true;
    case 1: /* the commitment */ made->claim.commitment[below(2)] = test_random_fe(); return true;
    case 2: /* other values than those that are committed to, whose outputs they are */
    case 3: /* the same in another order */
        memcpy(values, s->committed, sizeof values);
        if (kind == 2)
            values[at] = eml_fe_add(values[at], EML_FE_ONE);
        else
            for (size_t i = 0; i < s->values; i++) values[i] = s->committed[s->values - 1 - i];
        eml_matrix_free(&made->trace);
        show(s, values, &other);
        bool another = !eml_fe_eq(other.claim.commitment[0], made->claim.commitment[0]);
        memcpy(other.claim.commitment, made->claim.commitment, sizeof other.claim.commitment);
        *made = other;
        made->claim.output_tape = made->outputs;
        return another;
    default: /* the outputs of other values, with the trace of these */
        memcpy(values, s->committed, sizeof values);
        values[at] = eml_fe_add(values[at], EML_FE_ONE);
        show(s, values, &other);
        eml_matrix_free(&other.trace);
        bool differ = !same_outputs(s, &other, made);
        for (size_t i = 0; i < s->outputs; i++) put_output(s, made, i, output_of(s, &other, i));
        return differ;
    }
}
enum { LIES = 5 };

static void only_the_truth(void **state) {
    (void)state;
    size_t told[LIES] = {0};
    for (size_t p = 0; p < PROGRAMS; p++) {
        subject s;
        shown truth;
        make(&s);
        show(&s, s.committed, &truth);
        if (!is_accepted(&s, &truth)) fail_msg("program %zu: the truth was refused", p);
        size_t kind = p % LIES;
        show(&s, s.committed, &truth);
        truth.claim.output_tape = truth.outputs;
        if (lie(&s, kind, &truth)) {
            told[kind]++;
            if (is_accepted(&s, &truth)) fail_msg("program %zu: a lie of kind %zu was accepted", p, kind);
        } else {
            eml_matrix_free(&truth.trace);
        }
        eml_program_free(&s.program);
        eml_air_free(&s.air);
    }
    for (size_t kind = 0; kind < LIES; kind++) {
        print_message("# lies of kind %zu: %zu, all refused\n", kind, told[kind]);
        assert_true(told[kind] > PROGRAMS / LIES / 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_the_truth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
