package dev.cachalot.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Temporary files and folders ({@code .name.<16 hex digits>.part}): their names, and what becomes
 * of those that a killed process left behind. A writer holds a lock on its own, which ends with its
 * process; one that nobody holds is left over. Where the disk knows no locks nothing is removed.
 */
final class LeftOvers {
    /** The file in a temporary folder that its writer holds the lock of. */
    static final String CLAIM = ".claim";

    private static final String ENDING = ".part";

    /**
     * What this process writes just now: looking at the lock of one of these would end it, since
     * POSIX drops all locks on a file when a process closes it anywhere.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    /** A name in the target's folder, hence on the same disk, that nobody else uses. */
    static Path nameBeside(Path target) {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return target.resolveSibling(prefix(target) + random + ENDING);
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }

    /** Marks a temporary file or folder as being written, until {@link #release}. */
    static void claim(Path temporary, FileChannel channel) {
        OURS.add(temporary);
        try {
            channel.tryLock();
        } catch (IOException noLocksHere) {
            // then nobody can lock it to remove it either
        }
    }

    /** Ends a claim; to be called when the temporary file has its place or is removed. */
    static void release(Path temporary, FileChannel channel) throws IOException {
        OURS.remove(temporary);
        channel.close();
    }

    /** Removes what killed writers of the target left beside it, as far as that is possible. */
    static void removeBeside(Path target) throws IOException {
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        String prefix = prefix(target);
        int length = prefix.length() + 2 * Long.BYTES + ENDING.length();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(
                        folder,
                        path -> {
                            String name = String.valueOf(path.getFileName());
                            return name.length() == length
                                    && name.startsWith(prefix)
                                    && name.endsWith(ENDING);
                        })) {
            for (Path entry : entries) {
                if (isAbandoned(entry)) {
                    delete(entry);
                }
            }
        }
    }

    private static boolean isAbandoned(Path temporary) {
        if (OURS.contains(temporary)) {
            return false;
        }
        boolean isFolder = Files.isDirectory(temporary, LinkOption.NOFOLLOW_LINKS);
        Path claim = isFolder ? temporary.resolve(CLAIM) : temporary;
        try (FileChannel channel = FileChannel.open(claim, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException claimedMeanwhile) {
            return false;
        } catch (IOException notKnown) {
            return false;
        }
    }

    /** Removes a file, or a folder with all that is in it; one that is gone is no error. */
    static void delete(Path temporary) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(temporary)) {
            all = walk.sorted(Comparator.reverseOrder()).toList(); // files before their folders
        } catch (NoSuchFileException gone) {
            return;
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }

    private LeftOvers() {}
}
