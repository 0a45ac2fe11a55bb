/* What an opening says about itself: whose commitment it is of, and no value or salt. */
#include "runtime/verify/verify.h"

#include "runtime/text/text.h"

typedef struct opening_facts {
    char commitment[EML_RESCUE_DIGEST_HEX + 1], schema[EML_RESCUE_DIGEST_HEX + 1];
} opening_facts;

static void put_json(const eml_opening *opening, const opening_facts *facts, eml_buf *out) {
    eml_inspect_begin_json("opening", out);
    eml_buf_printf(out, "\"commitment\": \"%s\",\n\"schema\": \"%s\",\n\"values\": %zu,\n\"names\": [",
                   facts->commitment, facts->schema, opening->count);
    for (size_t i = 0; i < opening->count && opening->names != NULL; i++) {
        if (i > 0) eml_buf_put_text(out, ", ");
        eml_text_put_json(opening->names[i], out);
    }
    eml_buf_put_text(out, "]}\n");
}

static void put_text(const eml_opening *opening, const opening_facts *facts, eml_buf *out) {
    eml_buf_printf(out,
                   "opening        who has this file knows the values, which are not shown here\n"
                   "commitment     %s\nschema         %s\nvalues         %zu\n",
                   facts->commitment, facts->schema, opening->count);
    for (size_t i = 0; i < opening->count && opening->names != NULL; i++)
        eml_buf_printf(out, "  %s\n", opening->names[i]);
}

eml_status eml_inspect_opening(const char *name, const eml_buf *bytes, eml_style style, eml_buf *out, eml_error *err) {
    eml_opening opening;
    eml_status status = eml_opening_decode(bytes->data, bytes->len, &opening, err);
    if (status != EML_OK) {
        eml_error_prefix(err, "%s", name);
        return status;
    }
    opening_facts facts;
    eml_fe commitment[EML_RESCUE_DIGEST];
    eml_opening_commitment(&opening, commitment);
    eml_rescue_digest_to_hex(commitment, facts.commitment);
    eml_rescue_digest_to_hex(opening.schema, facts.schema);
    if (style == EML_STYLE_JSON)
        put_json(&opening, &facts, out);
    else
        put_text(&opening, &facts, out);
    eml_opening_free(&opening);
    return EML_OK;
}
