/* Any bytes: assemble and lay out. What is accepted passes the program check, and printing it gives text that assembles
 * to exactly the same program. */
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/instructions.h"
#include "tests/fuzz/fuzz.h"

/* Longer inputs only slow the search down. */
enum { SIZE_MAX_TRIED = 16 << 10 };

static bool assemble(const char *text, size_t length, eml_program *out) {
    eml_assembly assembly;
    eml_error err = {0};
    if (eml_asm_parse(text, length, &assembly, &err) != EML_OK) {
        FUZZ_REQUIRE(err.text[0] != '\0');
        return false;
    }
    eml_status status = eml_program_lay_out(&assembly.list, &assembly.layout, out, &err);
    eml_instructions_free(&assembly.list);
    FUZZ_REQUIRE(status == EML_OK || err.text[0] != '\0');
    return status == EML_OK;
}

static void require_same(const eml_program *a, const eml_program *b) {
    FUZZ_REQUIRE(eml_shape_eq(&a->shape, &b->shape));
    uint32_t rows = eml_shape_code_rows(&a->shape);
    FUZZ_REQUIRE(memcmp(a->code, b->code, rows) == 0);
    FUZZ_REQUIRE(memcmp(a->immediates, b->immediates, rows / eml_shape_group(&a->shape) * sizeof(eml_fe)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    eml_program program, again;
    if (size > SIZE_MAX_TRIED || !assemble(size == 0 ? "" : (const char *)data, size, &program)) return 0;
    FUZZ_REQUIRE(eml_program_check(&program, NULL) == EML_OK);
    eml_buf printed = {0};
    eml_asm_print(&program, &printed);
    FUZZ_REQUIRE(assemble((const char *)printed.data, printed.len, &again));
    require_same(&program, &again);
    eml_buf_free(&printed);
    eml_program_free(&program);
    eml_program_free(&again);
    return 0;
}
