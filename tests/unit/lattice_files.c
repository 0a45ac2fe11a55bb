/* Key and ciphertext files: round trips, frozen bytes, and every way in which they can be broken. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/lattice_fixture.h"

#include "runtime/base/file.h"
#include "runtime/ciphertext/format.h"
#include "runtime/lattice/tag.h"

static key_pair keys;
static eml_ciphertext ciphertext;

static int set_up(void **unused) {
    (void)unused;
    make_keys(0, &keys);
    encrypt_numbers(&keys, 32, (const int64_t[]){1, -2, 3, -4, 5, -6}, 3, 2, 60, &ciphertext);
    ciphertext.tag = eml_lattice_tag(&keys.secret, &ciphertext);
    return 0;
}

static int tear_down(void **unused) {
    (void)unused;
    eml_ciphertext_free(&ciphertext);
    free_keys(&keys);
    return 0;
}

/* What the tests below need of a file type: its valid bytes and its reader. */
typedef struct file_type {
    void (*encode)(eml_buf *out);
    eml_status (*decode)(const uint8_t *bytes, size_t count, eml_error *err);
} file_type;

static void encode_public(eml_buf *out) { eml_public_key_encode(&keys.public, out); }
static void encode_secret(eml_buf *out) {
    assert_int_equal(eml_secret_key_encode(&keys.secret, NULL, out, NULL), EML_OK);
}
static void encode_ciphertext(eml_buf *out) { eml_ciphertext_encode(&ciphertext, out); }

static eml_status decode_public(const uint8_t *bytes, size_t count, eml_error *err) {
    eml_public_key key;
    eml_status status = eml_public_key_decode(bytes, count, &key, err);
    if (status == EML_OK) eml_public_key_free(&key);
    return status;
}
static eml_status decode_secret(const uint8_t *bytes, size_t count, eml_error *err) {
    eml_secret_key key;
    eml_status status = eml_secret_key_decode(bytes, count, NULL, &key, err);
    if (status == EML_OK) eml_secret_key_free(&key);
    return status;
}
static eml_status decode_ciphertext(const uint8_t *bytes, size_t count, eml_error *err) {
    eml_ciphertext read;
    eml_status status = eml_ciphertext_decode(bytes, count, &read, err);
    if (status == EML_OK) eml_ciphertext_free(&read);
    return status;
}

static eml_status inspect_public(const uint8_t *bytes, size_t count, eml_error *err) {
    eml_digest id;
    return eml_public_key_inspect(bytes, count, &id, err);
}
static eml_status inspect_secret(const uint8_t *bytes, size_t count, eml_error *err) {
    eml_secret_key_info info;
    return eml_secret_key_inspect(bytes, count, &info, err);
}

static const file_type public_file = {encode_public, decode_public}, secret_file = {encode_secret, decode_secret},
                       ciphertext_file = {encode_ciphertext, decode_ciphertext},
                       public_looked_at = {encode_public, inspect_public},
                       secret_looked_at = {encode_secret, inspect_secret};

