package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cachalot.tensor.AttentionShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One worker's block of keys and values of a head in BF16, and a step of attention over it. */
final class PromptBlock {
    /** Keys of a block. */
    static final int KEYS = 256;

    private static final int LANES = Bf16Kernel.LANES;
    private static final int STEP = 2 * LANES; // keys that softmax takes at once
    private static final int TURN = 96; // rows whose scores fit the second-level cache

    /** Bytes from panel to panel of values. */
    static final int VALUE_PANEL = 32 * KEYS;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment product = arena.allocate(Bf16Kernel.Field.BYTES, 64);
    private final MemorySegment softmax = arena.allocate(SoftmaxKernel.Field.BYTES, 64);
    private final MemorySegment scores = arena.allocate(4L * TURN * KEYS, 64);
    private final MemorySegment weights = arena.allocate(2L * TURN * KEYS, 64);
    private final MemorySegment visible = arena.allocate(4L * TURN, 64);
    private final MemorySegment corrections = arena.allocate(4L * TURN, 64);

    /** Room for a float that rows are multiplied by. */
    final MemorySegment factor = arena.allocate(4, 64);

    private MemorySegment keys = MemorySegment.NULL; // panels of 16 keys
    private MemorySegment values = MemorySegment.NULL; // panels of 16 columns
    private MemorySegment pair = MemorySegment.NULL; // an odd last value and a row of zeros
    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 1);

    /** Takes memory for heads of a shape. */
    void reserve(AttentionShape newShape) {
        shape = newShape;
        if (keys.byteSize() < 2L * KEYS * shape.keyDim()) {
            keys = Arena.ofAuto().allocate(2L * KEYS * shape.keyDim(), 64);
        }
        if (values.byteSize() < 2L * KEYS * shape.valueDim()) {
            values = Arena.ofAuto().allocate(2L * KEYS * shape.valueDim(), 64);
            pair = Arena.ofAuto().allocate(8L * shape.valueDim(), 64);
        }
    }

    /**
     * Lays {@code dims} numbers of keys, from number {@code column} of a key on. Whole panels are
     * read.
     *
     * @param from the first key's place in the block, a multiple of 16
     */
    void layKeys(long floats, long stride, int from, int count, int column, int dims) {
        long panelBytes = 32L * shape.keyDim();
        Routines.call(
                Routines.bf16Columns(),
                floats,
                stride,
                keys.address() + from / LANES * panelBytes + 32L * column,
                panelBytes,
                (count + LANES - 1) / LANES,
                2L * (dims / LANES));
    }

    /**
     * Lays values.
     *
     * @param from the first value's place in the block, even
     */
    void layValues(long floats, long stride, int from, int count) {
        int vectors = shape.valueDim() / LANES;
        if (count > 1) {
            layPairs(floats, stride, from, count / 2);
        }
        if (count % 2 == 1) {
            long bytes = 4L * shape.valueDim();
            Routines.call(
                    Routines.move(),
                    floats + (count - 1) * stride,
                    pair.address(),
                    vectors,
                    64,
                    64,
                    one().address());
            pair.asSlice(bytes, bytes).fill((byte) 0); // a wider shape may have left its row there
            layPairs(pair.address(), bytes, from + count - 1, 1);
        }
    }

    private MemorySegment one() {
        factor.set(JAVA_FLOAT, 0, 1);
        return factor;
    }

    private void layPairs(long floats, long stride, int from, int pairs) {
        Routines.call(
                Routines.bf16Pairs(),
                floats,
                stride,
                values.address() + 32L * from,
                VALUE_PANEL,
                pairs,
                shape.valueDim() / LANES);
    }

    /** Fills up what products read beyond {@code count} values with zeros. */
    void endValues(int count) {
        int from = (count + 1) / 2 * 2;
        int to = stepped(count);
        if (from < to) {
            long bytes = 32L * (to - from);
            for (long panel = 0; panel < shape.valueDim() / LANES; panel++) {
                values.asSlice(panel * VALUE_PANEL + 32L * from, bytes).fill((byte) 0);
            }
        }
    }

    private static int stepped(int count) {
        return (count + STEP - 1) / STEP * STEP;
    }

    /** The rows of a piece see the block, which starts at position {@code at}. */
    void see(PromptState state, int head, int piece, int at, int count) {
        int to = state.from(piece + 1);
        for (int row = Math.max(state.from(piece), state.firstSeeing(at)); row < to; row += TURN) {
            int rows = Math.min(TURN, to - row);
            for (int i = 0; i < rows; i++) {
                int seen = Math.min(count, state.visible(row + i) - at);
                visible.setAtIndex(JAVA_INT, i, seen);
            }
            int most = Math.min(count, state.visible(row + rows - 1) - at);
            int tiles = (rows + Bf16Kernel.ROWS - 1) / Bf16Kernel.ROWS;
            score(state.query(head, piece, row), state.queryBytes(), tiles, stepped(most));
            weigh(state, head, piece, row, rows, stepped(most));
            sum(state.sums(head, piece, row), state.sumBytes(), tiles, stepped(most));
        }
    }

    private void score(long queries, int stride, int tiles, int columns) {
        set(Bf16Kernel.Field.A, queries);
        set(Bf16Kernel.Field.A_STRIDE, stride);
        set(Bf16Kernel.Field.TILES, tiles);
        set(Bf16Kernel.Field.PANEL_STRIDE, 32L * shape.keyDim());
        set(Bf16Kernel.Field.PAIRS, shape.keyDim() / 2);
        set(Bf16Kernel.Field.C_STRIDE, 4L * KEYS);
        long panelBytes = 32L * shape.keyDim();
        multiply(keys.address(), panelBytes, scores.address(), columns / LANES, false);
    }

    private void sum(long sums, int stride, int tiles, int keyCount) {
        set(Bf16Kernel.Field.A, weights.address());
        set(Bf16Kernel.Field.A_STRIDE, 2L * KEYS);
        set(Bf16Kernel.Field.TILES, tiles);
        set(Bf16Kernel.Field.PANEL_STRIDE, VALUE_PANEL);
        set(Bf16Kernel.Field.PAIRS, keyCount / 2);
        set(Bf16Kernel.Field.C_STRIDE, stride);
        set(Bf16Kernel.Field.FACTORS, corrections.address());
        multiply(values.address(), VALUE_PANEL, sums, shape.valueDim() / LANES, true);
    }

    private void multiply(long b, long panelBytes, long c, int panels, boolean continues) {
        for (int panel = 0; panel < panels; panel += Bf16Kernel.PANELS) {
            set(Bf16Kernel.Field.B, b + panel * panelBytes);
            set(Bf16Kernel.Field.C, c + 64L * panel);
            int some = Math.min(Bf16Kernel.PANELS, panels - panel);
            MemorySegment code = Routines.bf16Product(some, continues);
            Routines.call(code, product.address(), 0, 0, 0, 0, 0);
        }
    }

    private void weigh(PromptState state, int head, int piece, int row, int rows, int columns) {
        set(SoftmaxKernel.Field.SCORES, scores.address());
        set(SoftmaxKernel.Field.SCORE_STRIDE, 4L * KEYS);
        set(SoftmaxKernel.Field.WEIGHTS, weights.address());
        set(SoftmaxKernel.Field.WEIGHT_STRIDE, 2L * KEYS);
        set(SoftmaxKernel.Field.PAIRS, columns / STEP);
        set(SoftmaxKernel.Field.ROWS, rows);
        set(SoftmaxKernel.Field.VISIBLE, visible.address());
        set(SoftmaxKernel.Field.LARGEST, state.largest(head, piece, row));
        set(SoftmaxKernel.Field.SUMS, state.weights(head, piece, row));
        set(SoftmaxKernel.Field.CORRECTIONS, corrections.address());
        set(SoftmaxKernel.Field.SCALE, Float.floatToRawIntBits(shape.scale()));
        Routines.call(Routines.softmax(), softmax.address(), 0, 0, 0, 0, 0);
    }

    private void set(Bf16Kernel.Field field, long value) {
        product.set(JAVA_LONG, field.at(), value);
    }

    private void set(SoftmaxKernel.Field field, long value) {
        softmax.set(JAVA_LONG, field.at(), value);
    }
}
