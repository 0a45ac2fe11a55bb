/* A verifier in one page: what an application that checks proofs embeds. Links libeml_verify only, so there is no
 * prover in it. usage: verify PROGRAM_HASH INPUTS OUTPUTS PROOF [BUNDLE]; the bundle when inputs are encrypted; exit
 * status as the eml command's. */
#include <eml.h>
#include <stdio.h>

int main(int argc, char **argv) {
    if (argc < 5 || argc > 6) {
        fputs("usage: verify PROGRAM_HASH INPUTS OUTPUTS PROOF [BUNDLE]\n", stderr);
        return EML_ANSWER_INPUT;
    }
    eml_file inputs = {.path = argv[2]};
    eml_verify_request request = {
        .program_hash = argv[1], /* from the model's publisher, not from whoever made the proof */
        .bundle = {.path = argc > 5 ? argv[5] : NULL},
        .inputs = &inputs,
        .input_count = 1,
        .outputs = {.path = argv[3]},
        .proof = {.path = argv[4]},
    };
    eml_verdict verdict;
    eml_error *error = eml_error_new();
    eml_answer answer = eml_verify(&request, &verdict, error);
    if (answer == EML_ANSWER_YES)
        printf("accepted: %llu rows, %u bits proven\n", (unsigned long long)verdict.rows, verdict.proven_bits);
    else if (answer == EML_ANSWER_NO)
        printf("refused (%s): %s\n", verdict.reason, verdict.sentence);
    else
        fprintf(stderr, "%s\n", eml_error_text(error));
    eml_error_free(error);
    return (int)answer;
}
