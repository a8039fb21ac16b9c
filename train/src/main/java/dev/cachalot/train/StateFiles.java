package dev.cachalot.train;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.SafetensorsWriter;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: one safetensors file each, with parameters, correction biases, both
 * moments, and in its metadata where the run stands. A file appears whole or not at all, and the
 * last two are kept.
 */
final class StateFiles {
    private static final int KEPT = 2;
    private static final String SUFFIX = ".safetensors";

    private final Path folder;
    private final String recipeHash;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /**
     * @param recipeHash a file of another recipe is refused
     */
    StateFiles(Path folder, String recipeHash, Parameters parameters, Optimizer optimizer) {
        this.folder = folder;
        this.recipeHash = recipeHash;
        tensors.put("parameters", parameters.values());
        tensors.put("optimizer.first-moment", optimizer.first());
        tensors.put("optimizer.second-moment", optimizer.second());
        if (parameters.biases().width() > 0) {
            tensors.put("router-biases", parameters.biases());
        }
    }

    /**
     * Writes a checkpoint and removes all but the last two.
     *
     * @throws IOException if it cannot be written; the ones before stay
     */
    Path save(TrainingState state) throws IOException {
        Files.createDirectories(folder);
        SafetensorsWriter writer =
                new SafetensorsWriter(
                        Map.of(
                                "step", Long.toString(state.step()),
                                "cursor", Long.toString(state.cursor()),
                                "tokens", Long.toString(state.tokens()),
                                "seconds", Double.toString(state.seconds()),
                                "recipe-sha256", recipeHash));
        tensors.forEach(writer::add);
        Path file = folder.resolve("step-%09d%s".formatted(state.step(), SUFFIX));
        writer.write(file);
        List<Path> all = newestFirst();
        for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
            Files.delete(old);
        }
        return file;
    }

    /** Steps of the checkpoints on disk, newest first. */
    List<Path> newestFirst() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(
                    files.filter(StateFiles::isCheckpoint)
                            .sorted(Comparator.comparing(Path::toString).reversed())
                            .toList());
        }
    }

    private static boolean isCheckpoint(Path file) {
        return file.getFileName().toString().matches("step-\\d+\\.safetensors");
    }

    /**
     * Fills the tensors from the newest checkpoint that can be read; empty if there is none.
     *
     * @param warnings gets a line for each newer one that is broken
     * @throws RunDirectoryException if it belongs to another recipe, or none of several can be read
     */
    Optional<TrainingState> load(Kernels kernels, Consumer<String> warnings) throws IOException {
        List<Path> files = newestFirst();
        for (Path file : files) {
            try {
                return Optional.of(load(file, kernels));
            } catch (CheckpointException broken) {
                warnings.accept(broken.getMessage() + "; going back to the checkpoint before it");
            }
        }
        if (!files.isEmpty()) {
            throw new RunDirectoryException(
                    "none of the "
                            + files.size()
                            + " checkpoints in "
                            + folder
                            + " can be read; delete the folder to start again");
        }
        return Optional.empty();
    }

    private TrainingState load(Path file, Kernels kernels) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            String found = checkpoint.metadata().requireString("recipe-sha256");
            if (!found.equals(recipeHash)) {
                throw new RunDirectoryException(
                        file
                                + " was written under another recipe (sha256 "
                                + found
                                + ", this one is "
                                + recipeHash
                                + "); continue with that recipe, or choose another folder");
            }
            TrainingState state =
                    new TrainingState(
                            number(checkpoint, "step"),
                            number(checkpoint, "cursor"),
                            number(checkpoint, "tokens"),
                            Double.parseDouble(checkpoint.metadata().requireString("seconds")));
            Map<String, Tensor> stored = new LinkedHashMap<>();
            tensors.forEach(
                    (name, tensor) -> stored.put(name, checkpoint.require(name, tensor.shape())));
            stored.forEach((name, tensor) -> kernels.copy(tensor, target(name)));
            return state;
        }
    }

    private Tensor target(String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private static long number(Checkpoint checkpoint, String key) {
        return Long.parseLong(checkpoint.metadata().requireString(key));
    }
}
