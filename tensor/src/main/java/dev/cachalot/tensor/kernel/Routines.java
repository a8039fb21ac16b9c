package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.assembly.CodePages;
import dev.cachalot.tensor.assembly.CpuFeatures;
import dev.cachalot.tensor.assembly.ProductInstructions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Assembled code of this process: written when it is first asked for, never given back. */
final class Routines {
    private static final int MOST_ROWS = ActivationLayout.MOST_ROWS;
    private static final int PREFETCH = Integer.getInteger("cachalot.prefetch", 2048);
    private static final int ZEN_5 = 26;

    private static final Map<Kind, Products> PRODUCTS = new ConcurrentHashMap<>();

    private record Kind(ProductInstructions instructions, DType dtype) {}

    /** Where products of one stream find their weights. */
    enum Weights {
        /** In memory. */
        FAR,
        /** In the second-level cache. */
        NEAR,
        /**
         * In that cache too, and the run of tiles behind them shall be there when they are done.
         */
        NEAR_THEN_NEXT
    }

    private static final List<Weights> ALL_WEIGHTS = List.of(Weights.values());
    private static final List<Weights> ANY_WEIGHTS = List.of(Weights.FAR);

    /** What there is code of its own for; AVX2's products are the same for all. */
    private static List<Weights> kinds(ProductInstructions instructions) {
        return instructions == ProductInstructions.AVX512_VNNI ? ALL_WEIGHTS : ANY_WEIGHTS;
    }

    /**
     * Code for one type of weights.
     *
     * @param pages quantisers by rows, then products by rows of each of {@link #kinds}, then
     *     products of several streams by rows
     */
    record Products(ProductInstructions instructions, CodePages pages) {
        /** Runs of tiles that {@link #wide} reads side by side; one where there is none. */
        int streams(int rows) {
            return Routines.streams(instructions, rows);
        }

        MemorySegment wide(int rows) {
            return pages.routine((1 + kinds(instructions).size()) * MOST_ROWS + rows - 1);
        }

        MemorySegment product(int rows, Weights weights) {
            int kind = Math.max(0, kinds(instructions).indexOf(weights));
            return pages.routine((1 + kind) * MOST_ROWS + rows - 1);
        }

        MemorySegment quantizer(int rows) {
            return pages.routine(rows - 1);
        }
    }

    /** What a quantising routine depends on. */
    record Quantizing(ActivationLayout layout, int offset) {
        static Quantizing of(TileFormat format, int rows) {
            return new Quantizing(ActivationLayout.of(format, rows), format.offset());
        }
    }

    static Products products(ProductInstructions instructions, TileFormat format) {
        return PRODUCTS.computeIfAbsent(
                new Kind(instructions, format.dtype()),
                _ -> new Products(instructions, write(instructions, format)));
    }

    private static CodePages write(ProductInstructions instructions, TileFormat format) {
        List<byte[]> codes = new ArrayList<>();
        for (int rows = 1; rows <= MOST_ROWS; rows++) {
            Quantizing key = Quantizing.of(format, rows);
            codes.add(
                    instructions == ProductInstructions.AVX512_VNNI
                            ? QuantizeKernel.assemble(key.layout(), key.offset())
                            : Avx2QuantizeKernel.assemble(key.layout(), key.offset()));
        }
        for (Weights weights : kinds(instructions)) {
            for (int rows = 1; rows <= MOST_ROWS; rows++) {
                codes.add(product(instructions, format, rows, weights));
            }
        }
        for (int rows = 1; streams(instructions, rows) > 1; rows++) {
            codes.add(CodeKernel.assembleWide(format, rows, prefetchOfStreams(format)));
        }
        return CodePages.load(codes);
    }

    private static byte[] product(
            ProductInstructions instructions, TileFormat format, int rows, Weights weights) {
        return switch (instructions) {
            case AVX512_VNNI -> CodeKernel.assemble(format, rows, prefetch(weights));
            case AVX_VNNI -> Avx2CodeKernel.assemble(format, rows, prefetchOfAvx2(format), true);
            case AVX2 -> Avx2CodeKernel.assemble(format, rows, prefetchOfAvx2(format), false);
        };
    }

    private static PrefetchCode prefetch(Weights weights) {
        return switch (weights) {
            case FAR -> new PrefetchCode(4 * PREFETCH, true);
            case NEAR -> new PrefetchCode(PREFETCH, false);
            case NEAR_THEN_NEXT -> PrefetchCode.nextRun();
        };
    }

