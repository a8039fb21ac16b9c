package dev.cachalot.library.plan;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.engine.EngineConfig;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.UnusableModelException;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a model takes and gives on this machine.
 *
 * @param context tokens of each user, prompt and answer together
 * @param users served at the same time
 * @param machineBytes memory of this machine
 */
public record ModelPlan(
        Path path,
        ModelConfig config,
        WeightWork work,
        int context,
        int users,
        MemoryPlan memory,
        SpeedPlan speed,
        long machineBytes) {
    private static final int DEFAULT_CONTEXT = 4096;

    /**
     * Plans; runs some layers to measure.
     *
     * @param options whose context is empty for a usual one
     * @throws UnusableModelException if the model has no such context
     * @throws dev.cachalot.model.UnsupportedModelException if this build does not know the model
     * @throws dev.cachalot.checkpoint.CheckpointException if its files are broken
     * @throws IOException if a file cannot be read
     */
    public static ModelPlan of(Path path, LoadOptions options, int users) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            ModelConfig config = ModelConfigs.read(checkpoint);
            int longest = config.maxPositionEmbeddings();
            int context = options.contextLength().orElse(Math.min(DEFAULT_CONTEXT, longest));
            if (context > longest) {
                throw UnusableModelException.context(context, longest);
            }
            return new ModelPlan(
                    path,
                    config,
                    WeightWork.of(config, checkpoint.tensorInfos()),
                    context,
                    users,
                    MemoryPlan.of(checkpoint, config, context, users, options),
                    SpeedPlan.measure(checkpoint, config, options, users),
                    MemoryPlan.physical());
        }
    }

    /** Users whose full contexts the engine's cache holds at once: at least one. */
    public int together() {
        int tokens =
                EngineConfig.defaults(config.cacheLayoutWithNextToken(), context).cacheTokens();
        return Math.max(1, tokens / context);
    }

    /** Whether all of it fits: else weights are read from the disk again and again. */
    public boolean fits() {
        return memory.total() <= machineBytes;
    }
}
