package dev.cachalot.checkpoint.repack;

import dev.cachalot.checkpoint.AtomicFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Writes a {@link RepackedFile} under a name of its own until it is whole. What a killed process
 * left half written is removed by the next one ({@link AtomicFile}): it has a model's size.
 */
final class RepackedWriter {
    private static final int ALIGNMENT = 64;

    private final AtomicFile file; // owned

    private RepackedWriter(AtomicFile file) {
        this.file = file;
    }

    static RepackedWriter beside(Path target) throws IOException {
        AtomicFile file = AtomicFile.createEven(target);
        try {
            file.write(new byte[RepackedIndex.HEAD_BYTES]);
        } catch (IOException full) {
            file.close();
            throw full;
        }
        return new RepackedWriter(file);
    }

    /** Writes a weight; returns where it lies. */
    long append(MemorySegment memory) throws IOException {
        long start = file.position();
        file.write(memory);
        file.padTo(ALIGNMENT);
        return start;
    }

    /** Writes the index, then the head; then the file gets its name. */
    void finish(RepackedIndex index) throws IOException {
        byte[] words = index.encoded();
        long at = file.position();
        file.write(words);
        file.overwrite(0, RepackedIndex.head(at, words));
        file.commit();
        file.close();
    }

    /** Takes back everything. */
    void discard() {
        try {
            file.close();
        } catch (IOException left) {
            // nothing reads it, and the next writer removes it
        }
    }
}
