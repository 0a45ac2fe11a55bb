/* eml compile: the bundle, and artifacts of every stage on request. */
#include <stdio.h>
#include <string.h>

#include "compiler/cli/cli.h"
#include "runtime/base/file.h"
#include "runtime/base/memory.h"
#include "runtime/text/text.h"

/* One --emit KIND[=PATH]; path NULL: standard output. */
typedef struct emission {
    eml_emit kind;
    const char *path;
} emission;

static eml_status parse_emission(const char *text, emission *out, eml_error *err) {
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? strlen(text) : (size_t)(equals - text);
    out->path = equals == NULL ? NULL : equals + 1;
    if (equals != NULL && equals[1] == '\0') return eml_fail(err, EML_ERR_INPUT, "--emit %s: the path is empty", text);
    if (eml_emit_by_name(text, length, &out->kind)) return EML_OK;
    const char *names[EML_EMIT_COUNT];
    for (size_t i = 0; i < EML_EMIT_COUNT; i++) names[i] = eml_emit_name((eml_emit)i);
    char name[32] = {0};
    memcpy(name, text, length < sizeof name ? length : sizeof name - 1);
    const char *nearest = eml_diag_nearest(name, names, EML_EMIT_COUNT);
    if (nearest != NULL)
        return eml_fail(err, EML_ERR_INPUT, "--emit does not know %s; did you mean %s?", name, nearest);
    return eml_fail(err, EML_ERR_INPUT, "--emit does not know %s; eml compile --help lists the kinds", name);
}

/* The command line, understood. */
typedef struct compile_job {
    eml_compile_options options;
    emission *emissions; /* owned */
    size_t count;
    char *bundle_path; /* owned; NULL: no bundle is asked for */
    bool stdout_taken; /* an artifact goes to standard output */
    eml_cli_salt salt;
} compile_job;

static eml_status read_job(const eml_cli_args *args, compile_job *job, eml_error *err) {
    EML_TRY(eml_cli_compile_options(args, &job->options, err));
    if (eml_cli_has(args, EML_CLI_SALT)) {
        EML_TRY(eml_cli_read_salt(eml_cli_value(args, EML_CLI_SALT), &job->salt, err));
        job->options.salt = job->salt.secret;
    }
    job->count = args->counts[EML_CLI_EMIT];
    job->emissions = eml_alloc(job->count, sizeof *job->emissions);
    for (size_t i = 0; i < job->count; i++) {
        EML_TRY(parse_emission(args->values[EML_CLI_EMIT][i], &job->emissions[i], err));
        EML_TRY(eml_cli_check_writable(job->emissions[i].path, err));
        job->stdout_taken |= job->emissions[i].path == NULL || strcmp(job->emissions[i].path, "-") == 0;
    }
    if (job->count > 0 && !eml_cli_has(args, EML_CLI_OUTPUT)) return EML_OK;
    EML_TRY(eml_cli_bundle_path(args, &job->bundle_path, err));
    job->stdout_taken |= strcmp(job->bundle_path, "-") == 0;
    return EML_OK;
}

static eml_status write_emissions(const compile_job *job, const eml_compilation *compilation, eml_error *err) {
    for (size_t i = 0; i < job->count; i++) {
        eml_buf text = {0};
        eml_cli_progress_begin("writing");
        eml_status status = eml_compile_emit(compilation, job->emissions[i].kind, &text, err);
        eml_cli_progress_end();
        /* What is made of source or code has the weights in it. */
        bool secret = eml_compile_hides(compilation) && eml_emit_has_weights(job->emissions[i].kind);
        const char *path = job->emissions[i].path;
        if (status == EML_OK)
            status = eml_file_write(path == NULL ? "-" : path, text.data, text.len,
                                    secret ? EML_FILE_SECRET : EML_FILE_ORDINARY, err);
        eml_buf_free(&text);
        EML_TRY(status);
    }
    return EML_OK;
}

static void print_summary(const eml_cli_args *args, const eml_compilation *compilation, const char *path,
                          eml_buf *out) {
    const eml_bundle *bundle = &compilation->bundle;
    bool verbose = eml_cli_has(args, EML_CLI_VERBOSE);
    char hash[EML_PROGRAM_HASH_HEX + 1];
    eml_program_hash_to_hex(&bundle->hash, hash);
    char *beside = bundle->kind == EML_BUNDLE_OWNERS ? eml_cli_public_path(path) : NULL;
    if (eml_cli_has(args, EML_CLI_JSON)) {
        eml_buf_printf(out, "{\"program_hash\": \"%s\", \"bundle\": ", hash);
        eml_text_put_json(path, out);
        if (beside != NULL) {
            eml_buf_put_text(out, ", \"public_bundle\": ");
            eml_text_put_json(beside, out);
        }
        eml_buf_printf(out, ", \"trace_rows\": %u, \"report\": ", bundle->program.shape.n);
        eml_compile_report_json(compilation, out);
        if (verbose) eml_buf_put_text(out, ", \"witness\": ");
        if (verbose) eml_compile_witness_json(compilation, out);
        eml_buf_put_text(out, "}\n");
    } else {
        eml_buf_printf(out, "%s: program %s\n", path, hash);
        if (beside != NULL) eml_buf_printf(out, "%s: for everybody else; %s is yours alone\n", beside, path);
        eml_compile_report(compilation, out);
        if (verbose) eml_compile_budget(compilation, out);
    }
    eml_free(beside);
}

