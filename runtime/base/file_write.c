#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/memory.h"
#include "runtime/base/place.h"

enum { MAGIC_BYTES = sizeof EML_FILE_KEPT_MAGIC - 1, TEMPORARY_NAME_MAX = 32 };

/* ----- Signals ----- */

/* Signals that end the process wait while there are temporary files: this thread alone takes them, the others of ours
 * block every signal (parallel.c). What can take long looks at what waits. */
typedef struct signal_hold {
    sigset_t waiting, before;
} signal_hold;

static void hold_signals(signal_hold *hold) {
    static const int ending[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGXFSZ};
    pthread_sigmask(SIG_BLOCK, NULL, &hold->before);
    sigemptyset(&hold->waiting);
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        struct sigaction action;
        bool ends = sigaction(ending[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN;
        if (ends && !sigismember(&hold->before, ending[i])) sigaddset(&hold->waiting, ending[i]);
    }
    pthread_sigmask(SIG_BLOCK, &hold->waiting, NULL);
}

static void release_signals(const signal_hold *hold) { pthread_sigmask(SIG_SETMASK, &hold->before, NULL); }

/* Sets errno when it is so. */
static bool is_told_to_end(const signal_hold *hold) {
    sigset_t pending;
    if (sigpending(&pending) != 0) return false;
    sigandset(&pending, &pending, &hold->waiting);
    if (sigisemptyset(&pending)) return false;
    errno = EINTR;
    return true;
}

/* Waits a moment, or until fd (-1: nothing) can be written to: then true. */
static bool wait_for(int fd) {
    enum { MILLISECONDS = 20 };
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    return poll(&wanted, 1, MILLISECONDS) > 0;
}

/* ----- Bytes ----- */

typedef struct span {
    const uint8_t *next;
    size_t left;
} span;

/* In steps that a pipe takes at once when it takes anything. */
static bool write_all(int fd, span from, const signal_hold *hold) {
    while (from.left > 0) {
        if (is_told_to_end(hold)) return false;
        if (!wait_for(fd)) continue;
        ssize_t n = write(fd, from.next, from.left < PIPE_BUF ? from.left : PIPE_BUF);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) from.next += n, from.left -= (size_t)n;
    }
    return true;
}

static bool write_to_disk(int fd, span from, const signal_hold *hold) {
    enum { STEP = 1 << 20 };
    while (from.left > 0) {
        if (is_told_to_end(hold)) return false;
        ssize_t n = write(fd, from.next, from.left < STEP ? from.left : STEP);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) from.next += n, from.left -= (size_t)n;
    }
    return true;
}

/* ----- What may be written to ----- */

static bool is_stdout(const char *path) { return strcmp(path, "-") == 0; }

static eml_status fail(const char *path, int cause, eml_error *err) {
    return eml_fail(err, EML_ERR_IO, "%s: cannot write: %s", path, strerror(cause));
}

static eml_status refuse_existing(const char *path, eml_error *err) {
    return eml_fail(
        err, EML_ERR_INPUT,
        "%s exists, and is never overwritten: if it is a secret key, a salt or an opening, what was made with it "
        "would be lost; give another name",
        path);
}

/* Renaming would put a file where a device was. */
static bool is_written_in_place(const eml_place *place) {
    return place->descriptor || (place->exists && !S_ISREG(place->info.st_mode));
}

/* What is there is no secret key. What cannot be read may be one. */
static eml_status check_not_kept(const eml_place *place, const char *path, eml_file_access access, eml_error *err) {
    if (!eml_place_is_regular(place)) return EML_OK;
    int fd = openat(place->folder, place->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || place->descriptor)) return EML_OK;
    if (fd < 0)
        return eml_fail(err, EML_ERR_IO, "%s: cannot write: what is there cannot be read, and may be a secret key: %s",
                        path, strerror(errno));
    char start[MAGIC_BYTES];
    ssize_t got = pread(fd, start, sizeof start, 0);
    close(fd);
    if (got != MAGIC_BYTES) return EML_OK;
    if (access != EML_FILE_OWNERS && memcmp(start, EML_FILE_OWNERS_MAGIC, MAGIC_BYTES) == 0)
        return eml_fail(
            err, EML_ERR_INPUT,
            "%s is the owner's bundle of a hidden model, and is overwritten only by compiling with the --salt "
            "file that it was made with: without its salts nothing more could be proved under its program "
            "hash; move it, or give another name",
            path);
    if (memcmp(start, EML_FILE_OPENING_MAGIC, MAGIC_BYTES) == 0)
        return eml_fail(
            err, EML_ERR_INPUT,
            "%s is the opening of a commitment, and is never overwritten: nothing more could be proved about "
            "what its issuer vouched for; move it, or give another name",
            path);
    if (memcmp(start, EML_FILE_KEPT_MAGIC, MAGIC_BYTES) != 0) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT,
                    "%s is a secret key, and is never overwritten: what was encrypted for it would be lost", path);
}

