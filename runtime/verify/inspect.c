/* What a bundle or a proof file says about itself. */
#include "runtime/verify/verify.h"

#include <string.h>

#include "runtime/base/decimal.h"
#include "runtime/base/format.h"
#include "runtime/bundle/cbor_io.h"
#include "runtime/bundle/proof_file.h"
#include "runtime/bundle/schema.h"
#include "runtime/statement/reveal.h"
#include "runtime/text/text.h"
#include "runtime/stark/hiding.h"
#include "runtime/stark/verifier/verifier.h"
#include "runtime/text/file_kind.h"

/* ----- parts that both files have ----- */

static void put_hex(const char *key, const eml_digest *digest, eml_buf *out) {
    char hex[2 * EML_DIGEST_BYTES + 1];
    eml_hex_encode(digest->bytes, EML_DIGEST_BYTES, hex);
    eml_buf_printf(out, "\"%s\": \"%s\",\n", key, hex);
}

static void put_shape_json(const eml_shape *shape, eml_buf *out) {
    eml_columns columns = eml_columns_of(shape);
    eml_buf_printf(out,
                   "\"shape\": {\"trace_rows\": %u, \"main_columns\": %u, \"aux_columns\": %u, \"sponges\": %u, "
                   "\"stack\": %u, \"public_tape\": %llu, \"secret_tape\": %llu, \"committed_tape\": %llu, "
                   "\"output_tape\": %llu},\n\"abi\": ",
                   shape->n, columns.width, columns.aux_width, shape->S, shape->W,
                   (unsigned long long)shape->public_len, (unsigned long long)shape->secret_len,
                   (unsigned long long)shape->committed_len, (unsigned long long)shape->output_len);
}

static void put_shape_text(const eml_shape *shape, eml_buf *out) {
    eml_columns columns = eml_columns_of(shape);
    eml_buf_printf(out, "trace          %u rows, %u + %u columns; %u sponge%s, %u stack registers\n", shape->n,
                   columns.width, columns.aux_width, shape->S, shape->S == 1 ? "" : "s", shape->W);
    eml_buf_printf(out, "tapes          %llu public, %llu secret, ", (unsigned long long)shape->public_len,
                   (unsigned long long)shape->secret_len);
    if (eml_shape_is_committed(shape))
        eml_buf_printf(out, "%llu committed, ", (unsigned long long)shape->committed_len);
    eml_buf_printf(out, "%llu output\n", (unsigned long long)shape->output_len);
}

static void put_input_text(const eml_input_column *column, eml_buf *out) {
    eml_buf_printf(out, "  %-20s %s%s ", column->name, eml_visibility_name(column->visibility),
                   column->uniform ? " uniform" : "");
    eml_input_print_range(column, out);
    eml_buf_put_text(out, "\n");
}

static void put_output_text(const eml_output_column *column, eml_buf *out) {
    eml_buf_printf(out, "  %-20s ", column->name);
    if (mpq_sgn(column->tolerance) == 0)
        eml_buf_put_text(out, "exact");
    else
        eml_buf_printf(out, "within %.3g of the model", mpq_get_d(column->tolerance));
    eml_buf_put_text(out, ", multiples of ");
    eml_decimal_print_exact(column->unit, out);
    if (strcmp(column->link, "identity") != 0) eml_buf_printf(out, ", link %s", column->link);
    eml_buf_put_text(out, "\n");
}

static void put_groups_text(const eml_abi *abi, eml_buf *out) {
    if (abi->group_count == 0) return;
    eml_buf_printf(out, "one-hot        %zu, of which each row has one that is 1\n", abi->group_count);
    for (size_t i = 0; i < abi->group_count; i++) {
        const eml_onehot_group *group = &abi->groups[i];
        eml_buf_printf(out, "  %-20s the %zu from %s to %s\n", group->name, group->count,
                       abi->inputs[group->first].name, abi->inputs[group->first + group->count - 1].name);
    }
}

/* From the first that is derived. */
static void put_derived_text(const eml_abi *abi, size_t first, eml_buf *out) {
    if (first == abi->input_count) return;
    eml_formula_column *names = eml_abi_input_names(abi);
    eml_buf_printf(out, "derived        %zu, worked out by whoever has the inputs\n", abi->input_count - first);
    for (size_t i = first; i < abi->input_count; i++) {
        put_input_text(&abi->inputs[i], out);
        eml_buf_put_text(out, "    = ");
        eml_formula_print(&abi->inputs[i].formula, names, out);
        eml_buf_put_text(out, "\n");
    }
    eml_free(names);
}

