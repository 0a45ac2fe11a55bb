/* Bundles and proof files: what is written reads back; whatever else is read is refused or is itself canonical; old
 * files still load; the example in docs/formats.md is what the code writes. */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "runtime/base/file.h"
#include "runtime/bundle/header.h"
#include "runtime/text/json.h"
#include "tests/support/bundle_samples.h"

typedef enum file_kind { FILE_BUNDLE, FILE_PROOF, FILE_ABI, FILE_KINDS } file_kind;

static void encode_sample(test_sample sample, file_kind kind, eml_buf *out) {
    eml_bundle bundle;
    eml_proof_file proof;
    test_sample_bundle(sample, &bundle);
    test_sample_proof(sample, &proof);
    if (kind == FILE_BUNDLE) eml_bundle_encode(&bundle, out);
    if (kind == FILE_PROOF) eml_proof_file_encode(&proof, out);
    if (kind == FILE_ABI) eml_abi_encode(&bundle.abi, out);
    eml_bundle_free(&bundle);
    eml_proof_file_free(&proof);
}

/* Decodes; when that works, *again is what the result encodes to. */
static eml_status recode(file_kind kind, const uint8_t *bytes, size_t count, eml_buf *again, eml_error *err) {
    eml_bundle bundle;
    eml_proof_file proof;
    eml_abi abi;
    eml_status status = kind == FILE_BUNDLE  ? eml_bundle_decode(bytes, count, &bundle, err)
                        : kind == FILE_PROOF ? eml_proof_file_decode(bytes, count, &proof, err)
                                             : eml_abi_decode(bytes, count, &abi, err);
    if (status != EML_OK) return status;
    again->len = 0;
    if (kind == FILE_BUNDLE) eml_bundle_encode(&bundle, again), eml_bundle_free(&bundle);
    if (kind == FILE_PROOF) eml_proof_file_encode(&proof, again), eml_proof_file_free(&proof);
    if (kind == FILE_ABI) eml_abi_encode(&abi, again), eml_abi_free(&abi);
    return status;
}

typedef void (*visit_fn)(test_sample sample, file_kind kind, eml_buf *bytes);

static void for_each_file(visit_fn visit) {
    for (test_sample sample = 0; sample < TEST_SAMPLES; sample++) {
        for (file_kind kind = 0; kind < FILE_KINDS; kind++) {
            eml_buf bytes = {0};
            encode_sample(sample, kind, &bytes);
            visit(sample, kind, &bytes);
            eml_buf_free(&bytes);
        }
    }
}

static void round_trip(test_sample sample, file_kind kind, eml_buf *bytes) {
    eml_buf again = {0};
    eml_error err;
    if (recode(kind, bytes->data, bytes->len, &again, &err) != EML_OK)
        fail_msg("%s: %s", test_sample_names[sample], err.text);
    assert_int_equal(again.len, bytes->len);
    assert_memory_equal(again.data, bytes->data, bytes->len);
    eml_buf_free(&again);
}

static void truncate(test_sample sample, file_kind kind, eml_buf *bytes) {
    eml_buf again = {0};
    (void)sample;
    for (size_t length = 0; length < bytes->len; length++) {
        uint8_t *exact = malloc(length ? length : 1); /* so that a sanitizer sees a read past the end */
        memcpy(exact, bytes->data, length);
        assert_int_equal(recode(kind, exact, length, &again, NULL), EML_ERR_INPUT);
        free(exact);
    }
    eml_buf_put_u8(bytes, 0);
    assert_int_equal(recode(kind, bytes->data, bytes->len, &again, NULL), EML_ERR_INPUT);
    eml_buf_free(&again);
}

/* Every byte takes all 255 other values; in bundles, whose decoding hashes the code, each bit is flipped. A bundle
 * names its own hash, so there only the report and the AIR digest, which the hash does not cover, can change unseen. */