/* Decodes an exactly sized heap copy, so that a sanitizer sees any read past the end. */
static void assert_decode(const file_type *type, const uint8_t *bytes, size_t count, eml_status expected,
                          const char *why) {
    uint8_t *copy = malloc(count ? count : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, count);
    eml_error err = {0};
    assert_int_equal(type->decode(copy, count, &err), expected);
    if (why && !strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    free(copy);
}

/* The file with `with` written at offset. */
static void assert_patched(const file_type *type, size_t offset, const void *with, size_t count, eml_status expected,
                           const char *why) {
    eml_buf file = {0};
    type->encode(&file);
    assert_true(offset + count <= file.len);
    memcpy(file.data + offset, with, count);
    assert_decode(type, file.data, file.len, expected, why);
    eml_buf_free(&file);
}

/* Every prefix of the first 400 bytes, then longer and longer ones, and one byte too many. */
static void assert_length_matters(const file_type *type) {
    eml_buf file = {0};
    type->encode(&file);
    assert_decode(type, file.data, file.len, EML_OK, NULL);
    for (size_t count = 0; count < file.len; count += count < 400 ? 1 : count / 3)
        assert_decode(type, file.data, count, EML_ERR_INPUT, "");
    assert_decode(type, file.data, file.len - 1, EML_ERR_INPUT, "");
    eml_buf_put_u8(&file, 0);
    assert_decode(type, file.data, file.len, EML_ERR_INPUT, NULL);
    eml_buf_free(&file);
}

static void test_lengths(void **unused) {
    (void)unused;
    assert_length_matters(&public_file);
    assert_length_matters(&secret_file);
    assert_length_matters(&ciphertext_file);
    assert_length_matters(&public_looked_at);
    assert_length_matters(&secret_looked_at);
}

/* Where a file ends is where its reader says that it does. */
typedef struct field {
    size_t end;
    const char *says;
} field;

static void assert_fields(const file_type *type, const field *fields, size_t count) {
    eml_buf file = {0};
    type->encode(&file);
    for (size_t i = 0, at = 0; i < count; i++)
        for (; at < fields[i].end; at++) assert_decode(type, file.data, at, EML_ERR_INPUT, fields[i].says);
    eml_buf_free(&file);
}

#define HEADER                                                                                                         \
    {8, "wrong magic"}, {12, "truncated at the format version"}, {16, "truncated at the ring degree"},                 \
        {20, "truncated at the rank"}, {                                                                               \
        36, "truncated at the modulus"                                                                                 \
    }

static void test_where_files_end(void **unused) {
    (void)unused;
    static const field public_fields[] = {HEADER, {36 + 32, "truncated at the seed"}, {36 + 32 + 40, "field elements"}};
    static const field secret_fields[] = {
        HEADER, {36 + 1 + 32, "truncated at the key id"}, {36 + 1 + 32 + 32, "truncated at the seed"}};
    static const field ciphertext_fields[] = {HEADER,
                                              {37, "truncated at the kind"},
                                              {38, "truncated at the scale"},
                                              {70, "truncated at the key id"},
                                              {102, "truncated at the program hash"},
                                              {134, "truncated at the sender's tag"},
                                              {142, "truncated at the number of rows"},
                                              {146, "truncated at the number of columns"},
                                              {300, "truncated at the columns"}};
    assert_fields(&public_file, public_fields, sizeof public_fields / sizeof *public_fields);
    assert_fields(&public_looked_at, public_fields, sizeof public_fields / sizeof *public_fields);
    assert_fields(&secret_file, secret_fields, sizeof secret_fields / sizeof *secret_fields);
    assert_fields(&secret_looked_at, secret_fields, sizeof secret_fields / sizeof *secret_fields);
    assert_fields(&ciphertext_file, ciphertext_fields, sizeof ciphertext_fields / sizeof *ciphertext_fields);
}

/* Magic, version and parameters are the same fields in all three. */
static void test_headers(void **unused) {
    (void)unused;
    const file_type *types[] = {&public_file, &secret_file, &ciphertext_file};
    const uint32_t version = 1, degree = 512, larger = 2048, rank = 3;
    for (size_t t = 0; t < 3; t++) {
        assert_patched(types[t], 0, "X", 1, EML_ERR_INPUT, "wrong magic");
        assert_patched(types[t], 8, &version, 4, EML_ERR_INPUT,
                       "format version 1; this program reads version 2 (draft): ");
        assert_patched(types[t], 12, &degree, 4, EML_ERR_INPUT, "ring degree is 512, only 1024");
        assert_patched(types[t], 12, &larger, 4, EML_ERR_INPUT, "ring degree is 2048, only 1024");
        assert_patched(types[t], 16, &rank, 4, EML_ERR_INPUT, "rank is 3, only 4");
        assert_patched(types[t], 20, "\3", 1, EML_ERR_INPUT, "modulus");
        assert_patched(types[t], 35, "\177", 1, EML_ERR_INPUT, "modulus");
    }
    eml_buf file = {0};
    encode_public(&file);
    assert_decode(&secret_file, file.data, file.len, EML_ERR_INPUT, "not a secret key file");
    eml_buf_free(&file);
}

static const uint8_t ones[16] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

static void test_elements_below_modulus(void **unused) {
    (void)unused;
    enum {
        T = EML_LATTICE_HEADER_BYTES + EML_LATTICE_SEED_BYTES,
        COLUMN = 1 + 4 + 32,
        CELLS = EML_LATTICE_HEADER_BYTES + 2 + 32 + 32 + 32 + 8 + 4 + 2 * COLUMN
    };
    uint8_t modulus[16];
    memcpy(modulus, &(uint64_t){EML_FE_P_LO}, 8);
    memcpy(modulus + 8, &(uint64_t){EML_FE_P_HI}, 8);
    assert_patched(&public_file, T, modulus, 16, EML_ERR_INPUT, "t[0]: element 0 is not below the modulus");
    assert_patched(&public_looked_at, T, modulus, 16, EML_ERR_INPUT, "element 0 is not below the modulus");
    assert_patched(&public_file, T + 16 * (3 * N + 7), ones, 16, EML_ERR_INPUT, "t[3]: element 7");
    assert_patched(&ciphertext_file, CELLS, modulus, 16, EML_ERR_INPUT,
                   "column \"x[0]\", mask0: element 0 is not below");
    assert_patched(&ciphertext_file, CELLS + 16 * (9 * N + 5), ones, 16, EML_ERR_INPUT,
                   "column \"x[1]\", body: element 5");
}

static void test_ciphertext_fields(void **unused) {
    (void)unused;
    enum {
        KIND = EML_LATTICE_HEADER_BYTES,
        SCALE,
        KEY,
        PROGRAM = KEY + 32,
        TAG = PROGRAM + 32,
        ROWS = TAG + 32,
        COLUMNS = ROWS + 8,
        NAME = COLUMNS + 4
    };
    const uint64_t none = 0, more = N + 1, many = (uint64_t)EML_LATTICE_ROWS_MAX + 1, huge = UINT64_MAX;
    const uint32_t three = 3, most = EML_LATTICE_COLUMNS_MAX, too_many = UINT32_MAX;
    assert_patched(&ciphertext_file, KIND, "\2", 1, EML_ERR_INPUT, "unknown kind 2");
    assert_patched(&ciphertext_file, KIND, "\1", 1, EML_ERR_INPUT, "encrypted outputs with a sender's tag");
    assert_patched(&ciphertext_file, TAG, "\1", 1, EML_OK, NULL);
    assert_patched(&ciphertext_file, SCALE, "\0", 1, EML_ERR_INPUT, "scale is 2^0");
    assert_patched(&ciphertext_file, SCALE, "\177", 1, EML_ERR_INPUT, "scale is 2^127");
    assert_patched(&ciphertext_file, PROGRAM, "\1", 1, EML_ERR_INPUT, "program hash of encrypted inputs");
    assert_patched(&ciphertext_file, ROWS, &none, 8, EML_ERR_INPUT, "0 rows");
    assert_patched(&ciphertext_file, ROWS, &more, 8, EML_ERR_INPUT, "truncated at the columns");
    assert_patched(&ciphertext_file, ROWS, &many, 8, EML_ERR_INPUT, "67108865 rows");
    assert_patched(&ciphertext_file, ROWS, &huge, 8, EML_ERR_INPUT, "rows");
    assert_patched(&ciphertext_file, COLUMNS, &none, 4, EML_ERR_INPUT, "0 columns");
    assert_patched(&ciphertext_file, COLUMNS, &three, 4, EML_ERR_INPUT, "truncated at the columns");
    assert_patched(&ciphertext_file, COLUMNS, &most, 4, EML_ERR_INPUT, "take more than");
    assert_patched(&ciphertext_file, COLUMNS, &too_many, 4, EML_ERR_INPUT, "4294967295 columns, not within 1 to");
    assert_patched(&ciphertext_file, NAME, "\0", 1, EML_ERR_INPUT, "a column name is empty");
    assert_patched(&ciphertext_file, NAME, "\377", 1, EML_ERR_INPUT, "column name");
    assert_patched(&ciphertext_file, NAME + 1, "\33", 1, EML_ERR_INPUT, "U+001B");
    assert_patched(&ciphertext_file, NAME + 1, "\177", 1, EML_ERR_INPUT, "U+007F");
    assert_patched(&ciphertext_file, NAME + 1, "\200", 1, EML_ERR_INPUT, "is not UTF-8 text");
    assert_patched(&ciphertext_file, NAME + 1, "y", 1, EML_OK, NULL);
}

static void test_secret_fields(void **unused) {
    (void)unused;
    enum { PROTECTION = EML_LATTICE_HEADER_BYTES, ID = PROTECTION + 1, SEED = ID + 32 };
    assert_patched(&secret_file, PROTECTION, "\1", 1, EML_ERR_INPUT, "truncated");
    assert_patched(&secret_file, PROTECTION, "\2", 1, EML_ERR_INPUT, "unknown protection 2");
    assert_patched(&secret_file, ID, "\0\0", 2, EML_ERR_NO, "does not give the key id");
    assert_patched(&secret_file, SEED, "\377", 1, EML_ERR_NO, "does not give the key id");
}

static void assert_same_secret(const eml_secret_key *a, const eml_secret_key *b) {
    assert_memory_equal(a->seed, b->seed, sizeof a->seed);
    assert_memory_equal(a->id.bytes, b->id.bytes, sizeof a->id.bytes);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < N; j++) assert_true(eml_fe_eq(a->s[i].at[j], b->s[i].at[j]));
}

