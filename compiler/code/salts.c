#include "compiler/code/salts.h"

#include <sodium.h>

#include "runtime/hash/uniform.h"
#include "runtime/isa/discipline.h"

static bool is_usable(const eml_fe *salts, size_t index) {
    bool usable = !eml_fe_is_zero(salts[index]);
    for (size_t i = 0; i < index; i++) usable = usable && !eml_fe_eq(salts[i], salts[index]);
    return usable;
}

void eml_salts_of(const uint8_t secret[EML_SALT_SECRET_BYTES], const eml_instructions *code,
                  eml_fe out[2 * EML_SPONGES_MAX]) {
    eml_blake3 hasher;
    uint8_t seed[EML_SEED_BYTES];
    eml_blake3_init_keyed(&hasher, secret);
    for (size_t i = 0; i < code->count; i++) {
        uint8_t immediate[EML_FE_BYTES];
        eml_fe_to_bytes(code->items[i].immediate, immediate);
        eml_blake3_update(&hasher, &code->items[i].op, 1);
        eml_blake3_update(&hasher, immediate, sizeof immediate);
    }
    eml_blake3_finish(&hasher, seed, sizeof seed);
    eml_uniform stream;
    eml_uniform_open(&stream, "eml 2 salts of a hidden program", seed);
    for (size_t i = 0; i < 2 * EML_SPONGES_MAX; i++) {
        do eml_uniform_draw(&stream, &out[i], 1);
        while (!is_usable(out, i));
    }
    eml_uniform_close(&stream);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(&hasher, sizeof hasher);
}

/* What was laid out: lowering makes no NOOP. */
static void take_code(const eml_program *program, eml_instructions *out) {
    uint32_t group = eml_shape_group(&program->shape);
    for (uint32_t row = 0; row < eml_shape_code_rows(&program->shape); row++) {
        uint8_t op = program->code[row];
        eml_fe immediate = eml_op_info_of(op).immediate ? program->immediates[row / group] : EML_FE_ZERO;
        if (op != EML_OP_NOOP) eml_instructions_append(out, (eml_op)op, immediate);
    }
}

bool eml_salts_follow(const uint8_t secret[EML_SALT_SECRET_BYTES], const eml_program *program) {
    uint32_t count = eml_shape_salt_groups(&program->shape);
    eml_fe salts[2 * EML_SPONGES_MAX];
    eml_instructions code = {0};
    take_code(program, &code);
    eml_salts_of(secret, &code, salts);
    bool follow = count > 0;
    for (uint32_t i = 0; i < count; i++) follow = follow && eml_fe_eq(salts[i], program->immediates[i]);
    sodium_memzero(salts, sizeof salts);
    if (code.count > 0) sodium_memzero(code.items, code.count * sizeof *code.items);
    eml_instructions_free(&code);
    return follow;
}

eml_status eml_salt_secret_draw(uint8_t out[EML_SALT_SECRET_BYTES], eml_error *err) {
    if (sodium_init() < 0) return eml_fail(err, EML_ERR_INTERNAL, "the system gives no random numbers");
    randombytes_buf(out, EML_SALT_SECRET_BYTES);
    return EML_OK;
}
