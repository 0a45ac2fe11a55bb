/* zk_export DIR: simulated proofs for Winterfell to judge (tests/interop), beside what tests/interop/export.c wrote
 * there: of every hidden program DIR/<name>/simulated.true.bin, about the claim in inputs.bin, and simulated.false.bin
 * about the false one in simulated.false.inputs. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/file.h"
#include "tests/interop/inputs.h"
#include "tests/support/fixture.h"
#include "tests/zk/simulated.h"

static void save(const char *dir, const char *program, const char *name, eml_buf *bytes) {
    char path[1024];
    eml_error err;
    snprintf(path, sizeof path, "%s/%s/%s", dir, program, name);
    if (eml_file_write(path, bytes->data, bytes->len, EML_FILE_ORDINARY, &err) != EML_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    eml_buf_free(bytes);
}

static void export_both(const char *dir, const test_fixture *f) {
    eml_buf proof = {0}, inputs = {0};
    simulate(&f->air, &f->claim, &proof);
    save(dir, f->name, "simulated.true.bin", &proof);
    eml_claim claim = f->claim;
    claim.stack[0] = eml_fe_add(claim.stack[0], EML_FE_ONE);
    simulate(&f->air, &claim, &proof);
    save(dir, f->name, "simulated.false.bin", &proof);
    interop_put_inputs(&claim, &inputs);
    save(dir, f->name, "simulated.false.inputs", &inputs);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    for (size_t i = TEST_FIRST_HIDDEN; i < TEST_PROGRAMS; i++) {
        test_fixture f;
        test_fixture_init(&f, test_programs[i].name, test_programs[i].assembly);
        export_both(argv[1], &f);
        test_fixture_free(&f);
    }
    return 0;
}
