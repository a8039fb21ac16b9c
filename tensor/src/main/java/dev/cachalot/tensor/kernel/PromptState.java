package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What the queries of one sequence's chunk have seen so far: for each key head the queries in BF16,
 * the sums of values, the largest score and the sum of weights. A row is a query and one of the
 * heads that share the key head: row {@code r} is query {@code r / group}, head {@code r % group}.
 *
 * <p>Rows are dealt out in pieces; behind each lies room for a tile, for products come in whole
 * tiles. The memory is kept from chunk to chunk; a piece is used by one thread at a time.
 */
final class PromptState {
    private MemorySegment memory = MemorySegment.NULL;
    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 1);
    private int rows;
    private int pieces;
    private int firstPosition;

    /** Takes memory for {@code queries} queries from position {@code first} of the sequence on. */
    void reserve(AttentionShape newShape, int queries, int first, int wantedPieces) {
        shape = newShape;
        rows = queries * group();
        pieces = Math.clamp(wantedPieces, 1, Math.max(1, rows / Bf16Kernel.ROWS));
        firstPosition = first;
        long bytes = shape.kvHeads() * headBytes();
        if (memory.byteSize() < bytes) {
            memory = Arena.ofAuto().allocate(bytes, 64);
        }
    }

    AttentionShape shape() {
        return shape;
    }

    int group() {
        return shape.heads() / shape.kvHeads();
    }

    int pieces() {
        return pieces;
    }

    /** First row of a piece, and the end for the number of pieces. */
    int from(int piece) {
        return (int) ((long) rows * piece / pieces);
    }

    /** Leading keys of the sequence that a row sees. */
    int visible(int row) {
        return firstPosition + row / group() + 1;
    }

    /** The first row that sees a key. */
    int firstSeeing(int key) {
        return (int) Math.clamp(((long) key - firstPosition) * group(), 0L, rows);
    }

    int queryBytes() {
        return 2 * shape.keyDim();
    }

    int sumBytes() {
        return 4 * shape.valueDim();
    }

    private long places() {
        return rows + (long) Bf16Kernel.ROWS * pieces;
    }

    private long headBytes() {
        return (places() * (queryBytes() + sumBytes() + 8L) + 63) / 64 * 64;
    }

    private long sumsAt() {
        return places() * queryBytes();
    }

    private long largestAt() {
        return sumsAt() + places() * sumBytes();
    }

    private static long place(int piece, int row) {
        return row + (long) Bf16Kernel.ROWS * piece;
    }

    long query(int head, int piece, int row) {
        return memory.address() + head * headBytes() + place(piece, row) * queryBytes();
    }

    long sums(int head, int piece, int row) {
        return memory.address() + head * headBytes() + sumsAt() + place(piece, row) * sumBytes();
    }

    long largest(int head, int piece, int row) {
        return memory.address() + head * headBytes() + largestAt() + 4 * place(piece, row);
    }

    long weights(int head, int piece, int row) {
        return largest(head, piece, row) + 4 * places();
    }

    /** Rounds a piece's queries and forgets what it has seen. */
    void start(int head, int piece, Tensor q, int queryRow) {
        int from = from(piece);
        int to = from(piece + 1);
        for (int g = 0; g < group(); g++) {
            int first = from + Math.floorMod(g - from, group()); // the first row of this head
            int count = (to - first + group() - 1) / group();
            if (count <= 0) {
                continue;
            }
            long source =
                    q.segment().address()
                            + (queryRow + first / group()) * q.rowBytes()
                            + 4L * (head * group() + g) * shape.keyDim();
            Routines.call(
                    Routines.bf16Rows(),
                    source,
                    q.rowBytes(),
                    query(head, piece, first),
                    (long) group() * queryBytes(),
                    count,
                    shape.keyDim() / 16);
        }
        int count = to - from;
        slice(sums(head, piece, from), (long) count * sumBytes()).fill((byte) 0);
        slice(weights(head, piece, from), 4L * count).fill((byte) 0);
        MemorySegment largest = slice(largest(head, piece, from), 4L * count);
        for (int i = 0; i < count; i++) {
            largest.setAtIndex(JAVA_FLOAT, i, Float.NEGATIVE_INFINITY);
        }
    }

    /** Writes what a piece's rows of a key head have seen. */
    void finish(int head, int piece, Tensor out, int queryRow, MemorySegment factor) {
        for (int row = from(piece); row < from(piece + 1); row++) {
            factor.set(JAVA_FLOAT, 0, 1 / number(weights(head, piece, row)));
            long target =
                    out.segment().address()
                            + (queryRow + row / group()) * out.rowBytes()
                            + 4L * (head * group() + row % group()) * shape.valueDim();
            Routines.call(
                    Routines.move(),
                    sums(head, piece, row),
                    target,
                    shape.valueDim() / 16,
                    64,
                    64,
                    factor.address());
        }
    }

    private float number(long address) {
        return slice(address, 4).get(JAVA_FLOAT, 0);
    }

    private MemorySegment slice(long address, long bytes) {
        return memory.asSlice(address - memory.address(), bytes);
    }
}
