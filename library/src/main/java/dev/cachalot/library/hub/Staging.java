package dev.cachalot.library.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code NAME.part} where a model comes together, locked against a second download of
 * it. It stays when a download ends early, and the next one goes on with it; a finished model
 * leaves it in one move.
 */
final class Staging implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path folder;
    private final FileChannel lockFile; // owned
    private final FileLock lock; // owned

    private Staging(Path folder, FileChannel lockFile, FileLock lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** The folder for a model. */
    static Path of(Path models, String name) {
        return models.resolve(name + ".part");
    }

    /**
     * Opens and locks it.
     *
     * @throws HubException if another download has it
     */
    static Staging open(Path models, String name) throws IOException {
        Path folder = of(models, name);
        Files.createDirectories(folder);
        FileChannel file =
                FileChannel.open(
                        folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException here) {
            // a download of this process: told below
        } finally {
            if (lock == null) {
                file.close();
            }
        }
        if (lock == null) {
            throw HubException.local(
                    "%s is being fetched by another download; wait for it, or end it"
                            .formatted(name));
        }
        return new Staging(folder, file, lock);
    }

    Path folder() {
        return folder;
    }

    /** Removes what belongs to no file of this version. */
    void keepOnly(List<HubFile> files) throws IOException {
        Set<String> known =
                files.stream()
                        .flatMap(file -> Stream.of(file.name(), Download.partName(file)))
                        .collect(Collectors.toSet());
        known.add(LOCK);
        try (DirectoryStream<Path> there = Files.newDirectoryStream(folder)) {
            for (Path each : there) {
                if (!known.contains(String.valueOf(each.getFileName()))) {
                    Files.delete(each);
                }
            }
        }
    }

    /** Says so when the disk has no room for what is missing. */
    void checkRoom(List<HubFile> files) throws IOException {
        long missing = files.stream().mapToLong(HubFile::size).sum();
        for (HubFile file : files) {
            for (String name : List.of(file.name(), Download.partName(file))) {
                Path there = folder.resolve(name);
                missing -= Files.isRegularFile(there) ? Files.size(there) : 0;
            }
        }
        FileStore disk = Files.getFileStore(folder);
        if (missing > disk.getUsableSpace()) {
            throw HubException.local(
                    "%s is missing of the model, and %s has room for %s; make room there, or set CACHALOT_HOME to another disk, and pull again"
                            .formatted(
                                    Sizes.shown(missing),
                                    folder.getParent(),
                                    Sizes.shown(disk.getUsableSpace())));
        }
    }

    /** Gives the finished model its name, and ends this folder. */
    void publish(FileChoice model, Path finished) throws IOException {
        if (model.isFolder()) {
            Files.delete(folder.resolve(LOCK)); // still held: nobody else gets in by it
            Files.move(folder, finished, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.move(
                    folder.resolve(model.files().getFirst().name()),
                    finished,
                    StandardCopyOption.ATOMIC_MOVE);
            discard();
        }
    }

    /** Removes the folder. */
    void discard() throws IOException {
        try (DirectoryStream<Path> there = Files.newDirectoryStream(folder)) {
            for (Path each : there) {
                Files.delete(each);
            }
        }
        Files.delete(folder);
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
