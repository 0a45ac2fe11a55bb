/* Programs: shape and program checks, layout, assembly round trips, the program hash. (Assembler messages:
 * tests/golden/asm.) */
#include <stdio.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/instructions.h"
#include "runtime/isa/sponge.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"
#include "tests/support/signed.h"

static void assert_refused(eml_status status, const eml_error *err, const char *text) {
    assert_int_equal(status, EML_ERR_INPUT);
    if (!strstr(err->text, text)) fail_msg("'%s' does not say '%s'", err->text, text);
}

static void assemble(const char *text, eml_program *out) {
    eml_assembly assembly;
    eml_error err = {0};
    if (eml_asm_parse(text, strlen(text), &assembly, &err) != EML_OK ||
        eml_program_lay_out(&assembly.list, &assembly.layout, out, &err) != EML_OK)
        fail_msg("%s: %s", text, err.text);
    eml_instructions_free(&assembly.list);
    if (eml_program_check(out, &err) != EML_OK) fail_msg("%s: %s", text, err.text);
}

static void test_shape(void **state) {
    (void)state;
    const eml_shape good = {.n = 32, .W = 5, .S = 4, .public_len = 16, .secret_len = 16, .output_len = 80};
    eml_error err;
    assert_int_equal(eml_shape_check(&good, &err), EML_OK);
    const eml_shape hidden = {.n = 512, .W = 5, .S = 4, .public_len = 320, .output_len = 80, .form = 1, .salted = 1};
    assert_int_equal(eml_shape_check(&hidden, &err), EML_OK);
    static const struct {
        eml_shape shape;
        const char *text;
    } bad[] = {
        {{.n = 32, .W = 5, .S = 3}, "1, 2 or 4 sponges, not 3"},
        {{.n = 32, .W = 5, .S = 0}, "1, 2 or 4 sponges, not 0"},
        {{.n = 32, .W = 1, .S = 4}, "2 to 16 registers, not 1"},
        {{.n = 32, .W = 17, .S = 4}, "2 to 16 registers, not 17"},
        {{.n = 16, .W = 5, .S = 4}, "power of two of rows from 32"},
        {{.n = 48, .W = 5, .S = 4}, "not 48"},
        {{.n = 1 << 25, .W = 5, .S = 4}, "to 16777216"},
        {{.n = 0, .W = 5, .S = 4}, "not 0"},
        {{.n = 32, .W = 5, .S = 4, .public_len = 17}, "longer than 16 instructions"},
        {{.n = 32, .W = 5, .S = 4, .secret_len = 17}, "longer than 16 instructions"},
        {{.n = 32, .W = 5, .S = 4, .output_len = 81}, "longer than 16 instructions"},
        {{.n = 32, .W = 4, .S = 4, .secret_len = 1}, "at least 5 registers, not 4"},
        {{.n = 512, .W = 5, .S = 4, .public_len = 1, .form = 2}, "form is 2: only 0 (transparent) and 1 (hidden)"},
        {{.n = 512, .W = 5, .S = 4, .public_len = 1, .form = 257}, "form is 257"},
        {{.n = 256, .W = 5, .S = 4, .public_len = 1, .form = 1}, "from 512 to 4194304 rows, not 256"},
        {{.n = 1 << 23, .W = 5, .S = 4, .public_len = 1, .form = 1}, "from 512 to 4194304 rows, not 8388608"},
        {{.n = 512, .W = 5, .S = 4, .form = 1}, "a hidden program needs a public, a committed or an output tape"},
        {{.n = 512, .W = 5, .S = 4, .secret_len = 1, .form = 1}, "a hidden program has no secret tape"},
        {{.n = 512, .W = 5, .S = 4, .public_len = 321, .form = 1}, "longer than 320 instructions"},
        {{.n = 32, .W = 5, .S = 4, .salted = 1}, "salted, but its form is not hidden"},
        {{.n = 512, .W = 5, .S = 4, .public_len = 1, .form = 1, .salted = 2}, "salted is 2"},
        {{.n = 32, .W = 5, .S = 4, .hash_id = 1}, "hash_id is 1: reserved"},
        {{.n = 32, .W = 5, .S = 4, .abi_flags = 80}, "abi_flags is 80: only bits 0"},
        {{.n = 32, .W = 5, .S = 4, .committed_len = 1}, "its form is not hidden: a transparent proof would show"},
        {{.n = 32, .W = 5, .S = 4, .schema[0].lo = 1}, "schema is not zero, but the program has no committed tape"},
        {{.n = 512, .W = 5, .S = 4, .public_len = 1, .form = 1, .schema[1].lo = 1}, "schema is not zero, but"},
        {{.n = 512, .W = 5, .S = 4, .committed_len = 321, .form = 1},
         "321: a program of 320 instructions reads no more"},
        {{.n = 512, .W = 5, .S = 4, .committed_len = UINT64_MAX, .form = 1}, "reads no more"},
        {{.n = 512, .W = 5, .S = 4, .committed_len = 4, .output_len = 3, .form = 1},
         "not as many for each of 3 outputs"},
        {{.n = 512, .W = 5, .S = 4, .committed_len = 2, .output_len = 3, .form = 1},
         "not as many for each of 3 outputs"},
        {{.n = 512, .W = 5, .S = 4, .committed_len = 37, .form = 1},
         "to commit to 37 values takes more than the 320 rows"},
        {{.n = 512, .W = 5, .S = 4, .committed_len = 45, .form = 1},
         "to commit to 45 values takes more than the 320 rows"},
        {{.n = 512, .W = 5, .S = 4, .committed_len = 1, .secret_len = 1, .form = 1}, "has no secret tape"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(eml_shape_check(&bad[i].shape, &err), &err, bad[i].text);
    const eml_shape committed[] = {
        {.n = 512, .W = 5, .S = 4, .committed_len = 36, .form = 1},
        {.n = 512, .W = 5, .S = 4, .committed_len = 72, .output_len = 2, .form = 1, .schema[1].lo = 1},
    };
    for (size_t i = 0; i < sizeof committed / sizeof *committed; i++)
        assert_int_equal(eml_shape_check(&committed[i], &err), EML_OK);
}

/* A program with one thing changed. */
static void check_broken(const char *text, void (*change)(eml_program *), const char *reason) {
    eml_program program;
    eml_error err;
    assemble(text, &program);
    change(&program);
    assert_refused(eml_program_check(&program, &err), &err, reason);
    eml_program_free(&program);
}

static void make_illegal(eml_program *p) { p->code[1] = 0x0d; }
static void make_beyond(eml_program *p) { p->code[1] = 0xff; }
static void make_underflow(eml_program *p) { p->code[0] = EML_OP_ADD; }
static void make_read(eml_program *p) { p->code[5] = EML_OP_READ; }
static void make_read2(eml_program *p) { p->code[0] = EML_OP_READ2; }
static void make_write(eml_program *p) { p->code[4] = EML_OP_WRITE; }
static void add_committed(eml_program *p) { p->shape.committed_len++; }
static void drop_committed(eml_program *p) { p->shape.committed_len--; }
static void add_public(eml_program *p) { p->shape.public_len++; }
static void add_output(eml_program *p) { p->shape.output_len++; }
static void add_secret(eml_program *p) { p->shape.secret_len++; }
static void narrow(eml_program *p) { p->shape.W--; }
static void reserved(eml_program *p) { p->shape.hash_id = 1; }
static void stray_immediate(eml_program *p) { p->immediates[3] = EML_FE_ONE; }

/* Salts are refused where the program is laid out, as its reader would refuse them. */
static void test_bad_salts(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {".form 1\n.salt 11\n.salt 11\nread\n", "salts 0 and 1 of the program are equal"},
        {".form 1\n.salt 11\n.salt 0\nread\n", "salt 1 of the program is zero"},
        {".form 1\n.salt 1\n.salt 2\n.salt 3\n.salt 1\nread\n", "salts 0 and 3 of the program are equal"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        eml_assembly assembly;
        eml_program program;
        eml_error err;
        assert_int_equal(eml_asm_parse(texts[i][0], strlen(texts[i][0]), &assembly, &err), EML_OK);
        assert_refused(eml_program_lay_out(&assembly.list, &assembly.layout, &program, &err), &err, texts[i][1]);
        eml_instructions_free(&assembly.list);
    }
}

/* Shapes that differ in one field are two: what a claim is about is compared with what the constraints are for. */
static void test_shape_equality(void **state) {
    (void)state;
    const eml_shape shape = {.n = 64, .W = 5, .S = 4, .public_len = 1, .delta = {9, 0}};
    eml_shape others[14];
    for (size_t i = 0; i < 14; i++) others[i] = shape;
    others[0].n = 128, others[1].W = 6, others[2].S = 2, others[3].public_len = 2, others[4].secret_len = 1;
    others[5].output_len = 1, others[6].delta.hi = 1, others[7].form = 1, others[8].salted = 1, others[9].hash_id = 1;
    others[10].abi_flags = 32, others[11].committed_len = 1;
    others[12].schema[0] = EML_FE_ONE, others[13].schema[1] = EML_FE_ONE;
    assert_true(eml_shape_eq(&shape, &shape));
    for (size_t i = 0; i < 14; i++) assert_false(eml_shape_eq(&shape, &others[i]));
}

static void test_program(void **state) {
    (void)state;
    static const char text[] = ".sponges 4\nread\nread\nadd\npush.4\n";
    static const char wide[] = ".sponges 4\nread\nread\nread\nread\nread\nadd\n";
    check_broken(text, make_illegal, "instruction 1: 0x0d is not an opcode");
    check_broken(text, make_beyond, "instruction 1: 0xff is not an opcode");
    check_broken(text, make_underflow, "instruction 0 (add) needs 2 elements on the stack, which holds 0");
    check_broken(".sponges 4\n.stack 5\nread\n", make_read,
                 "instruction 5 (read) goes past the end of the public tape");
    check_broken(wide, make_read2, "instruction 0 (read2) goes past the end of the secret tape");
    check_broken(text, make_write, "instruction 4 (write) goes past the end of the output tape");
    check_broken(text, add_public, "uses 2 values of the public tape, which has 3");
    check_broken(".form 1\nread3\nread3\nadd\n", add_committed, "uses 2 values of the committed tape, which has 3");
    check_broken(".form 1\nread3\nread3\nadd\n", drop_committed, "(read3) goes past the end of the committed tape");
    check_broken(text, add_output, "uses 0 elements of the output tape, which has 1");
    check_broken(wide, add_secret, "uses 0 ciphertexts of the secret tape, which has 1");
    check_broken(wide, narrow, "instruction 4 (read) needs a stack of 5 registers, and there are 4");
    check_broken(text, stray_immediate, "instructions 12 to 15 have an immediate but no push");
    check_broken(text, reserved, "hash_id is 1: reserved");
}

/* depth elements; the top five are a ciphertext where that is asked for and possible. */
static void fill_stack(eml_instructions *list, uint32_t depth, bool ciphertext) {
    bool reads = ciphertext && depth >= EML_CT_ELEMENTS;
    for (uint32_t d = reads ? EML_CT_ELEMENTS : 0; d < depth; d++)
        eml_instructions_append(list, EML_OP_READ, EML_FE_ZERO);
    if (reads) eml_instructions_append(list, EML_OP_READ2, EML_FE_ZERO);
}

/* Every opcode: exactly its pops on the stack pass, one fewer is an underflow; its result fits exactly
 * its own depth. */
static void test_discipline(void **state) {
    (void)state;
    static const struct {
        eml_op op;
        uint32_t pops, pushes;
    } ops[] = {
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning) {EML_OP_##NAME, pops, pushes},
#include "runtime/isa/op.def"
#undef OP
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        for (uint32_t depth = 0; depth <= 12; depth++) {
            eml_instructions list = {0};
            eml_program program;
            eml_error err;
            fill_stack(&list, depth, ops[i].pops >= EML_CT_ELEMENTS);
            eml_instructions_append(&list, ops[i].op, EML_FE_ZERO);
            uint32_t after = depth < ops[i].pops ? 0 : depth - ops[i].pops + ops[i].pushes;
            uint32_t deepest = after > depth ? after : depth;
            eml_layout_options options = {.form = ops[i].op == EML_OP_READ3 ? EML_FORM_HIDDEN : EML_FORM_TRANSPARENT};
            eml_status status = eml_program_lay_out(&list, &options, &program, &err);
            assert_int_equal(status, depth < ops[i].pops || deepest > 16 ? EML_ERR_INPUT : EML_OK);
            if (status == EML_OK) {
                assert_int_equal(program.shape.W, deepest < EML_STACK_MIN ? EML_STACK_MIN : deepest);
                assert_int_equal(eml_program_check(&program, &err), EML_OK);
                eml_program_free(&program);
            }
            eml_instructions_free(&list);
        }
    }
}

/* What works on ciphertexts needs a program that reads one: before layout, after it, and in assembly. */
static void test_ciphertexts(void **state) {
    (void)state;
    static const eml_op ops[] = {EML_OP_SADD, EML_OP_ADD2, EML_OP_SMUL, EML_OP_WRITE2};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        eml_instructions list = {0};
        eml_program program;
        eml_error err;
        char reason[80];
        snprintf(reason, sizeof reason, "instruction 10 (%s) works on ciphertexts, and a program without",
                 eml_op_name((uint8_t)ops[i]));
        fill_stack(&list, 10, false);
        eml_instructions_append(&list, (uint8_t)ops[i], EML_FE_ZERO);
        assert_refused(eml_program_lay_out(&list, &(eml_layout_options){.W = 16}, &program, &err), &err, reason);
        list.items[5].op = EML_OP_READ2; /* of the right depth or not: there is a secret tape */
        list.items[6].op = list.items[7].op = list.items[8].op = list.items[9].op = EML_OP_NOOP;
        assert_int_equal(eml_program_lay_out(&list, &(eml_layout_options){.W = 16}, &program, &err), EML_OK);
        for (uint32_t row = 0; row < 10; row++) program.code[row] = EML_OP_READ;
        program.shape.public_len = 10;
        program.shape.secret_len = 0;
        assert_refused(eml_program_check(&program, &err), &err, reason);
        eml_program_free(&program);
        eml_instructions_free(&list);
    }
    eml_assembly assembly;
    eml_error err;
    static const char text[] = "read\nread\nread\nread\nread\n\nwrite2\nread\n";
    assert_refused(eml_asm_parse(text, strlen(text), &assembly, &err), &err, "line 7: instruction 5 (write2) works on");
}

static void test_layout(void **state) {
    (void)state;
    eml_program program;
    /* One immediate a group: the second push starts a new one; equal immediates share one. */
    assemble(".sponges 4\npush.2\npush.3\nadd\npush.3\n", &program);
    static const uint8_t want[] = {EML_OP_PUSH, EML_OP_NOOP, EML_OP_NOOP, EML_OP_NOOP,
                                   EML_OP_PUSH, EML_OP_ADD,  EML_OP_PUSH};
    assert_memory_equal(program.code, want, sizeof want);
    assert_true(eml_fe_eq(program.immediates[0], eml_fe_from_u64(2)));
    assert_true(eml_fe_eq(program.immediates[1], eml_fe_from_u64(3)));
    eml_program_free(&program);
    /* push 0 takes its group's immediate too. */
    assemble(".sponges 4\npush.0\npush.3\n", &program);
    assert_int_equal(program.code[4], EML_OP_PUSH);
    eml_program_free(&program);
    /* The free choice: many immediates want S = 4; code without a push fits the fewest columns. */
    assemble("push.1\npush.2\nadd\npush.3\nadd\npush.4\nadd\n", &program);
    assert_int_equal(program.shape.S, 4);
    assert_int_equal(program.shape.n, 32);
    eml_program_free(&program);
    assemble("read\nread\nadd\n", &program);
    assert_int_equal(program.shape.S, 1);
    assert_int_equal(program.shape.W, 2);
    assert_int_equal(program.shape.public_len, 2);
    eml_program_free(&program);
    eml_error err;
    eml_instructions empty = {0};
    assert_refused(eml_program_lay_out(&empty, &(eml_layout_options){.S = 3}, &program, &err), &err, "not 3");
    assert_refused(eml_program_lay_out(&empty, &(eml_layout_options){.W = 17}, &program, &err), &err, "not 17");
}

/* Too long for any trace: with one sponge, each of 2^20 immediates takes a group of 16 rows. */
static void test_layout_limit(void **state) {
    (void)state;
    eml_instructions list = {0};
    eml_program program;
    eml_error err;
    for (size_t i = 0; i < EML_N_MAX / EML_CYCLE; i++) {
        eml_instructions_append(&list, EML_OP_PUSH, eml_fe_from_u64(i));
        eml_instructions_append(&list, EML_OP_WRITE, EML_FE_ZERO);
    }
    assert_refused(eml_program_lay_out(&list, &(eml_layout_options){.S = 1}, &program, &err), &err,
                   "more than 16777216 rows");
    list.count -= 2;
    assert_int_equal(eml_program_lay_out(&list, &(eml_layout_options){.S = 1}, &program, &err), EML_OK);
    assert_int_equal(program.shape.n, EML_N_MAX);
    eml_program_free(&program);
    eml_instructions_free(&list);
}

/* Works on ciphertexts only once there are some. */
static void random_list(eml_instructions *list) {
    static const eml_op ops[] = {EML_OP_NOOP,  EML_OP_READ, EML_OP_ADD,  EML_OP_MUL,
                                 EML_OP_READ2, EML_OP_SMUL, EML_OP_WRITE};
    static const uint32_t pops[] = {0, 0, 2, 2, 0, 6, 1}, pushes[] = {0, 1, 1, 1, 5, 5, 0};
    uint32_t depth = 0;
    bool ciphertexts = false;
    for (uint64_t count = test_random() % 70; count > 0; count--) {
        uint64_t pick = test_random() % 8;
        if (pick == 7 && depth < 16) {
            eml_instructions_append(list, EML_OP_PUSH,
                                    eml_fe_canon(test_fe_from_i64((int64_t)(test_random() % 5) - 2)));
            depth++;
        } else if (pick < 7 && (ops[pick] != EML_OP_SMUL || ciphertexts) && depth >= pops[pick] &&
                   depth - pops[pick] + pushes[pick] <= 16) {
            eml_instructions_append(list, ops[pick], EML_FE_ZERO);
            depth = depth - pops[pick] + pushes[pick];
            ciphertexts |= ops[pick] == EML_OP_READ2;
        }
    }
}

static eml_layout_options hidden_options(uint32_t S) {
    eml_layout_options options = {.S = S, .form = EML_FORM_HIDDEN, .salted = true};
    for (size_t i = 0; i < 2 * EML_SPONGES_MAX; i++) options.salts[i] = test_random_fe();
    return options;
}

/* count times: push a weight that is hidden, read, multiply. */
static void hidden_products(eml_instructions *list, size_t count, const uint64_t *weights) {
    for (size_t i = 0; i < count; i++) {
        eml_instructions_append_hidden(list, eml_fe_from_u64(weights[i]));
        eml_instructions_append(list, EML_OP_READ, EML_FE_ZERO);
        eml_instructions_append(list, EML_OP_MUL, EML_FE_ZERO);
        if (i > 0) eml_instructions_append(list, EML_OP_ADD, EML_FE_ZERO);
    }
    eml_instructions_append(list, EML_OP_WRITE, EML_FE_ZERO);
}

/* Hidden immediates, equal ones and 0 and 1 among them, and salts leave no trace in shape and code; a push that is not
 * hidden shares no group with one that is, however equal. */
static void test_hidden_layout(void **state) {
    (void)state;
    static const uint64_t weights[][5] = {{1, 2, 3, 4, 5}, {0, 0, 0, 0, 0}, {7, 7, 7, 7, 7}, {3, 3, 1, 0, 3}};
    for (uint32_t S = 0; S <= 4; S = S ? 2 * S : 1) {
        eml_program first, other;
        eml_error err;
        for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
            eml_instructions list = {0};
            eml_instructions_append(&list, EML_OP_PUSH, eml_fe_from_u64(3));
            hidden_products(&list, 5, weights[i]);
            eml_instructions_append(&list, EML_OP_WRITE, EML_FE_ZERO);
            eml_layout_options options = hidden_options(S);
            assert_int_equal(eml_program_lay_out(&list, &options, i ? &other : &first, &err), EML_OK);
            eml_instructions_free(&list);
            eml_program *now = i ? &other : &first;
            assert_int_equal(eml_program_check(now, &err), EML_OK);
            assert_int_equal(now->shape.n, 512);
            for (uint32_t g = 0; g < 2 * now->shape.S; g++)
                assert_true(eml_fe_eq(now->immediates[g], options.salts[g]));
            if (i == 0) continue;
            assert_true(eml_shape_eq(&first.shape, &other.shape));
            assert_memory_equal(first.code, other.code, eml_shape_code_rows(&first.shape));
            eml_program_free(&other);
        }
        eml_program_free(&first);
    }
}

