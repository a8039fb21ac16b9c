package dev.cachalot.tensor;

import dev.cachalot.tensor.kernel.PreparedBytes;
import java.util.OptionalLong;

/**
 * Memory that {@link Kernels#prepare} takes for a weight that cannot be written, told without
 * preparing it. Where both are 0, the weight is read as it lies.
 *
 * @param heapBytes on the Java heap
 * @param storeBytes in the kernels' {@link WeightStore}
 */
public record WeightLayout(long heapBytes, long storeBytes) {
    private static final WeightLayout AS_IT_LIES = new WeightLayout(0, 0);

    /**
     * Of a matrix [outputs, inputs] on a rung.
     *
     * @param heapLeft of {@link #heapLimit}, what weights prepared before have left: one that does
     *     not fit is read as it lies
     */
    public static WeightLayout of(Rung rung, DType dtype, long outputs, int inputs, long heapLeft) {
        if (rung == Rung.SCALAR) {
            return AS_IT_LIES;
        }
        OptionalLong tiles = PreparedBytes.tiles(dtype, outputs, inputs);
        if (tiles.isPresent()) {
            return new WeightLayout(0, tiles.getAsLong());
        }
        OptionalLong panels = PreparedBytes.panels(dtype, outputs, inputs);
        return panels.isPresent() && panels.getAsLong() <= heapLeft
                ? new WeightLayout(panels.getAsLong(), 0)
                : AS_IT_LIES;
    }

    /** As {@link Kernels#typeOfCopy} of a rung's kernels. */
    public static DType typeOfCopy(Rung rung, DType source, int inputs) {
        return rung == Rung.ASSEMBLED ? PreparedBytes.typeOfCopy(source, inputs) : DType.F32;
    }

    /**
     * As {@link Kernels#typeOfLatents} of a rung's kernels.
     *
     * @param source type of the weight that keys are a copy of
     * @param inputs of the copy
     * @param shape of the absorbed attention
     */
    public static DType typeOfLatents(Rung rung, DType source, int inputs, AttentionShape shape) {
        return rung == Rung.ASSEMBLED
                ? PreparedBytes.typeOfLatents(source, inputs, shape)
                : DType.F32;
    }

    /** The heap that prepared weights may take, all together. */
    public static long heapLimit() {
        return PreparedBytes.panelLimit();
    }

    /** Whether the kernels read the weight where it lies. */
    public boolean isSource() {
        return heapBytes == 0 && storeBytes == 0;
    }
}
