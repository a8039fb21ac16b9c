package dev.cachalot.model;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;

/**
 * Tables of the rotary embedding: cosine and sine of every position and pair, F32 [contextLength,
 * width / 2].
 */
public record Rope(Tensor cos, Tensor sin) {

    /** Computes the tables in double precision into {@code memory}, which must outlive them. */
    static Rope of(RopeConfig config, int width, int contextLength, Workspace memory) {
        double[] frequencies = config.frequencies(width);
        double factor = config.tableFactor();
        Tensor cos = memory.floats(contextLength, frequencies.length);
        Tensor sin = memory.floats(contextLength, frequencies.length);
        float[] cosRow = new float[frequencies.length];
        float[] sinRow = new float[frequencies.length];
        for (int position = 0; position < contextLength; position++) {
            for (int i = 0; i < frequencies.length; i++) {
                double angle = position * frequencies[i];
                cosRow[i] = (float) (Math.cos(angle) * factor);
                sinRow[i] = (float) (Math.sin(angle) * factor);
            }
            cos.setRow(position, cosRow);
            sin.setRow(position, sinRow);
        }
        return new Rope(cos, sin);
    }
}
