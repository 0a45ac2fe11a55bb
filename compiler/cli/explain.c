/* eml explain: what a diagnostic's code means. */
#include <ctype.h>
#include <string.h>

#include "compiler/cli/cli.h"
#include "lang/diag.h"
#include "runtime/text/text.h"

/* "E0203", "e203", "203": the number decides, and a letter has to be the code's. Numbers are used once, whichever the
 * severity. */
static bool is_code(const char *text, const char *code) {
    size_t length = strlen(text);
    if (length > 0 && isalpha((unsigned char)text[0])) {
        if (toupper((unsigned char)text[0]) != code[0]) return false;
        text++, length--;
    }
    const char *number = code + 1;
    while (length < strlen(number) && *number == '0') number++;
    return length > 0 && strcmp(text, number) == 0;
}

static bool find_code(const char *text, eml_diag_code *out) {
    for (int i = 0; i < EML_DIAG_CODE_COUNT; i++) {
        *out = (eml_diag_code)i;
        if (is_code(text, eml_diag_code_text(*out))) return true;
    }
    return false;
}

static eml_status refuse(const char *text, eml_error *err) {
    const char *codes[EML_DIAG_CODE_COUNT];
    for (int i = 0; i < EML_DIAG_CODE_COUNT; i++) codes[i] = eml_diag_code_text((eml_diag_code)i);
    const char *nearest = eml_diag_nearest(text, codes, EML_DIAG_CODE_COUNT);
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                       "no diagnostic has the code \"%s\"%s%s%s; without a code all are listed",
                       eml_text_excerpt(text, strlen(text)).text, nearest != NULL ? ": did you mean " : "",
                       nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

static void put_entry(eml_diag_code code, bool json, bool first, eml_buf *out) {
    if (!json) {
        eml_buf_printf(out, "%s  %s\n", eml_diag_code_text(code), eml_diag_code_meaning(code));
        return;
    }
    eml_buf_printf(out, "%s{\"code\": \"%s\", \"severity\": \"%s\", \"meaning\": ", first ? "" : ",\n ",
                   eml_diag_code_text(code), eml_diag_code_severity(code) == EML_SEVERITY_ERROR ? "error" : "warning");
    eml_text_put_json(eml_diag_code_meaning(code), out);
    eml_buf_put_text(out, ", \"explanation\": ");
    eml_text_put_json(eml_diag_code_explanation(code), out);
    eml_buf_put_text(out, "}");
}

static void list(bool json, eml_buf *out) {
    if (json) eml_buf_put_text(out, "[");
    for (int i = 0; i < EML_DIAG_CODE_COUNT; i++) put_entry((eml_diag_code)i, json, i == 0, out);
    if (json) eml_buf_put_text(out, "]\n");
}

static void explain(eml_diag_code code, bool json, eml_buf *out) {
    if (json) {
        put_entry(code, true, true, out);
        eml_buf_put_u8(out, '\n');
        return;
    }
    eml_buf_printf(out, "%s: %s\n\n%s", eml_diag_code_text(code), eml_diag_code_meaning(code),
                   eml_diag_code_explanation(code));
}

int eml_cli_explain(const eml_cli_args *args) {
    eml_error err = {0};
    eml_buf text = {0};
    eml_diag_code code;
    bool json = eml_cli_has(args, EML_CLI_JSON), all = args->operand_count == 0;
    eml_status status = all || find_code(args->operands[0], &code) ? EML_OK : refuse(args->operands[0], &err);
    if (status == EML_OK && all) list(json, &text);
    if (status == EML_OK && !all) explain(code, json, &text);
    if (status == EML_OK) status = eml_cli_print(&text, &err);
    eml_buf_free(&text);
    return status == EML_OK ? (int)EML_ANSWER_YES : eml_cli_fail(args, status, &err);
}
