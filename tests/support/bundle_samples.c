#include "tests/support/bundle_samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/bundle/schema.h"
#include "runtime/isa/instructions.h"

const char *const test_sample_names[TEST_SAMPLES] = {"raw", "plain", "several", "encrypted", "hidden", "committed"};

static const char *const assemblies[TEST_SAMPLES] = {
    "push.1\nread\nadd\n",
    "push.3\nread\nmul\npush.5\nread\nmul\nadd\npush.7\nread\nmul\nadd\n",
    "push.3\nread\nmul\nwrite\npush.5\nread\nmul\npush.7\nread\nmul\nadd\nwrite\n",
    ".delta 1099511627776\nread2\npush.3\nsmul\nread2\npush.5\nsmul\nadd2\nread\nsadd\nread\nsadd\n",
    ".stack 3\n.form 1\n.salt 11\n.salt 13\npush.3\nread\nmul\npush.5\nread\nmul\nadd\n",
    ".form 1\nread\npush.3\nread3\nmul\nadd\nread3\nadd\nwrite\npush.0\nread3\nmul\npush.7\nread3\nmul\nadd\nwrite\n",
};

static char *copy_text(const char *text) {
    char *copy = eml_alloc(strlen(text) + 1, 1);
    memcpy(copy, text, strlen(text));
    return copy;
}

static void set_input(eml_input_column *column, const char *name, const char *lo, const char *hi, const char *offset,
                      const char *unit) {
    column->name = copy_text(name);
    mpq_set_str(column->lo, lo, 10);
    mpq_set_str(column->hi, hi, 10);
    mpq_set_str(column->offset, offset, 10);
    mpq_set_str(column->unit, unit, 10);
}

static void set_output(eml_output_column *column, const char *name, const char *unit, const char *tolerance,
                       const char *link) {
    column->name = copy_text(name);
    column->link = copy_text(link);
    mpq_set_str(column->unit, unit, 10);
    mpq_set_str(column->tolerance, tolerance, 10);
}

static void set_model(eml_abi *abi, const char *name, size_t inputs, size_t outputs, size_t public_len,
                      size_t secret_len) {
    *abi = (eml_abi){.model = copy_text(name)};
    eml_abi_set_counts(abi, inputs, outputs, public_len, secret_len);
}

static void make_plain(eml_abi *abi) {
    set_model(abi, "risk", 2, 1, 3, 0);
    set_input(&abi->inputs[0], "age", "18", "99", "0", "1");
    set_input(&abi->inputs[1], "bmi", "10", "60", "35", "1/64");
    abi->inputs[0].exact = true;
    set_output(&abi->outputs[0], "score", "1/1024", "1/2000", "logistic");
    memcpy(abi->public_tape, (uint32_t[]){0, 1, EML_TAPE_ONE}, 3 * sizeof(uint32_t));
}

static void make_several(eml_abi *abi) {
    set_model(abi, "pair", 2, 2, 3, 0);
    set_input(&abi->inputs[0], "x[0]", "-1/5", "1/5", "0", "1/16777216");
    set_input(&abi->inputs[1], "rate", "0", "1", "1/2", "1/100");
    abi->inputs[1].exact = abi->inputs[1].uniform = true;
    set_output(&abi->outputs[0], "y[0]", "1/1000", "0", "identity");
    set_output(&abi->outputs[1], "y[1]", "1/4294967296", "1/1000000", "identity");
    memcpy(abi->public_tape, (uint32_t[]){0, 1, EML_TAPE_ONE}, 3 * sizeof(uint32_t));
}

static void make_encrypted(eml_abi *abi) {
    set_model(abi, "blind", 2, 1, 2, 2);
    set_input(&abi->inputs[0], "t", "0", "10", "5", "1/8");
    set_input(&abi->inputs[1], "v", "0", "300", "150", "1/4");
    abi->inputs[1].visibility = EML_SECRET;
    set_output(&abi->outputs[0], "u", "1/32", "1/64", "identity");
    abi->encrypted_outputs = true;
    abi->delta_bits = 40;
    memcpy(abi->public_tape, (uint32_t[]){0, EML_TAPE_ONE}, 2 * sizeof(uint32_t));
    memcpy(abi->secret_tape, (uint32_t[]){1, EML_TAPE_ONE}, 2 * sizeof(uint32_t));
}

