package dev.cachalot.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Scratch memory of one thread's forward or backward pass: tensors are laid one after another, and
 * {@link #release} gives back everything since a {@link #mark}. Fresh tensors hold whatever was
 * there before. Owns its arena.
 */
public final class Workspace implements AutoCloseable {
    private static final long ALIGNMENT = 64; // a cache line, and the widest vector
    private static final long CHUNK_BYTES = 32L << 20;

    private final Arena arena = Arena.ofShared(); // worker threads write into the tensors
    private final List<MemorySegment> chunks =
            new ArrayList<>(); // owned by the thread that allocates
    private int chunk; // index of the chunk in use; owned likewise
    private long used; // bytes used of that chunk

    /** An empty workspace; memory is taken as it is asked for. */
    public Workspace() {}

    /** A place in the workspace to go back to. */
    public record Mark(int chunk, long used) {}

    /** An F32 tensor with undefined contents. */
    public Tensor floats(long... dims) {
        return tensor(DType.F32, Shape.of(dims));
    }

    /** An F32 tensor of zeros. */
    public Tensor zeros(long... dims) {
        Tensor tensor = floats(dims);
        tensor.clear();
        return tensor;
    }

    /** An I32 tensor with undefined contents. */
    public Tensor ints(long... dims) {
        return tensor(DType.I32, Shape.of(dims));
    }

    public Mark mark() {
        return new Mark(chunk, used);
    }

    /**
     * Gives back all memory taken since {@code mark}; tensors made since then must no longer be
     * used.
     */
    public void release(Mark mark) {
        chunk = mark.chunk;
        used = mark.used;
    }

    private Tensor tensor(DType dtype, Shape shape) {
        long bytes = Math.multiplyExact(dtype.bytes(shape.width()), shape.rows());
        return Tensor.view(dtype, shape, take(bytes));
    }

    private MemorySegment take(long bytes) {
        long rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        while (chunk < chunks.size()) {
            MemorySegment current = chunks.get(chunk);
            if (current.byteSize() - used >= rounded) {
                MemorySegment taken = current.asSlice(used, bytes);
                used += rounded;
                return taken;
            }
            chunk++;
            used = 0;
        }
        chunks.add(arena.allocate(Math.max(rounded, CHUNK_BYTES), ALIGNMENT));
        used = rounded;
        return chunks.get(chunk).asSlice(0, bytes);
    }

    @Override
    public void close() {
        arena.close();
    }
}
