package dev.cachalot.tensor;

import dev.cachalot.tensor.assembly.LargePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Scratch memory of one thread's forward or backward pass: tensors are laid one after another, and
 * {@link #release} gives back everything since a {@link #mark}. Fresh tensors hold whatever was
 * there before. Owns its memory: a chain of chunks, of which those past the place in use are free,
 * and are given back to the system when a tensor fits none of them.
 */
public final class Workspace implements AutoCloseable {
    private static final long ALIGNMENT = 64; // a cache line, and the widest vector
    private static final long CHUNK_BYTES = 32L << 20;

    /** Memory of its own; worker threads write into the tensors, so it is shared. */
    private record Chunk(Arena arena, MemorySegment memory) {
        static Chunk of(long bytes) {
            Arena arena = Arena.ofShared();
            try {
                return new Chunk(arena, LargePages.allocate(bytes, ALIGNMENT, arena));
            } catch (OutOfMemoryError full) {
                arena.close();
                throw full;
            }
        }
    }

    private final List<Chunk> chunks = new ArrayList<>(); // owned by the thread that allocates
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

    /** A tensor of any type with undefined contents; its width is in whole blocks. */
    public Tensor tensor(DType dtype, Shape shape) {
        long bytes = Math.multiplyExact(dtype.bytes(shape.width()), shape.rows());
        return Tensor.view(dtype, shape, take(bytes));
    }

    private MemorySegment take(long bytes) {
        long rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (chunks.isEmpty()) {
            chunks.add(Chunk.of(Math.max(rounded, CHUNK_BYTES)));
        } else if (chunks.get(chunk).memory().byteSize() - used < rounded) {
            int next = chunk + 1;
            if (next < chunks.size() && chunks.get(next).memory().byteSize() < rounded) {
                List<Chunk> free = chunks.subList(next, chunks.size());
                free.forEach(each -> each.arena().close());
                free.clear();
            }
            if (next == chunks.size()) {
                chunks.add(Chunk.of(Math.max(rounded, CHUNK_BYTES)));
            }
            chunk = next;
            used = 0;
        }
        MemorySegment taken = chunks.get(chunk).memory().asSlice(used, bytes);
        used += rounded;
        return taken;
    }

    /** Bytes taken from the system. */
    public long heldBytes() {
        return chunks.stream().mapToLong(each -> each.memory().byteSize()).sum();
    }

    @Override
    public void close() {
        chunks.forEach(each -> each.arena().close());
        chunks.clear();
    }
}
