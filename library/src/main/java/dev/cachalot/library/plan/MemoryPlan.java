package dev.cachalot.library.plan;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.MetadataValue;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.engine.EngineConfig;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.model.CacheLayout;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WeightLayout;

/**
 * Memory of a model that serves so many users at once, each with a full context.
 *
 * @param weights that are read as they lie in the files, mapped: shared with other processes and
 *     given back when the system needs it
 * @param repacked weights in layouts of this machine's kernels, kept beside a large model, mapped
 *     likewise; and copies
 * @param cache keys and values of the users' tokens and of earlier ones, which are kept as long as
 *     there is room: after a while all that the engine may take
 * @param workspace intermediate results of the longest prompts
 * @param program the Java virtual machine and what it holds beside
 */
public record MemoryPlan(long weights, long repacked, long cache, long workspace, long program) {
    private static final int CHUNK_TOKENS = 256; // as the engine cuts prompts
    private static final int ROWS = 1024; // of a step, at most, and of a chunk of one prompt alone
    private static final int LANES = 32;

    /** Code, classes, stacks of the threads: what a Java program of this size takes. */
    private static final long MACHINE = 124L << 20;

    /**
     * Counts.
     *
     * @param options whose threads and rung count; the context is given
     */
    static MemoryPlan of(
            Checkpoint checkpoint,
            ModelConfig config,
            int context,
            int users,
            LoadOptions options) {
        WeightMemory weights = WeightMemory.of(config, checkpoint.tensorInfos(), options.rung());
        long tables = 2L * context * config.attention().qkHeadDim() / 2 * Float.BYTES;
        long outside = WorkspaceMeter.pages(weights.copyBytes() + tables);
        long scratch =
                options.rung() == Rung.ASSEMBLED ? 0 : options.threads() * scratch(config, context);
        return new MemoryPlan(
                weights.mappedBytes((long) users * context),
                weights.heapBytes() + weights.storeBytes() + outside,
                cache(config, context, cacheType(checkpoint, config, options.rung())),
                workspace(config, context, users, isRounded(checkpoint, options)),
                MACHINE + young() + heapOf(checkpoint) + scratch);
    }

    /** All of it. */
    public long total() {
        return weights + repacked + cache + workspace + program;
    }

    /** As the engine's pools take it: one of each layer and stream. */
    private static long cache(ModelConfig config, int context, DType dtype) {
        CacheLayout layout = config.cacheLayoutWithNextToken();
        int tokens = EngineConfig.defaults(layout, context).cacheTokens();
        WorkspaceMeter meter = new WorkspaceMeter();
        for (CacheLayout.Layer layer : layout.layers()) {
            for (CacheLayout.Stream stream : layer.streams()) {
                long row = dtype.bytes(stream.width()); // as many F32 numbers as it fills
                meter.take(tokens / stream.tokensPerRow(), row / Float.BYTES);
            }
        }
        return meter.bytes();
    }

    /** The type in which a run keeps what it caches. */
    public static DType cacheType(Checkpoint checkpoint, ModelConfig config, Rung rung) {
        if (!(config.attention() instanceof MlaConfig mla)) {
            return DType.F32;
        }
        AttentionShape absorbed =
                new AttentionShape(
                        mla.numAttentionHeads(), 1, mla.latentWidth(), mla.kvLoraRank(), 1);
        return checkpoint.tensorInfos().stream()
                .filter(info -> WeightMemory.isKeyUp(info.name()))
                .findFirst()
                .flatMap(TensorInfo::dtype)
                .map(
                        dtype ->
                                WeightLayout.typeOfLatents(
                                        rung, dtype, mla.qkNopeHeadDim(), absorbed))
                .orElse(DType.F32);
    }

    /** Prompts of as many users as a step has room for, chunk by chunk; then all users' tokens. */
    private static long workspace(ModelConfig config, int context, int users, boolean isRounded) {
        ForwardMemory memory = new ForwardMemory(config, isRounded);
        int together = Math.min(users, ROWS / CHUNK_TOKENS);
        int chunk = users == 1 ? ROWS : CHUNK_TOKENS;
        for (int from = 0; from < context; from += chunk) {
            long end = Math.min(context, from + chunk);
            memory.forward(together * (end - from), together * end, end == context ? together : 0);
        }
        memory.forward(users, 0, users);
        return memory.most();
    }

    /** Whether most weights are of a type whose products round their inputs. */
    private static boolean isRounded(Checkpoint checkpoint, LoadOptions options) {
        long rounded = 0;
        long all = 0;
        for (TensorInfo tensor : checkpoint.tensorInfos()) {
            all += tensor.bytes();
            rounded += tensor.dtype().map(DType::blockSize).orElse(1) > 1 ? tensor.bytes() : 0;
        }
        return options.rung() == Rung.ASSEMBLED && rounded > all / 2;
    }

    /**
     * Arrays of one thread for the attention of one head to a full context; machine code has none.
     */
    private static long scratch(ModelConfig config, int context) {
        long widths = (long) config.attention().qkHeadDim() + config.attention().vHeadDim();
        Object attention = config.attention();
        if (attention instanceof MlaConfig mla) {
            widths = Math.max(widths, (long) mla.latentWidth() + mla.kvLoraRank());
        }
        return (widths + LANES) * context * Float.BYTES * 5 / 4;
    }

    /** What the collector lets fill up before it collects: a third of a 64th of this machine. */
    private static long young() {
        return Math.min(physical(), 32L * Runtime.getRuntime().maxMemory()) / 64 / 3;
    }

    /** Bytes of memory this machine (or its container) has. */
    static long physical() {
        return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 4 * Runtime.getRuntime().maxMemory();
    }

    /** The files' metadata as Java objects: the vocabulary above all. */
    private static long heapOf(Checkpoint checkpoint) {
        long bytes = 0;
        for (MetadataValue value : checkpoint.metadata().values().values()) {
            bytes += heapOf(value);
        }
        return bytes + 500L * checkpoint.tensorInfos().size();
    }

    private static long heapOf(MetadataValue value) {
        return switch (value) {
            case MetadataValue.Text(String text) -> 64 + text.length();
            case MetadataValue.Sequence(var _, var values) ->
                    values.stream().mapToLong(each -> 4 + heapOf(each)).sum();
            default -> 24;
        };
    }
}
