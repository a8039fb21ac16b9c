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
    private static final int BRACE_AT = 8; // safetensors starts its JSON there

    static FileContents read(Path path, MappedFiles files) throws IOException {
        if (Files.isDirectory(path)) {
            return SafetensorsFolder.read(path, files);
        }
        String name = String.valueOf(path.getFileName());
        MemorySegment bytes = files.map(path);
        if (startsWith(bytes, GgufReader.MAGIC) || name.endsWith(".gguf")) {
            return GgufSplitSet.read(path, files);
        }
        if (name.endsWith(".safetensors")
                || (bytes.byteSize() > BRACE_AT
                        && bytes.get(ValueLayout.JAVA_BYTE, BRACE_AT) == '{')) {
            return SafetensorsReader.read(path, bytes);
        }
        throw new CheckpointFormatException(
                path,
                0,
                "found neither GGUF nor safetensors; give a .gguf file, a .safetensors file"
                        + " or a Hugging Face folder");
    }

    private static boolean startsWith(MemorySegment bytes, int magic) {
        return bytes.byteSize() >= Integer.BYTES && bytes.get(INT, 0) == magic;
    }

    private CheckpointFiles() {}
}
