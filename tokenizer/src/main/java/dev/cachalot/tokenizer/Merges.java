package dev.cachalot.tokenizer;

import java.util.Arrays;

/**
 * The merges of a vocabulary as one hash table, and their application to a word.
 *
 * <p>Pairs are merged in the order of their rank, leftmost first among equals, as by Sennrich et
 * al. 2016 and every published byte-level tokenizer.
 */
final class Merges {
    static final int NONE = -1;
    private static final long EMPTY = -1;

    private final long[] pairs; // left << 32 | right, open addressing
    private final int[] ranks;
    private final int[] merged; // the id that the pair becomes
    private int size;

    Merges(int capacity) {
        int slots = Integer.highestOneBit(Math.max(8, capacity)) * 4;
        pairs = new long[slots];
        Arrays.fill(pairs, EMPTY);
        ranks = new int[slots];
        Arrays.fill(ranks, NONE);
        merged = new int[slots];
    }

    /** Adds the next merge in rank order; the first of two equal pairs counts. */
    void add(int left, int right, int becomes) {
        add(left, right, becomes, size++);
    }

    /** Adds one of several merges that share a rank; of these, the leftmost is done first. */
    void add(int left, int right, int becomes, int rank) {
        long pair = pair(left, right);
        int slot = slot(pair);
        if (pairs[slot] == EMPTY) {
            pairs[slot] = pair;
            ranks[slot] = rank;
            merged[slot] = becomes;
        }
    }

    private int rank(int left, int right) {
        return ranks[slot(pair(left, right))];
    }

    private int slot(long pair) {
        int mask = pairs.length - 1;
        long mixed = pair * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 40) & mask;
        while (pairs[slot] != pair && pairs[slot] != EMPTY) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    /**
     * Merges the first {@code length} ids in place and returns how many are left.
     *
     * <p>A heap of (rank, position) over a linked list: n log n whatever the text, where looking
     * for the best pair again after each merge would be quadratic on a long run of one letter.
     */
    int apply(int[] ids, int length) {
        if (length < 2) {
            return length;
        }
        int[] next = new int[length];
        int[] previous = new int[length];
        Candidates candidates = new Candidates(length);
        for (int i = 0; i < length; i++) {
            next[i] = i + 1 < length ? i + 1 : NONE;
            previous[i] = i - 1;
            if (i + 1 < length) {
                candidates.offer(rank(ids[i], ids[i + 1]), i);
            }
        }
        while (!candidates.isEmpty()) {
            long best = candidates.poll();
            int rank = Candidates.rank(best);
            int at = Candidates.position(best);
            int right = next[at];
            if (ids[at] == NONE || right == NONE) {
                continue; // one half was merged away since this candidate was offered
            }
            int slot = slot(pair(ids[at], ids[right]));
            if (ranks[slot] != rank) {
                continue; // one half is another token now
            }
            ids[at] = merged[slot];
            ids[right] = NONE;
            int after = next[right];
            next[at] = after;
            if (after != NONE) {
                previous[after] = at;
                candidates.offer(rank(ids[at], ids[after]), at);
            }
            int before = previous[at];
            if (before != NONE) {
                candidates.offer(rank(ids[before], ids[at]), before);
            }
        }
        int left = 0;
        for (int at = 0; at != NONE; at = next[at]) {
            ids[left++] = ids[at];
        }
        return left;
    }

    /** A binary heap of (rank, position) packed in longs, smallest first. */
    private static final class Candidates {
        private final long[]
                heap; // a merge takes one out and puts at most two in: fewer than 2 * length
        private int size;

        Candidates(int length) {
            heap = new long[2 * length];
        }

        static int rank(long candidate) {
            return (int) (candidate >>> 32);
        }

        static int position(long candidate) {
            return (int) candidate;
        }

        boolean isEmpty() {
            return size == 0;
        }

        void offer(int rank, int position) {
            if (rank == NONE) {
                return;
            }
            long candidate = (long) rank << 32 | position;
            int at = size++;
            while (at > 0 && heap[(at - 1) >>> 1] > candidate) {
                heap[at] = heap[(at - 1) >>> 1];
                at = (at - 1) >>> 1;
            }
            heap[at] = candidate;
        }

        long poll() {
            long best = heap[0];
            long last = heap[--size];
            int at = 0;
            for (int child = 1; child < size; child = 2 * at + 1) {
                if (child + 1 < size && heap[child + 1] < heap[child]) {
                    child++;
                }
                if (heap[child] >= last) {
                    break;
                }
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = last;
            return best;
        }
    }
}
