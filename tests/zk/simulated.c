#include "tests/zk/simulated.h"

#include "runtime/base/memory.h"
#include "runtime/field/ntt.h"
#include "runtime/stark/out_of_domain.h"
#include "runtime/stark/verifier/phases.h"
#include "tests/support/random.h"

static eml_fe random_fe(void) { return eml_fe_canon(test_random_fe()); }
static eml_fe2 random_fe2(void) {
    eml_fe a = random_fe();
    return (eml_fe2){a, random_fe()};
}

/* The one column that everybody knows: the polynomial through (g^i, i). */
static eml_fe2 clock_at(size_t n, eml_fe2 x) {
    eml_fe g = eml_domain_generator(n), root = EML_FE_ONE;
    eml_fe2 sum = EML_FE2_ZERO, scale = eml_fe2_sub(eml_fe2_pow_u64_var(x, n), EML_FE2_ONE);
    for (size_t i = 0; i < n; i++, root = eml_fe_mul(root, g)) {
        eml_fe2 weight = eml_fe2_inv(eml_fe2_sub(x, eml_fe2_from_base(root)));
        sum = eml_fe2_add(sum, eml_fe2_mul_base(weight, eml_fe_mul(root, eml_fe_from_u64(i))));
    }
    return eml_fe2_mul_base(eml_fe2_mul(sum, scale), eml_fe_inv(eml_fe_from_u64(n)));
}

static eml_fe point_of(const eml_layout *l, size_t position) {
    return eml_fe_mul(eml_domain_offset(), eml_fe_pow_u64_var(eml_domain_generator(l->lde), position));
}

static void send_out_of_domain(eml_prover *p) {
    const eml_layout *l = &p->layout;
    size_t width = (size_t)l->main_width + l->aux_width, count = l->composition_width;
    p->proof.ood_trace = eml_alloc(2 * width, sizeof(eml_fe2));
    p->proof.ood_composition = eml_alloc(2 * count, sizeof(eml_fe2));
    for (size_t i = 0; i < 2 * width; i++) p->proof.ood_trace[i] = random_fe2();
    for (size_t i = 0; i < 2 * count; i++) p->proof.ood_composition[i] = random_fe2();
    p->proof.ood_trace[p->air->columns.clk] = clock_at(l->n, p->z);
    eml_fe2 gz = eml_fe2_mul_base(p->z, eml_domain_generator(l->n));
    p->proof.ood_trace[width + p->air->columns.clk] = clock_at(l->n, gz);
    const eml_out_of_domain sent = {
        p->air, p->claim, l, &p->coefficients, p->random, p->z, p->proof.ood_trace, p->proof.ood_composition};
    eml_fe2 rest = eml_out_of_domain_value(&sent), step = eml_fe2_pow_u64_var(p->z, l->n), power = step;
    for (size_t i = 1; i < count; i++, power = eml_fe2_mul(power, step))
        rest = eml_fe2_sub(rest, eml_fe2_mul(power, p->proof.ood_composition[i]));
    p->proof.ood_composition[0] = rest;
}

/* A matrix of random rows; those that are not opened are seen by nobody. */
static void commit_random(eml_prover *p, eml_committed *committed, size_t width, size_t index, bool main) {
    eml_prover_init_matrix(p, &committed->lde, p->layout.lde, width);
    for (size_t i = 0; i < p->layout.lde * width; i++) committed->lde.cells[i] = random_fe();
    for (size_t i = 0; main && i < p->position_count; i++) {
        eml_fe x = point_of(&p->layout, p->positions[i]);
        eml_fe *row = eml_matrix_row(&committed->lde, p->positions[i]);
        row[p->air->columns.clk] = eml_fe_canon(clock_at(p->layout.n, eml_fe2_from_base(x)).a);
    }
    committed->step = 1;
    eml_prover_commit(p, committed, index);
}

static void encode_rows(const eml_prover *p, const eml_committed *committed, eml_buf *rows, eml_opened_rows *out) {
    uint8_t bytes[64 * EML_FE_BYTES];
    for (size_t i = 0; i < p->position_count; i++) {
        eml_prover_row_encode(committed, p->positions[i], bytes);
        eml_buf_put(rows, bytes, committed->lde.width * EML_FE_BYTES);
    }
    out->values = rows->data;
    out->values_len = rows->len;
}

/* What the verifier will make of the opened rows. */
static void deep_evaluations(eml_prover *p, eml_fe2 *deep_coefficients, eml_verification *v) {
    eml_buf rows[3] = {{0}};
    *v = (eml_verification){.air = p->air, .claim = p->claim, .params = p->params, .layout = p->layout, .z = p->z};
    v->proof = p->proof;
    v->deep_coefficients = deep_coefficients;
    v->position_count = p->position_count;
    for (size_t i = 0; i < p->position_count; i++) v->positions[i] = p->positions[i];
    encode_rows(p, &p->main, &rows[0], &v->proof.main);
    encode_rows(p, &p->aux, &rows[1], &v->proof.aux);
    encode_rows(p, &p->composition, &rows[2], &v->proof.composition);
    eml_verifier_compose_deep(v);
    for (size_t i = 0; i < 3; i++) eml_buf_free(&rows[i]);
}

/* The DEEP polynomial at (z + g z) / 2: a column f's part there is (f(z) - f(g z)) / h, h = (z - g z) / 2, whatever f
 * is elsewhere. */
