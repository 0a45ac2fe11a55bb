/* Fiat-Shamir with an input left out: a prover's challenges must depend on all that was said before them, or he picks
 * what they do not depend on after he has seen them. The prover here is the real one; the linker puts the functions
 * below between it and its coin, and they leave out one input. The verifier, with the coin as it is, must refuse. */
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/stark/coin.h"
#include "runtime/stark/verifier/verifier.h"
#include "tests/negative/subject.h"
#include "tests/support/cmocka.h"

/* What the prover's coin reads, in this order. */
typedef enum input {
    INPUT_SEED,    /* an element of the first seed: context and claim */
    INPUT_MESSAGE, /* a commitment, or the hash of the out-of-domain frame */
    INPUT_FRAME,   /* an element of that hash */
    INPUT_WORK,    /* all that was said before the proof of work, in the proof of work */
    INPUT_NONCE,   /* the nonce, in the query positions */
    INPUTS
} input;

/* Messages in their order; after MESSAGE_FRAME one for each FRI layer, and the remainder's. */
enum { MESSAGE_MAIN, MESSAGE_AUX, MESSAGE_COMPOSITION, MESSAGE_FRAME, MESSAGE_FRI, CONTEXT_ELEMENTS = 8 };
static const size_t nothing = SIZE_MAX;

static struct {
    input kind;
    size_t index; /* or nothing */
} left_out;
static size_t read_of[INPUTS];                   /* how many the coin was given of each kind so far */
static size_t given[INPUTS];                     /* the same for the last proof, when it was done */
static struct { size_t prover, last; } distinct; /* query positions, as the prover and whoever came last drew them */

static bool leaves_out(input kind, size_t index) { return left_out.kind == kind && left_out.index == index; }

void __real_eml_coin_init(eml_coin *coin, const eml_fe *elements, size_t count, uint32_t extension);
void __wrap_eml_coin_init(eml_coin *coin, const eml_fe *elements, size_t count, uint32_t extension);
void __wrap_eml_coin_init(eml_coin *coin, const eml_fe *elements, size_t count, uint32_t extension) {
    eml_fe *kept = eml_alloc(count, sizeof *kept);
    size_t kept_count = 0;
    for (size_t i = 0; i < count; i++)
        if (!leaves_out(INPUT_SEED, i)) kept[kept_count++] = elements[i];
    __real_eml_coin_init(coin, kept, kept_count, extension);
    eml_free(kept);
    read_of[INPUT_SEED] += count;
}

void __real_eml_coin_reseed(eml_coin *coin, const eml_digest *data);
void __wrap_eml_coin_reseed(eml_coin *coin, const eml_digest *data);
void __wrap_eml_coin_reseed(eml_coin *coin, const eml_digest *data) {
    if (!leaves_out(INPUT_MESSAGE, read_of[INPUT_MESSAGE]++)) __real_eml_coin_reseed(coin, data);
}

eml_digest __real_eml_hash_elements2(const eml_fe2 *elements, size_t count, uint32_t extension);
eml_digest __wrap_eml_hash_elements2(const eml_fe2 *elements, size_t count, uint32_t extension);
eml_digest __wrap_eml_hash_elements2(const eml_fe2 *elements, size_t count, uint32_t extension) {
    if (read_of[INPUT_MESSAGE] != MESSAGE_FRAME) return __real_eml_hash_elements2(elements, count, extension);
    eml_fe2 *kept = eml_alloc(count, sizeof *kept);
    size_t kept_count = 0;
    for (size_t i = 0; i < count; i++)
        if (!leaves_out(INPUT_FRAME, i)) kept[kept_count++] = elements[i];
    eml_digest digest = __real_eml_hash_elements2(kept, kept_count, extension);
    eml_free(kept);
    read_of[INPUT_FRAME] += count;
    return digest;
}

/* Without what was said before, the same work is good for every proof. */
uint64_t __real_eml_coin_grind(const eml_coin *coin, uint32_t bits);
uint64_t __wrap_eml_coin_grind(const eml_coin *coin, uint32_t bits);
uint64_t __wrap_eml_coin_grind(const eml_coin *coin, uint32_t bits) {
    const eml_coin blank = {.extension = coin->extension};
    return __real_eml_coin_grind(leaves_out(INPUT_WORK, read_of[INPUT_WORK]++) ? &blank : coin, bits);
}

/* Without the nonce the positions are known before the work is done; 0 is no nonce that grinding finds. */
size_t __real_eml_coin_draw_positions(eml_coin *coin, uint64_t nonce, size_t domain, size_t count, size_t *positions);
size_t __wrap_eml_coin_draw_positions(eml_coin *coin, uint64_t nonce, size_t domain, size_t count, size_t *positions);
size_t __wrap_eml_coin_draw_positions(eml_coin *coin, uint64_t nonce, size_t domain, size_t count, size_t *positions) {
    bool without = leaves_out(INPUT_NONCE, read_of[INPUT_NONCE]++);
    return distinct.last = __real_eml_coin_draw_positions(coin, without ? 0 : nonce, domain, count, positions);
}