static void put_results_text(const eml_abi *abi, eml_buf *out) {
    if (abi->result_count == 0) return;
    eml_formula_column *names = eml_abi_result_names(abi);
    eml_buf_printf(out, "results        %zu, worked out from printed outputs\n", abi->result_count);
    for (size_t i = 0; i < abi->result_count; i++) {
        const eml_result_column *column = &abi->results[i];
        eml_buf_printf(out, "  %-20s ", column->name);
        if (mpq_sgn(column->tolerance) != 0)
            eml_buf_printf(out, "within %.3g of the model's, ", mpq_get_d(column->tolerance));
        eml_buf_put_text(out, "multiples of ");
        eml_decimal_print_exact(column->unit, out);
        eml_buf_put_text(out, "\n    = ");
        eml_formula_print(&column->formula, names, out);
        eml_buf_put_text(out, "\n");
    }
    eml_free(names);
}

static void put_abi_text(const eml_abi *abi, eml_buf *out) {
    if (abi->raw) {
        eml_buf_put_text(out, "made from assembly: raw tapes\n");
        return;
    }
    size_t derived = abi->input_count;
    while (derived > 0 && eml_input_is_derived(&abi->inputs[derived - 1])) derived--;
    eml_buf_printf(out, "inputs         %zu%s\n", derived, eml_abi_one_row(abi) ? ", one row at a time" : "");
    for (size_t i = 0; i < derived; i++) put_input_text(&abi->inputs[i], out);
    put_groups_text(abi, out);
    put_derived_text(abi, derived, out);
    eml_buf_printf(out, "outputs        %zu\n", abi->output_count);
    for (size_t i = 0; i < abi->output_count; i++) put_output_text(&abi->outputs[i], out);
    put_results_text(abi, out);
}

/* What others may know of what is hidden; nothing of a public model. */
static void put_hidden_text(const eml_abi *abi, eml_buf *out) {
    if (abi->hidden_count > 0) eml_buf_printf(out, "hidden         %zu\n", abi->hidden_count);
    for (size_t i = 0; i < abi->hidden_count; i++) {
        const eml_hidden_param *param = &abi->hidden[i];
        eml_buf_printf(out, "  %s", param->name);
        for (uint32_t j = 0; j < param->rank; j++) eml_buf_printf(out, "[%u]", param->dims[j]);
        eml_buf_put_text(out, " in [");
        eml_decimal_print_exact(param->lo, out);
        eml_buf_put_text(out, ", ");
        eml_decimal_print_exact(param->hi, out);
        eml_buf_printf(out, "], %.1f bits\n", (double)param->bits / EML_REVEAL_UNIT);
    }
    uint64_t rows = eml_abi_reveal_rows(abi);
    if (rows == 0 || rows == UINT64_MAX) return;
    eml_buf_printf(out, "gives away     up to %.1f bits a row: %llu row%s may be all that it takes to work it out\n",
                   (double)abi->row_bits / EML_REVEAL_UNIT, (unsigned long long)rows, rows == 1 ? "" : "s");
}

/* The same of committed inputs. */
static void put_committed_text(const eml_abi *abi, eml_buf *out) {
    uint64_t proofs = eml_abi_reveal_proofs(abi);
    if (proofs == 0) return;
    eml_buf_printf(out, "committed      %zu value%s\n", eml_abi_columns(abi, EML_COMMITTED),
                   eml_abi_columns(abi, EML_COMMITTED) == 1 ? "" : "s");
    eml_fe schema[EML_RESCUE_DIGEST];
    char hex[EML_RESCUE_DIGEST_HEX + 1];
    eml_schema_digest(abi, schema);
    eml_rescue_digest_to_hex(schema, hex);
    eml_buf_printf(out, "schema         %s\n", hex);
    if (proofs == UINT64_MAX) return;
    if (proofs == 1) {
        eml_buf_printf(out,
                       "gives away     one proof may be all that it takes to work out committed inputs (%.1f bits)\n",
                       (double)abi->reveal.bits / EML_REVEAL_UNIT);
        return;
    }
    eml_buf_printf(
        out,
        "gives away     up to %.1f of %.1f bits of committed inputs a proof: %llu about one commitment may be "
        "all that it takes to work them out\n",
        (double)abi->reveal.row_bits / EML_REVEAL_UNIT, (double)abi->reveal.bits / EML_REVEAL_UNIT,
        (unsigned long long)proofs);
}

