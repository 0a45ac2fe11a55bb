#include <stdio.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "compiler/cli/cli.h"
#include "runtime/base/file.h"

enum {
    LONG_WORK_CELLS = 1 << 20
}; /* trace cells from which a person at a terminal is shown how it goes: about a second */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static const char *preset_name(const eml_cli_args *args) {
    const char *name = eml_cli_value(args, EML_CLI_PRESET);
    return name == NULL ? "standard" : name;
}

/* "extend 0.012, commit 0.003, ...", or the members of a JSON object. */
static void print_phases(const eml_session *session, bool json, eml_buf *out) {
    const char *name;
    double seconds;
    for (unsigned phase = 0; eml_session_phase(session, phase, &name, &seconds); phase++)
        eml_buf_printf(out, json ? "%s\"%s\": %.4f" : "%s%s %.3f", phase ? ", " : "", name, seconds);
}

static void print_json(const eml_cli_args *args, const eml_session *session, size_t proof_bytes, double seconds,
                       eml_buf *out) {
    eml_buf_printf(
        out,
        "{\"program_hash\": \"%s\", \"rows\": %llu, \"preset\": \"%s\", \"trace_rows\": %u, "
        "\"zero_knowledge\": %s, \"trace_columns\": %u, \"proof_bytes\": %zu, \"seconds\": %.3f, \"peak_bytes\": "
        "%llu, ",
        eml_session_program_hash(session), (unsigned long long)eml_session_rows(session), preset_name(args),
        eml_session_trace_rows(session), eml_session_zero_knowledge(session, preset_name(args)) ? "true" : "false",
        eml_session_trace_columns(session), proof_bytes, seconds, (unsigned long long)eml_session_peak_bytes(session));
    unsigned long long most = eml_session_reveal_rows(session);
    if (most > 0 && most < UINT64_MAX) eml_buf_printf(out, "\"reveal_rows\": %llu, ", most);
    unsigned long long proofs = eml_session_reveal_proofs(session);
    if (eml_session_committed(session) > 0)
        eml_buf_printf(out, "\"commitment\": \"%s\", ", eml_session_commitment(session));
    if (proofs > 0 && proofs < UINT64_MAX) eml_buf_printf(out, "\"reveal_proofs\": %llu, ", proofs);
    eml_buf_put_text(out, "\"phases\": {");
    print_phases(session, true, out);
    eml_buf_put_text(out, "}}\n");
}

/* What the owner of a hidden model, and of committed data, has to know: first of all that the proof does not hide it,
 * if so; and to keep count.
 */
static void print_hiding(const eml_cli_args *args, const eml_session *session, eml_buf *out) {
    const char *weakness = eml_session_weakness(session, preset_name(args));
    if (weakness != NULL) eml_buf_printf(out, "NOT zero-knowledge: %s\n", weakness);
    unsigned long long proofs = eml_session_reveal_proofs(session);
    if (eml_session_committed(session) > 0)
        eml_buf_printf(out, "about commitment %s\n", eml_session_commitment(session));
    if (proofs == 1)
        eml_buf_put_text(out, "given away: the outputs of this proof may be all that it takes to work out committed "
                              "inputs\n");
    else if (proofs > 0 && proofs < UINT64_MAX)
        eml_buf_printf(
            out,
            "given away: 1 of the %llu proofs about this commitment, from whatever models, whose outputs may "
            "be all that it takes to work out the committed inputs\n",
            proofs);
    unsigned long long rows = eml_session_rows(session), most = eml_session_reveal_rows(session);
    if (most == 0 || most == UINT64_MAX) return;
    eml_buf_printf(out,
                   "given away: %llu of the %llu rows, over all proofs, whose outputs may be all that it takes to "
                   "work out what is hidden\n",
                   rows, most);
}

static void print_summary(const eml_cli_args *args, const eml_session *session, size_t proof_bytes, double seconds,
                          eml_buf *out) {
    unsigned long long rows = eml_session_rows(session);
    eml_buf_printf(out, "proved: program %s, %llu row%s, preset %s, trace %u x %u, proof %zu bytes, %.3f s\n",
                   eml_session_program_hash(session), rows, rows == 1 ? "" : "s", preset_name(args),
                   eml_session_trace_rows(session), eml_session_trace_columns(session), proof_bytes, seconds);
    print_hiding(args, session, out);
    if (!eml_cli_has(args, EML_CLI_VERBOSE)) return;
    eml_buf_put_text(out, "seconds: ");
    print_phases(session, false, out);
    eml_buf_printf(out, "; at most %.1f MB at once\n", 1e-6 * (double)eml_session_peak_bytes(session));
}

/* A bar on a terminal's line, redrawn when a phase begins: what is done, what is running, how long the rest will take
 * at this pace. */
