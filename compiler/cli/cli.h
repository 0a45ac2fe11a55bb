/* The command line: tables of commands and options, and what a parsed command line is. */
#ifndef EML_COMPILER_CLI_CLI_H
#define EML_COMPILER_CLI_CLI_H

#include <limits.h>

#include "compiler/driver.h"
#include "runtime/base/file.h"
#include "runtime/include/eml.h"

typedef enum eml_cli_option {
#define OPTION(NAME, long_name, short_name, argument, many, files, meaning) EML_CLI_##NAME,
#include "compiler/cli/options.def"
#undef OPTION
    EML_CLI_OPTION_COUNT
} eml_cli_option;

typedef enum eml_cli_command_id {
#define COMMAND(name, operands, min, max, needed, options, meaning, details, example) EML_CLI_COMMAND_##name,
#include "compiler/cli/commands.def"
#undef COMMAND
    EML_CLI_COMMAND_COUNT
} eml_cli_command_id;

/* An option's files: whether its value names one, and the commands (bit 1 << eml_cli_command_id) that write to it. */
enum { EML_CLI_NAMES_FILE = 1 << EML_CLI_COMMAND_COUNT };

typedef struct eml_cli_option_info {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* NULL: a flag */
    bool many;
    unsigned files;
    const char *meaning;
} eml_cli_option_info;

extern const eml_cli_option_info eml_cli_options[EML_CLI_OPTION_COUNT];

typedef struct eml_cli_args eml_cli_args;

typedef struct eml_cli_command {
    const char *name;
    const char *operands;
    size_t min, max;
    uint64_t needed, options; /* bit 1 << eml_cli_option; what is needed is among the options */
    const char *meaning, *details, *example;
} eml_cli_command;

extern const eml_cli_command eml_cli_commands[EML_CLI_COMMAND_COUNT];

/* A parsed command line; borrows from argv. */
struct eml_cli_args {
    const eml_cli_command *command;
    const char **values[EML_CLI_OPTION_COUNT]; /* owned arrays; a flag has "" for each time it was given */
    size_t counts[EML_CLI_OPTION_COUNT];
    const char **operands; /* owned array */
    size_t operand_count;
};

/* Parses what follows the command's name. Fails with a sentence that names the option and, where one is near, the one
 * that was meant. With
 * --help no operand or option is missed. */
EML_NODISCARD eml_status eml_cli_parse(const eml_cli_command *command, int argc, char **argv, eml_cli_args *out,
                                       eml_error *err);
void eml_cli_args_free(eml_cli_args *args);

static inline bool eml_cli_has(const eml_cli_args *args, eml_cli_option option) { return args->counts[option] > 0; }
/* The option's value, NULL when it was not given. */
static inline const char *eml_cli_value(const eml_cli_args *args, eml_cli_option option) {
    return eml_cli_has(args, option) ? args->values[option][0] : NULL;
}
/* A whole number in lo..hi, or fallback when the option was not given. */
EML_NODISCARD eml_status eml_cli_number(const eml_cli_args *args, eml_cli_option option, long lo, long hi,
                                        long fallback, long *out, eml_error *err);

/* Help texts, appended. */
void eml_cli_print_usage(eml_buf *out);
void eml_cli_print_help(const eml_cli_command *command, eml_buf *out);
void eml_cli_print_synopsis(const eml_cli_command *command, eml_buf *out); /* "eml check FILE [--json] ..." */

/* One function a command, in the file of its name: does the work and returns the exit status, after saying on standard
 * error what failed. */
#define COMMAND(name, operands, min, max, needed, options, meaning, details, example)                                  \
    int eml_cli_##name(const eml_cli_args *args);
#include "compiler/cli/commands.def"
#undef COMMAND

/* Fails unless every file that the command line has the command write is another one than all that it reads and writes
 * besides (files.c). Hard and symbolic links to one file are one file. */
EML_NODISCARD eml_status eml_cli_check_files(const eml_cli_args *args, eml_error *err);
/* Where a bundle goes that --output does not name: the operand with its ending replaced by .emb; owned by the caller.
 * NULL when the command line has no such file. */
char *eml_cli_default_output(const eml_cli_args *args);

/* salt.c: what --salt names. Who wipes it has no further use for it. */
typedef struct eml_cli_salt {
    const char *path; /* NULL: not given */
    bool made;        /* there is no such file: it is to be written with what it helped to make */
    uint8_t secret[EML_COMPILE_SALT_BYTES];
} eml_cli_salt;
EML_NODISCARD eml_status eml_cli_read_salt(const char *path, eml_cli_salt *out, eml_error *err);

/* How an owner's bundle is written to path. One that is there is replaced only if it could be made again: by compiling
 * with the salt that it was made with, when a secret is given; by assembling, whose source has the salts, when it is
 * NULL. */
eml_file_access eml_cli_owners_access(const char *path, const uint8_t *secret);

/* Where the public bundle goes that is written beside an owner's: model.public.emb beside model.emb; owned by the
 * caller. */
char *eml_cli_public_path(const char *bundle_path);

/* progress.c: shows what a compilation is at, when standard error is a terminal and it takes more than a second.
 * Between begin and end nothing else is written there. eml_cli_progress is for eml_compile_options.watch. */
