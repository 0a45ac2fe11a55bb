/* Encrypted runs of compiled models: exact in every slot, with less noise than the bound, up to the edge of what fits;
 * and refused when they are compiled one bit beyond. */
#include "tests/unit/compiler_fixture.h"

#include "compiler/code/lower.h"
#include "compiler/code/pack.h"
#include "runtime/field/integer.h"
#include "runtime/base/parallel.h"
#include "runtime/lattice/decrypt.h"
#include "runtime/lattice/encrypt.h"
#include "runtime/lattice/signed.h"
#include "runtime/session/session.h"
#include "runtime/statement/row_rule.h"

enum { N = EML_LATTICE_DEGREE, MODELS = 1000, POOL = 16, INPUTS_MAX = 6 };

static uint64_t state = 1;
static eml_secret_key secret;
static eml_public_key public;
static eml_ciphertext zeros; /* POOL columns of fresh encryptions of 0 */

static uint64_t below(uint64_t limit) { return fixture_random(&state) % limit; }

static int set_up(void **unused) {
    (void)unused;
    const uint8_t seed[EML_LATTICE_SEED_BYTES] = {1};
    eml_threads_set(1); /* a thousand runs of a few hundred microseconds */
    char name[] = "zero";
    eml_ciphertext_column columns[POOL];
    for (size_t i = 0; i < POOL; i++) columns[i] = (eml_ciphertext_column){.name = name};
    eml_fe *cells = eml_alloc(N * POOL, sizeof *cells);
    eml_plaintext plaintext = {
        .rows = N, .column_count = POOL, .columns = columns, .cells = cells, .delta_bits = EML_LATTICE_DELTA_BITS_MIN};
    eml_lattice_keygen_seeded(seed, &secret, &public);
    eml_status status = eml_lattice_encrypt_seeded(&public, &plaintext, seed, &zeros, NULL);
    eml_free(cells);
    return status == EML_OK ? 0 : -1;
}

static int tear_down(void **unused) {
    (void)unused;
    eml_ciphertext_free(&zeros);
    eml_public_key_free(&public);
    eml_secret_key_free(&secret);
    return 0;
}

/* ----- a compiled model with random inputs ----- */

typedef struct subject {
    fixture f;
    eml_session session;
    eml_fe *integers; /* [input][N]; of a uniform input all the same */
} subject;

static void pack(subject *s, const char *source, int delta_bits) {
    eml_error err;
    memset(s, 0, sizeof *s);
    if (!fixture_quantize(&s->f, source, delta_bits)) {
        eml_buf text = {0};
        eml_diags_render(&s->f.diags, false, &text);
        fail_msg("%.*s", (int)text.len, (const char *)text.data);
    }
    eml_lower(&s->f.passes.quant, &s->f.passes.lowered);
    assert_int_equal(eml_program_lay_out(&s->f.passes.lowered.code,
                                         &(eml_layout_options){.delta = eml_lower_delta(&s->f.passes.quant)},
                                         &s->f.program, &err),
                     EML_OK);
    assert_int_equal(eml_pack_abi(&s->f.passes.quant, &s->f.passes.lowered, &s->f.abi, &err), EML_OK);
    eml_pack(&s->f.passes.quant, &s->f.program, &s->f.abi, &s->session.bundle);
    s->integers = eml_alloc(s->session.bundle.abi.input_count, N * sizeof *s->integers);
}

static void free_subject(subject *s) {
    eml_record_free(&s->session.record);
    eml_bundle_free(&s->session.bundle);
    eml_free(s->integers);
    fixture_free(&s->f);
}

/* Integers of the input's range, often an end of it: lo + (hi - lo) * part / 1000. */
static void pick_integers(const eml_quant_input *in, bool uniform, eml_fe *out) {
    enum { PARTS = 1001 };
    eml_fe integers[PARTS];
    mpz_t value;
    mpz_init(value);
    for (unsigned part = 0; part < PARTS; part++) {
        mpz_sub(value, in->hi, in->lo);
        mpz_mul_ui(value, value, part);
        mpz_fdiv_q_ui(value, value, PARTS - 1);
        mpz_add(value, value, in->lo);
        integers[part] = eml_fe_from_mpz(value);
    }
    mpz_clear(value);
    for (size_t slot = 0; slot < N; slot++)
        out[slot] = slot > 0 && uniform ? out[0] : integers[below(3) == 0 ? (PARTS - 1) * below(2) : below(PARTS)];
}

