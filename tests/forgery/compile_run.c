#include "tests/unit/compiler_fixture.h"

#include "tests/forgery/compile_run.h"

void compile_run(const char *source, run *out) {
    fixture f;
    eml_buf text = {0};
    fixture_compile(&f, source);
    eml_asm_print(&f.program, &text);
    eml_buf_put_u8(&text, 0);
    fixture_free(&f);
    run_build((const char *)text.data, out);
    eml_buf_free(&text);
}
