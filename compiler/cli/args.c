/* Option parsing: --name value, --name=value, -n value, flags, operands, and -- before operands that begin
 * with a dash. */
#include "compiler/cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/memory.h"

static bool takes(const eml_cli_command *command, size_t option) { return (command->options >> option & 1) != 0; }

static eml_status unknown(const eml_cli_command *command, const char *text, size_t length, eml_error *err) {
    const char *names[EML_CLI_OPTION_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++)
        if (takes(command, i)) names[count++] = eml_cli_options[i].name;
    char given[64] = {0};
    memcpy(given, text, length < sizeof given ? length : sizeof given - 1);
    const char *nearest = eml_diag_nearest(given + strspn(given, "-"), names, count);
    if (nearest != NULL) return eml_fail(err, EML_ERR_INPUT, "unknown option %s; did you mean --%s?", given, nearest);
    return eml_fail(err, EML_ERR_INPUT, "unknown option %s; eml %s --help lists the options", given, command->name);
}

/* The option that text (--name, --name=..., -n) begins with; *value is what stands after '=', or NULL. */
static eml_status find(const eml_cli_command *command, const char *text, size_t *option, const char **value,
                       eml_error *err) {
    bool is_long = text[1] == '-';
    const char *equals = is_long ? strchr(text, '=') : NULL;
    size_t length = equals == NULL ? strlen(text) : (size_t)(equals - text);
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++) {
        const eml_cli_option_info *info = &eml_cli_options[i];
        bool same = is_long ? strlen(info->name) == length - 2 && memcmp(info->name, text + 2, length - 2) == 0
                            : length == 2 && info->letter == text[1];
        if (!same || !takes(command, i)) continue;
        *option = i;
        *value = equals == NULL ? NULL : equals + 1;
        return EML_OK;
    }
    return unknown(command, text, length, err);
}

/* Whether text is --name of an option, as after a value that a script left empty; --name=--value takes it all the same.
 */
static bool is_option(const eml_cli_command *command, const char *text) {
    size_t option;
    const char *value;
    return strncmp(text, "--", 2) == 0 && text[2] != '\0' && find(command, text, &option, &value, NULL) == EML_OK;
}

/* Reads the option at argv[*at] and moves *at past its argument. */
static eml_status read_option(eml_cli_args *args, int argc, char **argv, int *at, eml_error *err) {
    size_t option = 0;
    const char *value = NULL;
    EML_TRY(find(args->command, argv[*at], &option, &value, err));
    const eml_cli_option_info *info = &eml_cli_options[option];
    if (info->argument == NULL) {
        if (value != NULL) return eml_fail(err, EML_ERR_INPUT, "--%s takes no value", info->name);
        value = "";
    } else if (value == NULL) {
        if (*at + 1 >= argc || is_option(args->command, argv[*at + 1]))
            return eml_fail(err, EML_ERR_INPUT, "--%s needs a value: %s", info->name, info->argument);
        value = argv[++*at];
    }
    if (!info->many && info->argument != NULL && args->counts[option] > 0)
        return eml_fail(err, EML_ERR_INPUT, "--%s was given twice", info->name);
    args->values[option][args->counts[option]++] = value;
    return EML_OK;
}

/* What an argument too many is likely to be: of the files that the command reads the first that is not given. */
static const char *likely_option(const eml_cli_args *args) {
    static const eml_cli_option likely[] = {EML_CLI_PROGRAM, EML_CLI_INPUT, EML_CLI_OUTPUT, EML_CLI_PROOF};
    for (size_t i = 0; i < sizeof likely / sizeof *likely; i++)
        if (takes(args->command, likely[i]) && !eml_cli_has(args, likely[i])) return eml_cli_options[likely[i]].name;
    return NULL;
}

static eml_status check_operands(const eml_cli_args *args, eml_error *err) {
    const eml_cli_command *command = args->command;
    if (args->operand_count > command->max) {
        const char *extra = args->operands[command->max], *likely = likely_option(args);
        if (likely != NULL)
            return eml_fail(err, EML_ERR_INPUT,
                            "unexpected argument %s; was --%s %s meant? eml %s --help says what it takes", extra,
                            likely, extra, command->name);
        return eml_fail(err, EML_ERR_INPUT, "unexpected argument %s; eml %s --help says what it takes", extra,
                        command->name);
    }
    if (args->operand_count < command->min)
        return eml_fail(err, EML_ERR_INPUT, "%s is missing; eml %s --help says what it takes", command->operands,
                        command->name);
    return EML_OK;
}

eml_status eml_cli_parse(const eml_cli_command *command, int argc, char **argv, eml_cli_args *out, eml_error *err) {
    eml_cli_args args = {.command = command};
    size_t room = (size_t)argc + 1;
    args.operands = eml_alloc(room, sizeof *args.operands);
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++) args.values[i] = eml_alloc(room, sizeof *args.values[i]);
    eml_status status = EML_OK;
    bool options = true;
    for (int at = 0; at < argc && status == EML_OK; at++) {
        const char *text = argv[at];
        if (options && strcmp(text, "--") == 0)
            options = false;
        else if (options && text[0] == '-' && text[1] != '\0')
            status = read_option(&args, argc, argv, &at, err);
        else
            args.operands[args.operand_count++] = text;
    }
    if (status == EML_OK && !eml_cli_has(&args, EML_CLI_HELP)) status = check_operands(&args, err);
    if (status == EML_OK)
        *out = args;
    else
        eml_cli_args_free(&args);
    return status;
}

void eml_cli_args_free(eml_cli_args *args) {
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++) eml_free(args->values[i]);
    eml_free(args->operands);
}

eml_status eml_cli_number(const eml_cli_args *args, eml_cli_option option, long lo, long hi, long fallback, long *out,
                          eml_error *err) {
    const char *text = eml_cli_value(args, option);
    if (text == NULL) {
        *out = fallback;
        return EML_OK;
    }
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < lo || value > hi)
        return eml_fail(err, EML_ERR_INPUT, "--%s takes a whole number from %ld to %ld, not \"%s\"",
                        eml_cli_options[option].name, lo, hi, text);
    *out = value;
    return EML_OK;
}
