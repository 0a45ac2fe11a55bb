/* Runs a fuzz target over files and folders of files: the normal test run's share of fuzzing. Prints TAP; a target
 * reports failure by aborting, as under libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/file.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 16 << 20 };

static int replay(const char *path, int number) {
    eml_buf bytes = {0};
    eml_error err;
    if (eml_file_read(path, INPUT_MAX, &bytes, &err) != EML_OK) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    LLVMFuzzerTestOneInput(bytes.data, bytes.len);
    eml_buf_free(&bytes);
    printf("ok %d - %s\n", number, path);
    fflush(stdout);
    return number;
}

int main(int argc, char **argv) {
    int count = 0;
    for (int i = 1; i < argc; i++) {
        struct dirent **entries;
        int entry_count = scandir(argv[i], &entries, NULL, alphasort);
        for (int j = 0; j < entry_count; j++) {
            char path[4096];
            if (entries[j]->d_name[0] != '.') {
                snprintf(path, sizeof path, "%s/%s", argv[i], entries[j]->d_name);
                count = replay(path, count + 1);
            }
            free(entries[j]);
        }
        if (entry_count >= 0) free(entries);
    }
    printf("1..%d\n", count);
    return count == 0; /* an empty corpus tests nothing */
}
