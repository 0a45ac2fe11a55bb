/* Thefts of a data owner's secret key, as whole attacks. Each is carried out first where nothing looks, to see that it
 * works: the key comes out. Then the library is asked to do the same, and has to refuse at the check that is named. The
 * table of them is in docs/soundness.md. */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/base/memory.h"
#include "runtime/isa/instructions.h"
#include "runtime/lattice/encrypt.h"
#include "runtime/session/session.h"
#include "tests/support/signed.h"

enum { N = EML_LATTICE_DEGREE, K = EML_LATTICE_RANK, PARTS = EML_LATTICE_PARTS, BODY = PARTS - 1, RANGE = 100 };

static eml_secret_key secret;
static eml_public_key public;
static eml_ring key[K]; /* what thieves are after: s_0..s_3 */
static eml_buf secret_file;

static int set_up(void **state) {
    (void)state;
    const uint8_t seed[EML_LATTICE_SEED_BYTES] = {3};
    eml_lattice_keygen_seeded(seed, &secret, &public);
    eml_ring_interpolate(secret.s, K, key);
    return eml_secret_key_encode(&secret, NULL, &secret_file, NULL) == EML_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    eml_buf_free(&secret_file);
    eml_secret_key_free(&secret);
    eml_public_key_free(&public);
    return 0;
}

/* ----- bundles that no compiler makes ----- */

/* Secret inputs x0..x3 within +-range in units of 1, of which the secret tape reads one after the other; the public
 * tape is all `one`, or all u (add_swollen); exact outputs y0, y1, .. in units of 1 / steps. */
typedef struct model {
    uint32_t delta_bits, steps;
    int64_t range; /* 0: RANGE */
    size_t outputs;
    bool swollen;
    eml_buf code;
} model;

static char *name_of(char letter, size_t i) {
    char *name = eml_alloc(3, 1);
    name[0] = letter;
    name[1] = (char)('0' + i);
    return name;
}

/* A public input u that is 1: between two multiples of its step, 2 units apart, of which one is a unit away from the
 * offset and the other no unit. Both are within 8 ulp of 1. */
static void add_swollen(eml_input_column *u) {
    enum { UNIT_LOG2 = 50 };
    u->name = name_of('u', 0);
    u->uniform = true;
    mpq_set_ui(u->lo, 1, 1);
    mpq_set_ui(u->hi, 1, 1);
    mpq_div_2exp(u->unit, u->lo, UNIT_LOG2);
    mpq_add(u->step, u->unit, u->unit);
    mpq_sub(u->offset, u->lo, u->unit);
}

static void make_abi(const model *m, const eml_shape *shape, eml_abi *abi) {
    int64_t range = m->range ? m->range : RANGE;
    *abi = (eml_abi){.encrypted_outputs = true, .delta_bits = m->delta_bits};
    eml_abi_set_counts(abi, K + m->swollen, m->outputs, shape->public_len, shape->secret_len);
    abi->model = name_of('m', 0);
    for (size_t i = 0; i < K; i++) {
        eml_input_column *in = &abi->inputs[i];
        in->name = name_of('x', i);
        in->visibility = EML_SECRET;
        in->exact = true;
        mpq_set_si(in->lo, -range, 1);
        mpq_set_si(in->hi, range, 1);
        mpq_set_si(in->unit, 1, 1);
    }
    if (m->swollen) add_swollen(&abi->inputs[K]);
    for (size_t i = 0; i < m->outputs; i++) {
        abi->outputs[i].name = name_of('y', i);
        abi->outputs[i].link = eml_copy_text("identity", 8);
        mpq_set_ui(abi->outputs[i].unit, 1, m->steps);
    }
    for (size_t i = 0; i < abi->public_len; i++) abi->public_tape[i] = m->swollen ? K : EML_TAPE_ONE;
    for (size_t i = 0; i < abi->secret_len; i++) abi->secret_tape[i] = (uint32_t)(i % K);
}

