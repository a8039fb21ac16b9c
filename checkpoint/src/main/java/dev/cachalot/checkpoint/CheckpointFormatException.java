package dev.cachalot.checkpoint;

import java.nio.file.Path;

/** A file is not what its format prescribes: truncated, damaged, hostile or of another format. */
public final class CheckpointFormatException extends CheckpointException {
    private static final long serialVersionUID = 1;

    private final transient Path path;
    private final long offset;

    CheckpointFormatException(Path path, long offset, String problem) {
        super("%s: at byte %,d: %s".formatted(path, offset, problem));
        this.path = path;
        this.offset = offset;
    }

    /** The file or folder at fault. */
    public Path path() {
        return path;
    }

    /** Byte of the file where the fault was seen; 0 when it concerns the file as a whole. */
    public long offset() {
        return offset;
    }
}