typedef struct progress {
    double start;
} progress;

static void show_progress(void *context, const char *phase, double done) {
    enum { WIDTH = 30 };
    const progress *p = context;
    double elapsed = now() - p->start;
    int full = (int)(done * WIDTH);
    fprintf(stderr, "\r\033[K");
    if (*phase == '\0') return;
    fprintf(stderr, "[%.*s%*s] %3.0f %% %s", full, "==============================", WIDTH - full, "", 100 * done,
            phase);
    if (done > 0) fprintf(stderr, ", about %.0f s left", elapsed * (1 - done) / done);
    fflush(stderr);
}

/* Everything that can be refused before the work starts. */
static eml_status check(const eml_cli_args *args, eml_error *err) {
    EML_TRY(eml_cli_set_threads(args, err));
    EML_TRY(eml_cli_require_needed(args, err));
    EML_TRY(eml_cli_check_commitment(args, err));
    if (eml_cli_has(args, EML_CLI_JSON)) EML_TRY(eml_cli_require(args, EML_CLI_OUTPUT, err));
    EML_TRY(eml_cli_check_writable(eml_cli_value(args, EML_CLI_OUTPUT), err));
    return eml_cli_check_writable(eml_cli_value(args, EML_CLI_PROOF), err);
}

/* That the opening is of the commitment that verifiers have: said before a proof is sent that nobody accepts. */
static eml_status check_issued(const eml_cli_args *args, const eml_session *session, eml_error *err) {
    const char *issued = eml_cli_value(args, EML_CLI_ISSUED_COMMITMENT), *opened = eml_session_commitment(session);
    if (issued == NULL || (opened != NULL && strcasecmp(issued, opened) == 0)) return EML_OK;
    if (opened == NULL) return eml_fail(err, EML_ERR_INPUT, "--issued-commitment: there is no opening of a commitment");
    return eml_fail(err, EML_ERR_INPUT, "--issued-commitment: the opening is of another commitment, %s", opened);
}

static eml_answer prove(const eml_cli_args *args, eml_session *session, eml_bytes *proof, eml_error *err) {
    eml_status status = eml_cli_check_terminal(session, eml_cli_value(args, EML_CLI_OUTPUT), err);
    if (status == EML_OK) status = check_issued(args, session, err);
    if (status != EML_OK) return eml_answer_of(status);
    eml_answer answer = eml_session_run(session, err);
    if (answer != EML_ANSWER_YES) return answer;
    uint64_t cells = (uint64_t)eml_session_trace_rows(session) * eml_session_trace_columns(session);
    progress p = {now()};
    if (cells >= LONG_WORK_CELLS && isatty(STDERR_FILENO) == 1) eml_session_watch(session, show_progress, &p);
    if (eml_cli_has(args, EML_CLI_REVEAL)) eml_session_allow_reveal(session);
    return eml_session_prove(session, preset_name(args), proof, err);
}

static eml_answer write_results(const eml_cli_args *args, const eml_session *session, const eml_bytes *proof,
                                double start, eml_error *err) {
    const char *path = eml_cli_value(args, EML_CLI_OUTPUT);
    eml_cli_outputs outputs = {.session = session,
                               .style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT};
    eml_file_content files[] = {
        eml_cli_outputs_file(&outputs, path),
        {.path = eml_cli_value(args, EML_CLI_PROOF), .bytes = proof->data, .count = proof->size},
    };
    eml_answer answer = eml_cli_outputs_answer(&outputs, eml_files_write(files, 2, err));
    if (answer != EML_ANSWER_YES) return answer;
    double seconds = now() - start;
    eml_buf summary = {0};
    if (eml_cli_has(args, EML_CLI_JSON))
        print_json(args, session, proof->size, seconds, &summary);
    else
        print_summary(args, session, proof->size, seconds, &summary);
    /* Standard output may hold the table, and who proves has to hear what is given away. */
    eml_status status = EML_OK;
    if (eml_cli_is_stdout(path))
        eml_cli_print_aside(&summary);
    else
        status = eml_cli_print(&summary, err);
    eml_buf_free(&summary);
    return eml_answer_of(status);
}

int eml_cli_prove(const eml_cli_args *args) {
    eml_error err = {0};
    eml_status status = check(args, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    double start = now();
    eml_session *session;
    eml_answer answer = eml_cli_open_session(args, &session, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    eml_bytes proof = {0};
    answer = prove(args, session, &proof, &err);
    if (answer == EML_ANSWER_YES) answer = write_results(args, session, &proof, start, &err);
    eml_bytes_free(&proof);
    eml_session_free(session);
    return answer == EML_ANSWER_YES ? 0 : eml_cli_fail_answer(args, answer, &err);
}