static void make_bundle(model *m, eml_bundle *out) {
    eml_assembly assembly;
    eml_program program;
    eml_abi abi;
    eml_air air;
    eml_error err = {0};
    eml_fe delta = eml_fe_pow_u64_var(eml_fe_from_u64(2), m->delta_bits);
    if (eml_asm_parse((const char *)m->code.data, m->code.len, &assembly, &err) != EML_OK ||
        eml_program_lay_out(&assembly.list, &(eml_layout_options){.S = 4, .delta = delta}, &program, &err) != EML_OK)
        fail_msg("%s", err.text);
    eml_instructions_free(&assembly.list);
    make_abi(m, &program.shape, &abi);
    if (eml_abi_check(&abi, &err) != EML_OK) fail_msg("%s", err.text);
    eml_air_build(&program.shape, &air);
    eml_digest digest = eml_air_digest(&air);
    eml_air_free(&air);
    eml_bundle_make(&program, &abi, "", &digest, out);
    eml_buf_free(&m->code);
}

static eml_file file_of(const char *name, const eml_buf *buf) { return (eml_file){name, buf->data, buf->len}; }
static eml_file bytes_of(const char *name, const eml_bytes *bytes) {
    return (eml_file){name, bytes->data, bytes->size};
}

static void assert_not_loaded(const eml_bundle *bundle, eml_code code, const char *words) {
    eml_buf bytes = {0};
    eml_session *session;
    eml_error err = {0};
    eml_bundle_encode(bundle, &bytes);
    eml_file file = file_of("theft.emb", &bytes);
    assert_int_equal(eml_session_load(&file, &session, &err), EML_ANSWER_INPUT);
    if (err.code != code || strstr(err.text, words) == NULL) fail_msg("code %d: %s", err.code, err.text);
    eml_buf_free(&bytes);
}

/* ----- what the owner does, where nothing looks ----- */

/* N rows of small numbers, encrypted as the owner does. */
static int64_t number(size_t row, size_t column) {
    return (int64_t)((7 * row + 31 * column) % (2 * RANGE + 1)) - RANGE;
}

static void encrypt(const eml_abi *abi, eml_ciphertext *out) {
    const uint8_t seed[EML_LATTICE_SEED_BYTES] = {5};
    eml_ciphertext_label label;
    eml_error err = {0};
    eml_fe *cells = eml_alloc(N * K, sizeof *cells);
    for (size_t i = 0; i < N * K; i++) cells[i] = test_fe_from_i64(number(i / K, i % K));
    assert_int_equal(eml_label_of(abi, EML_CIPHERTEXT_INPUTS, NULL, &label, &err), EML_OK);
    eml_plaintext plaintext = {N, K, label.columns, cells, abi->delta_bits};
    assert_int_equal(eml_lattice_encrypt_seeded(&public, &plaintext, seed, out, &err), EML_OK);
    eml_label_free(&label);
    eml_free(cells);
}

/* The program on fresh ciphertexts; the session borrows the bundle. */
static void run_unchecked(const eml_bundle *bundle, eml_session *session) {
    eml_error err = {0};
    *session = (eml_session){.bundle = *bundle};
    encrypt(&bundle->abi, &session->record.secrets);
    if (eml_session_run_encrypted(session, &err) != EML_OK) fail_msg("%s", err.text);
}

/* Output o as the owner would print it, without bounds. */
static void open_unchecked(const eml_ciphertext *ciphertext, size_t o, eml_ring *message) {
    eml_ring *parts = eml_alloc(PARTS, sizeof *parts);
    for (size_t part = 0; part < PARTS; part++)
        memcpy(parts[part].coefficient, eml_ciphertext_part(ciphertext, o, part), sizeof parts[part].coefficient);
    eml_u128 noise = eml_lattice_decrypt_block(&secret, ciphertext->label.delta_bits, parts, message);
    assert_true(noise <= eml_lattice_noise_limit(ciphertext->label.delta_bits)); /* nothing strange to see */
    eml_free(parts);
}

