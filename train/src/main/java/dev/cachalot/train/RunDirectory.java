package dev.cachalot.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cachalot.checkpoint.AtomicFile;
import dev.cachalot.tokenizer.TokenizerJson;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run: {@code recipe.json} (resolved), {@code tokenizer.json}, {@code log.jsonl}
 * (a line a step), {@code report.html}, {@code checkpoints/}, and at the end {@code model.gguf}.
 * One process at a time may hold it.
 */
final class RunDirectory implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path path;
    private final FileChannel lockFile; // owned
    private final FileLock lock; // owned

    private RunDirectory(Path path, FileChannel lockFile, FileLock lock) {
        this.path = path;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Opens the folder of a run, or makes it; writes the resolved recipe into a new one.
     *
     * @throws RunDirectoryException if another process holds it, or it is another recipe's
     */
    static RunDirectory open(Path path, Recipe recipe) throws IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new RunDirectoryException(
                    path + " is a file; a run needs a folder of its own, choose another name");
        }
        Files.createDirectories(path);
        FileChannel lockFile =
                FileChannel.open(
                        path.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(lockFile);
            if (lock == null) {
                throw new RunDirectoryException(
                        "another process is training in "
                                + path
                                + "; wait for it, or choose another folder");
            }
            RunDirectory directory = new RunDirectory(path, lockFile, lock);
            directory.checkRecipe(recipe);
            return directory;
        } catch (Throwable failure) {
            lockFile.close();
            throw failure;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null; // another run of this process
        }
    }

    private void checkRecipe(Recipe recipe) throws IOException {
        Path file = path.resolve("recipe.json");
        if (!Files.exists(file)) {
            AtomicFile.writeString(file, RecipeReader.write(recipe));
            return;
        }
        List<String> stored = Files.readAllLines(file);
        List<String> wanted = RecipeReader.write(recipe).lines().toList();
        for (int i = 0; i < Math.max(stored.size(), wanted.size()); i++) {
            String before = i < stored.size() ? stored.get(i).strip() : "nothing";
            String now = i < wanted.size() ? wanted.get(i).strip() : "nothing";
            if (!before.equals(now)) {
                throw new RunDirectoryException(
                        path
                                + " holds a run of another recipe: there "
                                + before
                                + ", here "
                                + now
                                + "; choose another folder, or delete it to start again");
            }
        }
    }

    Path path() {
        return path;
    }

    Path tokenizer() {
        return path.resolve("tokenizer.json");
    }

    /** Both files appear whole, the one that is looked for last. */
    void writeTokenizer(TokenizerSpec spec) throws IOException {
        Path part = Files.createDirectories(path.resolve("tokenizer.part"));
        Path written = part.resolve(tokenizer().getFileName());
        TokenizerJson.write(spec, written);
        try (Stream<Path> files = Files.list(part)) {
            for (Path file : files.filter(each -> !each.equals(written)).toList()) {
                Files.move(
                        file,
                        path.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(written, tokenizer(), StandardCopyOption.ATOMIC_MOVE);
        Files.delete(part);
    }

    Path checkpoints() {
        return path.resolve("checkpoints");
    }

    Path report() {
        return path.resolve("report.html");
    }

    Path model() {
        return path.resolve("model.gguf");
    }

    private Path log() {
        return path.resolve("log.jsonl");
    }

    /** The steps logged so far, in order; a last line that a kill cut short is left out. */
    List<StepRecord> readLog() throws IOException {
        List<StepRecord> steps = new ArrayList<>();
        if (Files.exists(log())) {
            for (String line : Files.readAllLines(log())) {
                try {
                    steps.add(MAPPER.readValue(line, StepRecord.class));
                } catch (JsonProcessingException cut) {
                    break; // whatever follows a broken line cannot be placed
                }
            }
        }
        return steps;
    }

    /** Replaces the log, as when a run is taken up again from an earlier step. */
    void writeLog(List<StepRecord> steps) throws IOException {
        StringBuilder text = new StringBuilder();
        for (StepRecord step : steps) {
            text.append(MAPPER.writeValueAsString(step)).append('\n');
        }
        AtomicFile.writeString(log(), text.toString());
    }

    /** Adds a step to the log. */
    void append(StepRecord step) throws IOException {
        Files.write(
                log(),
                (MAPPER.writeValueAsString(step) + "\n").getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
