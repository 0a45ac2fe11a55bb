/* eml inspect --recheck: what a bundle states, worked out again from the bundle alone. */
#include "runtime/verify/recheck.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/base/decimal.h"
#include "runtime/statement/reveal.h"
#include "runtime/text/text.h"
#include "runtime/verify/verify.h"

enum {
    OUTPUTS_SHOWN = 24, /* in text, of those that agree and of those that do not */
    INPUTS_SHOWN = 6,
    CELLS_MAX = 1 << 22, /* of rows in JSON: a bundle can have a million inputs, and as many outputs */
};

typedef enum verdict { AGREES, DIFFERS, TRUSTED } verdict;

/* What is said, line by line: text, or an array of JSON objects. */
typedef struct findings {
    eml_style style;
    eml_buf *out;
    bool differ, any;
    size_t cells;                        /* of rows so far */
    size_t outputs[3], outputs_shown[3]; /* by verdict */
} findings;

static void begin(findings *f, verdict what) {
    static const char *const words[] = {[AGREES] = "agrees", [DIFFERS] = "differs", [TRUSTED] = "on trust"};
    f->differ |= what == DIFFERS;
    if (f->style == EML_STYLE_TEXT)
        eml_buf_printf(f->out, "%-9s ", words[what]);
    else
        eml_buf_printf(f->out, "%s{\"verdict\": \"%s\"", f->any ? ",\n" : "", words[what]);
    f->any = true;
}

/* A sentence; a JSON object goes on until `end`. */
static void say(findings *f, const eml_buf *sentence) {
    if (f->style == EML_STYLE_TEXT) {
        eml_buf_put(f->out, sentence->data, sentence->len);
        eml_buf_put_u8(f->out, '\n');
        return;
    }
    eml_buf text = {0};
    eml_buf_put(&text, sentence->data, sentence->len);
    eml_buf_put_u8(&text, 0);
    eml_buf_put_text(f->out, ", \"text\": ");
    eml_text_put_json((const char *)text.data, f->out);
    eml_buf_free(&text);
}

static void end(findings *f) {
    if (f->style == EML_STYLE_JSON) eml_buf_put_u8(f->out, '}');
}

