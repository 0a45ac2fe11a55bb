#include "runtime/isa/instructions.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/discipline.h"

void eml_instructions_append(eml_instructions *list, eml_op op, eml_fe immediate) {
    list->items = eml_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = (eml_instruction){(uint8_t)op, immediate, false};
}

void eml_instructions_append_hidden(eml_instructions *list, eml_fe immediate) {
    eml_instructions_append(list, EML_OP_PUSH, immediate);
    list->items[list->count - 1].hidden = true;
}

void eml_instructions_free(eml_instructions *list) {
    eml_free(list->items);
    *list = (eml_instructions){0};
}

/* Rows for one S: where the next instruction goes, and the immediate that its group already has. */
typedef struct cursor {
    uint32_t group;
    size_t row;
    bool has_immediate, hidden; /* hidden: and is not compared */
    eml_fe immediate;
} cursor;

static cursor cursor_start(const eml_layout_options *options, uint32_t S) {
    return (cursor){.group = EML_CYCLE / S, .row = options->salted ? EML_SALT_ROWS : 0};
}

static bool can_share(const cursor *at, const eml_instruction *instruction) {
    return !at->hidden && !instruction->hidden && eml_fe_eq(at->immediate, instruction->immediate);
}

static size_t cursor_place(cursor *at, const eml_instruction *instruction) {
    if (at->row % at->group == 0) at->has_immediate = false;
    if (eml_op_info_of(instruction->op).immediate) {
        if (at->has_immediate && !can_share(at, instruction)) at->row = (at->row / at->group + 1) * at->group;
        at->has_immediate = true;
        at->hidden = instruction->hidden;
        at->immediate = instruction->immediate;
    }
    return at->row++;
}

/* Trace rows for the list with S sponges: the power of two that holds code and tail; 0 when beyond EML_N_MAX. */
static uint32_t rows_needed(const eml_instructions *list, const eml_layout_options *options, const eml_shape *like,
                            uint32_t S) {
    cursor at = cursor_start(options, S);
    for (size_t i = 0; i < list->count; i++) cursor_place(&at, &list->items[i]);
    bool hidden = options->form == EML_FORM_HIDDEN;
    eml_shape shape = {.n = hidden ? EML_HIDDEN_N_MIN : EML_N_MIN, .form = options->form};
    uint64_t cycles = eml_shape_is_committed(like) ? EML_CYCLE * eml_shape_commitment_pairs(like) : 0;
    for (; shape.n <= (hidden ? EML_HIDDEN_N_MAX : EML_N_MAX); shape.n *= 2)
        if (at.row <= eml_shape_code_rows(&shape) && cycles <= eml_shape_code_rows(&shape)) return shape.n;
    return 0;
}

static void pick_sponges(const eml_instructions *list, const eml_layout_options *options, eml_shape *shape) {
    uint64_t best = UINT64_MAX;
    for (uint32_t candidate = 1; candidate <= EML_SPONGES_MAX; candidate *= 2) {
        if (options->S != 0 && options->S != candidate) continue;
        eml_shape with = *shape;
        with.S = candidate;
        with.n = rows_needed(list, options, shape, candidate);
        uint64_t cost = (uint64_t)with.n * eml_shape_width(&with);
        if (with.n == 0 || cost >= best) continue;
        best = cost;
        *shape = with;
    }
}

static void place_all(const eml_instructions *list, const eml_layout_options *options, eml_program *program) {
    uint32_t rows = eml_shape_code_rows(&program->shape), group = eml_shape_group(&program->shape);
    program->code = eml_alloc(rows, 1); /* zero is NOOP */
    program->immediates = eml_alloc(rows / group, sizeof *program->immediates);
    for (uint32_t i = 0; i < eml_shape_salt_groups(&program->shape); i++)
        program->immediates[i] = eml_fe_canon(options->salts[i]);
    cursor at = cursor_start(options, program->shape.S);
    for (size_t i = 0; i < list->count; i++) {
        size_t row = cursor_place(&at, &list->items[i]);
        program->code[row] = list->items[i].op;
        if (eml_op_info_of(list->items[i].op).immediate)
            program->immediates[row / group] = eml_fe_canon(list->items[i].immediate);
    }
}

eml_status eml_program_lay_out(const eml_instructions *list, const eml_layout_options *options, eml_program *out,
                               eml_error *err) {
    uint32_t S = options->S, W = options->W;
    if (S != 0 && S != 1 && S != 2 && S != EML_SPONGES_MAX)
        return eml_fail(err, EML_ERR_INPUT, "a program has 1, 2 or 4 sponges, not %u", S);
    if (W != 0 && (W < EML_STACK_MIN || W > EML_STACK_MAX))
        return eml_fail(err, EML_ERR_INPUT, "a stack has %d to %d registers, not %u", EML_STACK_MIN, EML_STACK_MAX, W);
    eml_discipline at = {.limit = W ? W : EML_STACK_MAX};
    for (size_t i = 0; i < list->count; i++) EML_TRY(eml_discipline_step(&at, list->items[i].op, i, err));
    EML_TRY(eml_discipline_end(&at, err));
    eml_program program = {.shape = {.W = W                             ? W
                                          : at.deepest >= EML_STACK_MIN ? at.deepest
                                                                        : EML_STACK_MIN,
                                     .public_len = at.public_len,
                                     .secret_len = at.secret_len,
                                     .committed_len = at.committed_len,
                                     .schema = {eml_fe_canon(options->schema[0]), eml_fe_canon(options->schema[1])},
                                     .output_len = at.output_len,
                                     .delta = eml_fe_canon(options->delta),
                                     .form = options->form,
                                     .salted = options->salted}};
    pick_sponges(list, options, &program.shape);
    if (program.shape.n == 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT,
                           "the program of %zu instructions needs a trace of more than %d rows", list->count,
                           eml_shape_is_hidden(&program.shape) ? EML_HIDDEN_N_MAX : EML_N_MAX);
    EML_TRY(eml_shape_check(&program.shape, err));
    place_all(list, options, &program);
    eml_status status = eml_program_check(&program, err); /* of salts that are given: neither 0 nor equal */
    if (status == EML_OK)
        *out = program;
    else
        eml_program_free(&program);
    return status;
}
