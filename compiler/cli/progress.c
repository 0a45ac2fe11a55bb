/* What a long compilation is at, for a person at a terminal: a line on standard error from a second on, which goes when
 * the work is done. A thread draws it, as nobody knows beforehand how long a pass takes. */
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "compiler/cli/cli.h"

/* Not on a stack: when memory ends, the work is left without a word (runtime/base/guard.h). */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    const char *pass; /* NULL: done */
    struct timespec start;
    bool runs;
} shown = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void draw(const char *pass) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    char line[128];
    int length = snprintf(line, sizeof line, "\r\033[K%s, %lld s", pass, (long long)(now.tv_sec - shown.start.tv_sec));
    ssize_t ignored = write(STDERR_FILENO, line, (size_t)length);
    (void)ignored;
}

/* Each second, and when a pass begins. */
static void *watch(void *context) {
    (void)context;
    struct timespec next = shown.start;
    bool drawn = false;
    pthread_mutex_lock(&shown.lock);
    next.tv_sec++;
    while (shown.pass != NULL) {
        const char *pass = shown.pass;
        int waited = 0;
        while (waited == 0 && shown.pass != NULL && (!drawn || shown.pass == pass))
            waited = pthread_cond_timedwait(&shown.changed, &shown.lock, &next);
        if (shown.pass == NULL) break;
        draw(shown.pass);
        drawn = true;
        if (waited != 0) next.tv_sec++;
    }
    pthread_mutex_unlock(&shown.lock);
    static const char clear[] = "\r\033[K";
    ssize_t ignored = drawn ? write(STDERR_FILENO, clear, sizeof clear - 1) : 0;
    (void)ignored;
    return NULL;
}

void eml_cli_progress(void *context, const char *pass) {
    (void)context;
    if (!shown.runs) return;
    pthread_mutex_lock(&shown.lock);
    shown.pass = pass;
    pthread_cond_signal(&shown.changed);
    pthread_mutex_unlock(&shown.lock);
}

void eml_cli_progress_begin(const char *pass) {
    if (isatty(STDERR_FILENO) != 1) return;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&shown.changed, &attributes);
    pthread_condattr_destroy(&attributes);
    clock_gettime(CLOCK_MONOTONIC, &shown.start);
    shown.pass = pass;
    shown.runs = pthread_create(&shown.thread, NULL, watch, NULL) == 0;
}

void eml_cli_progress_end(void) {
    if (!shown.runs) return;
    eml_cli_progress(NULL, NULL);
    pthread_join(shown.thread, NULL);
    pthread_cond_destroy(&shown.changed);
    shown.runs = false;
}
