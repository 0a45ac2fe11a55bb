/* A VM program: code laid out in groups, its shape, and its identity (docs/vm-and-air.md).
 *
 * Invariants, which eml_program_check decides and every other module relies on:
 *   S in {1, 2, 4}; G = 16 / S; W in 2..16; n = 2^k, 32 <= n <= EML_N_MAX; T = n - 16;
 *   hidden: 512 <= n <= EML_HIDDEN_N_MAX, T = n - 192, at least one tape and no secret one;
 *   code has T opcodes, all legal; immediates has T / G elements, 0 where the group has no PUSH;
 *   salted (hidden programs only): rows 0..31 are NOOP, and the 2S immediates of their groups, two a sponge, are salts:
 *   neither 0 nor equal;
 *   committed (hidden programs only): committed_len = o m, o = max(1, output_len), and m values with salts and schema
 *   fit into the cycles of the code: 16 K <= T, K = 2 + ceil(m / 2);
 *   an opcode whose tape is empty (READ/public, READ2/secret, READ3/committed, WRITE and WRITE2/output) does not occur,
 *   nor, without a secret tape, any that works on ciphertexts (SADD, ADD2, SMUL, WRITE2);
 *   the stack discipline holds: no pop from too shallow a stack, never more than W elements deep (so READ2 needs W >=
 * 5, ADD2 W >= 10, SADD and SMUL W >= 6), tapes are consumed and produced exactly. */
#ifndef EML_ISA_PROGRAM_H
#define EML_ISA_PROGRAM_H

#include "runtime/base/bytes.h"
#include "runtime/base/format.h"
#include "runtime/base/status.h"
#include "runtime/field/f128.h"
#include "runtime/hash/blake3.h"
#include "runtime/hash/rescue_prime.h"

typedef enum eml_op {
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning) EML_OP_##NAME = (code),
#include "runtime/isa/op.def"
#undef OP
} eml_op;

/* Where what an instruction pushes comes from, or what it pops goes to, besides the stack. */
typedef enum eml_op_tape {
    EML_OP_TAPE_NONE,
    EML_OP_TAPE_PUBLIC,
    EML_OP_TAPE_SECRET,
    EML_OP_TAPE_COMMITTED,
    EML_OP_TAPE_OUTPUT
} eml_op_tape;

enum {
    EML_OP_CODES = 32,   /* five bits */
    EML_CYCLE = 16,      /* rows of a hash cycle; also the tail */
    EML_CT_ELEMENTS = 5, /* mask0..mask3, body */
    EML_STACK_MIN = 2,
    EML_STACK_MAX = 16,
    EML_SPONGES_MAX = 4,
    EML_N_MIN = 32,
    EML_N_MAX = 1 << 24,    /* cap on trace rows, from any source */
    EML_FIXED_COLUMNS = 10, /* clk, five opcode bits, depth, imm, opw, a */
    EML_DATA_COLUMNS = 6,   /* of a committed tape: the data sponge's four, and the pair that it absorbs next */
};

/* What a proof shows besides the claim. A form, not a number of exempt rows: a number would let a program's maker end
 * the transitions before T, and any output would verify. */
typedef enum eml_proof_form {
    EML_FORM_TRANSPARENT, /* the trace can be worked out from a proof: 2 rows exempt from transition constraints */
    EML_FORM_HIDDEN,      /* nothing: EML_HIDDEN_EXEMPT rows exempt, all but the first of them random */
    EML_FORM_COUNT,
} eml_proof_form;

enum {
    EML_HIDDEN_EXEMPT = 176,
    EML_HIDDEN_TAIL = 192, /* rows after the code: the exempt ones, and those in which the sponges finish */
    EML_HIDDEN_N_MIN = 512,
    EML_HIDDEN_N_MAX = 1 << 22, /* the rank certificates of the masks go so far (docs/soundness.md) */
    EML_SALT_ROWS = 2 * EML_CYCLE,
};

enum eml_abi_flag {
    EML_ABI_DERIVED = 1 << 0,    /* formulas of derived inputs */
    EML_ABI_RESULTS = 1 << 1,    /* what is worked out from outputs */
    EML_ABI_CATEGORIES = 1 << 2, /* words of inputs */
    EML_ABI_ONEHOT = 1 << 3,     /* groups of inputs of which one is 1 */
    EML_ABI_COMMITTED = 1 << 4,  /* which inputs are committed */
    EML_ABI_HIDDEN = 1 << 5,     /* what others may know of hidden params */
};

/* What the AIR depends on: fits in a header, is bound by the program hash. */
typedef struct eml_shape {
    uint32_t n;          /* trace rows, a power of two */
    uint32_t W;          /* stack registers */
    uint32_t S;          /* sponges */
    uint64_t public_len; /* values on the public tape */
    uint64_t secret_len; /* ciphertexts on the secret tape */
    uint64_t output_len; /* ELEMENTS on the output tape: 1 for each WRITE, 5 for each WRITE2 */
    eml_fe delta;        /* SADD's factor */

    uint32_t form;   /* an eml_proof_form */
    uint32_t salted; /* 1: the immediates of the first 2S groups are salts */

    uint32_t abi_flags; /* sections that the ABI has and another need not have: eml_abi_flag */

    uint64_t committed_len;           /* values read of the committed tape: all of them once for each output */
    eml_fe schema[EML_RESCUE_DIGEST]; /* digest of the committed inputs' schema; 0 without any */

    uint32_t hash_id; /* of commitments, transcript, ABI and statement. 0: BLAKE3; eml_shape_check refuses others */
} eml_shape;

