package dev.cachalot.library.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.engine.EngineConfig;
import dev.cachalot.engine.Speculation;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.library.convert.Conversion;
import dev.cachalot.library.convert.TargetType;
import dev.cachalot.model.Cache;
import dev.cachalot.model.CacheLayout;
import dev.cachalot.model.CheckpointWeights;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.testing.Repository;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The plan of the embedded model against what it takes. */
class PlanTest {
    @TempDir Path folder = Path.of("");

    private static final Path MODEL = Repository.root().resolve("models/cachalot-v0.gguf");
    private static final int SEQUENCES = 4;

    private static ForwardBatch batch(int from, int length, ForwardBatch.Form form) {
        List<ForwardBatch.Chunk> chunks = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            chunks.add(
                    new ForwardBatch.Chunk(
                            i, new int[length], from, form, ForwardBatch.Logits.ALL));
        }
        return ForwardBatch.of(chunks);
    }

    private static Cache cache(CacheLayout layout, int tokens, Workspace memory) {
        List<List<List<PagedRows>>> all = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            List<List<PagedRows>> layers = new ArrayList<>();
            for (CacheLayout.Layer layer : layout.layers()) {
                List<PagedRows> streams = new ArrayList<>();
                for (CacheLayout.Stream stream : layer.streams()) {
                    streams.add(
                            new PagedRows(
                                    memory.tensor(stream.dtype(), Shape.of(tokens, stream.width())),
                                    new int[] {0},
                                    tokens));
                }
                layers.add(streams);
            }
            all.add(layers);
        }
        return (sequence, layer, stream) -> all.get(sequence).get(layer).get(stream);
    }

    @Test
    void forwardsTakeExactlyTheMemoryThatThePlanCounts() throws Exception {
        for (Rung rung : Rung.values()) {
            if (rung.unsupported().isEmpty()) {
                forwardsTakeExactlyTheMemoryThatThePlanCounts(rung);
            }
        }
    }

    private static void forwardsTakeExactlyTheMemoryThatThePlanCounts(Rung rung) throws Exception {
        LoadOptions options = new LoadOptions(1, OptionalInt.of(1024), rung, Speculation.OFF);
        try (LoadedModel model = ModelLoader.load(MODEL, options);
                Workspace memory = new Workspace();
                Workspace workspace = new Workspace()) {
            ForwardMemory planned =
                    new ForwardMemory(model.config(), model.kernels().rung() == Rung.ASSEMBLED);
            Cache cache = cache(model.decoder().cacheLayout(model.kernels()), 1024, memory);
            Pass pass = new Pass(model.kernels(), workspace, ForwardTrace.none());
            record Step(int from, int length, ForwardBatch.Form form) {}
            List<Step> steps =
                    List.of(
                            new Step(0, 8, ForwardBatch.Form.ABSORBED),
                            new Step(8, 700, ForwardBatch.Form.NAIVE),
                            new Step(708, 300, ForwardBatch.Form.NAIVE),
                            new Step(1008, 16, ForwardBatch.Form.ABSORBED));
            for (Step step : steps) {
                Workspace.Mark mark = workspace.mark();
                model.decoder().forward(batch(step.from, step.length, step.form), cache, pass);
                workspace.release(mark);
                long rows = (long) SEQUENCES * step.length;
                long seen = (long) SEQUENCES * (step.from + step.length);
                planned.forward(rows, step.form == ForwardBatch.Form.NAIVE ? seen : 0, rows);
                assertThat(planned.heldBytes())
                        .as(step.toString())
                        .isEqualTo(workspace.heldBytes());
                assertThat(planned.most()).isBetween(1L, planned.heldBytes());
            }
            long least = rung == Rung.ASSEMBLED ? 32L << 20 : 64L << 20; // it expands no latents
            assertThat(planned.heldBytes()).isGreaterThan(least); // more than a chunk's rounding
        }
    }

    /** A store that counts; the kernels lay out in it as in any other. */
    private static final class CountingStore implements WeightStore {
        private final WeightStore memory = WeightStore.inMemory();
        private long bytes;

        @Override
        public MemorySegment keep(Tensor source, long size, Layout layout) {
            bytes += size;
            return memory.keep(source, size, layout);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TargetType.class,
            names = {"F32", "Q8_0", "Q4_0"})
    void weightsTakeExactlyTheLayoutsThatThePlanCounts(TargetType type) throws Exception {
        Path path = folder.resolve(type + ".gguf");
        Conversion.run(MODEL, path, type, (_, _, _) -> {});
        for (Rung rung : Rung.values()) {
            if (rung.unsupported().isPresent()) {
                continue; // the others are still checked
            }
            CountingStore store = new CountingStore();
            try (Checkpoint checkpoint = Checkpoint.open(path);
                    Workspace copies = new Workspace();
                    WorkerPool pool = new WorkerPool(1)) {
                ModelConfig config = ModelConfigs.read(checkpoint);
                Kernels kernels = Kernels.of(rung, pool, store);
                Decoder decoder =
                        DecoderBuilder.build(
                                config,
                                new CheckpointWeights(checkpoint, config, copies, kernels),
                                kernels,
                                copies,
                                64,
                                true);
                CacheLayout plannedCache =
                        config.cacheLayout()
                                .withType(MemoryPlan.cacheType(checkpoint, config, rung));
                assertThat(plannedCache)
                        .as("cache of %s on %s", type, rung)
                        .isEqualTo(decoder.cacheLayout(kernels));
                WeightMemory planned = WeightMemory.of(config, checkpoint.tensorInfos(), rung);
                assertThat(planned.storeBytes()).as("%s on %s", type, rung).isEqualTo(store.bytes);
                assertThat(planned.copyBytes()).isBetween(1L, copies.heldBytes());
                assertThat(planned.heapBytes() > 0).isEqualTo(rung != Rung.SCALAR);
                assertThat(planned.mappedBytes(64)).isBetween(1L, checkpoint.bytes());
                assertThat(planned.mappedBytes(0)).isLessThan(planned.mappedBytes(1));
            }
        }
    }

    @Test
    void theCacheIsAllThatTheEngineMayTake() throws Exception {
        long chunk = 32L << 20; // the least that is taken at once
        for (int context : new int[] {64, 512, 1000}) {
            Rung rung = context == 512 ? Rung.fastest() : Rung.SCALAR;
            LoadOptions options = new LoadOptions(1, OptionalInt.of(context), rung);
            try (LoadedModel model = ModelLoader.load(MODEL, options)) {
                EngineConfig engine = EngineConfig.defaults(model.decoder());
                long each =
                        model.decoder().cacheLayoutWithNextToken(model.kernels()).bytesPerToken();
                MemoryPlan plan =
                        MemoryPlan.of(model.checkpoint(), model.config(), context, 2, options);
                assertThat(plan.cache())
                        .isBetween(
                                engine.cacheTokens() * each,
                                engine.cacheTokens() * each + 2 * chunk);
            }
        }
    }

    @Test
    void moreUsersAndLongerContextsTakeMore() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(MODEL)) {
            ModelConfig config = ModelConfigs.read(checkpoint);
            LoadOptions options = LoadOptions.defaults();
            MemoryPlan one = MemoryPlan.of(checkpoint, config, 512, 1, options);
            MemoryPlan many = MemoryPlan.of(checkpoint, config, 4096, 64, options);
            assertThat(one.weights()).isBetween(1L, checkpoint.bytes());
            assertThat(many.cache()).isGreaterThan(one.cache());
            assertThat(many.total()).isGreaterThan(one.total());
            assertThat(one.total())
                    .isEqualTo(
                            one.weights()
                                    + one.repacked()
                                    + one.cache()
                                    + one.workspace()
                                    + one.program());
        }
    }

    @Test
    void ofTheExpertsOnlyThoseChosenAreActive() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(MODEL)) {
            ModelConfig config = ModelConfigs.read(checkpoint);
            WeightWork work = WeightWork.of(config, checkpoint.tensorInfos());
            long experts =
                    checkpoint.tensorInfos().stream()
                            .filter(info -> info.name().contains("_exps."))
                            .mapToLong(info -> info.shape().elements())
                            .sum();
            long embedding = (long) config.vocabSize() * config.hiddenSize();
            assertThat(work.parameters() - work.active()).isEqualTo(experts * 6 / 8 + embedding);
            assertThat(work.activeBytes()).isBetween(1L, checkpoint.bytes());
        }
    }
}