static void test_salts(void **state) {
    (void)state;
    eml_instructions list = {0};
    eml_error err;
    eml_program program;
    hidden_products(&list, 1, (uint64_t[]){5});
    eml_layout_options options = hidden_options(2);
    assert_int_equal(eml_program_lay_out(&list, &options, &program, &err), EML_OK);
    eml_fe *salts = program.immediates, kept[2] = {salts[0], salts[3]};
    salts[3] = EML_FE_ZERO;
    assert_refused(eml_program_check(&program, &err), &err, "salt 3 of the program is zero");
    salts[3] = salts[0];
    assert_refused(eml_program_check(&program, &err), &err, "salts 0 and 3 of the program are equal");
    salts[3] = kept[1];
    program.code[31] = EML_OP_READ;
    assert_refused(eml_program_check(&program, &err), &err, "instruction 31 stands where");
    program.code[31] = EML_OP_NOOP;
    program.immediates[eml_shape_code_rows(&program.shape) / 8 - 1] = EML_FE_ONE;
    assert_refused(eml_program_check(&program, &err), &err, "have an immediate but no push");
    program.immediates[eml_shape_code_rows(&program.shape) / 8 - 1] = EML_FE_ZERO;
    assert_int_equal(eml_program_check(&program, &err), EML_OK);
    eml_program_free(&program);

    options.form = EML_FORM_TRANSPARENT;
    assert_refused(eml_program_lay_out(&list, &options, &program, &err), &err, "salted, but its form is not hidden");
    eml_instructions_free(&list);
    static const char once[] = ".form 1\n.salt 5\nread\nwrite\n", twice[] = ".salt 5\n.salt 6\nread\nwrite\n";
    eml_assembly assembly;
    assert_refused(eml_asm_parse(once, strlen(once), &assembly, &err), &err, "1 times .salt");
    assert_refused(eml_asm_parse(twice, strlen(twice), &assembly, &err), &err, "two a sponge, and .form 1");
}

