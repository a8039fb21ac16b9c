package dev.cachalot.library;

import dev.cachalot.checkpoint.repack.RepackedFile;
import dev.cachalot.library.hub.Catalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where models lie: the embedded one in the installation, others in the user's own folder, or
 * anywhere by their path.
 *
 * @param installation the folder of this program, which holds {@code models/}
 * @param home the user's folder, which may hold {@code models/}
 */
public record ModelStore(Path installation, Path home) {
    /** The model that comes with this program. */
    public static final String EMBEDDED = "cachalot-v0";

    private static final String FILE_END = ".gguf";

    /**
     * The installation that the system property {@code cachalot.home} names (else the working
     * directory), and the home that the environment variable CACHALOT_HOME names (else {@code
     * ~/.cachalot}).
     */
    public static ModelStore ofEnvironment() {
        String installation = System.getProperty("cachalot.home", "");
        String home = System.getenv("CACHALOT_HOME");
        return new ModelStore(
                Path.of(installation).toAbsolutePath(),
                home == null || home.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".cachalot")
                        : Path.of(home));
    }

    /** Where the embedded model lies when it is there. */
    public Path embedded() {
        return installation.resolve("models").resolve(EMBEDDED + FILE_END);
    }

    /**
     * The file or folder of a model.
     *
     * @param name a path, or the name of a model; empty for the embedded one
     * @throws ModelNotFoundException if there is none; names those there are
     */
    public Path resolve(Optional<String> name) {
        if (name.isEmpty() || name.get().equals(EMBEDDED)) {
            if (!Files.exists(embedded())) {
                throw new ModelNotFoundException(
                        "the embedded model is missing: expected %s; train it with './cachalot train recipes/%s.json' or name another by --model"
                                .formatted(embedded(), EMBEDDED));
            }
            return embedded();
        }
        String wanted = name.get();
        try {
            Path path = Path.of(wanted);
            if (!wanted.isBlank() && Files.exists(path)) {
                return opened(path);
            }
            for (String local : List.of(wanted, Catalogue.localName(wanted))) {
                for (String end : List.of("", FILE_END)) {
                    Path own = folder().resolve(local + end);
                    if (!wanted.isBlank() && Files.exists(own)) {
                        return opened(own);
                    }
                }
            }
        } catch (InvalidPathException notAPath) {
            throw notFound(wanted);
        }
        throw notFound(wanted);
    }

    /** What is to be opened of it: of a folder with a split GGUF set, its first file. */
    private static Path opened(Path path) {
        if (!Files.isDirectory(path) || Files.exists(path.resolve("config.json"))) {
            return path;
        }
        try (Stream<Path> files = Files.list(path)) {
            List<Path> parts =
                    files.filter(file -> file.toString().endsWith(FILE_END)).sorted().toList();
            boolean isSet = !parts.isEmpty() && parts.getFirst().toString().contains("-00001-of-");
            return isSet ? parts.getFirst() : path;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The user's own folder of models; may not be there yet. */
    public Path folder() {
        return home.resolve("models");
    }

    private ModelNotFoundException notFound(String wanted) {
        List<String> names = names();
        return new ModelNotFoundException(
                "no model '%s': no file or folder of that path, and nothing of that name in %s (%s); try the path of a GGUF file or of a folder with safetensors, or fetch one with './cachalot pull NAME'"
                        .formatted(
                                wanted,
                                folder(),
                                names.isEmpty() ? "empty" : String.join(", ", names)));
    }

    /** Names that {@link #resolve} takes, the embedded model first where it is there. */
    public List<String> names() {
        Path folder = folder();
        Stream<String> embedded =
                Files.exists(embedded()) ? Stream.of(EMBEDDED) : Stream.<String>empty();
        if (!Files.isDirectory(folder)) {
            return embedded.toList();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return Stream.concat(
                            embedded,
                            files.filter(ModelStore::isModel).map(ModelStore::nameOf).sorted())
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Neither hidden nor a download that is not finished, nor laid-out weights beside a model. */
    static boolean isModel(Path path) {
        String name = String.valueOf(path.getFileName());
        return !name.startsWith(".") && !name.endsWith(".part") && !name.endsWith(RepackedFile.END);
    }

    /** The name of a model: its file's, without the ending. */
    public static String nameOf(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        String name = last == null ? path.toString() : last.toString();
        return name.endsWith(FILE_END)
                ? name.substring(0, name.length() - FILE_END.length())
                : name;
    }
}
