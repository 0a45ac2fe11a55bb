#include "tests/negative/late_remainder.h"

#include "runtime/base/memory.h"
#include "runtime/stark/prover/phases.h"
#include "runtime/stark/verifier/phases.h"

static eml_fe2 minus_base(eml_fe2 x, eml_fe y) { return (eml_fe2){eml_fe_sub(x.a, y), x.b}; }

/* What the false claim adds to the composition at z: coefficient * (truth - claimed) / (z - g^row). */
static eml_fe2 false_part(const eml_prover *p, const eml_claim *claim, const eml_coefficients *coefficients) {
    for (size_t i = 0; i < p->air->assertion_count; i++) {
        const eml_assertion *a = &p->air->assertions[i];
        if (a->claim != EML_CLAIM_STACK || a->index != 0) continue;
        eml_fe2 difference = eml_fe2_from_base(eml_fe_sub(p->claim->stack[0], claim->stack[0]));
        eml_fe point = eml_fe_pow_u64_var(eml_domain_generator(p->layout.n), a->row);
        return eml_fe2_mul(eml_fe2_mul(coefficients->boundary[i], difference), eml_fe2_inv(minus_base(p->z, point)));
    }
    return EML_FE2_ZERO;
}

/* Phases 3 to 5 with the true claim's constraints; then the frame is changed to fit the false one. */
static void send_false_frame(eml_prover *p, const eml_claim *claim) {
    eml_coin coin = p->coin;
    eml_coefficients coefficients;
    eml_coefficients_draw(&coin, p->air, &coefficients);
    eml_prover_evaluate_constraints(p);
    eml_prover_commit_composition(p);
    coin = p->coin;
    eml_prover_send_out_of_domain(p);
    p->proof.ood_composition[0] = eml_fe2_add(p->proof.ood_composition[0], false_part(p, claim, &coefficients));
    eml_coefficients_free(&coefficients);

    const eml_layout *l = &p->layout;
    size_t columns = (size_t)l->main_width + l->aux_width + l->composition_width;
    eml_fe2 *merged = eml_alloc(2 * columns, sizeof *merged);
    eml_digest digest = eml_hash_elements2(merged, eml_proof_merge_frames(l, &p->proof, merged), l->extension);
    p->coin = coin;
    eml_coin_draw(&p->coin);
    eml_coin_reseed(&p->coin, &digest);
    eml_free(merged);
}

static eml_fe2 evaluate(const eml_fe2 *coefficients, size_t count, eml_fe x) {
    eml_fe2 value = EML_FE2_ZERO;
    while (count-- > 0) value = eml_fe2_add(eml_fe2_mul_base(value, x), coefficients[count]);
    return value;
}

/* Newton: the polynomial of degree < count through (x_i, y_i); lowest coefficient first, both arrays zero at first. */
static void interpolate(const eml_fe *x, const eml_fe2 *y, size_t count, eml_fe2 *polynomial, eml_fe2 *vanishing) {
    vanishing[0] = EML_FE2_ONE;
    for (size_t i = 0; i < count; i++) {
        eml_fe2 missing = eml_fe2_sub(y[i], evaluate(polynomial, i, x[i]));
        eml_fe2 factor = eml_fe2_mul(missing, eml_fe2_inv(evaluate(vanishing, i + 1, x[i])));
        for (size_t k = 0; k <= i; k++) polynomial[k] = eml_fe2_add(polynomial[k], eml_fe2_mul(factor, vanishing[k]));
        for (size_t k = i + 1; k > 0; k--)
            vanishing[k] = eml_fe2_sub(vanishing[k - 1], eml_fe2_mul_base(vanishing[k], x[i]));
        vanishing[0] = eml_fe2_sub(EML_FE2_ZERO, eml_fe2_mul_base(vanishing[0], x[i]));
    }
}

/* Replaces the (committed) remainder by one that fits what is opened. */
static void choose_remainder(eml_prover *p, const eml_verification *v) {
    eml_fe x[EML_QUERIES_MAX], generator = eml_domain_generator(p->layout.lde);
    eml_fe2 *polynomial = eml_alloc(p->layout.remainder + 1, sizeof *polynomial);
    eml_fe2 *vanishing = eml_alloc(p->layout.remainder + 1, sizeof *vanishing);
    for (size_t i = 0; i < p->position_count; i++)
        x[i] = eml_fe_mul(eml_domain_offset(), eml_fe_pow_u64_var(generator, p->positions[i]));
    interpolate(x, v->evaluations, p->position_count, polynomial, vanishing);
    for (size_t i = 0; i < p->layout.remainder; i++) p->proof.remainder[i] = polynomial[p->layout.remainder - 1 - i];
    eml_free(polynomial);
    eml_free(vanishing);
}

bool late_remainder_prove(const test_fixture *f, const eml_claim *claim, eml_preset preset, eml_buf *proof) {
    eml_matrix trace;
    eml_prover p;
    test_fixture_trace(f, TEST_TRACE_SEED, &trace);
    eml_prover_init(&p, &f->air, claim, &trace,
                    eml_preset_params(preset)); /* the coin is seeded with the false claim */
    p.claim = &f->claim;
    eml_prover_extend_trace(&p);
    eml_prover_commit_trace(&p);
    eml_prover_commit_auxiliary(&p, test_aux_seed);
    send_false_frame(&p, claim);
    eml_verification v = {.air = &f->air, .claim = claim, .params = p.params, .layout = p.layout, .z = p.z};
    size_t columns = (size_t)p.layout.main_width + p.layout.aux_width + p.layout.composition_width;
    eml_coin coin = p.coin;
    v.deep_coefficients = eml_alloc(columns, sizeof *v.deep_coefficients);
    eml_coin_draw_many(&coin, v.deep_coefficients, columns);
    eml_prover_compose_deep(&p);
    eml_prover_send_remainder(&p);
    eml_prover_grind(&p);
    eml_prover_open(&p);

    v.proof = p.proof;
    v.position_count = p.position_count;
    for (size_t i = 0; i < p.position_count; i++) v.positions[i] = p.positions[i];
    eml_verifier_compose_deep(&v);
    choose_remainder(&p, &v);
    bool fits = p.layout.fri_layers == 0 && eml_verifier_check_fri(&v) == EML_REJECT_NONE;
    eml_free(v.deep_coefficients);
    eml_stark_proof_encode(&p.proof, &p.layout, p.params, proof);
    eml_prover_free(&p);
    return fits;
}
