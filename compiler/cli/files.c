/* Which files a command line reads and writes, and that none of them is lost. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/cli/cli.h"
#include "runtime/base/memory.h"
#include "runtime/base/place.h"

/* A file as the command line names it. */
typedef struct named_file {
    const char *label, *path; /* "--output", "k"; "standard output" has no path */
    bool written, placed;
    eml_place place; /* when placed */
} named_file;

typedef struct file_list {
    named_file *files; /* owned */
    size_t count;
} file_list;

static void add(file_list *list, const char *label, const char *path, bool written) {
    named_file *file = &list->files[list->count++];
    *file = (named_file){.label = label, .path = path, .written = written, .placed = true};
    if (path == NULL || strcmp(path, "-") == 0)
        file->place = eml_place_of_descriptor(written ? STDOUT_FILENO : STDIN_FILENO);
    else
        file->placed = eml_place_find(path, &file->place, NULL) == EML_OK; /* who opens it says why not */
}

static bool writes(const eml_cli_args *args, size_t option) {
    return (eml_cli_options[option].files >> (args->command - eml_cli_commands) & 1u) != 0;
}

/* --emit KIND[=PATH] */
static const char *path_of(size_t option, const char *value) {
    if (option != EML_CLI_EMIT) return value;
    const char *equals = strchr(value, '=');
    return equals == NULL ? NULL : equals + 1;
}

static void add_options(file_list *list, const eml_cli_args *args) {
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++) {
        if ((eml_cli_options[i].files & EML_CLI_NAMES_FILE) == 0) continue;
        for (size_t j = 0; j < args->counts[i]; j++)
            add(list, eml_cli_options[i].name, path_of(i, args->values[i][j]), writes(args, i));
    }
}

/* Where the outputs go when no option says so. */
static void add_default_output(file_list *list, const eml_cli_args *args, const char *path) {
    if (path != NULL)
        add(list, "output", path, true);
    else if (writes(args, EML_CLI_OUTPUT) && !eml_cli_has(args, EML_CLI_OUTPUT))
        add(list, NULL, NULL, true);
}

static void put_name(const named_file *file, const char *operands, eml_buf *out) {
    if (file->label == NULL || file->path == NULL)
        eml_buf_put_text(out, "standard output");
    else
        eml_buf_printf(out, "%s%s %s", file->label == operands ? "" : "--", file->label, file->path);
}

static eml_status refuse(const eml_cli_args *args, const named_file *output, const named_file *other, eml_error *err) {
    eml_buf text = {0};
    put_name(output, args->command->operands, &text);
    eml_buf_put_text(&text, " and ");
    put_name(other, args->command->operands, &text);
    eml_status status = eml_fail(err, EML_ERR_INPUT,
                                 "%.*s are the same file: what is written would destroy it; give it a name of its own",
                                 (int)text.len, (const char *)text.data);
    eml_buf_free(&text);
    return status;
}

static eml_status check(const file_list *list, const eml_cli_args *args, eml_error *err) {
    for (size_t i = 0; i < list->count; i++) {
        for (size_t j = 0; j < list->count; j++) {
            const named_file *output = &list->files[i], *other = &list->files[j];
            if (!output->written || i == j || !output->placed || !other->placed) continue;
            bool both_streams = output->place.folder < 0 && other->place.folder < 0 && other->written;
            if (!both_streams && eml_place_same(&output->place, &other->place)) return refuse(args, output, other, err);
        }
    }
    return EML_OK;
}

eml_status eml_cli_check_files(const eml_cli_args *args, eml_error *err) {
    size_t most = args->operand_count + 2;
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++) most += args->counts[i];
    file_list list = {.files = eml_alloc(most, sizeof *list.files)};
    char *output = eml_cli_default_output(args);
    add_options(&list, args);
    add_default_output(&list, args, output);
    /* Whether a model hides something is not known yet. */
    const char *bundle = output != NULL ? output : eml_cli_value(args, EML_CLI_OUTPUT);
    bool compiles =
        args->command == &eml_cli_commands[EML_CLI_COMMAND_compile] && bundle != NULL && strcmp(bundle, "-") != 0;
    char *beside = compiles ? eml_cli_public_path(bundle) : NULL;
    if (beside != NULL) add(&list, "output (the public bundle)", beside, true);
    for (size_t i = 0; i < args->operand_count; i++) add(&list, args->command->operands, args->operands[i], false);
    eml_status status = check(&list, args, err);
    for (size_t i = 0; i < list.count; i++)
        if (list.files[i].placed) eml_place_close(&list.files[i].place);
    eml_free(list.files);
    eml_free(output);
    eml_free(beside);
    return status;
}

static char *replace_ending(const char *path, const char *ending) {
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    size_t stem = strlen(path), length = strlen(ending);
    if (dot != NULL && dot != path && (slash == NULL || dot > slash + 1)) stem = (size_t)(dot - path);
    char *result = eml_alloc(stem + length + 1, 1);
    memcpy(result, path, stem);
    memcpy(result + stem, ending, length);
    return result;
}

char *eml_cli_public_path(const char *bundle_path) { return replace_ending(bundle_path, ".public.emb"); }

char *eml_cli_default_output(const eml_cli_args *args) {
    bool makes_bundle =
        args->command == &eml_cli_commands[EML_CLI_COMMAND_asm] ||
        (args->command == &eml_cli_commands[EML_CLI_COMMAND_compile] && !eml_cli_has(args, EML_CLI_EMIT));
    if (!makes_bundle || eml_cli_has(args, EML_CLI_OUTPUT) || strcmp(args->operands[0], "-") == 0) return NULL;
    return replace_ending(args->operands[0], ".emb");
}