/* ----- bundles ----- */

static const char *bundle_kind_name(eml_bundle_kind kind) {
    static const char *const names[EML_BUNDLE_KINDS] = {
        [EML_BUNDLE_OPEN] = "bundle", [EML_BUNDLE_OWNERS] = "owner's bundle", [EML_BUNDLE_PUBLIC] = "public bundle"};
    return names[kind];
}

/* Reading the bundle has decided it: runtime/statement/row_rule.h. A proof file has no code, so there nothing is said.
 */
static const char *rows_a_proof(const eml_abi *abi) {
    if (abi->raw) return "one run";
    return eml_abi_one_row(abi) ? "one row" : "any number of rows: the program is linear in what varies";
}

static void put_bundle_json(const eml_bundle *bundle, const char *hash, eml_buf *out) {
    eml_inspect_begin_json(bundle_kind_name(bundle->kind), out);
    eml_buf_printf(out, "\"program_hash\": \"%s\",\n\"model\": ", hash);
    eml_text_put_json(bundle->abi.model, out);
    eml_buf_put_text(out, ",\n");
    put_hex("air_digest", &bundle->air_digest, out);
    put_shape_json(&bundle->program.shape, out);
    eml_abi_print_json(&bundle->abi, out);
    eml_buf_printf(out, ",\n\"report\": %s}\n", bundle->report[0] == '\0' ? "null" : bundle->report);
}

static void put_bundle_text(const eml_bundle *bundle, const char *hash, eml_buf *out) {
    eml_buf_printf(out, "%-14s %s\nprogram hash   %s\none proof for  %s\n", bundle_kind_name(bundle->kind),
                   bundle->abi.raw ? "(assembly)" : bundle->abi.model, hash, rows_a_proof(&bundle->abi));
    put_shape_text(&bundle->program.shape, out);
    put_abi_text(&bundle->abi, out);
    put_hidden_text(&bundle->abi, out);
    put_committed_text(&bundle->abi, out);
}

static eml_status inspect_bundle(const eml_file *file, eml_style style, eml_buf *out, eml_error *err) {
    eml_bundle bundle;
    eml_air air;
    EML_TRY(eml_bundle_load(file, &bundle, &air, err));
    char hash[EML_PROGRAM_HASH_HEX + 1];
    eml_program_hash_to_hex(&bundle.hash, hash);
    bundle.abi.reveal = eml_reveal_of_any_row(&bundle.program, &bundle.abi); /* what its maker writes is not believed */
    if (style == EML_STYLE_JSON)
        put_bundle_json(&bundle, hash, out);
    else
        put_bundle_text(&bundle, hash, out);
    eml_air_free(&air);
    eml_bundle_free(&bundle);
    return EML_OK;
}

/* ----- schemas ----- */

static eml_status inspect_schema(const char *name, const eml_buf *bytes, eml_style style, eml_buf *out,
                                 eml_error *err) {
    eml_abi columns;
    eml_fe digest[EML_RESCUE_DIGEST];
    char hex[EML_RESCUE_DIGEST_HEX + 1];
    EML_TRY(eml_schema_parse(name, (const char *)bytes->data, bytes->len, &columns, err));
    eml_schema_digest(&columns, digest);
    eml_rescue_digest_to_hex(digest, hex);
    if (style == EML_STYLE_JSON) {
        eml_inspect_begin_json("schema", out);
        eml_buf_printf(out, "\"schema\": \"%s\",\n\"inputs\": %zu}\n", hex, columns.input_count);
    } else {
        eml_buf_printf(out, "schema         %s\ncommitted      %zu value%s\n", hex, columns.input_count,
                       columns.input_count == 1 ? "" : "s");
        for (size_t i = 0; i < columns.input_count; i++) put_input_text(&columns.inputs[i], out);
    }
    eml_abi_free(&columns);
    return EML_OK;
}

/* ----- proofs ----- */

