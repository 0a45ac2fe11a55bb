/* compile_dump KIND FILE: what the golden tests of the compiler compare. err: the diagnostics; report: the quantization
 * report; budget: what `eml check --verbose` says; recheck: what `eml inspect --recheck` says of the bundle, of a
 * hidden model also of the public one; test: what `eml test` says; vm: the assembly (.asm files are inputs of another
 * suite); else an --emit kind. */
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compiler/driver.h"
#include "runtime/include/eml.h"

static int finish(eml_buf *out, eml_compilation *compilation) {
    fwrite(out->data, 1, out->len, stdout);
    eml_buf_free(out);
    eml_compilation_free(compilation);
    return 0;
}

static void recheck(const eml_buf *bundle, eml_buf *out) {
    eml_error err = {0};
    eml_bytes text;
    eml_answer answer =
        eml_recheck(&(eml_file){.bytes = bundle->data, .size = bundle->len}, EML_STYLE_TEXT, &text, &err);
    if (answer == EML_ANSWER_YES || answer == EML_ANSWER_NO) {
        eml_buf_put(out, text.data, text.size);
        eml_bytes_free(&text);
    } else {
        eml_buf_printf(out, "%s\n", err.text);
    }
}

static void recheck_bundles(const eml_bundle *bundle, eml_buf *out) {
    eml_buf bytes = {0};
    eml_bundle_encode(bundle, &bytes);
    recheck(&bytes, out);
    bytes.len = 0;
    if (bundle->kind == EML_BUNDLE_OWNERS) {
        eml_bundle_encode_public(bundle, &bytes);
        recheck(&bytes, out);
    }
    eml_buf_free(&bytes);
}

static void dump(const char *kind, eml_compilation *compilation, eml_buf *out) {
    eml_error err = {0};
    eml_emit emit;
    if (strcmp(kind, "vm") == 0) kind = eml_emit_name(EML_EMIT_ASM);
    if (strcmp(kind, "test") == 0) {
        if (eml_compile_test(compilation, NULL, false, out, &err) != EML_OK) eml_buf_printf(out, "%s\n", err.text);
    } else if (strcmp(kind, "report") == 0) {
        eml_compile_report(compilation, out);
    } else if (strcmp(kind, "budget") == 0) {
        eml_compile_budget(compilation, out);
    } else if (strcmp(kind, "recheck") == 0) {
        recheck_bundles(&compilation->bundle, out);
    } else if (!eml_emit_by_name(kind, strlen(kind), &emit) ||
               eml_compile_emit(compilation, emit, out, &err) != EML_OK) {
        eml_buf_printf(out, "no %s: %s\n", kind, err.text);
    }
}

/* Runs beside the file, so that messages do not depend on where the tree is. */
int main(int argc, char **argv) {
    if (argc != 3) return 2;
    char folder[4096], name[4096];
    snprintf(folder, sizeof folder, "%s", argv[2]);
    snprintf(name, sizeof name, "%s", argv[2]);
    if (chdir(dirname(folder)) != 0) return 2;
    eml_compilation compilation = {0};
    const uint8_t salt[32] = {1};
    eml_compile_options options = {.delta_bits = -1, .salt = salt};
    eml_error err = {0};
    eml_buf out = {0};
    eml_status status = eml_compile(basename(name), &options, &compilation, &err);
    bool compiled = status == EML_OK;
    if (strcmp(argv[1], "err") == 0) {
        eml_diags_render(&compilation.diags, false, &out);
        if (!compiled && err.text[0] != '\0') eml_buf_printf(&out, "%s\n", err.text);
    } else if (compiled || (strcmp(argv[1], "test") != 0 && strcmp(argv[1], "report") != 0)) {
        dump(argv[1], &compilation, &out);
    }
    return finish(&out, &compilation);
}