static void deep_between(const eml_prover *p, const eml_fe2 *deep_coefficients, eml_fe2 *at, eml_fe2 *value) {
    size_t trace = (size_t)p->layout.main_width + p->layout.aux_width, count = p->layout.composition_width;
    eml_fe half = eml_fe_inv(eml_fe_from_u64(2));
    eml_fe2 gz = eml_fe2_mul_base(p->z, eml_domain_generator(p->layout.n)), sum = EML_FE2_ZERO;
    for (size_t i = 0; i < trace + count; i++) {
        const eml_fe2 *sent = i < trace ? p->proof.ood_trace + i : p->proof.ood_composition + i - trace;
        eml_fe2 difference = eml_fe2_sub(sent[0], sent[i < trace ? trace : count]);
        sum = eml_fe2_add(sum, eml_fe2_mul(deep_coefficients[i], difference));
    }
    *at = eml_fe2_mul_base(eml_fe2_add(p->z, gz), half);
    *value = eml_fe2_mul(sum, eml_fe2_inv(eml_fe2_mul_base(eml_fe2_sub(p->z, gz), half)));
}

/* A random polynomial of degree below n - 1 that has these values at the queries, and the one between z and g z:
 * Newton's interpolation, and a random multiple of the polynomial that vanishes at all these points. */
static void simulate_deep(eml_prover *p, const eml_fe2 *deep_coefficients, const eml_verification *v) {
    size_t n = p->layout.n, count = v->position_count + 1;
    eml_fe2 *poly = eml_alloc(n, sizeof *poly), *vanishing = eml_alloc(count + 1, sizeof *vanishing);
    vanishing[0] = EML_FE2_ONE;
    for (size_t i = 0; i < count; i++) {
        eml_fe2 x, wanted, value = EML_FE2_ZERO, at = EML_FE2_ZERO;
        if (i < v->position_count)
            x = eml_fe2_from_base(point_of(&p->layout, v->positions[i])), wanted = v->evaluations[i];
        else
            deep_between(p, deep_coefficients, &x, &wanted);
        for (size_t j = i + 1; j-- > 0;) {
            value = eml_fe2_add(eml_fe2_mul(value, x), poly[j]);
            at = eml_fe2_add(eml_fe2_mul(at, x), vanishing[j]);
        }
        eml_fe2 missing = eml_fe2_mul(eml_fe2_sub(wanted, value), eml_fe2_inv(at));
        for (size_t j = 0; j <= i; j++) poly[j] = eml_fe2_add(poly[j], eml_fe2_mul(missing, vanishing[j]));
        for (size_t j = i + 1; j > 0; j--) vanishing[j] = eml_fe2_sub(vanishing[j - 1], eml_fe2_mul(x, vanishing[j]));
        vanishing[0] = eml_fe2_sub(EML_FE2_ZERO, eml_fe2_mul(x, vanishing[0]));
    }
    for (size_t k = 0; k + count + 1 < n; k++) {
        eml_fe2 factor = random_fe2();
        for (size_t j = 0; j <= count; j++) poly[k + j] = eml_fe2_add(poly[k + j], eml_fe2_mul(factor, vanishing[j]));
    }
    eml_matrix coefficients;
    eml_prover_init_matrix(p, &coefficients, n, 2);
    for (size_t j = 0; j < n; j++) {
        eml_fe *cell = eml_matrix_row(&coefficients, eml_bit_reverse(j, p->layout.log_n));
        cell[0] = poly[j].a, cell[1] = poly[j].b;
    }
    eml_prover_extend(p, &coefficients, &p->fri[0]);
    eml_free(poly);
    eml_free(vanishing);
}

void simulate_up_to_deep(eml_prover *p) {
    eml_verification v;
    const eml_layout *l = &p->layout;
    size_t columns = (size_t)l->main_width + l->aux_width + l->composition_width;
    eml_fe2 *deep_coefficients = eml_alloc(columns, sizeof *deep_coefficients);

    /* All challenges are known before anything is committed to. */
    p->random = eml_alloc(l->random_count, sizeof *p->random);
    eml_coin_draw_many(&p->coin, p->random, l->random_count);
    eml_coefficients_draw(&p->coin, p->air, &p->coefficients);
    p->z = eml_coin_draw(&p->coin);
    eml_coin_draw_many(&p->coin, deep_coefficients, columns);
    eml_coin ahead = p->coin;
    for (uint32_t layer = 0; layer < l->fri_layers; layer++) eml_coin_draw(&ahead);
    p->position_count = eml_coin_draw_positions(&ahead, eml_coin_grind(&ahead, 0), l->lde, l->queries, p->positions);

    commit_random(p, &p->main, l->main_width, 0, true);
    commit_random(p, &p->aux, 2 * (size_t)l->aux_width, 1, false);
    commit_random(p, &p->composition, 2 * (size_t)l->composition_width, eml_commitment_composition(l), false);
    send_out_of_domain(p);
    deep_evaluations(p, deep_coefficients, &v);
    simulate_deep(p, deep_coefficients, &v);
    eml_free(deep_coefficients);
}

void simulate(const eml_air *air, const eml_claim *claim, eml_buf *proof) {
    eml_prover p;
    eml_matrix nothing = {0};
    eml_prover_init(&p, air, claim, &nothing, eml_preset_params(EML_PRESET_STANDARD));
    simulate_up_to_deep(&p);
    for (uint32_t layer = 0; layer < p.layout.fri_layers; layer++) {
        eml_prover_commit_fri_layer(&p, layer);
        eml_prover_fold_fri_layer(&p, layer);
    }
    eml_prover_send_remainder(&p);
    eml_prover_grind(&p);
    eml_prover_open(&p);
    eml_stark_proof_encode(&p.proof, &p.layout, p.params, proof);
    eml_prover_free(&p);
}
