package dev.cachalot.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out what a path holds, and reads the headers of all files that belong to it. */
final class CheckpointFiles {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static FileContents read(Path path, MappedFiles files) throws IOException {
        if (Files.isDirectory(path)) {
            throw new CheckpointFormatException(path, 0, "found a folder, expected a .gguf file");
        }
        MemorySegment bytes = files.map(path);
        if ((bytes.byteSize() >= Integer.BYTES && bytes.get(INT, 0) == GgufReader.MAGIC)
                || path.toString().endsWith(".gguf")) {
            return GgufReader.read(path, bytes);
        }
        throw new CheckpointFormatException(path, 0, "found neither GGUF nor safetensors");
    }

    private CheckpointFiles() {}
}
