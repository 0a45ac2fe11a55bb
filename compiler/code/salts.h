/* The salts of a hidden program: without them its hash would test guesses of its weights. */
#ifndef EML_COMPILER_CODE_SALTS_H
#define EML_COMPILER_CODE_SALTS_H

#include "runtime/base/status.h"
#include "runtime/isa/instructions.h"
#include "runtime/isa/program.h"

enum { EML_SALT_SECRET_BYTES = 32 };

/* Uniform field elements, none 0 and no two equal: BLAKE3, keyed with the secret, of the code. So one secret serves
 * many models; only those with the same code and weights share salts, and their sponge digests show that. */
void eml_salts_of(const uint8_t secret[EML_SALT_SECRET_BYTES], const eml_instructions *code,
                  eml_fe out[2 * EML_SPONGES_MAX]);

/* Whether the program's salts follow from the secret and its own code, so that whoever has both could make it again. */
bool eml_salts_follow(const uint8_t secret[EML_SALT_SECRET_BYTES], const eml_program *program);

/* A new secret. EML_ERR_INTERNAL: the system gives no random numbers. */
EML_NODISCARD eml_status eml_salt_secret_draw(uint8_t out[EML_SALT_SECRET_BYTES], eml_error *err);

#endif
