package dev.cachalot.model;

import dev.cachalot.tensor.Tensor;

/**
 * Which token goes to which expert: a batch's (token, choice) pairs grouped by expert, tokens
 * ascending.
 *
 * @param tokens token of each grouped row, [T * topK]
 * @param slots grouped row of each pair, at token * topK + choice
 * @param starts first grouped row of each expert, and the end: [E + 1]
 */
public record Dispatch(int[] tokens, int[] slots, int[] starts) {

    /** Groups the choices ids [T, topK] over {@code experts} experts. */
    static Dispatch of(Tensor ids, int experts) {
        int count = ids.rows();
        int topK = ids.width();
        int[] starts = new int[experts + 1];
        int[] chosen = new int[count * topK];
        for (int t = 0; t < count; t++) {
            for (int j = 0; j < topK; j++) {
                int expert = ids.getInt(t, j);
                chosen[t * topK + j] = expert;
                starts[expert + 1]++;
            }
        }
        for (int e = 0; e < experts; e++) {
            starts[e + 1] += starts[e];
        }
        int[] next = starts.clone();
        int[] tokens = new int[chosen.length];
        int[] slots = new int[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            int row = next[chosen[i]]++;
            tokens[row] = i / topK;
            slots[i] = row;
        }
        return new Dispatch(tokens, slots, starts);
    }

    /** Tokens that go to an expert. */
    public int count(int expert) {
        return starts[expert + 1] - starts[expert];
    }

    /** An expert's rows of a grouped tensor. */
    public Tensor part(Tensor grouped, int expert) {
        return grouped.slice(starts[expert], count(expert));
    }
}
