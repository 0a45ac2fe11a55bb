/* The forger of committed tapes: other values than those that are committed to, with each freedom that a false prover
 * might look for. Each forgery is tried twice: against the constraint set as it is, which names what it violates; and
 * without that one assertion, where nothing is left that it violates: so the assertion is what stops it. */
#include <fnmatch.h>
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/isa/commitment.h"
#include "runtime/isa/sponge.h"
#include "tests/support/cmocka.h"
#include "tests/support/fixture.h"
#include "tests/support/random.h"

static const eml_fe2 challenge = {{0x123456789abcdef, 0x1}, {0x77, 0x42}};

/* A run and its trace with auxiliary columns, which a forger changes. */
typedef struct forged {
    test_fixture f;
    eml_matrix trace, aux;
} forged;

static void start(forged *g, size_t program) {
    test_fixture_init(&g->f, test_programs[program].name, test_programs[program].assembly);
    assert_true(eml_shape_is_committed(&g->f.air.shape));
    test_fixture_trace(&g->f, TEST_TRACE_SEED, &g->trace);
    eml_air_build_aux(&g->f.air, &g->trace, challenge, test_aux_seed, &g->aux);
}

static void finish(forged *g) {
    eml_matrix_free(&g->trace);
    eml_matrix_free(&g->aux);
    test_fixture_free(&g->f);
}

/* The first that is violated, assertions whose labels fit the pattern `without` being left out; NULL: none. */
static const char *violated(const forged *g, const char *without) {
    eml_air air = g->f.air;
    size_t row, kept = 0;
    eml_assertion *assertions = eml_alloc(air.assertion_count, sizeof *assertions);
    for (size_t i = 0; i < air.assertion_count; i++)
        if (without == NULL || fnmatch(without, air.assertions[i].label, 0) != 0)
            assertions[kept++] = air.assertions[i];
    assert_true(without == NULL || kept < air.assertion_count);
    air.assertions = assertions;
    air.assertion_count = kept;
    const char *label = eml_air_check_trace(&air, &g->f.claim, &g->trace, &g->aux, challenge, &row);
    eml_free(assertions);
    return label;
}

static void refused_by(const forged *g, const char *pattern) {
    const char *now = violated(g, NULL);
    if (now == NULL || fnmatch(pattern, now, 0) != 0)
        fail_msg("%s: violates %s, not %s", g->f.name, now ? now : "nothing", pattern);
}

/* By these assertions, and by nothing else. */
static void stopped_by(const forged *g, const char *pattern) {
    refused_by(g, pattern);
    const char *now = violated(g, pattern);
    if (now != NULL) fail_msg("%s: without %s it violates %s", g->f.name, pattern, now);
}

/* ----- what a forger makes anew ----- */

static const eml_shape *shape_of(const forged *g) { return &g->f.air.shape; }
static size_t determined(const forged *g) { return g->trace.rows - eml_shape_free_rows(shape_of(g)); }
static eml_fe *data_at(const forged *g, size_t row) { return eml_matrix_row(&g->trace, row) + g->f.air.columns.data; }
static eml_fe *pair_at(const forged *g, size_t row) { return eml_matrix_row(&g->trace, row) + g->f.air.columns.pair; }

static void set_pair(forged *g, size_t cycle, eml_fe first, eml_fe second) {
    for (size_t row = EML_CYCLE * cycle; row < EML_CYCLE * (cycle + 1) && row < determined(g); row++)
        pair_at(g, row)[0] = first, pair_at(g, row)[1] = second;
}

/* The run on these values, as if they were committed: what they are read as and what comes of them. The claim says so,
 * of this commitment. */
static void run_on(forged *g, const eml_fe *values) {
    eml_matrix data;
    test_fixture *f = &g->f;
    eml_outcome outcome;
    const uint8_t seed[32] = {9};
    eml_tapes tapes = {.public_tape = f->public_tape,
                       .secret_tape = f->secret_tape,
                       .committed = values,
                       .commitment_salts = f->commitment_salts};
    eml_vm_trace(&f->program, &tapes, seed, &data, &outcome);
    eml_matrix_free(&g->trace);
    g->trace = data;
    memcpy(f->claim.stack, outcome.stack, sizeof f->claim.stack);
    for (uint64_t i = 0; i < shape_of(g)->output_len; i++) f->outcome.output_tape[i] = outcome.output_tape[i];
    eml_outcome_free(&outcome);
}

