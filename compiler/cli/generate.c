/* Prints what is made from the command tables at build time: generate man|bash|zsh|markdown */
#include <stdio.h>
#include <string.h>

#include "compiler/cli/cli.h"

static bool takes(const eml_cli_command *command, size_t option) { return (command->options >> option & 1) != 0; }

/* ----- man page ----- */

/* Text for roff: a hyphen stands for itself, a dot at the beginning of a line is no request. */
static void print_roff(const char *text, eml_buf *out) {
    if (text[0] == '.') eml_buf_put_text(out, "\\&");
    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == '\\') eml_buf_put_u8(out, '\\');
        eml_buf_put_u8(out, (uint8_t)*text);
    }
}

static void print_man_option(const eml_cli_option_info *info, eml_buf *out) {
    eml_buf_put_text(out, ".TP\n\\fB");
    if (info->letter != 0) eml_buf_printf(out, "\\-%c\\fR, \\fB", info->letter);
    eml_buf_put_text(out, "\\-\\-");
    print_roff(info->name, out);
    eml_buf_put_text(out, "\\fR");
    if (info->argument != NULL) eml_buf_printf(out, " \\fI%s\\fR", info->argument);
    eml_buf_put_text(out, "\n");
    print_roff(info->meaning, out);
    eml_buf_put_text(out, "\n");
}

static void print_man_command(const eml_cli_command *command, eml_buf *out) {
    eml_buf_printf(out, ".SS %s\n.nh\n", command->name);
    eml_buf synopsis = {0};
    eml_cli_print_synopsis(command, &synopsis);
    eml_buf_put_u8(&synopsis, 0);
    print_roff((const char *)synopsis.data, out);
    eml_buf_free(&synopsis);
    eml_buf_put_text(out, "\n.hy\n.PP\n");
    print_roff(command->details, out);
    eml_buf_put_text(out, "\n.PP\nExample:\n.PP\n.RS 4\n.nf\n");
    print_roff(command->example, out);
    eml_buf_put_text(out, "\n.fi\n.RE\n");
}

static void print_man(eml_buf *out) {
    eml_buf_printf(out,
                   ".TH EML 1 \"\" \"eml %s\"\n.SH NAME\neml \\- compile, run, prove and verify regression models\n"
                   ".SH SYNOPSIS\n\\fBeml\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...\n.SH COMMANDS\n",
                   EML_VERSION);
    for (size_t i = 0; i < EML_CLI_COMMAND_COUNT; i++) print_man_command(&eml_cli_commands[i], out);
    eml_buf_put_text(out, ".SH OPTIONS\n");
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++) print_man_option(&eml_cli_options[i], out);
    eml_buf_put_text(out,
                     ".SH EXIT STATUS\n.TP\n0\nyes\n.TP\n1\na definite no: a refused proof, a failing test\n.TP\n2\n"
                     "bad usage or bad input\n.TP\n3\na fault of the program\n");
}

/* ----- shell completions ----- */

static void print_option_words(const eml_cli_command *command, eml_buf *out) {
    const char *space = "";
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++) {
        if (!takes(command, i)) continue;
        eml_buf_printf(out, "%s--%s", space, eml_cli_options[i].name);
        space = " ";
    }
}

/* The words that an option's value is one of; "" when it is a file or a number. */
static const char *option_words(eml_cli_option option) {
    switch (option) {
    case EML_CLI_PRESET: return "standard high";
    case EML_CLI_DIAGNOSTICS: return "text json";
    case EML_CLI_SPONGES: return "1 2 4";
    case EML_CLI_EMIT:
        return ""
#define EMIT(NAME, name, weights, meaning) name " "
#include "compiler/emit/emit.def"
#undef EMIT
            ;
    default: return "";
    }
}

static void print_bash(eml_buf *out) {
    eml_buf_put_text(out,
                     "_eml() {\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
                     "    case $before in\n");
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++)
        if (option_words((eml_cli_option)i)[0] != '\0')
            eml_buf_printf(out, "    --%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n",
                           eml_cli_options[i].name, option_words((eml_cli_option)i));
    eml_buf_put_text(out, "    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='");
    for (size_t i = 0; i < EML_CLI_COMMAND_COUNT; i++) eml_buf_printf(out, "%s ", eml_cli_commands[i].name);
    eml_buf_put_text(out, "--help --version'\n    elif [[ $word == -* ]]; then\n        case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < EML_CLI_COMMAND_COUNT; i++) {
        eml_buf_printf(out, "        %s) words='", eml_cli_commands[i].name);
        print_option_words(&eml_cli_commands[i], out);
        eml_buf_put_text(out, "' ;;\n");
    }
    eml_buf_put_text(out, "        esac\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
                          "complete -o default -F _eml eml\n");
}

