package dev.cachalot.checkpoint.repack;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Some of a model's weights from the {@link RepackedFile} that is there: they lie on the pages that
 * a run of the model reads. The file is never written; weights that it lacks are laid out in
 * memory.
 */
public final class LaidOutWeights implements WeightStore, AutoCloseable {
    private final Arena arena = Arena.ofShared(); // owned: the mapping
    private final WeightStore fresh = WeightStore.inMemory();
    private final Optional<MappedWeights> earlier;
    private long mappedBytes;

    /**
     * Opens the file where there is one of this version and source.
     *
     * @param source what tells versions of the model apart, as {@link RepackedFile} was told
     */
    public LaidOutWeights(Path path, String source) {
        Optional<MappedWeights> found;
        try {
            found = MappedWeights.open(path, source, arena);
        } catch (IOException unreadable) {
            found = Optional.empty(); // as where there is none
        }
        this.earlier = found;
    }

    @Override
    public MemorySegment keep(Tensor weight, long bytes, Layout layout) {
        if (earlier.isPresent()) {
            Optional<RepackedIndex.Entry> entry =
                    earlier.get().find(RepackedIndex.Entry.of(weight, bytes));
            if (entry.isPresent()) {
                MemorySegment memory = earlier.get().weight(entry.get());
                WeightStore.fetch(memory);
                mappedBytes += bytes;
                return memory;
            }
        }
        return fresh.keep(weight, bytes, layout);
    }

    /** Bytes of the weights that came from the file. */
    public long mappedBytes() {
        return mappedBytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
