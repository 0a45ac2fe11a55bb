/* The linear thief: is there any linear functional of what a proof shows that tells two witnesses apart? With the
 * challenges fixed (programmed_coin.h), what proofs of one witness show spans an affine space, their hull. For a hidden
 * program it is the same for two weights and for the simulator, which has none, and is as large as the equations leave:
 * of NUMBERS shown, the clock's q + 4 are known, the DEEP polynomial's values at the q queries follow from the rest,
 * its degree is one less than it could be, and its value at (z + g z) / 2 follows from what is shown at z and g z.
 *
 * This test does not see a missing R or D, nor one free row too few (zk ranks and zk guesses do): a hull says nothing
 * of what is not linear. */
#include <stdio.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/commitment.h"
#include "runtime/stark/prover/phases.h"
#include "tests/support/cmocka.h"
#include "tests/support/fixture.h"
#include "tests/zk/programmed_coin.h"
#include "tests/zk/simulated.h"

enum { QUERIES = 4, MORE = 8 /* proofs more than the dimension */ };

static const eml_stark_params few = {"hulls", 8, QUERIES, 0, 8, 127, 2};

/* The space that differences of views span, in echelon form: row i begins at column pivot[i]. */
typedef struct hull {
    size_t numbers, rank, room;
    eml_fe *first; /* a view */
    eml_fe *rows;
    size_t *pivots;
} hull;

/* Adds first + row to the hull: reduces row (destroyed), keeps what is left. Whether something was. */
static bool hull_add(hull *h, eml_fe *row) {
    for (size_t i = 0; i < h->rank; i++) {
        const eml_fe *base = h->rows + i * h->numbers;
        eml_fe factor = row[h->pivots[i]];
        if (eml_fe_is_zero(factor)) continue;
        for (size_t j = h->pivots[i]; j < h->numbers; j++) row[j] = eml_fe_sub(row[j], eml_fe_mul(factor, base[j]));
    }
    size_t pivot = 0;
    while (pivot < h->numbers && eml_fe_is_zero(row[pivot])) pivot++;
    if (pivot == h->numbers) return false;
    h->rows = eml_grow(h->rows, &h->room, (h->rank + 1) * h->numbers, sizeof *h->rows);
    eml_fe inverse = eml_fe_inv(row[pivot]), *kept = h->rows + h->rank * h->numbers;
    for (size_t j = 0; j < h->numbers; j++) kept[j] = eml_fe_mul(row[j], inverse);
    h->pivots[h->rank++] = pivot;
    return true;
}

/* Whatever the weight is, the result is the tape's value. */
static void init(test_fixture *f, unsigned weight, bool hidden) {
    char text[200];
    snprintf(text, sizeof text, ".sponges 1\n.stack 2\n%spush.%u\npush.0\nmul\nread\nadd\n",
             hidden ? weight == 3 ? ".form 1\n.salt 1\n.salt 2\n" : ".form 1\n.salt 7\n.salt 8\n" : "", weight);
    programmed_coin = true;
    test_fixture_init(f, "hulls", text);
}

static void put_rows(const eml_buf *opened, eml_fe **next) {
    for (size_t i = 0; i < opened->len; i += EML_FE_BYTES) assert_true(eml_fe_from_bytes(opened->data + i, (*next)++));
}

static void put_values(const eml_fe2 *values, size_t count, eml_fe **next) {
    for (size_t i = 0; i < count; i++) {
        *(*next)++ = eml_fe_canon(values[i].a);
        *(*next)++ = eml_fe_canon(values[i].b);
    }
}

static size_t numbers_of(const eml_layout *l) {
    size_t row = l->main_width + 2 * ((size_t)l->aux_width + l->composition_width);
    return QUERIES * row + 4 * ((size_t)l->main_width + l->aux_width + l->composition_width) + 2 * l->n;
}

/* Everything that a proof shows, the whole DEEP polynomial instead of what FRI shows of it. simulated: the fixture's
 * claim is all that is used. seed: of the free rows and masks. */
static void look(const test_fixture *f, bool simulated, uint32_t seed, eml_fe *view) {
    eml_prover p;
    eml_matrix trace = {0};
    eml_outcome outcome;
    uint8_t seeds[32] = {0};
    memcpy(seeds, &seed, sizeof seed);
    if (!simulated) {
        eml_tapes tapes = test_fixture_tapes(f);
        eml_vm_trace(&f->program, &tapes, seeds, &trace, &outcome);
        eml_outcome_free(&outcome);
    }
    eml_prover_init(&p, &f->air, &f->claim, &trace, &few);
    if (simulated) {
        simulate_up_to_deep(&p);
    } else {
        eml_prover_extend_trace(&p);
        eml_prover_commit_trace(&p);
        seeds[31] = 1; /* the masks' is another one */
        eml_prover_commit_auxiliary(&p, seeds);
        eml_prover_evaluate_constraints(&p);
        eml_prover_commit_composition(&p);
        eml_prover_send_out_of_domain(&p);
        assert_true(eml_prover_is_consistent(&p));
        eml_prover_compose_deep(&p);
    }
    const eml_layout *l = &p.layout;
    eml_fe *deep = view, *next = view + 2 * l->n;
    for (size_t i = 0; i < l->n; i++, deep += 2) {
        const eml_fe *value = eml_matrix_row(&p.fri[0], i * l->blowup);
        deep[0] = eml_fe_canon(value[0]), deep[1] = eml_fe_canon(value[1]);
    }
    for (uint32_t layer = 0; layer < l->fri_layers; layer++) {
        eml_prover_commit_fri_layer(&p, layer);
        eml_prover_fold_fri_layer(&p, layer);
    }
    eml_prover_send_remainder(&p);
    eml_prover_grind(&p);
    eml_prover_open(&p);
    assert_int_equal(p.position_count, QUERIES);
    for (size_t i = 0; i < (l->aux_width ? 3 : 2); i++) put_rows(&p.opened[i], &next);
    put_values(p.proof.ood_trace, 2 * ((size_t)l->main_width + l->aux_width), &next);
    put_values(p.proof.ood_composition, 2 * (size_t)l->composition_width, &next);
    assert_int_equal(next - view, numbers_of(l));
    eml_prover_free(&p);
}

