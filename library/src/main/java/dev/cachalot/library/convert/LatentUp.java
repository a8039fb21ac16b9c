package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.RowReader;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.tensor.Shape;

/**
 * The two layouts of a latent's up-projection: Hugging Face's one matrix [H * (nope + v), C], where
 * a head's rows are its key part and then its value; and GGUF's, which since April 2025 keeps keys
 * [H, C, nope], transposed a head, apart from values [H, v, C].
 */
record LatentUp(int heads, int rank, int nope, int values) {

    static LatentUp of(MlaConfig mla) {
        return new LatentUp(
                mla.numAttentionHeads(), mla.kvLoraRank(), mla.qkNopeHeadDim(), mla.vHeadDim());
    }

    Shape joinedShape() {
        return Shape.of((long) heads * (nope + values), rank);
    }

    Shape keyShape() {
        return Shape.of(heads, rank, nope);
    }

    Shape valueShape() {
        return Shape.of(heads, values, rank);
    }

    /** Keys out of the one matrix. */
    RowReader keys(RowReader joined) {
        return (first, count, target) -> {
            float[] head = new float[nope * rank]; // [nope, C]
            int loaded = -1;
            for (int i = 0; i < count; i++) {
                int h = (int) ((first + i) / rank);
                int c = (int) ((first + i) % rank);
                if (h != loaded) {
                    joined.read((long) h * (nope + values), nope, head);
                    loaded = h;
                }
                for (int n = 0; n < nope; n++) {
                    target[i * nope + n] = head[n * rank + c];
                }
            }
        };
    }

    /** Values out of the one matrix. */
    RowReader values(RowReader joined) {
        return (first, count, target) -> {
            float[] row = new float[rank];
            for (int i = 0; i < count; i++) {
                long h = (first + i) / values;
                long j = (first + i) % values;
                joined.read(h * (nope + values) + nope + j, 1, row);
                System.arraycopy(row, 0, target, i * rank, rank);
            }
        };
    }

    /** The one matrix out of keys and values. */
    RowReader joined(RowReader keys, RowReader valueRows) {
        return (first, count, target) -> {
            float[] head = new float[rank * nope]; // [C, nope]
            float[] row = new float[rank];
            int loaded = -1;
            for (int i = 0; i < count; i++) {
                int h = (int) ((first + i) / (nope + values));
                int j = (int) ((first + i) % (nope + values));
                if (j >= nope) {
                    valueRows.read((long) h * values + j - nope, 1, row);
                    System.arraycopy(row, 0, target, i * rank, rank);
                    continue;
                }
                if (h != loaded) {
                    keys.read((long) h * rank, rank, head);
                    loaded = h;
                }
                for (int c = 0; c < rank; c++) {
                    target[i * rank + c] = head[c * nope + j];
                }
            }
        };
    }
}
