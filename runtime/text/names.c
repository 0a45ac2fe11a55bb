#include "runtime/text/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/text/text.h"
#include "runtime/text/unicode_tables.h"

bool eml_name_is_visible(const char *text, size_t length, uint32_t *hidden) {
    for (size_t at = 0; at < length;) {
        uint32_t point = 0;
        size_t step = eml_utf8_decode(text + at, length - at, &point), low = 0, high = eml_unicode_visible_count;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (eml_unicode_visible[middle].last < point)
                low = middle + 1;
            else
                high = middle;
        }
        *hidden = point;
        if (step == 0 || low == eml_unicode_visible_count || point < eml_unicode_visible[low].first) return false;
        at += step;
    }
    return true;
}

bool eml_name_has_fault(const char *text, size_t length, char fault[EML_NAME_FAULT_TEXT]) {
    uint32_t hidden;
    if (length == 0)
        snprintf(fault, EML_NAME_FAULT_TEXT, "is empty");
    else if (!eml_text_is_utf8(text, length))
        snprintf(fault, EML_NAME_FAULT_TEXT, "is not UTF-8 text");
    else if (!eml_name_is_visible(text, length, &hidden))
        snprintf(fault, EML_NAME_FAULT_TEXT, "is not printable: U+%04X is not a visible character", (unsigned)hidden);
    else if (text[0] == ' ' || text[length - 1] == ' ')
        snprintf(fault, EML_NAME_FAULT_TEXT, "begins or ends with a blank");
    else
        return false;
    return true;
}

static uint32_t mapped(const eml_unicode_map *map, size_t count, uint32_t point) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (map[middle].last < point)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count || point < map[low].first || (point - map[low].first) % map[low].step != 0) return point;
    return (uint32_t)((int64_t)point + map[low].delta);
}

/* Letters of Greek and Cyrillic whose usual shape is that of a Latin letter, and that letter. */
static const struct {
    uint32_t point;
    char latin;
} looks_latin[] = {
    {0x391, 'A'}, {0x392, 'B'}, {0x395, 'E'}, {0x396, 'Z'}, {0x397, 'H'}, {0x399, 'I'}, {0x39a, 'K'}, {0x39c, 'M'},
    {0x39d, 'N'}, {0x39f, 'O'}, {0x3a1, 'P'}, {0x3a4, 'T'}, {0x3a5, 'Y'}, {0x3a7, 'X'}, {0x3b1, 'a'}, {0x3b3, 'y'},
    {0x3b9, 'i'}, {0x3ba, 'k'}, {0x3bd, 'v'}, {0x3bf, 'o'}, {0x3c1, 'p'}, {0x3c5, 'u'}, {0x3c7, 'x'}, {0x3f2, 'c'},
    {0x3f3, 'j'}, {0x3f9, 'C'}, {0x37f, 'J'}, {0x405, 'S'}, {0x406, 'I'}, {0x408, 'J'}, {0x410, 'A'}, {0x412, 'B'},
    {0x415, 'E'}, {0x41a, 'K'}, {0x41c, 'M'}, {0x41d, 'H'}, {0x41e, 'O'}, {0x420, 'P'}, {0x421, 'C'}, {0x422, 'T'},
    {0x423, 'Y'}, {0x425, 'X'}, {0x430, 'a'}, {0x435, 'e'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x443, 'y'},
    {0x445, 'x'}, {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'}, {0x474, 'V'}, {0x475, 'v'}, {0x4ae, 'Y'}, {0x4af, 'y'},
    {0x4bb, 'h'}, {0x4c0, 'I'}, {0x4cf, 'l'}, {0x501, 'd'}, {0x50c, 'G'}, {0x51a, 'Q'}, {0x51b, 'q'}, {0x51c, 'W'},
    {0x51d, 'w'},
};

static uint32_t latin_of(uint32_t point) {
    for (size_t i = 0; i < sizeof looks_latin / sizeof *looks_latin; i++)
        if (looks_latin[i].point == point) return (uint32_t)looks_latin[i].latin;
    return point;
}

/* What the name becomes: six hexadecimal digits a code point. */
static char *key_of(const char *text, size_t length, bool script) {
    char *key = eml_alloc(2 + 6 * length, 1), *out = key;
    *out++ = script ? 's' : 'c';
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t step = eml_utf8_decode(text + at, length - at, &point);
        if (step == 0) step = 1, point = (uint8_t)text[at]; /* a column of a table need not be UTF-8 */
        point = mapped(eml_unicode_plain, eml_unicode_plain_count, point);
        if (script && point >= 0x370) point = latin_of(point);
        point = mapped(eml_unicode_fold, eml_unicode_fold_count, point);
        for (int shift = 20; shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[point >> shift & 15];
        at += step;
    }
    return key;
}

static int compare_keys(const void *a, const void *b) {
    const eml_name_key *x = a, *y = b;
    return strcmp(x->key, y->key);
}

void eml_name_index_init(eml_name_index *index, const char *const *names, size_t count) {
    *index = (eml_name_index){eml_alloc(2 * count, sizeof *index->keys), 2 * count};
    for (size_t i = 0; i < 2 * count; i++) {
        const char *name = names[i / 2];
        index->keys[i] = (eml_name_key){key_of(name, strlen(name), i % 2), name};
    }
    qsort(index->keys, index->count, sizeof *index->keys, compare_keys);
}

bool eml_name_index_pair(const eml_name_index *index, const char **a, const char **b) {
    for (size_t i = 1; i < index->count; i++) {
        const eml_name_key *x = &index->keys[i - 1], *y = &index->keys[i];
        if (compare_keys(x, y) != 0 || strcmp(x->name, y->name) == 0) continue;
        *a = x->name;
        *b = y->name;
        return true;
    }
    return false;
}

const char *eml_name_index_find(const eml_name_index *index, const char *text, size_t length) {
    const eml_name_key *found = NULL;
    for (int script = 0; script < 2 && !found; script++) {
        eml_name_key wanted = {key_of(text, length, script), NULL};
        found = bsearch(&wanted, index->keys, index->count, sizeof *index->keys, compare_keys);
        eml_free(wanted.key);
    }
    return found ? found->name : NULL;
}

void eml_name_index_free(eml_name_index *index) {
    for (size_t i = 0; i < index->count; i++) eml_free(index->keys[i].key);
    eml_free(index->keys);
    *index = (eml_name_index){0};
}
