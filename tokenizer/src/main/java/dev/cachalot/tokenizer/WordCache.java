package dev.cachalot.tokenizer;

import org.jspecify.annotations.Nullable;

/**
 * Ids of words seen before; natural text repeats most of its words.
 *
 * <p>One slot a hash, the newest word wins, so no text can make it grow. Shared by threads without
 * a lock: an entry is immutable with final fields, so a race loses at most an entry.
 */
final class WordCache {
    /** Longer words hardly repeat. */
    static final int LONGEST = 48;

    private static final int SLOTS = 1 << 15;

    private final @Nullable Entry[] entries = new @Nullable Entry[SLOTS];

    /** The ids of {@code text[from, to)}, to be read only, or null. */
    int @Nullable [] get(String text, int from, int to) {
        int hash = hash(text, from, to);
        Entry entry = entries[hash & SLOTS - 1];
        return entry != null
                        && entry.word.length() == to - from
                        && text.regionMatches(from, entry.word, 0, to - from)
                ? entry.ids
                : null;
    }

    void put(String word, int[] ids) {
        entries[hash(word, 0, word.length()) & SLOTS - 1] = new Entry(word, ids);
    }

    private static int hash(String text, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = hash * 0x01000193 + text.charAt(i);
        }
        hash *= 0x9E3779B1;
        return hash ^ hash >>> 16;
    }

    private static final class Entry {
        private final String word;
        private final int[] ids;

        Entry(String word, int[] ids) {
            this.word = word;
            this.ids = ids;
        }
    }
}
