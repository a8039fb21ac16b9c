package dev.cachalot.library.convert;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;

/**
 * Which type each tensor of a model gets.
 *
 * <ul>
 *   <li>Norms, biases and other rows of numbers, and the routers of experts, stay F32: they are
 *       small and much depends on them.
 *   <li>Every other tensor gets the type asked for. Of {@link TargetType#Q4_K_M} that is Q4_K, but
 *       Q6_K for the output matrix (the embedding, where it is both), and in the layers that {@link
 *       #deservesMore} names also for the attention's values ({@code attn_v}, {@code attn_v_b},
 *       {@code attn_kv_b}) and the feed-forward's last matrix ({@code ffn_down}, experts' too).
 *   <li>A block type whose blocks do not divide the rows gives way to one whose blocks do, of as
 *       many bits or more: Q4_K to Q5_0, Q5_K to Q5_1, Q6_K to Q8_0, and blocks of 32 to F16.
 * </ul>
 *
 * <p>Source of the exemptions and fallbacks: llama.cpp's quantisation ({@code Q4_K_M}).
 *
 * @param layers decoder layers, next-token ones included
 * @param tied whether the embedding is the output matrix too
 */
record TypeRule(TargetType target, int layers, boolean tied) {
    private static final int SMALL_BLOCK = 32;

    /** The type of a tensor before its row's width is looked at; names of either dialect. */
    DType wanted(String name, Shape shape) {
        if (isKept(name, shape)) {
            return DType.F32;
        }
        return target == TargetType.Q4_K_M && isFavoured(name) ? DType.Q6_K : target.matrices();
    }

    private static boolean isKept(String name, Shape shape) {
        return shape.rank() <= 1
                || name.endsWith(".ffn_gate_inp.weight")
                || name.endsWith(".mlp.gate.weight");
    }

    private boolean isFavoured(String name) {
        if (name.equals("output.weight") || (tied && name.equals("token_embd.weight"))) {
            return true;
        }
        boolean kind =
                name.contains(".attn_v.")
                        || name.contains(".attn_v_b.")
                        || name.contains(".attn_kv_b.")
                        || name.contains(".ffn_down");
        return kind && deservesMore(layer(name));
    }

    /** The first eighth of the layers, the last, and every third between. */
    boolean deservesMore(int layer) {
        int eighth = layers / 8;
        return layer < eighth || layer >= layers - eighth || (layer - eighth) % 3 == 2;
    }

    private static int layer(String name) {
        String[] words = name.split("\\.", 3); // blk N rest
        return words.length == 3 && words[1].matches("\\d{1,6}") ? Integer.parseInt(words[1]) : 0;
    }

    /** The type that rows of this width can have in place of the one wanted. */
    static DType fitting(DType wanted, long width) {
        if (width % wanted.blockSize() == 0) {
            return wanted;
        }
        DType small =
                switch (wanted) {
                    case Q4_K -> DType.Q5_0;
                    case Q5_K -> DType.Q5_1;
                    case Q6_K -> DType.Q8_0;
                    default -> wanted;
                };
        return width % SMALL_BLOCK == 0 && small != wanted ? small : DType.F16;
    }
}
