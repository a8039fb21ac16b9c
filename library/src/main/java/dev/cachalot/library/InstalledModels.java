package dev.cachalot.library;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.checkpoint.repack.RepackedFile;
import dev.cachalot.library.hub.Catalogue;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The models on this disk: what there is, and away with one. */
public final class InstalledModels {
    private static final String UNFINISHED = ".part";

    private final ModelStore store;

    public InstalledModels(ModelStore store) {
        this.store = store;
    }

    /**
     * A model, or a download that is not finished.
     *
     * @param bytes on the disk, those of laid-out weights beside it included
     * @param kind architecture and the type of most of its numbers, or what is wrong with it
     */
    public record Installed(String name, Path path, long bytes, String kind) {}

    /** All of them, the embedded one first, then by name. */
    public List<Installed> list() throws IOException {
        List<Installed> found = new ArrayList<>();
        if (Files.exists(store.embedded())) {
            found.add(installed(store.embedded()));
        }
        if (Files.isDirectory(store.folder())) {
            try (Stream<Path> files = Files.list(store.folder())) {
                for (Path path : files.sorted().toList()) {
                    if (!isHidden(path)) {
                        found.add(installed(path));
                    }
                }
            }
        }
        return found;
    }

    /** By its name, or as what belongs to a model that is there. */
    private static boolean isHidden(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(".")
                || (name.endsWith(RepackedFile.END)
                        && Files.exists(path.resolveSibling(withoutEnd(name, RepackedFile.END))));
    }

    private static String withoutEnd(String name, String end) {
        return name.substring(0, name.length() - end.length());
    }

    private Installed installed(Path path) throws IOException {
        String file = String.valueOf(path.getFileName());
        if (file.endsWith(RepackedFile.END)) {
            Path of = path.resolveSibling(withoutEnd(file, RepackedFile.END));
            return new Installed(
                    ModelStore.nameOf(of), path, bytes(path), "laid-out weights without a model");
        }
        String name = ModelStore.nameOf(path);
        if (name.endsWith(UNFINISHED)) {
            return new Installed(
                    withoutEnd(name, UNFINISHED), path, bytes(path), "unfinished download");
        }
        Path laidOut = RepackedFile.beside(path);
        long more = Files.exists(laidOut) ? bytes(laidOut) : 0;
        return new Installed(name, path, bytes(path) + more, kind(path));
    }

    private String kind(Path path) {
        try (Checkpoint checkpoint =
                Checkpoint.open(store.resolve(Optional.of(path.toAbsolutePath().toString())))) {
            return architecture(checkpoint) + " " + mainType(checkpoint);
        } catch (IOException | CheckpointException broken) {
            return "unreadable, see './cachalot inspect'";
        }
    }

    private static String architecture(Checkpoint checkpoint) {
        return checkpoint
                .metadata()
                .findString("general.architecture")
                .or(() -> checkpoint.config().flatMap(InstalledModels::modelType))
                .orElse("unknown");
    }

    private static Optional<String> modelType(Metadata config) {
        return config.findString("model_type");
    }

    /** The type that holds most bytes. */
    static String mainType(Checkpoint checkpoint) {
        Map<String, Long> bytes = new TreeMap<>();
        for (TensorInfo info : checkpoint.tensorInfos()) {
            bytes.merge(info.dtypeName(), info.bytes(), Long::sum);
        }
        return bytes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("empty");
    }

    /**
     * Removes a model of the user's own folder, with an unfinished download of it.
     *
     * @return bytes that are free now
     * @throws ModelNotFoundException if there is none of that name
     * @throws UnusableModelException if it lies elsewhere: only what is in the folder is removed
     */
    public long remove(String name) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String each : List.of(name, Catalogue.localName(name))) {
            for (String end :
                    List.of(
                            "",
                            ".gguf",
                            UNFINISHED,
                            RepackedFile.END,
                            ".gguf" + RepackedFile.END)) {
                inFolder(each + end).filter(path -> !paths.contains(path)).ifPresent(paths::add);
            }
        }
        if (paths.isEmpty()) {
            Path found = store.resolve(Optional.of(name)); // or says what there is
            throw new UnusableModelException(
                    "%s lies outside of %s; only models in that folder are removed, delete it yourself if you want to"
                            .formatted(found, store.folder()));
        }
        long freed = 0;
        for (Path path : paths) {
            freed += bytes(path);
            delete(path);
        }
        return freed;
    }

    /** What lies directly in the folder under that name or path. */
    private Optional<Path> inFolder(String name) {
        try {
            Path folder = store.folder().toAbsolutePath().normalize();
            for (Path path : List.of(folder.resolve(name), Path.of(name).toAbsolutePath())) {
                Path plain = path.normalize();
                if (folder.equals(plain.getParent())
                        && Files.exists(plain, LinkOption.NOFOLLOW_LINKS)) {
                    return Optional.of(plain);
                }
            }
        } catch (InvalidPathException notAPath) {
            return Optional.empty(); // then no model has that name
        }
        return Optional.empty();
    }

    /** Of a file, or of all files in a folder; links count as themselves. */
    static long bytes(Path path) throws IOException {
        long[] sum = {0};
        Files.walkFileTree(
                path,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        sum[0] += attributes.size();
                        return FileVisitResult.CONTINUE;
                    }
                });
        return sum[0];
    }

    private static void delete(Path path) throws IOException {
        Files.walkFileTree(
                path,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path folder, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