static eml_status check_place(const eml_place *place, const char *path, eml_file_access access, eml_error *err) {
    if (place->exists && access == EML_FILE_NEW_SECRET) return refuse_existing(path, err);
    if (place->exists && S_ISDIR(place->info.st_mode))
        return eml_fail(err, EML_ERR_IO, "%s: cannot write: it is a directory", path);
    EML_TRY(check_not_kept(place, path, access, err));
    if (is_written_in_place(place) || faccessat(place->folder, ".", W_OK | X_OK, AT_EACCESS) == 0) return EML_OK;
    return eml_fail(err, EML_ERR_IO, "%s: cannot write into its folder: %s", path, strerror(errno));
}

static eml_status find_place(const char *path, eml_file_access access, eml_place *out, eml_error *err) {
    eml_place place;
    eml_status status = eml_place_find(path, &place, err);
    if (status != EML_OK) {
        eml_error_prefix(err, "%s: cannot write", path);
        return status;
    }
    status = check_place(&place, path, access, err);
    if (status == EML_OK)
        *out = place;
    else
        eml_place_close(&place);
    return status;
}

eml_status eml_file_check_writable(const char *path, eml_file_access access, eml_error *err) {
    if (is_stdout(path)) return EML_OK;
    eml_place place;
    EML_TRY(find_place(path, access, &place, err));
    eml_place_close(&place);
    return EML_OK;
}

/* ----- Files on the way to their places ----- */

typedef struct stage {
    const eml_file_content *file;
    eml_place place;
    int descriptor;                     /* of the temporary file; -1: none */
    char temporary[TEMPORARY_NAME_MAX]; /* its name in the place's folder; "": none */
} stage;

/* Short, whatever the file is called: any name that a file can have has room for its temporary file's. */
static int create_temporary(stage *s, mode_t mode) {
    enum { ATTEMPTS = 100 };
    for (int i = 0; i < ATTEMPTS; i++) {
        unsigned long long random;
        if (getrandom(&random, sizeof random, 0) != sizeof random) return -1;
        snprintf(s->temporary, sizeof s->temporary, ".eml-%016llx.tmp", random);
        int fd = openat(s->place.folder, s->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0) return fd;
        s->temporary[0] = '\0';
        if (errno != EEXIST) return -1;
    }
    return -1;
}

/* A file that is written to. */
typedef struct target {
    int descriptor;
    bool in_place;
    const signal_hold *hold;
    int cause; /* errno of what failed; 0: nothing */
} target;

static eml_status put_bytes(void *context, const void *bytes, size_t count, eml_error *err) {
    target *to = context;
    span from = {bytes, count};
    bool written =
        to->in_place ? write_all(to->descriptor, from, to->hold) : write_to_disk(to->descriptor, from, to->hold);
    if (written) return EML_OK;
    to->cause = errno;
    return eml_fail(err, EML_ERR_IO, "cannot write");
}

/* name: for messages. */
static eml_status put_content(const eml_file_content *file, const char *name, target *to, eml_error *err) {
    eml_status status = file->produce == NULL ? put_bytes(to, file->bytes, file->count, err)
                                              : file->produce(file->context, &(eml_sink){put_bytes, to}, err);
    return to->cause != 0 ? fail(name, to->cause, err) : status;
}

static eml_status write_temporary(stage *s, const signal_hold *hold, eml_error *err) {
    bool ordinary = s->file->access == EML_FILE_ORDINARY, replaces = s->place.exists;
    s->descriptor = create_temporary(s, ordinary && !replaces ? 0666 : 0600);
    if (s->descriptor < 0) return fail(s->file->path, errno, err);
    EML_TRY(put_content(s->file, s->file->path, &(target){.descriptor = s->descriptor, .hold = hold}, err));
    bool kept = !ordinary || !replaces || fchmod(s->descriptor, s->place.info.st_mode & 0777) == 0;
    return kept && fsync(s->descriptor) == 0 ? EML_OK : fail(s->file->path, errno, err);
}

static eml_status open_stage(const eml_file_content *file, const signal_hold *hold, stage *s, eml_error *err) {
    *s = (stage){.file = file, .place = {.folder = -1}, .descriptor = -1};
    if (is_stdout(file->path)) return EML_OK;
    EML_TRY(find_place(file->path, file->access, &s->place, err));
    return is_written_in_place(&s->place) ? EML_OK : write_temporary(s, hold, err);
}

static void close_stage(stage *s) {
    if (s->temporary[0] != '\0') unlinkat(s->place.folder, s->temporary, 0);
    if (s->descriptor >= 0) close(s->descriptor);
    eml_place_close(&s->place);
}

