/* asm_dump (disasm|air|json|rs|err) FILE: what becomes of an assembly file, for the golden tests. */
#include <stdio.h>
#include <string.h>

#include "compiler/emit/air.h"
#include "runtime/base/file.h"
#include "runtime/isa/instructions.h"

enum { TEXT_MAX = 1 << 20 };

static eml_status assemble(const eml_buf *text, eml_program *out, eml_error *err) {
    eml_assembly assembly;
    EML_TRY(eml_asm_parse((const char *)text->data, text->len, &assembly, err));
    eml_status status = eml_program_lay_out(&assembly.list, &assembly.layout, out, err);
    eml_instructions_free(&assembly.list);
    return status;
}

static void dump(const char *kind, const eml_program *program, eml_buf *out) {
    eml_air air;
    eml_air_build(&program->shape, &air);
    if (strcmp(kind, "disasm") == 0) eml_asm_print(program, out);
    if (strcmp(kind, "air") == 0) eml_air_print(&air, out);
    if (strcmp(kind, "json") == 0) eml_air_print_json(&air, out);
    if (strcmp(kind, "rs") == 0) eml_air_print_winterfell(&air, out);
    eml_air_free(&air);
}

int main(int argc, char **argv) {
    eml_buf text = {0}, out = {0};
    eml_program program;
    eml_error err;
    if (argc != 3) return 2;
    if (eml_file_read(argv[2], TEXT_MAX, &text, &err) != EML_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    if (assemble(&text, &program, &err) == EML_OK) {
        dump(argv[1], &program, &out);
        eml_program_free(&program);
    } else {
        eml_buf_printf(&out, "%s\n", err.text);
    }
    fwrite(out.data, 1, out.len, stdout);
    eml_buf_free(&text);
    eml_buf_free(&out);
    return 0;
}