/* Views are added until nothing has been new MORE times. */
static void hull_of(const test_fixture *f, bool simulated, hull *h) {
    eml_layout l = eml_layout_of(&f->air, &few);
    *h = (hull){.numbers = numbers_of(&l)};
    h->first = eml_alloc(h->numbers, sizeof *h->first);
    h->pivots = eml_alloc(h->numbers, sizeof *h->pivots);
    eml_fe *view = eml_alloc(h->numbers, sizeof *view);
    look(f, simulated, 0, h->first);
    for (uint32_t seed = 1, old = 0; old < MORE; seed++) {
        look(f, simulated, seed, view);
        for (size_t i = 0; i < h->numbers; i++) view[i] = eml_fe_sub(view[i], h->first[i]);
        old = hull_add(h, view) ? 0 : old + 1;
    }
    eml_free(view);
}

static void hull_free(hull *h) {
    eml_free(h->first);
    eml_free(h->rows);
    eml_free(h->pivots);
}

/* Of 20 more views of other witnesses, how many lie outside the hull. */
static size_t outside(hull *h, const test_fixture *f, bool simulated) {
    size_t count = 0, rank = h->rank;
    eml_fe *view = eml_alloc(h->numbers, sizeof *view);
    for (uint32_t seed = 0; seed < 20; seed++, h->rank = rank) {
        look(f, simulated, 1000000 + seed, view);
        for (size_t i = 0; i < h->numbers; i++) view[i] = eml_fe_sub(view[i], h->first[i]);
        count += hull_add(h, view);
    }
    eml_free(view);
    return count;
}

/* The same of two rows of committed values, each behind its own commitment: what is read is multiplied by 0. */
static void init_committed(test_fixture *f, uint64_t first) {
    programmed_coin = true;
    test_fixture_init(
        f, "hulls", ".sponges 1\n.stack 3\n.form 1\n.schema 5\n.schema 6\nread3\nread3\nmul\npush.0\nmul\nread\nadd\n");
    f->committed[0] = eml_fe_from_u64(first);
    f->commitment_salts[0] = eml_fe_from_u64(3 * first);
    eml_commitment_of(f->air.shape.schema, f->commitment_salts, f->committed, 2, f->claim.commitment);
}

static void check_hulls(const test_fixture *three, const test_fixture *five) {
    hull of_three, of_five, of_none;
    hull_of(three, false, &of_three);
    hull_of(five, false, &of_five);
    hull_of(three, true, &of_none);
    size_t expected = of_three.numbers - (QUERIES + 4) - 2 * (QUERIES + 1) - 2;
    print_message("# %zu numbers, hulls %zu, %zu, %zu, expected %zu\n", of_three.numbers, of_three.rank, of_five.rank,
                  of_none.rank, expected);
    assert_int_equal(of_three.rank, expected);
    assert_int_equal(of_five.rank, expected);
    assert_int_equal(of_none.rank, expected);
    assert_int_equal(outside(&of_three, three, false), 0);
    assert_int_equal(outside(&of_three, five, false), 0);
    assert_int_equal(outside(&of_three, three, true), 0);
    assert_int_equal(outside(&of_five, five, true), 0);
    hull_free(&of_three);
    hull_free(&of_five);
    hull_free(&of_none);
}

static void test_hidden(void **state) {
    (void)state;
    test_fixture three, five;
    init(&three, 3, true);
    init(&five, 5, true);
    check_hulls(&three, &five);
    test_fixture_free(&three);
    test_fixture_free(&five);
}

static void test_committed(void **state) {
    (void)state;
    test_fixture one, other;
    init_committed(&one, 41);
    init_committed(&other, 1000003);
    check_hulls(&one, &other);
    test_fixture_free(&one);
    test_fixture_free(&other);
}

/* The control: of a transparent program one linear functional, known from proofs of weight 3, names weight 5. */
static void test_transparent(void **state) {
    (void)state;
    test_fixture three, five;
    hull h;
    init(&three, 3, false);
    init(&five, 5, false);
    hull_of(&three, false, &h);
    print_message("# transparent: %zu numbers, hull %zu\n", h.numbers, h.rank);
    assert_int_equal(outside(&h, &three, false), 0);
    assert_int_equal(outside(&h, &five, false), 20);
    hull_free(&h);
    test_fixture_free(&three);
    test_fixture_free(&five);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hidden), cmocka_unit_test(test_committed),
                                       cmocka_unit_test(test_transparent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