static void find(findings *f, verdict what, const char *format, ...) EML_PRINTF(3, 4);
static void find(findings *f, verdict what, const char *format, ...) {
    char text[EML_ERROR_TEXT_MAX + EML_NAME_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    eml_buf sentence = {0};
    eml_buf_put_text(&sentence, text);
    begin(f, what);
    say(f, &sentence);
    end(f);
    eml_buf_free(&sentence);
}

/* ----- Outputs */

static void put_row_text(const eml_rechecked *r, bool second, eml_buf *out) {
    const eml_abi *abi = &r->bundle->abi;
    size_t shown = 0, moving = 0;
    for (size_t i = 0; i < abi->input_count; i++) {
        if (!eml_recheck_moves(r, i)) continue;
        if (moving++ >= INPUTS_SHOWN) continue;
        eml_buf_printf(out, "%s%s = ", shown++ > 0 ? ", " : "            ", abi->inputs[i].name);
        eml_rows_put_input(&abi->inputs[i], eml_recheck_value(r, i, second), out);
    }
    if (moving > shown) eml_buf_printf(out, " and %zu more, which --json has", moving - shown);
    eml_buf_put_u8(out, '\n');
}

static void put_row_json(const eml_rechecked *r, bool second, eml_buf *out) {
    const eml_abi *abi = &r->bundle->abi;
    const char *comma = "{";
    for (size_t i = 0; i < abi->input_count; i++) {
        if (eml_input_is_derived(&abi->inputs[i])) continue;
        eml_buf value = {0};
        mpq_srcptr number = eml_recheck_value(r, i, second);
        if (abi->inputs[i].word_count > 0)
            eml_buf_put_text(&value, abi->inputs[i].words[mpz_get_ui(mpq_numref(number))]);
        else
            eml_rows_put_input(&abi->inputs[i], number, &value);
        eml_buf_put_u8(&value, 0);
        eml_buf_put_text(out, comma);
        eml_text_put_json(abi->inputs[i].name, out);
        eml_buf_put_text(out, ": ");
        eml_text_put_json((const char *)value.data, out);
        eml_buf_free(&value);
        comma = ", ";
    }
    eml_buf_put_text(out, "}");
}

static void put_rows(findings *f, const eml_rechecked *r) {
    if (f->style == EML_STYLE_TEXT) {
        put_row_text(r, false, f->out);
        put_row_text(r, true, f->out);
        return;
    }
    eml_buf_put_text(f->out, ", \"rounding\": \"");
    eml_decimal_print_exact(r->jump, f->out);
    eml_buf_put_text(f->out, "\"");
    f->cells += 2 * r->bundle->abi.input_count;
    if (f->cells > CELLS_MAX) return;
    eml_buf_put_text(f->out, ", \"rows\": [");
    put_row_json(r, false, f->out);
    eml_buf_put_text(f->out, ", ");
    put_row_json(r, true, f->out);
    eml_buf_put_text(f->out, "]");
}

static void put_range(const eml_rechecked *r, mpq_t lowest, mpq_t highest, eml_buf *out) {
    const eml_output_column *column = &r->bundle->abi.outputs[r->output];
    mpq_set_z(lowest, r->lo);
    mpq_mul(lowest, lowest, column->unit);
    mpq_set_z(highest, r->hi);
    mpq_mul(highest, highest, column->unit);
    eml_buf_put_text(out, "in [");
    eml_decimal_print_exact(lowest, out);
    eml_buf_put_text(out, ", ");
    eml_decimal_print_exact(highest, out);
    eml_buf_put_text(out, "]");
}

/* What is stated, and what of it the rounding of inputs makes. */
static void put_bound(const eml_rechecked *r, eml_buf *out) {
    const eml_output_column *column = &r->bundle->abi.outputs[r->output];
    if (mpq_sgn(column->tolerance) == 0)
        eml_buf_put_text(out, "exact");
    else
        eml_buf_printf(out, "within %.6g", mpq_get_d(column->tolerance));
    if (!r->derived)
        eml_buf_put_text(out,
                         "; at no row that was tried do formulas keep to their ranges, so rounding was not looked at");
    else if (mpq_sgn(r->jump) == 0 && mpq_sgn(column->tolerance) != 0)
        eml_buf_put_text(out, "; of inputs without a grid none is rounded but by formulas");
    else if (mpq_sgn(r->jump) != 0)
        eml_buf_printf(out, "; rounding of inputs makes an error of %.6g, whatever the coefficients, at one of:",
                       mpq_get_d(r->jump));
}

static void find_output(findings *f, eml_rechecked *r, mpq_t lowest, mpq_t highest) {
    const eml_output_column *column = &r->bundle->abi.outputs[r->output];
    bool covered = mpq_cmp(r->jump, column->tolerance) <= 0;
    eml_buf sentence = {0};
    eml_buf_printf(&sentence, "output %s: ", column->name);
    put_range(r, lowest, highest, &sentence);
    if (!r->fits) eml_buf_put_text(&sentence, ", more than a field element's sign tells: what is printed can be wrong");
    eml_buf_put_text(&sentence, "; ");
    put_bound(r, &sentence);
    verdict what = !r->fits || !covered ? DIFFERS : r->derived ? AGREES : TRUSTED;
    f->differ |= what == DIFFERS;
    f->outputs[what]++;
    if (f->style == EML_STYLE_JSON || f->outputs_shown[what] < OUTPUTS_SHOWN) {
        f->outputs_shown[what]++;
        begin(f, what);
        say(f, &sentence);
        if (mpq_sgn(r->jump) != 0) put_rows(f, r);
        end(f);
    }
    eml_buf_free(&sentence);
}

static mpq_t *new_numbers(size_t count) {
    mpq_t *numbers = eml_alloc(count, sizeof *numbers);
    for (size_t i = 0; i < count; i++) mpq_init(numbers[i]);
    return numbers;
}

static void free_numbers(mpq_t *numbers, size_t count) {
    for (size_t i = 0; i < count; i++) mpq_clear(numbers[i]);
    eml_free(numbers);
}

static void find_report(findings *f, const eml_bundle *bundle, mpq_t *lowest, mpq_t *highest) {
    const char *what;
    if (bundle->report[0] == '\0') {
        find(f, TRUSTED, "there is no report");
    } else if (eml_recheck_report(bundle, lowest, highest, &what)) {
        find(f, AGREES, "the report's %s", lowest == NULL ? "units and bounds" : "units, bounds and ranges");
    } else if (what == NULL) {
        find(f, DIFFERS, "the report, which no hash covers, is not about these outputs");
    } else {
        find(f, DIFFERS, "the report, which no hash covers, says something else of output %s", what);
    }
}

static void find_outputs(findings *f, const eml_bundle *bundle) {
    size_t count = bundle->abi.output_count;
    eml_rechecked r;
    eml_recheck_open(bundle, &r);
    mpq_t *lowest = new_numbers(count), *highest = new_numbers(count);
    if (!r.known) find(f, TRUSTED, "outputs: this compiler makes no such code, so their ranges are not worked out");
    for (size_t o = 0; r.known && o < count; o++) {
        eml_recheck_measure(&r, o);
        find_output(f, &r, lowest[o], highest[o]);
    }
    for (verdict what = AGREES; what <= TRUSTED; what++)
        if (f->outputs[what] > f->outputs_shown[what])
            find(f, what, "%zu more outputs, which --json has", f->outputs[what] - f->outputs_shown[what]);
    find_report(f, bundle, r.known ? lowest : NULL, highest);
    free_numbers(lowest, count);
    free_numbers(highest, count);
    eml_recheck_close(&r);
}

/* ----- The rest */

static void find_reveal(findings *f, const eml_bundle *bundle) {
    uint64_t stated = eml_abi_reveal_proofs(&bundle->abi);
    if (stated == 0) return;
    eml_committed_reveal reveal = eml_reveal_of_any_row(&bundle->program, &bundle->abi);
    uint64_t found = eml_reveal_proofs(&reveal);
    if (eml_abi_columns(&bundle->abi, EML_PUBLIC) > 0)
        find(f, TRUSTED, "what outputs tell of committed inputs: it depends on the row; prove works it out of each");
    else if (found < stated)
        find(f, DIFFERS, "what outputs tell of committed inputs: %llu proofs may be all that it takes, not %llu",
             (unsigned long long)found, (unsigned long long)stated);
    else
        find(f, AGREES, "what outputs tell of committed inputs");
}

static void find_trust(findings *f, const eml_bundle *bundle) {
    const char *compile = "compile the source and compare program hashes";
    if (bundle->abi.raw) return;
    if (bundle->kind == EML_BUNDLE_PUBLIC)
        find(f, TRUSTED, "outputs' ranges and errors: there is no code here; its owner can %s with the same --salt",
             compile);
    else if (bundle->kind == EML_BUNDLE_OWNERS)
        find(f, TRUSTED,
             "outputs' ranges and errors, which are told of all weights that may be hidden, not of these; "
             "%s with the same --salt",
             compile);
    else
        find(f, TRUSTED,
             "that the weights are the model's: exact coefficients, and so the rest of an error, stand in "
             "its source alone; %s",
             compile);
}

static void find_all(findings *f, const eml_bundle *bundle) {
    char hash[EML_PROGRAM_HASH_HEX + 1], air[2 * EML_DIGEST_BYTES + 1];
    eml_program_hash_to_hex(&bundle->hash, hash);
    eml_hex_encode(bundle->air_digest.bytes, EML_DIGEST_BYTES, air);
    find(f, AGREES, "program hash %s: of this header, ABI and %s", hash,
         bundle->kind == EML_BUNDLE_PUBLIC ? "digest of the code" : "code");
    find(f, AGREES, "constraint set %s: of this shape", air);
    if (bundle->kind != EML_BUNDLE_PUBLIC && !bundle->abi.raw)
        find(f, AGREES, "one proof for %s", eml_abi_one_row(&bundle->abi) ? "one row" : "any number of rows");
    if (bundle->abi.raw) return;
    if (bundle->kind == EML_BUNDLE_OPEN)
        find_outputs(f, bundle);
    else
        find_report(f, bundle, NULL, NULL);
    if (bundle->kind != EML_BUNDLE_PUBLIC) find_reveal(f, bundle);
}

/* What no command takes, because it states what is not so. */
static bool is_contradiction(eml_code code) {
    return code == EML_CODE_DIGEST || code == EML_CODE_TYPES || code == EML_CODE_BOUNDS;
}

static eml_status recheck(const eml_file *file, findings *f, eml_error *err) {
    eml_bundle bundle;
    eml_air air;
    eml_error fault = {0};
    if (f->style == EML_STYLE_JSON) eml_inspect_begin_json("recheck", f->out);
    if (f->style == EML_STYLE_JSON) eml_buf_put_text(f->out, "\"findings\": [\n");
    eml_status status = eml_bundle_load(file, &bundle, &air, &fault);
    if (status == EML_OK) {
        find_all(f, &bundle);
        find_trust(f, &bundle);
        eml_air_free(&air);
        eml_bundle_free(&bundle);
    } else if (is_contradiction(fault.code)) {
        find(f, DIFFERS, "%s", fault.text);
    } else {
        if (err != NULL) *err = fault;
        return status;
    }
    if (f->style == EML_STYLE_JSON)
        eml_buf_printf(f->out, "],\n\"agrees\": %s}\n", f->differ ? "false" : "true");
    else
        eml_buf_put_text(f->out, f->differ ? "the bundle states what is not so\n" : "all that can be checked agrees\n");
    return f->differ ? EML_ERR_NO : EML_OK;
}

static eml_answer recheck_file(const eml_file *file, eml_style style, eml_bytes *out, eml_error *err) {
    eml_buf text = {0};
    findings f = {.style = style, .out = &text};
    eml_status status = recheck(file, &f, err);
    if (status == EML_OK || status == EML_ERR_NO)
        *out = eml_bytes_take(&text);
    else
        eml_buf_free(&text);
    return eml_answer_of(status);
}

eml_answer eml_recheck(const eml_file *file, eml_style style, eml_bytes *out, eml_error *err) {
    EML_SECRET_CALL(err, recheck_file(file, style, out, err));
}