static void test_passphrase(void **unused) {
    (void)unused;
    eml_buf file = {0};
    assert_int_equal(eml_secret_key_encode(&keys.secret, "correct horse", &file, NULL), EML_OK);
    for (size_t i = 0; i + sizeof keys.secret.seed <= file.len; i++)
        assert_memory_not_equal(file.data + i, keys.secret.seed, sizeof keys.secret.seed);
    eml_secret_key_info info;
    assert_int_equal(eml_secret_key_inspect(file.data, file.len, &info, NULL), EML_OK);
    assert_true(info.locked);
    assert_memory_equal(info.id.bytes, keys.public.id.bytes, sizeof info.id.bytes);
    assert_decode(&secret_file, file.data, file.len, EML_ERR_INPUT, "locked, and no passphrase given");
    assert_decode(&secret_file, file.data, file.len - 1, EML_ERR_INPUT, "truncated");

    eml_secret_key key;
    eml_error err = {0};
    assert_int_equal(eml_secret_key_decode(file.data, file.len, "correct house", &key, &err), EML_ERR_NO);
    assert_non_null(strstr(err.text, "wrong passphrase"));
    assert_int_equal(eml_secret_key_decode(file.data, file.len, "correct horse", &key, NULL), EML_OK);
    assert_same_secret(&key, &keys.secret);
    eml_secret_key_free(&key);
    eml_buf_free(&file);
}

