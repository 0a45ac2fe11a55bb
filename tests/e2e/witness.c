/* Preloaded into eml by test_files.py and test_memory.py. Steps are the calls that change files; what happens at them
 * is said by the environment: EML_TEST_SIGNAL=S EML_TEST_STEP=N   before step N (from 1) the process is sent signal S
 *   EML_TEST_PLAIN_RENAME=1             the file system cannot rename without replacing
 *   EML_TEST_MEMORY=FILE                at the end all memory that was ever written to is copied to FILE */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void step(void) {
    static int steps;
    const char *at = getenv("EML_TEST_STEP"), *number = getenv("EML_TEST_SIGNAL");
    if (at != NULL && number != NULL && ++steps == atoi(at)) kill(getpid(), atoi(number));
}

int openat(int folder, const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (flags & O_CREAT) step();
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (fd > STDERR_FILENO) step();
    return syscall(SYS_write, fd, bytes, count);
}

int fsync(int fd) {
    step();
    return (int)syscall(SYS_fsync, fd);
}

int fchmod(int fd, mode_t mode) {
    step();
    return (int)syscall(SYS_fchmod, fd, mode);
}

int unlinkat(int folder, const char *path, int flags) {
    step();
    return (int)syscall(SYS_unlinkat, folder, path, flags);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    step();
    return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    step();
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    step();
    if (getenv("EML_TEST_PLAIN_RENAME") != NULL) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

/* ----- Memory ----- */

static const unsigned long long LARGEST = 1ull << 34; /* a sanitizer's shadow is larger, and no memory of eml */
static char page[4096], maps[1 << 20];                /* not on the stack, which is looked at too */

static void copy_range(int from, int to, unsigned long long start, unsigned long long end) {
    for (; start < end; start += sizeof page) {
        if (pread(from, page, sizeof page, (off_t)start) != sizeof page) continue;
        if (page[0] == 0 && memcmp(page, page + 1, sizeof page - 1) == 0) continue;
        if (syscall(SYS_write, to, page, sizeof page) != sizeof page) abort();
    }
}

static size_t read_maps(void) {
    int fd = open("/proc/self/maps", O_RDONLY);
    size_t length = 0;
    for (ssize_t n; (n = read(fd, maps + length, sizeof maps - 1 - length)) > 0;) length += (size_t)n;
    close(fd);
    return length;
}

__attribute__((destructor)) static void copy_memory(void) {
    const char *path = getenv("EML_TEST_MEMORY");
    if (path == NULL) return;
    int from = open("/proc/self/mem", O_RDONLY), to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (from < 0 || to < 0) abort();
    maps[read_maps()] = '\0';
    for (char *line = maps; *line != '\0'; line = strchr(line, '\n') + 1) {
        unsigned long long start = strtoull(line, &line, 16), end = strtoull(line + 1, &line, 16);
        if (line[2] == 'w' && end - start < LARGEST) copy_range(from, to, start, end);
    }
    close(from);
    close(to);
}