static void mutate(test_sample sample, file_kind kind, eml_buf *bytes) {
    eml_buf again = {0};
    size_t accepted = 0;
    for (size_t at = 0; at < bytes->len; at++) {
        for (unsigned change = 1; change < 256; change = kind == FILE_BUNDLE ? 2 * change : change + 1) {
            eml_error err = {0};
            bytes->data[at] ^= (uint8_t)change;
            if (recode(kind, bytes->data, bytes->len, &again, &err) == EML_OK) {
                accepted++;
                if (again.len != bytes->len || memcmp(again.data, bytes->data, again.len) != 0)
                    fail_msg("%s, file kind %d: byte %zu ^ %02x reads as another file", test_sample_names[sample],
                             (int)kind, at, change);
            } else {
                assert_true(err.text[0] != '\0');
            }
            bytes->data[at] ^= (uint8_t)change;
        }
    }
    if (kind == FILE_BUNDLE) assert_true(accepted <= 8 * (sizeof(eml_digest) + sizeof "{\"bits\": 12}"));
    eml_buf_free(&again);
}

static void files_round_trip(void **state) {
    (void)state;
    for_each_file(round_trip);
}

static void truncated_files_are_refused(void **state) {
    (void)state;
    for_each_file(truncate);
}

static void changed_bytes_are_refused_or_canonical(void **state) {
    (void)state;
    for_each_file(mutate);
}

/* Every head in the file is replaced by one that declares up to 2^64 - 1 items or bytes, with 64 MiB of address space
 * to spare. */
static void huge_sizes(test_sample sample, file_kind kind, eml_buf *bytes) {
    static const uint8_t majors[] = {0x40, 0x60, 0x80, 0xa0};
    static const uint64_t sizes[] = {UINT64_MAX, UINT64_C(1) << 62, UINT64_C(1) << 40, UINT32_MAX, 1 << 30, 1 << 22,
                                     1 << 20};
    eml_buf again = {0}, changed = {0};
    (void)sample;
    for (size_t at = 0; at < bytes->len; at++) {
        for (size_t i = 0; i < 4 * 7; i++) {
            if ((bytes->data[at] & 0xe0) != majors[i % 4]) continue;
            changed.len = 0;
            eml_buf_put(&changed, bytes->data, at);
            eml_buf_put_u8(&changed, majors[i % 4] | 27);
            for (int shift = 56; shift >= 0; shift -= 8) eml_buf_put_u8(&changed, (uint8_t)(sizes[i / 4] >> shift));
            eml_buf_put(&changed, bytes->data + at + 1, bytes->len - at - 1);
            if (recode(kind, changed.data, changed.len, &again, NULL) == EML_OK) /* inside the stark or report bytes */
                assert_int_equal(again.len, changed.len);
        }
    }
    eml_buf_free(&again);
    eml_buf_free(&changed);
}

#if !defined(__SANITIZE_ADDRESS__)
static size_t address_space(void) {
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%lu", &pages), 1);
    fclose(statm);
    return pages * 4096;
}
#endif

static void declared_sizes_allocate_nothing(void **state) {
    (void)state;
#if !defined(__SANITIZE_ADDRESS__)
    struct rlimit before, limited;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    limited = before;
    limited.rlim_cur = address_space() + (64u << 20); /* over it, eml_alloc ends the process with status 3 */
    assert_int_equal(setrlimit(RLIMIT_AS, &limited), 0);
#endif
    for_each_file(huge_sizes);
#if !defined(__SANITIZE_ADDRESS__)
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
#endif
}