/* A pipe that nobody reads yet is waited for. */
static int open_in_place(const eml_place *place, const signal_hold *hold) {
    for (;;) {
        int fd = openat(place->folder, place->name, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) != 0) {
            close(fd);
            return -1;
        }
        if (fd >= 0 || errno != ENXIO || !S_ISFIFO(place->info.st_mode) || is_told_to_end(hold)) return fd;
        wait_for(-1);
    }
}

static eml_status write_in_place(const stage *s, const signal_hold *hold, eml_error *err) {
    target to = {.descriptor = STDOUT_FILENO, .in_place = true, .hold = hold};
    if (is_stdout(s->file->path)) return put_content(s->file, "standard output", &to, err);
    to.descriptor = open_in_place(&s->place, hold);
    if (to.descriptor < 0) return fail(s->file->path, errno, err);
    eml_status status = put_content(s->file, s->file->path, &to, err);
    close(to.descriptor);
    return status;
}

/* Gives the temporary file its name unless something has it. File systems that cannot rename so make a second link. */
static int create_only(const stage *s) {
    int folder = s->place.folder;
    if (renameat2(folder, s->temporary, folder, s->place.name, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    if (linkat(folder, s->temporary, folder, s->place.name, 0) != 0) return -1;
    return unlinkat(folder, s->temporary, 0);
}

static eml_status put_in_place(stage *s, const signal_hold *hold, eml_error *err) {
    if (s->temporary[0] == '\0') return write_in_place(s, hold, err);
    EML_TRY(check_not_kept(&s->place, s->file->path, s->file->access, err));
    bool only_new = s->file->access == EML_FILE_NEW_SECRET;
    int folder = s->place.folder;
    int result = only_new ? create_only(s) : renameat(folder, s->temporary, folder, s->place.name);
    if (result != 0 && only_new && errno == EEXIST) return refuse_existing(s->file->path, err);
    if (result != 0) return fail(s->file->path, errno, err);
    s->temporary[0] = '\0';
    return EML_OK;
}

static eml_status remove_old(const stage *s, eml_error *err) {
    if (s->temporary[0] == '\0') return EML_OK;
    EML_TRY(check_not_kept(&s->place, s->file->path, s->file->access, err));
    if (unlinkat(s->place.folder, s->place.name, 0) == 0 || errno == ENOENT) return EML_OK;
    return eml_fail(err, EML_ERR_IO, "%s: cannot remove the old file: %s", s->file->path, strerror(errno));
}

/* ----- Several files ----- */

/* Who creates secrets in a folder waits until the lock is closed. -1: the folder cannot be locked. Then still one of
 * two at once creates the file; but the one that comes too late may have removed the other's last file. */
static int lock_folder(const stage *s, const signal_hold *hold) {
    int fd = openat(s->place.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK && !is_told_to_end(hold)) wait_for(-1);
    return fd;
}

static bool is_taken(const stage *s) {
    struct stat info;
    return fstatat(s->place.folder, s->place.name, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

static eml_status put_all_in_place(stage *stages, size_t count, const signal_hold *hold, eml_error *err) {
    for (size_t i = 0; i < count; i++)
        if (stages[i].file->access == EML_FILE_NEW_SECRET && is_taken(&stages[i]))
            return refuse_existing(stages[i].file->path, err);
    if (count > 1) EML_TRY(remove_old(&stages[count - 1], err));
    for (size_t i = 0; i < count; i++) EML_TRY(put_in_place(&stages[i], hold, err));
    return EML_OK;
}

static eml_status write_stages(const eml_file_content *files, size_t count, const signal_hold *hold, stage *stages,
                               eml_error *err) {
    size_t opened = 0;
    int lock = -1;
    eml_status status = EML_OK;
    for (; opened < count && status == EML_OK; opened++)
        status = open_stage(&files[opened], hold, &stages[opened], err);
    for (size_t i = 0; i < count && status == EML_OK && lock < 0; i++)
        if (files[i].access == EML_FILE_NEW_SECRET) lock = lock_folder(&stages[i], hold);
    if (status == EML_OK) status = put_all_in_place(stages, count, hold, err);
    for (size_t i = 0; i < opened; i++) close_stage(&stages[i]);
    if (lock >= 0) close(lock);
    return status;
}

eml_status eml_files_write(const eml_file_content *files, size_t count, eml_error *err) {
    signal_hold hold;
    stage *stages = eml_alloc(count, sizeof *stages);
    hold_signals(&hold);
    eml_status status = write_stages(files, count, &hold, stages, err);
    release_signals(&hold);
    eml_free(stages);
    return status;
}

eml_status eml_file_write(const char *path, const void *bytes, size_t count, eml_file_access access, eml_error *err) {
    return eml_files_write(&(eml_file_content){.path = path, .bytes = bytes, .count = count, .access = access}, 1, err);
}