/* The data sponge from row 0 on, as its state there and the pairs say. */
static void remake_data(forged *g) {
    eml_fe state[EML_RESCUE_WIDTH];
    memcpy(state, data_at(g, 0), sizeof state);
    for (size_t row = 0; row < determined(g); row++) {
        memcpy(data_at(g, row), state, sizeof state);
        uint32_t phase = eml_sponge_phase(shape_of(g), shape_of(g)->S - 1, (uint32_t)row);
        if (phase == EML_SPONGE_ABSORB)
            for (size_t i = 0; i < EML_RESCUE_RATE; i++) state[i] = eml_fe_add(state[i], pair_at(g, row)[i]);
        else if (phase != EML_SPONGE_HOLD)
            eml_rescue_round(state, phase - 1);
    }
}

static void remake_aux(forged *g) {
    eml_matrix_free(&g->aux);
    eml_air_build_aux(&g->f.air, &g->trace, challenge, test_aux_seed, &g->aux);
}

/* Other values than the fixture's in two places, of which the data sponge knows nothing. */
static void read_others(forged *g) {
    uint64_t m = eml_shape_committed(shape_of(g));
    eml_fe *values = eml_alloc(m, sizeof *values);
    eml_matrix honest = g->trace;
    memcpy(values, g->f.committed, m * sizeof *values);
    values[0] = eml_fe_add(values[0], EML_FE_ONE);
    values[m - 1] = test_random_fe();
    g->trace = (eml_matrix){0};
    run_on(g, values);
    for (size_t row = 0; row < determined(g); row++)
        memcpy(data_at(g, row), eml_matrix_row(&honest, row) + g->f.air.columns.data,
               EML_DATA_COLUMNS * sizeof(eml_fe));
    eml_matrix_free(&honest);
    eml_free(values);
    remake_aux(g);
}

static eml_fe2 aux_at(const forged *g, size_t row, uint32_t column) {
    const eml_fe *cells = eml_matrix_row(&g->aux, row) + 2 * column;
    return (eml_fe2){cells[0], cells[1]};
}

static void add_to_aux(forged *g, size_t row, uint32_t column, eml_fe2 more) {
    eml_fe2 sum = eml_fe2_add(aux_at(g, row, column), more);
    eml_fe *cells = eml_matrix_row(&g->aux, row) + 2 * column;
    cells[0] = sum.a, cells[1] = sum.b;
}

/* balance = c^e (acc_com - ..) - G acc_dat: what one step of acc_com and of acc_dat makes of it. */
static void factors_of_balance(const forged *g, eml_fe2 *of_com, eml_fe2 *of_dat) {
    const eml_shape *shape = shape_of(g);
    uint64_t m = eml_shape_committed(shape), o = eml_shape_reads_of_each(shape);
    *of_com = eml_fe2_pow_u64_var(challenge, eml_shape_code_rows(shape) / 8 - 4 - m);
    *of_dat = EML_FE2_ZERO;
    for (uint64_t i = 0; i < o; i++) *of_dat = eml_fe2_sub(*of_dat, eml_fe2_pow_u64_var(challenge, m * i));
}

/* ----- forgeries ----- */

/* Other values, read and absorbed, under the same commitment: the sponge is run backwards from it, with whatever stands
 * in the two elements that it does not show, to a state in row 0 that is none to start with. */
static void undo_round(eml_fe state[EML_RESCUE_WIDTH], unsigned round) {
    for (int half = 1; half >= 0; half--) {
        eml_fe without[EML_RESCUE_WIDTH], mixed[EML_RESCUE_WIDTH];
        for (size_t i = 0; i < EML_RESCUE_WIDTH; i++)
            without[i] = eml_fe_sub(state[i], eml_rescue_constants[round][EML_RESCUE_WIDTH * (size_t)half + i]);
        for (size_t i = 0; i < EML_RESCUE_WIDTH; i++) {
            mixed[i] = EML_FE_ZERO;
            for (size_t j = 0; j < EML_RESCUE_WIDTH; j++)
                mixed[i] = eml_fe_add(mixed[i], eml_fe_mul(eml_rescue_inv_mds[i][j], without[j]));
        }
        for (size_t i = 0; i < EML_RESCUE_WIDTH; i++)
            state[i] = half ? eml_fe_mul(mixed[i], eml_fe_square(mixed[i])) : eml_fe_cube_root(mixed[i]);
    }
}

