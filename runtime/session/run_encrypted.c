/* All rows at once, on ciphertexts: one pass of the program over the coefficients of every polynomial. */
#include "runtime/session/session.h"

#include "runtime/base/memory.h"
#include "runtime/vm/slots.h"

/* What stands for each input on the tapes: one value of a public one, five of a secret one. */
typedef struct tapes {
    eml_slots *public_tape, *secret_tape; /* owned */
    eml_fe *columns;                      /* owned: the public inputs that vary, [column][slots] */
} tapes;

static const eml_slots one = {.kind = EML_SLOTS_ALL, .value = {1, 0}};

/* A column of the public table as a polynomial. Of one row it is constant, like a uniform one. */
static eml_slots public_column(const eml_fe *elements, const eml_cells *table, size_t column, bool uniform,
                               size_t slots, eml_fe *cells) {
    if (uniform || table->rows == 1) return (eml_slots){.kind = EML_SLOTS_CONSTANT, .value = elements[column]};
    for (size_t r = 0; r < slots; r++) cells[r] = r < table->rows ? elements[r * table->columns + column] : EML_FE_ZERO;
    return (eml_slots){.kind = EML_SLOTS_VECTOR, .cells = cells};
}

static eml_status fill_public(const eml_abi *abi, const eml_rows *rows, size_t slots, tapes *out, eml_error *err) {
    const eml_cells *table = &rows->cells;
    eml_fe *elements;
    eml_abi_tape tape;
    EML_TRY(eml_rows_elements(rows, &elements, err));
    eml_abi_tape_init(&tape, abi, EML_PUBLIC);
    eml_slots *values = eml_alloc(tape.columns, sizeof *values);
    out->columns = eml_alloc(table->columns, slots * sizeof *out->columns);
    for (size_t c = 0; c < tape.columns; c++)
        values[c] =
            public_column(elements, table, c, abi->inputs[tape.inputs[c]].uniform, slots, out->columns + c * slots);
    out->public_tape = eml_alloc(tape.length, sizeof *out->public_tape);
    eml_abi_tape_fill(&tape, values, &one, sizeof one, out->public_tape);
    eml_free(values);
    eml_free(elements);
    eml_abi_tape_free(&tape);
    return EML_OK;
}

/* `one` on this tape is the trivial ciphertext: masks 0, body Delta. */
static void fill_secret(const eml_abi *abi, const eml_ciphertext *secrets, eml_fe delta, tapes *out) {
    eml_slots trivial[EML_CT_ELEMENTS] = {[EML_CT_ELEMENTS - 1] = {.kind = EML_SLOTS_ALL, .value = delta}};
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_SECRET);
    eml_slots *values = eml_alloc(tape.columns, sizeof trivial);
    for (size_t i = 0; i < tape.columns * EML_CT_ELEMENTS; i++)
        values[i] = (eml_slots){.kind = EML_SLOTS_VECTOR,
                                .cells = eml_ciphertext_part(secrets, i / EML_CT_ELEMENTS, i % EML_CT_ELEMENTS)};
    out->secret_tape = eml_alloc(tape.length, sizeof trivial);
    eml_abi_tape_fill(&tape, values, trivial, sizeof trivial, out->secret_tape);
    eml_free(values);
    eml_abi_tape_free(&tape);
}

static eml_status run(const eml_bundle *bundle, const eml_record *record, eml_ciphertext *out, eml_error *err) {
    const eml_abi *abi = &bundle->abi;
    tapes on = {0};
    EML_TRY(fill_public(abi, &record->inputs, record->secrets.slots, &on, err));
    fill_secret(abi, &record->secrets, bundle->program.shape.delta, &on);
    eml_status status = eml_vm_run_slots(&bundle->program, &(eml_slot_tapes){on.public_tape, on.secret_tape},
                                         out->slots, abi->output_count * EML_CT_ELEMENTS, out->cells, err);
    eml_free(on.public_tape);
    eml_free(on.secret_tape);
    eml_free(on.columns);
    return status;
}

eml_status eml_session_run_encrypted(eml_session *session, eml_error *err) {
    const eml_bundle *bundle = &session->bundle;
    eml_record *record = &session->record;
    eml_ciphertext_label label;
    eml_ciphertext out;
    EML_TRY(eml_ciphertext_check_size(record->secrets.rows, bundle->abi.output_count, err));
    EML_TRY(eml_label_of(&bundle->abi, EML_CIPHERTEXT_OUTPUTS, &bundle->hash, &label, err));
    label.key = record->secrets.label.key;
    eml_ciphertext_init(&out, &label, record->secrets.rows);
    eml_label_free(&label);
    eml_status status = run(bundle, record, &out, err);
    if (status == EML_OK)
        record->encrypted = out;
    else
        eml_ciphertext_free(&out);
    return status;
}