static void change_and_expect(test_sample sample, void (*change)(eml_bundle *bundle), const char *why) {
    eml_bundle bundle, decoded;
    eml_buf bytes = {0};
    eml_error err = {0};
    test_sample_bundle(sample, &bundle);
    change(&bundle);
    eml_bundle_encode(&bundle, &bytes);
    assert_int_equal(eml_bundle_decode(bytes.data, bytes.len, &decoded, &err), EML_ERR_INPUT);
    if (!strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    eml_buf_free(&bytes);
    eml_bundle_free(&bundle);
}

static void another_immediate(eml_bundle *bundle) { bundle->program.immediates[0] = eml_fe_from_u64(4); }
static void another_digest(eml_bundle *bundle) { bundle->digests[0][1] = EML_FE_ONE; }
static void another_hash(eml_bundle *bundle) { bundle->hash.digest[0] = EML_FE_ONE; }
static void another_range(eml_bundle *bundle) { mpq_set_si(bundle->abi.inputs[0].hi, 100, 1); }
static void another_tape(eml_bundle *bundle) { bundle->abi.public_len = 2; }
static void illegal_code(eml_bundle *bundle) { bundle->program.code[1] = 31; }
static void bad_report(eml_bundle *bundle) { bundle->report[0] = '['; }
static void escape_in_report(eml_bundle *bundle) { bundle->report[2] = 27; }

static void c1_in_report(eml_bundle *bundle) { memcpy(bundle->report, "[\"\xc2\x9b\"]", 7); }
static void long_report(eml_bundle *bundle) { /* [0,0,...]: more values than any JSON that is read has */
    size_t length = 2 * (size_t)EML_JSON_ITEMS_MAX + 3;
    eml_free(bundle->report);
    bundle->report = eml_alloc(length + 1, 1);
    for (size_t i = 0; i < length; i++) bundle->report[i] = i % 2 ? '0' : ',';
    bundle->report[0] = '[';
    bundle->report[length - 1] = ']';
}

/* The file of the sample with one run of bytes replaced. */
static void edit_and_expect(file_kind kind, const char *old, size_t old_length, const char *new, size_t new_length,
                            const char *why) {
    eml_buf bytes = {0}, changed = {0}, again = {0};
    eml_error err = {0};
    encode_sample(TEST_SAMPLE_PLAIN, kind, &bytes);
    const uint8_t *at = memmem(bytes.data, bytes.len, old, old_length);
    if (at == NULL) fail_msg("nothing to edit: %s", why);
    size_t before = (size_t)(at - bytes.data);
    eml_buf_put(&changed, bytes.data, before);
    eml_buf_put(&changed, new, new_length);
    eml_buf_put(&changed, at + old_length, bytes.len - before - old_length);
    assert_int_equal(recode(kind, changed.data, changed.len, &again, &err), EML_ERR_INPUT);
    if (!strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    eml_buf_free(&bytes);
    eml_buf_free(&changed);
}

#define EDIT_AND_EXPECT(kind, old, new, why) edit_and_expect(kind, old, sizeof old - 1, new, sizeof new - 1, why)

static void wrong_lengths(void **state) {
    (void)state;
    EDIT_AND_EXPECT(FILE_BUNDLE, "dcodeX\x30\x10", "dcodeX\x2f", "the code has 47 opcodes, the header says 48");
    EDIT_AND_EXPECT(FILE_PROOF, "aS\x01", "aS\x03", "a program has 1, 2 or 4 sponges, not 3");
    EDIT_AND_EXPECT(FILE_PROOF, "drows\x03", "drows\x00", "rows: at least one row was expected");
    EDIT_AND_EXPECT(FILE_PROOF, "fblocksX\x40\xb1", "fblocksX\x3f", "two digests were expected for each block");
    EDIT_AND_EXPECT(FILE_PROOF, "ghash_id\x00", "ghash_id\x01", "hash");
}

/* Only the header's own check stands between a proof file and these. */
static void headers_of_proofs(void **state) {
    (void)state;
    eml_proof_file proof, decoded;
    eml_buf bytes = {0};
    eml_error err = {0};
    test_sample_proof(TEST_SAMPLE_PLAIN, &proof);
    mpq_set_si(proof.abi.inputs[0].unit, 0, 1);
    eml_proof_file_encode(&proof, &bytes);
    assert_int_equal(eml_proof_file_decode(bytes.data, bytes.len, &decoded, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "abi: age.unit is not positive"));
    eml_proof_file_free(&proof);

    test_sample_proof(TEST_SAMPLE_COMMITTED, &proof);
    proof.rows = 2;
    bytes.len = 0;
    eml_proof_file_encode(&proof, &bytes);
    assert_int_equal(eml_proof_file_decode(bytes.data, bytes.len, &decoded, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "2 rows of a program with committed inputs, which takes one"));
    eml_buf_free(&bytes);
    eml_proof_file_free(&proof);
}

static void elements_below_p(void **state) {
    (void)state;
    uint8_t bytes[17];
    eml_fe element;
    eml_error err = {0};
    eml_cbor_reader reader;
    memset(bytes, 0xff, sizeof bytes);
    bytes[0] = 0x50;
    eml_cbor_open(&reader, bytes, sizeof bytes, &err);
    eml_header_elements(&reader, &element, 1);
    assert_int_equal(eml_cbor_close(&reader), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "a field element is not below p"));
}

static void sections_must_agree(void **state) {
    (void)state;
    change_and_expect(TEST_SAMPLE_PLAIN, another_immediate, "sponge digest 0");
    change_and_expect(TEST_SAMPLE_PLAIN, another_digest, "sponge digest 0");
    change_and_expect(TEST_SAMPLE_PLAIN, another_hash, "program hash");
    change_and_expect(TEST_SAMPLE_PLAIN, another_range, "program hash");
    change_and_expect(TEST_SAMPLE_PLAIN, another_tape, "public tape has 3 entries, its ABI says 2");
    change_and_expect(TEST_SAMPLE_PLAIN, illegal_code, "");
    change_and_expect(TEST_SAMPLE_PLAIN, bad_report, "report: not JSON");
    change_and_expect(TEST_SAMPLE_PLAIN, escape_in_report, "report: not JSON");
    change_and_expect(TEST_SAMPLE_PLAIN, c1_in_report, "report: not JSON");
    change_and_expect(TEST_SAMPLE_PLAIN, long_report, "report: not JSON");
}

/* With as many blocks as the rows have. */
static void raw_tapes_are_one_run(void **state) {
    (void)state;
    static const uint64_t rows[] = {2, EML_BLOCK_ROWS, EML_BLOCK_ROWS + 1};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        eml_proof_file proof, decoded;
        eml_block_digests blocks[2] = {0};
        eml_buf bytes = {0};
        eml_error err = {0};
        test_sample_proof(TEST_SAMPLE_RAW, &proof);
        eml_block_digests *own = proof.blocks;
        proof.rows = rows[i];
        proof.blocks = blocks;
        eml_proof_file_encode(&proof, &bytes);
        assert_int_equal(eml_proof_file_decode(bytes.data, bytes.len, &decoded, &err), EML_ERR_INPUT);
        assert_non_null(strstr(err.text, "which has one run"));
        proof.blocks = own;
        eml_proof_file_free(&proof);
        eml_buf_free(&bytes);
    }
}

