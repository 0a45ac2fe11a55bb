#include "lang/diag.h"

#include <string.h>

/* Longer names have no suggestion: the table below stays small, and nobody mistypes only two letters of so many. */
enum { NAME_MAX_LENGTH = 64, DISTANCE_MAX = 2 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Edits (insert, delete, replace, swap two neighbours) between a and b; both at most NAME_MAX_LENGTH long. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t rows[3]
               [NAME_MAX_LENGTH + 1]; /* row i in rows[i % 3]: distances of the first i of a to each beginning of b */
    for (size_t j = 0; j <= b_length; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *eml_diag_nearest(const char *name, const char *const *candidates, size_t count) {
    size_t length = strlen(name), best = DISTANCE_MAX + 1;
    const char *nearest = NULL;
    if (length > NAME_MAX_LENGTH) return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        if (other > length + DISTANCE_MAX || length > other + DISTANCE_MAX || other > NAME_MAX_LENGTH) continue;
        size_t distance = edit_distance(name, length, candidates[i], other);
        if (distance < best && 2 * distance < length) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