static void assert_is_key(const eml_ring *found, size_t j) {
    for (size_t i = 0; i < N; i++) assert_true(eml_fe_eq(found->coefficient[i], key[j].coefficient[i]));
}

/* ----- 1: masks made of scalars ----- */

enum { STEPS = 4096 };

/* y_j = 4096 x_0 + a "ciphertext" whose mask j is Delta * one and all else 0: so y_j / 4096 is x_0 less a thousandth
 * part of s_j. */
static void put_masked_output(model *m, size_t j) {
    eml_buf_printf(&m->code, "read2\npush.%d\nsmul\n", STEPS);
    for (size_t part = PARTS; part-- > 0;)
        eml_buf_put_text(&m->code, part == j ? "read\npush.1152921504606846976\nmul\n" : "push.0\n");
    eml_buf_put_text(&m->code, "add2\nwrite2\n");
}

/* s_j times 1 + X + .. + X^(N-1) = -2 / (X - 1), from what is left of the prediction; and so s_j. */
static void solve_mask(const eml_ring *message, size_t j, eml_ring *found) {
    eml_fe half = eml_fe_inv(eml_fe_from_u64(2));
    eml_ring left;
    for (size_t i = 0; i < N; i++) {
        int64_t honest = number(i, j) * STEPS;
        left.coefficient[i] = eml_fe_sub(test_fe_from_i64(honest), message->coefficient[i]);
        assert_true(eml_bound_of_element(left.coefficient[i]).message < STEPS / 8); /* who looks at y sees nothing */
    }
    /* (1 - X) / 2 times it, and X^N = -1 */
    for (size_t i = 0; i < N; i++) {
        eml_fe before = i > 0 ? left.coefficient[i - 1] : eml_fe_neg(left.coefficient[N - 1]);
        found->coefficient[i] = eml_fe_mul(half, eml_fe_sub(left.coefficient[i], before));
    }
}

static void test_masks_of_scalars(void **state) {
    (void)state;
    model m = {.delta_bits = 60, .steps = STEPS, .outputs = K};
    eml_bundle bundle;
    eml_session session;
    eml_ring message, found;
    for (size_t j = 0; j < K; j++) put_masked_output(&m, j);
    make_bundle(&m, &bundle);
    run_unchecked(&bundle, &session);
    for (size_t j = 0; j < K; j++) {
        open_unchecked(&session.record.encrypted, j, &message);
        solve_mask(&message, j, &found);
        assert_is_key(&found, j);
    }
    assert_not_loaded(&bundle, EML_CODE_TYPES, "(add2) takes five elements that are no ciphertext");
    eml_record_free(&session.record);
    eml_bundle_free(&bundle);
}

/* ----- 2: a weight as large as Delta ----- */

/* Of K equations sum_i mask[c][i] s_i = right[c], by elimination; masks are uniform, so no pivot is 0. */
static void eliminate(eml_fe mask[K][K], eml_fe right[K]) {
    for (size_t p = 0; p < K; p++) {
        eml_fe inverse = eml_fe_inv(mask[p][p]);
        for (size_t i = 0; i < K; i++) mask[p][i] = eml_fe_mul(mask[p][i], inverse);
        right[p] = eml_fe_mul(right[p], inverse);
        for (size_t c = 0; c < K; c++) {
            eml_fe factor = mask[c][p];
            if (c == p) continue;
            for (size_t i = 0; i < K; i++) mask[c][i] = eml_fe_sub(mask[c][i], eml_fe_mul(factor, mask[p][i]));
            right[c] = eml_fe_sub(right[c], eml_fe_mul(factor, right[p]));
        }
    }
}