/* Printing a program and assembling the text gives the same program, to the byte. */
static void test_round_trip(void **state) {
    (void)state;
    for (size_t i = 0; i < 300; i++) {
        eml_instructions list = {0};
        random_list(&list);
        eml_program program, again;
        eml_error err;
        uint32_t S = (uint32_t[]){0, 1, 2, 4}[i % 4];
        eml_layout_options options = i % 3 == 0 ? hidden_options(S) : (eml_layout_options){.S = S};
        options.delta = test_random_fe();
        if (eml_program_lay_out(&list, &options, &program, &err) != EML_OK) { /* needs a tape, and not the secret one */
            assert_true(options.salted);
            options = (eml_layout_options){.S = S};
            assert_int_equal(eml_program_lay_out(&list, &options, &program, &err), EML_OK);
        }
        assert_int_equal(eml_program_check(&program, &err), EML_OK);
        eml_buf text = {0};
        eml_asm_print(&program, &text);
        eml_buf_put_u8(&text, '\0');
        assemble((const char *)text.data, &again);
        assert_true(eml_shape_eq(&program.shape, &again.shape));
        uint32_t rows = eml_shape_code_rows(&program.shape);
        assert_memory_equal(program.code, again.code, rows);
        for (uint32_t g = 0; g < rows / eml_shape_group(&program.shape); g++)
            assert_true(eml_fe_eq(program.immediates[g], again.immediates[g]));
        eml_buf_free(&text);
        eml_program_free(&program);
        eml_program_free(&again);
        eml_instructions_free(&list);
    }
}

