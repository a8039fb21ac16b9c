package dev.cachalot.cli;

import dev.cachalot.model.Attention;
import dev.cachalot.model.AttentionConfig;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderLayer;
import dev.cachalot.model.GroupedQueryAttention;
import dev.cachalot.model.Linear;
import dev.cachalot.model.Mla;
import dev.cachalot.model.Moe;
import dev.cachalot.model.QueryProjection;
import dev.cachalot.model.SwiGlu;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;

/**
 * What a model computes and reads: products with the weights that a token uses (experts: those
 * chosen). Bytes of weights are those of the model's own file, whatever the kernels made of them.
 *
 * @param rowBytes kept of a token for those that follow it
 * @param body all layers, of one token; attention to other tokens is left out
 * @param routed the part of it that a router chooses
 * @param head one row of logits
 * @param experts that a router chooses from, 0 where there is none
 * @param chosen of those, by a token
 */
record WorkOfModel(
        Decoder decoder,
        long rowBytes,
        Part body,
        Part routed,
        Part head,
        int experts,
        int chosen) {

    /** Multiply-adds, the bytes of their weights, and which of them are with quantised ones. */
    record Part(double macs, double bytes, double quantised) {
        static final Part NONE = new Part(0, 0, 0);

        static Part of(Linear linear) {
            return of(linear.weight());
        }

        static Part of(Weight weight) {
            Tensor source = weight.source();
            double numbers = (double) source.rows() * source.width();
            double bytes = (double) source.rows() * source.dtype().bytes(source.width());
            return new Part(numbers, bytes, source.dtype().blockSize() > 1 ? numbers : 0);
        }

        Part plus(Part other) {
            return new Part(macs + other.macs, bytes + other.bytes, quantised + other.quantised);
        }

        Part times(double factor) {
            return new Part(macs * factor, bytes * factor, quantised * factor);
        }
    }

    static WorkOfModel of(Decoder decoder, Kernels kernels) {
        Part always = Part.NONE;
        Part routed = Part.NONE;
        int experts = 0;
        int chosen = 0;
        for (DecoderLayer layer : decoder.layers()) {
            always = always.plus(attention(layer.attention()));
            switch (layer.feedForward()) {
                case SwiGlu dense -> always = always.plus(swiGlu(dense));
                case Moe moe -> {
                    experts = moe.experts().size();
                    chosen = moe.rule().topK();
                    always = always.plus(Part.of(moe.router()));
                    always = always.plus(moe.shared().map(WorkOfModel::swiGlu).orElse(Part.NONE));
                    routed = routed.plus(swiGlu(moe.experts().getFirst()).times(chosen));
                }
            }
        }
        return new WorkOfModel(
                decoder,
                decoder.cacheLayout(kernels).bytesPerToken(),
                always.plus(routed),
                routed,
                Part.of(decoder.head()),
                experts,
                chosen);
    }

    private static Part attention(Attention attention) {
        return switch (attention) {
            case Mla mla -> {
                Part query =
                        switch (mla.query()) {
                            case QueryProjection.Direct(var project) -> Part.of(project);
                            case QueryProjection.LowRank(var down, var _, var up) ->
                                    Part.of(down).plus(Part.of(up));
                        };
                yield query.plus(Part.of(mla.kvDown())).plus(kvUp(mla)).plus(Part.of(mla.output()));
            }
            case GroupedQueryAttention grouped ->
                    Part.of(grouped.query().linear())
                            .plus(Part.of(grouped.key().linear()))
                            .plus(Part.of(grouped.value().linear()))
                            .plus(Part.of(grouped.output().linear()));
        };
    }

    /** The joint up-projection or its parts by head: the other of them is a larger copy. */
    private static Part kvUp(Mla mla) {
        Part joint = Part.of(mla.kvUp());
        Part heads = Part.NONE;
        for (Weight each : mla.keyAbsorbed()) {
            heads = heads.plus(Part.of(each));
        }
        for (Weight each : mla.valueUp()) {
            heads = heads.plus(Part.of(each));
        }
        return mla.canGenerate() && heads.bytes < joint.bytes ? heads : joint;
    }

    private static Part swiGlu(SwiGlu layer) {
        return Part.of(layer.gate()).plus(Part.of(layer.up())).plus(Part.of(layer.down()));
    }

    /** Whether most multiply-adds are with quantised weights. */
    boolean isQuantised() {
        return body.quantised > 0.5 * body.macs;
    }

    /** Multiply-adds of prompts: attention to other tokens left out, a row of logits for each. */
    double promptMacs(int prompts, int tokens) {
        return prompts * (tokens * body.macs + head.macs);
    }

    /**
     * The same of reading on from there, attention included (naive: a query and a key, a share and
     * a value, for every head): for an estimate of the time.
     */
    double macsWithAttention(int from, int to) {
        AttentionConfig sizes = decoder.config().attention();
        double pairs = ((double) to * to - (double) from * from) / 2;
        double perPair =
                (double) sizes.numAttentionHeads() * (sizes.qkHeadDim() + sizes.vHeadDim());
        return (to - from) * body.macs + decoder.layers().size() * pairs * perPair;
    }

    /**
     * Bytes read for one more token of each of so many sequences, with that many cached tokens in
     * each: weights once for all of them, of experts the expected number of different ones where
     * each is as likely as the others; cached rows for each sequence.
     */
    double stepBytes(int sequences, double cached) {
        double rows = (double) rowBytes * cached;
        double weights = body.bytes - routed.bytes + head.bytes;
        return weights + routed.bytes * expertsOf(sequences) + sequences * rows;
    }

    /** Different experts that so many tokens choose, in terms of those that one chooses. */
    private double expertsOf(int tokens) {
        if (experts == 0) {
            return 0;
        }
        double missed = Math.pow(1 - (double) chosen / experts, tokens);
        return (1 - missed) * experts / chosen;
    }
}