/* Text inside a zsh '...[...]' specification. */
static void print_zsh_text(const char *text, eml_buf *out) {
    for (; *text != '\0'; text++) {
        if (*text == '[' || *text == ']' || *text == ':') eml_buf_put_u8(out, '\\');
        if (*text == '\'')
            eml_buf_put_text(out, "'\\''");
        else
            eml_buf_put_u8(out, (uint8_t)*text);
    }
}

static void print_zsh_option(size_t option, eml_buf *out) {
    const eml_cli_option_info *info = &eml_cli_options[option];
    eml_buf_printf(out, " \\\n            '%s--%s[", info->many ? "*" : "", info->name);
    print_zsh_text(info->meaning, out);
    eml_buf_put_text(out, "]");
    const char *words = option_words((eml_cli_option)option);
    if (info->argument != NULL && words[0] != '\0')
        eml_buf_printf(out, ":value:(%s)", words);
    else if (info->argument != NULL)
        eml_buf_put_text(out, ":value:_files");
    eml_buf_put_text(out, "'");
}

static void print_zsh(eml_buf *out) {
    eml_buf_put_text(out, "#compdef eml\nlocal -a commands=(\n");
    for (size_t i = 0; i < EML_CLI_COMMAND_COUNT; i++)
        eml_buf_printf(out, "    '%s:%s'\n", eml_cli_commands[i].name, eml_cli_commands[i].meaning);
    eml_buf_put_text(out, ")\nif (( CURRENT == 2 )); then\n    _describe command commands\nelse\n"
                          "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n");
    for (size_t i = 0; i < EML_CLI_COMMAND_COUNT; i++) {
        eml_buf_printf(out, "    %s)\n        _arguments", eml_cli_commands[i].name);
        for (size_t j = 0; j < EML_CLI_OPTION_COUNT; j++)
            if (takes(&eml_cli_commands[i], j)) print_zsh_option(j, out);
        eml_buf_put_text(out, eml_cli_commands[i].max > 0 ? " \\\n            '*:file:_files' ;;\n" : " ;;\n");
    }
    eml_buf_put_text(out, "    esac\nfi\n");
}

/* ----- docs/cli.md ----- */

static void print_markdown(eml_buf *out) {
    eml_buf_put_text(out, "# Commands\n\nMade from `compiler/cli/commands.def` by `compiler/cli/generate.c`; "
                          "`sh tests/update_golden.sh` rewrites it.\n\n```\n");
    eml_cli_print_usage(out);
    eml_buf_put_text(
        out,
        "```\n\nstandard output carries results only; diagnostics and progress go to standard error. Files are "
        "replaced in one step "
        "or not at all: what is no ordinary file (a pipe, a device, /dev/stdout) is written as it is. No output may be "
        "an input "
        "of the same command or another of its outputs, by whatever name or link, and nothing replaces a secret key "
        "file. "
        "`prove` removes an old proof before it replaces the outputs and writes the new one last. A new file has the "
        "mode that the umask leaves, an old one keeps its own; secret keys and decrypted rows have 0600.\n");
    for (size_t i = 0; i < EML_CLI_COMMAND_COUNT; i++) {
        eml_buf_printf(out, "\n## eml %s\n\n```\n", eml_cli_commands[i].name);
        eml_cli_print_help(&eml_cli_commands[i], out);
        eml_buf_put_text(out, "```\n");
    }
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*print)(eml_buf *out);
    } modes[] = {{"man", print_man}, {"bash", print_bash}, {"zsh", print_zsh}, {"markdown", print_markdown}};
    for (size_t i = 0; argc == 2 && i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(argv[1], modes[i].name) != 0) continue;
        eml_buf text = {0};
        modes[i].print(&text);
        bool written = fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
        eml_buf_free(&text);
        return written ? 0 : 1;
    }
    fputs("usage: generate man|bash|zsh|markdown\n", stderr);
    return 2;
}