static void test_assembly_forms(void **state) {
    (void)state;
    eml_assembly assembly;
    eml_error err;
    static const char text[] = "# comment\r\n\t.delta -1 # one below zero\r\n\r\n  push.-2# tight\r\nnoop";
    assert_int_equal(eml_asm_parse(text, strlen(text), &assembly, &err), EML_OK);
    assert_int_equal(assembly.list.count, 2);
    assert_int_equal(assembly.layout.S, 0);
    assert_true(eml_fe_eq(assembly.layout.delta, test_fe_from_i64(-1)));
    assert_true(eml_fe_eq(assembly.list.items[0].immediate, test_fe_from_i64(-2)));
    eml_instructions_free(&assembly.list);
    assert_int_equal(eml_asm_parse("", 0, &assembly, &err), EML_OK);
    assert_int_equal(assembly.list.count, 0);
}

/* Each header field, the ABI digest and each sponge digest changes the hash. */
static void test_hash(void **state) {
    (void)state;
    eml_shape shape = {.n = 64, .W = 11, .S = 2, .public_len = 1, .secret_len = 2, .output_len = 3, .delta = {7, 0}};
    eml_digest abi = {{1, 2, 3}};
    eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST] = {{{1, 0}, {2, 0}}, {{3, 0}, {4, 0}}};
    eml_program_hash base = eml_program_hash_of(&shape, 1, &abi, digests), again;
    char hex[EML_PROGRAM_HASH_HEX + 1];
    eml_program_hash_to_hex(&base, hex);
    assert_int_equal(strlen(hex), EML_PROGRAM_HASH_HEX);
    assert_true(eml_program_hash_from_hex(hex, strlen(hex), &again));
    assert_true(eml_program_hash_eq(&base, &again));
    assert_false(eml_program_hash_from_hex(hex, strlen(hex) - 1, &again));
    memset(hex, 'f', EML_PROGRAM_HASH_HEX); /* not below p */
    assert_false(eml_program_hash_from_hex(hex, strlen(hex), &again));
    eml_shape changed[7] = {shape, shape, shape, shape, shape, shape, shape};
    changed[0].n *= 2, changed[1].W++, changed[2].S = 1, changed[3].public_len++, changed[4].secret_len++;
    changed[5].output_len++, changed[6].delta.lo++;
    for (size_t i = 0; i < 7; i++) {
        again = eml_program_hash_of(&changed[i], 1, &abi, digests);
        assert_false(eml_program_hash_eq(&base, &again));
    }
    again = eml_program_hash_of(&shape, 2, &abi, digests);
    assert_false(eml_program_hash_eq(&base, &again));
    for (size_t i = 0; i < 2; i++) {
        eml_digest other = abi;
        other.bytes[31 * i] ^= 1;
        again = eml_program_hash_of(&shape, 1, &other, digests);
        assert_false(eml_program_hash_eq(&base, &again));
    }
    for (size_t i = 0; i < 4; i++) {
        digests[i / 2][i % 2].lo ^= 1;
        again = eml_program_hash_of(&shape, 1, &abi, digests);
        assert_false(eml_program_hash_eq(&base, &again));
        digests[i / 2][i % 2].lo ^= 1;
    }
}

