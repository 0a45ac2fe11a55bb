/* Openings held against programs: which are refused, and what is said. */
#include "tests/support/cmocka.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/bundle/schema.h"
#include "runtime/table/value.h"
#include "runtime/verify/verify.h"
#include "tests/support/bundle_samples.h"

/* The sample, and an opening of its two values, 50 years and 130.5 in tenths. */
typedef struct subject {
    eml_bundle bundle;
    eml_opening opening;
} subject;

static void make(subject *s) {
    static const char *const names[] = {"age", "ldl"};
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &s->bundle);
    s->opening =
        (eml_opening){.names = eml_alloc(2, sizeof(char *)), .values = eml_alloc(2, sizeof(eml_fe)), .count = 2};
    for (size_t i = 0; i < 2; i++) {
        s->opening.names[i] = eml_copy_text(names[i], strlen(names[i]));
        s->opening.schema[i] = s->bundle.program.shape.schema[i];
        s->opening.salts[i] = eml_fe_from_u64(77 + i);
    }
    s->opening.values[0] = eml_fe_from_u64(50);
    s->opening.values[1] = eml_fe_from_u64(1305);
}

static void unname(eml_opening *opening) {
    for (size_t i = 0; i < opening->count; i++) eml_free(opening->names[i]);
    eml_free(opening->names);
    opening->names = NULL;
}

/* says NULL: taken, and the commitment is the opening's. */
static void assert_says(subject *s, const char *says) {
    eml_record record = {0};
    eml_error err = {0};
    eml_fe commitment[EML_RESCUE_DIGEST];
    eml_opening_commitment(&s->opening, commitment);
    eml_status status = eml_record_add_opening(&record, &s->bundle.abi, &s->bundle.program.shape, &s->opening, &err);
    assert_int_equal(record.committed, says == NULL);
    if (says == NULL) {
        assert_int_equal(status, EML_OK);
        assert_memory_equal(record.commitment, commitment, sizeof commitment);
        assert_null(s->opening.values);
    } else {
        assert_int_equal(status, EML_ERR_INPUT);
        if (strstr(err.text, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    }
    eml_record_free(&record);
    eml_opening_free(&s->opening);
    eml_bundle_free(&s->bundle);
}

static void taken(void **state) {
    (void)state;
    subject s;
    make(&s);
    assert_says(&s, NULL);
}

/* As long as the states of its sponge would be more than 64 MiB they are not kept; C is the same. */
static void long_traces(void **state) {
    (void)state;
    subject s;
    make(&s);
    s.bundle.program.shape.n = 1 << 21;
    assert_says(&s, NULL);
}

static void other_schemas(void **state) {
    (void)state;
    subject s;
    for (size_t i = 0; i < 2; i++) {
        make(&s);
        s.opening.schema[i] = EML_FE_ONE;
        assert_says(&s, "the same names, but other units or ranges");
    }
    make(&s);
    s.opening.names[1][0] = 'h';
    assert_says(&s, "the commitment is to age, hdl, the committed inputs of the model are age, ldl");
    make(&s);
    unname(&s.opening);
    assert_says(&s, "the commitment is to (assembly), (assembly), the committed inputs of the model are age, ldl");
    make(&s);
    eml_free(s.opening.names[1]);
    s.opening.count = 1;
    assert_says(&s, "the commitment is to age, the committed inputs");
}

static void values_that_are_none(void **state) {
    (void)state;
    static const struct {
        size_t index;
        int value;
        const char *says;
    } cases[] = {
        {0, 17, "the committed value of \"age\": 17 is outside"},
        {0, 100, "the committed value of \"age\": 100 is outside"},
        {0, -50, "the committed value of \"age\": -50 is outside"},
        {1, 1306, "the committed value of \"ldl\": 130.6 is not a multiple of the step 0.5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        subject s;
        make(&s);
        eml_fe size = eml_fe_from_u64((uint64_t)abs(cases[i].value));
        s.opening.values[cases[i].index] = cases[i].value < 0 ? eml_fe_neg(size) : size;
        assert_says(&s, cases[i].says);
    }
}

/* On a grid finer than doubles are, a number a little past an end means the end; an integer past it means nothing. */
static void past_an_end(void **state) {
    (void)state;
    for (unsigned past = 0; past < 2; past++) {
        subject s;
        make(&s);
        eml_input_column *column = &s.bundle.abi.inputs[2];
        mpq_set_si(column->hi, 9, 10);
        mpq_set_si(column->lo, 0, 1);
        mpq_set_ui(column->step, 0, 1);
        mpq_set_ui(column->unit, 1, 1);
        mpq_div_2exp(column->unit, column->unit, 60);
        eml_schema_digest(&s.bundle.abi, s.bundle.program.shape.schema);
        memcpy(s.opening.schema, s.bundle.program.shape.schema, sizeof s.opening.schema);
        eml_fe last;
        assert_int_equal(eml_abi_encode_value(column, column->hi, &last, NULL), EML_OK);
        s.opening.values[1] = eml_fe_add(last, eml_fe_from_u64(16 * past));
        assert_says(&s, past ? "the committed value of \"ldl\": is no value of the column" : NULL);
    }
}

static void other_programs(void **state) {
    (void)state;
    subject s;
    eml_bundle plain;
    make(&s);
    test_sample_bundle(TEST_SAMPLE_PLAIN, &plain);
    eml_bundle_free(&s.bundle);
    s.bundle = plain;
    assert_says(&s, "an opening, but model risk has no committed inputs");
    make(&s); /* of assembly: by number and schema alone */
    eml_abi_free(&s.bundle.abi);
    eml_abi_init(&s.bundle.abi);
    unname(&s.opening);
    s.opening.values[0] = eml_fe_from_u64(100000);
    assert_says(&s, NULL);
    for (int i = 0; i < 2; i++) {
        make(&s);
        eml_abi_free(&s.bundle.abi);
        eml_abi_init(&s.bundle.abi);
        unname(&s.opening);
        if (i == 0) s.opening.count = 1;
        if (i == 1) s.opening.schema[0] = EML_FE_ONE;
        assert_says(&s, "another schema: it was made for another program");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken),         cmocka_unit_test(long_traces),
        cmocka_unit_test(other_schemas), cmocka_unit_test(values_that_are_none),
        cmocka_unit_test(past_an_end),   cmocka_unit_test(other_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