static eml_reject verdict(const test_fixture *f, eml_preset preset, input kind, size_t index) {
    eml_buf proof = {0};
    eml_preset seen;
    memset(read_of, 0, sizeof read_of);
    left_out.kind = kind;
    left_out.index = index;
    test_fixture_prove(f, preset, &proof);
    left_out.index = nothing;
    memcpy(given, read_of, sizeof given);
    distinct.prover = distinct.last;
    eml_reject reject = eml_stark_verify(&f->air, &f->claim, proof.data, proof.len, 1u << preset, &seen);
    eml_buf_free(&proof);
    return reject;
}

/* Other positions than the prover's are sometimes another number of distinct ones, which is looked at first. */
static eml_reject first_seen(eml_reject expected) {
    bool differ = expected == EML_REJECT_MAIN_OPENING && distinct.prover != distinct.last;
    return differ ? EML_REJECT_QUERY_POSITIONS : expected;
}

static void expect(const test_fixture *f, eml_preset preset, input kind, size_t index, eml_reject expected) {
    eml_reject reject = verdict(f, preset, kind, index);
    expected = first_seen(expected);
    if (index != nothing) assert_true(index < given[kind]); /* it was there to be left out */
    if (reject != expected)
        fail_msg("%s, input %d, %zu left out: expected %s, got %s", f->name, kind, index, eml_reject_name(expected),
                 eml_reject_name(reject));
}

/* Header, sponge digests, schema, what is reserved, final stack and tapes: docs/vm-and-air.md. */
static size_t claim_elements(const eml_shape *shape) {
    return 9 + EML_RESCUE_DIGEST * (shape->S + 3) + shape->W + shape->public_len + EML_CT_ELEMENTS * shape->secret_len +
           shape->output_len;
}

/* The coin is given all that the protocol says, and with all of it the proof is accepted. */
static void expect_complete(const test_fixture *f, eml_preset preset) {
    eml_layout layout = eml_layout_of(&f->air, eml_preset_params(preset));
    size_t columns = layout.main_width + layout.aux_width + layout.composition_width;
    expect(f, preset, INPUT_SEED, nothing, EML_REJECT_NONE);
    assert_int_equal(given[INPUT_SEED], CONTEXT_ELEMENTS + claim_elements(&f->claim.shape));
    assert_int_equal(given[INPUT_MESSAGE], MESSAGE_FRI + layout.fri_layers + 1);
    assert_int_equal(given[INPUT_FRAME], 2 * columns);
    assert_int_equal(given[INPUT_WORK], 1);
    assert_int_equal(given[INPUT_NONCE], 1);
}

/* Every element of context, claim and out-of-domain frame. */
static void test_every_element(void **state) {
    (void)state;
    test_fixture f;
    test_fixture_init(&f, "every element", subject_long_program);
    expect_complete(&f, EML_PRESET_STANDARD);
    size_t seeds = given[INPUT_SEED], frame = given[INPUT_FRAME];
    for (size_t i = 0; i < seeds; i++) expect(&f, EML_PRESET_STANDARD, INPUT_SEED, i, EML_REJECT_OUT_OF_DOMAIN);
    for (size_t i = 0; i < frame; i++) expect(&f, EML_PRESET_STANDARD, INPUT_FRAME, i, EML_REJECT_GRINDING);
    test_fixture_free(&f);
}

/* Every commitment. What comes after the constraints' challenges shows in the proof of work or, for a preset without
 * it, in the rows that are opened. */
static void expect_messages(const test_fixture *f, eml_preset preset, eml_reject late) {
    expect_complete(f, preset);
    size_t messages = given[INPUT_MESSAGE];
    assert_int_equal(messages, MESSAGE_FRI + 3); /* two layers and the remainder */
    for (size_t i = 0; i < messages; i++)
        expect(f, preset, INPUT_MESSAGE, i, i < MESSAGE_FRAME ? EML_REJECT_OUT_OF_DOMAIN : late);
    expect(f, preset, INPUT_NONCE, 0, EML_REJECT_MAIN_OPENING);
}

static void test_every_message(void **state) {
    (void)state;
    test_fixture f;
    test_fixture_init_dot(&f, 401, TEST_DOT_PLAIN);
    expect_messages(&f, EML_PRESET_STANDARD, EML_REJECT_GRINDING);
    expect_messages(&f, EML_PRESET_TEST, EML_REJECT_MAIN_OPENING);
    expect(&f, EML_PRESET_STANDARD, INPUT_WORK, 0, EML_REJECT_GRINDING);
    test_fixture_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_element), cmocka_unit_test(test_every_message)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
