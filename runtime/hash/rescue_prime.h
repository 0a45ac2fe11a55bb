/* Rescue-Prime over f128 (eprint 2020/1143): m = 4, capacity 2, rate 2, alpha = 3, 14 rounds, security level 128.
 * Constants and MDS come from the specification's own algorithm (tests/kat regenerates them); state elements 0 and 1
 * are the rate, 2 and 3 the capacity. */
#ifndef EML_HASH_RESCUE_PRIME_H
#define EML_HASH_RESCUE_PRIME_H

#include <stdbool.h>

#include "runtime/field/f128.h"

enum { EML_RESCUE_WIDTH = 4, EML_RESCUE_RATE = 2, EML_RESCUE_ROUNDS = 14, EML_RESCUE_DIGEST = 2 };

extern const eml_fe eml_rescue_mds[EML_RESCUE_WIDTH][EML_RESCUE_WIDTH];
extern const eml_fe eml_rescue_inv_mds[EML_RESCUE_WIDTH][EML_RESCUE_WIDTH];
/* [round][i]: i < 4 is added after the x^3 half, i >= 4 after the x^(1/3) half. */
extern const eml_fe eml_rescue_constants[EML_RESCUE_ROUNDS][2 * EML_RESCUE_WIDTH];

void eml_rescue_round(eml_fe state[EML_RESCUE_WIDTH], unsigned round);
/* states[i] through round rounds[i], for count states: many cube roots at once cost much less than
 * one after another. */
void eml_rescue_rounds(eml_fe (*states)[EML_RESCUE_WIDTH], const unsigned *rounds, size_t count);
void eml_rescue_permute(eml_fe state[EML_RESCUE_WIDTH]);

/* Sponge hash with the specification's padding (a one, then zeros to a multiple of the rate). */
void eml_rescue_hash(const eml_fe *input, size_t count, eml_fe digest[EML_RESCUE_DIGEST]);

/* Digests for people: 64 lower-case hex digits, the two elements' canonical little-endian bytes, first element first.
 * Reading takes both cases; false when text is no such digest. */
enum { EML_RESCUE_DIGEST_HEX = 2 * EML_RESCUE_DIGEST * EML_FE_BYTES };
void eml_rescue_digest_to_hex(const eml_fe digest[EML_RESCUE_DIGEST], char out[EML_RESCUE_DIGEST_HEX + 1]);
bool eml_rescue_digest_from_hex(const char *text, size_t length, eml_fe out[EML_RESCUE_DIGEST]);

#endif