static void start_backwards(forged *g) {
    eml_fe values[8], state[EML_RESCUE_WIDTH];
    for (size_t i = 0; i < 8; i++) values[i] = test_random_fe();
    run_on(g, values);
    memcpy(state, g->f.claim.commitment, sizeof g->f.claim.commitment);
    state[2] = test_random_fe(), state[3] = test_random_fe();
    for (uint32_t row = eml_shape_commitment_row(shape_of(g)); row-- > 0;) {
        uint32_t phase = eml_sponge_phase(shape_of(g), shape_of(g)->S - 1, row);
        if (phase == EML_SPONGE_ABSORB)
            for (size_t i = 0; i < EML_RESCUE_RATE; i++) state[i] = eml_fe_sub(state[i], pair_at(g, row)[i]);
        else if (phase != EML_SPONGE_HOLD)
            undo_round(state, phase - 1);
    }
    memcpy(data_at(g, 0), state, sizeof state);
    remake_data(g);
    remake_aux(g);
}

/* Read are others; what is read, or what was absorbed, starts with what makes both the same. */
static void start_reads_elsewhere(forged *g) {
    const eml_shape *shape = shape_of(g);
    const eml_columns *c = &g->f.air.columns;
    eml_fe2 of_com, of_dat;
    read_others(g);
    factors_of_balance(g, &of_com, &of_dat);
    size_t T = eml_shape_code_rows(shape);
    eml_fe2 missing = eml_fe2_sub(EML_FE2_ZERO, aux_at(g, T, c->balance));
    /* One more at the start is c^(reads so far) more in a row. */
    eml_fe2 at_end = eml_fe2_mul(of_com, eml_fe2_pow_u64_var(challenge, shape->committed_len));
    eml_fe2 more = eml_fe2_mul(missing, eml_fe2_inv(at_end));
    for (size_t row = 0; row < determined(g); row++) {
        add_to_aux(g, row, c->acc_com, more);
        add_to_aux(g, row, c->balance, eml_fe2_mul(of_com, more));
        if (row < T && g->f.program.code[row] == EML_OP_READ3) more = eml_fe2_mul(more, challenge);
    }
}

static void start_data_elsewhere(forged *g) {
    const eml_columns *c = &g->f.air.columns;
    eml_fe2 of_com, of_dat, square = eml_fe2_mul(challenge, challenge);
    read_others(g);
    factors_of_balance(g, &of_com, &of_dat);
    size_t T = eml_shape_code_rows(shape_of(g));
    eml_fe2 missing = eml_fe2_sub(EML_FE2_ZERO, aux_at(g, T, c->balance));
    eml_fe2 at_end = eml_fe2_mul(of_dat, eml_fe2_pow_u64_var(square, T / EML_CYCLE));
    eml_fe2 more = eml_fe2_mul(missing, eml_fe2_inv(at_end));
    for (size_t row = 0; row < determined(g); row++) {
        add_to_aux(g, row, c->acc_dat, more);
        add_to_aux(g, row, c->balance, eml_fe2_mul(of_dat, more));
        if (row % EML_CYCLE == EML_CYCLE - 1) more = eml_fe2_mul(more, square);
    }
}

/* A commitment to other values: the claim still has the issuer's. */
static void commit_to_others(forged *g) {
    eml_fe values[8];
    for (size_t i = 0; i < 8; i++) values[i] = test_random_fe();
    run_on(g, values);
    remake_aux(g);
}

/* The issuer's commitment is for another schema: the same numbers mean something else there. */
static void another_schema(forged *g) {
    eml_fe schema[EML_RESCUE_DIGEST] = {test_random_fe(), test_random_fe()};
    uint64_t m = eml_shape_committed(shape_of(g));
    eml_commitment_of(schema, g->f.commitment_salts, g->f.committed, m, g->f.claim.commitment);
    set_pair(g, 1, schema[0], schema[1]);
    remake_data(g);
    remake_aux(g);
}

/* It is for one value more, which is 0: of an odd number of values that is where nothing stands. */
static void another_count(forged *g) {
    uint64_t m = eml_shape_committed(shape_of(g));
    eml_fe values[8] = {{0}};
    memcpy(values, g->f.committed, m * sizeof *values);
    eml_commitment_of(shape_of(g)->schema, g->f.commitment_salts, values, m + 1, g->f.claim.commitment);
    data_at(g, 0)[2] = eml_fe_from_u64(m + 1);
    remake_data(g);
    remake_aux(g);
}

