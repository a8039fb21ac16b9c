package dev.cachalot.library.plan;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.MetadataValue;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import java.util.List;

/**
 * Memory of a model that serves so many users at once, each with a full context.
 *
 * @param weights of the files, mapped: shared with other processes and given back when the system
 *     needs it
 * @param repacked copies of weights in other layouts
 * @param cache keys and values of all users' tokens
 * @param workspace intermediate results of the longest prompts
 * @param program the Java virtual machine and what it holds beside
 */
public record MemoryPlan(long weights, long repacked, long cache, long workspace, long program) {
    private static final int CHUNK_TOKENS = 256; // as the engine cuts prompts
    private static final int ROWS = 512; // of a step, at most
    private static final int BLOCK = 64; // tokens of a block of the cache
    private static final int LEAST_TOKENS = 2048; // of the cache
    private static final long CHUNK_BYTES = 32L << 20;
    private static final int LANES = 32;

    /** Code, classes, stacks of the threads: what a Java program of this size takes. */
    private static final long MACHINE = 136L << 20;

    static MemoryPlan of(
            Checkpoint checkpoint, ModelConfig config, int context, int users, int threads) {
        List<TensorInfo> tensors = checkpoint.tensorInfos();
        RepackedWeights repacked = RepackedWeights.of(config, tensors);
        long tables = 2L * context * config.attention().qkHeadDim() / 2 * Float.BYTES;
        long outside = roundUp(repacked.nativeBytes() + tables, CHUNK_BYTES);
        return new MemoryPlan(
                checkpoint.bytes(),
                repacked.heapBytes() + outside,
                cache(config, context, users),
                workspace(config, context, users),
                MACHINE + young() + heapOf(checkpoint) + threads * scratch(config, context));
    }

    /** All of it. */
    public long total() {
        return weights + repacked + cache + workspace + program;
    }

    private static long cache(ModelConfig config, int context, int users) {
        long tokens = users * roundUp(context, BLOCK);
        return Math.max(tokens, Math.min(LEAST_TOKENS, roundUp(16L * context, BLOCK)))
                * config.cacheLayout().bytesPerToken();
    }

    private static long workspace(ModelConfig config, int context, int users) {
        ForwardMemory memory = new ForwardMemory(config);
        long chunk = Math.min(CHUNK_TOKENS, context);
        memory.forward(chunk, chunk, 1);
        memory.forward(1, 0, 1);
        memory.forward(chunk, context, 1);
        int together = Math.min(users, ROWS / CHUNK_TOKENS);
        memory.forward(together * chunk, (long) together * context, together);
        memory.forward(users, 0, users);
        return memory.most();
    }

    /** Arrays of one thread for the attention of one head to a full context. */
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

    private static long roundUp(long value, long step) {
        return (value + step - 1) / step * step;
    }
}