void eml_cli_progress_begin(const char *pass);
void eml_cli_progress(void *context, const char *pass);
void eml_cli_progress_end(void);

/* What the commands share (common.c). */

/* Says on standard error that a column of row numbers was skipped, when one was. */
void eml_cli_note_numbered(bool numbered);

/* Prints "eml COMMAND: sentence" (command NULL: "eml: sentence") on standard error, without what would steer a
 * terminal. The other two return the exit status. */
void eml_cli_say(const char *command, const eml_error *err);
int eml_cli_fail(const eml_cli_args *args, eml_status status, const eml_error *err);
int eml_cli_fail_answer(const eml_cli_args *args, eml_answer answer, const eml_error *err);
/* Fails unless all options are given that the command needs, and unless this one is. */
EML_NODISCARD eml_status eml_cli_require_needed(const eml_cli_args *args, eml_error *err);
EML_NODISCARD eml_status eml_cli_require(const eml_cli_args *args, eml_cli_option option, eml_error *err);
/* Writes a result to the path, standard output when NULL. */
EML_NODISCARD eml_status eml_cli_write(const char *path, const void *bytes, size_t count, eml_error *err);
/* A session's outputs as a file to write, piece by piece. What the call that makes them answered is kept, for who
 * writes the file is told only whether it was written. */
typedef struct eml_cli_outputs {
    const eml_session *session;
    eml_style style;
    eml_answer answer;
    bool shown; /* on a terminal */
} eml_cli_outputs;
eml_file_content eml_cli_outputs_file(eml_cli_outputs *outputs, const char *path); /* path NULL: standard output */
eml_answer eml_cli_outputs_answer(const eml_cli_outputs *outputs, eml_status written);
/* To standard output; on a terminal, without what would steer it. */
EML_NODISCARD eml_status eml_cli_print(const eml_buf *text, eml_error *err);
void eml_cli_print_aside(const eml_buf *text); /* to standard error: beside a table on standard output */
/* Fails when a file could not be created at path (NULL and "-" are standard output): said before long work, not after
 * it. */
EML_NODISCARD eml_status eml_cli_check_writable(const char *path, eml_error *err);
/* Where a bundle goes: --output, or the default; owned by the caller. Checks that it is writable. */
EML_NODISCARD eml_status eml_cli_bundle_path(const eml_cli_args *args, char **out, eml_error *err);
/* --delta, --sponges, --diagnostics. */
EML_NODISCARD eml_status eml_cli_compile_options(const eml_cli_args *args, eml_compile_options *out, eml_error *err);
bool eml_cli_is_hex(const char *text); /* nothing but hexadecimal digits */
/* That --issued-commitment has the digits of one, where it is given. */
EML_NODISCARD eml_status eml_cli_check_commitment(const eml_cli_args *args, eml_error *err);
/* Applies --threads. */
EML_NODISCARD eml_status eml_cli_set_threads(const eml_cli_args *args, eml_error *err);
/* Renders what was said about a source on standard error, as --diagnostics asks. */
EML_NODISCARD eml_status eml_cli_check_diagnostics(const eml_cli_args *args, eml_error *err);
void eml_cli_render(const eml_cli_args *args, const eml_diags *diags);
bool eml_cli_is_stdout(const char *path); /* NULL or "-" */
/* Fails when encrypted outputs would go to a terminal. */
EML_NODISCARD eml_status eml_cli_check_terminal(const eml_session *session, const char *path, eml_error *err);
/* What eml inspect says of a file that was just made, to standard output. */
EML_NODISCARD eml_status eml_cli_print_inspection(const eml_cli_args *args, const eml_bytes *file, eml_error *err);
/* What was wrong with a bundle, said better where path is a model's source. */
void eml_cli_explain_source(const char *path, eml_error *err);
/* Loads the bundle that the first operand names. */
eml_answer eml_cli_load_bundle(const eml_cli_args *args, eml_session **out, eml_error *err);
/* The same, and all --input files and the --opening. */
eml_answer eml_cli_open_session(const eml_cli_args *args, eml_session **out, eml_error *err);

/* Passphrases (passphrase.c); the caller wipes them. */
enum { EML_PASSPHRASE_MAX = 1024 };
typedef struct eml_passphrase {
    char text[EML_PASSPHRASE_MAX + 1];
} eml_passphrase;
/* Whether the command line or the environment says that there is a passphrase. */
bool eml_cli_gives_passphrase(const eml_cli_args *args);
/* Fails when --secret is standard input. */
EML_NODISCARD eml_status eml_cli_check_key_path(const eml_cli_args *args, eml_error *err);
/* The passphrase of the --secret file when it is locked; else *out is left alone. */
eml_answer eml_cli_unlock(const eml_cli_args *args, eml_passphrase *out, eml_error *err);
/* From --passphrase-file, else EML_PASSPHRASE, else the terminal; is_new: asked for twice there. */
EML_NODISCARD eml_status eml_cli_read_passphrase(const eml_cli_args *args, bool is_new, eml_passphrase *out,
                                                 eml_error *err);

#endif
