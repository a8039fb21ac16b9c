package dev.cachalot.tokenizer;

import java.util.Arrays;

/** A growing row of ids; used by one thread within one call. */
final class IdBuffer {
    private int[] ids = new int[16];
    private int size;

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, Math.multiplyExact(size, 2));
        }
        ids[size++] = id;
    }

    void addAll(int[] more) {
        int needed = Math.addExact(size, more.length);
        if (needed > ids.length) {
            ids =
                    Arrays.copyOf(
                            ids,
                            (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, size * 2L)));
        }
        System.arraycopy(more, 0, ids, size, more.length);
        size = needed;
    }

    int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