static void tells_files_apart(void **state) {
    (void)state;
    eml_buf bundle = {0}, proof = {0}, again = {0};
    eml_error err;
    encode_sample(TEST_SAMPLE_PLAIN, FILE_BUNDLE, &bundle);
    encode_sample(TEST_SAMPLE_PLAIN, FILE_PROOF, &proof);
    assert_int_equal(recode(FILE_BUNDLE, proof.data, proof.len, &again, &err), EML_ERR_INPUT);
    assert_string_equal(err.text, "byte 0: this is not an \"eml bundle\" file");
    assert_int_equal(recode(FILE_PROOF, bundle.data, bundle.len, &again, &err), EML_ERR_INPUT);
    eml_buf_free(&bundle);
    eml_buf_free(&proof);
}

/* Files that earlier builds wrote: tests/fixtures. Cut again by tests/fixtures/make.sh while the version is a draft. */

static void check_fixture(test_sample sample, file_kind kind, const char *name) {
    char path[1024];
    eml_buf fixture = {0}, now = {0};
    eml_error err;
    snprintf(path, sizeof path, EML_FIXTURE_DIR "/v2/samples/%s", name);
    if (eml_file_read(path, 1 << 20, &fixture, &err) != EML_OK) fail_msg("%s", err.text);
    round_trip(sample, kind, &fixture);
    encode_sample(sample, kind, &now);
    assert_int_equal(fixture.len, now.len);
    assert_memory_equal(fixture.data, now.data, now.len);
    eml_buf_free(&fixture);
    eml_buf_free(&now);
}