static void pick_inputs(subject *s) {
    const eml_abi *abi = &s->session.bundle.abi;
    for (size_t i = 0; i < abi->input_count; i++)
        pick_integers(&s->f.passes.quant.inputs[i], abi->inputs[i].uniform, s->integers + i * N);
}

/* The record's table of one row: all public inputs here are uniform. */
static void give_table(subject *s) {
    const eml_abi *abi = &s->session.bundle.abi;
    eml_rows *table = &s->session.record.inputs;
    eml_fe *row = eml_alloc(abi->input_count, sizeof *row);
    size_t columns = 0;
    for (size_t i = 0; i < abi->input_count; i++)
        if (abi->inputs[i].visibility == EML_PUBLIC) row[columns++] = s->integers[i * N];
    eml_rows_of_elements(row, 1, columns, table);
    eml_free(row);
}

/* Fresh ciphertexts: an encryption of 0 from the pool, plus Delta times the integers. */
static void give_ciphertexts(subject *s) {
    const eml_abi *abi = &s->session.bundle.abi;
    eml_ciphertext *to = &s->session.record.secrets;
    eml_ciphertext_label label;
    eml_error err;
    assert_int_equal(eml_label_of(abi, EML_CIPHERTEXT_INPUTS, NULL, &label, &err), EML_OK);
    label.key = public.id;
    eml_ciphertext_init(to, &label, N);
    eml_label_free(&label);
    size_t first = below(POOL), column = 0;
    for (size_t i = 0; i < abi->input_count; i++) {
        if (abi->inputs[i].visibility != EML_SECRET) continue;
        memcpy(eml_ciphertext_part(to, column, 0), eml_ciphertext_part(&zeros, (first + column) % POOL, 0),
               EML_LATTICE_PARTS * N * sizeof(eml_fe));
        eml_fe *body = eml_ciphertext_part(to, column, EML_LATTICE_PARTS - 1);
        for (size_t slot = 0; slot < N; slot++)
            body[slot] =
                eml_fe_add(body[slot], eml_fe_mul(s->session.bundle.program.shape.delta, s->integers[i * N + slot]));
        column++;
    }
}

/* The quantized model itself: sum of weight * integers, in every slot. */
static void exact_output(const subject *s, size_t output, eml_fe *out) {
    const eml_quant_output *q = &s->f.passes.quant.outputs[output];
    memset(out, 0, N * sizeof *out);
    for (size_t t = 0; t < q->centred.count; t++) {
        eml_monomial m = q->centred.terms[t].monomial;
        eml_fe weight = eml_fe_from_mpz(q->weights[t]);
        for (size_t slot = 0; slot < N; slot++) {
            eml_fe term = weight;
            if (m.first != EML_NO_INPUT) term = eml_fe_mul(term, s->integers[m.first * N + slot]);
            if (m.second != EML_NO_INPUT) term = eml_fe_mul(term, s->integers[m.second * N + slot]);
            out[slot] = eml_fe_add(out[slot], term);
        }
    }
}

static double as_double(eml_u128 x) { return (double)x; }

static void bounds_of(const subject *s, eml_bound *bounds) {
    const eml_bundle *bundle = &s->session.bundle;
    eml_error err;
    if (eml_row_rule_check(&bundle->program, &bundle->abi, &err) != EML_OK) fail_msg("%s", err.text);
    eml_row_rule_bounds(&bundle->program, &bundle->abi, bounds);
}

/* Runs, decrypts under the program's own bounds, compares every slot; returns the largest part of its bound that a
 * noise takes. */