/* What a proof's own context says; known is false when it cannot be read, valid when no proof has such parameters. */
typedef struct proof_facts {
    char hash[EML_PROGRAM_HASH_HEX + 1];
    bool known, valid;
    eml_hiding hiding; /* set when valid */
    eml_stark_params params;
    const char *preset; /* NULL: of none */
    eml_security bits;
} proof_facts;

static proof_facts facts_of(const eml_proof_file *proof) {
    proof_facts facts = {0};
    eml_digest abi = eml_abi_digest(&proof->abi);
    eml_program_hash hash =
        eml_program_hash_of(&proof->shape, proof->abi.output_count, &abi, (eml_fe(*)[EML_RESCUE_DIGEST])proof->digests);
    eml_program_hash_to_hex(&hash, facts.hash);
    facts.known = eml_stark_peek_params(proof->stark.data, proof->stark.len, &facts.params);
    if (!facts.known) return facts;
    eml_preset preset;
    if (eml_preset_by_params(&facts.params, &preset)) facts.preset = eml_preset_params(preset)->name;
    facts.valid = eml_stark_params_valid(&facts.params);
    if (!facts.valid) return facts;
    eml_columns columns = eml_columns_of(&proof->shape);
    /* Of ciphertexts no proof is verified without the bundle. */
    uint32_t most = eml_statement_bits(&proof->abi, &proof->shape, proof->rows, proof->abi.encrypted_outputs);
    facts.hiding = eml_hiding_of(&facts.params, &proof->shape);
    facts.bits = eml_security_bits(&facts.params, proof->shape.n, columns.width + columns.aux_width, most);
    return facts;
}

static void put_proof_json(const eml_proof_file *proof, const proof_facts *facts, eml_buf *out) {
    eml_inspect_begin_json("proof", out);
    eml_buf_printf(out, "\"program_hash\": \"%s\",\n\"model\": ", facts->hash);
    eml_text_put_json(proof->abi.model, out);
    eml_buf_printf(out, ",\n\"rows\": %llu,\n", (unsigned long long)proof->rows);
    put_hex("statement", &proof->statement, out);
    const eml_stark_params *params = &facts->params;
    if (facts->preset != NULL)
        eml_buf_printf(out, "\"preset\": \"%s\",\n", facts->preset);
    else
        eml_buf_put_text(out, "\"preset\": null,\n");
    if (facts->known)
        eml_buf_printf(out,
                       "\"parameters\": {\"blowup\": %u, \"queries\": %u, \"grinding\": %u, \"folding\": %u, "
                       "\"remainder_degree\": %u, \"extension\": %u},\n",
                       params->blowup, params->queries, params->grinding, params->folding, params->remainder_degree,
                       params->extension);
    if (facts->valid)
        eml_buf_printf(out, "\"proven_bits\": %u,\n\"proof_of_work_bits\": %u,\n\"conjectured_bits\": %u,\n",
                       facts->bits.proven, facts->bits.proof_of_work, facts->bits.conjectured);
    else if (facts->known)
        eml_buf_put_text(out, "\"proven_bits\": null,\n\"proof_of_work_bits\": null,\n\"conjectured_bits\": null,\n");
    eml_buf_printf(out, "\"zero_knowledge\": %s,\n",
                   facts->valid && facts->hiding == EML_HIDING_COMPLETE ? "true" : "false");
    eml_buf_printf(out, "\"stark_bytes\": %zu,\n", proof->stark.len);
    put_shape_json(&proof->shape, out);
    eml_abi_print_json(&proof->abi, out);
    eml_buf_put_text(out, "}\n");
}

static void put_hiding_text(eml_hiding hiding, eml_buf *out) {
    const char *weakness = eml_hiding_weakness(hiding);
    eml_buf_printf(out, "shows          %s%s\n", weakness != NULL ? "what it should hide: " : "",
                   weakness != NULL                ? weakness
                   : hiding == EML_HIDING_COMPLETE ? "inputs and outputs, and nothing else: zero-knowledge"
                                                   : "the program: transparent");
}

