/* Runs on all slots at once, judged by runs on sums: the outcome's slots, summed with random weights, are the outcome
 * on the tapes summed with them. */
#include "runtime/vm/slots.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/isa/instructions.h"
#include "runtime/vm/vm.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

enum { SLOTS_MAX = 2100, TAPE_MAX = 64 };

typedef struct subject {
    eml_program program;
    size_t slots;
    eml_slots public_tape[TAPE_MAX], secret_tape[TAPE_MAX];
    eml_fe *vectors[2 * TAPE_MAX];
    size_t vector_count;
} subject;

static void assemble(const char *text, eml_program *out) {
    eml_assembly assembly;
    assert_int_equal(eml_asm_parse(text, strlen(text), &assembly, NULL), EML_OK);
    assert_int_equal(eml_program_lay_out(&assembly.list, &assembly.layout, out, NULL), EML_OK);
    eml_instructions_free(&assembly.list);
}

static eml_slots random_value(subject *s, eml_slots_kind kind) {
    if (kind != EML_SLOTS_VECTOR) return (eml_slots){.kind = kind, .value = test_random_fe()};
    eml_fe *cells = eml_alloc(s->slots, sizeof *cells);
    for (size_t i = 0; i < s->slots; i++) cells[i] = test_random_fe();
    s->vectors[s->vector_count++] = cells;
    return (eml_slots){.kind = kind, .cells = cells};
}

/* kinds: one letter a public value (c, a, v), then ciphertexts are vectors or, for 1, the trivial `one`. */
static void set_up(subject *s, const char *assembly, size_t slots, const char *kinds, const char *ciphertexts) {
    *s = (subject){.slots = slots};
    assemble(assembly, &s->program);
    assert_int_equal(s->program.shape.public_len, strlen(kinds));
    assert_int_equal(s->program.shape.secret_len, strlen(ciphertexts));
    for (size_t i = 0; kinds[i] != '\0'; i++)
        s->public_tape[i] = random_value(s, kinds[i] == 'c'   ? EML_SLOTS_CONSTANT
                                            : kinds[i] == 'a' ? EML_SLOTS_ALL
                                                              : EML_SLOTS_VECTOR);
    for (size_t i = 0; ciphertexts[i] != '\0'; i++)
        for (size_t part = 0; part < EML_CT_ELEMENTS; part++) {
            eml_slots *to = &s->secret_tape[i * EML_CT_ELEMENTS + part];
            if (ciphertexts[i] != '1')
                *to = random_value(s, EML_SLOTS_VECTOR);
            else if (part == EML_CT_ELEMENTS - 1)
                *to = (eml_slots){.kind = EML_SLOTS_ALL, .value = s->program.shape.delta};
        }
}

static void tear_down(subject *s) {
    for (size_t i = 0; i < s->vector_count; i++) eml_free(s->vectors[i]);
    eml_program_free(&s->program);
}

static eml_fe sum_of(const eml_fe *cells, const eml_fe *weights, size_t count) {
    eml_fe sum = EML_FE_ZERO;
    for (size_t i = 0; i < count; i++) sum = eml_fe_add(sum, eml_fe_mul(cells[i], weights[i]));
    return sum;
}

static eml_fe on_tape(const subject *s, const eml_slots *value, const eml_fe *weights) {
    if (value->kind == EML_SLOTS_VECTOR) return sum_of(value->cells, weights, s->slots);
    if (value->kind == EML_SLOTS_CONSTANT) return value->value;
    eml_fe sum = EML_FE_ZERO;
    for (size_t i = 0; i < s->slots; i++) sum = eml_fe_add(sum, eml_fe_mul(weights[i], value->value));
    return sum;
}

