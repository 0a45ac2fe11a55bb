/* Rescue-Prime rounds on lanes (field/lanes.h), compiled once for each instruction set. rescue_prime.c is the
 * definition. A vector holds whole states: two with AVX-512, one with AVX2. */
#include <string.h>

#include "runtime/field/lanes.h"
#include "runtime/field/vector.h"
#include "runtime/hash/rescue_rounds.h"

enum { STATES = EML_LANES / EML_RESCUE_WIDTH };

/* Element j of each state in all its lanes. */
#if defined(EML_LANES_AVX2)
#define SPREAD(limb, j) __builtin_shufflevector(limb, limb, j, j, j, j)
#else
#define SPREAD(limb, j) __builtin_shufflevector(limb, limb, j, j, j, j, 4 + j, 4 + j, 4 + j, 4 + j)
#endif
#define ADD_COLUMN(j)                                                                                                  \
    eml_lanes_sum_add(&sum, (eml_lanes){SPREAD(x.l0, j), SPREAD(x.l1, j), SPREAD(x.l2, j)}, columns[j])

/* Column j of the MDS matrix, once a state. */
static void load_mds(eml_lanes columns[EML_RESCUE_WIDTH]) {
    for (size_t j = 0; j < EML_RESCUE_WIDTH; j++) {
        eml_fe column[EML_LANES];
        for (size_t i = 0; i < EML_LANES; i++) column[i] = eml_rescue_mds[i % EML_RESCUE_WIDTH][j];
        columns[j] = eml_lanes_load(column);
    }
}

/* states = MDS states + constants; the vector is filled up with zeros. */
static void mix(eml_fe (*states)[EML_RESCUE_WIDTH], size_t count, const eml_lanes columns[EML_RESCUE_WIDTH],
                const eml_fe *const constants[STATES], bool cube) {
    eml_fe loaded[EML_LANES] = {{0, 0}}, added[EML_LANES] = {{0, 0}};
    memcpy(loaded, states, count * sizeof *states);
    for (size_t k = 0; k < count; k++) memcpy(added + k * EML_RESCUE_WIDTH, constants[k], sizeof *states);
    eml_lanes x = eml_lanes_load(loaded);
    if (cube) x = eml_lanes_mul(eml_lanes_square(x), x);
    eml_lanes_sum sum;
    eml_lanes_sum_init(&sum);
    ADD_COLUMN(0);
    ADD_COLUMN(1);
    ADD_COLUMN(2);
    ADD_COLUMN(3);
    eml_lanes mixed = eml_lanes_add(eml_lanes_sum_reduce(&sum, EML_RESCUE_WIDTH), eml_lanes_load(added));
    eml_lanes_store(loaded, mixed);
    memcpy(states, loaded, count * sizeof *states);
}

static void mix_all(eml_fe (*states)[EML_RESCUE_WIDTH], const unsigned *rounds, size_t count, bool second_half) {
    eml_lanes columns[EML_RESCUE_WIDTH];
    load_mds(columns);
    for (size_t k = 0; k < count; k += STATES) {
        size_t here = count - k < STATES ? count - k : STATES;
        const eml_fe *constants[STATES];
        for (size_t i = 0; i < here; i++)
            constants[i] = eml_rescue_constants[rounds[k + i]] + (second_half ? EML_RESCUE_WIDTH : 0);
        mix(states + k, here, columns, constants, !second_half);
    }
}

void EML_KERNEL(eml_rescue_rounds)(eml_fe (*states)[EML_RESCUE_WIDTH], const unsigned *rounds, size_t count) {
    if (count == 0) return;
    mix_all(states, rounds, count, false);
    eml_fe_cube_root_many(states[0], count * EML_RESCUE_WIDTH);
    mix_all(states, rounds, count, true);
}