static double check_run(subject *s) {
    eml_error err;
    if (eml_session_run_encrypted(&s->session, &err) != EML_OK) fail_msg("%s", err.text);
    size_t outputs = s->session.bundle.abi.output_count;
    eml_bound bounds[2];
    assert_true(outputs <= 2);
    bounds_of(s, bounds);
    eml_u128 noise[2] = {bounds[0].noise, bounds[outputs - 1].noise};
    eml_decryption found;
    if (eml_lattice_decrypt(&secret, &s->session.record.encrypted, noise, &found, &err) != EML_OK)
        fail_msg("%s", err.text);
    double worst = 0;
    for (size_t o = 0; o < outputs; o++) {
        assert_true(noise[o] <= eml_lattice_noise_limit(s->session.bundle.abi.delta_bits));
        double part = as_double(found.noise[o]) / as_double(noise[o]);
        if (part > worst) worst = part;
        eml_fe exact[N];
        exact_output(s, o, exact);
        for (size_t slot = 0; slot < N; slot++) {
            eml_fe cell = found.cells[slot * outputs + o];
            if (!eml_fe_eq(cell, exact[slot])) fail_msg("output %zu, slot %zu: not exact", o, slot);
            assert_true(eml_signed_magnitude(eml_signed_of(cell)) <= bounds[o].message);
        }
    }
    eml_decryption_free(&found);
    return worst;
}

/* The program's bound is the compiler's: ||w||_1 B. */
static void check_bounds(const subject *s) {
    eml_bound bounds[2];
    bounds_of(s, bounds);
    for (size_t o = 0; o < s->session.bundle.abi.output_count; o++) {
        mpz_t bound;
        mpz_init_set_ui(bound, EML_LATTICE_NOISE_BOUND);
        mpz_mul(bound, bound, s->f.passes.quant.outputs[o].secret_l1);
        assert_true(eml_mpz_magnitude(bound) == bounds[o].noise);
        mpz_clear(bound);
    }
}

static void put_model(eml_buf *out) {
    size_t secrets = 1 + below(4);
    eml_buf_put_text(out, "model random\ninput public uniform u in [-2, 3] step 0.25\n");
    for (size_t i = 0; i < secrets; i++)
        eml_buf_printf(out, "input secret x%zu in [-%llu, %llu]%s\n", i, (unsigned long long)below(60),
                       (unsigned long long)below(60) + 1, below(2) == 0 ? " integer" : "");
    for (size_t o = 0; o <= below(2); o++) {
        eml_buf_printf(out, "output y%zu within 0.01 = ", o);
        for (size_t i = 0; i < secrets; i++)
            eml_buf_printf(out, "%s%llu.%03llu * x%zu + ", below(2) == 0 ? "-" : "", (unsigned long long)below(40),
                           (unsigned long long)below(1000), i);
        if (below(3) == 0) eml_buf_printf(out, "u * x%zu + ", (size_t)below(secrets));
        eml_buf_printf(out, "0.25 * u + %llu\n", (unsigned long long)below(1000));
    }
    eml_buf_put_u8(out, 0);
}

static void test_random_models(void **unused) {
    (void)unused;
    double worst = 0;
    for (size_t model = 0; model < MODELS; model++) {
        eml_buf source = {0};
        subject s;
        put_model(&source);
        pack(&s, (const char *)source.data, -1);
        pick_inputs(&s);
        give_table(&s);
        give_ciphertexts(&s);
        check_bounds(&s);
        double part = check_run(&s);
        if (part > worst) worst = part;
        free_subject(&s);
        eml_buf_free(&source);
    }
    print_message("# the largest noise of %d models is %.3f of its bound\n", MODELS, worst);
    assert_true(worst > 0.01 && worst < 1);
}

/* ----- the edge ----- */

enum { EDGE = 70 }; /* Delta = 2^70: what it leaves for an input is below 2^40, as integers are */

static void put_edge(eml_buf *out, eml_u128 weight, eml_u128 range) {
    out->len = 0;
    eml_buf_printf(out, "model edge\ninput secret x in [-%llu, %llu] integer\noutput y exact = %llu * x\n",
                   (unsigned long long)range, (unsigned long long)range, (unsigned long long)weight);
    eml_buf_put_u8(out, 0);
}

