package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.RowReader;
import dev.cachalot.tensor.Shape;

/**
 * The order of a Llama's query and key rows: Hugging Face's files hold the first halves of a head's
 * rotated pairs, then the second halves; GGUF's hold each pair side by side (llama.cpp,
 * convert_hf_to_gguf.py, {@code permute}).
 *
 * @param headDim rows of a head
 */
record RotaryRows(int headDim, boolean toPairs) {

    /** The source's row (or, of a bias, number) that lies at {@code index} of the target. */
    long source(long index) {
        long head = index / headDim;
        int within = (int) (index % headDim);
        int half = headDim / 2;
        int from =
                toPairs
                        ? (within % 2) * half + within / 2
                        : (within < half ? 2 * within : 2 * (within - half) + 1);
        return head * headDim + from;
    }

    /** The rows of a matrix, or the numbers of a bias, in the other order. */
    RowReader apply(Shape shape, RowReader rows) {
        int width = Math.toIntExact(shape.width());
        if (shape.rank() == 1) {
            return (_, count, target) -> {
                float[] all = new float[width];
                rows.read(0, count, all);
                for (int i = 0; i < count * width; i++) {
                    target[i] = all[(int) source(i)];
                }
            };
        }
        return (first, count, target) -> {
            float[] row = new float[width];
            for (int i = 0; i < count; i++) {
                rows.read(source(first + i), 1, row);
                System.arraycopy(row, 0, target, i * width, width);
            }
        };
    }
}
