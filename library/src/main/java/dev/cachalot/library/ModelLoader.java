package dev.cachalot.library;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.repack.RepackProgress;
import dev.cachalot.checkpoint.repack.RepackedFile;
import dev.cachalot.engine.Speculation;
import dev.cachalot.model.CheckpointWeights;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Makes a model on disk ready to run. */
public final class ModelLoader {
    /**
     * Loads a GGUF file or a folder with safetensors. The weights stay mapped.
     *
     * @throws dev.cachalot.checkpoint.CheckpointException if the files are broken
     * @throws dev.cachalot.model.UnsupportedModelException if this build does not know the model
     * @throws UnusableModelException if a longer context is asked for than the model has, or
     *     guesses by a multi-token-prediction block that it lacks
     * @throws IOException if a file cannot be read
     */
    public static LoadedModel load(Path path, LoadOptions options) throws IOException {
        return load(path, options, RepackProgress.NONE);
    }

    /**
     * As above. Kernels that want weights in a layout of their own keep those of a large model in a
     * {@link RepackedFile} beside it, and take those of any model from one that is there ({@link
     * Repacking}).
     *
     * @param progress of laying weights out
     */
    public static LoadedModel load(Path path, LoadOptions options, RepackProgress progress)
            throws IOException {
        Checkpoint checkpoint = Checkpoint.open(path);
        Workspace memory = new Workspace();
        WorkerPool pool = new WorkerPool(options.threads());
        Optional<RepackedFile> repacked = Optional.empty();
        try {
            repacked = Repacking.ofLoad(checkpoint, options.rung(), progress);
            WeightStore store = repacked.isPresent() ? repacked.get() : WeightStore.inMemory();
            Kernels kernels = Kernels.of(options.rung(), pool, store);
            ModelConfig config = ModelConfigs.read(checkpoint);
            if (options.speculation() == Speculation.MTP && config.numNextnPredictLayers() == 0) {
                throw new UnusableModelException(
                        "%s has no multi-token-prediction block to guess with; expected one for mtp (try lookup)"
                                .formatted(path));
            }
            Decoder decoder =
                    DecoderBuilder.build(
                            config,
                            new CheckpointWeights(checkpoint, config, memory, kernels),
                            kernels,
                            memory,
                            contextLength(config, options),
                            true);
            repacked.ifPresent(RepackedFile::finish);
            checkpoint.unload(); // most was read for copies only; the rest comes back when used
            return new LoadedModel(
                    checkpoint, memory, pool, repacked, kernels, decoder, options.speculation());
        } catch (Throwable failure) {
            pool.close();
            repacked.ifPresent(RepackedFile::close);
            memory.close();
            checkpoint.close(); // nothing escaped, so nothing else will
            throw failure;
        }
    }

    private static int contextLength(ModelConfig config, LoadOptions options) {
        int longest = config.maxPositionEmbeddings();
        if (options.contextLength().isEmpty()) {
            return Math.min(longest, LoadOptions.DEFAULT_CONTEXT);
        }
        int wanted = options.contextLength().getAsInt();
        if (wanted > longest) {
            throw UnusableModelException.context(wanted, longest);
        }
        return wanted;
    }

    private ModelLoader() {}
}
