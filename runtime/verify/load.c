/* Bundles: read, checked, and held with the AIR that their shape gives. */
#include "runtime/verify/verify.h"

#include "runtime/statement/row_rule.h"
#include "runtime/text/file_kind.h"

/* Whether bytes that are no bundle are something else that is known: then err says so. */
static bool explain(const char *name, const eml_buf *bytes, eml_error *err) {
    eml_bundle_kind kind;
    if (bytes->len == 0 || eml_bundle_begins(bytes->data, bytes->len, &kind)) return false;
    if (eml_file_kind_explain(name, bytes->data, bytes->len, "a bundle", err)) return true;
    if (!eml_file_kind_is_model(bytes->data, bytes->len)) return false;
    eml_fail_as(err, EML_ERR_INPUT, EML_CODE_FORMAT,
                "%s: this is the text of a model, not a bundle: eml compile makes one of it", name);
    return true;
}

eml_status eml_bundle_load(const eml_file *file, eml_bundle *bundle, eml_air *air, eml_error *err) {
    eml_buf bytes = {0};
    eml_status status = eml_verify_read_file(file, EML_BUNDLE_BYTES_MAX, &bytes, err);
    if (status != EML_OK) {
        eml_buf_free(&bytes);
        return status;
    }
    const char *name = eml_verify_file_name(file);
    status = eml_bundle_decode(bytes.data, bytes.len, bundle, err);
    bool explained = status != EML_OK && explain(name, &bytes, err);
    eml_buf_free(&bytes);
    if (explained) return status;
    if (status == EML_OK && bundle->kind != EML_BUNDLE_PUBLIC &&
        (status = eml_row_rule_check(&bundle->program, &bundle->abi, err)) != EML_OK)
        eml_bundle_free(bundle);
    if (status == EML_OK) {
        eml_air_build(&bundle->program.shape, air);
        eml_digest digest = eml_air_digest(air);
        if (eml_digest_eq(&digest, &bundle->air_digest)) return EML_OK;
        eml_air_free(air);
        eml_bundle_free(bundle);
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_DIGEST,
                             "the bundle's AIR digest is not that of the AIR which its header gives");
    }
    eml_error_prefix(err, "%s", name);
    return status;
}

static eml_answer program_hash(const eml_file *file, char out[EML_PROGRAM_HASH_HEX + 1], eml_error *err) {
    eml_bundle bundle;
    eml_air air;
    eml_status status = eml_bundle_load(file, &bundle, &air, err);
    if (status != EML_OK) return eml_answer_of(status);
    eml_program_hash_to_hex(&bundle.hash, out);
    eml_air_free(&air);
    eml_bundle_free(&bundle);
    return EML_ANSWER_YES;
}

eml_answer eml_bundle_program_hash(const eml_file *file, char out[EML_PROGRAM_HASH_HEX + 1], eml_error *err) {
    EML_CALL(err, program_hash(file, out, err));
}
