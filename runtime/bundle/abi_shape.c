/* Whether an ABI and a program belong together. */
#include "runtime/bundle/schema.h"

/* The flag of a section says whether the ABI has it; what a model hides takes the hidden form and salts, and the hidden
 * form is for what a model hides. */
static eml_status check_sections(const eml_abi *abi, const eml_shape *shape, eml_error *err) {
    if (shape->abi_flags != eml_abi_flags(abi))
        return eml_fail(err, EML_ERR_INPUT, "abi_flags is %u, of an ABI with these sections it is %u", shape->abi_flags,
                        eml_abi_flags(abi));
    bool hides = abi->hidden_count > 0, form = hides || (eml_abi_columns(abi, EML_COMMITTED) > 0);
    if (abi->raw || (hides == (shape->salted != 0) && form == eml_shape_is_hidden(shape))) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "%s",
                    hides  ? "params are hidden, but the program is not of the hidden form with salts"
                    : form ? "inputs are committed and no params hidden, but the program is not of the hidden form "
                             "without salts"
                           : "the program is of the hidden form, but its ABI hides nothing");
}

static eml_status check_length(const char *what, uint64_t program, uint64_t wanted, eml_error *err) {
    if (program == wanted) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "the program's %s has %llu entries, its ABI says %llu", what,
                    (unsigned long long)program, (unsigned long long)wanted);
}

eml_status eml_abi_check_shape(const eml_abi *abi, const eml_shape *shape, eml_error *err) {
    EML_TRY(check_sections(abi, shape, err));
    if (abi->raw) return EML_OK;
    uint64_t elements = abi->encrypted_outputs ? EML_CT_ELEMENTS : 1;
    EML_TRY(check_length("public tape", shape->public_len, abi->public_len, err));
    EML_TRY(check_length("secret tape", shape->secret_len, abi->secret_len, err));
    EML_TRY(check_length("committed tape", shape->committed_len,
                         eml_abi_columns(abi, EML_COMMITTED) * eml_shape_reads_of_each(shape), err));
    EML_TRY(
        check_length("output tape", shape->output_len, abi->output_count > 1 ? abi->output_count * elements : 0, err));
    eml_fe schema[EML_RESCUE_DIGEST];
    eml_schema_digest(abi, schema);
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++)
        if (!eml_fe_eq(schema[i], shape->schema[i]))
            return eml_fail(err, EML_ERR_INPUT, "the program's schema is not that of its ABI's committed inputs");
    eml_u128 delta = abi->encrypted_outputs ? (eml_u128)1 << abi->delta_bits : 0;
    if (eml_fe_eq(shape->delta, eml_fe_of_u128_(delta))) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "the program's Delta is not the one of its ABI (%s)",
                    abi->encrypted_outputs ? "2^delta_bits" : "0: nothing is encrypted");
}
