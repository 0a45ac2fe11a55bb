/* A small bundle, changed field by field and signed again, so that what lies behind the comparison of hashes is
 * reached: it decodes exactly when program and ABI pass their checks, and a session then takes it or says why not.
 * Input: which sample, then edits of six bytes each: field, index (2 bytes), value (3 bytes). */
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/bundle/schema.h"
#include "runtime/include/eml.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/bundle_samples.h"

enum { EDIT_BYTES = 6, EDITS_MAX = 32, VALUES = 1 << 24 };

static const char *const names[] = {"x[0]", "x[1]", "x[2]", "x[01]", "X[1]", "y", "a\xe2\x80\x8b", "[0]", ""};

static void rename_column(char **name, uint32_t value) {
    const char *to = names[value % (sizeof names / sizeof *names)];
    eml_free(*name);
    *name = eml_copy_text(to, strlen(to));
}

/* A form decides how many rows of code there are, of which the program has so many. */
static void edit_form(eml_shape *shape, uint32_t form, uint32_t rows) {
    eml_shape edited = *shape;
    edited.form = form;
    if (shape->n > EML_HIDDEN_TAIL && eml_shape_code_rows(&edited) <= rows) shape->form = form;
}

static void edit_shape(eml_shape *shape, uint32_t rows, size_t which, uint32_t value) {
    switch (which % 10) {
    case 0: shape->W = value % 20; break;
    case 1: shape->public_len = value % 40; break;
    case 2: shape->secret_len = value % 40; break;
    case 3: shape->output_len = value % 40; break;
    case 4: shape->delta = eml_fe_of_u128_((eml_u128)1 << value % 127); break;
    case 5: edit_form(shape, value % 3, rows); break;
    case 6: shape->salted = value % 3; break;
    case 7: shape->hash_id = value % 3; break;
    case 8: shape->abi_flags = value; break;
    default: shape->committed_len = value % 3;
    }
}

static void set_rational(mpq_t out, uint32_t value) {
    mpq_set_si(out, (long)value - VALUES / 2, 1 + value % 7);
    mpq_canonicalize(out);
    mpq_div_2exp(out, out, value % 100);
}

/* As a one-hot group needs it. */
static void set_binary(eml_input_column *column) {
    mpq_set_ui(column->lo, 0, 1);
    mpq_set_ui(column->hi, 1, 1);
    mpq_set_ui(column->offset, 0, 1);
    mpq_set_ui(column->unit, 1, 1);
    mpq_set_ui(column->step, 0, 1);
    column->exact = true;
}

static void edit_input(eml_input_column *column, size_t which, uint32_t value) {
    switch (which % 9) {
    case 0: set_rational(column->lo, value); break;
    case 1: set_rational(column->hi, value); break;
    case 2: set_rational(column->unit, value); break;
    case 3: set_rational(column->offset, value); break;
    case 4: column->visibility = value % EML_VISIBILITIES; break;
    case 5: column->uniform = value & 1; break;
    case 6: column->exact = value & 1; break;
    case 7: set_binary(column); break;
    default: rename_column(&column->name, value);
    }
}

static void edit_output(eml_output_column *column, size_t which, uint32_t value) {
    switch (which % 4) {
    case 0: set_rational(column->unit, value); break;
    case 1: set_rational(column->tolerance, value); break;
    case 2: rename_column(&column->link, value); break;
    default: rename_column(&column->name, value);
    }
}

static void edit_groups(eml_abi *abi, uint32_t value) {
    if (abi->group_count == 0) {
        eml_abi_set_groups(abi, 1);
        abi->groups[0].name = eml_copy_text("g", 1);
    }
    abi->groups[0].first = value % 4;
    abi->groups[0].count = value / 4 % 4;
    rename_column(&abi->groups[0].name, value / 16);
}

static void edit_abi(eml_abi *abi, size_t which, uint32_t value) {
    uint32_t entry = value % 5 == 4 ? EML_TAPE_ONE : value % 5;
    switch (which % 7) {
    case 0: abi->single_row = value & 1; break;
    case 1: abi->encrypted_outputs = value & 1; break;
    case 2: abi->delta_bits = value % 130; break;
    case 3: abi->raw = value & 1; break;
    case 4:
        if (abi->public_len > 0) abi->public_tape[which / 7 % abi->public_len] = entry;
        break;
    case 5: edit_groups(abi, value); break;
    default:
        if (abi->secret_len > 0) abi->secret_tape[which / 7 % abi->secret_len] = entry;
    }
}