static void old_files_load(void **state) {
    (void)state;
    check_fixture(TEST_SAMPLE_PLAIN, FILE_BUNDLE, "plain.emb");
    check_fixture(TEST_SAMPLE_ENCRYPTED, FILE_BUNDLE, "encrypted.emb");
    check_fixture(TEST_SAMPLE_RAW, FILE_BUNDLE, "raw.emb");
    check_fixture(TEST_SAMPLE_SEVERAL, FILE_PROOF, "several.proof");
}

static void refused_by_version(file_kind kind, const char *name, const char *why) {
    char path[1024];
    eml_buf fixture = {0}, again = {0};
    eml_error err;
    snprintf(path, sizeof path, EML_FIXTURE_DIR "/v1/%s", name);
    if (eml_file_read(path, 1 << 20, &fixture, &err) != EML_OK) fail_msg("%s", err.text);
    assert_int_equal(recode(kind, fixture.data, fixture.len, &again, &err), EML_ERR_INPUT);
    assert_string_equal(err.text, why);
    eml_buf_free(&fixture);
}

static void files_of_version_1_are_refused(void **state) {
    (void)state;
    refused_by_version(FILE_BUNDLE, "model.emb",
                       "byte 12: format version 1; this program reads version 2 (draft): compile the model again");
    refused_by_version(
        FILE_PROOF, "out.proof",
        "byte 11: format version 1; this program reads version 2 (draft): compile the model and prove again");
}

/* The hexadecimal at the beginning of each line between "```hex NAME" and "```" in docs/formats.md. */
static void read_example(const char *name, eml_buf *out) {
    eml_buf text = {0};
    eml_error err;
    char opening[64];
    if (eml_file_read(EML_DOCS_DIR "/formats.md", 1 << 20, &text, &err) != EML_OK) fail_msg("%s", err.text);
    eml_buf_put_u8(&text, 0);
    snprintf(opening, sizeof opening, "```hex %s\n", name);
    const char *line = strstr((char *)text.data, opening);
    if (!line) fail_msg("docs/formats.md has no example \"%s\"", name);
    for (line = strchr(line, '\n') + 1; strncmp(line, "```", 3) != 0; line = strchr(line, '\n') + 1) {
        size_t length = strspn(line, "0123456789abcdef");
        for (size_t i = 0; i < length; i += 2) {
            uint8_t byte;
            assert_true(eml_hex_decode(line + i, 2, &byte, 1));
            eml_buf_put_u8(out, byte);
        }
    }
    eml_buf_free(&text);
}

static void documented_examples_are_true(void **state) {
    (void)state;
    eml_buf example = {0}, now = {0};
    read_example("bundle", &example);
    encode_sample(TEST_SAMPLE_PLAIN, FILE_BUNDLE, &now);
    assert_int_equal(example.len, now.len);
    assert_memory_equal(example.data, now.data, now.len);
    example.len = now.len = 0;
    read_example("proof", &example);
    encode_sample(TEST_SAMPLE_RAW, FILE_PROOF, &now);
    assert_int_equal(example.len, now.len);
    assert_memory_equal(example.data, now.data, now.len);
    eml_buf_free(&example);
    eml_buf_free(&now);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_round_trip),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(changed_bytes_are_refused_or_canonical),
        cmocka_unit_test(declared_sizes_allocate_nothing),
        cmocka_unit_test(sections_must_agree),
        cmocka_unit_test(wrong_lengths),
        cmocka_unit_test(headers_of_proofs),
        cmocka_unit_test(elements_below_p),
        cmocka_unit_test(raw_tapes_are_one_run),
        cmocka_unit_test(tells_files_apart),
        cmocka_unit_test(old_files_load),
        cmocka_unit_test(files_of_version_1_are_refused),
        cmocka_unit_test(documented_examples_are_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
