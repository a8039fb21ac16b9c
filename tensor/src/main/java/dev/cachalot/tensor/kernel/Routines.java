package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.assembly.CodePages;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All assembled code of this process: written once, on first use, never given back. */
final class Routines {
    private static final int MOST_ROWS = ActivationLayout.MOST_ROWS;
    private static final int PREFETCH = Integer.getInteger("cachalot.prefetch", 2048);

    @SuppressWarnings("restricted") // the routines are ours, and their arguments checked
    private static final MethodHandle CALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.ofVoid(
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG));

    private static final class Held {
        static final Routines ALL = new Routines();
    }

    private final List<byte[]> codes = new ArrayList<>();
    private final Map<DType, int[]> products = new EnumMap<>(DType.class); // by rows - 1
    private final Map<Quantizing, Integer> quantizers = new HashMap<>();
    private final int[] attends = new int[AttendKernel.LANES]; // by lanes - 1
    private final int move;
    private final int add;
    private final int bf16Rows;
    private final int bf16Latents;
    private final int bf16Columns;
    private final int bf16Pairs;
    private final int softmax;
    private final int swiGlu;
    private final int[][] bf16Products = new int[4][Bf16Kernel.PANELS]; // by panels - 1
    private final List<MemorySegment> places;

    /** What a quantising routine depends on. */
    record Quantizing(ActivationLayout layout, int offset) {
        static Quantizing of(TileFormat format, int rows) {
            return new Quantizing(ActivationLayout.of(format, rows), format.offset());
        }
    }

    private Routines() {
        for (DType dtype : DType.values()) {
            if (TileFormat.isTiled(dtype)) {
                TileFormat format = TileFormat.of(dtype);
                int[] byRows = new int[MOST_ROWS];
                for (int rows = 1; rows <= MOST_ROWS; rows++) {
                    byRows[rows - 1] = add(CodeKernel.assemble(format, rows, PREFETCH));
                    Quantizing key = Quantizing.of(format, rows);
                    if (!quantizers.containsKey(key)) {
                        quantizers.put(
                                key, add(QuantizeKernel.assemble(key.layout(), key.offset())));
                    }
                }
                products.put(dtype, byRows);
            }
        }
        for (int lanes = 1; lanes <= attends.length; lanes++) {
            attends[lanes - 1] = add(AttendKernel.assemble(lanes));
        }
        move = add(AttendKernel.assembleMove(false));
        add = add(AttendKernel.assembleMove(true));
        bf16Latents = add(Bf16Packing.assembleLatents(PromptBlock.VALUE_PANEL));
        bf16Rows = add(Bf16Packing.assembleRows());
        bf16Columns = add(Bf16Packing.assembleColumns());
        bf16Pairs = add(Bf16Packing.assemblePairs());
        softmax = add(SoftmaxKernel.assemble());
        swiGlu = add(SwiGluKernel.assemble());
        for (int panels = 1; panels <= Bf16Kernel.PANELS; panels++) {
            for (int kind = 0; kind < bf16Products.length; kind++) {
                boolean continues = kind % 2 == 1;
                bf16Products[kind][panels - 1] =
                        add(Bf16Kernel.assemble(panels, continues, kind >= 2));
            }
        }
        CodePages pages = CodePages.load(codes);
        List<MemorySegment> found = new ArrayList<>();
        for (int i = 0; i < codes.size(); i++) {
            found.add(pages.routine(i));
        }
        places = List.copyOf(found);
    }

    private int add(byte[] code) {
        codes.add(code);
        return codes.size() - 1;
    }

    static Routines all() {
        return Held.ALL;
    }

    MemorySegment product(TileFormat format, int rows) {
        return places.get(Objects.requireNonNull(products.get(format.dtype()))[rows - 1]);
    }

    MemorySegment quantizer(TileFormat format, int rows) {
        return places.get(Objects.requireNonNull(quantizers.get(Quantizing.of(format, rows))));
    }

    MemorySegment attend(int lanes) {
        return places.get(attends[lanes - 1]);
    }

    MemorySegment move() {
        return places.get(move);
    }

    MemorySegment bf16Rows() {
        return places.get(bf16Rows);
    }

    MemorySegment bf16Columns() {
        return places.get(bf16Columns);
    }

    MemorySegment bf16Pairs() {
        return places.get(bf16Pairs);
    }

    MemorySegment softmax() {
        return places.get(softmax);
    }

    MemorySegment swiGlu() {
        return places.get(swiGlu);
    }

    /** Products of so many panels that continue what their outputs hold, or start anew. */
    MemorySegment bf16Product(int panels, boolean continues, boolean fetches) {
        return places.get(bf16Products[(continues ? 1 : 0) + (fetches ? 2 : 0)][panels - 1]);
    }

    MemorySegment add() {
        return places.get(add);
    }

    MemorySegment bf16Latents() {
        return places.get(bf16Latents);
    }

    /** Calls a routine with whole numbers and addresses; unused ones are 0. */
    static void call(MemorySegment code, long a, long b, long c, long d, long e, long f) {
        try {
            CALL.invokeExact(code, a, b, c, d, e, f);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException("machine code does not throw", impossible);
        }
    }
}