static void edit(eml_program *program, eml_abi *abi, const uint8_t bytes[EDIT_BYTES]) {
    size_t index = (size_t)eml_le_get(bytes + 1, 2);
    uint32_t value = (uint32_t)eml_le_get(bytes + 3, 3), rows = eml_shape_code_rows(&program->shape);
    switch (bytes[0] % 6) {
    case 0: program->code[index % rows] = value % EML_OP_CODES; break;
    case 1: program->immediates[index % (rows / eml_shape_group(&program->shape))] = eml_fe_from_u64(value); break;
    case 2: edit_shape(&program->shape, rows, index, value); break;
    case 3: edit_abi(abi, index, value); break;
    case 4:
        if (abi->input_count > 0) edit_input(&abi->inputs[index / 9 % abi->input_count], index, value);
        break;
    default:
        if (abi->output_count > 0) edit_output(&abi->outputs[index / 4 % abi->output_count], index, value);
    }
}

static bool passes(const eml_program *program, const eml_abi *abi) {
    return eml_program_check(program, NULL) == EML_OK && eml_abi_check(abi, NULL) == EML_OK &&
           eml_abi_check_shape(abi, &program->shape, NULL) == EML_OK;
}

/* With the AIR digest that the shape gives, of a shape for which there is an AIR. */
static void sign(eml_program *program, eml_abi *abi, bool good, eml_buf *out) {
    eml_digest digest = {{0}};
    eml_bundle bundle;
    if (good) {
        eml_air air;
        eml_air_build(&program->shape, &air);
        digest = eml_air_digest(&air);
        eml_air_free(&air);
    }
    eml_bundle_make(program, abi, "", &digest, &bundle);
    eml_bundle_encode(&bundle, out);
    eml_bundle_free(&bundle);
}

static void use(const eml_buf *bytes) {
    eml_file file = {.path = "emb", .bytes = bytes->data, .size = bytes->len};
    eml_error *error = eml_error_new();
    eml_session *session;
    eml_bytes text;
    eml_answer answer = eml_session_load(&file, &session, error);
    FUZZ_REQUIRE(answer == EML_ANSWER_YES || answer == EML_ANSWER_INPUT);
    if (answer == EML_ANSWER_INPUT) FUZZ_REQUIRE(eml_error_text(error)[0] != '\0');
    if (answer == EML_ANSWER_YES) {
        FUZZ_REQUIRE(eml_session_disassemble(session, &text, error) == EML_ANSWER_YES);
        eml_bytes_free(&text);
        FUZZ_REQUIRE(eml_inspect(&file, EML_STYLE_JSON, &text, error) == EML_ANSWER_YES);
        eml_bytes_free(&text);
        eml_session_free(session);
    }
    eml_error_free(error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    eml_bundle bundle, decoded;
    eml_buf bytes = {0};
    test_sample_bundle(data[0] % TEST_SAMPLES, &bundle);
    eml_free(bundle.program.kept.states); /* of the code as it was */
    bundle.program.kept.states = NULL;
    for (size_t i = 0; i < EDITS_MAX && 1 + (i + 1) * EDIT_BYTES <= size; i++)
        edit(&bundle.program, &bundle.abi, data + 1 + i * EDIT_BYTES);
    if (data[0] & 64) { /* as whoever made the edits would */
        eml_schema_digest(&bundle.abi, bundle.program.shape.schema);
        bundle.program.shape.abi_flags = eml_abi_flags(&bundle.abi);
    }
    bool good = passes(&bundle.program, &bundle.abi);
    eml_program program = bundle.program;
    eml_abi abi = bundle.abi;
    bundle.program = (eml_program){0};
    bundle.abi = (eml_abi){0};
    eml_bundle_free(&bundle);
    sign(&program, &abi, good, &bytes);
    eml_status status = eml_bundle_decode(bytes.data, bytes.len, &decoded, NULL);
    FUZZ_REQUIRE((status == EML_OK) == good);
    if (status == EML_OK) eml_bundle_free(&decoded);
    if (good) use(&bytes);
    eml_buf_free(&bytes);
    return 0;
}