/* decryptions[c]: body - s . mask of input column c, all of it. */
static void solve_key(const eml_ciphertext *inputs, const eml_ring *decryptions, eml_ring *found) {
    eml_ring_values *parts = eml_alloc(K * PARTS, sizeof *parts), *opened = eml_alloc(K, sizeof *opened);
    eml_ring *cells = eml_alloc(K * PARTS, sizeof *cells);
    memcpy(cells, inputs->cells, K * PARTS * sizeof *cells); /* N slots */
    eml_ring_evaluate(cells, K * PARTS, parts);
    eml_ring_evaluate(decryptions, K, opened);
    for (size_t at = 0; at < N; at++) {
        eml_fe mask[K][K], right[K];
        for (size_t c = 0; c < K; c++) {
            for (size_t i = 0; i < K; i++) mask[c][i] = parts[c * PARTS + i].at[at];
            right[c] = eml_fe_sub(parts[c * PARTS + BODY].at[at], opened[c].at[at]);
        }
        eliminate(mask, right);
        for (size_t i = 0; i < K; i++) opened[i].at[at] = right[i];
    }
    eml_ring_interpolate(opened, K, found);
    eml_free(cells);
    eml_free(opened);
    eml_free(parts);
}

static void test_weight_like_delta(void **state) {
    (void)state;
    model m = {.delta_bits = 44, .steps = 1, .outputs = K};
    eml_bundle bundle;
    eml_session session;
    eml_ring message[K], found[K];
    for (size_t j = 0; j < K; j++) eml_buf_put_text(&m.code, "read2\npush.17592186044416\nsmul\nwrite2\n");
    make_bundle(&m, &bundle);
    run_unchecked(&bundle, &session);
    for (size_t j = 0; j < K; j++) open_unchecked(&session.record.encrypted, j, &message[j]);
    solve_key(&session.record.secrets, message, found);
    for (size_t j = 0; j < K; j++) assert_is_key(&found[j], j);
    assert_not_loaded(&bundle, EML_CODE_BOUNDS, "\"y0\" can have more noise than decryption allows");
    eml_record_free(&session.record);
    eml_bundle_free(&bundle);
}

/* ----- a secret input that wraps around ----- */

/* Whatever becomes of it: x0 times 2^66 is above p / 2, so what is encrypted is another number. */
static void test_secret_too_large(void **state) {
    (void)state;
    model m = {.delta_bits = 66, .steps = 1, .range = INT64_MAX, .outputs = 1};
    eml_bundle bundle;
    for (size_t j = 0; j < K; j++)
        eml_buf_put_text(&m.code, j ? "read2\npush.0\nsmul\nadd2\n" : "read2\npush.0\nsmul\n");
    make_bundle(&m, &bundle);
    assert_not_loaded(&bundle, EML_CODE_BOUNDS, "the secret input \"x0\" can be too large for the field");
    eml_bundle_free(&bundle);
}

/* ----- honest models, and ciphertexts of somebody else ----- */

/* y_j = factor * x_j. */
static void make_honest(int factor, eml_bundle *out) {
    model m = {.delta_bits = 60, .steps = 1, .outputs = K};
    for (size_t j = 0; j < K; j++) eml_buf_printf(&m.code, "read2\npush.%d\nsmul\nwrite2\n", factor);
    make_bundle(&m, out);
}

/* Columns whose column j has coefficient as the first one of mask j, and 0 elsewhere: it decrypts to -coefficient /
 * Delta * s_j. */
static void craft(const eml_bundle *bundle, eml_ciphertext_kind kind, unsigned factor, eml_buf *out) {
    eml_ciphertext_label label;
    eml_ciphertext ciphertext;
    eml_error err = {0};
    assert_int_equal(eml_label_of(&bundle->abi, kind, &bundle->hash, &label, &err), EML_OK);
    label.key = public.id;
    eml_ciphertext_init(&ciphertext, &label, N);
    eml_label_free(&label);
    for (size_t j = 0; j < K; j++)
        eml_ciphertext_part(&ciphertext, j, j)[0] = eml_fe_mul(bundle->program.shape.delta, eml_fe_from_u64(factor));
    eml_ciphertext_encode(&ciphertext, out);
    eml_ciphertext_free(&ciphertext);
}

