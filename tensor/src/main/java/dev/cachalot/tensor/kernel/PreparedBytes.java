package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.assembly.ProductInstructions;
import java.util.OptionalLong;

/** Bytes of prepared weights [outputs, inputs], by type. */
public final class PreparedBytes {
    private static final long KEEP_BYTES = 128L << 20; // a small model, whole

    /** Of tiles; empty for a type that is not laid in tiles. */
    public static OptionalLong tiles(DType dtype, long outputs, int inputs) {
        if (!TileFormat.isTiled(dtype)) {
            return OptionalLong.empty();
        }
        long count = (outputs + TileFormat.ROWS - 1) / TileFormat.ROWS;
        return OptionalLong.of(count * TileFormat.of(dtype).tileBytes(inputs));
    }

    /** As {@code AssembledKernels.typeOfCopy}. */
    public static DType typeOfCopy(DType source, int inputs) {
        boolean fits = TileFormat.isTiled(source) && inputs % DType.Q8_0.blockSize() == 0;
        return fits
                        && ProductInstructions.chosen()
                                .filter(chosen -> CodeCheck.passes(chosen, DType.Q8_0))
                                .isPresent()
                ? DType.Q8_0
                : DType.F32;
    }

    /** As {@code AssembledKernels.typeOfLatents}, where keys are a copy of such a weight. */
    public static DType typeOfLatents(DType source, int inputs, AttentionShape shape) {
        boolean isRounded =
                typeOfCopy(source, inputs) != DType.F32
                        && AssembledKernels.isWide(ProductInstructions.chosen().orElseThrow());
        return isRounded && LatentAttention.fits(shape) ? DType.BF16 : DType.F32;
    }

    /** Of panels on the heap; empty for a type that is laid in tiles or read as it lies. */
    public static OptionalLong panels(DType dtype, long outputs, int inputs) {
        long numbers = (outputs + Tile.PANEL - 1) / Tile.PANEL * Tile.PANEL * inputs;
        return switch (dtype) {
            case F32, F16, BF16 -> OptionalLong.of(Float.BYTES * numbers);
            default -> OptionalLong.empty();
        };
    }

    /** The heap that panels of weights may take, all together. */
    public static long panelLimit() {
        return Math.min(KEEP_BYTES, Runtime.getRuntime().maxMemory() / 8);
    }

    private PreparedBytes() {}
}
