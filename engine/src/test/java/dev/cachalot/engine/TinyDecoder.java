package dev.cachalot.engine;

import dev.cachalot.model.Cache;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.GroupedQueryConfig;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.model.Pass;
import dev.cachalot.model.RopeConfig;
import dev.cachalot.model.RopeScaling;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** A real decoder with random weights, small enough for tests; owns its memory and threads. */
final class TinyDecoder implements AutoCloseable {
    static final int VOCAB = 96;
    static final int CONTEXT = 1024;

    private final WorkerPool pool;
    private final Kernels kernels;
    private final Workspace memory = new Workspace();
    private final Decoder decoder;

    /** The attention of the decoder. */
    enum Kind {
        LATENT,
        GROUPED,
        /** Latent, with a multi-token-prediction block. */
        NEXT_TOKEN
    }

    TinyDecoder(Rung rung, int threads) {
        this(rung, threads, 7);
    }

    TinyDecoder(Rung rung, int threads, long seed) {
        this(rung, threads, seed, Kind.LATENT);
    }

    TinyDecoder(Rung rung, int threads, Kind kind) {
        this(rung, threads, 7, kind);
    }

    private TinyDecoder(Rung rung, int threads, long seed, Kind kind) {
        pool = new WorkerPool(threads);
        kernels = Kernels.of(rung, pool);
        decoder =
                DecoderBuilder.build(
                        switch (kind) {
                            case LATENT -> config(0);
                            case GROUPED -> groupedConfig();
                            case NEXT_TOKEN -> config(1);
                        },
                        (name, shape) -> random(name, shape, seed),
                        kernels,
                        memory,
                        CONTEXT,
                        true);
    }

    private static ModelConfig config(int nextTokenBlocks) {
        RouteRule rule =
                new RouteRule(
                        RouteRule.Scoring.SIGMOID,
                        2,
                        2,
                        1,
                        RouteRule.GroupScore.SUM_OF_TOP_TWO,
                        true,
                        1.5f);
        return new ModelConfig(
                "deepseek2",
                VOCAB,
                32,
                2,
                48,
                1e-6f,
                CONTEXT,
                new MlaConfig(2, OptionalInt.of(24), 16, 8, 4, 8),
                new RopeConfig(10_000, Optional.empty()),
                Optional.of(new MoeConfig(6, 1, 16, 1, rule, true)),
                nextTokenBlocks);
    }

    /** Six heads over two, biases and norms of heads, six of eight numbers rotated. */
    private static ModelConfig groupedConfig() {
        return new ModelConfig(
                "qwen3",
                VOCAB,
                32,
                2,
                48,
                1e-6f,
                CONTEXT,
                new GroupedQueryConfig(6, 2, 8, 6, RotaryPairs.HALVES, true, true, true),
                new RopeConfig(10_000, Optional.of(new RopeScaling.Llama3(8, 1, 4, 64))),
                Optional.empty(),
                0);
    }

    private Tensor random(String name, Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed * 31 + name.hashCode());
        float[] numbers = new float[Math.toIntExact(shape.elements())];
        boolean gain = name.endsWith("norm.weight");
        double spread = shape.rank() == 1 ? 0.1 : 1.8 / Math.sqrt((double) shape.width());
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) ((gain ? 1 : 0) + spread * (2 * random.nextDouble() - 1));
        }
        Tensor tensor = memory.floats(shape.toArray());
        tensor.setFloats(numbers);
        return tensor;
    }

    Decoder decoder() {
        return decoder;
    }

    Kernels kernels() {
        return kernels;
    }

    Engine engine(EngineConfig config) {
        return Engine.start(decoder, kernels, config);
    }

    /**
     * Log probabilities of what follows each position, all computed at once and without a cache.
     */
    float[][] recompute(int[] tokens) {
        boolean[] all = new boolean[tokens.length];
        Arrays.fill(all, true);
        try (Workspace workspace = new Workspace()) {
            Pass pass = new Pass(kernels, workspace, ForwardTrace.recording());
            ForwardBatch batch = ForwardBatch.training(List.of(tokens), List.of(all));
            Tensor logits = decoder.forward(batch, Cache.none(), pass).logits();
            float[][] rows = new float[tokens.length][VOCAB];
            for (int i = 0; i < rows.length; i++) {
                logits.copyRow(i, rows[i]);
                double sum = 0;
                for (float logit : rows[i]) {
                    sum += Math.exp(logit);
                }
                for (int v = 0; v < VOCAB; v++) {
                    rows[i][v] -= (float) Math.log(sum);
                }
            }
            return rows;
        }
    }

    @Override
    public void close() {
        memory.close();
        pool.close();
    }
}