static eml_session *load(const eml_bundle *bundle) {
    eml_buf bytes = {0};
    eml_session *session;
    eml_error err = {0};
    eml_bundle_encode(bundle, &bytes);
    eml_file file = file_of("model.emb", &bytes);
    if (eml_session_load(&file, &session, &err) != EML_ANSWER_YES) fail_msg("%s", err.text);
    eml_buf_free(&bytes);
    return session;
}

/* Outputs and proof of the model on these ciphertexts: whoever makes them needs no key. table: of public inputs, if it
 * has any. */
static void prove(const eml_bundle *bundle, const eml_file *inputs, const eml_file *table, eml_bytes *outputs,
                  eml_bytes *proof) {
    eml_session *session = load(bundle);
    eml_error err = {0};
    if (eml_session_add_input(session, inputs, false, &err) != EML_ANSWER_YES ||
        (table != NULL && eml_session_add_input(session, table, false, &err) != EML_ANSWER_YES) ||
        eml_session_prove(session, "standard", proof, &err) != EML_ANSWER_YES ||
        eml_session_outputs(session, EML_STYLE_TEXT, outputs, &err) != EML_ANSWER_YES)
        fail_msg("%s", err.text);
    eml_session_free(session);
}

/* The owner's own rows, with their tag. */
static void send(const eml_bundle *bundle, eml_bytes *sent) {
    eml_session *session = load(bundle);
    eml_buf csv = {0};
    eml_error err = {0};
    eml_buf_put_text(&csv, "x0,x1,x2,x3\n");
    for (size_t i = 0; i < N; i++) eml_buf_put_text(&csv, "1,-2,3,-4\n");
    eml_encrypt_request request = {.secret_key = file_of("owner.key", &secret_file), .rows = file_of("rows.csv", &csv)};
    if (eml_session_encrypt(session, &request, sent, &err) != EML_ANSWER_YES) fail_msg("%s", err.text);
    eml_buf_free(&csv);
    eml_session_free(session);
}

static eml_answer answer_request(const eml_bundle *bundle, eml_decrypt_request request, eml_bytes *rows,
                                 eml_error *err) {
    eml_session *session = load(bundle);
    eml_bytes noise = {0};
    *rows = (eml_bytes){0};
    request.secret_key = file_of("owner.key", &secret_file);
    eml_answer answer = eml_session_decrypt(session, &request, rows, &noise, err);
    eml_bytes_free(&noise);
    eml_session_free(session);
    return answer;
}

static eml_answer decrypt(const eml_bundle *bundle, eml_trust trust, eml_file sent, eml_file outputs, eml_file proof,
                          eml_bytes *rows, eml_error *err) {
    eml_decrypt_request request = {.ciphertext = outputs, .sent = sent, .proof = proof, .trust = trust};
    return answer_request(bundle, request, rows, err);
}

/* A table of predictions that is -factor times the key. */
static void assert_key_in(eml_bytes *rows, int64_t factor) {
    char *text = strchr((char *)rows->data, '\n') + 1;
    for (size_t i = 0; i < N * K; i++) {
        eml_fe printed = test_fe_from_i64(strtoll(text, &text, 10));
        assert_true(eml_fe_eq(printed, eml_fe_mul(test_fe_from_i64(-factor), key[i % K].coefficient[i / K])));
        text++;
    }
    eml_bytes_wipe(rows);
}

static void assert_kept(const eml_bundle *bundle, eml_file sent, eml_file outputs, eml_file proof, eml_code code,
                        const char *words) {
    eml_bytes rows;
    eml_error err = {0};
    assert_int_equal(decrypt(bundle, EML_TRUST_PROOF, sent, outputs, proof, &rows, &err), EML_ANSWER_NO);
    if (err.code != code || strstr(err.text, words) == NULL) fail_msg("code %d: %s", err.code, err.text);
    assert_null(rows.data);
}