/* Rows from kept states, all of them or the beginnings of many short chains, are the rows of the one long chain. */
static void test_sponge_rows_from_kept_states(void **state) {
    (void)state;
    for (uint32_t S = 1; S <= 4; S *= 2) {
        eml_instructions list = {0};
        eml_program program;
        for (uint64_t i = 0; i < 400; i++) {
            eml_instructions_append(&list, EML_OP_PUSH, eml_fe_from_u64(i * i + 1));
            eml_instructions_append(&list, EML_OP_WRITE, EML_FE_ZERO);
        }
        assert_int_equal(eml_program_lay_out(&list, &(eml_layout_options){.S = S}, &program, NULL), EML_OK);
        size_t n = program.shape.n, width = EML_RESCUE_WIDTH * S + 3;
        static const uint32_t intervals[] = {1, 16, 64};
        assert_true(n > 2 * 64);
        eml_fe *chain = eml_alloc(n * width, sizeof *chain), *rows = eml_alloc(n * width, sizeof *rows);
        eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
        eml_sponges_run(&program, chain, width);
        for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++) {
            memset(rows, 0, n * width * sizeof *rows);
            eml_sponges_first_run(&program, intervals[i], digests);
            eml_sponges_run(&program, rows, width);
            assert_memory_equal(rows, chain, n * width * sizeof *rows);
            for (uint32_t k = 0; k < S; k++)
                assert_memory_equal(digests[k], chain + eml_shape_digest_row(&program.shape, k) * width + 4 * k,
                                    sizeof *digests);
        }
        eml_free(chain);
        eml_free(rows);
        eml_program_free(&program);
        eml_instructions_free(&list);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sponge_rows_from_kept_states),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_shape_equality),
        cmocka_unit_test(test_bad_salts),
        cmocka_unit_test(test_program),
        cmocka_unit_test(test_discipline),
        cmocka_unit_test(test_ciphertexts),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_layout_limit),
        cmocka_unit_test(test_hidden_layout),
        cmocka_unit_test(test_salts),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_assembly_forms),
        cmocka_unit_test(test_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