static eml_file_access access_of_bundle(const compile_job *job) {
    const eml_cli_salt *salt = &job->salt;
    return salt->path == NULL ? EML_FILE_SECRET : eml_cli_owners_access(job->bundle_path, salt->secret);
}

/* Of a hidden model the owner's bundle, the public one beside it, and the salt file when it is new: all or none. */
static eml_status write_bundles(const compile_job *job, const eml_bundle *bundle, eml_error *err) {
    eml_buf bytes = {0}, others = {0};
    eml_bundle_encode(bundle, &bytes);
    if (bundle->kind != EML_BUNDLE_OWNERS) {
        eml_status status = eml_cli_write(job->bundle_path, bytes.data, bytes.len, err);
        eml_buf_free(&bytes);
        return status;
    }
    eml_bundle_encode_public(bundle, &others);
    char *beside = eml_cli_public_path(job->bundle_path);
    const eml_cli_salt *salt = &job->salt;
    eml_file_content files[3] = {
        {.path = job->bundle_path, .bytes = bytes.data, .count = bytes.len, .access = access_of_bundle(job)},
        {.path = beside, .bytes = others.data, .count = others.len, .access = EML_FILE_ORDINARY},
        {.path = salt->path, .bytes = salt->secret, .count = sizeof salt->secret, .access = EML_FILE_NEW_SECRET},
    };
    bool to_stdout = strcmp(job->bundle_path, "-") == 0;
    if (to_stdout) files[1] = files[2];
    size_t count = to_stdout ? 1 : 2;
    eml_status status = eml_files_write(files, salt->made ? count + 1 : count, err);
    explicit_bzero(bytes.data, bytes.len);
    eml_buf_free(&bytes);
    eml_buf_free(&others);
    eml_free(beside);
    return status;
}

static eml_status write_bundle(const eml_cli_args *args, const compile_job *job, const eml_compilation *compilation,
                               eml_error *err) {
    eml_buf summary = {0};
    eml_cli_progress_begin("writing");
    eml_status status = write_bundles(job, &compilation->bundle, err);
    print_summary(args, compilation, job->bundle_path, &summary);
    eml_cli_progress_end();
    if (status == EML_OK && !job->stdout_taken) status = eml_cli_print(&summary, err);
    eml_buf_free(&summary);
    return status;
}

/* A salt that is new and goes with no bundle is written here: the artifacts are made with it. */
static eml_status keep_salt(const eml_cli_args *args, const compile_job *job, const eml_compilation *compilation,
                            eml_error *err) {
    const eml_cli_salt *salt = &job->salt;
    if (salt->path == NULL) return EML_OK;
    if (!eml_compile_hides(compilation))
        return eml_fail(err, EML_ERR_INPUT, "--salt is for models with hidden params: %s has none", args->operands[0]);
    if (!salt->made || job->bundle_path != NULL) return EML_OK;
    return eml_file_write(salt->path, salt->secret, sizeof salt->secret, EML_FILE_NEW_SECRET, err);
}

/* Early stages are dumped also when a later one failed: that is when a dump is wanted. */
static eml_status compile(const eml_cli_args *args, const compile_job *job, eml_error *err) {
    eml_compilation compilation = {0};
    eml_cli_progress_begin("reading");
    eml_status status = eml_compile(args->operands[0], &job->options, &compilation, err);
    eml_cli_progress_end();
    eml_cli_render(args, &compilation.diags);
    bool compiled = status == EML_OK;
    if (compiled && job->bundle_path != NULL && eml_compile_hides(&compilation))
        status = eml_file_check_writable(job->bundle_path, access_of_bundle(job), err);
    if (status == EML_OK && compiled) status = keep_salt(args, job, &compilation, err);
    if (status == EML_OK || (!compiled && status == EML_ERR_INPUT && job->count > 0)) {
        eml_error emit_err = {0};
        eml_status emitted = write_emissions(job, &compilation, &emit_err);
        if (status == EML_OK && emitted != EML_OK) status = emitted, *err = emit_err;
    }
    if (status == EML_OK && job->bundle_path != NULL) status = write_bundle(args, job, &compilation, err);
    eml_compilation_free(&compilation);
    return status;
}

int eml_cli_compile(const eml_cli_args *args) {
    eml_error err = {0};
    compile_job job = {0};
    eml_status status = read_job(args, &job, &err);
    if (status == EML_OK) status = compile(args, &job, &err);
    if (status != EML_OK && err.text[0] != '\0') eml_cli_fail(args, status, &err);
    explicit_bzero(&job.salt, sizeof job.salt);
    eml_free(job.emissions);
    eml_free(job.bundle_path);
    return (int)eml_answer_of(status);
}
