/* Places and the writer of files. What the command line makes of them: tests/e2e/test_files.py. */
#include "runtime/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/place.h"
#include "tests/support/cmocka.h"

static char folder[] = "/tmp/eml-file-XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) != NULL && chdir(folder) == 0 && mkdir("sub", 0755) == 0 && symlink("sub", "way") == 0 &&
                   symlink("new", "dangling") == 0
               ? 0
               : -1;
}

static int remove_folder(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void put(const char *path, const char *text) {
    eml_error err = {.text = ""};
    if (eml_file_write(path, text, strlen(text), EML_FILE_ORDINARY, &err) != EML_OK) fail_msg("%s", err.text);
}

static void assert_holds(const char *path, const char *text) {
    eml_buf bytes = {0};
    assert_int_equal(eml_file_read(path, 100, &bytes, NULL), EML_OK);
    assert_int_equal(bytes.len, strlen(text));
    assert_memory_equal(bytes.data, text, bytes.len);
    eml_buf_free(&bytes);
}

static bool same(const char *a, const char *b) {
    eml_place places[2];
    assert_int_equal(eml_place_find(a, &places[0], NULL), EML_OK);
    assert_int_equal(eml_place_find(b, &places[1], NULL), EML_OK);
    bool result = eml_place_same(&places[0], &places[1]);
    assert_int_equal(eml_place_same(&places[1], &places[0]), result);
    for (size_t i = 0; i < 2; i++) eml_place_close(&places[i]);
    return result;
}

static void places_of_one_file(void **state) {
    (void)state;
    put("here", "1");
    put("sub/here", "1");
    assert_int_equal(link("here", "hard"), 0);
    assert_true(same("here", "./sub/../here") && same("here", "hard") && same("sub/here", "way/here"));
    assert_true(same("none", "way/../none") && same("sub/none", "way/none") && same("new", "dangling"));
    assert_false(same("here", "sub/here") || same("none", "sub/none") || same("none", "nona") || same("here", "none"));
    assert_false(same("/dev/null", "/dev/null") || same(".", "."));
}

static void places_that_are_none(void **state) {
    (void)state;
    eml_place place;
    assert_int_equal(symlink("round", "round"), 0);
    for (const char **path = (const char *[]){"", "sub/", "nowhere/x", "here/x", "round", NULL}; *path != NULL;
         path++) {
        eml_error err = {.text = ""};
        assert_int_equal(eml_place_find(*path, &place, &err), EML_ERR_IO);
        assert_string_not_equal(err.text, "");
    }
}

static void several_or_none(void **state) {
    (void)state;
    put("a", "old a");
    put("b", "old b");
    eml_file_content files[] = {{.path = "a", .bytes = "new a", .count = 5, .access = EML_FILE_ORDINARY},
                                {.path = "nowhere/b", .bytes = "new b", .count = 5, .access = EML_FILE_ORDINARY}};
    assert_int_equal(eml_files_write(files, 2, NULL), EML_ERR_IO);
    assert_holds("a", "old a");
    files[1].path = "b";
    assert_int_equal(eml_files_write(files, 2, NULL), EML_OK);
    assert_holds("a", "new a");
    assert_holds("b", "new b");
}

static void secrets_stay(void **state) {
    (void)state;
    assert_int_equal(eml_file_write("key", EML_FILE_KEPT_MAGIC "1", 9, EML_FILE_NEW_SECRET, NULL), EML_OK);
    assert_int_equal(eml_file_write("key", EML_FILE_KEPT_MAGIC "2", 9, EML_FILE_NEW_SECRET, NULL), EML_ERR_INPUT);
    assert_int_equal(eml_file_write("key", "rows", 4, EML_FILE_SECRET, NULL), EML_ERR_INPUT);
    eml_file_content files[] = {{.path = "rows", .bytes = "rows", .count = 4, .access = EML_FILE_ORDINARY},
                                {.path = "key", .bytes = "proof", .count = 5, .access = EML_FILE_ORDINARY}};
    assert_int_equal(eml_files_write(files, 2, NULL), EML_ERR_INPUT);
    assert_int_equal(access("rows", F_OK), -1);
    assert_holds("key", EML_FILE_KEPT_MAGIC "1");
    put("short", "EMLSECK"); /* one byte less is no key */
    put("short", "new");
    assert_holds("short", "new");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(places_of_one_file), cmocka_unit_test(places_that_are_none),
                                       cmocka_unit_test(several_or_none), cmocka_unit_test(secrets_stay)};
    return cmocka_run_group_tests(tests, enter_folder, remove_folder);
}
