package dev.cachalot.checkpoint;

import dev.cachalot.tensor.WeightStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of one checkpoint, each mapped once into the checkpoint's arena, read-only. */
final class MappedFiles {
    private final Arena arena; // the checkpoint's; it closes it
    private final Map<Path, MemorySegment> mappings = new LinkedHashMap<>();

    MappedFiles(Arena arena) {
        this.arena = arena;
    }

    /** The whole file; empty for an empty file. */
    MemorySegment map(Path path) throws IOException {
        MemorySegment known = mappings.get(path);
        if (known != null) {
            return known;
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment bytes = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena);
            WeightStore.preferLargePages(bytes);
            mappings.put(path, bytes);
            return bytes;
        }
    }

    /** The bytes of a tensor whose range was checked when its file was read. */
    MemorySegment slice(TensorInfo tensor) {
        MemorySegment bytes = mappings.get(tensor.file());
        if (bytes == null) {
            throw new IllegalStateException(tensor.file() + " is not mapped");
        }
        return bytes.asSlice(tensor.offset(), tensor.bytes());
    }

    /** Lets the system take back the memory of pages that were read; reading again brings them. */
    void unload() {
        for (MemorySegment bytes : mappings.values()) {
            if (bytes.isMapped()) {
                bytes.unload();
            }
        }
    }

    /** Bytes of all files together. */
    long bytes() {
        return mappings.values().stream().mapToLong(MemorySegment::byteSize).sum();
    }
}
