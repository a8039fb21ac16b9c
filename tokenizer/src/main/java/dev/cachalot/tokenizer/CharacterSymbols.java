package dev.cachalot.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers for single characters, and which two may stand side by side within a token: between any
 * other two a text can be cut before merging, for no merge joins them.
 */
final class CharacterSymbols {
    static final int NONE = -1;

    private final int[] basic = new int[Character.MIN_SUPPLEMENTARY_CODE_POINT];
    private final Map<Integer, Integer> supplementary = new HashMap<>();
    private long[] pairs = new long[1 << 12]; // open addressing; 0 is empty
    private int pairCount;

    CharacterSymbols() {
        Arrays.fill(basic, NONE);
    }

    int of(int character) {
        return character < basic.length
                ? basic[character]
                : supplementary.getOrDefault(character, NONE);
    }

    void set(int character, int symbol) {
        if (character < basic.length) {
            basic[character] = symbol;
        } else {
            supplementary.put(character, symbol);
        }
    }

    void join(int left, int right) {
        if (joined(left, right)) {
            return;
        }
        if (++pairCount * 2 > pairs.length) {
            long[] old = pairs;
            pairs = new long[old.length * 2];
            for (long pair : old) {
                if (pair != 0) {
                    pairs[slot(pair)] = pair;
                }
            }
        }
        long pair = pair(left, right);
        pairs[slot(pair)] = pair;
    }

    boolean joined(int left, int right) {
        return pairs[slot(pair(left, right))] != 0;
    }

    private static long pair(int left, int right) {
        return (left + 1L) << 32 | right;
    }

    private int slot(long pair) {
        int mask = pairs.length - 1;
        int slot = (int) ((pair * 0x9E3779B97F4A7C15L) >>> 36) & mask;
        while (pairs[slot] != pair && pairs[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
