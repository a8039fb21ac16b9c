package dev.cachalot.library.plan;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.repack.LaidOutWeights;
import dev.cachalot.engine.Engine;
import dev.cachalot.engine.EngineConfig;
import dev.cachalot.engine.Speculation;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.Repacking;
import dev.cachalot.model.CheckpointWeights;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.DecoderLayer;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Speeds to expect. Measured: the engine runs a few of the model's own layers, once those that
 * stand at its start and once some more, and the time of all layers follows, for the later ones are
 * alike. A small model is run whole.
 *
 * @param prompt tokens of the prompt that speeds are told for
 * @param promptTokensPerS reading it
 * @param generateTokensPerS generating after it, for one user
 * @param togetherTokensPerS the same for all users at once, all of their tokens
 * @param layersRun of the model's layers, how many were run to find out
 */
public record SpeedPlan(
        int prompt,
        double promptTokensPerS,
        double generateTokensPerS,
        double togetherTokensPerS,
        int layersRun) {
    private static final int PROMPT = 256;
    private static final int GENERATE = 24;
    private static final long WHOLE_BYTES = 400L << 20; // up to here all layers are run
    private static final long SAMPLE_BYTES = 200L << 20; // far more than caches hold
    private static final int MOST_BATCH = 16;

    /** Seconds of one setting: a prompt; a token of one user; a token of each user. */
    private record Seconds(double prompt, double token, double together) {
        /** On a straight line through two measurements. */
        Seconds extended(Seconds few, double factor) {
            return new Seconds(
                    extended(few.prompt, prompt, factor),
                    extended(few.token, token, factor),
                    extended(few.together, together, factor));
        }

        private static double extended(double few, double more, double factor) {
            return few + Math.max(0, more - few) * factor;
        }
    }

    /**
     * Measures; takes up to a minute. Weights that a load would map from the file of laid-out ones
     * are mapped here too: whether they lie on large pages moves the speed by a quarter.
     *
     * @throws IOException if the model cannot be read
     */
    static SpeedPlan measure(
            Checkpoint checkpoint, ModelConfig config, LoadOptions options, int users)
            throws IOException {
        WeightWork work = WeightWork.of(config, checkpoint.tensorInfos());
        int all = config.numHiddenLayers();
        int first = Math.clamp(config.moe().map(MoeConfig::firstKDenseReplace).orElse(1), 1, all);
        long each = Math.max(1, work.layerBytes() / all);
        int more = Math.clamp(SAMPLE_BYTES / each + 1, 2, Math.max(2, all));
        boolean whole = work.layerBytes() <= WHOLE_BYTES || first + more >= all;
        int built = whole ? all : first + more;
        int prompt = Math.min(PROMPT, config.maxPositionEmbeddings() / 2);
        int batch = Math.min(users, MOST_BATCH);
        try (Workspace memory = new Workspace();
                WorkerPool pool = new WorkerPool(options.threads());
                LaidOutWeights weights = Repacking.ofSample(checkpoint)) {
            Kernels kernels = Kernels.of(options.rung(), pool, weights);
            ModelConfig part = withLayers(config, built);
            Decoder decoder =
                    DecoderBuilder.build(
                            part,
                            new CheckpointWeights(checkpoint, part, memory, kernels),
                            kernels,
                            memory,
                            Math.min(2 * PROMPT, config.maxPositionEmbeddings()),
                            true);
            Seconds seconds = run(decoder, kernels, prompt, batch);
            if (!whole) {
                Seconds few = run(leading(decoder, first), kernels, prompt, batch);
                seconds = seconds.extended(few, (double) (all - first) / more);
            }
            return new SpeedPlan(
                    prompt,
                    prompt / seconds.prompt,
                    1 / seconds.token,
                    batch / seconds.together,
                    built);
        }
    }

    /** As {@code bench} measures. */
    private static Seconds run(Decoder decoder, Kernels kernels, int prompt, int batch) {
        EngineConfig sizes = EngineConfig.defaults(decoder).withSpeculation(Speculation.OFF);
        int generate = Math.min(GENERATE, decoder.contextLength() - prompt);
        int vocab = decoder.config().vocabSize();
        try (Engine engine = Engine.start(decoder, kernels, sizes)) {
            SpeedRun one = SpeedRun.settled(engine, vocab, prompt, generate);
            SpeedRun together =
                    batch == 1
                            ? one
                            : SpeedRun.measure(
                                    engine,
                                    vocab,
                                    new SpeedRun.Load(batch, prompt, generate),
                                    true);
            return new Seconds(
                    one.promptSeconds(), 1 / one.tokensPerS(), batch / together.tokensPerS());
        }
    }

    private static Decoder leading(Decoder decoder, int layers) {
        List<DecoderLayer> some = decoder.layers().subList(0, layers);
        return new Decoder(
                withLayers(decoder.config(), layers),
                decoder.embedding(),
                some,
                decoder.norm(),
                decoder.head(),
                Optional.empty(),
                decoder.contextLength());
    }

    private static ModelConfig withLayers(ModelConfig config, int layers) {
        return new ModelConfig(
                config.architecture(),
                config.vocabSize(),
                config.hiddenSize(),
                layers,
                config.intermediateSize(),
                config.rmsNormEps(),
                config.maxPositionEmbeddings(),
                config.attention(),
                config.rope(),
                config.moe(),
                0);
    }
}
