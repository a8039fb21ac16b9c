package dev.cachalot.checkpoint.repack;

import dev.cachalot.tensor.WeightStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The mapping of a file of laid-out weights, which hands them out in the order of the file. */
final class MappedWeights {
    private final MemorySegment memory;
    private final RepackedIndex index;
    private int next; // entry to be asked for

    private MappedWeights(MemorySegment memory, RepackedIndex index) {
        this.memory = memory;
        this.index = index;
    }

    /**
     * Maps a file; empty when there is none, or none of this version and source.
     *
     * @param source what tells versions of the model apart
     * @param arena of the mapping
     * @throws IOException if it cannot be read
     */
    static Optional<MappedWeights> open(Path path, String source, Arena arena) throws IOException {
        Optional<RepackedIndex> index = RepackedIndex.read(path, source);
        if (index.isEmpty()) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment all =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, index.get().bytes(), arena);
            WeightStore.preferLargePages(all);
            return Optional.of(new MappedWeights(all, index.get()));
        }
    }

    /** The next entry like this one, with its place; entries before it are passed over. */
    Optional<RepackedIndex.Entry> find(RepackedIndex.Entry wanted) {
        int number = index.find(wanted, next);
        if (number < 0) {
            return Optional.empty();
        }
        next = number + 1;
        return Optional.of(index.entries().get(number));
    }

    /** The weight of one of its entries. */
    MemorySegment weight(RepackedIndex.Entry entry) {
        return memory.asSlice(entry.offset(), entry.bytes());
    }

    /** All of it. */
    MemorySegment memory() {
        return memory;
    }
}