static void test_forgeries(void **state) {
    (void)state;
    static const struct {
        void (*forge)(forged *g);
        const char *assertion;
        bool odd; /* of an odd number of values only */
    } cases[] = {
        {start_backwards, "data\\[?\\] at 0", false},
        {start_reads_elsewhere, "acc_com at 0", false},
        {start_data_elsewhere, "acc_dat at 32", false},
        {read_others, "balance at T", false},
        {commit_to_others, "data\\[?\\] at commitment row", false},
        {another_schema, "pair\\[?\\] at 16", false},
        {another_count, "data\\[2\\] at 0", true},
    };
    for (size_t program = TEST_FIRST_COMMITTED; program < TEST_PROGRAMS; program++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            forged g;
            start(&g, program);
            assert_null(violated(&g, NULL));
            if (!cases[i].odd || eml_shape_committed(shape_of(&g)) % 2) {
                cases[i].forge(&g);
                stopped_by(&g, cases[i].assertion);
            }
            finish(&g);
        }
}

/* ----- what the constraints refuse ----- */

/* Something stands where nothing may, in the cycle `behind` the values'; the claim's commitment knows of it. */
static void put_behind(forged *g, size_t behind) {
    uint64_t pairs = eml_shape_commitment_pairs(shape_of(g));
    const eml_fe *last = pair_at(g, EML_CYCLE * (pairs - 1));
    if (behind == 0)
        set_pair(g, pairs - 1, last[0], test_random_fe());
    else
        set_pair(g, pairs - 1 + behind, test_random_fe(), EML_FE_ZERO);
    remake_data(g);
    memcpy(g->f.claim.commitment, data_at(g, eml_shape_commitment_row(shape_of(g))), sizeof g->f.claim.commitment);
    remake_aux(g);
}

/* The values in another order, as they are read. */
static void swap_reads(forged *g) {
    uint64_t m = eml_shape_committed(shape_of(g));
    eml_fe values[8];
    for (uint64_t i = 0; i < m; i++) values[i] = g->f.committed[m - 1 - i];
    eml_fe pairs[8];
    memcpy(pairs, g->f.committed, m * sizeof *pairs);
    run_on(g, values);
    for (uint64_t i = 0; i < m; i += 2) set_pair(g, 2 + i / 2, pairs[i], i + 1 < m ? pairs[i + 1] : EML_FE_ZERO);
    remake_data(g);
    remake_aux(g);
}

static void test_constraints(void **state) {
    (void)state;
    for (size_t program = TEST_FIRST_COMMITTED; program < TEST_PROGRAMS; program++) {
        forged g;
        for (size_t behind = 0; behind < 3; behind++) {
            start(&g, program);
            bool odd = eml_shape_committed(shape_of(&g)) % 2;
            if (behind > 0 || odd) {
                put_behind(&g, behind);
                refused_by(&g, "balance at T");
            }
            finish(&g);
        }
        start(&g, program);
        swap_reads(&g);
        refused_by(&g, "balance at T");
        finish(&g);
        start(&g, program); /* a pair that changes inside its cycle */
        for (size_t row = 40; row < 48; row++) pair_at(&g, row)[1] = test_random_fe();
        refused_by(&g, "data.pair1");
        finish(&g);
        start(&g, program); /* a balance that is written */
        read_others(&g);
        size_t T = eml_shape_code_rows(shape_of(&g));
        uint32_t balance = g.f.air.columns.balance;
        add_to_aux(&g, T, balance, eml_fe2_sub(EML_FE2_ZERO, aux_at(&g, T, balance)));
        refused_by(&g, "tapes.balance");
        finish(&g);
    }
}

/* Each auxiliary cell of what is committed, in all rows that something is enforced of. */
static void test_every_cell(void **state) {
    (void)state;
    for (size_t program = TEST_FIRST_COMMITTED; program < TEST_PROGRAMS; program++) {
        forged g;
        start(&g, program);
        const eml_columns *c = &g.f.air.columns;
        for (size_t k = 0; k < 300; k++) {
            uint32_t column = c->acc_com + (uint32_t)(test_random() % 3);
            size_t row = test_random() % (determined(&g) - 1);
            add_to_aux(&g, row, column, EML_FE2_ONE);
            if (violated(&g, NULL) == NULL) fail_msg("auxiliary column %u can be changed in row %zu", column, row);
            add_to_aux(&g, row, column, eml_fe2_sub(EML_FE2_ZERO, EML_FE2_ONE));
        }
        assert_null(violated(&g, NULL));
        finish(&g);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forgeries), cmocka_unit_test(test_constraints),
                                       cmocka_unit_test(test_every_cell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
