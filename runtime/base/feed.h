/* Where bytes come from, a step at a time: memory, a file, standard input. Messages name it. */
#ifndef EML_BASE_FEED_H
#define EML_BASE_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"

enum { EML_FEED_AHEAD = 4096 };

typedef struct eml_feed {
    const char *name;    /* for messages; borrowed */
    const uint8_t *next; /* borrowed: bytes that come before the descriptor's */
    size_t left;
    uint8_t *ahead;   /* where those are that were peeked at; owned; NULL: not yet */
    int descriptor;   /* -1: none */
    const int *owned; /* the descriptor, when it is closed with the feed */
} eml_feed;

void eml_feed_of_bytes(eml_feed *feed, const char *name, const void *bytes, size_t count);
/* path "-": standard input. */
EML_NODISCARD eml_status eml_feed_open(eml_feed *feed, const char *path, eml_error *err);
/* The bytes that come next, EML_FEED_AHEAD or more unless the feed ends before; they are still to be read. Borrowed
 * until then. */
EML_NODISCARD eml_status eml_feed_peek(eml_feed *feed, const uint8_t **bytes, size_t *count, eml_error *err);
/* Fills `room` bytes, or less at the end. */
EML_NODISCARD eml_status eml_feed_read(eml_feed *feed, uint8_t *to, size_t room, size_t *got, eml_error *err);
/* Appends all that is left. Fails (EML_ERR_INPUT) when that is more than limit bytes. */
EML_NODISCARD eml_status eml_feed_read_all(eml_feed *feed, size_t limit, eml_buf *out, eml_error *err);
void eml_feed_close(eml_feed *feed);

#endif