    /**
     * Whether the first-level cache takes enough lines at once. Two threads of a Zen 5 read Q4_K's
     * super blocks at 64 GB/s with it and no faster past it; one of a Zen 4 at 16, and at 22 past
     * it.
     */
    private static boolean isFirstCacheQuick() {
        return CpuFeatures.detect().family() == ZEN_5;
    }

    /** A processor's own prefetching does not follow the jumps of super blocks. */
    private static PrefetchCode prefetchOfAvx2(TileFormat format) {
        boolean isFar = (format.isSuper() || format.bits() == 8) && !isFirstCacheQuick();
        return new PrefetchCode(isFar ? 4 * PREFETCH : PREFETCH, isFar);
    }

    private static PrefetchCode prefetchOfStreams(TileFormat format) {
        boolean isFar = !isFirstCacheQuick();
        int ahead = isFar ? 4 * PREFETCH : PREFETCH;
        return new PrefetchCode(format.isSuper() ? ahead : 2 * PREFETCH, isFar);
    }

    private static int streams(ProductInstructions instructions, int rows) {
        boolean isWide =
                instructions == ProductInstructions.AVX512_VNNI && rows <= CodeKernel.WIDE_ROWS;
        return isWide ? CodeKernel.STREAMS : 1;
    }

    /** Attention in FP32: by lanes, then a move and an addition of rows. */
    private static final class Attending {
        static final CodePages PAGES = write();

        private static CodePages write() {
            List<byte[]> codes = new ArrayList<>();
            for (int lanes = 1; lanes <= AttendKernel.LANES; lanes++) {
                codes.add(AttendKernel.assemble(lanes));
            }
            codes.add(AttendKernel.assembleMove(false));
            codes.add(AttendKernel.assembleMove(true));
            return CodePages.load(codes);
        }
    }

    static MemorySegment attend(int lanes) {
        return Attending.PAGES.routine(lanes - 1);
    }

    static MemorySegment move() {
        return Attending.PAGES.routine(AttendKernel.LANES);
    }

    static MemorySegment add() {
        return Attending.PAGES.routine(AttendKernel.LANES + 1);
    }

    private static final class Gating {
        static final CodePages PAGES = CodePages.load(List.of(SwiGluKernel.assemble()));
    }

    static MemorySegment swiGlu() {
        return Gating.PAGES.routine(0);
    }

    /** Attention in BF16: packing, softmax, then products by kind and panels. */
    private static final class Rounding {
        static final int PRODUCTS_AT = 5;
        static final CodePages PAGES = write();

        private static CodePages write() {
            List<byte[]> codes = new ArrayList<>();
            codes.add(Bf16Packing.assembleRows());
            codes.add(Bf16Packing.assembleColumns());
            codes.add(Bf16Packing.assemblePairs());
            codes.add(Bf16Packing.assembleFloats());
            codes.add(SoftmaxKernel.assemble());
            for (int kind = 0; kind < 2; kind++) {
                for (int panels = 1; panels <= Bf16Kernel.PANELS; panels++) {
                    codes.add(Bf16Kernel.assemble(panels, kind == 1));
                }
            }
            return CodePages.load(codes);
        }
    }

    static MemorySegment bf16Rows() {
        return Rounding.PAGES.routine(0);
    }

    static MemorySegment bf16Columns() {
        return Rounding.PAGES.routine(1);
    }

    static MemorySegment bf16Pairs() {
        return Rounding.PAGES.routine(2);
    }

    static MemorySegment bf16Floats() {
        return Rounding.PAGES.routine(3);
    }

    static MemorySegment softmax() {
        return Rounding.PAGES.routine(4);
    }

    /** Products of so many panels that continue what their outputs hold, or start anew. */
    static MemorySegment bf16Product(int panels, boolean continues) {
        int kind = continues ? 1 : 0;
        return Rounding.PAGES.routine(Rounding.PRODUCTS_AT + kind * Bf16Kernel.PANELS + panels - 1);
    }

    /** Absorbed attention over BF16 latents, by their sizes. */
    private static final Map<LatentKernel.Sizes, CodePages> LATENTS = new ConcurrentHashMap<>();

    static MemorySegment latents(AttentionShape shape) {
        return LATENTS.computeIfAbsent(
                        LatentKernel.Sizes.of(shape),
                        sizes -> CodePages.load(List.of(LatentKernel.assemble(sizes))))
                .routine(0);
    }

    /** Calls a routine with whole numbers and addresses; unused ones are 0. */
    static void call(MemorySegment code, long a, long b, long c, long d, long e, long f) {
        CodePages.call(code, a, b, c, d, e, f);
    }

    private Routines() {}
}