static void assert_refused(const char *source, int delta_bits, const char *words) {
    fixture f;
    eml_buf text = {0};
    assert_false(fixture_quantize(&f, source, delta_bits));
    assert_true(fixture_reports(&f, EML_DIAG_BUDGET));
    eml_diags_render(&f.diags, false, &text);
    eml_buf_put_u8(&text, 0);
    if (strstr((const char *)text.data, words) == NULL) fail_msg("not \"%s\": %s", words, (const char *)text.data);
    eml_buf_free(&text);
    fixture_free(&f);
}

/* Ciphertexts without masks whose noise is exactly the bound, in both directions, on the outermost integers. */
static void give_worst_ciphertexts(subject *s, eml_u128 range, eml_u128 noise) {
    give_ciphertexts(s);
    eml_ciphertext *to = &s->session.record.secrets;
    memset(to->cells, 0, EML_LATTICE_PARTS * N * sizeof(eml_fe));
    eml_fe *body = eml_ciphertext_part(to, 0, EML_LATTICE_PARTS - 1);
    for (size_t slot = 0; slot < N; slot++) {
        eml_fe m = eml_fe_of_u128_(range), e = eml_fe_of_u128_(noise);
        s->integers[slot] = slot & 1 ? eml_fe_neg(m) : m;
        body[slot] = eml_fe_add(eml_fe_mul(s->session.bundle.program.shape.delta, s->integers[slot]),
                                slot & 2 ? eml_fe_neg(e) : e);
    }
}

static void test_edge(void **unused) {
    (void)unused;
    const eml_u128 half = ((eml_u128)EML_FE_P_HI << 64 | EML_FE_P_LO) >> 1, delta = (eml_u128)1 << EDGE;
    /* The heaviest weight at this Delta, and the widest range that it leaves room for. */
    eml_u128 weight = (eml_lattice_noise_limit(EDGE) - 1) / EML_LATTICE_NOISE_BOUND;
    eml_u128 range = (half - weight * EML_LATTICE_NOISE_BOUND) / (weight * delta);
    eml_buf source = {0};
    subject s;
    put_edge(&source, weight, range);
    pack(&s, (const char *)source.data, -1);
    assert_int_equal(s.session.bundle.abi.delta_bits, EDGE);
    give_worst_ciphertexts(&s, range, EML_LATTICE_NOISE_BOUND);
    assert_true(check_run(&s) == 1.0);
    free_subject(&s);

    /* One more of noise than a fresh ciphertext has is refused. */
    pack(&s, (const char *)source.data, -1);
    give_worst_ciphertexts(&s, range, EML_LATTICE_NOISE_BOUND + 1);
    eml_bound bounds[1];
    eml_decryption none;
    eml_error err;
    assert_int_equal(eml_session_run_encrypted(&s.session, &err), EML_OK);
    bounds_of(&s, bounds);
    assert_int_equal(eml_lattice_decrypt(&secret, &s.session.record.encrypted, &bounds[0].noise, &none, &err),
                     EML_ERR_NO);
    free_subject(&s);

    /* Over the edge, when compiling: of the message by one integer, of the noise by one unit of the weight. */
    put_edge(&source, weight, range + 1);
    assert_refused((const char *)source.data, -1, "1 bit is missing");
    put_edge(&source, weight + 1, range / 2 - range / weight);
    assert_refused((const char *)source.data, EDGE, "the noise of `y` does not fit");
    pack(&s, (const char *)source.data, -1);
    assert_int_equal(s.session.bundle.abi.delta_bits, EDGE + 1);
    free_subject(&s);
    put_edge(&source, weight, 2 * range);
    assert_refused((const char *)source.data, -1, "1 bit is missing");
    put_edge(&source, weight, 4 * range);
    assert_refused((const char *)source.data, -1, "2 bits are missing");
    eml_buf_free(&source);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_models), cmocka_unit_test(test_edge)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