/* Slot 0 has weight 1, as of a single row: constants are there. */
static void check(const char *assembly, size_t slots, const char *kinds, const char *ciphertexts, size_t results) {
    subject s;
    set_up(&s, assembly, slots, kinds, ciphertexts);
    eml_fe *out = eml_alloc(results, slots * sizeof *out), *weights = eml_alloc(slots, sizeof *weights);
    for (size_t i = 0; i < slots; i++) weights[i] = i == 0 ? EML_FE_ONE : test_random_fe();
    eml_error err;
    assert_int_equal(
        eml_vm_run_slots(&s.program, &(eml_slot_tapes){s.public_tape, s.secret_tape}, slots, results, out, &err),
        EML_OK);
    eml_fe public_tape[TAPE_MAX], secret_tape[TAPE_MAX];
    for (size_t i = 0; i < s.program.shape.public_len; i++) public_tape[i] = on_tape(&s, &s.public_tape[i], weights);
    for (size_t i = 0; i < EML_CT_ELEMENTS * s.program.shape.secret_len; i++)
        secret_tape[i] = on_tape(&s, &s.secret_tape[i], weights);
    eml_outcome outcome;
    eml_vm_run(&s.program, &(eml_tapes){.public_tape = public_tape, .secret_tape = secret_tape}, &outcome);
    const eml_fe *expected = s.program.shape.output_len > 0 ? outcome.output_tape : outcome.stack;
    for (size_t k = 0; k < results; k++) assert_true(eml_fe_eq(sum_of(out + k * slots, weights, slots), expected[k]));
    eml_outcome_free(&outcome);
    eml_free(weights);
    eml_free(out);
    tear_down(&s);
}

static const struct {
    const char *assembly, *kinds, *ciphertexts;
    size_t results;
} programs[] = {
    /* a dot product with an intercept; a factor of 1; public terms; weights as inputs; trivial ciphertexts */
    {".delta 65536\nread2\npush.7\nsmul\nread2\npush.-3\nsmul\nadd2\npush.9\nread\nmul\nsadd\n", "a", "vv", 5},
    {".delta 3\nread2\nread2\nadd2\n", "", "vv", 5},
    {".delta 5\nread2\nread\nsmul\npush.4\nread\nmul\nsadd\nread\nsadd\n", "cvv", "v", 5},
    {".delta 5\nread2\npush.2\nsmul\nread2\nread\nsmul\nadd2\n", "c", "1v", 5},
    {".delta 5\nread2\npush.2\nsmul\nread2\nread\nsmul\nadd2\n", "c", "v1", 5},
    {".delta 5\nread2\nread\nsadd\nread2\nadd2\n", "c", "11", 5},
    {".delta 7\nread2\nread\nsmul\nwrite2\nread2\nread\nsadd\nwrite2\n", "ca", "vv", 10},
    /* plain values of every kind in every order */
    {"read\nread\nadd\nread\nadd\nread\nadd\nread\nadd\nread\nadd\n", "cavacv", "", 1},
    {"read\npush.5\nmul\npush.5\nread\nmul\nadd\nread\nread\nmul\nadd\nread\nread\nmul\nadd\n", "vvcavc", "", 1},
    {"read\nread\nmul\nwrite\nread\nread\nmul\nwrite\nread\nwrite\npush.3\nwrite\n", "cacca", "", 4},
};

static void test_against_runs_on_sums(void **state) {
    (void)state;
    static const size_t slots[] = {1, 2, 127, 128, 129, 1024, SLOTS_MAX};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        for (size_t j = 0; j < sizeof slots / sizeof slots[0]; j++) {
            check(programs[i].assembly, slots[j], programs[i].kinds, programs[i].ciphertexts, programs[i].results);
        }
}

static void test_any_number_of_threads(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 3; threads++) {
        eml_threads_set(threads);
        check(programs[0].assembly, SLOTS_MAX, programs[0].kinds, programs[0].ciphertexts, programs[0].results);
    }
    eml_threads_set(0);
}

/* Products that are not slot by slot are refused, whichever the factors' kinds. */
static void test_refuses_products_of_varying_values(void **state) {
    (void)state;
    static const char *const kinds[] = {"vv", "va", "av", "aa"};
    for (size_t i = 0; i < 4; i++) {
        subject s;
        eml_fe out[300];
        eml_error err;
        set_up(&s, "read\nread\nmul\n", sizeof out / sizeof *out, kinds[i], "");
        assert_int_equal(eml_vm_run_slots(&s.program, &(eml_slot_tapes){s.public_tape, NULL}, s.slots, 1, out, &err),
                         EML_ERR_INPUT);
        assert_non_null(strstr(err.text, "multiplies two values"));
        tear_down(&s);
    }
    subject s;
    eml_fe out[5 * 130];
    set_up(&s, "read2\nread\nsmul\n", 130, "v", "v");
    assert_int_equal(
        eml_vm_run_slots(&s.program, &(eml_slot_tapes){s.public_tape, s.secret_tape}, s.slots, 5, out, NULL),
        EML_ERR_INPUT);
    tear_down(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_runs_on_sums),
        cmocka_unit_test(test_any_number_of_threads),
        cmocka_unit_test(test_refuses_products_of_varying_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