/* ----- 3: other outputs under the label of the right ones ----- */

static void test_other_outputs(void **state) {
    (void)state;
    eml_bundle honest, other;
    eml_buf crafted = {0}, inputs = {0};
    eml_bytes sent, outputs, proof, theirs, their_proof, rows;
    eml_error err = {0};
    make_honest(64, &honest);
    make_honest(1, &other);
    send(&honest, &sent);
    craft(&honest, EML_CIPHERTEXT_OUTPUTS, 64, &crafted);
    eml_file mine = bytes_of("rows.ct", &sent), bad = file_of("out.ct", &crafted), none = {0};
    assert_int_equal(decrypt(&honest, EML_TRUST_EVERYONE, none, bad, none, &rows, &err), EML_ANSWER_YES);
    assert_key_in(&rows, 64);

    /* With the proof of the right outputs; with an accomplice's, of the same cells as outputs of another program; or of
     * other inputs. */
    prove(&honest, &mine, NULL, &outputs, &proof);
    assert_kept(&honest, mine, bad, bytes_of("out.proof", &proof), EML_CODE_PROOF, "refused (statement)");
    craft(&other, EML_CIPHERTEXT_INPUTS, 64, &inputs);
    eml_file from = file_of("other.ct", &inputs);
    prove(&other, &from, NULL, &theirs, &their_proof);
    assert_kept(&honest, mine, bad, bytes_of("other.proof", &their_proof), EML_CODE_PROOF, "refused (program)");
    eml_bytes_free(&theirs);
    eml_bytes_free(&their_proof);
    inputs.len = 0;
    craft(&honest, EML_CIPHERTEXT_INPUTS, 1, &inputs);
    from = file_of("other.ct", &inputs);
    prove(&honest, &from, NULL, &theirs, &their_proof);
    assert_kept(&honest, mine, bytes_of("out.ct", &theirs), bytes_of("other.proof", &their_proof), EML_CODE_PROOF,
                "refused (statement)");
    /* What is right opens. */
    assert_int_equal(decrypt(&honest, EML_TRUST_PROOF, mine, bytes_of("out.ct", &outputs),
                             bytes_of("out.proof", &proof), &rows, &err),
                     EML_ANSWER_YES);
    assert_non_null(strstr((const char *)rows.data, "y0,y1,y2,y3\n64,-128,192,-256\n"));
    eml_bytes *all[] = {&sent, &outputs, &proof, &theirs, &their_proof, &rows};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) eml_bytes_free(all[i]);
    eml_buf_free(&crafted);
    eml_buf_free(&inputs);
    eml_bundle_free(&honest);
    eml_bundle_free(&other);
}

/* ----- 4: other rows, through an honest model ----- */

static void test_other_rows(void **state) {
    (void)state;
    eml_bundle honest;
    eml_buf crafted = {0};
    eml_bytes sent, outputs, proof, rows;
    eml_error err = {0};
    make_honest(3, &honest);
    send(&honest, &sent);
    craft(&honest, EML_CIPHERTEXT_INPUTS, 1, &crafted);
    eml_file bad = file_of("rows.ct", &crafted);
    prove(&honest, &bad, NULL, &outputs, &proof);
    eml_file out = bytes_of("out.ct", &outputs), right = bytes_of("out.proof", &proof);
    assert_int_equal(decrypt(&honest, EML_TRUST_SENDER, bad, out, right, &rows, &err), EML_ANSWER_YES);
    assert_key_in(&rows, 3);
    assert_kept(&honest, bad, out, right, EML_CODE_SENDER, "no sender's tag");
    enum { UNDEFINED = 3 }; /* a caller in another language may give any number: that trusts nobody */
    assert_int_equal(decrypt(&honest, (eml_trust)UNDEFINED, bad, out, right, &rows, &err), EML_ANSWER_NO);
    assert_int_equal(err.code, EML_CODE_SENDER);

    /* With a tag that the owner made for other rows; and where the owner sent those. */
    enum { TAG = 102 };
    memcpy(crafted.data + TAG, sent.data + TAG, EML_DIGEST_BYTES);
    assert_kept(&honest, file_of("rows.ct", &crafted), out, right, EML_CODE_SENDER, "tag is not this key's");
    assert_kept(&honest, bytes_of("rows.ct", &sent), out, right, EML_CODE_PROOF, "refused (statement)");
    eml_bytes *all[] = {&sent, &outputs, &proof};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) eml_bytes_free(all[i]);
    eml_buf_free(&crafted);
    eml_bundle_free(&honest);
}