static void put_proof_text(const eml_proof_file *proof, const proof_facts *facts, eml_buf *out) {
    const eml_stark_params *params = &facts->params;
    eml_buf_printf(out, "proof          %s, %llu row%s (nothing is verified here)\nprogram hash   %s\n",
                   proof->abi.raw ? "(assembly)" : proof->abi.model, (unsigned long long)proof->rows,
                   proof->rows == 1 ? "" : "s", facts->hash);
    if (facts->known)
        eml_buf_printf(
            out,
            "preset         %s: blowup %u, %u queries, %u bits of grinding, folding %u, remainder degree %u, "
            "extension degree %u\n",
            facts->preset == NULL ? "none" : facts->preset, params->blowup, params->queries, params->grinding,
            params->folding, params->remainder_degree, params->extension);
    else
        eml_buf_put_text(out, "preset         unreadable\n");
    if (facts->valid)
        eml_buf_printf(out, "security       %u bits proven (%u of them proof of work), %u conjectured\n",
                       facts->bits.proven, facts->bits.proof_of_work, facts->bits.conjectured);
    else if (facts->known)
        eml_buf_put_text(out, "security       none: there are no proofs with these parameters\n");
    if (facts->valid) put_hiding_text(facts->hiding, out);
    eml_buf_printf(out, "size           %zu bytes\n", proof->stark.len);
    put_shape_text(&proof->shape, out);
    put_abi_text(&proof->abi, out);
    put_hidden_text(&proof->abi, out);
    put_committed_text(&proof->abi, out);
}

static eml_status inspect_proof(const char *name, const eml_buf *bytes, eml_style style, eml_buf *out, eml_error *err) {
    eml_proof_file proof;
    eml_status status = eml_proof_file_decode(bytes->data, bytes->len, &proof, err);
    if (status != EML_OK) eml_error_prefix(err, "%s", name);
    EML_TRY(status);
    proof_facts facts = facts_of(&proof);
    if (style == EML_STYLE_JSON)
        put_proof_json(&proof, &facts, out);
    else
        put_proof_text(&proof, &facts, out);
    eml_proof_file_free(&proof);
    return EML_OK;
}

/* ----- which of them ----- */

static eml_status inspect(const eml_file *file, eml_style style, eml_buf *out, eml_error *err) {
    eml_buf bytes = {0};
    eml_bundle_kind kind;
    eml_status status = eml_verify_read_file(file, EML_LATTICE_FILE_BYTES_MAX, &bytes, err);
    if (status == EML_OK) {
        /* Standard input can be read once only. */
        eml_file read = {.path = eml_verify_file_name(file), .bytes = bytes.data, .size = bytes.len};
        if (eml_cbor_begins(bytes.data, bytes.len, EML_PROOF_FILE_MAGIC))
            status = inspect_proof(read.path, &bytes, style, out, err);
        else if (eml_bundle_begins(bytes.data, bytes.len, &kind))
            status = inspect_bundle(&read, style, out, err);
        else if (eml_cbor_begins(bytes.data, bytes.len, EML_OPENING_MAGIC))
            status = eml_inspect_opening(read.path, &bytes, style, out, err);
        else if (eml_schema_begins((const char *)bytes.data, bytes.len))
            status = inspect_schema(read.path, &bytes, style, out, err);
        else if (eml_inspect_is_lattice(&bytes))
            status = eml_inspect_lattice(read.path, &bytes, style, out, err);
        else if (eml_file_kind_explain(read.path, bytes.data, bytes.len, "a file of eml's", err))
            status = EML_ERR_INPUT;
        else if (eml_file_kind_is_model(bytes.data, bytes.len))
            status = eml_fail(err, EML_ERR_INPUT,
                              "%s: this is the text of a model, not a file of eml's: eml check "
                              "looks at it",
                              read.path);
        else
            status = eml_fail(err, EML_ERR_INPUT,
                              "%s: neither a bundle nor a proof, schema, opening, key or ciphertext", read.path);
        if (status == EML_OK && style == EML_STYLE_TEXT)
            eml_buf_printf(out, "format         %d" EML_FORMAT_STATE "\n", EML_FORMAT_VERSION);
    }
    eml_buf_free(&bytes);
    return status;
}

static eml_answer inspect_file(const eml_file *file, eml_style style, eml_bytes *out, eml_error *err) {
    eml_buf text = {0};
    eml_status status = inspect(file, style, &text, err);
    if (status == EML_OK)
        *out = eml_bytes_take(&text);
    else
        eml_buf_free(&text);
    return eml_answer_of(status);
}

eml_answer eml_inspect(const eml_file *file, eml_style style, eml_bytes *out, eml_error *err) {
    EML_SECRET_CALL(err, inspect_file(file, style, out, err));
}