static inline uint32_t eml_shape_group(const eml_shape *shape) { return EML_CYCLE / shape->S; }
static inline bool eml_shape_is_hidden(const eml_shape *shape) { return shape->form == EML_FORM_HIDDEN; }
/* Whether the code is for its owner alone. Without salts a program with a committed tape hides that tape, not itself.
 */
static inline bool eml_shape_hides_code(const eml_shape *shape) {
    return eml_shape_is_hidden(shape) && (shape->salted || shape->committed_len == 0);
}
/* T */
static inline uint32_t eml_shape_code_rows(const eml_shape *shape) {
    return shape->n - (eml_shape_is_hidden(shape) ? EML_HIDDEN_TAIL : EML_CYCLE);
}
/* k: transition constraints hold out of rows 0 .. n-k-1. */
static inline uint32_t eml_shape_exempt(const eml_shape *shape) {
    return eml_shape_is_hidden(shape) ? EML_HIDDEN_EXEMPT : 2;
}
/* Rows at the end that nothing fixes, and that a trace fills with random values: the last one, or the exempt ones but
 * the first, which the last enforced transition still fixes. */
static inline uint32_t eml_shape_free_rows(const eml_shape *shape) { return eml_shape_exempt(shape) - 1; }
/* Groups at the beginning whose immediates are salts. */
static inline uint32_t eml_shape_salt_groups(const eml_shape *shape) { return shape->salted ? 2 * shape->S : 0; }

/* The committed tape: a program reads each of its m values once for each of its o outputs, in order, that is o m times.
 * Its commitment stands in the data sponge when K pairs have been absorbed: two salts, the schema's digest, the values,
 * with a 0 behind them where m is odd. */
static inline bool eml_shape_is_committed(const eml_shape *shape) { return shape->committed_len > 0; }
static inline uint64_t eml_shape_reads_of_each(const eml_shape *shape) { /* o */
    return shape->output_len > 0 ? shape->output_len : 1;
}
static inline uint64_t eml_shape_committed(const eml_shape *shape) { /* m */
    return shape->committed_len / eml_shape_reads_of_each(shape);
}
static inline uint64_t eml_shape_commitment_pairs(const eml_shape *shape) { /* K */
    return 2 + (eml_shape_committed(shape) + 1) / 2;
}
static inline uint32_t eml_shape_commitment_row(const eml_shape *shape) {
    return (uint32_t)(EML_CYCLE * eml_shape_commitment_pairs(shape) + 14);
}

/* Main trace columns. */
static inline uint32_t eml_shape_width(const eml_shape *shape) {
    return EML_FIXED_COLUMNS + EML_RESCUE_WIDTH * shape->S + shape->W +
           (eml_shape_is_committed(shape) ? EML_DATA_COLUMNS : 0);
}

/* Row at which sponge k's digest stands: T - (S-1-k) * G + 14 (docs/vm-and-air.md). */
static inline uint32_t eml_shape_digest_row(const eml_shape *shape, uint32_t k) {
    return eml_shape_code_rows(shape) - (shape->S - 1 - k) * eml_shape_group(shape) + 14;
}

typedef struct eml_program {
    eml_shape shape;
    uint8_t *code;      /* T opcodes, owned */
    eml_fe *immediates; /* T / G elements, owned */
    struct {            /* sponge states, so that a trace need not take the same cube roots again */
        uint32_t every; /* rows from one to the next */
        eml_fe *states; /* [row / every][sponge][4]; owned; NULL until eml_program_sponge_digests, stale when the code
                           changes after it */
    } kept;
} eml_program;

/* Shape alone: ranges, powers of two, tapes no longer than T rows can use, W >= 5 for a secret tape. Used on every
 * untrusted header before anything else. */
EML_NODISCARD eml_status eml_shape_check(const eml_shape *shape, eml_error *err);
bool eml_shape_eq(const eml_shape *a, const eml_shape *b);
/* All invariants above; the message names the instruction index and the reason. */
EML_NODISCARD eml_status eml_program_check(const eml_program *program, eml_error *err);
void eml_program_free(eml_program *program);

const char *eml_op_name(uint8_t code); /* "read2"; NULL when the code is illegal */

/* The S sponge digests of the code, digests[k][0..1]; what the trace's sponges hold at eml_shape_digest_row. The
 * sponges are one long chain of cube roots each, the dearest part of a trace; what they hold on the way is kept in the
 * program, all of it or, when that is more than 64 MiB, every 64th row. */
void eml_program_sponge_digests(eml_program *program, eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]);

/* The program hash: Rescue-Prime over the header elements followed by the 2S sponge digest elements. Header elements,
 * in order: format version, n, W, S, Delta, public_len, secret_len, output_len, committed_len, output_count, form,
 * salted, hash_id, abi_flags, schema (2), abi_lo, abi_hi; abi_lo/abi_hi are the two 16-byte halves of the ABI's BLAKE3
 * digest, little-endian, reduced mod p. */
typedef struct eml_program_hash {
    eml_fe digest[EML_RESCUE_DIGEST];
} eml_program_hash;

eml_program_hash eml_program_hash_of(const eml_shape *shape, uint64_t output_count, const eml_digest *abi_digest,
                                     eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]);

/* 64 lower-case hex digits: the two elements' canonical little-endian bytes, first element first. */
enum { EML_PROGRAM_HASH_HEX = EML_RESCUE_DIGEST_HEX };
void eml_program_hash_to_hex(const eml_program_hash *hash, char out[EML_PROGRAM_HASH_HEX + 1]);
bool eml_program_hash_from_hex(const char *text, size_t length, eml_program_hash *out);
bool eml_program_hash_eq(const eml_program_hash *a, const eml_program_hash *b);

#endif