static void set_hidden(eml_hidden_param *param, const char *name, uint32_t rank, uint32_t first, uint32_t second) {
    param->name = copy_text(name);
    param->rank = rank;
    param->dims[0] = first;
    param->dims[1] = second;
    mpq_set_si(param->lo, -5, 1);
    mpq_set_si(param->hi, 7, 2);
    param->bits = 16 * 20 + 3;
}

static void make_hidden(eml_abi *abi) {
    set_model(abi, "secretive", 2, 1, 2, 0);
    set_input(&abi->inputs[0], "x[0]", "0", "9", "0", "1/4");
    set_input(&abi->inputs[1], "x[1]", "0", "9", "0", "1/4");
    set_output(&abi->outputs[0], "y", "1/100", "1/20", "identity");
    abi->public_tape[1] = 1;
    eml_abi_set_hidden(abi, 2);
    set_hidden(&abi->hidden[0], "w", 1, 2, 1);
    set_hidden(&abi->hidden[1], "b", 0, 1, 1);
    abi->row_bits = 16 * 9;
}

static void make_committed(eml_abi *abi) {
    set_model(abi, "checkup", 3, 2, 1, 0);
    set_input(&abi->inputs[0], "age", "18", "99", "0", "1");
    set_input(&abi->inputs[1], "years", "0", "50", "0", "1");
    set_input(&abi->inputs[2], "ldl", "20", "400", "0", "1/10");
    abi->inputs[0].exact = abi->inputs[1].exact = true;
    mpq_set_si(abi->inputs[2].step, 1, 2);
    abi->inputs[0].visibility = abi->inputs[2].visibility = EML_COMMITTED;
    set_output(&abi->outputs[0], "risk", "1/100", "1/20", "identity");
    set_output(&abi->outputs[1], "dose", "1/10", "1/20", "identity");
    abi->public_tape[0] = 1;
    abi->reveal = (eml_committed_reveal){16 * 15 + 1, 16 * 9};
}

static void make_abi(test_sample sample, eml_abi *abi) {
    switch (sample) {
    case TEST_SAMPLE_PLAIN: make_plain(abi); break;
    case TEST_SAMPLE_SEVERAL: make_several(abi); break;
    case TEST_SAMPLE_ENCRYPTED: make_encrypted(abi); break;
    case TEST_SAMPLE_HIDDEN: make_hidden(abi); break;
    case TEST_SAMPLE_COMMITTED: make_committed(abi); break;
    default: eml_abi_init(abi);
    }
}

static void require(eml_status status, const char *name, const eml_error *err) {
    if (status == EML_OK) return;
    fprintf(stderr, "sample %s: %s\n", name, err->text);
    exit(1);
}

void test_sample_bundle(test_sample sample, eml_bundle *out) {
    const char *name = test_sample_names[sample];
    eml_assembly assembly;
    eml_program program;
    eml_abi abi;
    eml_digest air;
    eml_error err;
    require(eml_asm_parse(assemblies[sample], strlen(assemblies[sample]), &assembly, &err), name, &err);
    assembly.layout.S = 1;
    make_abi(sample, &abi);
    eml_schema_digest(&abi, assembly.layout.schema);
    require(eml_program_lay_out(&assembly.list, &assembly.layout, &program, &err), name, &err);
    eml_instructions_free(&assembly.list);
    program.shape.abi_flags = eml_abi_flags(&abi);
    require(eml_abi_check(&abi, &err), name, &err);
    require(eml_abi_check_shape(&abi, &program.shape, &err), name, &err);
    memset(air.bytes, 0xa1, sizeof air.bytes);
    eml_bundle_make(&program, &abi, sample == TEST_SAMPLE_RAW ? "" : "{\"bits\": 12}", &air, out);
}

void test_sample_proof(test_sample sample, eml_proof_file *out) {
    eml_bundle bundle;
    test_sample_bundle(sample, &bundle);
    *out = (eml_proof_file){.shape = bundle.program.shape,
                            .abi = bundle.abi,
                            .rows = bundle.abi.raw || eml_abi_one_row(&bundle.abi) ? 1 : 3};
    memcpy(out->digests, bundle.digests, sizeof out->digests);
    out->blocks = eml_alloc(1, sizeof *out->blocks);
    memset(out->blocks, 0xb1, sizeof *out->blocks);
    memset(out->statement.bytes, 0x5e, sizeof out->statement.bytes);
    eml_buf_put(&out->stark, (uint8_t[]){0, 1, 2, 3, 4, 5, 6, 7}, 8);
    bundle.abi = (eml_abi){0};
    eml_bundle_free(&bundle);
}
