package dev.cachalot.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of files that appears as a whole or not at all: files are written into {@link #path}, a
 * temporary folder beside the target, and {@link #commit} renames it. The target must not exist, or
 * be an empty folder. Closing without a commit removes the temporary folder; what a kill leaves of
 * it, the next write to the same target removes.
 */
public final class AtomicFolder implements AutoCloseable {
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

    private final Path target;
    private final Path temporary;
    private final FileChannel claim; // owned: says that somebody still writes here
    private boolean committed;

    private AtomicFolder(Path target, Path temporary, FileChannel claim) {
        this.target = target;
        this.temporary = temporary;
        this.claim = claim;
    }

    /**
     * Starts a folder that will become {@code target}, whose parent must exist.
     *
     * @throws FileAlreadyExistsException if the target is there and is not an empty folder
     */
    public static AtomicFolder create(Path target) throws IOException {
        Path real = target.toAbsolutePath();
        refuseToReplace(real);
        LeftOvers.removeBeside(real);
        Path temporary = Files.createDirectory(LeftOvers.nameBeside(real));
        FileChannel claim =
                FileChannel.open(
                        temporary.resolve(LeftOvers.CLAIM),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        LeftOvers.claim(temporary, claim);
        return new AtomicFolder(real, temporary, claim);
    }

    private static void refuseToReplace(Path target) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (Files.isDirectory(target)) {
            try (Stream<Path> entries = Files.list(target)) {
                if (entries.findAny().isEmpty()) {
                    return;
                }
            }
        }
        throw new FileAlreadyExistsException(
                target.toString(), null, "expected a new or empty folder; choose another name");
    }

    /** Where to write the files until the commit. */
    public Path path() {
        return temporary;
    }

    /** Gives the folder its name; its files must have been forced to disk before. */
    public void commit() throws IOException {
        LeftOvers.release(temporary, claim);
        Files.delete(temporary.resolve(LeftOvers.CLAIM));
        forceEntries(temporary);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        committed = true;
        forceEntries(target.getParent());
    }

    @Override
    public void close() throws IOException {
        LeftOvers.release(temporary, claim);
        if (!committed) {
            LeftOvers.delete(temporary);
        }
    }

    /** Forces a folder's list of names to disk, so that a rename outlives a power cut. */
    static void forceEntries(@Nullable Path folder) throws IOException {
        if (folder == null || WINDOWS) { // Windows opens no folders, and journals renames itself
            return;
        }
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }
}
