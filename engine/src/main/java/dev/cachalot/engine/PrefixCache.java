package dev.cachalot.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of prompts' beginnings, kept for prompts that begin alike. An entry is one whole chunk of
 * {@value Sequence#CHUNK_TOKENS} tokens, named by its tokens and the entry before it; a hit
 * therefore leaves the cutting of the prompt, and so every bit, as it is without. Only chunks
 * computed as a prompt enter. Entries that no sequence holds are evicted, least recently used
 * first, the last of a chain before the ones it follows. Owned by the engine thread.
 */
final class PrefixCache {

    /** One chunk and the blocks that hold its rows. */
    static final class Entry {
        private final long number;
        private final @Nullable Entry previous;
        private final Key key;
        private final int[] blocks;
        private int followers; // entries that name this one as previous

        private Entry(long number, @Nullable Entry previous, Key key, int[] blocks) {
            this.number = number;
            this.previous = previous;
            this.key = key;
            this.blocks = blocks;
        }

        /** Not to be changed. */
        int[] blocks() {
            return blocks;
        }
    }

    private static final class Key {
        private final long previous; // number of the entry before; 0 for none
        private final int[] tokens;
        private final int hash;

        private Key(long previous, int[] tokens) {
            this.previous = previous;
            this.tokens = tokens;
            this.hash = 31 * Arrays.hashCode(tokens) + Long.hashCode(previous);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && previous == key.previous
                    && Arrays.equals(tokens, key.tokens);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final BlockPool pool;
    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true); // by last use
    private long numbered; // entries made so far

    PrefixCache(BlockPool pool) {
        this.pool = pool;
    }

    /** Blocks held. */
    int blocks() {
        return entries.values().stream().mapToInt(entry -> entry.blocks.length).sum();
    }

    /** Blocks that eviction can free now. */
    int evictable() {
        return entries.values().stream()
                .filter(this::isUnused)
                .mapToInt(entry -> entry.blocks.length)
                .sum();
    }

    /** The entries of the longest known beginning of the first {@code limit} tokens. */
    List<Entry> match(int[] tokens, int limit) {
        List<Entry> found = new ArrayList<>();
        long previous = 0;
        for (int end = Sequence.CHUNK_TOKENS; end <= limit; end += Sequence.CHUNK_TOKENS) {
            Entry entry = entries.get(key(previous, tokens, end));
            if (entry == null) {
                break;
            }
            found.add(entry);
            previous = entry.number;
        }
        return found;
    }

    /**
     * Keeps the chunk that ends at {@code end}; the entry that is already there, if there is one.
     * The caller holds the blocks of {@code previous}, so that it cannot have been evicted.
     */
    Entry insert(@Nullable Entry previous, int[] tokens, int end, int[] blocks) {
        Key key = key(previous == null ? 0 : previous.number, tokens, end);
        Entry known = entries.get(key);
        if (known != null) {
            return known;
        }
        Entry entry = new Entry(++numbered, previous, key, blocks);
        for (int block : blocks) {
            pool.retain(block);
        }
        if (previous != null) {
            previous.followers++;
        }
        entries.put(key, entry);
        return entry;
    }

    /** Evicts one entry; whether there was one that nobody uses. */
    boolean evict() {
        for (Entry entry : entries.values()) {
            if (entry.followers == 0 && isUnused(entry)) {
                remove(entry);
                return true;
            }
        }
        return false;
    }

    /** Forgets everything. Blocks that sequences hold stay theirs. */
    void clear() {
        for (Entry entry : entries.values()) {
            release(entry);
        }
        entries.clear();
    }

    private void remove(Entry entry) {
        entries.remove(entry.key);
        release(entry);
        Entry previous = entry.previous;
        if (previous != null) {
            previous.followers--;
        }
    }

    private void release(Entry entry) {
        for (int block : entry.blocks) {
            pool.release(block);
        }
    }

    /** A sequence holds all blocks of an entry, and those of the entries before it, or none. */
    private boolean isUnused(Entry entry) {
        return pool.references(entry.blocks[0]) == 1;
    }

    private static Key key(long previous, int[] tokens, int end) {
        return new Key(previous, Arrays.copyOfRange(tokens, end - Sequence.CHUNK_TOKENS, end));
    }
}
