package dev.cachalot.train;

import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderLayer;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.Moe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How many tokens each expert got in one step, layer by layer, and the balance that follows. */
final class ExpertLoads {
    private final List<Moe> layers = new ArrayList<>();
    private final List<long[]> counts = new ArrayList<>();

    ExpertLoads(Decoder decoder) {
        decoder.layers().forEach(this::collect);
        decoder.nextTokenBlock().ifPresent(block -> collect(block.layer()));
        layers.forEach(moe -> counts.add(new long[moe.experts().size()]));
    }

    private void collect(DecoderLayer layer) {
        if (layer.feedForward() instanceof Moe moe) {
            layers.add(moe);
        }
    }

    /** Starts a step. */
    void clear() {
        counts.forEach(each -> Arrays.fill(each, 0));
    }

    /**
     * Adds what a forward chose; to be called before the backward pass, which consumes the trace.
     */
    void count(ForwardTrace trace) {
        List<Moe.Trace> chosen = trace.all(Moe.Trace.class);
        for (int layer = 0; layer < chosen.size(); layer++) {
            long[] loads = counts.get(layer);
            for (int e = 0; e < loads.length; e++) {
                loads[e] += chosen.get(layer).dispatch().count(e);
            }
        }
    }

    /**
     * Moves each correction bias by {@code speed}: up where an expert got less than the mean, down
     * where it got more (DeepSeek-V3, section 2.1.2).
     */
    void balance(float speed) {
        for (int layer = 0; layer < layers.size(); layer++) {
            long[] loads = counts.get(layer);
            long sum = Arrays.stream(loads).sum();
            for (int e = 0; e < loads.length; e++) {
                int direction = Long.signum(sum - loads[e] * loads.length);
                float bias = layers.get(layer).routerBias().get(0, e);
                layers.get(layer).routerBias().set(0, e, bias + direction * speed);
            }
        }
    }

    /** Least and most loaded expert of each layer, as multiples of the mean. */
    List<Spread> spreads() {
        return counts.stream().map(ExpertLoads::spread).toList();
    }

    private static Spread spread(long[] loads) {
        double mean = (double) Arrays.stream(loads).sum() / loads.length;
        if (mean == 0) {
            return new Spread(1, 1);
        }
        return new Spread(
                Arrays.stream(loads).min().orElseThrow() / mean,
                Arrays.stream(loads).max().orElseThrow() / mean);
    }

    /** Loads of one layer's least and most loaded expert, as multiples of the mean load. */
    record Spread(double min, double max) {}
}
