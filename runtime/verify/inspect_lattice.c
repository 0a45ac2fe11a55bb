/* What a key or a ciphertext file says about itself. No key is opened. */
#include "runtime/base/format.h"
#include "runtime/verify/verify.h"

#include "runtime/text/text.h"
#include "runtime/ciphertext/format.h"
#include "runtime/ciphertext/key_info.h"

static bool begins_as(const eml_buf *bytes, const char *magic) {
    return eml_lwe_has_magic(bytes->data, bytes->len, magic);
}

void eml_inspect_begin_json(const char *kind, eml_buf *out) {
    eml_buf_printf(out, "{\"kind\": \"%s\",\n\"format\": \"%d" EML_FORMAT_STATE "\",\n", kind, EML_FORMAT_VERSION);
}

bool eml_inspect_is_lattice(const eml_buf *bytes) {
    return begins_as(bytes, EML_MAGIC_PUBLIC_KEY) || begins_as(bytes, EML_MAGIC_SECRET_KEY) ||
           begins_as(bytes, EML_MAGIC_CIPHERTEXT);
}

typedef struct hex32 {
    char text[2 * EML_DIGEST_BYTES + 1];
} hex32;

static hex32 hex_of(const uint8_t *bytes) {
    hex32 hex;
    eml_hex_encode(bytes, EML_DIGEST_BYTES, hex.text);
    return hex;
}

static void put_parameters_json(eml_buf *out) {
    eml_buf_printf(out,
                   ",\n\"parameters\": {\"modulus\": \"2^128 - 45 * 2^40 + 1\", \"degree\": %d, \"rank\": %d, "
                   "\"sigma_bits\": %d}}\n",
                   EML_LATTICE_DEGREE, EML_LATTICE_RANK, EML_LATTICE_SIGMA_LOG2);
}

static void put_parameters_text(eml_buf *out) {
    eml_buf_printf(out, "parameters     Module-LWE mod 2^128 - 45 * 2^40 + 1, degree %d, rank %d, sigma 2^%d\n",
                   EML_LATTICE_DEGREE, EML_LATTICE_RANK, EML_LATTICE_SIGMA_LOG2);
}

static void put_key(const char *kind, const eml_digest *id, const char *lock, bool locked, eml_style style,
                    eml_buf *out) {
    hex32 hex = hex_of(id->bytes);
    if (style == EML_STYLE_JSON) {
        eml_inspect_begin_json(kind, out);
        eml_buf_printf(out, "\"key_id\": \"%s\"", hex.text);
        if (lock != NULL) eml_buf_printf(out, ",\n\"locked\": %s", locked ? "true" : "false");
        put_parameters_json(out);
    } else {
        eml_buf_printf(out, "%s%s%s\nkey id         %s\n", kind, lock == NULL ? "" : "     ", lock == NULL ? "" : lock,
                       hex.text);
        put_parameters_text(out);
    }
}

static eml_status inspect_public_key(const eml_buf *bytes, eml_style style, eml_buf *out, eml_error *err) {
    eml_digest id;
    EML_TRY(eml_public_key_inspect(bytes->data, bytes->len, &id, err));
    put_key("public key", &id, NULL, false, style, out);
    return EML_OK;
}

static eml_status inspect_secret_key(const eml_buf *bytes, eml_style style, eml_buf *out, eml_error *err) {
    eml_secret_key_info info;
    EML_TRY(eml_secret_key_inspect(bytes->data, bytes->len, &info, err));
    const char *lock = info.locked ? "locked with a passphrase" : "not locked: whoever has the file has the key";
    put_key("secret key", &info.id, lock, info.locked, style, out);
    return EML_OK;
}

static void put_ciphertext_json(const eml_ciphertext *ciphertext, eml_buf *out) {
    const eml_ciphertext_label *label = &ciphertext->label;
    bool outputs = label->kind == EML_CIPHERTEXT_OUTPUTS;
    eml_inspect_begin_json("ciphertext", out);
    eml_buf_printf(out,
                   "\"holds\": \"%s\",\n\"key_id\": \"%s\",\n\"rows\": %llu,\n\"slots\": "
                   "%llu,\n\"delta_bits\": %u,\n",
                   outputs ? "outputs" : "inputs", hex_of(label->key.bytes).text, (unsigned long long)ciphertext->rows,
                   (unsigned long long)ciphertext->slots, (unsigned)label->delta_bits);
    if (outputs)
        eml_buf_printf(out, "\"program_hash\": \"%s\",\n", hex_of(label->program).text);
    else
        eml_buf_printf(out, "\"sender_tag\": %s,\n", eml_ciphertext_tagged(ciphertext) ? "true" : "false");
    eml_buf_put_text(out, "\"columns\": [");
    for (size_t c = 0; c < label->column_count; c++) {
        eml_buf_put_text(out, c > 0 ? ",\n {\"name\": " : "\n {\"name\": ");
        eml_text_put_json(label->columns[c].name, out);
        eml_buf_printf(out, ", \"encoding\": \"%s\"}", hex_of(label->columns[c].encoding.bytes).text);
    }
    eml_buf_put_text(out, "]");
    put_parameters_json(out);
}

static void put_ciphertext_text(const eml_ciphertext *ciphertext, eml_buf *out) {
    const eml_ciphertext_label *label = &ciphertext->label;
    bool outputs = label->kind == EML_CIPHERTEXT_OUTPUTS;
    eml_buf_printf(out, "ciphertext     encrypted %s, %llu row%s in %llu slots\nkey id         %s\n",
                   outputs ? "outputs" : "inputs", (unsigned long long)ciphertext->rows,
                   ciphertext->rows == 1 ? "" : "s", (unsigned long long)ciphertext->slots,
                   hex_of(label->key.bytes).text);
    if (outputs)
        eml_buf_printf(out, "program hash   %s\n", hex_of(label->program).text);
    else
        eml_buf_printf(out, "sender's tag   %s\n",
                       eml_ciphertext_tagged(ciphertext) ? "there is one; who has the secret key can check it"
                                                         : "none: made with the public key alone");
    eml_buf_printf(out, "scale          Delta = 2^%u\ncolumns        %zu\n", (unsigned)label->delta_bits,
                   label->column_count);
    for (size_t c = 0; c < label->column_count; c++) eml_buf_printf(out, "  %s\n", label->columns[c].name);
    put_parameters_text(out);
}

static eml_status inspect_ciphertext(const eml_buf *bytes, eml_style style, eml_buf *out, eml_error *err) {
    eml_ciphertext ciphertext;
    EML_TRY(eml_ciphertext_decode(bytes->data, bytes->len, &ciphertext, err));
    if (style == EML_STYLE_JSON)
        put_ciphertext_json(&ciphertext, out);
    else
        put_ciphertext_text(&ciphertext, out);
    eml_ciphertext_free(&ciphertext);
    return EML_OK;
}

eml_status eml_inspect_lattice(const char *name, const eml_buf *bytes, eml_style style, eml_buf *out, eml_error *err) {
    eml_status status;
    if (begins_as(bytes, EML_MAGIC_PUBLIC_KEY))
        status = inspect_public_key(bytes, style, out, err);
    else if (begins_as(bytes, EML_MAGIC_SECRET_KEY))
        status = inspect_secret_key(bytes, style, out, err);
    else
        status = inspect_ciphertext(bytes, style, out, err);
    if (status != EML_OK) eml_error_prefix(err, "%s", name);
    return status;
}