/* ----- 5: a public input that is more than its range says ----- */

enum { SWOLLEN_DELTA_BITS = 44 };

/* y_j = u^44 x_j: u is 1 and has |k| <= 1 by its range; with k = 2 the weight is as large as Delta. */
static void make_swollen(eml_bundle *out) {
    model m = {.delta_bits = SWOLLEN_DELTA_BITS, .steps = 1, .range = INT64_C(1) << 60, .outputs = K, .swollen = true};
    for (size_t j = 0; j < K; j++) {
        eml_buf_put_text(&m.code, "read2\n");
        for (size_t i = 0; i < SWOLLEN_DELTA_BITS; i++) eml_buf_put_text(&m.code, "read\nsmul\n");
        eml_buf_put_text(&m.code, "write2\n");
    }
    make_bundle(&m, out);
}

static void steal_with_two(const eml_bundle *bundle) {
    eml_session session = {.bundle = *bundle};
    eml_error err = {0};
    eml_fe two = eml_fe_from_u64(2);
    eml_ring message[K], found[K];
    encrypt(&bundle->abi, &session.record.secrets);
    eml_rows_of_elements(&two, 1, 1, &session.record.inputs);
    if (eml_session_run_encrypted(&session, &err) != EML_OK) fail_msg("%s", err.text);
    for (size_t j = 0; j < K; j++) open_unchecked(&session.record.encrypted, j, &message[j]);
    solve_key(&session.record.secrets, message, found);
    for (size_t j = 0; j < K; j++) assert_is_key(&found[j], j);
    eml_record_free(&session.record);
}

static void test_swollen_input(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_buf csv = {0};
    eml_bytes sent, outputs, proof, rows;
    eml_error err = {0};
    make_swollen(&bundle);
    steal_with_two(&bundle);

    /* The library never makes it 2. */
    send(&bundle, &sent);
    eml_buf_put_text(&csv, "u0\n1\n");
    eml_file mine = bytes_of("rows.ct", &sent), table = file_of("u.csv", &csv);
    prove(&bundle, &mine, &table, &outputs, &proof);
    eml_decrypt_request request = {.sent = mine,
                                   .public_input = table,
                                   .ciphertext = bytes_of("out.ct", &outputs),
                                   .proof = bytes_of("out.proof", &proof)};
    if (answer_request(&bundle, request, &rows, &err) != EML_ANSWER_YES) fail_msg("%s", err.text);
    if (!strstr((const char *)rows.data, "y0,y1,y2,y3\n1,-2,3,-4\n")) fail_msg("%.100s", (const char *)rows.data);
    eml_bytes *all[] = {&sent, &outputs, &proof, &rows};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) eml_bytes_free(all[i]);
    eml_buf_free(&csv);
    eml_bundle_free(&bundle);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks_of_scalars), cmocka_unit_test(test_weight_like_delta),
        cmocka_unit_test(test_secret_too_large), cmocka_unit_test(test_other_outputs),
        cmocka_unit_test(test_other_rows),       cmocka_unit_test(test_swollen_input)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
