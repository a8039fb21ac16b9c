package dev.cachalot.library;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.repack.LaidOutWeights;
import dev.cachalot.checkpoint.repack.RepackProgress;
import dev.cachalot.checkpoint.repack.RepackedFile;
import dev.cachalot.model.CheckpointWeights;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file of laid-out weights beside a model ({@link RepackedFile}): who has one, and how it is
 * made without loading the model.
 */
public final class Repacking {
    private static final long WORTH_A_FILE = 256L << 20; // smaller ones are laid out in a blink

    /**
     * Lays a model's weights out for this machine and keeps them beside it, as its first load would
     * do, one weight after another: the memory is that of the largest one, and of a layer's copies.
     *
     * @return bytes of the file's weights; 0 where these kernels read the model as it lies, and
     *     there is no file
     * @throws dev.cachalot.checkpoint.CheckpointException if the files are broken
     * @throws dev.cachalot.model.UnsupportedModelException if this build does not know the model
     * @throws IOException if a file cannot be read, or the new one not be written
     */
    public static long run(Path path, int threads, Rung rung, RepackProgress progress)
            throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path);
                Workspace memory = new Workspace();
                WorkerPool pool = new WorkerPool(threads);
                RepackedFile file =
                        RepackedFile.streaming(
                                RepackedFile.beside(path),
                                version(checkpoint),
                                checkpoint.bytes(),
                                progress)) {
            ModelConfig config = ModelConfigs.read(checkpoint);
            Kernels kernels = Kernels.of(rung, pool, file);
            CheckpointWeights weights = new CheckpointWeights(checkpoint, config, memory, kernels);
            DecoderBuilder.layOut(config, weights, kernels, memory);
            return file.requireFinish();
        }
    }

    /** The store of a load: the file where there is one, or where the model is worth one. */
    static Optional<RepackedFile> ofLoad(Checkpoint checkpoint, Rung rung, RepackProgress progress)
            throws IOException {
        Path path = RepackedFile.beside(checkpoint.path());
        boolean isWanted = checkpoint.bytes() >= WORTH_A_FILE || Files.exists(path);
        return rung != Rung.SCALAR && isWanted
                ? Optional.of(
                        new RepackedFile(path, version(checkpoint), checkpoint.bytes(), progress))
                : Optional.empty();
    }

    /**
     * Some of a model's weights as a load would find them: from the file where there is one.
     *
     * @throws IOException if the model cannot be read
     */
    public static LaidOutWeights ofSample(Checkpoint checkpoint) throws IOException {
        return new LaidOutWeights(RepackedFile.beside(checkpoint.path()), version(checkpoint));
    }

    /** What tells this model from another of its name. */
    private static String version(Checkpoint checkpoint) throws IOException {
        return checkpoint.bytes() + " " + Files.getLastModifiedTime(checkpoint.path());
    }

    private Repacking() {}
}
