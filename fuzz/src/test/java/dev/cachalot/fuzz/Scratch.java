package dev.cachalot.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of this process for inputs that readers want as files. */
public final class Scratch {
    private static final Path FOLDER = create();

    /** A file of that name, outside the folder of every other target. */
    public static Path file(String target, String name) throws IOException {
        return Files.createDirectories(FOLDER.resolve(target)).resolve(name);
    }

    /** Writes {@code bytes} as that file. */
    public static Path write(String target, String name, byte[] bytes) throws IOException {
        return Files.write(file(target, name), bytes);
    }

    private static Path create() {
        try {
            Path folder = Files.createTempDirectory("cachalot-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Scratch() {}
}
