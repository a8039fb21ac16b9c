package dev.cachalot.bench.tensor;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** One token's attention to a long cache in blocks that lie in no order, of several sequences. */
public class CachedAttentionBenchmark extends KernelBenchmark {
    private static final int BLOCK = 64;

    /** What the cache holds. */
    public enum Cached {
        /** DeepSeek-V2-Lite's: one latent of 512 and a rotated key of 64 for 16 heads. */
        LATENTS("16x1x576x512"),
        /** Qwen2-1.5B's keys and values. */
        KEYS_AND_VALUES("12x2x128x128");

        private final String shape;

        Cached(String shape) {
            this.shape = shape;
        }
    }

    @Param public Cached cached = Cached.LATENTS;

    /** Tokens of a sequence. */
    @Param("4096")
    public int context = 4096;

    @Param({"1", "8"})
    public int sequences = 1;

    private final List<LatentSpan> latents = new ArrayList<>();
    private final List<PagedSpan> pages = new ArrayList<>();
    private AttentionShape attention = new AttentionShape(1, 1, 1, 1, 1);
    private Tensor q = memory.floats(1, 1);
    private Tensor out = memory.floats(1, 1);

    @Override
    void operands() {
        attention = attention(cached.shape);
        q = normal(sequences, attention.heads() * attention.keyDim());
        out = memory.zeros(sequences, attention.heads() * (long) attention.valueDim());
        int blocks = Math.ceilDiv(context, BLOCK);
        int keyWidth = attention.kvHeads() * attention.keyDim();
        int valueWidth = attention.kvHeads() * attention.valueDim();
        boolean isLatent = cached == Cached.LATENTS;
        Tensor keys = normal(sequences * blocks * BLOCK, keyWidth);
        Tensor values = isLatent ? keys : normal(sequences * blocks * BLOCK, valueWidth);
        int[] order = order(sequences * blocks);
        for (int s = 0; s < sequences; s++) {
            int[] table = Arrays.copyOfRange(order, s * blocks, (s + 1) * blocks);
            PagedRows keyRows = new PagedRows(keys, table, BLOCK);
            if (isLatent) {
                latents.add(new LatentSpan(s, 1, keyRows, context));
            } else {
                PagedRows valueRows = new PagedRows(values, table, BLOCK);
                pages.add(new PagedSpan(s, 1, keyRows, valueRows, context));
            }
        }
    }

    private int[] order(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = below(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    @Override
    Tensor run(Kernels kernels) {
        switch (cached) {
            case LATENTS -> kernels.attendLatent(q, attention, latents, out);
            case KEYS_AND_VALUES -> kernels.attendPaged(q, attention, pages, out);
        }
        return out;
    }

    @Override
    double tolerance() {
        return ATTENTION;
    }
}
