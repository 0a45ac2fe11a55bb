#include "tests/zk/view.h"

#include "runtime/base/memory.h"
#include "tests/support/cmocka.h"

void view_read(const test_fixture *f, const eml_stark_params *params, const eml_buf *proof, eml_verification *out) {
    eml_reader reader = {proof->data, proof->len};
    eml_proof_context context;
    *out = (eml_verification){.air = &f->air, .claim = &f->claim, .params = params};
    out->layout = eml_layout_of(&f->air, params);
    assert_int_equal(eml_proof_context_decode(&reader, &context), EML_REJECT_NONE);
    assert_int_equal(eml_stark_proof_decode(&reader, &out->layout, &out->proof), EML_REJECT_NONE);
    eml_coin_seed(&out->coin, &out->layout, params, &f->claim);
    eml_verifier_read_trace_commitments(out);
    assert_int_equal(eml_verifier_check_out_of_domain(out), EML_REJECT_NONE);
    assert_int_equal(eml_verifier_read_fri_commitments(out), EML_REJECT_NONE);
    assert_int_equal(eml_verifier_check_openings(out), EML_REJECT_NONE);
}

void view_free(eml_verification *v) {
    eml_stark_proof_free(&v->proof);
    eml_coefficients_free(&v->coefficients);
    eml_free(v->random);
    eml_free(v->deep_coefficients);
}

eml_fe view_point(const eml_verification *v, size_t i) {
    eml_fe x = eml_fe_pow_u64_var(eml_domain_generator(v->layout.lde), v->positions[i]);
    return eml_fe_mul(x, eml_domain_offset());
}

void view_factors(size_t n, eml_fe2 x, eml_fe2 *out) {
    eml_fe g = eml_domain_generator(n), root = EML_FE_ONE;
    eml_fe2 scale = eml_fe2_sub(eml_fe2_pow_u64_var(x, n), EML_FE2_ONE);
    scale = eml_fe2_mul_base(scale, eml_fe_inv(eml_fe_from_u64(n)));
    for (size_t row = 0; row < n; row++, root = eml_fe_mul(root, g)) {
        eml_fe2 factor = eml_fe2_inv(eml_fe2_sub(x, eml_fe2_from_base(root)));
        out[row] = eml_fe2_mul(scale, eml_fe2_mul_base(factor, root));
    }
}