static void write_file(const char *path, void (*encode)(eml_buf *out), eml_file_access access) {
    eml_buf file = {0};
    encode(&file);
    assert_int_equal(eml_file_write(path, file.data, file.len, access, NULL), EML_OK);
    eml_buf_free(&file);
}

static eml_buf read_file(const char *path) {
    eml_buf file = {0};
    assert_int_equal(eml_file_read(path, EML_LATTICE_FILE_BYTES_MAX, &file, NULL), EML_OK);
    return file;
}

static void test_on_disk(void **unused) {
    (void)unused;
    char directory[] = "/tmp/eml_lattice_XXXXXX", secret_path[64], public_path[64], ciphertext_path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(secret_path, sizeof secret_path, "%s/secret", directory);
    snprintf(public_path, sizeof public_path, "%s/public", directory);
    snprintf(ciphertext_path, sizeof ciphertext_path, "%s/data", directory);
    write_file(secret_path, encode_secret, EML_FILE_NEW_SECRET);
    write_file(public_path, encode_public, EML_FILE_ORDINARY);
    write_file(ciphertext_path, encode_ciphertext, EML_FILE_ORDINARY);
    struct stat info;
    assert_int_equal(stat(secret_path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);

    eml_secret_key secret;
    eml_public_key public;
    eml_ciphertext data;
    eml_secret_key_info secret_info;
    assert_int_equal(eml_secret_key_read(secret_path, NULL, &secret, NULL), EML_OK);
    assert_int_equal(eml_secret_key_read_info(secret_path, &secret_info, NULL), EML_OK);
    eml_buf public_bytes = read_file(public_path), data_bytes = read_file(ciphertext_path);
    assert_int_equal(eml_public_key_decode(public_bytes.data, public_bytes.len, &public, NULL), EML_OK);
    assert_int_equal(eml_ciphertext_decode(data_bytes.data, data_bytes.len, &data, NULL), EML_OK);
    eml_buf_free(&public_bytes);
    eml_buf_free(&data_bytes);
    assert_same_secret(&secret, &keys.secret);
    assert_false(secret_info.locked);
    assert_memory_equal(public.id.bytes, keys.public.id.bytes, sizeof public.id.bytes);
    assert_memory_equal(data.cells, ciphertext.cells, 2 * PARTS * N * sizeof(eml_fe));
    assert_int_equal(eml_ciphertext_match(&data, &ciphertext.label, NULL), EML_OK);

    /* a key read back encrypts for the key read back */
    const eml_fe cell = test_fe_from_i64(-9);
    eml_plaintext plaintext = {1, 1, test_columns(), &cell, 60};
    eml_ciphertext again;
    eml_decryption found;
    assert_int_equal(eml_lattice_encrypt(&public, &plaintext, &again, NULL), EML_OK);
    assert_int_equal(eml_lattice_decrypt(&secret, &again, NULL, &found, NULL), EML_OK);
    assert_true(eml_fe_eq(found.cells[0], cell));

    eml_error err = {0};
    assert_int_equal(eml_secret_key_read(public_path, NULL, &secret, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, public_path));
    unlink(public_path);
    assert_int_equal(eml_secret_key_read(public_path, NULL, &secret, &err), EML_ERR_IO);
    unlink(secret_path);
    unlink(ciphertext_path);
    rmdir(directory);
    eml_decryption_free(&found);
    eml_ciphertext_free(&again);
    eml_ciphertext_free(&data);
    eml_public_key_free(&public);
    eml_secret_key_free(&secret);
}

static void assert_mismatch(const eml_ciphertext_label *expected, const char *why) {
    eml_error err = {0};
    assert_int_equal(eml_ciphertext_match(&ciphertext, expected, &err), EML_ERR_NO);
    if (!strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
}

static void test_match(void **unused) {
    (void)unused;
    eml_ciphertext_column columns[3];
    memcpy(columns, test_columns(), sizeof columns);
    eml_ciphertext_label right = ciphertext.label, expected;
    right.columns = columns;
    assert_int_equal(eml_ciphertext_match(&ciphertext, &right, NULL), EML_OK);
    memset(&right.key, 0, sizeof right.key); /* any key */
    assert_int_equal(eml_ciphertext_match(&ciphertext, &right, NULL), EML_OK);

    expected = right;
    expected.kind = EML_CIPHERTEXT_OUTPUTS;
    assert_mismatch(&expected, "holds encrypted inputs, expected encrypted outputs");
    expected = right;
    expected.key.bytes[0] = 1;
    assert_mismatch(&expected, "encrypted under another key");
    expected = right;
    expected.program[31] = 1;
    assert_mismatch(&expected, "outputs of another program");
    expected = right;
    expected.delta_bits = 61;
    assert_mismatch(&expected, "scale 2^60, expected 2^61");
    expected = right;
    expected.column_count = 3;
    assert_mismatch(&expected, "holds 2 columns, expected 3");
    columns[1].encoding.bytes[0] ^= 1;
    assert_mismatch(&right, "column \"x[1]\" is encoded with another scale or range");
    columns[0].name = columns[1].name;
    assert_mismatch(&right, "column 1 is \"x[0]\", expected \"x[1]\"");
}

static void assert_tag(const eml_secret_key *key, const char *why) {
    eml_error err = {0};
    assert_int_equal(eml_lattice_check_tag(key, &ciphertext, &err), why ? EML_ERR_NO : EML_OK);
    assert_int_equal(err.code, why ? EML_CODE_SENDER : EML_CODE_NONE);
    if (why && !strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
}

/* What the tag covers: every field of the label, the rows and every coefficient; and whose it is. */
static void test_tag(void **unused) {
    (void)unused;
    static const char others[] = "tag is not this key's";
    eml_ciphertext_label *label = &ciphertext.label;
    uint8_t *bytes[] = {ciphertext.tag.bytes,
                        ciphertext.tag.bytes + 31,
                        label->key.bytes,
                        label->columns[0].encoding.bytes,
                        label->columns[1].encoding.bytes + 31,
                        (uint8_t *)label->columns[1].name,
                        (uint8_t *)ciphertext.cells,
                        (uint8_t *)(ciphertext.cells + 2 * PARTS * N - 1)};
    assert_tag(&keys.secret, NULL);
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        *bytes[i] ^= 1;
        assert_tag(&keys.secret, others);
        *bytes[i] ^= 1;
    }
    label->delta_bits++;
    assert_tag(&keys.secret, others);
    label->delta_bits--;
    ciphertext.rows--;
    assert_tag(&keys.secret, others);
    ciphertext.rows++;
    key_pair other;
    make_keys(1, &other);
    assert_tag(&other.secret, others);
    free_keys(&other);
    eml_digest tag = ciphertext.tag;
    ciphertext.tag = (eml_digest){{0}};
    assert_tag(&keys.secret, "no sender's tag");
    ciphertext.tag = tag;
    assert_tag(&keys.secret, NULL);
}

static void test_public_half(void **unused) {
    (void)unused;
    eml_public_key again;
    eml_lattice_public_of(&keys.secret, &again);
    assert_memory_equal(again.id.bytes, keys.public.id.bytes, sizeof again.id.bytes);
    assert_memory_equal(again.t, keys.public.t, K * sizeof *again.t);
    assert_memory_equal(again.a, keys.public.a, K * K * sizeof *again.a);
    eml_public_key_free(&again);
}

static void assert_hash(const eml_buf *file, const char *expected) {
    eml_digest digest = eml_blake3_hash(file->data, file->len);
    char hex[2 * EML_DIGEST_BYTES + 1];
    eml_hex_encode(digest.bytes, sizeof digest.bytes, hex);
    assert_string_equal(hex, expected);
}

/* The bytes for fixed seeds: a change of sampling, transform order or layout shows here. tests/lattice/reference.py
 * computes the same digests from docs/encryption.md. */
static void test_frozen(void **unused) {
    (void)unused;
    static const struct {
        void (*encode)(eml_buf *out);
        const char *hash;
    } frozen[] = {
#define FROZEN(file, hash) {encode_##file, hash},
#include "tests/lattice/frozen.def"
#undef FROZEN
    };
    for (size_t i = 0; i < sizeof frozen / sizeof *frozen; i++) {
        eml_buf file = {0};
        frozen[i].encode(&file);
        assert_hash(&file, frozen[i].hash);
        eml_buf_free(&file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_where_files_end),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_elements_below_modulus),
        cmocka_unit_test(test_ciphertext_fields),
        cmocka_unit_test(test_secret_fields),
        cmocka_unit_test(test_passphrase),
        cmocka_unit_test(test_on_disk),
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_tag),
        cmocka_unit_test(test_public_half),
        cmocka_unit_test(test_frozen),
    };
    return cmocka_run_group_tests_name("lattice files", tests, set_up, tear_down);
}
